"""Several requests in one event: order, duplicates, and an outcome for each."""

from __future__ import annotations

import json

import pytest

from functions.errors import BatchFailed, InvalidEvent, ServiceFailed
from tests.e2e.driving import (
    EVENT,
    expect_error,
    listener_id,
    listeners,
    operations,
    send,
)
from tests.e2e.output import Output
from tests.emulator import Emulator


def test_results_are_in_the_order_of_the_requests(cloud: Emulator) -> None:
    """A request that takes longer than the others keeps its position."""
    cloud.fail({"operation": "CreateLogStream", "delay": 0.2})
    events = listeners(6)
    results = send("bootstrap", events)
    assert [each["resource_id"] for each in results] == [
        each["resource_id"] for each in events
    ]
    assert len({each["log_stream_id"] for each in results}) == 6
    assert len(cloud.logtanks) == 6


def test_equal_requests_are_processed_once(cloud: Emulator) -> None:
    """The order of their fields does not matter, and each position has a result."""
    one, other = {**EVENT, "ttl_in_days": 7}, {"ttl_in_days": 7, **EVENT}
    results = send("bootstrap", [one, *listeners(1), other, one])
    assert results[0] == results[2] == results[3]
    assert results[1]["resource_id"] == listener_id(0)
    assert operations(cloud).count("CreateLogStream") == 2


def test_an_array_of_requests_has_an_array_of_results(cloud: Emulator) -> None:
    """An array of one yields an array of one, and an empty array an empty one."""
    assert send("bootstrap", []) == []
    assert cloud.calls == []
    (result,) = send("bootstrap", [EVENT])
    assert result["logtank_id"] == cloud.logtanks[0]["id"]


def test_an_invalid_request_does_not_affect_the_others(
    cloud: Emulator, output: Output
) -> None:
    """All requests are processed; the raised error contains every outcome in order."""
    good, bad = listeners(2), {"resource_id": "x", "ttl_in_days": 0, "colour": "red"}
    error = expect_error("bootstrap", [good[0], bad, good[1]])
    assert isinstance(error, BatchFailed)
    results = json.loads(json.dumps(error.as_document()))["results"]
    assert [each.get("resource_id") for each in results] == [
        listener_id(0),
        None,
        listener_id(1),
    ]
    pointers = [each["pointer"] for each in results[1]["errors"]]
    assert pointers == ["/colour", "/ttl_in_days"]
    assert (error.status, error.retryable) == (400, False)
    assert len(cloud.logtanks) == 2
    assert len(output.lines("request done")) == 2
    assert len(output.lines("request failed")) == 1


def test_the_message_of_a_batch_error_contains_its_failures(cloud: Emulator) -> None:
    """The message is JSON and omits the results."""
    cloud.reset(stream_quota=2)
    error = expect_error("bootstrap", [*listeners(3), {}])
    shown = json.loads(str(error))
    assert [each["code"] for each in shown["results"]] == ["LTS.0206", "InvalidEvent"]
    assert shown["title"] == "Batch failed"
    assert len(cloud.logtanks) == 2


def test_a_batch_error_has_the_highest_status_and_is_retryable(
    cloud: Emulator,
) -> None:
    """The error is retryable if any of its failures is."""
    cloud.fail({"operation": "CreateLogtank", "times": 2, "status": 503})
    error = expect_error("bootstrap", [EVENT, {}])
    assert isinstance(error, BatchFailed)
    assert (error.status, error.retryable) == (502, True)


def test_a_single_failing_request_raises_its_own_error(cloud: Emulator) -> None:
    """The same holds for an array of one request."""
    cloud.fail({"operation": "CreateLogStream", "times": 4, "status": 500})
    for event in (EVENT, [EVENT]):
        assert type(expect_error("bootstrap", event)) is ServiceFailed


@pytest.mark.parametrize(
    "event", [None, "text", 7, {}, {"logtank": None}, {"resource_id": None}], ids=repr
)
def test_an_invalid_request_is_rejected(cloud: Emulator, event: object) -> None:
    """The error points to the problem, alone or in an array, and nothing is sent."""
    for wrapped in (event, [event]):
        error = expect_error("bootstrap", wrapped)
        assert isinstance(error, InvalidEvent)
        assert (error.status, error.retryable) == (400, False)
        assert error.problems
    assert cloud.calls == []


def test_an_error_never_quotes_a_value(cloud: Emulator, output: Output) -> None:
    """A misplaced value may be confidential."""
    event = {"resource_id": "a/private/thing", "tags": [{"key": "sysprivate"}]}
    error = expect_error("bootstrap", event)
    text = json.dumps(error.as_document()) + str(error) + output.text()
    assert "private" not in text
    assert cloud.calls == []


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ({"enterprise_project_name": "\ud800"}, "/enterprise_project_name"),
        ({"tags": [{"key": "a", "value": "\udfff"}]}, "/tags/0/value"),
    ],
    ids=["name", "tag"],
)
def test_a_lone_surrogate_is_rejected(
    cloud: Emulator, field: dict[str, object], pointer: str
) -> None:
    """JSON can contain an escaped lone surrogate, but UTF-8 cannot encode it."""
    error = expect_error("bootstrap", EVENT | field)
    assert isinstance(error, InvalidEvent)
    assert [problem.pointer for problem in error.problems] == [pointer]
    assert cloud.calls == []
