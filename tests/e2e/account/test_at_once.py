"""Several runs at once agree, and two functions do not get in each other's way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.account.accounts import (
    IDS,
    ORPHANED_IDS,
    REPAIRS,
    REQUEST,
    plant,
    stream_name,
)
from tests.e2e.driving import listener_id
from tests.e2e.processes import Order, Process, Report, processes
from tests.emulator import Emulator

APPLY: dict[str, object] = {"apply": True}
for_both_second_logtank_modes = pytest.mark.parametrize(
    "second_logtank", ["refuse", "allow"]
)


@pytest.fixture
def workers(cloud: Emulator) -> Iterator[list[Process]]:
    """Return two processes."""
    settings = cloud.environment() | {"LOG_LEVEL": "ERROR"}
    with processes(2, settings) as started:
        yield started


def at_once(workers: list[Process], *orders: Order) -> list[Report]:
    """Return the reports of orders, each in a process of its own."""
    for worker, order in zip(workers, orders, strict=True):
        worker.begin(order)
    return [report for worker in workers for report in worker.reports()]


def target(cloud: Emulator, tank: dict[str, Any]) -> str | None:
    """Return the name of the stream that a logtank ships to."""
    streams = {each["log_stream_id"]: each["log_stream_name"] for each in cloud.streams}
    return streams.get(tank["log_stream_id"])


def assert_each_has_one(cloud: Emulator, ids: list[str]) -> None:
    """Check that each listener has one logtank, to its own stream."""
    tanks = Counter(each["resource_id"] for each in cloud.logtanks)
    assert {id_: tanks[id_] for id_ in ids} == dict.fromkeys(ids, 1)
    for tank in cloud.logtanks:
        if tank["resource_id"] in ids:
            assert target(cloud, tank) == stream_name(tank["resource_id"])


@for_both_second_logtank_modes
@pytest.mark.parametrize("repairs", [{}, REPAIRS], ids=["creations", "repairs"])
def test_two_runs_at_once_agree(
    cloud: Emulator,
    workers: list[Process],
    second_logtank: str,
    repairs: dict[str, object],
) -> None:
    """Each listener gets one logtank, which both results name."""
    plant(cloud, second_logtank=second_logtank)
    order = Order("reconcile", REQUEST | repairs | APPLY)
    reports = at_once(workers, order, order)
    assert [report.error for report in reports] == [None, None]
    created = [id_ for id_, kind in IDS.items() if kind.planned == "create"]
    assert_each_has_one(cloud, created)
    named = {
        (change["resource_id"], change["logtank_id"])
        for report in reports
        for change in report.answer["changes"]
        if change["action"] == "create"
    }
    assert len(named) == len(created)
    (again,) = workers[0].run(order)
    assert again.answer["changes"] == []
    if repairs:
        remaining = {each["resource_id"] for each in cloud.logtanks}
        assert remaining.isdisjoint(ORPHANED_IDS)


@for_both_second_logtank_modes
def test_reconcile_and_bootstrap_at_once_agree(
    cloud: Emulator, workers: list[Process], second_logtank: str
) -> None:
    """The trace of a creation may arrive while a schedule works on the account."""
    ids = [listener_id(number) for number in range(8)]
    cloud.reset(second_logtank=second_logtank)
    cloud.seed(listeners=[{"id": each} for each in ids])
    single = Order("bootstrap", [{"resource_id": each} for each in ids])
    reports = at_once(workers, Order("reconcile", APPLY), single)
    assert [report.error for report in reports] == [None, None]
    assert_each_has_one(cloud, ids)
    tanks = {each["resource_id"]: each["id"] for each in cloud.logtanks}
    assert {e["resource_id"]: e["logtank_id"] for e in reports[1].answer} == tanks


def test_two_runs_at_once_share_a_new_log_group(
    cloud: Emulator, workers: list[Process]
) -> None:
    """The group's name is the lock."""
    cloud.seed(listeners=[{"count": 6, "id": "{n:032x}"}])
    event = {"log_group_name": "edge", "log_stream_name": "shared", **APPLY}
    reports = at_once(workers, *[Order("reconcile", event)] * 2)
    assert [report.error for report in reports] == [None, None]
    groups = [each["log_group_name"] for each in cloud.state()["log_groups"]]
    assert groups.count("edge") == 1
    assert len(cloud.streams) == 1
    assert len(cloud.logtanks) == 6


def test_two_deletions_at_once_are_one(cloud: Emulator, workers: list[Process]) -> None:
    """Neither is an error, and one of them reports the stream as deleted."""
    cloud.seed(
        log_streams=[{"log_stream_id": "s"}],
        logtanks=[{"id": "t", "resource_id": "l", "log_stream_id": "s"}],
    )
    event = {"resource_id": "l", "delete_log_stream": True}
    reports = at_once(workers, *[Order("delete_logtank", event)] * 2)
    assert [report.error for report in reports] == [None, None]
    assert (cloud.logtanks, cloud.streams) == ([], [])
    deleted = [kind for report in reports for kind in report.answer["deleted"]]
    assert sorted(deleted) == ["log_stream", "logtank"]
