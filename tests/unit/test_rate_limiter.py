"""Calls to a service are rate-limited after its first 429, and not before."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from functions.errors import DeadlineExceeded, Throttled
from functions.huaweicloud.rate_limiter import (
    LEASE_SECONDS,
    WINDOW_SECONDS,
    Allowance,
    RateLimiter,
)
from functions.transport.calls import Call
from tests.unit.script import Clock
from tests.unit.simulation import (
    Admits,
    fixed_window,
    sliding_window,
    token_bucket,
)

STREAM = Call("LTS", "CreateLogStream", "POST", "/")
STREAMS = Call("LTS", "ListLogStream", "GET", "/")
TANKS = Call("GA", "ListLogtanks", "GET", "/")
TANK = Call("GA", "CreateLogtank", "POST", "/")
TOKEN = Call("IAM", "CreateToken", "POST", "/")
GATEWAYS = sliding_window, fixed_window, token_bucket


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


def test_without_a_rejection_nothing_is_delayed() -> None:
    """The number of calls is unlimited."""
    caller = Caller()

    assert caller.accepted(STREAM, 500) == 0
    assert caller.accepted(TANK, 500) == 0


@pytest.mark.parametrize(
    ("gateway", "limit"),
    [(kind, limit) for kind in GATEWAYS for limit in (2, 5, 17, 60, 200)],
)
@pytest.mark.parametrize("unlimited", [0, 40])
def test_the_limit_is_used_well_and_few_calls_are_rejected(
    gateway: Callable[[int], Admits], limit: int, unlimited: int
) -> None:
    """This also applies if the limit starts after some unlimited calls."""
    caller = Caller()
    caller.accepted(STREAMS, unlimited)
    admits = gateway(limit)
    began, needed, done, rejections = caller.clock.now, 12 * limit, 0, 0
    while done < needed:
        sent_at = caller.acquire(STREAMS)
        if admits(caller.clock.now):
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


def test_the_limit_is_what_was_accepted_in_the_last_second() -> None:
    """As many calls are sent in any later second, and those beyond it wait."""
    caller = Caller()
    caller.accepted(STREAMS, 10)
    caller.rejected(STREAMS)

    assert caller.accepted(STREAMS, 10) == WINDOW_SECONDS
    assert caller.accepted(STREAMS) == WINDOW_SECONDS


def test_services_that_reject_calls_share_what_they_accepted_together() -> None:
    """They may be behind the same gateway; others are not delayed."""
    caller = Caller()
    caller.accepted(STREAMS, 6)
    caller.rejected(STREAMS)
    caller.accepted(TANKS, 4)
    caller.rejected(TANKS)

    assert caller.accepted(TANKS, 6) == WINDOW_SECONDS
    assert caller.accepted(STREAMS, 4) == 0
    assert caller.accepted(TANKS) == WINDOW_SECONDS
    assert caller.accepted(TOKEN) == 0


def test_each_service_has_a_limit_of_its_own() -> None:
    """If one accepts less than the other, that does not slow down the other."""
    caller = Caller()
    caller.accepted(STREAMS, 20)
    caller.rejected(STREAMS)
    caller.accepted(TANKS, 2)
    for _ in range(2):
        caller.rejected(TANKS)
        caller.clock.sleep(WINDOW_SECONDS)
        caller.accepted(TANKS, 2)

    assert caller.accepted(STREAMS, 15) == 0
    assert caller.accepted(TANKS) > 0.9 * WINDOW_SECONDS


@pytest.mark.parametrize(("others", "calls"), [(0, 1), (1, 1), (5, 5), (80, 80)])
def test_rejections_lower_the_allowance_and_accepted_calls_raise_it(
    others: int, calls: float
) -> None:
    """The first one lowers it to the accepted calls, later ones by a part."""
    allowance = Allowance()
    assert allowance.calls() == math.inf
    allowance.lower(others)
    assert allowance.calls() == calls

    raised = []
    for _ in range(9 * max(others, 1)):
        allowance.accept()
        raised.append(allowance.calls() / calls)
    assert raised == sorted(raised)
    assert raised[len(raised) // 3 - 1] == pytest.approx(1.05)  # slow at first
    assert raised[-1] == pytest.approx(1.05**9)

    before = allowance.calls()
    allowance.lower(0)
    assert allowance.calls() == max(1, 0.85 * before)


def test_an_allowance_is_never_lowered_below_what_was_accepted() -> None:
    """The service has accepted that many calls within the second."""
    allowance = Allowance()
    allowance.lower(20)
    allowance.lower(19)
    assert allowance.calls() == 19


def test_rejections_of_concurrent_calls_count_once() -> None:
    """Eight workers that are rejected together do not lower it eight times."""
    caller = Caller()
    caller.accepted(STREAMS, 40)
    sent_at = [caller.acquire(STREAMS) for _ in range(8)]
    caller.clock.sleep(2 * WINDOW_SECONDS)
    for each in sent_at:
        error = Throttled("too many", service="LTS")
        caller.limiter.reject(STREAMS, error, each)

    caller.clock.sleep(WINDOW_SECONDS)
    assert caller.accepted(STREAMS, 1) == 0


def test_the_allowance_has_bounds() -> None:
    """It allows a call after many rejections, and is finite after many calls."""
    allowance = Allowance()
    for _ in range(500):
        allowance.lower(0)
    assert allowance.calls() == 1

    for _ in range(100_000):
        allowance.accept()
    assert 1000 < allowance.calls() < math.inf


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


@pytest.mark.parametrize(
    ("ahead", "wait"), [(0, 0.0), (1, 0.3), (2, 0.4), (3, WINDOW_SECONDS)]
)
def test_a_call_waits_until_calls_leave_the_window_for_it_and_those_ahead(
    ahead: int, wait: float
) -> None:
    """Of three calls that are allowed, two are in the window."""
    allowance = Allowance()
    allowance.lower(3)

    assert allowance.wait([10.3, 10.4], 10.0, ahead) == pytest.approx(wait)
