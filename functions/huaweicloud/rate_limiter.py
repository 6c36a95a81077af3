"""Slows down all callers together, once a service rejects calls as too many (429).

Without a rejection nothing is delayed. The first one shows the limit: it is what the
service accepted in the last second. From then on calls are spaced evenly, at a rate
that falls a little with every rejection and grows in between, slowly at first, so that
few calls are rejected and little of the limit is wasted. Services that reject calls
share one rate, as they may share a gateway and its limit; others are not delayed.
"""

from __future__ import annotations

import math
import threading
import time
from bisect import insort
from collections import deque
from collections.abc import Callable
from itertools import count

from functions.errors import Throttled
from functions.transport.calls import Call

MIN_RATE = 0.5
"""The lowest rate in calls per second, however many are rejected."""
_START_RATE = 2.0
"""The initial rate if nothing was accepted before the first rejection."""
LEASE_SECONDS = 2.0
"""How long a new stream's logtank may be created without looking first."""
_DECREASE = 0.85
_GROWTH = 1.05
_CALLS = 10
"""After so many accepted calls without a rejection the rate has grown by the factor
_GROWTH, after n times as many by that to the power of n squared. These figures, found
by simulating sliding windows and token buckets of 2 to 200 calls per second and fixed
windows of 2 to 20, waste at most a seventh of the limit; of larger fixed windows, up to
a third."""
_MAX_EXPONENT = 200.0  # a float does not overflow
_WINDOW_SECONDS = 1.0
_GATE_SECONDS = 0.05
_NEW_STREAM, _NEW_LOGTANK = "CreateLogStream", "CreateLogtank"


class Pace:
    """The rate at which calls are sent; times are in seconds of one clock."""

    def __init__(self) -> None:
        self._base = 0.0
        self._accepted = 0
        self._rejected_at = 0.0
        self._next_at = 0.0

    def rate(self) -> float:
        """Return the calls per second that may be sent."""
        exponent = (self._accepted / _CALLS) ** 2
        return self._base * float(_GROWTH ** min(exponent, _MAX_EXPONENT))

    def wait(self, now: float, ahead: int) -> float:
        """Return the seconds until a call with `ahead` calls before it may be sent."""
        return max(self._next_at - now, 0.0) + ahead / self.rate()

    def send(self, now: float) -> None:
        """Take note that a call is sent."""
        self._next_at = max(self._next_at, now) + 1 / self.rate()

    def accept(self) -> None:
        """Take note of a call that was not rejected."""
        self._accepted += 1

    def start(self, now: float, recent: float) -> None:
        """Begin at the rate at which calls were accepted recently."""
        self._base, self._accepted = max(recent, _START_RATE), 0
        self._rejected_at = now

    def reject(self, now: float, sent_at: float, until: float) -> None:
        """Take note of a rejected call, and send no other one until a time.

        If it was sent before the last rejection was known, the rate stays.
        """
        if sent_at >= self._rejected_at:
            self._base, self._accepted = max(self.rate() * _DECREASE, MIN_RATE), 0
            self._rejected_at = now
        self._next_at = max(self._next_at, now + 1 / self._base, until)


class RateLimiter:
    """Decides when each call of an invocation may be sent.

    A new stream is worth little without its logtank, and costs a look if that comes
    late. So while GA is limited, only as many streams are created as GA will take
    logtanks for in a second, and logtanks go first.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._blocked_until = -math.inf
        self._rejection: Throttled | None = None
        self._lock = threading.Lock()
        self._numbers = count()
        self._pace = Pace()
        self._limited: set[str] = set()
        self._accepted: deque[tuple[float, str]] = deque()
        self._queue: list[tuple[int, int]] = []
        self._leases: dict[int, float] = {}

    def acquire(
        self,
        call: Call,
        remaining_seconds: Callable[[], float],
        sleep: Callable[[float, Throttled | None], None],
    ) -> float:
        """Wait until a call may be sent, and return the time.

        `sleep` takes seconds and the rejection because of which to sleep.

        Raises: Throttled if the service asks for a longer pause than there is time;
        the errors of `sleep`.
        """
        with self._lock:
            if not self._is_delayed(call):
                return self._clock()
            ticket = self._priority(call), next(self._numbers)
            insort(self._queue, ticket)
        try:
            while wait := self._wait(call, ticket):
                self._require_no_long_block(remaining_seconds())
                sleep(wait, self._rejection)
        finally:
            with self._lock:
                self._queue.remove(ticket)
        return self._clock()

    def accept(self, call: Call) -> None:
        """Take note of a call that was not rejected for exceeding the limit."""
        with self._lock:
            now = self._clock()
            self._accepted.append((now, call.service))
            if call.service in self._limited:
                self._pace.accept()
            if call.operation == _NEW_STREAM:
                self._leases[threading.get_ident()] = now
            elif call.operation == _NEW_LOGTANK:
                self._leases.pop(threading.get_ident(), None)
            self._forget()

    def reject(self, call: Call, rejection: Throttled, sent_at: float) -> None:
        """Take note of a call that was rejected for exceeding the limit."""
        with self._lock:
            now = self._clock()
            self._forget()
            if call.service not in self._limited:
                self._limited.add(call.service)
                self._pace.start(now, len(self._accepted) / _WINDOW_SECONDS)
            recent = [at for at, service in self._accepted if service in self._limited]
            pause = rejection.retry_after or 0.0
            self._rejection, self._blocked_until = rejection, now + pause
            full_until = recent[0] + _WINDOW_SECONDS if recent else now
            until = max(full_until, self._blocked_until)
            self._pace.reject(now, sent_at, until)

    def _require_no_long_block(self, remaining: float) -> None:
        pause = self._blocked_until - self._clock()
        if self._rejection and pause >= remaining > 0:
            facts = self._rejection.cloud_facts()
            raise Throttled(self._rejection.detail, retry_after=pause, **facts)

    def _priority(self, call: Call) -> int:
        """Return a low number for a call that goes before those with higher ones."""
        if call.operation == _NEW_STREAM:
            return 2
        lease = self._leases.get(threading.get_ident(), -LEASE_SECONDS)
        has_lease = self._clock() - lease < LEASE_SECONDS
        return 0 if has_lease and call.operation == _NEW_LOGTANK else 1

    def _forget(self) -> None:
        since = self._clock() - _WINDOW_SECONDS
        while self._accepted and self._accepted[0][0] < since:
            self._accepted.popleft()

    def _is_delayed(self, call: Call) -> bool:
        return call.service in self._limited or self._must_wait_for_logtanks(call)

    def _wait(self, call: Call, ticket: tuple[int, int]) -> float:
        """Return the seconds to wait before asking again, 0 if a call may be sent."""
        with self._lock:
            now = self._clock()
            if self._must_wait_for_logtanks(call):
                return _GATE_SECONDS
            if call.service not in self._limited:
                return 0.0
            wait = self._pace.wait(now, self._queue.index(ticket))
            if wait <= 0:
                self._pace.send(now)
            return wait

    def _must_wait_for_logtanks(self, call: Call) -> bool:
        if call.operation != _NEW_STREAM or "GA" not in self._limited:
            return False
        since = self._clock() - LEASE_SECONDS
        leases = sum(1 for began in self._leases.values() if began > since)
        share = self._pace.rate() / len(self._limited)
        return leases >= max(1.0, share * _WINDOW_SECONDS)
