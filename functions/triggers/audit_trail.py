"""Traces of Cloud Trace Service (CTS): which of them is a listener's creation.

Sources: *GA User Guide*, "Auditing" (the operations that are traced); *CTS User Guide*,
"Trace Structure"; FunctionGraph's CTS trigger. They leave open whether `code` is a
number, and whether `response` is an object or its text, so either will do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from functions.errors import InvalidEvent, Problem
from functions.triggers import json_text
from functions.triggers.delivery import Ignored, Listener

_CREATION = {
    "service_type": "ga",
    "resource_type": "listener",
    "trace_name": "createlistener",
}
_GOOD_RATINGS = {"", "normal"}
_GOOD_CODE = r"|(0|2[0-9]{2}|302)(\.0)?"  # consoles give 302
_ID = "[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"


def recognises(payload: Mapping[str, object]) -> bool:
    """Whether a payload is a trace, wrapped as the CTS trigger does or bare."""
    return "cts" in payload or payload.keys() >= {"trace_name", "service_type"}


def read(payload: Mapping[str, object], place: str) -> Listener | Ignored:
    """Return the listener whose creation a trace reports.

    Raises: InvalidEvent if it does not tell the listener's id.
    """
    trace = _object(payload.get("cts", payload))
    if trace is None:
        raise InvalidEvent(Problem(f"{place}/cts", "must be an object"))
    if {name: _word(trace, name) for name in _CREATION} != _CREATION:
        return Ignored("the trace is not of the creation of a GA listener")
    ratings = {_word(trace, "trace_rating"), _word(trace, "trace_status")}
    if not (
        ratings <= _GOOD_RATINGS and re.fullmatch(_GOOD_CODE, _word(trace, "code"))
    ):
        return Ignored("the trace is of a creation that failed")
    return Listener(_listener_id(trace, place))


def _listener_id(trace: Mapping[str, object], place: str) -> str:
    listener = _object((_object(trace.get("response")) or {}).get("listener")) or {}
    for told in (listener.get("id"), trace.get("resource_id")):
        if isinstance(told, str) and re.fullmatch(_ID, told, re.IGNORECASE):
            return told
    raise InvalidEvent(
        Problem(
            f"{place}/cts/resource_id", "is no listener's id, nor is one elsewhere"
        ),
        remedy="Look the listener up in GA, and send its id in an event of your own: "
        "the trace has its name at most.",
    )


def _word(trace: Mapping[str, object], name: str) -> str:
    """Return a word or a number; what is there in another form counts as left out."""
    found = trace.get(name)
    return str(found).strip().casefold() if isinstance(found, str | int | float) else ""


def _object(found: object) -> Mapping[str, object] | None:
    """Return an object, or the one that a text holds."""
    if isinstance(found, str):
        try:
            found = json_text.read(found)
        except InvalidEvent:
            return None
    return found if isinstance(found, Mapping) else None
