"""Concurrency: simultaneous deliveries, and arrays of requests that fail."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.errors import BatchFailed, DeadlineExceeded, ServiceFailed
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    STREAM_NAME,
    expect_error,
    listeners,
    logtank_event,
    send,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

MANY = 16


@pytest.fixture
def busy_cloud(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud for functions with a timeout that allows for many callers."""
    monkeypatch.setenv("HTTP_TIMEOUT_SECONDS", "10")
    return cloud


def send_concurrently(entry: str, event: dict[str, object]) -> list[dict[str, Any]]:
    """Return the results of an event that many threads send at the same time."""
    barrier = threading.Barrier(MANY)

    def deliver(_number: int) -> dict[str, Any]:
        barrier.wait(timeout=10)
        result: dict[str, Any] = send(entry, event)
        return result

    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(deliver, range(MANY)))


def test_concurrent_create_logtank_events_leave_one_logtank(
    busy_cloud: Emulator,
) -> None:
    """The oldest logtank stays, and the creators of the others delete them."""
    busy_cloud.reset(second_logtank="allow")
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    results = send_concurrently(
        "create_logtank", logtank_event(busy_cloud, stream["log_stream_id"])
    )
    (kept,) = busy_cloud.logtanks
    assert {result["logtank"]["id"] for result in results} == {kept["id"]}
    assert [result["created"] for result in results].count(True) == 1


def test_after_five_consecutive_failures_no_request_starts(
    busy_cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
) -> None:
    """Requests in progress complete; the others fail with the same retryable error."""
    monkeypatch.setenv("MAX_CONCURRENCY", "8")
    busy_cloud.fail({"operation": "LTS", "times": None, "status": 503})
    error = expect_error("bootstrap", listeners(50))
    assert isinstance(error, BatchFailed)
    started = {
        call["request_body"]["log_stream_name"]
        for call in busy_cloud.calls
        if call["operation"] == "CreateLogStream"
    }
    assert 5 <= len(started) <= 12
    assert len(error.failures) == 50
    assert {type(each) for each in error.failures.values()} == {ServiceFailed}
    assert all(each.retryable for each in error.failures.values())
    assert len(output.lines("request failed")) == 50


def test_an_array_cut_off_by_the_deadline_names_everything_created(
    busy_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request starts only if it can complete; a redelivery processes the rest."""
    monkeypatch.setenv("MAX_CONCURRENCY", "3")
    busy_cloud.reset(latency_seconds=0.05)
    error = expect_error("bootstrap", listeners(40), LambdaContext(2.4))
    assert isinstance(error, BatchFailed)
    assert {type(each) for each in error.failures.values()} == {DeadlineExceeded}
    results = [each for each in error.outcomes if isinstance(each, dict)]
    documents = [*results, *(each.as_document() for each in error.failures.values())]
    streams = {each["log_stream_id"] for each in busy_cloud.streams}
    logtanks = {each["id"] for each in busy_cloud.logtanks}
    assert results
    assert streams <= {each.get("log_stream_id") for each in documents}
    assert logtanks <= {each.get("logtank_id") for each in documents}
    assert all(each.retryable for each in error.failures.values())

    monkeypatch.setenv("MAX_CONCURRENCY", "32")
    again = send("bootstrap", listeners(40))
    assert len(busy_cloud.streams) == len(busy_cloud.logtanks) == 40
    assert {each["logtank_id"] for each in again} >= logtanks
