"""The process of a client: bootstraps new listeners and measures the time.

The command `each 20` bootstraps twenty listeners sequentially, `all 20` with one event.
The response is the processor time and the wall time in seconds. Output of the client
goes to /dev/null.
"""

from __future__ import annotations

import gc
import os
import sys
import time
import uuid
from importlib import import_module
from typing import Protocol, cast


class _Client(Protocol):
    def bootstrap(self, *listeners: str) -> list[str]: ...


def main(name: str, folder: str) -> None:
    """Execute commands from standard input, with the libraries in a folder."""
    sys.path.insert(0, folder)
    output = sys.stdout
    with open(os.devnull, "w", encoding="utf-8") as sys.stdout:  # noqa: PTH123
        client = cast("_Client", import_module(f"tests.commands.bench.clients.{name}"))
        _require_own(folder)
        for line in sys.stdin:
            mode, count = line.split()
            processor, wall = _timed(client, int(count), together=mode == "all")
            print(processor, wall, file=output, flush=True)


def _require_own(folder: str) -> None:
    """Check that all libraries were loaded from the folder."""
    for name in ("requests", "functions", "huaweicloudsdkcore"):
        found = getattr(sys.modules.get(name), "__file__", None) or folder
        if not found.startswith(folder):
            raise ImportError(f"{name} was not loaded from {folder}")


def _timed(client: _Client, count: int, *, together: bool) -> tuple[float, float]:
    listeners = [str(uuid.uuid4()) for _ in range(count)]
    gc.collect()
    processor, wall = time.process_time(), time.perf_counter()
    if together:
        logtank_ids = client.bootstrap(*listeners)
    else:
        logtank_ids = [each for one in listeners for each in client.bootstrap(one)]
    elapsed = time.process_time() - processor, time.perf_counter() - wall
    if len(set(logtank_ids)) != count:
        raise ValueError("the logtank IDs are not distinct")
    return elapsed
