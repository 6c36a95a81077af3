"""Several requests of one event: in parallel or in order, each with its own outcome."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from functions.errors import (
    DeadlineExceeded,
    Outcome,
    OutcomeUnknown,
    ProvisioningError,
    ServiceFailed,
    Unreachable,
)

Request = TypeVar("Request")

MAX_FAILURES = 5
"""After so many failures in a row on the cloud's side, no further request begins."""
_UPSTREAM_FAILURES = (ServiceFailed, Unreachable, OutcomeUnknown)
_MIN_SECONDS = 1.0


class CircuitBreaker:
    """Decides whether one of several requests may still begin.

    A single request always may.
    """

    def __init__(
        self, remaining_seconds: Callable[[], float], *, several: bool
    ) -> None:
        self._remaining_seconds = remaining_seconds
        self._several = several
        self._lock = threading.Lock()
        self._slowest = 0.0
        self._failures = 0
        self._cause: ProvisioningError | None = None

    def record_duration(self, seconds: float) -> None:
        """Take note of how long a call took."""
        with self._lock:
            self._slowest = max(self._slowest, seconds)

    def record(self, outcome: Outcome) -> None:
        """Take note of how a request ended."""
        with self._lock:
            if not isinstance(outcome, _UPSTREAM_FAILURES):
                self._failures = 0
                return
            self._failures += 1
            if self._failures == MAX_FAILURES:
                self._cause = outcome

    def check(self) -> None:
        """Do nothing if a request may begin.

        Raises: DeadlineExceeded if there may not be time to report what it creates; the
        error of the last of MAX_FAILURES requests that failed in a row.
        """
        if not self._several:
            return
        if self._cause:
            raise _not_begun(self._cause)
        if self._remaining_seconds() < _MIN_SECONDS + 2 * self._slowest:
            raise DeadlineExceeded(
                "Not begun: too little of the function's time is left"
            )


def run(
    requests: Mapping[int, Request],
    do: Callable[[int, Request], Outcome],
    concurrency: int,
    *,
    in_order: bool = False,
) -> dict[int, Outcome]:
    """Process every request, equal ones once; return the outcomes by their places.

    In order means one by one, up to the first that fails; those after it have no
    outcome.
    """
    if len(requests) == 1:
        return {place: do(place, request) for place, request in requests.items()}
    first: dict[str, int] = {}
    same_as = {
        place: first.setdefault(json.dumps(request, sort_keys=True), place)
        for place, request in requests.items()
    }
    places = list(first.values())
    wanted = [requests[place] for place in places]
    if in_order:
        done = list(_until_failure(map(do, places, wanted)))
    elif len(places) > 1:
        done = _in_parallel(do, places, wanted, concurrency)
    else:
        done = list(map(do, places, wanted))
    outcomes = dict(zip(places, done, strict=not in_order))
    return {p: outcomes[first] for p, first in same_as.items() if first in outcomes}


def _in_parallel(
    do: Callable[[int, Request], Outcome],
    places: list[int],
    wanted: list[Request],
    concurrency: int,
) -> list[Outcome]:
    # a single request needs no threads
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(concurrency) as pool:
        return list(pool.map(do, places, wanted))


def _until_failure(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    for outcome in outcomes:
        yield outcome
        if isinstance(outcome, ProvisioningError):
            return


def _not_begun(cause: ProvisioningError) -> ProvisioningError:
    return type(cause)(
        f"Not begun, since {MAX_FAILURES} requests in a row failed like this: "
        f"{cause.detail}",
        code=cause.code,
        service=cause.service,
        upstream_status=cause.upstream_status,
    )
