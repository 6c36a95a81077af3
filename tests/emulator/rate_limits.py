"""Rate limits of the gateway, in calls per second to each service."""

import threading
from collections import deque
from collections.abc import Callable, Mapping

WINDOW_SECONDS = 1.0
ALL_SERVICES = "*"


class RateLimits:
    """Counts the calls that were admitted in the last second.

    ``limits`` has calls per second by service, "*" for all services together.  The
    first ``free_calls`` calls are not limited.
    """

    def __init__(
        self, limits: Mapping[str, int], free_calls: int, clock: Callable[[], float]
    ) -> None:
        """Start with no admitted calls."""
        self._limits = dict(limits)
        self._free_calls = free_calls
        self._clock = clock
        self._admitted: dict[str, deque[float]] = {name: deque() for name in limits}
        self._lock = threading.Lock()

    def admit(self, service: str | None) -> bool:
        """Count a call, and return whether it is within the limits."""
        with self._lock:
            if self._free_calls:
                self._free_calls -= 1
                return True
            names = self._limits.keys() & {service, ALL_SERVICES}
            if any(self._is_full(name) for name in names):
                return False
            for name in names:
                self._admitted[name].append(self._clock())
            return True

    def _is_full(self, name: str) -> bool:
        admitted, since = self._admitted[name], self._clock() - WINDOW_SECONDS
        while admitted and admitted[0] <= since:
            admitted.popleft()
        return len(admitted) >= self._limits[name]
