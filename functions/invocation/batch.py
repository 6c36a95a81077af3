"""Runs the requests of one event, in parallel or in order; each has its outcome."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator, Sequence

from functions.errors import (
    DeadlineExceeded,
    Outcome,
    OutcomeUnknown,
    ProvisioningError,
    Result,
    ServiceFailed,
    Unreachable,
)
from functions.provisioning import error_context

MAX_FAILURES = 5
"""After this many consecutive failures of a service, no further request is started."""
_UPSTREAM_FAILURES = (ServiceFailed, Unreachable, OutcomeUnknown)
_MIN_SECONDS = 1.0


class CircuitBreaker:
    """Decides whether one of several requests or changes may still begin."""

    def __init__(self, remaining_seconds: Callable[[], float]) -> None:
        self._remaining_seconds = remaining_seconds
        self._lock = threading.Lock()
        self._slowest = 0.0
        self._failures = 0
        self._cause: ProvisioningError | None = None

    def record_duration(self, seconds: float) -> None:
        """Record how long a call took."""
        with self._lock:
            self._slowest = max(self._slowest, seconds)

    def record(self, outcome: Outcome) -> None:
        """Record how a request ended."""
        with self._lock:
            if not isinstance(outcome, _UPSTREAM_FAILURES):
                self._failures = 0
                return
            self._failures += 1
            if self._failures == MAX_FAILURES:
                self._cause = outcome

    def attempt(self, work: Callable[[], Result], *, always: bool) -> Outcome:
        """Return the outcome of the work; a bug in it does not affect other requests.

        With `always`, it starts without a check, as the only request of an event does.
        """
        try:
            if not always:
                self.check()
        except ProvisioningError as error:
            return error
        outcome = self._outcome(work)
        self.record(outcome)
        return outcome

    @staticmethod
    def _outcome(work: Callable[[], Result]) -> Outcome:
        try:
            with error_context():
                return work()
        except ProvisioningError as error:
            return error

    def check(self) -> None:
        """Raise unless another request may start.

        Raises: DeadlineExceeded if there may not be time to report what it creates; the
        error of the last of MAX_FAILURES requests that failed in a row.
        """
        if self._cause:
            raise _not_begun(self._cause)
        if self._remaining_seconds() < _MIN_SECONDS + 2 * self._slowest:
            raise DeadlineExceeded(
                "Not started: too little of the function's time is left"
            )


def run(
    chains: Sequence[Sequence[int]], do: Callable[[int], Outcome], concurrency: int
) -> dict[int, Outcome]:
    """Process chains of requests in parallel, and return the outcomes by index.

    The requests of a chain are processed one by one, until one fails; those after it
    have no outcome.
    """
    if len(chains) == 1:
        return dict(_in_order(chains[0], do))
    # a single chain needs no threads
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    # the facts that are in each log line are part of the context
    contexts = [contextvars.copy_context() for _ in chains]
    with ThreadPoolExecutor(concurrency) as pool:
        done = pool.map(
            lambda context, chain: context.run(lambda: list(_in_order(chain, do))),
            contexts,
            chains,
        )
        return dict(pair for pairs in done for pair in pairs)


def run_all(
    breaker: CircuitBreaker, concurrency: int, works: Sequence[Callable[[], Result]]
) -> list[Outcome]:
    """Do several things in parallel, as parts of one request; return their outcomes."""
    if not works:
        return []
    outcomes = run(
        [[index] for index in range(len(works))],
        lambda index: breaker.attempt(works[index], always=False),
        concurrency,
    )
    return [outcomes[index] for index in range(len(works))]


def _in_order(
    chain: Sequence[int], do: Callable[[int], Outcome]
) -> Iterator[tuple[int, Outcome]]:
    for index in chain:
        outcome = do(index)
        yield index, outcome
        if isinstance(outcome, ProvisioningError):
            return


def chained(groups: Sequence[str | None], start: float) -> list[list[int]]:
    """Return chains of indexes: one for each group, and one for each item without.

    `start` is the fraction of the chains that is moved to the end.
    """
    chains: dict[object, list[int]] = {}
    for index, group in enumerate(groups):
        chains.setdefault(index if group is None else group, []).append(index)
    listed = list(chains.values())
    first = int(start * len(listed))
    return listed[first:] + listed[:first]


def _not_begun(cause: ProvisioningError) -> ProvisioningError:
    return type(cause)(
        f"Not started, because {MAX_FAILURES} requests in a row failed like this: "
        f"{cause.detail}",
        code=cause.code,
        service=cause.service,
        upstream_status=cause.upstream_status,
    )
