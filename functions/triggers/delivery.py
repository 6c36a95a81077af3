"""The messages that an event delivers, and the requests in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from functions.errors import InvalidEvent

Event = Mapping[str, object]
"""An event from a platform; a direct call may send any other JSON instead."""

MAX_LABEL_LENGTH = 128


def label(found: object) -> str | None:
    """Return an ID for log lines: printable and of limited length, None if absent."""
    if not isinstance(found, str):
        return None
    shown = "".join(each for each in found[:MAX_LABEL_LENGTH] if each.isprintable())
    return shown or None


class Ignored(NamedTuple):
    """An item that requires no action, and the reason."""

    why: str


class Trace(Enum):
    """The operations on a listener whose audit traces are processed."""

    CREATION = "createlistener"
    DELETION = "deletelistener"


class Listener(NamedTuple):
    """An item from an audit trace: the listener, and the operation on it.

    `id` is an error if the trace does not contain the listener's ID.
    """

    id: str | InvalidEvent
    trace: Trace


class FailureRecord(NamedTuple):
    """An item that is a previously failed event, as a failure destination stores it.

    `function` is the name of the function that failed, `place` the JSON pointer to the
    event in the record.
    """

    function: str
    event: object
    place: str


class Message(NamedTuple):
    """One message of an event.

    Each of its `items` is a request that has not been checked yet, a FailureRecord, a
    Listener, an Ignored, or the error for an invalid item. `is_array` is whether its
    payload was an array. `id` is the message ID of a queue, empty for other triggers,
    and `label` is the ID of the message in log lines. After a failure, the later
    messages of the same `group` must not be processed; with None, order is irrelevant.
    """

    items: Sequence[object]
    is_array: bool = False
    id: str = ""
    group: str | None = None
    label: str | None = None


class Delivery(NamedTuple):
    """All messages of one event, in order of arrival.

    `is_batch` is whether the trigger may deliver several. `start` is the fraction of
    the items after which processing starts. It differs for each delivery of the same
    messages; None if it is not known how often they were delivered.
    """

    messages: Sequence[Message]
    is_batch: bool = False
    start: float | None = None

    def items(self) -> list[object]:
        """Return the items of all messages."""
        return [item for message in self.messages for item in message.items]

    def groups(self) -> list[str | None]:
        """Return the group of each item."""
        return [message.group for message in self.messages for _ in message.items]

    def labels(self) -> list[str | None]:
        """Return the label of each item's message."""
        return [message.label for message in self.messages for _ in message.items]

    def is_array(self) -> bool:
        """Whether the result is an array."""
        return self.is_batch or any(message.is_array for message in self.messages)
