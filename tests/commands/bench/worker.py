"""A client's process: bootstraps as many fresh listeners as it is told, and counts.

Told `each 20`, twenty after another; `all 20`, twenty at once. It answers with its own
processor time and the wall time, in seconds. What the client prints goes to /dev/null.
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
    """Serve on standard input with a client whose libraries are in a folder."""
    sys.path.insert(0, folder)
    answers = sys.stdout
    with open(os.devnull, "w", encoding="utf-8") as sys.stdout:  # noqa: PTH123
        client = cast("_Client", import_module(f"tests.commands.bench.clients.{name}"))
        _require_own(folder)
        for line in sys.stdin:
            how, count = line.split()
            processor, wall = _timed(client, int(count), together=how == "all")
            print(processor, wall, file=answers, flush=True)


def _require_own(folder: str) -> None:
    """Make sure that no library came from elsewhere."""
    for name in ("requests", "functions", "huaweicloudsdkcore"):
        found = getattr(sys.modules.get(name), "__file__", None) or folder
        if not found.startswith(folder):
            raise ImportError(f"{name} is not the folder's own")


def _timed(client: _Client, count: int, *, together: bool) -> tuple[float, float]:
    listeners = [str(uuid.uuid4()) for _ in range(count)]
    gc.collect()
    processor, wall = time.process_time(), time.perf_counter()
    if together:
        made = client.bootstrap(*listeners)
    else:
        made = [each for one in listeners for each in client.bootstrap(one)]
    spent = time.process_time() - processor, time.perf_counter() - wall
    if len(set(made)) != count:
        raise ValueError("not every listener got a logtank of its own")
    return spent
