"""Events with many new listeners succeed at any rate limit, in little more time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import pytest

from tests.unit.simulation import (
    ALL_SERVICES,
    Admits,
    Run,
    Throttling,
    bootstrapped,
    fixed_window,
    token_bucket,
)

MAX_RATIO = 1.25
"""Of the time taken to that which the accepted calls have to take."""
MAX_CALLS = 2.2
"""Accepted calls per listener."""
LISTENERS = 200
FREE_CALLS = 35
"""Made before a limit applies that begins in the middle of a run."""

LIMITED: Mapping[str, tuple[str, ...]] = {
    "all services together": (ALL_SERVICES,),
    "each service": ("LTS", "GA"),
    "LTS alone": ("LTS",),
    "GA alone": ("GA",),
}
RATES = [
    # calls per second, seconds per call
    (2, 0.05),
    (2, 0.5),
    (5, 0.0),
    (5, 0.05),
    (5, 0.5),
    (10, 0.5),
    (20, 0.0),
    (20, 0.05),
    (200, 0.01),
]
"""Without limits, eight workers make as many calls or more."""


def assert_within_bounds(throttling: Throttling) -> Run:
    """Check the time and the calls of a run, and return it."""
    limit = max(throttling.limits.values())
    done = bootstrapped(throttling, max(LISTENERS, 4 * limit))
    assert done.seconds <= MAX_RATIO * done.floor
    assert done.accepted <= MAX_CALLS
    assert done.rejected <= 1
    return done


@pytest.mark.parametrize(("limit", "latency"), RATES)
@pytest.mark.parametrize("services", LIMITED.values(), ids=LIMITED)
@pytest.mark.parametrize("free_calls", [0, FREE_CALLS], ids=["start", "middle"])
def test_the_limits_are_used_well_whichever_they_are(
    services: tuple[str, ...], free_calls: int, limit: int, latency: float
) -> None:
    """The bounds hold for limits from the start and from the middle of a run."""
    limits = dict.fromkeys(services, limit)
    assert_within_bounds(Throttling(limits, latency, free_calls))


@pytest.mark.parametrize("gateway", [fixed_window, token_bucket])
@pytest.mark.parametrize(
    ("services", "free_calls", "limit"),
    list(product(LIMITED.values(), (0, FREE_CALLS), (5, 20))),
)
def test_the_limits_are_used_well_however_a_gateway_counts(
    gateway: Callable[[int], Admits],
    services: tuple[str, ...],
    free_calls: int,
    limit: int,
) -> None:
    """The bounds hold for windows that are fixed, and for buckets of tokens."""
    limits = dict.fromkeys(services, limit)
    assert_within_bounds(Throttling(limits, 0.05, free_calls, gateway))


def test_a_limit_that_is_not_reached_changes_nothing() -> None:
    """Two calls per listener are made, and none is rejected."""
    done = bootstrapped(Throttling({ALL_SERVICES: 10_000}), LISTENERS)
    assert (done.accepted, done.rejected) == (2, 0)


def test_unequal_limits_of_the_services_are_both_used_well() -> None:
    """The stricter one decides how long a run takes."""
    for lts, ga in ((5, 20), (20, 5)):
        assert_within_bounds(Throttling({"LTS": lts, "GA": ga}))
