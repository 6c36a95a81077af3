"""The sample events, and the HTTP ones among them signed as their senders do it."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

from functions.secret import Secret
from tests.unit import hooks

_FOLDER = Path(__file__).parents[1] / "events"
SAMPLES = sorted(path.name for path in _FOLDER.glob("*.json"))
HEALTH_CHECK = "http-alb-health-check.json"
REQUESTS = [
    name for name in SAMPLES if name.startswith("http-") and name != HEALTH_CHECK
]
"""Those of every HTTP trigger that bring a request."""


def sample(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return one of the sample events."""
    return json.loads((_FOLDER / name).read_text("utf-8"))


def sign(
    event: dict[str, Any], by: Secret = hooks.SECRET, late: int = 0
) -> dict[str, Any]:
    """Return an HTTP event with a signature of so many seconds ago over its body."""
    moment = int(time.time()) - late
    return with_headers(event, hooks.signed(sent(event), by, moment))


def signed(name: str, by: Secret = hooks.SECRET, late: int = 0) -> dict[str, Any]:
    """Return an HTTP sample that was signed so many seconds ago."""
    return sign(sample(name), by, late)


def sent(event: dict[str, Any]) -> str:
    """Return the body of an HTTP event as its sender wrote it."""
    text: str = event["body"]
    return base64.b64decode(text).decode() if event["isBase64Encoded"] else text


def with_body(event: dict[str, Any], text: str) -> dict[str, Any]:
    """Return an HTTP event with another body, handed on in the same way."""
    coded = base64.b64encode(text.encode()).decode()
    return {**event, "body": coded if event["isBase64Encoded"] else text}


def with_headers(event: dict[str, Any], more: dict[str, str]) -> dict[str, Any]:
    """Return an HTTP event with more headers, in each form in which it has any."""
    changed = dict(event)
    if "headers" in event:
        changed["headers"] = {**event["headers"], **more}
    if "multiValueHeaders" in event:
        lists = {name: [text] for name, text in more.items()}
        changed["multiValueHeaders"] = {**event["multiValueHeaders"], **lists}
    return changed


def delivered(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return a sample as its trigger delivers it: of HTTP, signed."""
    return signed(name) if name in REQUESTS else sample(name)
