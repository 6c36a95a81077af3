"""Cold starts in AWS's runtime, with and without bytecode."""

from __future__ import annotations

import time
from pathlib import Path

from tests.commands.bench.counts import Counts
from tests.commands.bench.figures import SECONDS, Figure, alternating
from tests.commands.bench.folders import Folder
from tests.commands.bench.processes import Cloud
from tests.deployment.execution import executing


def figure(bundle: Folder, cloud: Cloud, counts: Counts) -> Figure:
    """Return the time from the start to the first result."""
    cloud.reset(0)
    for folder in (bundle.compiled, bundle.plain):  # to warm the system's caches
        _seconds(folder, cloud)
    pairs = alternating(
        lambda: _seconds(bundle.compiled, cloud),
        lambda: _seconds(bundle.plain, cloud),
        counts.runtimes,
    )
    label = "without bytecode"
    return Figure("start to first answer on Lambda", label, SECONDS, list(pairs))


def _seconds(folder: Path, cloud: Cloud) -> float:
    event = {"resource_id": f"listener-{time.time_ns()}"}
    began = time.perf_counter()
    with executing(folder, "bootstrap", cloud.token) as execution:
        result = execution.invoke(event)
        seconds = time.perf_counter() - began
    assert result["created"] == ["log_stream", "logtank"], result
    return seconds
