"""What can be told to go wrong: a fault, how it is read, and whose turn it is.

A fault is a JSON object.  ``operation`` (a name, a service, or "*"), ``skip`` (so many
matching calls come first), ``times`` (null: for ever) say whom it hits; ``delay``,
``work`` and ``land_after`` what is done; ``status``, ``connection`` or ``size`` what
becomes of the answer.
"""

import codecs
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.operations import OPERATIONS, Operation
from tests.emulator.options import is_seconds
from tests.emulator.spoilers import SPOILERS

MAX_SIZE = 256 * 1024 * 1024
EVERY = "*"
NAMES = frozenset(
    {op.name for op in OPERATIONS} | {op.service for op in OPERATIONS} | {EVERY}
)


@dataclass
class Fault:
    """One fault; ``skip`` and ``times`` count down as calls come.

    ``has_body`` tells a JSON null from no body at all; ``delay``, ``land_after`` and
    ``interval`` are seconds, ``size`` is bytes.
    """

    operation: str
    skip: int = 0
    times: int | None = 1
    delay: float = 0
    work: bool = False
    land_after: float | None = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    has_body: bool = False
    body_encoding: str = "utf-8"
    connection: str | None = None
    interval: float = 1
    size: int | None = None

    @property
    def spoils(self) -> bool:
        """Whether the answer will not be the true one."""
        return (self.status, self.connection, self.size) != (None, None, None)

    def matches(self, operation: Operation | None) -> bool:
        """Tell whether a call is this fault's; unknown paths are only for "*"."""
        if operation is None:
            return self.operation == EVERY
        return self.operation in (operation.name, operation.service, EVERY)

    def strikes(self) -> bool:
        """Count a matching call; tell whether this one is to be hit."""
        if self.skip:
            self.skip -= 1
            return False
        return self.times is None or self.times > 0


class FaultBook:
    """The faults still to come, in the order in which they were given."""

    def __init__(self) -> None:
        """Begin without faults."""
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, faults: list[Fault]) -> None:
        """Append faults."""
        with self._lock:
            self._faults.extend(faults)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._faults.clear()

    def take(self, operation: Operation | None) -> Fault | None:
        """Return the fault that hits this call: the first of those whose turn it is.

        Every matching fault counts the call in its ``skip``, also one that another
        fault hits.
        """
        with self._lock:
            matching = [f for f in self._faults if f.matches(operation)]
            due = [fault for fault in matching if fault.strikes()]
            if due and due[0].times is not None:
                due[0].times -= 1
            return due[0] if due else None


def _whole(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_headers(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(v, str) for v in value.values())


def _is_encoding(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(codecs.lookup(value))
    except LookupError:
        return False


Check = tuple[Callable[[object], bool], str]
CHECKS: Mapping[str, Check] = {
    "operation": (lambda v: v in sorted(NAMES), "one of: " + ", ".join(sorted(NAMES))),
    "skip": (_whole, "a whole number"),
    "times": (lambda v: v is None or _whole(v), "a whole number, or null"),
    "delay": (is_seconds, "seconds"),
    "work": (lambda v: isinstance(v, bool), "true or false"),
    "land_after": (is_seconds, "seconds"),
    "status": (lambda v: _whole(v) and v in range(200, 600), "a status, 200 to 599"),
    "headers": (_is_headers, "an object of strings"),
    "body": (lambda _: True, "anything"),
    "body_encoding": (_is_encoding, "the name of an encoding"),
    "connection": (lambda v: v in list(SPOILERS), "one of: " + ", ".join(SPOILERS)),
    "interval": (is_seconds, "seconds"),
    "size": (
        lambda v: _whole(v) and v in range(MAX_SIZE + 1),
        f"bytes, up to {MAX_SIZE}",
    ),
}


def read_fault(document: object) -> Fault:
    """Return the fault that a JSON object describes.

    Raises:
        ValueError: an unknown field or operation, a value that cannot be, or a fault
            that would change nothing.

    """
    if not isinstance(document, dict) or "operation" not in document:
        raise ValueError("a fault is an object with an operation")
    for name, value in document.items():
        _check(name, value)
    fault = Fault(**document, has_body="body" in document)
    _check_sense(fault)
    return fault


def _check(name: str, value: object) -> None:
    if name not in CHECKS:
        raise ValueError(f"unknown field {name!r}; there are: {', '.join(CHECKS)}")
    accepts, meaning = CHECKS[name]
    if not accepts(value):
        raise ValueError(f"{name!r} must be {meaning}")


def _check_sense(fault: Fault) -> None:
    if not fault.spoils and (fault.land_after is not None or not fault.delay):
        raise ValueError(
            "a fault needs a status, a connection or a size (or a delay alone)"
        )
    if isinstance(fault.body, str):
        fault.body.encode(fault.body_encoding)
