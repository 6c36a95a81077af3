"""One event's way through the bundle, from each trigger and back to it."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from functions import bootstrap, create_log_stream, create_logtank, triggers
from functions.errors import BatchFailed, InvalidEvent, Malfunction
from tests.byte_server import serving
from tests.unit.hooks import OTHER, SECRET, signed
from tests.unit.invoking import (
    GONE,
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
DOOR = {"WEBHOOK_SECRETS": SECRET.reveal()}
OPEN = {"WEBHOOK_AUTH": "platform"}


@pytest.mark.parametrize(
    ("handler", "event"),
    [
        (bootstrap.handler, {"key": "value"}),
        (bootstrap.handler, [{"key": "value"}]),
        (create_log_stream.handler, {"resource_id": ID}),
        (create_logtank.handler, {"resource_id": ID}),
        (bootstrap.handler, None),
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
    """If the settings name it."""
    event = {"cts": TRACE}
    handler = create_log_stream.handler

    assert invoked(handler, event, STREAM, LOG_STREAM_NAME="n") == RESULT
    with pytest.raises(InvalidEvent, match=r"^/log_stream_name is required"):
        handler(event, context())


def test_a_new_listener_cannot_have_a_logtank_alone() -> None:
    """No setting names a stream by its id; the refusal says what is missing."""
    with pytest.raises(InvalidEvent) as raised:
        create_logtank.handler({"cts": TRACE}, context())

    assert raised.value.detail == "/logtank/log_stream_id is required"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"cts": {**TRACE, "service_type": "ECS"}}, IGNORED),
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


def again(*ids: str) -> dict[str, object]:
    """Return the answer that makes these messages come again."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}


def breaking() -> SimpleNamespace:
    """Return a context of which a method fails."""

    def fail(_name: str) -> str:
        raise RuntimeError("hush-hush!")

    return SimpleNamespace(**{**vars(context()), "getUserData": fail})


def test_a_signed_request_is_done() -> None:
    """And answered with 201."""
    hook = signed(json.dumps(REQUEST), moment=int(time.time()))
    door = {"WEBHOOK_SECRETS": f"{OTHER.reveal()} {SECRET.reveal()}"}

    reply = invoked(create_log_stream.handler, post(REQUEST, **hook), STREAM, **door)

    assert reply["statusCode"] == 201
    assert json.loads(reply["body"]) == RESULT


@pytest.mark.parametrize(
    ("event", "door", "status"),
    [
        (post(REQUEST), {}, 500),
        (post(REQUEST), {"WEBHOOK_SECRETS": "whsec_short"}, 500),
        (post(REQUEST), DOOR, 401),
        (post(REQUEST), {**DOOR, "RETRY_ATTEMPTS": "0"}, 500),
        (post(REQUEST) | {"httpMethod": "GET"}, {}, 405),
        (post(REQUEST, **{"content-type": "text/plain"}), OPEN, 415),
        (post("x" * 262_143), OPEN, 413),
        (post({"key": 1}), OPEN, 400),
        (post({"cts": {}}), OPEN, 200),
        (post([]), OPEN, 200),
    ],
)
def test_a_request_is_answered_and_nothing_raised(
    event: object, door: dict[str, str], status: int
) -> None:
    """Whatever is wrong with it or with the settings; the cloud is not called."""
    with serving() as server:
        reply: Any = create_log_stream.handler(event, context(server.endpoint, **door))

    assert reply["statusCode"] == status
    assert server.requests == []


def test_a_health_check_needs_no_settings(capsys: pytest.CaptureFixture[str]) -> None:
    """It asks whether the function is there, and leaves no line in the log."""
    agent = {"user-agent": "ELB-HealthChecker/2.0"}
    event = {"httpMethod": "GET", "requestContext": {"elb": {}}, "headers": agent}

    reply: Any = bootstrap.handler(event, breaking())

    assert reply["statusDescription"] == "200 OK"
    assert lines(capsys) == []


def test_a_queue_is_told_what_is_to_come_again() -> None:
    """The messages that failed, and of a FIFO queue all after the first of them."""
    requests = [{"log_stream_name": name} for name in "abc"]
    answers = (STREAM, GONE, STREAM)
    handler = create_log_stream.handler

    assert invoked(handler, from_queue(*requests), *answers) == again("1")
    fifo = from_queue(*requests, queue="q.fifo")
    assert invoked(handler, fifo, *answers) == again("1", "2")


def test_of_a_fifo_queue_nothing_is_begun_after_a_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Nor checked, and the log says how much was left."""
    event = from_queue(REQUEST, [{"key": 1}, REQUEST], {"cts": {}}, {}, queue="q.fifo")

    assert invoked(create_log_stream.handler, event, STREAM) == again("1", "2", "3")
    told = [(line["message"], line.get("requests")) for line in lines(capsys)]
    assert sorted(told, key=str) == [
        ("not begun", 3),
        ("request done", None),
        ("request failed", None),
    ]


def test_what_a_stranger_does_wrong_is_no_error_of_the_function(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Who scans the internet for doors raises no alarm."""
    bootstrap.handler(post(REQUEST), context(**DOOR))
    bootstrap.handler(post(REQUEST), context())

    assert [(line["level"], line["error"]["title"]) for line in lines(capsys)] == [
        ("WARNING", "Unauthenticated"),
        ("ERROR", "Misconfigured"),
    ]


def test_the_worst_answer_fits_into_what_a_load_balancer_takes_back() -> None:
    """A megabyte: of many bad requests each is told less of what is wrong."""
    bad: dict[str, int] = {f"f{number}": 1 for number in range(20)}
    document = [{**bad, f"n{number}": 1} for number in range(1000)]
    event = post(document, **signed(json.dumps(document), moment=int(time.time())))

    reply: Any = bootstrap.handler(event, context(**DOOR))

    assert reply["statusCode"] == 400
    assert len(json.loads(reply["body"])["results"]) == 1000
    assert len(reply["body"]) < 1_000_000


def test_what_breaks_outside_of_requests_is_one_of_our_errors(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is raised, or told as the trigger wants it; its own text is not repeated."""
    with pytest.raises(Malfunction, match=r"^RuntimeError in fail, line [0-9]+ "):
        bootstrap.handler({}, breaking())
    reply: Any = bootstrap.handler(post(REQUEST), breaking())
    assert bootstrap.handler(from_queue({}, {}), breaking()) == again("0", "1")

    assert reply["statusCode"] == 502
    assert set(json.loads(reply["body"])) == {"type", "title", "status"}
    written = lines(capsys)
    assert [line["error"]["code"] for line in written] == ["Malfunction"] * 3
    assert "hush-hush!" not in json.dumps(written)
