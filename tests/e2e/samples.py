"""The sample events, with HTTP samples signed as their senders sign them."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

from functions.secret import Secret
from tests.unit import signed_webhooks as hooks

_FOLDER = Path(__file__).parents[1] / "events"
SAMPLES = sorted(path.name for path in _FOLDER.glob("*.json"))
HEALTH_CHECK = "http-alb-health-check.json"
HTTP_REQUESTS = [
    name for name in SAMPLES if name.startswith("http-") and name != HEALTH_CHECK
]
"""The samples of HTTP triggers that contain a request."""


def sample(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return one of the sample events."""
    return json.loads((_FOLDER / name).read_text("utf-8"))


def sign(
    event: dict[str, Any], secret: Secret = hooks.SECRET, age_seconds: int = 0
) -> dict[str, Any]:
    """Return an HTTP event with a signature of this age over its body."""
    timestamp = int(time.time()) - age_seconds
    return with_headers(event, hooks.signed(decoded_body(event), secret, timestamp))


def signed(
    name: str, secret: Secret = hooks.SECRET, age_seconds: int = 0
) -> dict[str, Any]:
    """Return an HTTP sample with a signature of this age."""
    return sign(sample(name), secret, age_seconds)


def decoded_body(event: dict[str, Any]) -> str:
    """Return the body of an HTTP event, decoded from base64 if necessary."""
    text: str = event["body"]
    return base64.b64decode(text).decode() if event["isBase64Encoded"] else text


def with_body(event: dict[str, Any], text: str) -> dict[str, Any]:
    """Return an HTTP event with another body in the same encoding."""
    encoded = base64.b64encode(text.encode()).decode()
    return {**event, "body": encoded if event["isBase64Encoded"] else text}


def with_headers(event: dict[str, Any], more: dict[str, str]) -> dict[str, Any]:
    """Return an HTTP event with more headers, in each header format that it uses."""
    changed = dict(event)
    if "headers" in event:
        changed["headers"] = {**event["headers"], **more}
    if "multiValueHeaders" in event:
        lists = {name: [text] for name, text in more.items()}
        changed["multiValueHeaders"] = {**event["multiValueHeaders"], **lists}
    return changed


def delivered(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return a sample as its trigger delivers it; HTTP samples are signed."""
    return signed(name) if name in HTTP_REQUESTS else sample(name)
