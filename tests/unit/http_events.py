"""Events with an HTTP request, and their authentication."""

from __future__ import annotations

from collections.abc import Mapping

from functions.secret import Secret
from functions.triggers import http_request, webhook

BODY = '{"resource_id": "l"}'


def admit(
    event: Mapping[str, object],
    auth: str,
    secrets: list[Secret],
    now: float | None = None,
) -> None:
    """Parse an event, and authenticate its request."""
    webhook.admit(http_request.parse(event), auth, secrets, now)


def post(
    headers: object = None, body: object = BODY, **more: object
) -> dict[str, object]:
    """Return an event with an HTTP request."""
    return {"httpMethod": "POST", "headers": headers or {}, "body": body, **more}
