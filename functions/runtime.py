"""What differs between AWS Lambda and Huawei FunctionGraph, and what they share.

Lambda's context has attributes and snake-case methods; FunctionGraph's has camel-case
methods only, and the function's user data.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timezone

from functions import __version__

RESERVE_SECONDS = 1.0
"""Kept back for the response."""
UNKNOWN_SECONDS = 60.0
"""Assumed to remain if the platform does not say."""
_MAX_SECONDS = 259_200.0  # FunctionGraph's limit; more means that the unit is wrong
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
AGENCY_METHODS = {
    "access": "getSecurityAccessKey",
    "secret": "getSecuritySecretKey",
    "security_token": "getSecurityToken",
}
"""The parts of an agency's temporary key, and the context's methods for them."""

Variables = Callable[[str], str | None]
"""Returns the value of a setting, None if it is not set."""


def variables(context: object, environ: Mapping[str, str] = os.environ) -> Variables:
    """Return what looks up settings: in FunctionGraph's user data, then in `environ`.

    User data is in the context, and as JSON in RUNTIME_USERDATA.
    """
    user_data = getattr(context, "getUserData", None)
    preset = _preset_user_data(environ)

    def look_up(name: str) -> str | None:
        found = user_data(name) if user_data else None
        found = found or environ.get(name) or preset.get(name)
        if not found and name == "HUAWEICLOUD_SDK_PROJECT_ID":
            found = _own_project(context)
        return None if found is None else str(found)

    return look_up


def agency(context: object) -> Mapping[str, str] | None:
    """Return the parts of the temporary key of FunctionGraph's agency, None elsewhere.

    A key is valid for a day at most, so it is read whenever it is needed and not kept.
    """
    if not hasattr(context, AGENCY_METHODS["access"]):
        return None
    found = {part: _text(context, name) for part, name in AGENCY_METHODS.items()}
    return {part: text for part, text in found.items() if text}


def _text(context: object, name: str) -> str:
    """Return what a method of the context returns, nothing if it fails.

    How a runtime reports that a function has no agency is not documented.
    """
    with suppress(Exception):
        return str(getattr(context, name)() or "")
    return ""


def request_id(context: object) -> str | None:
    """Return the platform's ID of this invocation."""
    if hasattr(context, "getRequestID"):
        return str(context.getRequestID())
    found = getattr(context, "aws_request_id", None)
    return None if found is None else str(found)


def remaining_time(
    context: object, clock: Callable[[], float] = time.monotonic
) -> Callable[[], float]:
    """Return a function that returns the seconds left, less those for the response."""
    ends_at = clock() + _remaining_seconds(context) - RESERVE_SECONDS
    return lambda: ends_at - clock()


class _Thread(threading.local):
    """What a thread is working on."""

    item: int | None = None


class Log:
    """Writes one JSON object per line to standard output, where both clouds read it."""

    def __init__(self, function: str, request_id: str | None, trigger: str) -> None:
        self._constant = {
            "version": __version__,
            "function": function,
            "request_id": request_id,
            "trigger": trigger,
        }
        self._thread = _Thread()
        self.level = "INFO"

    @contextmanager
    def item(self, place: int) -> Iterator[None]:
        """Add to this thread's lines which of an event's requests they belong to."""
        self._thread.item = place
        try:
            yield
        finally:
            self._thread.item = None

    def __call__(self, level: str, message: str, **facts: object) -> None:
        """Write a line with these facts, except those that are None."""
        if LOG_LEVELS.index(level) < LOG_LEVELS.index(self.level):
            return
        line = {
            "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "level": level,
            "message": message,
            **self._constant,
            "item": self._thread.item,
            **facts,
        }
        known = {name: fact for name, fact in line.items() if fact is not None}
        sys.stdout.write(json.dumps(known) + "\n")  # one write, so lines never mix
        sys.stdout.flush()


def _preset_user_data(environ: Mapping[str, str]) -> Mapping[str, str]:
    try:
        found = json.loads(environ.get("RUNTIME_USERDATA", "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _own_project(context: object) -> object:
    """Return the ID of the project that a FunctionGraph function is deployed in."""
    get_project_id = getattr(context, "getProjectID", None)
    return get_project_id() if get_project_id else None


def _remaining_seconds(context: object) -> float:
    """Return what the platform says, UNKNOWN_SECONDS if that is not plausible.

    On Lambda no time may be left; FunctionGraph returns 0 only by a mistaken unit.
    """
    for name, minimum in (
        ("get_remaining_time_in_millis", 0),
        ("getRemainingTimeInMilliSeconds", 1),
    ):
        milliseconds = getattr(context, name, lambda: None)()
        if isinstance(milliseconds, int | float):
            is_plausible = minimum <= milliseconds <= _MAX_SECONDS * 1000
            return milliseconds / 1000 if is_plausible else UNKNOWN_SECONDS
    return UNKNOWN_SECONDS
