"""The two platforms, AWS Lambda and Huawei FunctionGraph, and the log lines.

Lambda's context has attributes and snake-case methods; FunctionGraph's has camel-case
methods only, and the function's user data.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime, timezone

from functions import __version__

_MAX_ID_LENGTH = 128
RESERVE_SECONDS = 1.0
"""This much of the function's time is reserved for the response."""
UNKNOWN_SECONDS = 60.0
"""The remaining time that is assumed if the platform does not report it."""
_MAX_SECONDS = 259_200.0  # FunctionGraph's limit; a longer time is in another unit
_PROJECT_ID = "HUAWEICLOUD_SDK_PROJECT_ID"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
AGENCY_METHODS = {
    "access": "getSecurityAccessKey",
    "secret": "getSecuritySecretKey",
    "security_token": "getSecurityToken",
}
"""The parts of an agency's temporary key, and the context's methods for them."""

Variables = Callable[[str], str | None]
"""Returns the value of a setting, None if it is not set."""
_INVISIBLE = "\ufeff\u200b\u2060"
"""Invisible characters that may be pasted with a value, such as a byte order mark."""


def trimmed(text: str | None) -> str:
    """Return text without the white space and invisible characters around it."""
    before = None
    found = text or ""
    while found != before:
        before, found = found, found.strip().strip(_INVISIBLE)
    return found


def variables(context: object, environ: Mapping[str, str] = os.environ) -> Variables:
    """Return a function that looks up settings.

    It looks in FunctionGraph's user data, then in `environ`. User data is in the
    context, and as JSON in RUNTIME_USERDATA.
    """
    preset = _preset_user_data(environ)
    has_user_data = _has(context, "getUserData")

    def look_up(name: str) -> str | None:
        for found in (
            _ask_text(context, "getUserData", name) if has_user_data else None,
            environ.get(name),
            preset.get(name),
            # a FunctionGraph function's own project
            _ask_text(context, "getProjectID") if name == _PROJECT_ID else None,
        ):
            if found is not None and trimmed(text := str(found)):
                return text
        return None

    return look_up


def agency(context: object) -> Mapping[str, str] | None:
    """Return the parts of the temporary key of FunctionGraph's agency, None elsewhere.

    A key is valid for a day or less, so it is read when it is needed and not kept.
    """
    if not _has(context, AGENCY_METHODS["access"]):
        return None
    found = {part: _ask_text(context, name) for part, name in AGENCY_METHODS.items()}
    return {part: text for part, text in found.items() if text}


def _has(context: object, name: str) -> bool:
    """Whether a context has a method; True if checking for it fails."""
    with suppress(Exception):
        return hasattr(context, name)
    return True


def _ask(context: object, name: str, *arguments: str) -> object:
    """Return the result of a context method, None if it does not exist or fails.

    It is not documented how a runtime reports that something is missing, such as an
    agency, and a missing value must not make the event fail.
    """
    with suppress(Exception):
        return getattr(context, name)(*arguments)
    return None


def _ask_text(context: object, name: str, *arguments: str) -> str | None:
    """Return the result of a context method as text, None if that fails."""
    with suppress(Exception):
        found = _ask(context, name, *arguments)
        return None if found is None else str(found)
    return None


def request_id(context: object) -> str | None:
    """Return the platform's ID of this invocation, None if it is unknown."""
    found = _text_of(context, "getRequestID", "aws_request_id")
    return found and found[:_MAX_ID_LENGTH]


def function_name(context: object) -> str | None:
    """Return the name by which the platform knows this function, None if unknown."""
    return _text_of(context, "getFunctionName", "function_name")


def _text_of(context: object, method: str, attribute: str) -> str | None:
    """Return the value of FunctionGraph's method or Lambda's attribute, if any."""
    if found := _ask_text(context, method):
        return found
    with suppress(Exception):
        attached = getattr(context, attribute)
        return str(attached) if attached else None
    return None


def remaining_time(
    context: object, clock: Callable[[], float] = time.monotonic
) -> Callable[[], float]:
    """Return a function that returns the seconds left, less those for the response."""
    ends_at = clock() + _remaining_seconds(context) - RESERVE_SECONDS
    return lambda: ends_at - clock()


def limited(
    remaining_seconds: Callable[[], float],
    began: float,
    limit: float,
    clock: Callable[[], float] = time.monotonic,
) -> Callable[[], float]:
    """Return `remaining_seconds`, limited to `limit` seconds after the start."""
    return lambda: min(remaining_seconds(), began + limit - clock())


_FACTS: ContextVar[Mapping[str, object]] = ContextVar("facts", default={})  # noqa: B039 - never changed
"""The facts that are added to every line written in this context."""


class Log:
    """Writes one JSON object per line to standard output, where both clouds read it."""

    def __init__(self, function: str, request_id: str | None, trigger: str) -> None:
        self._constant = {
            "version": __version__,
            "function": function,
            "request_id": request_id,
            "trigger": trigger,
        }
        self.level = "INFO"

    @contextmanager
    def context(self, **facts: object) -> Iterator[None]:
        """Add facts to the lines that are written inside, except those that are None.

        A thread inherits them if it runs in a copy of the context.
        """
        token = _FACTS.set({**_FACTS.get(), **facts})
        try:
            yield
        finally:
            _FACTS.reset(token)

    def __call__(self, level: str, message: str, **facts: object) -> None:
        """Write a line with these facts, except those that are None."""
        if LOG_LEVELS.index(level) < LOG_LEVELS.index(self.level):
            return
        line = {
            "timestamp": datetime.now(timezone.utc).isoformat(timespec="milliseconds"),
            "level": level,
            "message": message,
            **self._constant,
            **_FACTS.get(),
            **facts,
        }
        known = {name: fact for name, fact in line.items() if fact is not None}
        sys.stdout.write(json.dumps(known) + "\n")  # one write, so lines never mix
        sys.stdout.flush()


def _preset_user_data(environ: Mapping[str, str]) -> Mapping[str, str]:
    try:
        found = json.loads(trimmed(environ.get("RUNTIME_USERDATA", "{}")))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _remaining_seconds(context: object) -> float:
    """Return the time that the platform reports, UNKNOWN_SECONDS if it is implausible.

    On Lambda the time may be over (0). One runtime of FunctionGraph mixes seconds and
    milliseconds, and so reports 0 or less while there is time.
    """
    for name, minimum in (
        ("get_remaining_time_in_millis", 0),
        ("getRemainingTimeInMilliSeconds", 1),
    ):
        milliseconds = _ask(context, name)
        if isinstance(milliseconds, int | float):
            is_plausible = minimum <= milliseconds <= _MAX_SECONDS * 1000
            return milliseconds / 1000 if is_plausible else UNKNOWN_SECONDS
    return UNKNOWN_SECONDS
