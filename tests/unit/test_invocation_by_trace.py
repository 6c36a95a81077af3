"""Audit traces reach the one function that serves them, and no other."""

from __future__ import annotations

import json

import pytest

from functions import bootstrap, create_log_stream, delete_logtank
from functions.errors import BatchFailed, InvalidEvent
from functions.invocation import run
from functions.invocation.tasks import TASKS
from tests.byte_server import answer, document
from tests.unit.invocations import (
    STREAM,
    TANK,
    context,
    from_queue,
    invoked,
    lines,
)

ID = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
TRACE = {
    "trace_name": "createListener",
    "service_type": "GA",
    "resource_type": "listener",
    "resource_id": ID,
    "code": 201,
}
NO_LISTENER = answer(b'{"error_code": "GA.9002", "error_msg": "no"}', "404 Not Found")
NO_TANKS = document({"logtanks": []})
IGNORED = {"ignored": "the trace is not of a GA listener's creation or deletion"}
OTHER_TRACE = {"ignored": "the trace is not of an operation that this function serves"}
SERVED_BY = {"createListener": "bootstrap", "deleteListener": "delete_logtank"}
REQUEST = {"log_stream_name": "n"}
RESULT = {"log_group_id": "g", "log_stream_id": "s", "created": True}


@pytest.mark.parametrize("event", [{"cts": TRACE}, TRACE])
def test_a_new_listener_gets_a_log_stream_and_a_logtank(event: object) -> None:
    """The settings give the log group, and the trace gives the listener."""
    result = invoked(bootstrap.handler, event, STREAM, TANK)

    assert result["resource_id"] == ID
    assert result["created"] == ["log_stream", "logtank"]


def test_a_deleted_listener_loses_its_logtanks() -> None:
    """GA is asked first whether the listener is really gone."""
    trace = {**TRACE, "trace_name": "deleteListener", "code": 204}

    result = invoked(delete_logtank.handler, {"cts": trace}, NO_LISTENER, NO_TANKS)

    assert result == {
        "resource_id": ID,
        "deleted": [],
        "logtank_ids": [],
        "log_stream_ids": [],
        "kept": [],
        "reason": "the listener has no logtank",
    }


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        (name, operation)
        for operation, served_by in SERVED_BY.items()
        for name in TASKS
        if name != served_by
    ],
)
def test_every_other_function_ignores_a_trace(name: str, operation: str) -> None:
    """It makes no call: nothing answers at the address in the settings."""
    trace = {"cts": {**TRACE, "trace_name": operation}}

    assert run(name, trace, context()) == OTHER_TRACE


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"cts": {**TRACE, "service_type": "ECS"}}, IGNORED),
        (from_queue({"cts": {}}, {"cts": {}}), {"batchItemFailures": []}),
        ({"record": [{"smn": {"message": '{"cts": {}}'}}]}, [IGNORED]),
    ],
)
def test_other_traces_are_ignored(
    event: object, expected: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """No request is sent, the result is a success, and the log says why."""
    assert bootstrap.handler(event, context()) == expected
    assert all(
        (line["level"], line["message"], line["why"])
        == ("INFO", "ignored", IGNORED["ignored"])
        for line in lines(capsys)
    )


def test_an_ignored_trace_keeps_its_position(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Outcomes and log lines have the positions of their requests."""
    messages = ['{"cts": {}}', '{"key": 1}', json.dumps(REQUEST)]
    event = {"trigger_type": "KAFKA", "records": [{"messages": messages}]}

    with pytest.raises(BatchFailed) as raised:
        invoked(create_log_stream.handler, event, STREAM)

    first, second, third = raised.value.outcomes
    assert (first, third) == (IGNORED, RESULT)
    assert isinstance(second, InvalidEvent)
    assert sorted(line["item"] for line in lines(capsys)) == [0, 1, 2]


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("operation", SERVED_BY)
def test_only_the_function_that_serves_a_trace_rejects_one_without_an_id(
    name: str, operation: str
) -> None:
    """All others ignore it, as they ignore every trace of that operation."""
    trace = {**TRACE, "trace_name": operation, "resource_id": "a-name"}

    if SERVED_BY[operation] != name:
        assert run(name, trace, context()) == OTHER_TRACE
        return
    with pytest.raises(InvalidEvent, match="is not a listener ID"):
        run(name, trace, context())
