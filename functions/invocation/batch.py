"""Several requests of one event: side by side, in order, each with its own outcome."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
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


class CircuitBreaker:
    """Decides whether one of several requests may still begin.

    A lone one always may: it has nobody to make room for.
    """

    def __init__(
        self, remaining_seconds: Callable[[], float], *, several: bool
    ) -> None:
        """Have seen nothing yet; `left` tells the seconds to work in."""
        self._left = remaining_seconds
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
            if not isinstance(outcome, _CLOUDS_SIDE):
                self._streak = 0
                return
            self._streak += 1
            if self._streak == STREAK:
                self._cause = outcome

    def check(self) -> None:
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
    requests: Mapping[int, Request],
    do: Callable[[int, Request], Outcome],
    concurrency: int,
    *,
    in_order: bool = False,
) -> dict[int, Outcome]:
    """Do every request, equal ones once; return outcomes by the requests' places.

    In order means one by one, and none after the first that fails: those have no
    outcome.
    """
    if len(requests) == 1:
        return {place: do(place, request) for place, request in requests.items()}
    first: dict[str, int] = {}
    twin = {
        place: first.setdefault(json.dumps(request, sort_keys=True), place)
        for place, request in requests.items()
    }
    places = list(first.values())
    wanted = [requests[place] for place in places]
    if in_order:
        done = list(_until_failure(map(do, places, wanted)))
    elif len(places) > 1:
        done = _side_by_side(do, places, wanted, concurrency)
    else:
        done = list(map(do, places, wanted))
    outcomes = dict(zip(places, done, strict=not in_order))
    return {p: outcomes[first] for p, first in twin.items() if first in outcomes}


def _side_by_side(
    do: Callable[[int, Request], Outcome],
    places: list[int],
    wanted: list[Request],
    concurrency: int,
) -> list[Outcome]:
    # a lone request does without
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
        f"Not begun, since {STREAK} requests in a row failed like this: {cause.detail}",
        code=cause.code,
        service=cause.service,
        upstream_status=cause.upstream_status,
    )
