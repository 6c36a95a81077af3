"""Replacements for time and the clouds: a simulated clock and scripted replies."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.errors import ProvisioningError
from functions.huaweicloud import replies
from functions.huaweicloud.rate_limiter import RateLimiter
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.transport.calls import Call, Reply

LIMIT = 60.0
SECONDS = 20.0
"""More than a test needs."""

LISTENER_ID = "4c0d1a6e7b8f4a2d9c3e5f60718293a4"
"""In GA's usual form."""


def plenty() -> float:
    """Return more remaining seconds than a test needs."""
    return SECONDS


class Clock:
    """A clock that only `sleep` moves forward, and that records every pause."""

    def __init__(self, limit: float = LIMIT) -> None:
        """Start at an arbitrary time, with this many seconds until the deadline."""
        self.now = 1000.0
        self.pauses: list[float] = []
        self._ends_at = self.now + limit

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Advance the clock."""
        self.pauses.append(round(seconds, 6))
        self.now += seconds

    def remaining_seconds(self) -> float:
        """Return the seconds until the deadline."""
        return self._ends_at - self.now


Line = Reply | ProvisioningError


class Script:
    """A `send` function that replies from a list, in order, and records the calls."""

    def __init__(
        self, *lines: Line, clock: Clock | None = None, seconds: float = 0.0
    ) -> None:
        """Set the replies; each one takes this many seconds on the clock."""
        self._lines = list(lines)
        self._clock = clock
        self._seconds = seconds
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Reply:
        """Return the next reply, or raise its error, as the real `send` does.

        A call without a reply in the script fails the test.
        """
        self.calls.append(call)
        if self._clock:
            self._clock.now += self._seconds
        if not self._lines:
            pytest.fail(f"nothing in the script for {call}")  # not a ProvisioningError
        line = self._lines.pop(0)
        if isinstance(line, ProvisioningError):
            raise line
        return replies.classified(lambda _call: line)(call)

    @property
    def operations(self) -> list[str]:
        """Return the operations of the calls made."""
        return [call.operation for call in self.calls]

    @property
    def spent(self) -> bool:
        """Return whether the script was used completely."""
        return not self._lines


def max_jitter(_low: float, high: float) -> float:
    """Return the longest pause, as a deterministic jitter."""
    return high


def retry_policy(
    clock: Clock,
    attempts: int = 4,
    base: float = 0.2,
    cap: float = 5.0,
    jitter: Callable[[float, float], float] = max_jitter,
) -> RetryPolicy:
    """Return a retry policy that uses this clock."""
    return RetryPolicy(
        attempts=attempts,
        base=base,
        cap=cap,
        remaining_seconds=clock.remaining_seconds,
        limiter=RateLimiter(clock),
        clock=clock,
        sleep=clock.sleep,
        jitter=jitter,
    )


def refusal(status: int, code: str, **more: float | None) -> Reply:
    """Return an error reply with this code, in the clouds' usual format."""
    return Reply(status, {"error_code": code, "error_msg": "no"}, **more)  # type: ignore[arg-type] # only retry_after is given
