"""One event with many new listeners at a rate limit, compared with what it imposes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.commands.bench.counts import Counts
from tests.commands.bench.figures import CALLS, SECONDS, Figure
from tests.commands.bench.processes import Cloud, worker

ALL_SERVICES = "*"
NEEDED_CALLS = 2
"""Per listener."""
_TOO_MANY_REQUESTS = 429


class Limit(NamedTuple):
    """Calls per second by service, after some that are not limited."""

    what: str
    limits: Mapping[str, int]
    free_calls: int = 0


LIMITS = (
    Limit("2 calls/s", {ALL_SERVICES: 2}),
    Limit("5 calls/s", {ALL_SERVICES: 5}),
    Limit("20 calls/s", {ALL_SERVICES: 20}),
    Limit("200 calls/s", {ALL_SERVICES: 200}),
    Limit("5 calls/s to each service", {"LTS": 5, "GA": 5}),
    Limit("20 calls/s to GA, from call 36 on", {"GA": 20}, free_calls=35),
)


def figures(cloud: Cloud, bundle: Path, counts: Counts) -> Iterator[Figure]:
    """Yield the wall time and the accepted calls for each limit."""
    for limit in LIMITS:
        rate = max(limit.limits.values())
        listeners = max(1, rate * counts.limited // NEEDED_CALLS)
        cloud.reset(0, limit.limits, limit.free_calls)
        with worker("ours", bundle, cloud.token) as process:
            wall = process.all(listeners).wall
        services = [
            str(call["service"])
            for call in cloud.calls()
            if call["status"] != _TOO_MANY_REQUESTS
        ]
        what = f"{listeners} listeners at {limit.what}"
        floor = _floor(limit, services[limit.free_calls :])
        if floor:
            label = "accepted calls at that rate"
            yield Figure(f"{what}, wall", label, SECONDS, [(wall, floor)], 1.25)
        pair = float(len(services)), float(NEEDED_CALLS * listeners)
        yield Figure(f"{what}, accepted calls", "needed calls", CALLS, [pair], 1.1)


def _floor(limit: Limit, services: list[str]) -> float:
    """Return the seconds that a limit imposes on calls to these services."""
    counted = {
        name: len(services) if name == ALL_SERVICES else services.count(name)
        for name in limit.limits
    }
    return max(counted[name] / limit.limits[name] for name in limit.limits)
