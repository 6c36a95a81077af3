"""What a trigger delivers: messages, each with the requests in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

Event = Mapping[str, object]
"""What a platform delivers. A direct call may bring any JSON."""


class Ignored(NamedTuple):
    """An item that asks for nothing, and why."""

    why: str


class Listener(NamedTuple):
    """An item that reports a new listener; each function knows what to do for it."""

    id: str


class Message(NamedTuple):
    """One message.

    Each of its `items` is a request, not checked yet, or a Listener, an Ignored, or
    the InvalidEvent that says what is wrong with it. `is_array` is whether its payload
    was an array; `id` is the queue's, empty for other triggers.
    """

    items: Sequence[object]
    is_array: bool = False
    id: str = ""


class Delivery(NamedTuple):
    """All messages of one event, in order of arrival.

    `is_batch` is whether the trigger may deliver several; `in_order`, whether no
    message may be processed once an earlier one has failed.
    """

    messages: Sequence[Message]
    is_batch: bool = False
    in_order: bool = False

    def items(self) -> list[object]:
        """Return the items of all messages."""
        return [item for message in self.messages for item in message.items]

    def is_array(self) -> bool:
        """Whether the result is an array."""
        return self.is_batch or any(message.is_array for message in self.messages)
