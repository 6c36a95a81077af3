"""How sure a call may be that nobody else makes the logtank.

The stream's name is the lock. Whoever certainly created the stream has CLAIM_SECONDS
to make the logtank unasked. Everybody else leaves the creator that time, and so makes
one only later.
"""

from __future__ import annotations

import math
from typing import NamedTuple

LEASE_SECONDS = 2.0
YOUNG_SECONDS = 60.0
"""While a stream is younger, its creator may still be on its way to the logtank."""


class Lease(NamedTuple):
    """What a call knows of the stream that its logtank ships to.

    `claimed_at` is when the stream's create was sent, by the patience's clock, if this
    call certainly created it; minus infinity if not. `stream_created_at` and
    `stream_seen_at` are in seconds since 1970 by the cloud's clock, where it told.
    """

    leased_at: float = -math.inf
    adopted: bool = False
    stream_created_at: float | None = None
    stream_seen_at: float | None = None

    def holds(self, clock: float) -> bool:
        """Whether this call alone may make the logtank, without a look."""
        return clock - self.leased_at < LEASE_SECONDS

    def creator_may_be_active(self) -> bool:
        """Whether the stream's creator may still be on its way to the logtank."""
        if not self.adopted:
            return False
        if self.stream_created_at is None or self.stream_seen_at is None:
            return True
        return self.stream_seen_at - self.stream_created_at < YOUNG_SECONDS

    def covers(self, logtank_created_at: float) -> bool:
        """Whether a logtank of that time, in whole seconds, is the creator's own."""
        if self.stream_created_at is None:
            return False
        return logtank_created_at < self.stream_created_at + LEASE_SECONDS - 1.0
