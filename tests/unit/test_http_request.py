"""HTTP events: which are requests, what they contain, and which are admitted."""

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
from functions.triggers import http_request
from tests.unit.http_events import BODY, admit, post
from tests.unit.signed_webhooks import NOW, OTHER, SECRET, signed

EVENTS = Path(__file__).parents[1] / "events"
HTTP = sorted(path.name for path in EVENTS.glob("http-*.json"))
CHECKER = "ELB-HealthChecker/2.0"
V2 = {"requestContext": {"http": {"method": "POST", "path": "/"}}}


def sample(name: str) -> dict[str, Any]:
    """Return a sample event."""
    found: dict[str, Any] = json.loads((EVENTS / name).read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", HTTP)
def test_every_event_format_is_recognized(name: str) -> None:
    """These are REST and HTTP APIs, function URLs, load balancers and APIG."""
    event = sample(name)

    assert http_request.recognizes(event)
    assert http_request.parse(event).is_from_load_balancer is ("-alb" in name)
    assert http_request.parse(event).is_health_check() is ("health" in name)


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
def test_a_request_is_recognized_by_its_method(
    event: dict[str, object], *, expected: bool
) -> None:
    """An event for a custom authorizer has a method but is not a request."""
    assert http_request.recognizes(event) is expected


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
    ],
)
def test_only_a_load_balancer_can_send_a_health_check(
    changes: dict[str, object], *, expected: bool
) -> None:
    """A health check uses GET and has the User-Agent of the health checker."""
    event = {**sample("http-alb-health-check.json"), **changes}

    assert http_request.parse(event).is_health_check() is expected


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
        ({"headers": {}, "multiValueHeaders": {"a": ["y"]}}, {"a": "y"}),
        ({"headers": {"a": "y"}, "multiValueHeaders": {"A": ["x", "y"]}}, {"a": "x,y"}),
        (
            {"headers": {"a": 1, "b": None, "c": ["x", 1], "d": {"e": "f"}, "g": "h"}},
            {"g": "h"},
        ),
    ],
)
def test_headers_are_parsed_to_strings_by_lower_case_name(
    event: dict[str, object], expected: dict[str, str]
) -> None:
    """Values of other types are dropped; repeated headers are joined (RFC 9110 5.3)."""
    assert http_request.parse(event).headers == expected


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
def test_methods_other_than_post_are_rejected(
    event: dict[str, object], auth: str
) -> None:
    """The method is checked before the request is authenticated."""
    with pytest.raises(MethodNotAllowed) as raised:
        admit(event, auth, [])

    assert raised.value.detail == "the event must be sent with POST"


@pytest.mark.parametrize("form", [{"httpMethod": "POST"}, V2])
def test_with_platform_authentication_no_signature_is_required(
    form: dict[str, object],
) -> None:
    """The gateway has already authenticated the request."""
    admit({**form, "body": BODY}, "platform", [])
    admit({**form, "body": BODY}, "platform", [SECRET])


def test_a_signed_request_is_admitted() -> None:
    """Headers may have single or multiple values, and names in any case."""
    headers = {name.title(): value for name, value in signed(BODY).items()}
    several = {name: [value] for name, value in headers.items()}

    admit(post(headers), "signature", [OTHER, SECRET], NOW)
    in_lists = {"httpMethod": "POST", "multiValueHeaders": several, "body": BODY}
    admit(in_lists, "signature", [SECRET], NOW)


def test_a_signature_covers_the_bytes_that_were_sent() -> None:
    """The gateway may pass them on as text or in base64."""
    body, encoded = '{"name": "é"}', "eyJuYW1lIjogIsOpIn0="

    admit(post(signed(body), body), "signature", [SECRET], NOW)
    in_base64 = post(signed(body), encoded, isBase64Encoded=True)
    admit(in_base64, "signature", [SECRET], NOW)
    with pytest.raises(Unauthenticated):
        admit(post(signed(body), encoded), "signature", [SECRET], NOW)


@pytest.mark.parametrize("body", [None, ""])
def test_a_missing_body_is_an_empty_body(body: str | None) -> None:
    """An empty body can be signed like any other."""
    admit(post(signed(""), body), "signature", [SECRET], NOW)


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
def test_requests_without_a_valid_signature_are_rejected(
    headers: dict[str, object], body: str, now: int
) -> None:
    """They are unsigned, signed with another secret, modified or too old."""
    with pytest.raises(Unauthenticated):
        admit(post(headers, body), "signature", [SECRET], now)


def test_the_timestamp_is_compared_with_the_current_time() -> None:
    """This is the default if no time is given."""
    fresh = signed(BODY, moment=int(time.time()))

    admit(post(fresh), "signature", [SECRET])
    with pytest.raises(Unauthenticated, match="300 seconds from now"):
        admit(post(signed(BODY, moment=0)), "signature", [SECRET])


def test_without_a_secret_every_request_is_rejected() -> None:
    """This is an error of the configuration, even for a signed request."""
    with pytest.raises(Misconfigured) as raised:
        admit(post(signed(BODY)), "signature", [], NOW)

    assert raised.value.detail == (
        "WEBHOOK_SECRETS is not set, so webhook requests cannot be authenticated"
    )


@pytest.mark.parametrize("auth", ["signature", "platform"])
def test_an_invalid_body_is_rejected_before_authentication(auth: str) -> None:
    """No signature is computed for a body that is too large or not valid base64."""
    with pytest.raises(PayloadTooLarge):
        admit(post(body="x" * 262_145), auth, [SECRET], NOW)
    with pytest.raises(InvalidEvent, match="body is not valid base64"):
        admit(post(body="?", isBase64Encoded=True), auth, [SECRET], NOW)
