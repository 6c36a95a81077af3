"""Slows down all callers together, once a service rejects too many calls (429).

Without a rejection nothing is delayed. A rejection shows the limit: the number of calls
that the service accepted within the last second. From then on no more calls than that
(the allowance) are sent per second. It grows while calls are accepted, slowly at first,
so that few calls are rejected and little of the limit is wasted.

Each service that rejects calls has its own allowance. If there are two such services,
they also share one, because they may be behind one gateway with one limit. A rejection
lowers both, since either may have been exceeded. Other services are not delayed.
"""

from __future__ import annotations

import math
import threading
import time
from bisect import bisect_right, insort
from collections.abc import Callable, Sequence
from itertools import count

from functions.errors import Throttled
from functions.transport.calls import Call

WINDOW_SECONDS = 1.05
"""A little more than a second, because calls arrive with different delays."""
LEASE_SECONDS = 2.0
"""How long the logtank of a new stream may be created without a list."""
_DECREASE = 0.85
_GROWTH = 1.05
_WINDOWS = 3
"""After this many full windows without a rejection, the allowance has grown by the
factor _GROWTH; after n times as many, by _GROWTH to the power of n squared. With these
figures the bounds in tests/unit/test_throttled_runs.py hold."""
_MAX_EXPONENT = 200.0  # a float does not overflow
_PAUSE_SECONDS, _MAX_PAUSE_SECONDS = 0.5, 2.0
_GATE_SECONDS = 0.05
_NEW_STREAM, _NEW_LOGTANK = "CreateLogStream", "CreateLogtank"


class Allowance:
    """The number of calls that a window may have, unlimited until a rejection."""

    def __init__(self) -> None:
        self._base = math.inf
        self._accepted = 0

    def calls(self) -> float:
        """Return the number of calls, at least 1."""
        if self._base == math.inf:
            return math.inf
        exponent = (self._accepted / self._base / _WINDOWS) ** 2
        return self._base * float(_GROWTH ** min(exponent, _MAX_EXPONENT))

    def accept(self) -> None:
        """Record a call that was not rejected."""
        self._accepted += 1

    def lower(self, others: int) -> None:
        """Record a rejected call; its window has this many others."""
        calls = self.calls()
        lowered = 0.0 if calls == math.inf else calls * _DECREASE
        self._base, self._accepted = max(lowered, others, 1.0), 0

    def wait(self, window: Sequence[float], now: float, ahead: int) -> float:
        """Return the seconds until a call with `ahead` calls before it may be sent.

        `window` has the times at which earlier calls leave the window, in order.
        """
        calls = self.calls()
        if len(window) + ahead + 1 <= calls:
            return 0.0
        index = len(window) + ahead - int(calls)
        return window[index] - now if index < len(window) else WINDOW_SECONDS


class Service:
    """The calls of one service in the current window, and its last rejection.

    `window` has the times at which they leave the window, in order. No call is sent
    before `free_at`, and if a pause was asked for, none before `pause_until`.
    `unexplained` is the number of rejections since a call was accepted that came while
    the window had no other call.
    """

    def __init__(self) -> None:
        self.allowance = Allowance()
        self.window: list[float] = []
        self.rejection: Throttled | None = None
        self.rejected_at = self.free_at = self.pause_until = -math.inf
        self.unexplained = 0

    def forget(self, now: float) -> None:
        """Drop the calls that have left the window."""
        del self.window[: bisect_right(self.window, now)]

    def reject(self, now: float, sent_at: float, rejection: Throttled) -> bool:
        """Record a rejected call, and return whether it shows that the limit is lower.

        It does not if the call was sent before the last rejection was known.
        """
        self.forget(now)
        if sent_at + WINDOW_SECONDS in self.window:
            self.window.remove(sent_at + WINDOW_SECONDS)
        self.rejection = rejection
        self.pause_until = now + (rejection.retry_after or 0.0)
        if sent_at < self.rejected_at:
            return False
        self.rejected_at = now
        self.unexplained += not self.window
        return True

    def next_try(self, now: float) -> float:
        """Return when to try again if the window does not explain the rejection."""
        if self.pause_until > now:
            return self.pause_until
        return now + min(self.unexplained * _PAUSE_SECONDS, _MAX_PAUSE_SECONDS)

    def require_no_long_pause(self, now: float, remaining: float) -> None:
        """Raise Throttled if the service asked for a pause longer than there is time.

        Raises: Throttled, with the remaining seconds of the pause.
        """
        pause = self.pause_until - now
        if self.rejection and pause >= remaining > 0:
            facts = self.rejection.cloud_facts()
            raise Throttled(self.rejection.detail, retry_after=pause, **facts)


