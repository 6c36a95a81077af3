"""Opens the envelopes around a payload, which may be nested."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import NamedTuple

from functions.errors import InvalidEvent, Malfunction, Problem
from functions.triggers import audit_trail, json_text
from functions.triggers.delivery import FailureRecord, Message, label

MAX_LAYERS = 4
"""How deeply envelopes may be nested; EventBridge, SNS and a queue make three."""
MAX_REQUESTS = 1_000
"""The limit for one payload; a load balancer accepts the errors of as many."""


class Envelope(NamedTuple):
    """An object that has these keys, and its payload in one of them."""

    keys: frozenset[str]
    field: str

    def recognizes(self, payload: Mapping[str, object]) -> bool:
        """Whether a payload is such an envelope."""
        return self.keys <= payload.keys()


EVENTBRIDGE = Envelope(frozenset({"detail-type", "detail"}), "detail")
EVENTGRID = Envelope(frozenset({"specversion", "data"}), "data")
EVENTGRID_BINARY = Envelope(frozenset({"specversion", "data_base64"}), "data_base64")
NOTIFICATION = Envelope(frozenset({"Type", "TopicArn", "Message"}), "Message")
"""A notification of SNS, as delivered to a queue."""
_ENVELOPES = (EVENTBRIDGE, EVENTGRID, EVENTGRID_BINARY, NOTIFICATION)
_RECORDS = (
    ("requestContext", "functionArn", "requestPayload"),
    ("request_context", "function_urn", "request_payload"),
)
"""The keys of failure records: the path to the function's name, and the event."""
_CONFIRMATIONS = ("SubscriptionConfirmation", "UnsubscribeConfirmation")


def message(
    payload: object,
    place: str = "",
    message_id: str = "",
    group: str | None = None,
    named: object = None,
) -> Message:
    """Return the message in a payload, which may be JSON text.

    `place` is the JSON pointer to it in the event. `message_id` is the ID from a queue,
    `named` an ID from another trigger.
    """
    try:
        opened = _opened(payload, place, MAX_LAYERS)
    except InvalidEvent as error:
        opened = Message([error])
    except Exception as error:  # noqa: BLE001 # a bug must cost this message only
        opened = Message([Malfunction.from_exception(error)])
    return opened._replace(
        id=message_id, group=group, label=label(message_id) or label(named)
    )


def inner(document: object, *path: str) -> object:
    """Return the value at a path of fields, None if there is none."""
    for name in path:
        document = document.get(name) if isinstance(document, Mapping) else None
    return document


def _opened(found: object, place: str, layers: int) -> Message:
    """Return the message in a payload, inside up to `layers` envelopes.

    Raises: InvalidEvent.
    """
    payload = json_text.read(found, place) if isinstance(found, str | bytes) else found
    if isinstance(payload, list):
        return Message(_items(payload, place, layers), is_array=True)
    if isinstance(payload, Mapping) and layers:
        if audit_trail.recognizes(payload):
            return Message([audit_trail.read(payload, place)])
        if record := _failure_record(payload, place):
            return Message([record])
        _require_no_confirmation(payload, place)
        for envelope in _ENVELOPES:
            if envelope.recognizes(payload):
                content = _content(payload, envelope.field, place)
                return _opened(content, f"{place}/{envelope.field}", layers - 1)
    return Message([payload])


def _items(payload: list[object], place: str, layers: int) -> list[object]:
    """Return the items of an array, each of which may be in envelopes.

    Raises: InvalidEvent if there are too many.
    """
    items: list[object] = []
    for index, each in enumerate(payload[: MAX_REQUESTS + 1]):
        if not isinstance(each, Mapping):
            items.append(each)
            continue
        try:
            items += _opened(each, f"{place}/{index}", layers).items
        except InvalidEvent as error:
            items.append(error)
    if len(items) > MAX_REQUESTS:
        raise InvalidEvent(Problem(place, f"must have at most {MAX_REQUESTS} items"))
    return items


def _content(payload: Mapping[str, object], field: str, place: str) -> object:
    """Return the payload of an envelope, decoded if it is base64.

    Raises: InvalidEvent.
    """
    content = payload[field]
    if field != EVENTGRID_BINARY.field:
        return content
    try:
        return base64.b64decode(str(content), validate=True)
    except ValueError:
        problem = Problem(f"{place}/{field}", "is not valid base64")
        raise InvalidEvent(problem) from None


def _failure_record(payload: Mapping[str, object], place: str) -> FailureRecord | None:
    for context, function, field in _RECORDS:
        name = inner(payload, context, function)
        if isinstance(name, str) and field in payload:
            # arn:aws:lambda:region:account:function:name; FunctionGraph is similar
            part = [*name.split(":"), *[""] * 7][6]
            return FailureRecord(part, payload[field], f"{place}/{field}")
    return None


def _require_no_confirmation(payload: Mapping[str, object], place: str) -> None:
    """Raise if a payload asks to confirm the subscription to a topic.

    Raises: InvalidEvent.
    """
    if payload.get("Type", payload.get("type")) in _CONFIRMATIONS:
        raise InvalidEvent(
            Problem(place, "is a topic's subscription confirmation, not a request"),
            remedy="Confirm the subscription with the URL in the message, and let the "
            "topic send requests.",
        )
