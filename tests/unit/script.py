"""What stands in for time and clouds: a clock that is slept forward, and a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.errors import ProvisioningError
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.transport.calls import Call, Reply

LIMIT = 60.0
SECONDS = 20.0
"""More than a test takes."""


def plenty() -> float:
    """Return so many seconds as the time that is left."""
    return SECONDS


class Clock:
    """Tells seconds; sleeping moves it on, and every sleep is remembered."""

    def __init__(self, limit: float = LIMIT) -> None:
        """Begin somewhere, with so many seconds until the end."""
        self.now = 1000.0
        self.pauses: list[float] = []
        self._ends_at = self.now + limit

    def __call__(self) -> float:
        """Return the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.pauses.append(round(seconds, 6))
        self.now += seconds

    def remaining_seconds(self) -> float:
        """Return the seconds until the end."""
        return self._ends_at - self.now


Line = Reply | ProvisioningError


class Script:
    """A `send` that answers from a list, in order, and remembers the calls."""

    def __init__(
        self, *lines: Line, clock: Clock | None = None, seconds: float = 0.0
    ) -> None:
        """Take the answers; each takes so many seconds of the clock."""
        self._lines = list(lines)
        self._clock = clock
        self._seconds = seconds
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Reply:
        """Return or raise the next answer; one call too many fails the test."""
        self.calls.append(call)
        if self._clock:
            self._clock.now += self._seconds
        if not self._lines:
            pytest.fail(f"nothing in the script for {call}")  # no error of the bundle's
        line = self._lines.pop(0)
        if isinstance(line, ProvisioningError):
            raise line
        return line

    @property
    def operations(self) -> list[str]:
        """Return the names of the calls made."""
        return [call.operation for call in self.calls]

    @property
    def spent(self) -> bool:
        """Return whether every answer was asked for."""
        return not self._lines


def highest(_low: float, high: float) -> float:
    """Throw the dice so that each pause is as long as it may be."""
    return high


def retry_policy(
    clock: Clock,
    attempts: int = 4,
    base: float = 0.2,
    cap: float = 5.0,
    jitter: Callable[[float, float], float] = highest,
) -> RetryPolicy:
    """Return a patience that lives by this clock."""
    return RetryPolicy(
        attempts=attempts,
        base=base,
        cap=cap,
        remaining_seconds=clock.remaining_seconds,
        clock=clock,
        sleep=clock.sleep,
        jitter=jitter,
    )


def refusal(status: int, code: str, **more: float | None) -> Reply:
    """Return a reply with an error's code, in the clouds' usual shape."""
    return Reply(status, {"error_code": code, "error_msg": "no"}, **more)  # type: ignore[arg-type] # only retry_after is given
