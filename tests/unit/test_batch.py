"""Requests of one event run side by side, in order, equal ones once, with caution."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

import pytest

from functions.errors import (
    DeadlineExceeded,
    NotFound,
    OutcomeUnknown,
    ProvisioningError,
    ServiceFailed,
    Throttled,
    UnintelligibleReply,
    Unreachable,
)
from functions.invocation import batch
from functions.invocation.batch import STREAK, CircuitBreaker, Outcome, Result

Request = TypeVar("Request")
MADE: Result = {"created": True}
TROUBLE = ServiceFailed(
    "broken", code="LTS.0202", service="LTS", upstream_status=500, request_id="r"
)


def run(
    requests: list[Request], do: Callable[[Request], Outcome], concurrency: int
) -> list[Outcome]:
    """Run requests at the places 10, 20, …; return their outcomes in that order."""
    places = {10 * place: request for place, request in enumerate(requests, 1)}
    outcomes = batch.run(places, lambda _place, request: do(request), concurrency)
    assert outcomes.keys() == places.keys()
    return [outcomes[place] for place in places]


def test_outcomes_are_in_the_order_of_the_requests() -> None:
    """The first may well be the last to end."""
    second_is_done = threading.Event()

    def do(request: int) -> Outcome:
        if request == 1:
            assert second_is_done.wait(10)
        second_is_done.set()
        return {"request": request}

    assert run([1, 2], do, 2) == [{"request": 1}, {"request": 2}]


def test_equal_requests_are_done_once() -> None:
    """Each of them gets the one outcome; the order of their fields does not count."""
    done: list[dict[str, int]] = []

    def do(request: dict[str, int]) -> Outcome:
        done.append(request)
        return {"made": request["a"]}

    one, same, two = {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 2, "b": 2}

    outcomes = run([one, two, same, one], do, 1)

    assert outcomes == [{"made": 1}, {"made": 2}, {"made": 1}, {"made": 1}]
    assert done == [one, two]


def test_each_is_told_its_place() -> None:
    """Of equal ones it is the first's."""
    told: list[tuple[int, str]] = []

    def do(place: int, request: str) -> Outcome:
        told.append((place, request))
        return MADE

    batch.run({3: "a", 5: "b", 7: "a"}, do, 1)
    assert told == [(3, "a"), (5, "b")]


def test_a_lone_request_is_done_where_it_stands() -> None:
    """No thread is begun for one, nor for equal ones, nor for those in order."""
    threads: list[str] = []

    def do(_place: int, _request: int) -> Outcome:
        threads.append(threading.current_thread().name)
        return MADE

    batch.run({1: 1, 2: 1, 3: 1}, do, 8)
    assert threads == [threading.current_thread().name]
    batch.run({1: 1, 2: 2, 3: 3}, do, 8, in_order=True)
    assert threads == [threading.current_thread().name] * 4


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_run_side_by_side_than_allowed(concurrency: int) -> None:
    """As many as allowed do meet, and never one more."""
    meeting = threading.Barrier(concurrency)
    lock = threading.Lock()
    present = 0
    most = 0

    def do(_request: int) -> Outcome:
        nonlocal present, most
        with lock:
            present += 1
            most = max(most, present)
        meeting.wait(10)
        with lock:
            present -= 1
        meeting.wait(10)
        return MADE

    count = concurrency * 3
    assert run(list(range(count)), do, concurrency) == [MADE] * count
    assert most == concurrency


@pytest.mark.parametrize(
    ("requests", "begun", "known"),
    [
        ("abc", "abc", 3),
        ("aXb", "aX", 2),
        ("Xab", "X", 1),
        ("aab", "ab", 3),
        ("XX", "X", 2),
        ("", "", 0),
    ],
)
def test_in_order_nothing_is_begun_after_a_failure(
    requests: str, begun: str, known: int
) -> None:
    """Capitals fail: what follows the first of them has no outcome."""
    done: list[str] = []

    def do(_place: int, request: str) -> Outcome:
        done.append(request)
        return TROUBLE if request.isupper() else MADE

    outcomes = batch.run(dict(enumerate(requests)), do, 8, in_order=True)

    assert "".join(done) == begun
    assert outcomes == {
        place: TROUBLE if request.isupper() else MADE
        for place, request in enumerate(requests[:known])
    }


def refused(circuit_breaker: CircuitBreaker) -> ProvisioningError | None:
    """Return why a request may not begin, None if it may."""
    try:
        circuit_breaker.check()
    except ProvisioningError as error:
        return error
    return None


def test_an_outcome_may_be_an_error() -> None:
    """The others go on."""

    def do(request: int) -> Outcome:
        return TROUBLE if request == 1 else MADE

    assert run([0, 1, 2], do, 1) == [MADE, TROUBLE, MADE]


@pytest.mark.parametrize(
    ("remaining_seconds", "paces", "begins"),
    [
        (1.0, [], True),
        (0.99, [], False),
        (7.0, [1.0, 3.0, 2.0], True),
        (6.9, [1.0, 3.0, 2.0], False),
    ],
)
def test_one_of_several_begins_only_with_time_to_spare(
    remaining_seconds: float, paces: list[float], *, begins: bool
) -> None:
    """A second and twice the slowest call must be left, or it is said not to begin."""
    circuit_breaker = CircuitBreaker(lambda: remaining_seconds, several=True)
    for seconds in paces:
        circuit_breaker.pace(seconds)

    refusal = refused(circuit_breaker)
    assert (refusal is None) is begins
    if refusal:
        assert isinstance(refusal, DeadlineExceeded)
        words = "Not begun: too little of the function's time is left"
        assert refusal.detail == words


def test_a_lone_one_always_begins() -> None:
    """It has nobody to make room for."""
    circuit_breaker = CircuitBreaker(lambda: -1.0, several=False)
    for _ in range(STREAK):
        circuit_breaker.learn(TROUBLE)

    assert refused(circuit_breaker) is None


def weather(outcomes: list[Outcome]) -> ProvisioningError | None:
    """Return why no further request begins after these outcomes, None if one does."""
    circuit_breaker = CircuitBreaker(lambda: 60.0, several=True)
    for outcome in outcomes:
        circuit_breaker.learn(outcome)
    return refused(circuit_breaker)


@pytest.mark.parametrize(
    "failure",
    [TROUBLE, Unreachable("x", service="GA"), OutcomeUnknown("x", service="GA")],
)
def test_after_five_failures_of_the_clouds_in_a_row_nothing_is_begun(
    failure: ProvisioningError,
) -> None:
    """Those not yet begun fail with that cause, to be sent again."""
    cause = weather([failure] * 5)

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
        [TROUBLE] * 4 + [MADE, TROUBLE],
        [TROUBLE] * 4 + [NotFound("x")] + [TROUBLE] * 4,
        [Throttled("x")] * 9,
        [UnintelligibleReply("x")] * 9,
    ],
)
def test_less_than_that_stops_nothing(outcomes: list[Outcome]) -> None:
    """The row is broken by a result, and by a failure of any other kind."""
    assert weather(outcomes) is None


def test_a_row_begins_anew_after_anything_else() -> None:
    """Five are a row then as well, and no sixth is needed."""
    assert weather([TROUBLE, MADE, *[TROUBLE] * 5]) is not None
    assert weather([NotFound("x"), *[TROUBLE] * 5]) is not None


def test_different_failures_of_the_clouds_make_one_row() -> None:
    """The last of them is the cause."""
    outcomes: list[Outcome] = [*[TROUBLE] * 4, Unreachable("gone", service="GA")]

    assert isinstance(weather(outcomes), Unreachable)
