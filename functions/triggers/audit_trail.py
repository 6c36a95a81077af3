"""Reads traces of Cloud Trace Service (CTS): a listener's creation or deletion.

Sources: *GA User Guide*, "Auditing" (the traced operations); *CTS User Guide*, "Trace
Structure"; FunctionGraph's CTS trigger. These do not say whether `code` is a number
and whether `response` is an object or JSON text, so both are accepted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from functions.errors import InvalidEvent, Problem
from functions.triggers import json_text
from functions.triggers.delivery import Ignored, Listener, Trace

_OF_LISTENER = {"service_type": "ga", "resource_type": "listener"}
_TRACES = {trace.value: trace for trace in Trace}
_NORMAL_RATINGS = {"", "normal"}
_SUCCESS_CODE = r"|(0|2[0-9]{2}|302)(\.0)?"  # the consoles report 302
_ID = "[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}"


def recognizes(payload: Mapping[str, object]) -> bool:
    """Whether a payload is a trace, wrapped by the CTS trigger or not."""
    return "cts" in payload or payload.keys() >= {"trace_name", "service_type"}


def read(payload: Mapping[str, object], place: str) -> Listener | Ignored:
    """Return the listener whose creation or deletion a trace reports.

    Raises: InvalidEvent if the trace is not an object.
    """
    trace = _object(payload.get("cts", payload))
    if trace is None:
        raise InvalidEvent(Problem(f"{place}/cts", "must be an object"))
    reported = _TRACES.get(_word(trace, "trace_name"))
    about = {name: _word(trace, name) for name in _OF_LISTENER}
    if reported is None or about != _OF_LISTENER:
        return Ignored("the trace is not of a GA listener's creation or deletion")
    ratings = {_word(trace, "trace_rating"), _word(trace, "trace_status")}
    is_success = re.fullmatch(_SUCCESS_CODE, _word(trace, "code"))
    if not (ratings <= _NORMAL_RATINGS and is_success):
        return Ignored("the trace reports an operation that failed")
    return Listener(_listener_id(trace, place), reported)


def _listener_id(trace: Mapping[str, object], place: str) -> str | InvalidEvent:
    listener = _object((_object(trace.get("response")) or {}).get("listener")) or {}
    for found in (listener.get("id"), trace.get("resource_id")):
        if isinstance(found, str) and re.fullmatch(_ID, found, re.IGNORECASE):
            return found
    return InvalidEvent(
        Problem(f"{place}/cts/resource_id", "is not a listener ID"),
        remedy="Look up the listener in GA and send its ID in an event of your own; "
        "the trace may contain its name.",
    )


def _word(trace: Mapping[str, object], name: str) -> str:
    """Return a string or a number in lower case, empty for anything else."""
    found = trace.get(name)
    return str(found).strip().casefold() if isinstance(found, str | int | float) else ""


def _object(found: object) -> Mapping[str, object] | None:
    """Return an object, given as such or as JSON text, None for anything else."""
    if isinstance(found, str):
        try:
            found = json_text.read(found)
        except InvalidEvent:
            return None
    return found if isinstance(found, Mapping) else None
