"""Many at once: deliveries that race, and arrays that meet bad weather."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from functions.errors import (
    AuthenticationFailed,
    BatchFailed,
    DeadlineExceeded,
    ServiceFailed,
)
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    EVENT,
    STREAM_NAME,
    assert_one_of_each,
    logtank_event,
    operations,
    refused,
    send,
)
from tests.e2e.output import Output, assert_nothing_secret
from tests.emulator import Emulator

MANY = 16


@pytest.fixture
def crowded(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud that is given the time to serve a crowd."""
    monkeypatch.setenv("HTTP_TIMEOUT_SECONDS", "10")
    return cloud


def at_once(entry: str, event: dict[str, object]) -> list[dict[str, Any]]:
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


@pytest.mark.parametrize("second_logtank", ["refuse", "allow"])
def test_racing_deliveries_make_one_of_each(
    crowded: Emulator, second_logtank: str
) -> None:
    """Whether or not the cloud itself refuses a second logtank; all name the same."""
    crowded.reset(second_logtank=second_logtank)
    answers = at_once("bootstrap", EVENT)
    for answer in answers:
        assert_one_of_each(crowded, answer)
    creators = [answer["created"] for answer in answers if answer["created"]]
    assert creators == [["log_stream", "logtank"]]
    assert operations(crowded).count("CreateLogtank") == 1


@pytest.mark.parametrize("second_logtank", ["refuse", "allow"])
def test_racing_second_halves_leave_one_logtank(
    crowded: Emulator, second_logtank: str
) -> None:
    """There is no lock here: the oldest stays, and whoever made another removes it."""
    crowded.reset(second_logtank=second_logtank)
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    answers = at_once("create_logtank", logtank_event(crowded, stream["log_stream_id"]))
    (kept,) = crowded.logtanks
    assert {answer["logtank"]["id"] for answer in answers} == {kept["id"]}
    assert [answer["created"] for answer in answers].count(True) == 1


def test_racing_first_halves_make_one_stream(crowded: Emulator) -> None:
    """The name is the lock."""
    answers = at_once("create_log_stream", {"log_stream_name": STREAM_NAME})
    (stream,) = crowded.streams
    assert {answer["log_stream_id"] for answer in answers} == {stream["log_stream_id"]}
    assert [answer["created"] for answer in answers].count(True) == 1


def test_fifty_requests_with_a_wrong_key_are_two_refusals_at_most(
    crowded: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """The key is not locked for others; every request has its error."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", "notTheSecretKeyOfTheAccessKey")
    monkeypatch.setenv("MAX_CONCURRENCY", "64")
    error = refused("bootstrap", listeners(50))
    assert isinstance(error, BatchFailed)
    assert 1 <= len(crowded.calls) <= 2
    assert len(error.failures) == 50
    assert {type(each) for each in error.failures.values()} == {AuthenticationFailed}
    assert_nothing_secret(crowded, error, output, "notTheSecretKeyOfTheAccessKey")


@pytest.mark.parametrize(
    ("concurrency", "most"), [("1", 5), ("8", 12)], ids=["in turn", "side by side"]
)
def test_after_five_failures_in_a_row_nothing_new_begins(
    crowded: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    concurrency: str,
    most: int,
) -> None:
    """What is under way is ended; all the others fail with that cause, retryable."""
    monkeypatch.setenv("MAX_CONCURRENCY", concurrency)
    crowded.fail({"operation": "LTS", "times": None, "status": 503})
    error = refused("bootstrap", listeners(50))
    assert isinstance(error, BatchFailed)
    begun = {
        call["request_body"]["log_stream_name"]
        for call in crowded.calls
        if call["operation"] == "CreateLogStream"
    }
    assert 5 <= len(begun) <= most
    assert len(error.failures) == 50
    assert {type(each) for each in error.failures.values()} == {ServiceFailed}
    assert all(each.retryable for each in error.failures.values())
    assert len(output.lines("request failed")) == 50


def test_failures_that_are_not_in_a_row_stop_nothing(
    crowded: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that succeeds between them ends the streak."""
    monkeypatch.setenv("MAX_CONCURRENCY", "1")
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    for skip in (0, 1, 2, 3, 5, 6, 7, 8):
        crowded.fail({"operation": "CreateLogStream", "skip": skip, "status": 503})
    error = refused("bootstrap", listeners(10))
    assert isinstance(error, BatchFailed)
    assert list(error.failures) == [0, 1, 2, 3, 5, 6, 7, 8]
    assert len(crowded.logtanks) == 2


@pytest.mark.parametrize("concurrency", ["1", "3"])
def test_what_exists_after_too_little_time_is_named(
    crowded: Emulator, monkeypatch: pytest.MonkeyPatch, concurrency: str
) -> None:
    """A request begins only if it can be ended: nothing is made in secret."""
    monkeypatch.setenv("MAX_CONCURRENCY", concurrency)
    crowded.reset(latency_seconds=0.08)
    error = refused("bootstrap", listeners(40), LambdaContext(2.6))
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


def test_an_array_that_was_cut_short_is_completed_by_the_next_delivery(
    crowded: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was made is found, the rest is made."""
    monkeypatch.setenv("MAX_CONCURRENCY", "4")
    crowded.reset(latency_seconds=0.05)
    refused("bootstrap", listeners(24), LambdaContext(2.3))
    crowded_before = {each["id"] for each in crowded.logtanks}
    results = send("bootstrap", listeners(24))
    assert len(crowded.streams) == len(crowded.logtanks) == 24
    assert {each["logtank_id"] for each in results} >= crowded_before
