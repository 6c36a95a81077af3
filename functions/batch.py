"""Several requests of one event: side by side, in order, each with its own outcome."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from functions.errors import (
    DeadlineExceeded,
    OutcomeUnknown,
    ProvisioningError,
    ServiceFailed,
    Unreachable,
)

Result = dict[str, object]
Outcome = Result | ProvisioningError
Request = TypeVar("Request")

STREAK = 5
"""After so many failures of the cloud's side in a row nothing new is begun."""
_CLOUDS_SIDE = (ServiceFailed, Unreachable, OutcomeUnknown)
_LEAST_SECONDS = 1.0


class Caution:
    """Decides whether one of several requests may still begin.

    A lone one always may: it has nobody to make room for.
    """

    def __init__(self, left: Callable[[], float], *, several: bool) -> None:
        """Have seen nothing yet; `left` tells the seconds to work in."""
        self._left = left
        self._several = several
        self._lock = threading.Lock()
        self._slowest = 0.0
        self._streak = 0
        self._cause: ProvisioningError | None = None

    def pace(self, seconds: float) -> None:
        """Learn how long a call took."""
        with self._lock:
            self._slowest = max(self._slowest, seconds)

    def learn(self, outcome: Outcome) -> None:
        """Learn how a request ended."""
        with self._lock:
            failed = isinstance(outcome, _CLOUDS_SIDE)
            self._streak = self._streak + 1 if failed else 0
            if isinstance(outcome, _CLOUDS_SIDE) and self._streak == STREAK:
                self._cause = outcome

    def require_fair_weather(self) -> None:
        """Let a request begin.

        Raises: DeadlineExceeded if there may not be time to say what it made; what
        the last of a streak of failures was, if there is one.
        """
        if not self._several:
            return
        if self._cause:
            raise _not_begun(self._cause)
        if self._left() < _LEAST_SECONDS + 2 * self._slowest:
            raise DeadlineExceeded(
                "Not begun: too little of the function's time is left"
            )


def run(
    requests: Sequence[Request], do: Callable[[Request], Outcome], concurrency: int
) -> list[Outcome]:
    """Do every request, equal ones once, and return their outcomes in order."""
    keys = [json.dumps(request, sort_keys=True) for request in requests]
    unique = dict(zip(keys, requests, strict=True))
    if len(unique) < 2:  # noqa: PLR2004 # side by side takes two
        return [do(request) for request in unique.values()] * len(requests)
    with ThreadPoolExecutor(min(concurrency, len(unique))) as pool:
        outcomes = dict(zip(unique, pool.map(do, unique.values()), strict=True))
    return [outcomes[key] for key in keys]


def _not_begun(cause: ProvisioningError) -> ProvisioningError:
    return type(cause)(
        f"Not begun, since {STREAK} requests in a row failed like this: {cause.detail}",
        code=cause.code,
        service=cause.service,
        upstream_status=cause.upstream_status,
    )
