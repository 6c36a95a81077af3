"""Tricks of those who send events: none lets a stranger in, or leads a call astray."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest

from functions.errors import InvalidEvent
from tests.e2e.answering import answered
from tests.e2e.driving import EVENT, HANDLERS, refused
from tests.e2e.samples import signed, with_headers
from tests.emulator import Emulator
from tests.unit import hooks

PLAIN, MULTI = "http-api-gateway-v1.json", "http-alb-multi-value.json"
BODY = json.dumps(EVENT)
LATE = 4_000
"""Seconds ago."""


@pytest.fixture
def door(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud for functions that know a webhook's secret."""
    monkeypatch.setenv("WEBHOOK_SECRETS", hooks.SECRET.reveal())
    return cloud


def _request(headers: dict[str, str], body: str, **more: object) -> dict[str, Any]:
    """Return a request with these headers, as API Gateway hands it on."""
    event = {"httpMethod": "POST", "isBase64Encoded": False, "body": body, **more}
    return event | {"headers": {"content-type": "application/json", **headers}}


def test_a_stale_message_cannot_be_cut_anew(door: Emulator) -> None:
    """Full stops join what is signed; no other cut makes a fresh request of it."""
    now = int(time.time())
    body = json.dumps({**EVENT, "log_stream_name": f"a.{now}.b", "ttl_in_days": 7})
    for identifier in ("m", f"m.{now}", f"{now}.{now}", f"m.{now}.{{"):
        headers = hooks.signed(body, hooks.SECRET, now - LATE, identifier)
        text = f"{identifier}.{now - LATE}.{body}"
        cuts = [
            (text[: found.start()], found[1], text[found.end() :])
            for found in re.finditer(r"\.(?=([0-9]+)\.)", text)
        ]
        statuses = set()
        for name, moment, rest in cuts:
            cut = {**headers, "webhook-id": name, "webhook-timestamp": moment}
            event = _request(cut, rest.removeprefix(f"{moment}."))
            statuses.add(answered("bootstrap", event).status)
        assert statuses == {400, 401}  # no JSON, or too old
    assert door.calls == []


@pytest.mark.parametrize(
    "name", ["webhook-id", "webhook-timestamp", "webhook-signature"]
)
def test_a_header_that_comes_twice_lets_nobody_in(door: Emulator, name: str) -> None:
    """Which of the two counts is for nobody to choose."""
    event = signed(MULTI)
    values = event["multiValueHeaders"]
    for doubled in ([*values[name], "x"], ["x", *values[name]], values[name] * 2, []):
        twice = {**event, "multiValueHeaders": {**values, name: doubled}}
        assert answered("bootstrap", twice).status == 401
    assert door.calls == []


@pytest.mark.parametrize("flag", [1, "true", "True", [True], {"a": 1}, None, "false"])
def test_a_flag_that_is_not_true_decodes_nothing(door: Emulator, flag: object) -> None:
    """What was signed is the decoded body, so that nobody is let in."""
    event = signed("http-apig.json")
    assert event["isBase64Encoded"] is True

    assert answered("bootstrap", {**event, "isBase64Encoded": flag}).status == 401
    assert door.calls == []


@pytest.mark.parametrize(
    "more",
    [
        EVENT,
        {"detail-type": "t", "detail": EVENT},
        {"Records": [{"eventSource": "aws:sqs", "body": BODY}]},
        {"trigger_type": "TIMER", "user_event": BODY},
        {"cts": {}},
    ],
    ids=["a request", "EventBridge", "SQS", "TIMER", "CTS"],
)
def test_what_lies_beside_an_unsigned_request_is_not_taken(
    door: Emulator, more: dict[str, object]
) -> None:
    """An HTTP request is one whatever else it resembles."""
    assert answered("bootstrap", _request({}, BODY, **more)).status == 401
    assert door.calls == []


@pytest.mark.parametrize(
    "event",
    [
        _request({}, BODY, methodArn="arn"),
        {"requestContext": {"eventType": "MESSAGE"}, "body": BODY},
        {"method": "POST", "raw_path": "/", "headers": {}, "body": BODY},
    ],
    ids=["an authoriser's question", "a WebSocket's message", "VPC Lattice"],
)
def test_a_request_of_a_form_that_is_not_known_is_refused(
    door: Emulator, event: object
) -> None:
    """Its body is nobody's request."""
    assert isinstance(refused("bootstrap", event), InvalidEvent)
    assert door.calls == []


def test_a_message_that_is_sent_again_by_anybody_makes_nothing(door: Emulator) -> None:
    """For five minutes it may be replayed, which is a delivery like any other."""
    event = with_headers(
        _request({}, BODY), hooks.signed(BODY, moment=int(time.time()))
    )
    first = answered("bootstrap", event)
    again = answered("bootstrap", event)

    assert (first.status, again.status) == (201, 200)
    assert again.told == {**first.told, "created": []}
    assert len(door.streams) == len(door.logtanks) == 1


@pytest.mark.parametrize("field", ["log_group_id", "project_id", "resource_id"])
@pytest.mark.parametrize(
    "value",
    [
        *(".", "..", "../x", "a/b", "a\\b", "%2e%2e", "a?b", "a#b", "a;b", "a@b"),
        *("a\r\nX-Evil: 1", "a\n", "..\n", "\0", "a b", "\uff0e\uff0e", "a&b", "a,b"),
    ],
)
def test_an_id_cannot_leave_its_place_in_a_call(
    door: Emulator, field: str, value: str
) -> None:
    """Not in a path, not in a query, not in a header: it is refused before."""
    error = refused("bootstrap", {**EVENT, "log_stream_name": "n", field: value})

    assert isinstance(error, InvalidEvent)
    assert next(problem.pointer for problem in error.problems) == f"/{field}"
    assert door.calls == []


def test_a_pause_of_an_age_is_handed_on_as_a_day(door: Emulator) -> None:
    """A sender who is let in gets a reply, and a number that they can read."""
    fault = {"status": 429, "headers": {"Retry-After": "9" * 400}}
    door.fail({"operation": "CreateLogStream", "times": None, **fault})
    event = with_headers(
        _request({}, BODY), hooks.signed(BODY, moment=int(time.time()))
    )

    reply: Any = HANDLERS["bootstrap"](event, None)

    assert (reply["statusCode"], reply["headers"]["retry-after"]) == (503, "86400")
