"""Cold starts of every function: its import alone, and with its first event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from functions.invocation.tasks import TASKS
from tests.commands.bench import cold
from tests.commands.bench.counts import Counts
from tests.commands.bench.figures import MILLISECONDS, Figure
from tests.commands.bench.processes import Cloud
from tests.commands.build import ROOT

_SAMPLES = {
    name: json.loads((ROOT / "tests" / "events" / f"{name}.json").read_text("utf-8"))
    for name in TASKS
}
_STREAM = _SAMPLES["create_logtank"]["logtank"]["log_stream_id"]
_WAYS = (
    ("cold import of {}, processor", "", 0.75),
    ("import and first event of {}, processor", "\n{}.handler({}, None)", None),
)
"""What is measured: its label, the program after the import, and the target."""


def figures(bundle: Path, cloud: Cloud, counts: Counts) -> Iterator[Figure]:
    """Yield the processor time of both ways for each function."""
    rounds = [_round(bundle, cloud) for _ in range(counts.first_events + 1)][1:]
    for label, _, target in _WAYS:
        for name in TASKS:
            what = label.format(name)
            pairs = [(times[what], times[""]) for times in rounds]
            yield Figure(what, cold.LIBRARIES_LABEL, MILLISECONDS, pairs, target)


def _round(bundle: Path, cloud: Cloud) -> dict[str, float]:
    """Return the processor times by label; that of the libraries has none."""
    times = {"": cold.start(cold.LIBRARIES, bundle).processor}
    for name, event in _SAMPLES.items():
        for label, rest, _ in _WAYS:
            cloud.reset(0)
            cloud.seed(log_streams=[{"log_stream_id": _STREAM}])
            program = f"{cold.FROM}\nimport {name}{rest.format(name, event)}"
            start = cold.start(program, bundle, cloud.token)
            times[label.format(name)] = start.processor
    return times