class RateLimiter:
    """Decides when each call of an invocation may be sent.

    If a new stream's logtank is created late, an additional list is necessary. So while
    GA is limited, only as many streams are created as GA accepts logtanks in a second,
    and logtanks go first.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._numbers = count()
        self._services: dict[str, Service] = {}
        self._shared = Allowance()
        self._queue: list[tuple[int, int, str]] = []
        self._leases: dict[int, float] = {}

    def acquire(
        self,
        call: Call,
        remaining_seconds: Callable[[], float],
        sleep: Callable[[float, Throttled | None], None],
    ) -> float:
        """Wait until a call may be sent, and return the time.

        `sleep` takes seconds, and the rejection that is the reason.

        Raises: Throttled if the service asks for a longer pause than there is time;
        the errors of `sleep`.
        """
        with self._lock:
            ticket = self._priority(call), next(self._numbers), call.service
            insort(self._queue, ticket)
        try:
            while True:
                wait, now = self._wait(call, ticket)
                if not wait:
                    return now
                obstacle = self._obstacle(call)
                obstacle.require_no_long_pause(now, remaining_seconds())
                sleep(wait, obstacle.rejection)
        finally:
            with self._lock:
                self._queue.remove(ticket)

    def accept(self, call: Call) -> None:
        """Record a call that was not rejected for exceeding the limit."""
        with self._lock:
            service = self._service(call)
            service.allowance.accept()
            service.unexplained = 0
            if service.rejection:
                self._shared.accept()
            if call.operation == _NEW_LOGTANK:
                self._leases.pop(threading.get_ident(), None)

    def reject(self, call: Call, rejection: Throttled, sent_at: float) -> None:
        """Record a call that was rejected for exceeding the limit.

        If it was sent before the last rejection was known, no allowance is lowered.
        """
        with self._lock:
            service, now = self._service(call), self._clock()
            if call.operation == _NEW_STREAM:
                self._leases.pop(threading.get_ident(), None)
            is_first = not service.rejection
            if service.reject(now, sent_at, rejection):
                self._lower(service, now, is_first=is_first)
            is_full = len(service.window) + 1 > service.allowance.calls()
            full = service.window if is_full else self._shared_window(now)
            room_at = full[0] if full else service.next_try(now)
            service.free_at = max(service.free_at, room_at, service.pause_until)

    def _lower(self, service: Service, now: float, *, is_first: bool) -> None:
        """Lower a service's allowance, and the shared one if there are several.

        If another service is limited already, its calls may be the reason for the first
        rejection, which then does not show the limit of this service.
        """
        are_several = len(self._limited()) > 1
        if not (is_first and are_several):
            service.allowance.lower(len(service.window))
        if are_several:
            self._shared.lower(len(self._shared_window(now)))

    def _service(self, call: Call) -> Service:
        return self._services.setdefault(call.service, Service())

    def _limited(self) -> list[Service]:
        return [each for each in self._services.values() if each.rejection]

    def _shared_window(self, now: float) -> list[float]:
        for each in self._limited():
            each.forget(now)
        return sorted(time for each in self._limited() for time in each.window)

    def _priority(self, call: Call) -> int:
        """Return the priority of a call; the lowest number goes first."""
        if call.operation == _NEW_STREAM:
            return 2
        lease = self._leases.get(threading.get_ident(), -math.inf)
        has_lease = self._clock() - lease < LEASE_SECONDS
        return 0 if has_lease and call.operation == _NEW_LOGTANK else 1

    def _wait(self, call: Call, ticket: tuple[int, int, str]) -> tuple[float, float]:
        """Return the seconds to wait before asking again, and the time.

        The seconds are 0 if the call may be sent; then it counts as sent.
        """
        with self._lock:
            now = self._clock()
            if self._must_wait_for_logtanks(call):
                return _GATE_SECONDS, now
            service = self._service(call)
            service.forget(now)
            wait = self._limited_wait(service, ticket, now) if service.rejection else 0
            if wait <= 0:
                service.window.append(now + WINDOW_SECONDS)
                if call.operation == _NEW_STREAM:
                    self._leases[threading.get_ident()] = now
            return max(wait, 0.0), now

    def _limited_wait(
        self, service: Service, ticket: tuple[int, int, str], now: float
    ) -> float:
        ahead = [each[-1] for each in self._queue[: self._queue.index(ticket)]]
        limited = {name for name, each in self._services.items() if each.rejection}
        return max(
            service.free_at - now,
            service.allowance.wait(service.window, now, ahead.count(ticket[-1])),
            self._shared.wait(
                self._shared_window(now), now, sum(name in limited for name in ahead)
            ),
        )

    def _obstacle(self, call: Call) -> Service:
        """Return the service that a call has to wait for."""
        with self._lock:
            is_gated = self._must_wait_for_logtanks(call)
            return self._services["GA"] if is_gated else self._service(call)

    def _must_wait_for_logtanks(self, call: Call) -> bool:
        ga = self._services.get("GA")
        if call.operation != _NEW_STREAM or not ga or not ga.rejection:
            return False
        since = self._clock() - LEASE_SECONDS
        leases = sum(1 for began in self._leases.values() if began > since)
        share = self._shared.calls() / len(self._limited())
        return leases >= max(1.0, min(ga.allowance.calls(), share))
