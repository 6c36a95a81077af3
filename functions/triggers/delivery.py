"""What a trigger delivers: messages, and in each the requests or what else it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Ignored(NamedTuple):
    """What asks for nothing, and why."""

    why: str


class Listener(NamedTuple):
    """A listener that was created; what is wanted for it, the function knows."""

    id: str


class Message(NamedTuple):
    """One message.

    Each of its `items` is a request, not checked yet, or a Listener, an Ignored, or
    the InvalidEvent that says why it is neither. `is_array` says that its payload was
    an array; `id` is the queue's, empty elsewhere.
    """

    items: Sequence[object]
    is_array: bool = False
    id: str = ""


class Delivery(NamedTuple):
    """All messages of one event, in order of arrival.

    `is_batch` says that the trigger brings several as a rule; `in_order`, that none
    may be worked on once one before it has failed.
    """

    messages: Sequence[Message]
    is_batch: bool = False
    in_order: bool = False

    def items(self) -> list[object]:
        """Return what is in all messages, one after another."""
        return [item for message in self.messages for item in message.items]

    def is_array(self) -> bool:
        """Whether the answer is an array."""
        return self.is_batch or any(message.is_array for message in self.messages)
