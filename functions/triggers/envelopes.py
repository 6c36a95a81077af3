"""What lies around a payload, and may lie in one another: peeled off in turn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from functions.errors import InvalidEvent, Problem
from functions.triggers import audit_trail, json_text
from functions.triggers.delivery import Message

MOST_LAYERS = 4
"""As of an EventBridge event that SNS brings to a queue, and one to spare."""
MOST_REQUESTS = 1_000
"""Of one payload; a load balancer takes a megabyte back, in which their errors fit."""


class Envelope(NamedTuple):
    """An object with these keys, and a payload in one of its fields."""

    keys: frozenset[str]
    field: str

    def recognises(self, payload: Mapping[str, object]) -> bool:
        """Whether a payload is such an envelope."""
        return self.keys <= payload.keys()


EVENTBRIDGE = Envelope(frozenset({"detail-type", "detail"}), "detail")
EVENTGRID = Envelope(frozenset({"specversion", "data"}), "data")
NOTIFICATION = Envelope(frozenset({"Type", "TopicArn", "Message"}), "Message")
"""SNS's, as a queue has it."""
_ENVELOPES = (EVENTBRIDGE, EVENTGRID, NOTIFICATION)


def message(found: object, place: str = "", message_id: str = "") -> Message:
    """Return the message that was found at this place: JSON, or its text."""
    try:
        return _opened(found, place, MOST_LAYERS)._replace(id=message_id)
    except InvalidEvent as error:
        return Message([error], id=message_id)


def inner(found: object, *path: str) -> object:
    """Return what lies at a path of fields, None if there is no such place."""
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _opened(found: object, place: str, layers: int) -> Message:
    """Return the message in a payload, in however many envelopes.

    Raises: InvalidEvent.
    """
    payload = json_text.read(found, place) if isinstance(found, str | bytes) else found
    if isinstance(payload, list):
        if len(payload) > MOST_REQUESTS:
            words = f"must have {MOST_REQUESTS} items at most"
            raise InvalidEvent(Problem(place, words))
        return Message(payload, is_array=True)
    if isinstance(payload, Mapping) and layers:
        if audit_trail.recognises(payload):
            return Message([audit_trail.read(payload, place)])
        for envelope in _ENVELOPES:
            if envelope.recognises(payload):
                field = envelope.field
                return _opened(payload[field], f"{place}/{field}", layers - 1)
    return Message([payload])
