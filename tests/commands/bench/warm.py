"""A warm bootstrap beside two bare posts and beside the vendor's SDK; many at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.commands.bench.counts import Counts
from tests.commands.bench.figures import MILLISECONDS, SECONDS, Figure, in_turn
from tests.commands.bench.processes import Cloud, Spent, Worker, worker

LATENCIES = (0.0, 0.05)
CALLS = 2
CONCURRENCIES = (8, 32)
_Pairs = dict[float, list[tuple[Spent, Spent]]]


@dataclass(frozen=True, slots=True)
class Match:
    """Ours against another client: which, in what words, from where, with what."""

    client: str
    words: str
    ours: Path
    theirs: Path
    settings: Mapping[str, str]
    wanted_processor: float
    wanted_wall: float | None = None

    def figures(self, cloud: Cloud, counts: Counts) -> Iterator[Figure]:
        """Yield processor and wall time of one bootstrap, at each latency."""
        found = [self._pairs(cloud, counts) for _ in range(counts.processes)]
        for latency in LATENCIES:
            pairs = [pair for each in found for pair in each[latency]]
            calls = f"calls of {latency * 1000:.0f} ms"
            yield Figure(
                f"warm bootstrap, processor, {calls}",
                self.words,
                MILLISECONDS,
                [(ours.processor, theirs.processor) for ours, theirs in pairs],
                self.wanted_processor,
            )
            yield Figure(
                f"warm bootstrap, wall, {calls}",
                self.words,
                MILLISECONDS,
                [(ours.wall, theirs.wall) for ours, theirs in pairs],
                self.wanted_wall if latency else None,
            )

    def _pairs(self, cloud: Cloud, counts: Counts) -> _Pairs:
        """Return pairs of blocks, by latency, from a pair of fresh processes."""
        with (
            worker("ours", self.ours, self.settings) as ours,
            worker(self.client, self.theirs, self.settings) as theirs,
        ):
            sides = _Side(ours, cloud), _Side(theirs, cloud)
            for side in sides:  # what a first call does is not warm
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

    def block(self, latency: float, count: int) -> Spent:
        """Return what one bootstrap of many took."""
        self.cloud.reset(latency)
        spent = self.worker.each(count)
        return Spent(spent.processor / count, spent.wall / count)


def _blocks(
    one: _Side, other: _Side, latency: float, size: int, times: int
) -> Iterator[tuple[Spent, Spent]]:
    """Yield pairs of blocks of so many bootstraps each."""
    return in_turn(
        lambda: one.block(latency, size), lambda: other.block(latency, size), times
    )


def many(cloud: Cloud, bundle: Path, counts: Counts) -> Iterator[Figure]:
    """Yield the wall time of one event with many listeners, beside the ideal."""
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
        usual = concurrency == CONCURRENCIES[0]
        yield Figure(what, calls, SECONDS, pairs, 1.25 if usual else None)
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
