"""HTTP events: which are requests, and who of their senders may come in."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from functions.errors import (
    InvalidEvent,
    MethodNotAllowed,
    Misconfigured,
    PayloadTooLarge,
    Unauthenticated,
)
from functions.triggers import webhook
from tests.unit.hooks import NOW, OTHER, SECRET, signed

EVENTS = Path(__file__).parents[1] / "events"
HTTP = sorted(path.name for path in EVENTS.glob("http-*.json"))
BODY = '{"resource_id": "l"}'
CHECKER = "ELB-HealthChecker/2.0"
V2 = {"requestContext": {"http": {"method": "POST", "path": "/"}}}


def sample(name: str) -> dict[str, Any]:
    """Return one of the sample events."""
    found: dict[str, Any] = json.loads((EVENTS / name).read_text("utf-8"))
    return found


def post(
    headers: object = None, body: object = BODY, **more: object
) -> dict[str, object]:
    """Return a request."""
    return {"httpMethod": "POST", "headers": headers or {}, "body": body, **more}


@pytest.mark.parametrize("name", HTTP)
def test_every_form_is_recognised(name: str) -> None:
    """REST and HTTP APIs, function URLs, load balancers, and Huawei's APIG."""
    event = sample(name)

    assert webhook.is_request(event)
    assert webhook.is_of_load_balancer(event) is ("-alb" in name)
    assert webhook.is_health_check(event) is ("health" in name)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"httpMethod": "POST"}, True),
        ({"httpMethod": None}, True),
        (V2, True),
        ({}, False),
        ({"requestContext": {"condition": "RetriesExhausted"}}, False),
        ({"requestContext": {"http": None}}, False),
        ({"httpMethod": "POST", "methodArn": "arn", "type": "REQUEST"}, False),
        ({**V2, "routeArn": "arn", "type": "REQUEST"}, False),
    ],
)
def test_a_request_is_told_by_its_method(
    event: dict[str, object], *, expected: bool
) -> None:
    """What asks an authoriser has one too, and is none."""
    assert webhook.is_request(event) is expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"headers": {"User-Agent": CHECKER}}, True),
        ({"headers": None}, False),
        ({"headers": None, "multiValueHeaders": {"user-agent": [CHECKER]}}, True),
        ({"headers": {"user-agent": f"curl {CHECKER}"}}, False),
        ({"headers": {"user-agent": [CHECKER]}}, True),
        ({"httpMethod": "POST"}, False),
        ({"requestContext": {}}, False),
        ({"requestContext": {"http": {"method": "GET"}}}, False),
        ({"methodArn": "arn"}, False),
    ],
)
def test_only_a_load_balancer_may_ask_for_health(
    changes: dict[str, object], *, expected: bool
) -> None:
    """With GET, and by the name of its checker."""
    event = {**sample("http-alb-health-check.json"), **changes}

    assert webhook.is_health_check(event) is expected


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({}, {}),
        ({"headers": None}, {}),
        ({"headers": "text", "multiValueHeaders": [1]}, {}),
        (
            {"headers": {"Content-Type": "a", "webhook-ID": "b"}},
            {"content-type": "a", "webhook-id": "b"},
        ),
        ({"headers": {"a": ["x", "y"]}}, {"a": "x,y"}),
        ({"multiValueHeaders": {"A": ["x"], "b": ["y", "z"]}}, {"a": "x", "b": "y,z"}),
        ({"headers": {"a": "x"}, "multiValueHeaders": {"a": ["y"]}}, {"a": "x"}),
        ({"headers": None, "multiValueHeaders": {"a": ["y"]}}, {"a": "y"}),
        ({"headers": {}, "multiValueHeaders": {"a": ["y"]}}, {}),
        (
            {"headers": {"a": 1, "b": None, "c": ["x", 1], "d": {"e": "f"}, "g": "h"}},
            {"g": "h"},
        ),
    ],
)
def test_headers_are_one_text_by_a_name_in_lower_case(
    event: dict[str, object], expected: dict[str, str]
) -> None:
    """What is no text is left out; several of one name are joined (RFC 9110 5.3)."""
    assert webhook.headers(event) == expected


