"""Webhooks signed with the reference library of Standard Webhooks."""

from __future__ import annotations

import base64
from datetime import datetime, timezone

from standardwebhooks import Webhook

from functions.secret import Secret

NOW = 1_800_000_000
"""In seconds since 1970."""


def secret(letter: str) -> Secret:
    """Return a secret with a key that repeats this letter."""
    return Secret("whsec_" + base64.b64encode(letter.encode() * 24).decode())


SECRET, OTHER = secret("a"), secret("b")


def signature(
    body: str, by: Secret = SECRET, moment: int = NOW, identifier: str = "msg-1"
) -> str:
    """Return the library's signature of a message."""
    when = datetime.fromtimestamp(moment, timezone.utc)
    return Webhook(by.reveal()).sign(identifier, when, body)


def signed(
    body: str, by: Secret = SECRET, moment: int = NOW, identifier: str = "msg-1"
) -> dict[str, str]:
    """Return the headers of a signed message."""
    return {
        "webhook-id": identifier,
        "webhook-timestamp": str(moment),
        "webhook-signature": signature(body, by, moment, identifier),
    }
