"""`reconcile` plans what is missing, and makes it on request."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import InvalidEvent, Misconfigured
from tests.e2e.account.accounts import (
    IDS,
    KINDS,
    ORPHANED_IDS,
    ORPHANS,
    REPAIRS,
    REQUEST,
    SKIPPED,
    UNCHANGED,
    by_listener,
    calls,
    pages,
    plant,
    resources,
)
from tests.e2e.driving import NOWHERE, expect_error, listener_id, operations, send
from tests.emulator import Emulator

APPLY: dict[str, object] = {"apply": True}
PLANNED: tuple[str, ...] = ("action", "resource_id", "resource_ids", "listener_name")
PLANNED += ("log_stream_name", "repointed_from")
"""The fields of a change that do not depend on its application."""
READING = {"ListListeners", "ListLogtanks", "ListLogStream", "ShowListener"}
LOGTANKS = sum(kind.number * len(kind.logtanks) for kind in KINDS) + ORPHANS
for_all_repairs = pytest.mark.parametrize(
    "repairs", [{}, REPAIRS], ids=["without repairs", "with all repairs"]
)
for_both_sizes = pytest.mark.parametrize("size", [None, 17])


def expected(*, repaired: bool) -> dict[str, set[str]]:
    """Return what a plan has for each listener and orphan."""
    found = {
        listener: set(kind.repaired if repaired else (kind.planned,)) - {UNCHANGED}
        for listener, kind in IDS.items()
    }
    found |= {each: {"delete" if repaired else SKIPPED} for each in ORPHANED_IDS}
    return {listener: actions for listener, actions in found.items() if actions}


def planned(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the changes with the fields that a plan has."""
    return [
        {name: change[name] for name in PLANNED if name in change}
        for change in result["changes"]
    ]


@for_all_repairs
@for_both_sizes
def test_a_plan_says_for_each_listener_what_would_be_done(
    cloud: Emulator, repairs: dict[str, object], size: int | None
) -> None:
    """It changes nothing, and takes a call for each page and for each orphan."""
    plant(cloud, list_page_size=size)
    before = resources(cloud)
    result = send("reconcile", REQUEST | repairs)
    assert by_listener(result) == expected(repaired=bool(repairs))
    kinds = IDS.values()
    in_order = [UNCHANGED in (k.repaired if repairs else (k.planned,)) for k in kinds]
    assert result["applied"] is False
    assert result["unchanged"] == sum(in_order)
    assert resources(cloud) == before
    assert calls(cloud) == {
        "ListListeners": pages(len(IDS), size),
        "ListLogtanks": pages(LOGTANKS, size),
        "ShowListener": ORPHANS,
        "ListLogStream": 1,
    }


def test_every_skipped_listener_has_a_reason_and_its_logtanks(cloud: Emulator) -> None:
    """The reason says what must be done or requested."""
    plant(cloud)
    skipped = send("reconcile", REQUEST)["skipped"]
    for each in skipped:
        if each["resource_id"] in ORPHANED_IDS:
            assert each["reason"].endswith("prune was not requested")
            assert len(each["logtanks"]) == 1
            continue
        kind = IDS[each["resource_id"]]
        assert kind.reason
        assert kind.reason in each["reason"]
        assert len(each["logtanks"]) == len(kind.logtanks)


@for_all_repairs
def test_the_application_executes_the_plan_and_a_second_run_has_nothing_to_do(
    mature: Emulator, repairs: dict[str, object]
) -> None:
    """The changes are those that the plan shows, in the same order."""
    plant(mature)
    plan = send("reconcile", REQUEST | repairs)
    applied = send("reconcile", REQUEST | repairs | APPLY)
    assert applied["applied"] is True
    assert planned(applied) == planned(plan)
    assert applied["skipped"] == plan["skipped"]
    assert applied["unchanged"] == plan["unchanged"]
    after = resources(mature)
    begun = len(mature.calls)
    again = send("reconcile", REQUEST | repairs | APPLY)
    assert again["changes"] == []
    assert again["skipped"] == plan["skipped"]
    assert resources(mature) == after
    assert set(operations(mature)[begun:]) <= READING