@pytest.mark.parametrize(
    "event",
    [
        {"httpMethod": "GET"},
        {"httpMethod": "post"},
        {"httpMethod": None},
        {"httpMethod": ["POST"]},
        {"requestContext": {"http": {"method": "PUT"}}},
    ],
)
@pytest.mark.parametrize("auth", ["signature", "platform"])
def test_another_method_than_post_is_refused(
    event: dict[str, object], auth: str
) -> None:
    """Before it is asked who sends it."""
    with pytest.raises(MethodNotAllowed) as raised:
        webhook.admit(event, auth, [])

    assert raised.value.detail == "the event must be sent with POST"


@pytest.mark.parametrize("form", [{"httpMethod": "POST"}, V2])
def test_the_gateways_word_is_enough_where_it_is_set_so(
    form: dict[str, object],
) -> None:
    """No signature is asked for then."""
    webhook.admit({**form, "body": BODY}, "platform", [])
    webhook.admit({**form, "body": BODY}, "platform", [SECRET])


def test_a_signed_request_is_admitted() -> None:
    """In either form of its headers, whatever their case."""
    headers = {name.title(): value for name, value in signed(BODY).items()}
    several = {name: [value] for name, value in headers.items()}

    webhook.admit(post(headers), "signature", [OTHER, SECRET], NOW)
    in_lists = {"httpMethod": "POST", "multiValueHeaders": several, "body": BODY}
    webhook.admit(in_lists, "signature", [SECRET], NOW)


def test_a_signature_is_of_the_bytes_that_were_sent() -> None:
    """Whether the gateway hands them on as text or in base64."""
    body, encoded = '{"name": "é"}', "eyJuYW1lIjogIsOpIn0="

    webhook.admit(post(signed(body), body), "signature", [SECRET], NOW)
    in_base64 = post(signed(body), encoded, isBase64Encoded=True)
    webhook.admit(in_base64, "signature", [SECRET], NOW)
    with pytest.raises(Unauthenticated):
        webhook.admit(post(signed(body), encoded), "signature", [SECRET], NOW)


@pytest.mark.parametrize("body", [None, ""])
def test_no_body_is_an_empty_one(body: str | None) -> None:
    """It can be signed like any other."""
    webhook.admit(post(signed(""), body), "signature", [SECRET], NOW)


@pytest.mark.parametrize(
    ("headers", "body", "now"),
    [
        ({}, BODY, NOW),
        (signed(BODY, OTHER), BODY, NOW),
        (signed(BODY), "{}", NOW),
        (signed(BODY), BODY, NOW + 301),
        ({**signed(BODY), "webhook-id": ["msg-1", 1]}, BODY, NOW),
    ],
)
def test_nobody_else_is_admitted(
    headers: dict[str, object], body: str, now: int
) -> None:
    """Neither unsigned, nor by another, nor changed, nor late."""
    with pytest.raises(Unauthenticated):
        webhook.admit(post(headers, body), "signature", [SECRET], now)


def test_a_message_is_held_against_the_time_of_day() -> None:
    """Where no other time is given."""
    fresh = signed(BODY, moment=int(time.time()))

    webhook.admit(post(fresh), "signature", [SECRET])
    with pytest.raises(Unauthenticated, match="300 seconds from now"):
        webhook.admit(post(signed(BODY, moment=0)), "signature", [SECRET])


def test_without_a_secret_the_door_stays_shut() -> None:
    """For a signed request as well; and it is the function that is at fault."""
    with pytest.raises(Misconfigured) as raised:
        webhook.admit(post(signed(BODY)), "signature", [], NOW)

    assert raised.value.detail == (
        "WEBHOOK_SECRETS is not set, so nobody can be let in"
    )


@pytest.mark.parametrize("auth", ["signature", "platform"])
def test_a_body_that_says_nothing_is_refused_at_the_door(auth: str) -> None:
    """Nothing is computed over what is too large, or cannot be read."""
    with pytest.raises(PayloadTooLarge):
        webhook.admit(post(body="x" * 262_145), auth, [SECRET], NOW)
    with pytest.raises(InvalidEvent, match="has a body that is no base64"):
        webhook.admit(post(body="?", isBase64Encoded=True), auth, [SECRET], NOW)
