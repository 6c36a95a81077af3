"""Requests of one event run in parallel or in chains, and stop after many failures."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import cast

import pytest

from functions.errors import (
    DeadlineExceeded,
    NotFound,
    Outcome,
    OutcomeUnknown,
    ProvisioningError,
    Result,
    ServiceFailed,
    Throttled,
    UnintelligibleReply,
    Unreachable,
)
from functions.invocation import batch
from functions.invocation.batch import MAX_FAILURES, CircuitBreaker
from functions.triggers import records
from tests.unit.invocations import from_queue

CREATED: Result = {"created": True}
FAILURE = ServiceFailed(
    "broken", code="LTS.0202", service="LTS", upstream_status=500, request_id="r"
)


def run(
    count: int, do: Callable[[int], Outcome], concurrency: int
) -> dict[int, Outcome]:
    """Run this number of requests, none of which waits for another."""
    return batch.run([[place] for place in range(count)], do, concurrency)


def test_outcomes_are_keyed_by_the_positions_of_the_requests() -> None:
    """The first request may be the last to finish."""
    second_is_done = threading.Event()

    def do(place: int) -> Outcome:
        if place == 0:
            assert second_is_done.wait(10)
        second_is_done.set()
        return {"place": place}

    assert run(2, do, 2) == {0: {"place": 0}, 1: {"place": 1}}


@pytest.mark.parametrize("chains", [[[4]], [[1, 2, 3]]])
def test_a_single_chain_runs_in_the_calling_thread(
    chains: Sequence[Sequence[int]],
) -> None:
    """No thread is started for requests that are processed one after the other."""
    threads: list[str] = []

    def do(_place: int) -> Outcome:
        threads.append(threading.current_thread().name)
        return CREATED

    batch.run(chains, do, 8)
    assert threads == [threading.current_thread().name] * len(chains[0])


@pytest.mark.parametrize("concurrency", [1, 3])
def test_concurrency_is_limited(concurrency: int) -> None:
    """The maximum number of requests runs in parallel, and never more."""
    barrier = threading.Barrier(concurrency)
    lock = threading.Lock()
    running = 0
    max_running = 0

    def do(_place: int) -> Outcome:
        nonlocal running, max_running
        with lock:
            running += 1
            max_running = max(max_running, running)
        barrier.wait(10)
        with lock:
            running -= 1
        barrier.wait(10)
        return CREATED

    count = concurrency * 3
    assert run(count, do, concurrency) == dict.fromkeys(range(count), CREATED)
    assert max_running == concurrency


@pytest.mark.parametrize(
    ("groups", "failing", "processed"),
    [
        ("aaa", "", [0, 1, 2]),
        ("aaa", "1", [0, 1]),
        ("aaa", "0", [0]),
        ("abab", "0", [0, 1, 3]),
        ("aabb", "02", [0, 2]),
        ("aabc", "0", [0, 2, 3]),
        ("--a-a", "02", [0, 1, 2, 3]),
        ("---", "01", [0, 1, 2]),
        ("", "", []),
    ],
)
def test_a_failure_holds_back_only_the_rest_of_its_group(
    groups: str, failing: str, processed: list[int]
) -> None:
    """Requests without a group (-) do not wait for one another."""
    chains = batch.chained([None if g == "-" else g for g in groups], 0.0)

    outcomes = batch.run(
        chains, lambda place: FAILURE if str(place) in failing else CREATED, 2
    )

    assert sorted(outcomes) == processed
    assert [str(p) for p in processed if outcomes[p] is FAILURE] == list(failing)


@pytest.mark.parametrize(
    ("groups", "start", "chains"),
    [
        ("----", 0.0, [[0], [1], [2], [3]]),
        ("----", 0.5, [[2], [3], [0], [1]]),
        ("----", 0.99, [[3], [0], [1], [2]]),
        ("abab", 0.5, [[1, 3], [0, 2]]),
        ("aaa", 0.9, [[0, 1, 2]]),
        ("a-a-", 0.34, [[1], [3], [0, 2]]),
        ("", 0.7, []),
    ],
)
def test_chains_are_rotated_by_the_start(
    groups: str, start: float, chains: list[list[int]]
) -> None:
    """Rotation changes the order of the chains, never the order within a chain."""
    assert batch.chained([None if g == "-" else g for g in groups], start) == chains


@pytest.mark.parametrize(
    ("count", "capacity", "max_deliveries"),
    [(60, 40, 3), (60, 25, 5), (7, 3, 4), (1000, 400, 5)],
)
def test_redeliveries_process_all_requests(
    count: int, capacity: int, max_deliveries: int
) -> None:
    """Each delivery has time for only a part, and knows nothing of the others."""
    event = from_queue([{"n": n} for n in range(count)])
    (record,) = cast("list[dict[str, object]]", event["Records"])
    done: set[int] = set()
    deliveries = 0
    while len(done) < count:
        deliveries += 1
        record["attributes"] = {"ApproximateReceiveCount": str(deliveries)}
        delivery = records.sqs(event)
        chains = batch.chained(delivery.groups(), delivery.start or 0.0)
        before = len(done)
        done |= {chain[0] for chain in chains[:capacity]}
        assert len(done) > before

    assert deliveries <= max_deliveries


def refusal(circuit_breaker: CircuitBreaker) -> ProvisioningError | None:
    """Return why a request may not begin, None if it may."""
    try:
        circuit_breaker.check()
    except ProvisioningError as error:
        return error
    return None


def test_an_outcome_may_be_an_error() -> None:
    """A failed request does not affect the others."""
    outcomes = run(3, lambda place: FAILURE if place == 1 else CREATED, 1)

    assert outcomes == {0: CREATED, 1: FAILURE, 2: CREATED}


@pytest.mark.parametrize(
    ("remaining_seconds", "durations", "begins"),
    [
        (1.0, [], True),
        (0.99, [], False),
        (7.0, [1.0, 3.0, 2.0], True),
        (6.9, [1.0, 3.0, 2.0], False),
    ],
)
def test_one_of_several_requests_begins_only_with_enough_time(
    remaining_seconds: float, durations: list[float], *, begins: bool
) -> None:
    """A second and twice the longest duration must remain."""
    circuit_breaker = CircuitBreaker(lambda: remaining_seconds)
    for seconds in durations:
        circuit_breaker.record_duration(seconds)

    error = refusal(circuit_breaker)
    assert (error is None) is begins
    if error:
        assert isinstance(error, DeadlineExceeded)
        message = "Not started: too little of the function's time is left"
        assert error.detail == message


def test_a_single_request_always_begins() -> None:
    """The limits protect other requests, and there are none."""
    circuit_breaker = CircuitBreaker(lambda: -1.0)
    for _ in range(MAX_FAILURES):
        circuit_breaker.record(FAILURE)

    assert circuit_breaker.attempt(lambda: CREATED, always=True) == CREATED
    refused = circuit_breaker.attempt(lambda: CREATED, always=False)
    assert isinstance(refused, ServiceFailed)


def refusal_after(outcomes: list[Outcome]) -> ProvisioningError | None:
    """Return why no request may begin after these outcomes, None if one may."""
    circuit_breaker = CircuitBreaker(lambda: 60.0)
    for outcome in outcomes:
        circuit_breaker.record(outcome)
    return refusal(circuit_breaker)


@pytest.mark.parametrize(
    "failure",
    [FAILURE, Unreachable("x", service="GA"), OutcomeUnknown("x", service="GA")],
)
def test_after_five_consecutive_cloud_failures_no_request_begins(
    failure: ProvisioningError,
) -> None:
    """The remaining requests fail with the same cause, and can be sent again."""
    cause = refusal_after([failure] * 5)

    assert type(cause) is type(failure)
    assert cause.retryable
    assert cause.detail.startswith("Not started, because 5 requests in a row failed")
    assert cause.detail.endswith(failure.detail)
    assert (cause.code, cause.service) == (failure.code, failure.service)
    assert cause.upstream_status == failure.upstream_status
    assert cause is not failure


@pytest.mark.parametrize(
    "outcomes",
    [
        [FAILURE] * 4 + [CREATED, FAILURE],
        [FAILURE] * 4 + [NotFound("x")] + [FAILURE] * 4,
        [Throttled("x")] * 9,
        [UnintelligibleReply("x")] * 9,
    ],
)
def test_fewer_or_other_failures_do_not_stop_the_batch(outcomes: list[Outcome]) -> None:
    """A result or a failure of another kind resets the count."""
    assert refusal_after(outcomes) is None


def test_counting_starts_again_after_a_reset() -> None:
    """Five further failures are then sufficient."""
    assert refusal_after([FAILURE, CREATED, *[FAILURE] * 5]) is not None
    assert refusal_after([NotFound("x"), *[FAILURE] * 5]) is not None


def test_different_cloud_failures_are_counted_together() -> None:
    """The last failure is reported as the cause."""
    outcomes: list[Outcome] = [*[FAILURE] * 4, Unreachable("gone", service="GA")]

    assert isinstance(refusal_after(outcomes), Unreachable)
