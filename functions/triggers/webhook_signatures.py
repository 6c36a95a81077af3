"""Verifies the signatures of webhook requests, as defined by *Standard Webhooks*.

Source: the specification of Standard Webhooks, "Signature scheme" and "Verifying
webhook authenticity": HMAC-SHA256 of ID, timestamp and body, joined by full stops.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from functions.errors import Unauthenticated
from functions.secret import Secret
from functions.settings.parsers import WEBHOOK_PREFIX

TOLERANCE_SECONDS = 300
"""The maximum difference of a timestamp from our clock, in either direction."""
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
HEADERS = frozenset({_ID, _TIMESTAMP, _SIGNATURE})
_VERSION = "v1"


def require(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[Secret], now: float
) -> None:
    """Raise unless a message is recent and signed with one of these secrets.

    `headers` have names in lower case; `now` is in seconds since 1970.

    Raises: Unauthenticated.
    """
    for name in (_ID, _TIMESTAMP, _SIGNATURE):
        if not headers.get(name):
            raise Unauthenticated(f"The header {name} is missing")
    if not re.fullmatch("[0-9]{1,12}", headers[_TIMESTAMP]):
        raise Unauthenticated(f"{_TIMESTAMP} must be a number of seconds since 1970")
    if abs(now - int(headers[_TIMESTAMP])) > TOLERANCE_SECONDS:
        raise Unauthenticated(
            f"{_TIMESTAMP} is more than {TOLERANCE_SECONDS} seconds from now"
        )
    signed = f"{headers[_ID]}.{headers[_TIMESTAMP]}.".encode(errors="replace") + body
    given = [each.encode(errors="replace") for each in headers[_SIGNATURE].split(" ")]
    expected = [_signature(secret, signed) for secret in secrets]
    matches = [hmac.compare_digest(one, each) for one in expected for each in given]
    if not any(matches):
        raise Unauthenticated(
            f"{_SIGNATURE} does not match any secret in WEBHOOK_SECRETS"
        )


def _signature(secret: Secret, signed: bytes) -> bytes:
    key = base64.b64decode(secret.reveal().removeprefix(WEBHOOK_PREFIX))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"{_VERSION},".encode() + base64.b64encode(digest)
