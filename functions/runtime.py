"""What differs between AWS Lambda and Huawei FunctionGraph, and what they share.

Lambda's context has attributes and snake-case methods; FunctionGraph's has camel-case
methods alone, and keeps the settings as the function's user data.
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

from functions.settings.credentials import AGENCY
from functions.settings.parsers import LOG_LEVELS

RESERVE_SECONDS = 1.0
"""Kept back for the reply."""
UNKNOWN_SECONDS = 60.0
"""What is taken to be left where the platform does not say."""
_LONGEST_SECONDS = 259_200.0  # FunctionGraph's limit; more than that is a wrong unit


def variables(
    context: object, environ: Mapping[str, str] = os.environ
) -> Callable[[str], str | None]:
    """Return what looks a setting up: FunctionGraph's user data, then the environment.

    User data stands in the context, and as JSON in RUNTIME_USERDATA.
    """
    user_data = getattr(context, "getUserData", None)
    preset = _preset(environ)

    def look_up(name: str) -> str | None:
        found = user_data(name) if user_data else None
        found = found or environ.get(name) or preset.get(name)
        if not found and name == "HUAWEICLOUD_SDK_PROJECT_ID":
            found = _own_project(context)
        return None if found is None else str(found)

    return look_up


def agency(context: object) -> Mapping[str, str] | None:
    """Return what the context's methods give for FunctionGraph's agency, by method.

    None where there are no such methods. A key is good for a day at most, so it is
    asked for whenever it is needed and not kept.
    """
    if not hasattr(context, AGENCY[0]):
        return None
    told = {name: _told(context, name) for name in AGENCY}
    return {name: value for name, value in told.items() if value}


def _told(context: object, name: str) -> str:
    """Return what a method of the context gives, nothing where it fails.

    A function without an agency is told so in the runtime's own way, whichever it is.
    """
    with suppress(Exception):
        return str(getattr(context, name)() or "")
    return ""


def request_id(context: object) -> str | None:
    """Return the platform's id of this invocation."""
    if hasattr(context, "getRequestID"):
        return str(context.getRequestID())
    found = getattr(context, "aws_request_id", None)
    return None if found is None else str(found)


def remaining_time(
    context: object, clock: Callable[[], float] = time.monotonic
) -> Callable[[], float]:
    """Return what tells the seconds left to work in, less those for the reply."""
    ends_at = clock() + _remaining_seconds(context) - RESERVE_SECONDS
    return lambda: ends_at - clock()


class _Thread(threading.local):
    """What a thread is working on."""

    item: int | None = None


class Log:
    """Writes one JSON object a line to standard output, where both clouds read it."""

    def __init__(self, function: str, request_id: str | None, trigger: str) -> None:
        """Write at level INFO and above until told otherwise."""
        self._constant = {
            "function": function,
            "request_id": request_id,
            "trigger": trigger,
        }
        self._thread = _Thread()
        self.level = "INFO"

    @contextmanager
    def of(self, item: int) -> Iterator[None]:
        """Say on this thread's lines which of an event's requests they belong to."""
        self._thread.item = item
        try:
            yield
        finally:
            self._thread.item = None

    def __call__(self, level: str, message: str, **facts: object) -> None:
        """Write a line with these facts, without those that are None."""
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
        sys.stdout.write(json.dumps(known) + "\n")  # one write: lines never mix
        sys.stdout.flush()


def _preset(environ: Mapping[str, str]) -> Mapping[str, str]:
    try:
        found = json.loads(environ.get("RUNTIME_USERDATA", "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _own_project(context: object) -> object:
    """Return the id of the project that a FunctionGraph function is itself in."""
    ask = getattr(context, "getProjectID", None)
    return ask() if ask else None


def _remaining_seconds(context: object) -> float:
    """Return what the platform says, or UNKNOWN_SECONDS where it says nothing sane.

    Lambda may say that nothing is left; FunctionGraph that says so has mixed up its
    units.
    """
    for name, least in (
        ("get_remaining_time_in_millis", 0),
        ("getRemainingTimeInMilliSeconds", 1),
    ):
        milliseconds = getattr(context, name, lambda: None)()
        if isinstance(milliseconds, int | float):
            sane = least <= milliseconds <= _LONGEST_SECONDS * 1000
            return milliseconds / 1000 if sane else UNKNOWN_SECONDS
    return UNKNOWN_SECONDS
