"""Faults: their definition, validation, and the selection of affected calls.

A fault is a JSON object.  ``operation`` (a name, a service, or "*"), ``skip`` (number
of matching calls to skip first) and ``times`` (null: no limit) select the calls;
``delay``, ``work`` and ``land_after`` say when and whether the operation is run;
``status``, ``connection`` or ``size`` replace the reply.
"""

import codecs
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.emulator.corrupters import CORRUPTERS
from tests.emulator.operations import OPERATIONS, Operation
from tests.emulator.options import is_seconds

MAX_SIZE = 256 * 1024 * 1024
EVERY = "*"
NAMES = frozenset(
    {op.name for op in OPERATIONS} | {op.service for op in OPERATIONS} | {EVERY}
)


@dataclass
class Fault:
    """One fault; ``skip`` and ``times`` count down with each call.

    ``has_body`` distinguishes a JSON null from a missing body; ``delay``,
    ``land_after`` and ``interval`` are in seconds, ``size`` is in bytes.
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
    def replaces_reply(self) -> bool:
        """Whether the client gets a different reply from the genuine one."""
        return (self.status, self.connection, self.size) != (None, None, None)

    def matches(self, operation: Operation | None) -> bool:
        """Return whether a call matches; unknown paths match only "*"."""
        if operation is None:
            return self.operation == EVERY
        return self.operation in (operation.name, operation.service, EVERY)

    def is_due(self) -> bool:
        """Count a matching call, and return whether the fault applies to it."""
        if self.skip:
            self.skip -= 1
            return False
        return self.times is None or self.times > 0


class FaultSchedule:
    """The pending faults, in the order in which they were added."""

    def __init__(self) -> None:
        """Start without faults."""
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, faults: list[Fault]) -> None:
        """Append faults."""
        with self._lock:
            self._faults.extend(faults)

    def clear(self) -> None:
        """Drop all faults."""
        with self._lock:
            self._faults.clear()

    def take(self, operation: Operation | None) -> Fault | None:
        """Return the fault for this call: the first one that is due.

        Every matching fault counts the call in its ``skip``, even if another fault
        applies.
        """
        with self._lock:
            matching = [f for f in self._faults if f.matches(operation)]
            due = [fault for fault in matching if fault.is_due()]
            if due and due[0].times is not None:
                due[0].times -= 1
            return due[0] if due else None


def _is_count(value: object) -> bool:
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
    "skip": (_is_count, "an integer, 0 or more"),
    "times": (lambda v: v is None or _is_count(v), "an integer, 0 or more, or null"),
    "delay": (is_seconds, "seconds"),
    "work": (lambda v: isinstance(v, bool), "true or false"),
    "land_after": (is_seconds, "seconds"),
    "status": (lambda v: _is_count(v) and v in range(200, 600), "a status, 200 to 599"),
    "headers": (_is_headers, "an object of strings"),
    "body": (lambda _: True, "any JSON value"),
    "body_encoding": (_is_encoding, "the name of an encoding"),
    "connection": (lambda v: v in list(CORRUPTERS), "one of: " + ", ".join(CORRUPTERS)),
    "interval": (is_seconds, "seconds"),
    "size": (
        lambda v: _is_count(v) and v in range(MAX_SIZE + 1),
        f"bytes, up to {MAX_SIZE}",
    ),
}


def read_fault(document: object) -> Fault:
    """Return the fault that a JSON object describes.

    Raises:
        ValueError: an unknown field or operation, an invalid value, or a fault
            without an effect.

    """
    if not isinstance(document, dict) or "operation" not in document:
        raise ValueError("a fault must be an object with an operation")
    for name, value in document.items():
        _check(name, value)
    fault = Fault(**document, has_body="body" in document)
    _check_effect(fault)
    return fault


def _check(name: str, value: object) -> None:
    if name not in CHECKS:
        raise ValueError(f"unknown field {name!r}; known fields: {', '.join(CHECKS)}")
    accepts, meaning = CHECKS[name]
    if not accepts(value):
        raise ValueError(f"{name!r} must be {meaning}")


def _check_effect(fault: Fault) -> None:
    if not fault.replaces_reply and (fault.land_after is not None or not fault.delay):
        raise ValueError(
            "a fault needs a status, a connection or a size, or only a delay"
        )
    if isinstance(fault.body, str):
        fault.body.encode(fault.body_encoding)
