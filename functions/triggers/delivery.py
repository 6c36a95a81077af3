"""What a trigger delivers: messages, each with the requests in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from functions.errors import InvalidEvent

Event = Mapping[str, object]
"""What a platform delivers. A direct call may bring any JSON."""


MAX_LABEL_LENGTH = 128


def label(found: object) -> str | None:
    """Return an ID for log lines, without what could disturb them; None if absent."""
    if not isinstance(found, str):
        return None
    shown = "".join(each for each in found[:MAX_LABEL_LENGTH] if each.isprintable())
    return shown or None


class Ignored(NamedTuple):
    """An item that asks for nothing, and why."""

    why: str


class Trace(Enum):
    """What an audit trace reports that a listener has undergone."""

    CREATION = "createlistener"
    DELETION = "deletelistener"


class Listener(NamedTuple):
    """An item that reports what has happened to a listener.

    Instead of its ID there may be the error for a trace that does not contain it.
    """

    id: str | InvalidEvent
    trace: Trace


class FailureRecord(NamedTuple):
    """An item that is a previously failed event, as a failure destination keeps it.

    `function` is the name of the function that failed, `place` where the record is.
    """

    function: str
    event: object
    place: str


class Message(NamedTuple):
    """One message.

    Each of its `items` is a request, not checked yet, or a Listener, an Ignored, or
    the error that says what is wrong with it. `is_array` is whether its payload was an
    array. `id` is the queue's, empty for other triggers, and `label` is the ID that log
    lines name the message by. Of the messages of one `group`
    none may be processed once an earlier one has failed; None is for any order.
    """

    items: Sequence[object]
    is_array: bool = False
    id: str = ""
    group: str | None = None
    label: str | None = None


class Delivery(NamedTuple):
    """All messages of one event, in order of arrival.

    `is_batch` is whether the trigger may deliver several. `start` is the fraction of
    the items after which to start, so that each delivery of the same messages starts
    elsewhere; None if it is not known how often they were delivered.
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
