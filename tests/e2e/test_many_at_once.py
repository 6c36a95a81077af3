"""Many at once: deliveries that race, and arrays that meet bad weather."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.errors import BatchFailed, DeadlineExceeded, ServiceFailed
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    STREAM_NAME,
    logtank_event,
    refused,
    send,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

MANY = 16


@pytest.fixture
def crowded(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud that is given the time to serve a crowd."""
    monkeypatch.setenv("HTTP_TIMEOUT_SECONDS", "10")
    return cloud


def health_check_response(entry: str, event: dict[str, object]) -> list[dict[str, Any]]:
    """Return the answers to the same event, sent by many in the same moment."""
    gate = threading.Barrier(MANY)

    def deliver(_number: int) -> dict[str, Any]:
        gate.wait(timeout=10)
        answer: dict[str, Any] = send(entry, event)
        return answer

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(deliver, range(MANY)))


def listeners(number: int) -> list[dict[str, object]]:
    """Return events for so many listeners."""
    return [{"resource_id": f"listener-{place}"} for place in range(number)]


def test_racing_second_halves_leave_one_logtank(crowded: Emulator) -> None:
    """There is no lock here: the oldest stays, and whoever made another removes it."""
    crowded.reset(second_logtank="allow")
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    answers = health_check_response(
        "create_logtank", logtank_event(crowded, stream["log_stream_id"])
    )
    (kept,) = crowded.logtanks
    assert {answer["logtank"]["id"] for answer in answers} == {kept["id"]}
    assert [answer["created"] for answer in answers].count(True) == 1


def test_after_five_failures_in_a_row_nothing_new_begins(
    crowded: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
) -> None:
    """What is under way is ended; all the others fail with that cause, retryable."""
    monkeypatch.setenv("MAX_CONCURRENCY", "8")
    crowded.fail({"operation": "LTS", "times": None, "status": 503})
    error = refused("bootstrap", listeners(50))
    assert isinstance(error, BatchFailed)
    begun = {
        call["request_body"]["log_stream_name"]
        for call in crowded.calls
        if call["operation"] == "CreateLogStream"
    }
    assert 5 <= len(begun) <= 12
    assert len(error.failures) == 50
    assert {type(each) for each in error.failures.values()} == {ServiceFailed}
    assert all(each.retryable for each in error.failures.values())
    assert len(output.lines("request failed")) == 50


def test_what_exists_after_too_little_time_is_named(
    crowded: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request begins only if it can be ended; the next delivery does the rest."""
    monkeypatch.setenv("MAX_CONCURRENCY", "3")
    crowded.reset(latency_seconds=0.05)
    error = refused("bootstrap", listeners(40), LambdaContext(2.4))
    assert isinstance(error, BatchFailed)
    assert {type(each) for each in error.failures.values()} == {DeadlineExceeded}
    results = [each for each in error.outcomes if isinstance(each, dict)]
    told = [*results, *(each.as_document() for each in error.failures.values())]
    streams = {each["log_stream_id"] for each in crowded.streams}
    logtanks = {each["id"] for each in crowded.logtanks}
    assert results
    assert streams <= {each.get("log_stream_id") for each in told}
    assert logtanks <= {each.get("logtank_id") for each in told}
    assert all(each.retryable for each in error.failures.values())

    monkeypatch.setenv("MAX_CONCURRENCY", "32")
    again = send("bootstrap", listeners(40))
    assert len(crowded.streams) == len(crowded.logtanks) == 40
    assert {each["logtank_id"] for each in again} >= logtanks
