"""Calls to a service are rate-limited after its first 429, and not before."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import pytest

from functions.errors import DeadlineExceeded, Throttled
from functions.huaweicloud.rate_limiter import (
    LEASE_SECONDS,
    MIN_RATE,
    Pace,
    RateLimiter,
)
from functions.transport.calls import Call
from tests.unit.script import Clock

STREAM = Call("LTS", "CreateLogStream", "POST", "/")
STREAMS = Call("LTS", "ListLogStream", "GET", "/")
TANK = Call("GA", "CreateLogtank", "POST", "/")
TOKEN = Call("IAM", "CreateToken", "POST", "/")


class Caller:
    """Sends calls sequentially, as the limiter permits."""

    def __init__(self, limit: float = 3600.0) -> None:
        """Start with this many seconds until the deadline."""
        self.clock = Clock(limit)
        self.limiter = RateLimiter(self.clock)

    def acquire(self, call: Call) -> float:
        """Wait until a call may be sent, and return the time."""
        return self.limiter.acquire(call, self.clock.remaining_seconds, self._sleep)

    def accepted(self, call: Call, times: int = 1) -> float:
        """Send a call that is accepted, and return the seconds waited for it."""
        began = self.clock.now
        for _ in range(times):
            self.acquire(call)
            self.limiter.accept(call)
        return round(self.clock.now - began, 3)

    def rejected(self, call: Call, retry_after: float | None = None) -> None:
        """Send a call that is rejected."""
        sent_at = self.acquire(call)
        error = Throttled("too many", retry_after=retry_after, service=call.service)
        self.limiter.reject(call, error, sent_at)

    def _sleep(self, seconds: float, failure: Throttled | None) -> None:
        if seconds >= self.clock.remaining_seconds():
            raise DeadlineExceeded("no time") from failure
        self.clock.sleep(seconds)


def sliding(limit: int, clock: Clock) -> Callable[[], bool]:
    """Return a gateway that accepts `limit` calls in any second (sliding window)."""
    accepted: deque[float] = deque(maxlen=limit)

    def accepts() -> bool:
        if len(accepted) == limit and clock.now - accepted[0] < 1.0:
            return False
        accepted.append(clock.now)
        return True

    return accepts


def fixed(limit: int, clock: Clock) -> Callable[[], bool]:
    """Return a gateway that accepts `limit` calls in each full second."""
    accepted: dict[int, int] = {}

    def accepts() -> bool:
        second = int(clock.now)
        accepted[second] = accepted.get(second, 0) + 1
        return accepted[second] <= limit

    return accepts


def test_without_a_rejection_nothing_is_delayed() -> None:
    """There is no limit on the number of calls."""
    caller = Caller()

    assert caller.accepted(STREAM, 500) == 0
    assert caller.accepted(TANK, 500) == 0


def bucket(limit: int, clock: Clock) -> Callable[[], bool]:
    """Return a gateway with a bucket of `limit` tokens, refilled in a second."""
    tokens, filled_at = float(limit), clock.now

    def accepts() -> bool:
        nonlocal tokens, filled_at
        tokens = min(limit, tokens + (clock.now - filled_at) * limit)
        filled_at = clock.now
        tokens -= (accepted := tokens >= 1)
        return accepted

    return accepts


@pytest.mark.parametrize(
    ("gateway", "limit"),
    [(kind, limit) for kind in (sliding, fixed, bucket) for limit in (2, 5, 17)]
    + [(sliding, 60), (bucket, 60), (sliding, 200), (bucket, 200)],
)
@pytest.mark.parametrize("unlimited", [0, 40])
def test_the_limit_is_used_well_and_few_calls_are_rejected(
    gateway: Callable[[int, Clock], Callable[[], bool]], limit: int, unlimited: int
) -> None:
    """This also applies if the limit starts after some unlimited calls."""
    caller = Caller()
    caller.accepted(STREAMS, unlimited)
    accepts = gateway(limit, caller.clock)
    began, needed, done, rejections = caller.clock.now, 12 * limit, 0, 0
    while done < needed:
        sent_at = caller.acquire(STREAMS)
        if accepts():
            caller.limiter.accept(STREAMS)
            done += 1
        else:
            error = Throttled("x", service="LTS")
            caller.limiter.reject(STREAMS, error, sent_at)
            rejections += 1

    assert caller.clock.now - began <= 1.25 * needed / limit
    assert rejections < needed / 2


def test_a_rejection_delays_all_calls_of_its_service_only() -> None:
    """Other workers are delayed without a rejection of their own."""
    caller = Caller()
    caller.rejected(STREAMS)

    waits = [caller.accepted(call) for call in (TANK, STREAM, STREAMS, STREAM, TOKEN)]
    assert [wait > 0.3 for wait in waits] == [False, True, True, True, False]


def test_services_that_reject_calls_share_one_rate() -> None:
    """They may be behind the same gateway."""
    caller = Caller()
    caller.rejected(STREAMS)
    caller.rejected(TANK)

    assert caller.accepted(TANK) > 0.3
    assert caller.accepted(STREAMS) > 0.3
    assert caller.accepted(TOKEN) == 0


def test_the_initial_rate_is_that_of_the_last_second() -> None:
    """The calls accepted in the second before the rejection approximate the limit."""
    caller = Caller()
    caller.accepted(STREAMS, 10)
    caller.rejected(STREAMS)
    caller.accepted(STREAMS)  # after the second with ten accepted calls

    assert 0.1 <= caller.accepted(STREAMS) < 0.15


@pytest.mark.parametrize(("recent", "rate"), [(0, 2.0), (1, 2.0), (5, 5.0), (80, 80.0)])
def test_rejections_lower_the_rate_and_accepted_calls_raise_it(
    recent: float, rate: float
) -> None:
    """The initial rate is that of accepted calls, but at least two per second."""
    pace = Pace()
    pace.start(0.0, recent)
    assert pace.rate() == rate

    pace.reject(1.0, 0.5, 0.0)
    fallen = pace.rate()
    assert 0.8 * rate <= fallen < rate

    rates = []
    for _ in range(60):
        pace.accept()
        rates.append(pace.rate())
    assert rates == sorted(rates)
    assert rates[9] < 1.1 * fallen  # slow at first
    assert rates[59] > 3 * fallen


def test_rejections_of_concurrent_calls_count_once() -> None:
    """Eight workers that are rejected together do not lower the rate eight times."""
    pace = Pace()
    pace.start(10.0, 20)
    for _ in range(8):
        pace.reject(10.1, 9.9, 0.0)
    assert pace.rate() == 20

    for now in (11.0, 12.0):
        pace.reject(now, now - 0.1, 0.0)
    assert pace.rate() == pytest.approx(20 * 0.85**2)


def test_the_rate_has_bounds() -> None:
    """It stays positive after many rejections, and finite after many accepted calls."""
    pace = Pace()
    pace.start(0.0, 5)
    for now in range(1, 500):
        pace.reject(float(now), float(now), 0.0)
    assert pace.rate() == MIN_RATE

    for _ in range(100_000):
        pace.accept()
    assert pace.wait(1e6, 0) == 0
    assert 0 < pace.wait(1e6, 1) < 0.01


@pytest.mark.parametrize("seconds", [0.7, 3, 30])
def test_retry_after_applies_to_all_calls_of_the_service(
    seconds: float,
) -> None:
    """Only one of the calls was rejected."""
    caller = Caller()
    caller.rejected(STREAMS, seconds)
    began = caller.clock.now

    assert caller.acquire(STREAM) - began >= seconds
    assert caller.acquire(TANK) - began < seconds + 1


@pytest.mark.parametrize("seconds", [60, 61, 3600])
def test_a_retry_after_beyond_the_deadline_fails_immediately(seconds: float) -> None:
    """The error has the remaining seconds of the pause."""
    caller = Caller(limit=60)
    caller.rejected(STREAMS, seconds)

    with pytest.raises(Throttled) as raised:
        caller.acquire(STREAM)

    assert raised.value.retry_after == pytest.approx(seconds)
    assert raised.value.service == "LTS"
    assert caller.clock.pauses == []
    assert caller.accepted(TANK) == 0


def test_a_wait_beyond_the_deadline_raises_deadline_exceeded() -> None:
    """Its cause is the rejection."""
    caller = Caller(limit=0.3)
    caller.rejected(STREAMS)

    with pytest.raises(DeadlineExceeded) as raised:
        caller.acquire(STREAMS)

    assert isinstance(raised.value.__cause__, Throttled)


def test_stream_creation_waits_while_a_logtank_is_pending() -> None:
    """This applies while GA rejects calls: a late logtank costs another list call."""
    caller = Caller()
    assert caller.accepted(STREAM, 9) == 0

    caller = Caller()
    for _ in range(5):
        caller.rejected(TANK)
    assert caller.accepted(STREAM) == 0
    assert caller.accepted(STREAM) == pytest.approx(LEASE_SECONDS, abs=0.1)
    caller.accepted(TANK)
    assert caller.accepted(STREAM) == 0


@pytest.mark.parametrize(("ahead", "wait"), [(0, 0.0), (1, 0.25), (3, 0.75), (10, 2.5)])
def test_a_call_waits_for_the_calls_ahead_of_it(ahead: int, wait: float) -> None:
    """Each of them takes one interval of the rate."""
    pace = Pace()
    pace.start(0.0, 4)

    assert pace.wait(0.0, ahead) == wait
    pace.send(0.0)
    assert pace.wait(0.0, ahead) == wait + 0.25
    assert pace.wait(0.1, ahead) == pytest.approx(wait + 0.15)
