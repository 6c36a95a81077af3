"""How long a pause is, and whether there is time for it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import NamedTuple

from functions.errors import Busy, DeadlineExceeded, ProvisioningError

_DOUBLINGS = 32  # the cap is reached long before; a float is not overrun


class RetryPolicy(NamedTuple):
    """How often and how long: `attempts` in all, pauses and time left in seconds."""

    attempts: int
    base: float
    cap: float
    remaining_seconds: Callable[[], float]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[float, float], float] = random.uniform

    def require_time(self, failure: ProvisioningError | None = None) -> None:
        """Let a call begin only while there is time for it.

        Raises: DeadlineExceeded, from the failure that came before.
        """
        if self.remaining_seconds() <= 0:
            raise out_of_time(failure) from failure

    def sleep_within_deadline(
        self, seconds: float, failure: ProvisioningError | None = None
    ) -> None:
        """Sleep, if the function's time allows.

        Raises: DeadlineExceeded, from the failure that made the pause necessary.
        """
        if seconds >= self.remaining_seconds():
            raise out_of_time(failure) from failure
        self.sleep(seconds)

    def pause(self, attempt: int, failure: ProvisioningError) -> None:
        """Rest after an attempt: as long as the cloud asks, else full jitter.

        Raises: the failure itself where the cloud asks for more time than there is;
        DeadlineExceeded where our own pause would not fit.
        """
        asked = failure.retry_after or 0.0
        if asked >= self.remaining_seconds() > 0:
            raise failure
        ceiling = min(self.cap, self.base * 2 ** min(attempt - 1, _DOUBLINGS))
        self.sleep_within_deadline(max(asked, self.jitter(0, ceiling)), failure)


def out_of_time(failure: ProvisioningError | None) -> DeadlineExceeded:
    """Return the error for a function whose time ends after such a failure."""
    if failure is None:
        return DeadlineExceeded("The function's time ran out")
    return DeadlineExceeded(
        f"The function's time ran out: {failure.detail}",
        remedy=failure.remedy if isinstance(failure, Busy) else None,
        **failure.cloud_facts(),
    )
