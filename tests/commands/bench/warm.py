"""Warm bootstraps compared with bare posts and the SDK, for one or many listeners."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.commands.bench.counts import Counts
from tests.commands.bench.figures import MILLISECONDS, SECONDS, Figure, alternating
from tests.commands.bench.processes import Cloud, Timing, Worker, worker

LATENCIES = (0.0, 0.05)
CALLS = 2
CONCURRENCIES = (8, 32)
_Pairs = dict[float, list[tuple[Timing, Timing]]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of our bundle with another client."""

    client: str
    label: str
    ours: Path
    theirs: Path
    settings: Mapping[str, str]
    target_processor: float
    target_wall: float | None = None

    def figures(self, cloud: Cloud, counts: Counts) -> Iterator[Figure]:
        """Yield processor and wall time per bootstrap, for each latency."""
        measured = [self._pairs(cloud, counts) for _ in range(counts.processes)]
        for latency in LATENCIES:
            pairs = [pair for each in measured for pair in each[latency]]
            calls = f"calls of {latency * 1000:.0f} ms"
            yield Figure(
                f"warm bootstrap, processor, {calls}",
                self.label,
                MILLISECONDS,
                [(ours.processor, theirs.processor) for ours, theirs in pairs],
                self.target_processor,
            )
            yield Figure(
                f"warm bootstrap, wall, {calls}",
                self.label,
                MILLISECONDS,
                [(ours.wall, theirs.wall) for ours, theirs in pairs],
                self.target_wall if latency else None,
            )

    def _pairs(self, cloud: Cloud, counts: Counts) -> _Pairs:
        """Return pairs of timings by latency, from a pair of new processes."""
        with (
            worker("ours", self.ours, self.settings) as ours,
            worker(self.client, self.theirs, self.settings) as theirs,
        ):
            sides = _Side(ours, cloud), _Side(theirs, cloud)
            for side in sides:  # exclude the first calls, which are cold
                side.block(0, counts.warm_up)
            sizes = zip(LATENCIES, (counts.quick, counts.slow), strict=True)
            return {
                latency: list(_blocks(*sides, latency, size, counts.blocks))
                for latency, size in sizes
            }


@dataclass(frozen=True, slots=True)
class _Side:
    worker: Worker
    cloud: Cloud

    def block(self, latency: float, count: int) -> Timing:
        """Return the mean time per bootstrap of a block."""
        self.cloud.reset(latency)
        total = self.worker.each(count)
        return Timing(total.processor / count, total.wall / count)


def _blocks(
    one: _Side, other: _Side, latency: float, size: int, times: int
) -> Iterator[tuple[Timing, Timing]]:
    """Yield pairs of timings, each from a block of `size` bootstraps."""
    return alternating(
        lambda: one.block(latency, size), lambda: other.block(latency, size), times
    )


def many(cloud: Cloud, bundle: Path, counts: Counts) -> Iterator[Figure]:
    """Yield the wall time of one event with many listeners, against the optimum."""
    latency = LATENCIES[-1]
    for concurrency in CONCURRENCIES:
        ideal = counts.many * CALLS * latency / concurrency
        settings = {**cloud.token, "MAX_CONCURRENCY": str(concurrency)}
        walls = {
            name: _walls(name, bundle, settings, cloud, counts)
            for name in ("ours", "bare")
        }
        what = f"{counts.many} listeners, {concurrency} at a time, wall"
        calls = f"no work but calls of {latency * 1000:.0f} ms"
        pairs = [(wall, ideal) for wall in walls["ours"]]
        is_default = concurrency == CONCURRENCIES[0]
        yield Figure(what, calls, SECONDS, pairs, 1.25 if is_default else None)
        pairs = list(zip(walls["ours"], walls["bare"], strict=True))
        yield Figure(what, "bare posts in threads", SECONDS, pairs)


def _walls(
    client: str, folder: Path, settings: Mapping[str, str], cloud: Cloud, counts: Counts
) -> list[float]:
    walls = []
    with worker(client, folder, settings) as process:
        for _ in range(counts.events):
            cloud.reset(LATENCIES[-1])
            walls.append(process.all(counts.many).wall)
    return walls
