"""What an event comes to is told as its trigger wants it, whatever went wrong."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any

import pytest

from functions import bootstrap, create_log_stream
from functions.errors import Malfunction
from tests.byte_server import serving
from tests.unit.hooks import OTHER, SECRET, signed
from tests.unit.invoking import GONE, STREAM, context, from_queue, invoked, lines, post

REQUEST = {"log_stream_name": "n"}
RESULT = {"log_stream_id": "s", "created": True}


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
        (post(REQUEST), {"WEBHOOK_SECRETS": SECRET.reveal()}, 401),
        (
            post(REQUEST),
            {"WEBHOOK_SECRETS": SECRET.reveal(), "RETRY_ATTEMPTS": "0"},
            500,
        ),
        (post(REQUEST) | {"httpMethod": "GET"}, {}, 405),
        (
            post(REQUEST, **{"content-type": "text/plain"}),
            {"WEBHOOK_AUTH": "platform"},
            415,
        ),
        (post("x" * 262_143), {"WEBHOOK_AUTH": "platform"}, 413),
        (post({"key": 1}), {"WEBHOOK_AUTH": "platform"}, 400),
        (post({"cts": {}}), {"WEBHOOK_AUTH": "platform"}, 200),
        (post([]), {"WEBHOOK_AUTH": "platform"}, 200),
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
    door = {"WEBHOOK_SECRETS": SECRET.reveal()}
    bootstrap.handler(post(REQUEST), context(**door))
    bootstrap.handler(post(REQUEST), context())

    assert [(line["level"], line["error"]["title"]) for line in lines(capsys)] == [
        ("WARNING", "Unauthenticated"),
        ("ERROR", "Misconfigured"),
    ]


def test_the_worst_answer_fits_into_what_a_load_balancer_takes_back() -> None:
    """A megabyte: of many bad requests each is told less of what is wrong."""
    bad: dict[str, int] = {f"f{number}": 1 for number in range(20)}
    document = [{**bad, f"n{number}": 1} for number in range(1000)]
    hook = signed(json.dumps(document), moment=int(time.time()))
    event = post(document, **hook)
    door = {"WEBHOOK_SECRETS": SECRET.reveal()}

    reply: Any = bootstrap.handler(event, context(**door))

    assert (reply["statusCode"], len(json.loads(reply["body"])["results"])) == (
        400,
        1000,
    )
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
