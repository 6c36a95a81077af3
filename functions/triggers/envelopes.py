"""Envelopes around a payload, which may contain each other, opened one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from functions.errors import InvalidEvent, Problem
from functions.triggers import audit_trail, json_text
from functions.triggers.delivery import Message

MAX_LAYERS = 4
"""An EventBridge event that SNS delivers to a queue has three."""
MAX_REQUESTS = 1_000
"""In one payload; their errors still fit into a load balancer's megabyte."""


class Envelope(NamedTuple):
    """An object with these keys, whose payload is in one of its fields."""

    keys: frozenset[str]
    field: str

    def recognizes(self, payload: Mapping[str, object]) -> bool:
        """Whether a payload is such an envelope."""
        return self.keys <= payload.keys()


EVENTBRIDGE = Envelope(frozenset({"detail-type", "detail"}), "detail")
EVENTGRID = Envelope(frozenset({"specversion", "data"}), "data")
NOTIFICATION = Envelope(frozenset({"Type", "TopicArn", "Message"}), "Message")
"""SNS's, as a queue delivers it."""
_ENVELOPES = (EVENTBRIDGE, EVENTGRID, NOTIFICATION)


def message(payload: object, place: str = "", message_id: str = "") -> Message:
    """Return the message in a payload at a place of an event; it may be JSON text."""
    try:
        return _opened(payload, place, MAX_LAYERS)._replace(id=message_id)
    except InvalidEvent as error:
        return Message([error], id=message_id)


def inner(document: object, *path: str) -> object:
    """Return what a path of fields leads to, None if it leads nowhere."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _opened(found: object, place: str, layers: int) -> Message:
    """Return the message in a payload, inside at most so many envelopes.

    Raises: InvalidEvent.
    """
    payload = json_text.read(found, place) if isinstance(found, str | bytes) else found
    if isinstance(payload, list):
        if len(payload) > MAX_REQUESTS:
            detail = f"must have at most {MAX_REQUESTS} items"
            raise InvalidEvent(Problem(place, detail))
        return Message(payload, is_array=True)
    if isinstance(payload, Mapping) and layers:
        if audit_trail.recognizes(payload):
            return Message([audit_trail.read(payload, place)])
        for envelope in _ENVELOPES:
            if envelope.recognizes(payload):
                field = envelope.field
                return _opened(payload[field], f"{place}/{field}", layers - 1)
    return Message([payload])
