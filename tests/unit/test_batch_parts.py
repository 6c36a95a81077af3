"""Parts of one request run in parallel, as `status` and `reconcile` need it."""

from __future__ import annotations

import threading
from functools import partial

from functions.errors import (
    Result,
    ServiceFailed,
)
from functions.invocation import batch
from functions.invocation.batch import MAX_FAILURES, CircuitBreaker
from tests.unit.script import plenty
from tests.unit.test_batch import CREATED, FAILURE


def test_parts_of_a_request_run_in_parallel() -> None:
    """Their outcomes are in order; an error is one of them."""
    barrier = threading.Barrier(3)

    def work(result: Result) -> Result:
        barrier.wait(10)
        if not result:
            raise FAILURE
        return result

    breaker = CircuitBreaker(plenty)
    results: list[Result] = [CREATED, {}, {"created": False}]
    works = [partial(work, result) for result in results]

    outcomes = batch.run_all(breaker, 3, works)

    assert outcomes == [CREATED, FAILURE, {"created": False}]
    assert batch.run_all(breaker, 3, []) == []


def test_parts_of_a_request_stop_after_many_failures() -> None:
    """Nothing more is begun, as with the requests of an event."""
    breaker = CircuitBreaker(plenty)
    begun = []

    def work(place: int) -> Result:
        begun.append(place)
        raise FAILURE

    works = [partial(work, place) for place in range(MAX_FAILURES + 2)]
    outcomes = batch.run_all(breaker, 1, works)

    assert begun == [*range(MAX_FAILURES)]
    assert [type(each) for each in outcomes] == [ServiceFailed] * (MAX_FAILURES + 2)
