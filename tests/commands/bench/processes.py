"""The processes that are measured, and the emulated cloud in one of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from tests.commands.build import ROOT
from tests.emulator.identity import Account, Identity

ALONE = (sys.executable, "-I", "-S", "-B")
"""An interpreter that knows the standard library alone; its hash seed is random."""
_LIVES = "import sys; sys.path.append(sys.argv[1]); from tests.commands.bench.worker"
_WORKER = f"{_LIVES} import main; main(*sys.argv[2:])"
_START_SECONDS = 30


class Cloud:
    """An emulator that runs; any address of a client is in its `keys` and `token`."""

    def __init__(self, address: str) -> None:
        """Take where it listens."""
        self._address = address
        self.keys = Account(Identity()).environment_at(address)
        self.token = {
            name: value
            for name, value in self.keys.items()
            if name not in {"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"}
        } | {"HUAWEICLOUD_AUTH_TOKEN": Identity().token}

    def reset(self, latency: float) -> None:
        """Empty it; from now on each call takes so many seconds at least."""
        options = json.dumps({"latency_seconds": latency}).encode()
        urlopen(f"{self._address}/_emulator/reset", options).close()  # noqa: S310


@contextmanager
def cloud(folder: Path) -> Iterator[Cloud]:
    """Run an emulator that has room for every stream; `folder` is for its words."""
    said = folder / "emulator.log"
    options = ("--port", "0", "--stream-quota", "1000000")
    with (
        said.open("w") as out,
        subprocess.Popen(  # noqa: S603 # our own words
            [sys.executable, "-m", "tests.emulator", *options], cwd=ROOT, stdout=out
        ) as process,
    ):
        try:
            yield Cloud(_address(said))
        finally:
            process.terminate()


def _address(said: Path) -> str:
    until = time.monotonic() + _START_SECONDS
    while "\n" not in (text := said.read_text("utf-8")):
        if time.monotonic() > until:
            raise TimeoutError("the emulator does not start")
        time.sleep(0.05)
    return next(word for word in text.split() if word.startswith("http:"))


class Spent(NamedTuple):
    """What a piece of work took, in seconds."""

    processor: float
    wall: float


class Worker:
    """A client in a process of its own."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        """Take the process."""
        self._process = process

    def each(self, count: int) -> Spent:
        """Bootstrap listeners one after the other."""
        return self._told(f"each {count}")

    def all(self, count: int) -> Spent:
        """Bootstrap listeners with one event."""
        return self._told(f"all {count}")

    def _told(self, words: str) -> Spent:
        assert self._process.stdin
        assert self._process.stdout
        print(words, file=self._process.stdin, flush=True)
        return Spent(*map(float, self._process.stdout.readline().split()))


@contextmanager
def worker(client: str, folder: Path, settings: Mapping[str, str]) -> Iterator[Worker]:
    """Run a client with the libraries of a folder and with nothing but its settings."""
    with subprocess.Popen(  # noqa: S603 # our own words
        [*ALONE, "-c", _WORKER, str(ROOT), client, str(folder)],
        env={"HOME": str(folder.parent), **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Worker(process)
        assert process.stdin
        process.stdin.close()
