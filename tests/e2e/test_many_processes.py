"""One event, delivered to many processes at once, creates its resources once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.driving import EVENT, STREAM_NAME, assert_one_of_each, logtank_event
from tests.e2e.processes import Order, Process, Report, processes
from tests.emulator import Emulator

PROCESSES = 4
THREADS = 4
BOOTSTRAP = Order("bootstrap", EVENT)
for_both_second_logtank_modes = pytest.mark.parametrize(
    "second_logtank", ["refuse", "allow"]
)


@pytest.fixture
def cloud(second_logtank: str) -> Iterator[Emulator]:
    """Return a cloud that rejects or allows a second logtank of a listener."""
    with Emulator(second_logtank=second_logtank) as emulator:
        yield emulator


@pytest.fixture
def workers(cloud: Emulator) -> Iterator[list[Process]]:
    """Return processes that attempt each create once."""
    with processes(PROCESSES, cloud.environment() | {"RETRY_ATTEMPTS": "1"}) as started:
        yield started


def run_concurrently(workers: list[Process], order: Order) -> list[Report]:
    """Return the reports of one order, run by all threads of all processes."""
    for process in workers:
        process.begin(*[order] * THREADS)
    return [report for process in workers for report in process.reports()]


def final_answers(
    workers: list[Process], order: Order, reports: list[Report]
) -> list[Any]:
    """Return all answers, replacing each error with the answer to a redelivery."""
    for report in reports:
        assert report.error is None or report.error["retryable"]
    failed = [report for report in reports if report.error]
    again = [workers[0].run(order)[0] for _ in failed]
    assert [report.error for report in again] == [None] * len(failed)
    return [report.answer for report in (*reports, *again) if report.error is None]


@for_both_second_logtank_modes
def test_concurrent_processes_create_one_stream_and_one_logtank(
    cloud: Emulator, workers: list[Process]
) -> None:
    """All results are equal, and only the creator of the stream creates a logtank."""
    answers = [report.answer for report in run_concurrently(workers, BOOTSTRAP)]
    assert len(answers) == PROCESSES * THREADS
    for answer in answers:
        assert_one_of_each(cloud, answer)
    creators = [answer["created"] for answer in answers if answer["created"]]
    assert creators == [["log_stream", "logtank"]]


@pytest.mark.parametrize("second_logtank", ["allow"])
def test_concurrent_create_logtank_processes_leave_one_logtank(
    cloud: Emulator, workers: list[Process]
) -> None:
    """The oldest logtank stays, and all results name it."""
    stream = Order("create_log_stream", {"log_stream_name": STREAM_NAME})
    (made,) = workers[0].run(stream)
    order = Order("create_logtank", logtank_event(cloud, made.answer["log_stream_id"]))
    answers = [report.answer for report in run_concurrently(workers, order)]
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
def test_a_create_that_takes_effect_late_is_found_by_all_processes(
    cloud: Emulator, workers: list[Process], create: str
) -> None:
    """If its sender has given up, a redelivery returns the same resources."""
    lost = {"connection": "refuse_answer", "land_after": 0.4}
    cloud.fail({"operation": create, **lost})
    answers = final_answers(workers, BOOTSTRAP, run_concurrently(workers, BOOTSTRAP))
    cloud.settle()
    assert len(answers) == PROCESSES * THREADS
    for answer in answers:
        assert_one_of_each(cloud, answer)


@pytest.mark.parametrize("second_logtank", ["refuse"])
def test_a_logtank_create_that_takes_effect_too_late_is_rejected(
    cloud: Emulator, workers: list[Process]
) -> None:
    """By then another process has created the logtank."""
    lost = {"connection": "refuse_answer", "land_after": 2.6}
    cloud.fail({"operation": "CreateLogtank", **lost})
    answers = final_answers(workers, BOOTSTRAP, run_concurrently(workers, BOOTSTRAP))
    cloud.settle()
    assert len(answers) == PROCESSES * THREADS
    for answer in answers:
        assert_one_of_each(cloud, answer)
