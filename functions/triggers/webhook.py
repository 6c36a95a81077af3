"""Webhooks: authenticates HTTP requests, and reads their bodies."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence

from functions.errors import (
    MethodNotAllowed,
    Misconfigured,
    Problem,
    Unauthenticated,
    UnsupportedMediaType,
)
from functions.secret import Secret
from functions.triggers import webhook_signatures
from functions.triggers.delivery import Delivery, label
from functions.triggers.envelopes import message
from functions.triggers.http_request import HttpRequest

_IDENTITY = "identity"
_JSON = r"application/(.+\+)?json"


def admit(
    request: HttpRequest,
    auth: str,
    secrets: Sequence[Secret],
    now: float | None = None,
) -> None:
    """Raise unless a request is signed, or the gateway authenticates callers.

    `auth` is WEBHOOK_AUTH, `secrets` are WEBHOOK_SECRETS, `now` is in seconds since
    1970.

    Raises: Unauthenticated; Misconfigured without a secret; MethodNotAllowed,
    PayloadTooLarge and InvalidEvent for a body that is too large or cannot be decoded.
    """
    if request.method != "POST":
        raise MethodNotAllowed(Problem("", "must be sent with POST"))
    content = request.content()
    if auth == "platform":
        return
    if not secrets:
        raise Misconfigured(
            "WEBHOOK_SECRETS is not set, so webhook requests cannot be authenticated"
        )
    moment = time.time() if now is None else now
    if repeated := sorted(request.repeated & webhook_signatures.HEADERS):
        raise Unauthenticated(f"The header {repeated[0]} has several values")
    webhook_signatures.require(request.headers, content, secrets, moment)


def sender_id(request: HttpRequest) -> str | None:
    """Return the ID that the sender gave a request, None if it gave none."""
    return label(request.headers.get("webhook-id"))


def deliver(request: HttpRequest) -> Delivery:
    """Return the requests in an HTTP request's body.

    Raises: UnsupportedMediaType, PayloadTooLarge, InvalidEvent.
    """
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip()
    if not re.fullmatch(_JSON, media_type, re.IGNORECASE):
        detail = "must be sent with Content-Type: application/json"
        raise UnsupportedMediaType(Problem("", detail))
    coding = request.headers.get("content-encoding", "").strip() or _IDENTITY
    if coding.lower() != _IDENTITY:
        named = "".join(each for each in coding if each.isalnum() or each in "-,")[:32]
        detail = f"must be sent without Content-Encoding: {named}"
        raise UnsupportedMediaType(
            Problem("", detail), remedy="Send the JSON uncompressed."
        )
    return Delivery([message(request.content())])