def test_an_applied_creation_has_what_bootstrap_returns(mature: Emulator) -> None:
    """Each listener ships through one logtank into the stream that is named."""
    plant(mature)
    result = send("reconcile", REQUEST | APPLY)
    tanks = {each["resource_id"]: each for each in mature.logtanks}
    streams = {each["log_stream_id"]: each for each in mature.streams}
    for change in result["changes"]:
        tank = tanks[change["resource_id"]]
        assert change["logtank_id"] == tank["id"]
        assert change["log_stream_id"] == tank["log_stream_id"]
        assert change["status"] == tank["status"] == "ACTIVE"
        stream = streams[tank["log_stream_id"]]
        assert change["log_stream_name"] == stream["log_stream_name"]
        has_stream = IDS[change["resource_id"]].stream is not None
        created = ["logtank"] if has_stream else ["log_stream", "logtank"]
        assert change["created"] == created


def test_repairs_are_reported_with_what_was_before(mature: Emulator) -> None:
    """A logtank keeps its ID when it is repointed, and logs are never deleted."""
    plant(mature)
    before = {each["id"]: each for each in mature.logtanks}
    streams = {each["log_stream_id"] for each in mature.streams}
    result = send("reconcile", REQUEST | REPAIRS | APPLY)
    after = {each["id"]: each for each in mature.logtanks}
    for change in result["changes"]:
        if change["action"] == "repoint":
            old = before[change["logtank_id"]]
            assert change["repointed_from"] == {
                name: old[name] for name in ("log_group_id", "log_stream_id")
            }
            new = after[change["logtank_id"]]
            assert new["log_stream_id"] == change["log_stream_id"]
        if change["action"] == "delete":
            assert change["logtank_id"] in before.keys() - after.keys()
        if change["action"] == "update":
            assert change["updated"] == ["ttl_in_days"]
    assert streams <= {each["log_stream_id"] for each in mature.streams}


def test_only_the_selected_listeners_are_considered(cloud: Emulator) -> None:
    """An unselected listener counts neither as unchanged nor as skipped."""
    plant(cloud)
    ids = [listener_id(0), NOWHERE]
    result = send("reconcile", REQUEST | {"listeners": {"resource_ids": ids}})
    assert [each["resource_id"] for each in result["changes"]] == ids[:1]
    assert result["skipped"] == [
        {
            "resource_id": NOWHERE,
            "reason": "the listener does not exist",
            "logtanks": [],
        }
    ]
    assert result["unchanged"] == 0


def test_an_array_of_requests_is_carried_out_one_after_another(
    mature: Emulator,
) -> None:
    """The second request sees what the first has done."""
    mature.seed(listeners=[{"count": 6, "id": "{n:032x}"}])
    request = {"log_stream_name": "shared", **APPLY}
    first, second = send(
        "reconcile", [{**request, "prune": flag} for flag in (False, True)]
    )
    results = sorted((first, second), key=lambda each: len(each["changes"]))
    assert [len(each["changes"]) for each in results] == [0, 6]
    assert results[0]["unchanged"] == 6
    assert len(mature.logtanks) == 6


@pytest.mark.parametrize(
    ("event", "setting", "expected"),
    [
        ({"log_stream_name": "a b {resource_id}"}, None, InvalidEvent),
        ({"log_stream_name": "x" * 30 + "{resource_id}"}, None, InvalidEvent),
        ({}, "x" * 30 + "{resource_id}", Misconfigured),
    ],
    ids=["a character", "too long for a listener", "the setting is too long"],
)
def test_a_stream_name_that_breaks_a_rule_is_rejected_before_any_change(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    event: dict[str, object],
    setting: str | None,
    expected: type[Exception],
) -> None:
    """Even one listener for which it does is enough."""
    if setting:
        monkeypatch.setenv("LOG_STREAM_NAME", setting)
    cloud.seed(listeners=[{"id": "0" * 32}, {"id": listener_id(1)}])
    before = resources(cloud)
    error = expect_error("reconcile", event | APPLY)
    assert type(error) is expected
    assert ("LOG_STREAM_NAME" in error.detail) is bool(setting)
    assert resources(cloud) == before


@pytest.mark.parametrize("field", ["log_stream_name_alias", "resource_id", "x"])
def test_an_unknown_field_is_rejected(cloud: Emulator, field: str) -> None:
    """An alias can belong to one stream only, so `reconcile` does not take it."""
    error = expect_error("reconcile", {field: "x"})
    assert isinstance(error, InvalidEvent)
    assert [problem.pointer for problem in error.problems] == [f"/{field}"]
    assert cloud.calls == []
