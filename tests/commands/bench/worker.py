"""The process of a client: bootstraps new listeners and measures the time.

The command `each 20` bootstraps twenty listeners sequentially, `all 20` with one event.
Any other command, such as `status 20`, is a function of the client that concerns all
listeners of the account, and returns their number. The response is the processor time
and the wall time in seconds. Output of the client goes to /dev/null.
"""

from __future__ import annotations

import gc
import os
import sys
import time
import uuid
from collections.abc import Callable
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
            processor, wall = _timed(_work(client, mode, int(count)), int(count))
            print(processor, wall, file=output, flush=True)


def _require_own(folder: str) -> None:
    """Check that all libraries were loaded from the folder."""
    for name in ("requests", "functions", "huaweicloudsdkcore"):
        found = getattr(sys.modules.get(name), "__file__", None) or folder
        if not found.startswith(folder):
            raise ImportError(f"{name} was not loaded from {folder}")


def _work(client: _Client, mode: str, count: int) -> Callable[[], int]:
    """Return what a command does, which returns for how many listeners it was done."""
    listeners = [str(uuid.uuid4()) for _ in range(count)]
    if mode == "all":
        return lambda: len(set(client.bootstrap(*listeners)))
    if mode == "each":
        return lambda: len({id_ for one in listeners for id_ in client.bootstrap(one)})
    return cast("Callable[[], int]", getattr(client, mode))


def _timed(work: Callable[[], int], count: int) -> tuple[float, float]:
    gc.collect()
    processor, wall = time.process_time(), time.perf_counter()
    done = work()
    elapsed = time.process_time() - processor, time.perf_counter() - wall
    if done != count:
        raise ValueError(f"{done} listeners instead of {count}")
    return elapsed
