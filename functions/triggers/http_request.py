"""Parses an HTTP request from the event of any gateway.

API Gateway's REST and HTTP APIs, function URLs and load balancers on AWS, and Huawei's
APIG, describe a request in similar ways. Headers have one of two forms, and a body may
be base64.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from functions.errors import InvalidEvent, PayloadTooLarge, Problem
from functions.triggers.delivery import Event
from functions.triggers.envelopes import inner

MAX_BODY_BYTES = 256 * 1024
_AUTHORIZER_FIELDS = {"methodArn", "routeArn"}
"""Fields of the events for authorizers, which are not requests."""


class HttpRequest(NamedTuple):
    """An HTTP request.

    `headers` are by name in lower case; several values of one name are joined by commas
    (RFC 9110 5.3), and the name is in `repeated`. `body` is the decoded body, or the
    error for one that cannot be decoded. A load balancer requires its own form of
    response, with one or several values per header, as in its event.
    """

    method: object
    headers: Mapping[str, str]
    repeated: frozenset[str]
    body: bytes | InvalidEvent
    is_from_load_balancer: bool
    has_multi_value_headers: bool

    def content(self) -> bytes:
        """Return the body.

        Raises: PayloadTooLarge, InvalidEvent.
        """
        if isinstance(self.body, InvalidEvent):
            raise self.body
        return self.body

    def is_health_check(self) -> bool:
        """Whether a load balancer checks the health of the function."""
        agent = self.headers.get("user-agent", "")
        is_checker = agent.startswith("ELB-HealthChecker/")
        return self.is_from_load_balancer and self.method == "GET" and is_checker


def recognizes(event: Event) -> bool:
    """Whether an event is an HTTP request, in any of the forms."""
    is_v2 = inner(event, "requestContext", "http") is not None
    return ("httpMethod" in event or is_v2) and not _AUTHORIZER_FIELDS & event.keys()


def parse(event: Event) -> HttpRequest:
    """Return the request in an event; an error in its body becomes part of it."""
    try:
        body: bytes | InvalidEvent = _body(event)
    except InvalidEvent as error:
        body = error
    headers = _headers(event)
    return HttpRequest(
        method=event.get("httpMethod")
        or inner(event, "requestContext", "http", "method"),
        headers={
            name: ",".join(values)
            for name, forms in headers.items()
            if all(values := _longest(forms))
        },
        repeated=frozenset(name for name, forms in headers.items() if _differ(forms)),
        body=body,
        is_from_load_balancer=inner(event, "requestContext", "elb") is not None,
        has_multi_value_headers="multiValueHeaders" in event,
    )


def _headers(event: Event) -> dict[str, list[list[str]]]:
    """Return the values of each header in each form of the event, by lower-case name.

    A gateway lists headers with one value, with several values, or in both forms.
    """
    found = (event.get("headers"), event.get("multiValueHeaders"))
    forms = [_values(each) for each in found if isinstance(each, Mapping)]
    names = {name for form in forms for name in form}
    return {name: [form.get(name, []) for form in forms] for name in names}


def _values(headers: Mapping[str, object]) -> dict[str, list[str]]:
    """Return the values by name; a value that is not a string becomes empty."""
    values: dict[str, list[str]] = {}
    for name, found in headers.items():
        listed = found if isinstance(found, list) and found else [found]
        texts = [text if isinstance(text, str) else "" for text in listed]
        values.setdefault(name.lower(), []).extend(texts)
    return values


def _longest(forms: Sequence[list[str]]) -> list[str]:
    return max(forms, key=len)


def _differ(forms: Sequence[list[str]]) -> bool:
    """Whether a header has several values, or its forms are not the same."""
    return len({tuple(form) for form in forms}) > 1 or any(
        len(form) > 1 for form in forms
    )


def _body(event: Event) -> bytes:
    """Return the body's bytes.

    Raises: PayloadTooLarge, InvalidEvent.
    """
    text = event.get("body") or ""
    if not isinstance(text, str):
        raise InvalidEvent(Problem("", "body must be a string"))
    if len(text) > MAX_BODY_BYTES * 2:  # before it is copied
        raise _too_large()
    body = _decoded(text) if event.get("isBase64Encoded") is True else _encoded(text)
    if len(body) > MAX_BODY_BYTES:
        raise _too_large()
    return body


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise InvalidEvent(Problem("", "body is not valid base64")) from None


def _encoded(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidEvent(Problem("", "body is not valid UTF-8")) from None


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(
        Problem("", f"body must have at most {MAX_BODY_BYTES} bytes")
    )
