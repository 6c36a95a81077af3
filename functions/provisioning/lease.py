"""The lease of a log stream: who may create its logtank without a list."""

from __future__ import annotations

import math
from typing import NamedTuple

from functions.huaweicloud.lts import Stream
from functions.huaweicloud.rate_limiter import LEASE_SECONDS

YOUNG_SECONDS = 60.0


class Lease(NamedTuple):
    """What a caller knows about the stream that the logtank will ship to.

    `leased_at` is when the stream's create was sent, by the policy's clock, if this
    caller certainly created it; minus infinity if not. `stream_created_at` and
    `stream_seen_at` are in seconds since 1970 by the cloud's clock, if known.
    """

    leased_at: float = -math.inf
    adopted: bool = False
    stream_created_at: float | None = None
    stream_seen_at: float | None = None

    @classmethod
    def of_adopted(cls, stream: Stream) -> Lease:
        """Return what is known of a stream that was found in a list."""
        return cls(
            adopted=True,
            stream_created_at=stream.created_at,
            stream_seen_at=stream.seen_at,
        )

    def is_valid(self, clock: float) -> bool:
        """Whether this caller may create the logtank without a list."""
        return clock - self.leased_at < LEASE_SECONDS

    def creator_may_be_active(self) -> bool:
        """Whether the stream's creator may still be about to create the logtank."""
        if not self.adopted:
            return False
        if self.stream_created_at is None or self.stream_seen_at is None:
            return True
        return self.stream_seen_at - self.stream_created_at < YOUNG_SECONDS

    def covers(self, logtank_created_at: float) -> bool:
        """Whether the lease was valid at that time (in whole seconds)."""
        if self.stream_created_at is None:
            return False
        return logtank_created_at < self.stream_created_at + LEASE_SECONDS - 1.0
