"""Requests of one event run in parallel or in order, and stop after many failures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

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

Request = TypeVar("Request")
MADE: Result = {"created": True}
FAILURE = ServiceFailed(
    "broken", code="LTS.0202", service="LTS", upstream_status=500, request_id="r"
)


def run(
    requests: list[Request], do: Callable[[Request], Outcome], concurrency: int
) -> list[Outcome]:
    """Run requests at positions 10, 20, …; return their outcomes in that order."""
    places = {10 * place: request for place, request in enumerate(requests, 1)}
    outcomes = batch.run(places, lambda _place, request: do(request), concurrency)
    assert outcomes.keys() == places.keys()
    return [outcomes[place] for place in places]


def test_outcomes_have_the_order_of_the_requests() -> None:
    """The first request may be the last to finish."""
    second_is_done = threading.Event()

    def do(request: int) -> Outcome:
        if request == 1:
            assert second_is_done.wait(10)
        second_is_done.set()
        return {"request": request}

    assert run([1, 2], do, 2) == [{"request": 1}, {"request": 2}]


def test_equal_requests_are_processed_once() -> None:
    """All of them get the same outcome; the order of fields is not significant."""
    done: list[dict[str, int]] = []

    def do(request: dict[str, int]) -> Outcome:
        done.append(request)
        return {"made": request["a"]}

    one, same, two = {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2, "b": 2}

    outcomes = run([one, two, same, one], do, 1)

    assert outcomes == [{"made": 1}, {"made": 2}, {"made": 1}, {"made": 1}]
    assert done == [one, two]


def test_each_request_is_passed_with_its_position() -> None:
    """Equal requests are passed with the position of the first one."""
    calls: list[tuple[int, str]] = []

    def do(place: int, request: str) -> Outcome:
        calls.append((place, request))
        return MADE

    batch.run({3: "a", 5: "b", 7: "a"}, do, 1)
    assert calls == [(3, "a"), (5, "b")]


def test_a_single_request_runs_in_the_calling_thread() -> None:
    """No thread is started for one request, equal requests or ordered requests."""
    threads: list[str] = []

    def do(_place: int, _request: int) -> Outcome:
        threads.append(threading.current_thread().name)
        return MADE

    batch.run({1: 1, 2: 1, 3: 1}, do, 8)
    assert threads == [threading.current_thread().name]
    batch.run({1: 1, 2: 2, 3: 3}, do, 8, in_order=True)
    assert threads == [threading.current_thread().name] * 4


@pytest.mark.parametrize("concurrency", [1, 3])
def test_concurrency_is_limited(concurrency: int) -> None:
    """The maximum number of requests runs in parallel, and never more."""
    barrier = threading.Barrier(concurrency)
    lock = threading.Lock()
    running = 0
    max_running = 0

    def do(_request: int) -> Outcome:
        nonlocal running, max_running
        with lock:
            running += 1
            max_running = max(max_running, running)
        barrier.wait(10)
        with lock:
            running -= 1
        barrier.wait(10)
        return MADE

    count = concurrency * 3
    assert run(list(range(count)), do, concurrency) == [MADE] * count
    assert max_running == concurrency


@pytest.mark.parametrize(
    ("requests", "processed", "outcome_count"),
    [
        ("abc", "abc", 3),
        ("aXb", "aX", 2),
        ("Xab", "X", 1),
        ("aab", "ab", 3),
        ("XX", "X", 2),
        ("", "", 0),
    ],
)
def test_in_order_processing_stops_at_the_first_failure(
    requests: str, processed: str, outcome_count: int
) -> None:
    """Upper case means failure; requests after the first failure have no outcome."""
    done: list[str] = []

    def do(_place: int, request: str) -> Outcome:
        done.append(request)
        return FAILURE if request.isupper() else MADE

    outcomes = batch.run(dict(enumerate(requests)), do, 8, in_order=True)

    assert "".join(done) == processed
    assert outcomes == {
        place: FAILURE if request.isupper() else MADE
        for place, request in enumerate(requests[:outcome_count])
    }


def refusal(circuit_breaker: CircuitBreaker) -> ProvisioningError | None:
    """Return why a request may not begin, None if it may."""
    try:
        circuit_breaker.check()
    except ProvisioningError as error:
        return error
    return None


def test_an_outcome_may_be_an_error() -> None:
    """A failed request does not affect the others."""

    def do(request: int) -> Outcome:
        return FAILURE if request == 1 else MADE

    assert run([0, 1, 2], do, 1) == [MADE, FAILURE, MADE]


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
    circuit_breaker = CircuitBreaker(lambda: remaining_seconds, several=True)
    for seconds in durations:
        circuit_breaker.record_duration(seconds)

    error = refusal(circuit_breaker)
    assert (error is None) is begins
    if error:
        assert isinstance(error, DeadlineExceeded)
        message = "Not begun: too little of the function's time is left"
        assert error.detail == message


def test_a_single_request_always_begins() -> None:
    """The limits protect other requests, and there are none."""
    circuit_breaker = CircuitBreaker(lambda: -1.0, several=False)
    for _ in range(MAX_FAILURES):
        circuit_breaker.record(FAILURE)

    assert refusal(circuit_breaker) is None


def refusal_after(outcomes: list[Outcome]) -> ProvisioningError | None:
    """Return why no request may begin after these outcomes, None if one may."""
    circuit_breaker = CircuitBreaker(lambda: 60.0, several=True)
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
    assert cause.detail.startswith("Not begun, since 5 requests in a row failed")
    assert cause.detail.endswith(failure.detail)
    assert (cause.code, cause.service) == (failure.code, failure.service)
    assert cause.upstream_status == failure.upstream_status
    assert cause is not failure


@pytest.mark.parametrize(
    "outcomes",
    [
        [FAILURE] * 4 + [MADE, FAILURE],
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
    assert refusal_after([FAILURE, MADE, *[FAILURE] * 5]) is not None
    assert refusal_after([NotFound("x"), *[FAILURE] * 5]) is not None


def test_different_cloud_failures_are_counted_together() -> None:
    """The last failure is reported as the cause."""
    outcomes: list[Outcome] = [*[FAILURE] * 4, Unreachable("gone", service="GA")]

    assert isinstance(refusal_after(outcomes), Unreachable)
