"""The number of attempts, and the pauses between them, within the function's time."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from functions.errors import Busy, DeadlineExceeded, ProvisioningError, Throttled
from functions.huaweicloud.rate_limiter import RateLimiter

_MAX_DOUBLINGS = 32  # the cap is reached long before a float overflows


class RetryPolicy(NamedTuple):
    """How often a call is attempted, and how long to pause in between.

    `attempts` includes the first. Pauses are random (full jitter) up to a limit, which
    starts at `base` seconds and doubles up to `cap` seconds.
    """

    attempts: int
    base: float
    cap: float
    remaining_seconds: Callable[[], float]
    limiter: RateLimiter
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float, float], float] = random.uniform

    def require_time(self, failure: ProvisioningError | None = None) -> None:
        """Raise unless there is time for a call.

        Raises: DeadlineExceeded, caused by the previous failure.
        """
        if self.remaining_seconds() <= 0:
            raise out_of_time(failure) from failure

    def sleep_within_deadline(
        self, seconds: float, failure: ProvisioningError | None = None
    ) -> None:
        """Sleep, if the function's time allows it; `failure` is the reason.

        Raises: DeadlineExceeded, caused by the failure.
        """
        if seconds >= self.remaining_seconds():
            raise out_of_time(failure) from failure
        self.sleep(seconds)

    def pause(self, attempt: int, failure: ProvisioningError) -> None:
        """Pause for a random time, but no less than the cloud asked for.

        Raises: the failure itself if the cloud asked for more time than there is;
        DeadlineExceeded if the random pause is too long.
        """
        requested = failure.retry_after or 0.0
        if requested >= self.remaining_seconds() > 0:
            raise failure
        if isinstance(failure, Throttled):
            return  # the limiter delays the next attempt, and those of other requests
        limit = min(self.cap, self.base * 2 ** min(attempt - 1, _MAX_DOUBLINGS))
        self.sleep_within_deadline(max(requested, self.jitter(0, limit)), failure)


def out_of_time(failure: ProvisioningError | None) -> DeadlineExceeded:
    """Return the error for running out of time after a failure."""
    if failure is None:
        return DeadlineExceeded("The function's time ran out")
    return DeadlineExceeded(
        f"The function's time ran out: {failure.detail}",
        remedy=failure.remedy if isinstance(failure, Busy) else None,
        **failure.cloud_facts(),
    )
