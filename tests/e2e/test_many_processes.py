"""One event, delivered to many processes at once: what is made is made once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.driving import EVENT, STREAM_NAME, assert_one_of_each, logtank_event
from tests.e2e.ports import running
from tests.e2e.processes import Order, Process, Report, processes
from tests.emulator import Emulator

PROCESSES = 4
THREADS = 4
BOOTSTRAP = Order("bootstrap", EVENT)
whether_or_not_a_second_is_refused = pytest.mark.parametrize(
    "second_logtank", ["refuse", "allow"]
)


@pytest.fixture
def cloud(second_logtank: str) -> Iterator[Emulator]:
    """Return a cloud that refuses or allows a listener's second logtank."""
    with running(Emulator(second_logtank=second_logtank)) as emulator:
        yield emulator


@pytest.fixture
def crowd(cloud: Emulator) -> Iterator[list[Process]]:
    """Return processes that try each create once."""
    with processes(PROCESSES, cloud.environment() | {"RETRY_ATTEMPTS": "1"}) as started:
        yield started


def health_check_response(crowd: list[Process], order: Order) -> list[Report]:
    """Return what came of one order, given to all threads of all processes."""
    for process in crowd:
        process.begin(*[order] * THREADS)
    return [report for process in crowd for report in process.reports()]


def settled(crowd: list[Process], order: Order, reports: list[Report]) -> list[Any]:
    """Return all answers, in place of an error that of the next delivery."""
    for report in reports:
        assert report.error is None or report.error["retryable"]
    failed = [report for report in reports if report.error]
    again = [crowd[0].run(order)[0] for _ in failed]
    assert [report.error for report in again] == [None] * len(failed)
    return [report.answer for report in (*reports, *again) if report.error is None]


@whether_or_not_a_second_is_refused
def test_racing_processes_make_one_of_each(
    cloud: Emulator, crowd: list[Process]
) -> None:
    """All name the same, and only who got the name tries to make a logtank."""
    answers = [report.answer for report in health_check_response(crowd, BOOTSTRAP)]
    assert len(answers) == PROCESSES * THREADS
    for answer in answers:
        assert_one_of_each(cloud, answer)
    creators = [answer["created"] for answer in answers if answer["created"]]
    assert creators == [["log_stream", "logtank"]]


@pytest.mark.parametrize("second_logtank", ["allow"])
def test_second_halves_in_racing_processes_leave_one_logtank(
    cloud: Emulator, crowd: list[Process]
) -> None:
    """Without the lock as well: of several the oldest stays, and all name it."""
    stream = Order("create_log_stream", {"log_stream_name": STREAM_NAME})
    (made,) = crowd[0].run(stream)
    order = Order("create_logtank", logtank_event(cloud, made.answer["log_stream_id"]))
    answers = [report.answer for report in health_check_response(crowd, order)]
    (kept,) = cloud.logtanks
    assert {answer["logtank"]["id"] for answer in answers} == {kept["id"]}
    assert [answer["created"] for answer in answers].count(True) == 1


@pytest.mark.parametrize(
    ("create", "second_logtank"),
    [
        ("CreateLogStream", "refuse"),
        ("CreateLogtank", "refuse"),
        ("CreateLogtank", "allow"),
    ],
)
def test_a_create_that_lands_late_in_the_race_is_everybodys(
    cloud: Emulator, crowd: list[Process], create: str
) -> None:
    """Its sender may have given up: the same event, sent again, is told the same."""
    lost = {"connection": "refuse_answer", "land_after": 0.4}
    cloud.fail({"operation": create, **lost})
    answers = settled(crowd, BOOTSTRAP, health_check_response(crowd, BOOTSTRAP))
    cloud.settle()
    assert len(answers) == PROCESSES * THREADS
    for answer in answers:
        assert_one_of_each(cloud, answer)


@pytest.mark.parametrize("second_logtank", ["refuse"])
def test_a_logtank_that_lands_after_the_race_is_refused(
    cloud: Emulator, crowd: list[Process]
) -> None:
    """Those who left its creator the time have made another one by then."""
    lost = {"connection": "refuse_answer", "land_after": 2.6}
    cloud.fail({"operation": "CreateLogtank", **lost})
    answers = settled(crowd, BOOTSTRAP, health_check_response(crowd, BOOTSTRAP))
    cloud.settle()
    assert len(answers) == PROCESSES * THREADS
    for answer in answers:
        assert_one_of_each(cloud, answer)
