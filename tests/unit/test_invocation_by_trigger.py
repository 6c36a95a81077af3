"""One event's way through the bundle, from each trigger and back to it."""

from __future__ import annotations

import json

import pytest

from functions import bootstrap, create_log_stream, create_logtank, triggers
from functions.errors import BatchFailed, InvalidEvent, Misconfigured
from tests.unit.invoking import (
    STREAM,
    TANK,
    Handler,
    context,
    from_queue,
    invoked,
    lines,
    post,
)

ID = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
TRACE = {
    "trace_name": "createListener",
    "service_type": "GA",
    "resource_type": "listener",
    "resource_id": ID,
    "code": 201,
}
IGNORED = {"ignored": "the trace is not of the creation of a GA listener"}
REQUEST = {"log_stream_name": "n"}
RESULT = {"log_stream_id": "s", "created": True}


@pytest.mark.parametrize(
    ("handler", "event"),
    [
        (bootstrap.handler, {"key": "value"}),
        (bootstrap.handler, {"logtank": {}}),
        (bootstrap.handler, {"Records": [{"eventSource": "aws:s3"}]}),
        (bootstrap.handler, [{"key": "value"}]),
        (bootstrap.handler, {"user_event": "x", "trigger_type": "OTHER"}),
        (create_log_stream.handler, {"resource_id": ID}),
        (create_logtank.handler, {"resource_id": ID}),
        (bootstrap.handler, None),
        (bootstrap.handler, from_queue({"key": "value"})["Records"]),
    ],
)
def test_what_resembles_nothing_is_told_what_is_known(
    handler: Handler, event: object
) -> None:
    """The schema, and every trigger whose events are understood."""
    with pytest.raises(InvalidEvent) as raised:
        handler(event, context())

    name = handler.__module__.rpartition(".")[2]
    assert raised.value.remedy == triggers.remedy(f"{name}.event")


@pytest.mark.parametrize("event", [{"resource_id": 7}, {"key": 1, "wait_seconds": 1}])
def test_what_resembles_a_request_is_told_its_fields(event: object) -> None:
    """It was meant as one, so nothing is said of triggers."""
    with pytest.raises(InvalidEvent) as raised:
        bootstrap.handler(event, context())

    assert raised.value.remedy == InvalidEvent.remedy


@pytest.mark.parametrize("event", [{"cts": TRACE}, TRACE])
def test_a_new_listener_gets_its_log(event: object) -> None:
    """The settings say where, and the trace for whom."""
    made = invoked(bootstrap.handler, event, STREAM, TANK)

    assert made["resource_id"] == ID
    assert made["created"] == ["log_stream", "logtank"]


def test_a_new_listener_may_have_a_stream_alone() -> None:
    """If the settings name it, and not after the listener."""
    event = {"cts": TRACE}
    handler = create_log_stream.handler

    assert invoked(handler, event, STREAM, LOG_STREAM_NAME="n") == RESULT
    with pytest.raises(InvalidEvent, match=r"^/log_stream_name is required"):
        handler(event, context())
    with pytest.raises(Misconfigured, match="LOG_STREAM_NAME"):
        handler(event, context(LOG_STREAM_NAME="ga-{resource_id}"))


def test_a_new_listener_cannot_have_a_logtank_alone() -> None:
    """No setting names a stream by its id; the refusal says what is missing."""
    with pytest.raises(InvalidEvent) as raised:
        create_logtank.handler({"cts": TRACE}, context())

    assert raised.value.detail == "/logtank/log_stream_id is required"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"cts": {**TRACE, "service_type": "ECS"}}, IGNORED),
        ({"specversion": "1.0", "data": {"cts": {}}}, IGNORED),
        (from_queue({"cts": {}}, {"cts": {}}), {"batchItemFailures": []}),
        ({"record": [{"smn": {"message": '{"cts": {}}'}}]}, [IGNORED]),
    ],
)
def test_other_traces_are_passed_over(
    event: object, expected: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is called, nothing has failed, and the log says why."""
    assert bootstrap.handler(event, context()) == expected
    assert all(
        (line["level"], line["message"], line["why"])
        == ("INFO", "ignored", IGNORED["ignored"])
        for line in lines(capsys)
    )


def test_what_is_passed_over_has_its_place_among_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In the answer and in the log."""
    messages = ['{"cts": {}}', '{"key": 1}', json.dumps(REQUEST)]
    event = {"trigger_type": "KAFKA", "records": [{"messages": messages}]}

    with pytest.raises(BatchFailed) as raised:
        invoked(create_log_stream.handler, event, STREAM)

    first, second, third = raised.value.outcomes
    assert (first, third) == (IGNORED, RESULT)
    assert isinstance(second, InvalidEvent)
    assert [line["item"] for line in lines(capsys)] == [0, 1, 2]


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"key": 1}, "direct"),
        ({"cts": {}}, "CTS"),
        (from_queue({}), "SQS"),
        (post({}), "HTTP"),
        ({"trigger_type": "TIMER"}, "TIMER"),
        ({"detail-type": "t", "detail": {}}, "EventBridge"),
    ],
)
def test_every_line_names_the_trigger(
    event: object, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its name in the table."""
    answered: list[object] = []
    try:
        answered.append(bootstrap.handler(event, context()))
    except InvalidEvent as error:
        answered.append(error)

    assert len(answered) == 1
    assert {line["trigger"] for line in lines(capsys)} == {name}
