"""The kinds of scenarios: what the cloud allows, and which faults may occur."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.e2e.state.faults import Fault

_TIMEOUT_SECONDS = 0.25
_RETRIED_WITHOUT_LOOKUP = (401, 429)


class Kind(NamedTuple):
    """A kind of scenario.

    `second_logtank` says whether GA will "refuse" or "allow" a listener's second
    logtank. If `clock_is_correct`, log streams count as new for a minute, and creators
    wait for each other; otherwise the clock is slow, streams look old, and concurrent
    creators do not wait. `is_concurrent` allows concurrent events. Only faults that
    `allows` accepts occur; `can_lose_creates` says whether a fault may permanently hide
    a successful create.
    """

    second_logtank: str
    clock_is_correct: bool
    is_concurrent: bool
    allows: Callable[[Fault], bool]
    can_lose_creates: bool
    timeout_seconds: float


def _anything(_fault: Fault) -> bool:
    return True


def _can_be_found(fault: Fault) -> bool:
    """Whether a lookup finds the created resource if the reply is lost."""
    is_retried_blindly = (
        fault.get("work") and fault.get("status") in _RETRIED_WITHOUT_LOOKUP
    )
    return (
        not is_retried_blindly
        and "land_after" not in fault
        and not _exceeds_timeout(fault)
    )


def _reply_arrives(fault: Fault) -> bool:
    """Whether the reply to a successful create arrives."""
    return "work" not in fault and _can_be_found(fault)


def _exceeds_timeout(fault: Fault) -> bool:
    """Whether the reply takes longer than the timeout."""
    return (
        fault.get("delay", 0) > _TIMEOUT_SECONDS
        or fault.get("connection") == "hang"
        or fault.get("interval", 0) > _TIMEOUT_SECONDS / 100
    )


_ALLOW = Kind(
    second_logtank="allow",
    clock_is_correct=False,
    is_concurrent=False,
    allows=_anything,
    can_lose_creates=True,
    timeout_seconds=_TIMEOUT_SECONDS,
)
_REFUSE = _ALLOW._replace(second_logtank="refuse", is_concurrent=True)
_NO_LOSS = _ALLOW._replace(can_lose_creates=False, timeout_seconds=5.0)

WITH_OLD_STREAMS = {
    "a second logtank is refused": _REFUSE,
    "a second logtank is allowed, and lookups find lost creates": _NO_LOSS._replace(
        allows=_can_be_found
    ),
    "a second logtank is allowed": _ALLOW,
}
"""Scenarios in which log streams look old."""
WITH_NEW_STREAMS = {
    "a second logtank is refused": _REFUSE._replace(clock_is_correct=True),
    "a second logtank is allowed, and replies to creates arrive": _NO_LOSS._replace(
        clock_is_correct=True, is_concurrent=True, allows=_reply_arrives
    ),
    "a second logtank is allowed": _ALLOW._replace(
        clock_is_correct=True, is_concurrent=True
    ),
}
"""Scenarios in which log streams are new."""
