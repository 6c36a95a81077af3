"""Events of HTTP triggers: who may come in, and what they bring.

API Gateway's REST and HTTP APIs, function URLs and load balancers on AWS, and Huawei's
APIG, hand over a request in much the same form; headers and body may be told in two
ways, and a body in base64.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Mapping, Sequence

from functions.errors import (
    InvalidEvent,
    MethodNotAllowed,
    Misconfigured,
    PayloadTooLarge,
    Problem,
    UnsupportedMediaType,
)
from functions.secret import Secret
from functions.triggers import webhook_signatures
from functions.triggers.delivery import Delivery
from functions.triggers.envelopes import inner, message

MOST_BYTES = 256 * 1024
"""Of a body."""
_AUTHORISERS = {"methodArn", "routeArn"}
"""Fields of the events that ask an authoriser; they are no requests."""
_JSON = r"application/(.+\+)?json"

Event = Mapping[str, object]


def is_request(event: Event) -> bool:
    """Whether an event is an HTTP request, in any of the forms."""
    by_v2 = inner(event, "requestContext", "http") is not None
    return ("httpMethod" in event or by_v2) and not _AUTHORISERS & event.keys()


def is_of_load_balancer(event: Event) -> bool:
    """Whether an event is an HTTP request from an Application Load Balancer."""
    return inner(event, "requestContext", "elb") is not None and is_request(event)


def is_health_check(event: Event) -> bool:
    """Whether a load balancer asks only whether the function is there."""
    agent = headers(event).get("user-agent", "")
    return (
        is_of_load_balancer(event)
        and _method(event) == "GET"
        and agent.startswith("ELB-HealthChecker/")
    )


def admit(
    event: Event,
    auth: str,
    secrets: Sequence[Secret],
    now: float | None = None,
) -> None:
    """Let a request pass that may come in: by its signature, or by the gateway's word.

    `auth` and `secrets` are as set, `now` is in seconds since 1970.

    Raises: Unauthenticated; Misconfigured if there is no secret to check it with;
    MethodNotAllowed, PayloadTooLarge and InvalidEvent for a request that says nothing.
    """
    if _method(event) != "POST":
        raise MethodNotAllowed(Problem("", "must be sent with POST"))
    body = _body(event)
    if auth == "platform":
        return
    if not secrets:
        raise Misconfigured("WEBHOOK_SECRETS is not set, so nobody can be let in")
    moment = time.time() if now is None else now
    webhook_signatures.require(headers(event), body, secrets, moment)


def deliver(event: Event) -> Delivery:
    """Return what is in a request's body.

    Raises: UnsupportedMediaType, PayloadTooLarge, InvalidEvent.
    """
    media_type = headers(event).get("content-type", "").partition(";")[0].strip()
    if not re.fullmatch(_JSON, media_type, re.IGNORECASE):
        words = "must be sent with Content-Type: application/json"
        raise UnsupportedMediaType(Problem("", words))
    return Delivery([message(_body(event))])


def headers(event: Event) -> dict[str, str]:
    """Return the headers by their names in lower case.

    Several of one name are one with commas between (RFC 9110 5.3).
    """
    single, several = event.get("headers"), event.get("multiValueHeaders")
    found = single if isinstance(single, Mapping) else several
    pairs = found.items() if isinstance(found, Mapping) else ()
    values = (
        (name, each if isinstance(each, list) else [each]) for name, each in pairs
    )
    return {
        name.lower(): ",".join(texts)
        for name, texts in values
        if all(isinstance(text, str) for text in texts)
    }


def _method(event: Event) -> object:
    return event.get("httpMethod") or inner(event, "requestContext", "http", "method")


def _body(event: Event) -> bytes:
    """Return the body's bytes, as the sender sent them.

    Raises: PayloadTooLarge, InvalidEvent.
    """
    text = event.get("body") or ""
    if not isinstance(text, str):
        raise InvalidEvent(Problem("", "has a body that is no text"))
    if len(text) > MOST_BYTES * 2:  # before anything is made of it
        raise _too_large()
    body = _decoded(text) if event.get("isBase64Encoded") is True else _encoded(text)
    if len(body) > MOST_BYTES:
        raise _too_large()
    return body


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise InvalidEvent(Problem("", "has a body that is no base64")) from None


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidEvent(Problem("", "has a body that is no UTF-8")) from None


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(Problem("", f"has a body of more than {MOST_BYTES} bytes"))
