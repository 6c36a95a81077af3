"""All listeners of an account: surveyed, planned, and given their logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.commands.bench.clients import seeded
from tests.commands.bench.counts import Counts
from tests.commands.bench.figures import CALLS, SECONDS, Figure, Unit, alternating
from tests.commands.bench.processes import Cloud, Worker, worker

_LATENCY = 0.05
_CONCURRENCY = 8
_RESOURCES: Mapping[str, Mapping[str, str]] = {
    "listeners": {"id": seeded.LISTENER, "name": "web-{n}"},
    "log_streams": {"log_stream_id": seeded.STREAM, "log_stream_name": seeded.NAME},
    "logtanks": {
        "id": seeded.LOGTANK,
        "resource_id": seeded.LISTENER,
        "log_stream_id": seeded.STREAM,
    },
}
_SURVEYS = {"status": "status", "plan": "reconcile, nothing to do"}
"""What each action of a client is called in the report."""
_UNITS: Mapping[str, Unit] = {"wall": SECONDS, "calls": CALLS}
"""The unit of each measurement of a run, in order."""
_LISTS = 3
"""Calls that list all of an account: listeners, logtanks, and the group's streams."""


class _Alternative(NamedTuple):
    """What surveys the account as well, and the settings with which both sides do."""

    client: str
    label: str
    folder: Path
    settings: Mapping[str, str]


class _Account(NamedTuple):
    """So many listeners, with resources of these kinds before each run."""

    cloud: Cloud
    listeners: int
    kinds: tuple[str, ...]

    def run(self, client: Worker, action: str) -> tuple[float, float]:
        """Return the wall seconds and the number of calls of one run."""
        count = {"count": self.listeners}
        self.cloud.reset(_LATENCY)
        self.cloud.seed(
            **{kind: [{**_RESOURCES[kind], **count}] for kind in self.kinds}
        )
        wall = client.account(action, self.listeners).wall
        return wall, float(len(self.cloud.calls()))


_Pairs = list[tuple[tuple[float, float], tuple[float, float]]]


def figures(cloud: Cloud, ours: Path, sdk: Path, counts: Counts) -> Iterator[Figure]:
    """Yield wall times and calls of surveys, and of runs that give listeners logs."""
    shipping = _Account(cloud, counts.many, tuple(_RESOURCES))
    for other in (
        _Alternative("sdk_account", "a script on the SDK", sdk, cloud.keys),
        _Alternative("refresh", "a Terraform refresh", ours, cloud.token),
    ):
        yield from _surveys(shipping, ours, other, counts.events)
    yield from _applied(_Account(cloud, counts.many, ("listeners",)), ours, counts)


def _surveys(
    account: _Account, ours: Path, other: _Alternative, times: int
) -> Iterator[Figure]:
    count = {seeded.LISTENERS_SETTING: str(account.listeners)}
    settings = {**other.settings, **count}
    with (
        worker("ours", ours, settings) as our_process,
        worker(other.client, other.folder, settings) as their_process,
    ):
        for action, name in _SURVEYS.items():
            our_run = partial(account.run, our_process, action)
            their_run = partial(account.run, their_process, action)
            our_run(), their_run()  # exclude the first calls, which are cold
            pairs = list(alternating(our_run, their_run, times))
            what = f"{name}, {account.listeners} listeners"
            yield from _compared(what, other.label, pairs)


def _compared(what: str, label: str, pairs: _Pairs) -> Iterator[Figure]:
    for place, (name, unit) in enumerate(_UNITS.items()):
        of_unit = [(ours[place], theirs[place]) for ours, theirs in pairs]
        yield Figure(f"{what}, {name}", label, unit, of_unit)


def _applied(account: _Account, ours: Path, counts: Counts) -> Iterator[Figure]:
    """Compare with no work but the calls that are needed, eight at a time."""
    settings = {
        **account.cloud.token,
        "LOG_STREAMS_PER_GROUP": "1000",
        "MAX_CONCURRENCY": str(_CONCURRENCY),
    }
    new_streams = {
        "apply_shared": ("a shared stream", 1),
        "apply_own": ("own streams", account.listeners),
    }
    with worker("ours", ours, settings) as process:
        for action, (name, streams) in new_streams.items():
            calls = _LISTS + streams + account.listeners
            ideal = calls * _LATENCY / _CONCURRENCY
            runs = [account.run(process, action) for _ in range(counts.events)]
            what = f"reconcile to {name}, {account.listeners} listeners"
            label = f"no work but calls of {_LATENCY * 1000:.0f} ms"
            walls = [(wall, ideal) for wall, _ in runs]
            yield Figure(f"{what}, wall", label, SECONDS, walls, 1.25)
            made = [(number, float(calls)) for _, number in runs]
            yield Figure(f"{what}, calls", "needed calls", CALLS, made, 1.1)
