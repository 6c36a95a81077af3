"""The measured processes, and the emulator in a separate process."""

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

ISOLATED_PYTHON = (sys.executable, "-I", "-S", "-B")
"""An interpreter with only the standard library and a random hash seed."""
_IMPORT = "import sys; sys.path.append(sys.argv[1]); from tests.commands.bench.worker"
_WORKER = f"{_IMPORT} import main; main(*sys.argv[2:])"
_START_SECONDS = 30


class Cloud:
    """A running emulator; `keys` and `token` are the settings of its clients."""

    def __init__(self, address: str) -> None:
        """Derive the settings from the emulator's address."""
        self._address = address
        self.keys = Account(Identity()).environment_at(address)
        self.token = {
            name: value
            for name, value in self.keys.items()
            if name not in {"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"}
        } | {"HUAWEICLOUD_AUTH_TOKEN": Identity().token}

    def reset(
        self,
        latency: float,
        rate_limits: Mapping[str, int] | None = None,
        free_calls: int = 0,
    ) -> None:
        """Reset the emulator, delay replies by seconds, limit the calls per second.

        The first `free_calls` calls are not limited.
        """
        options = {
            "latency_seconds": latency,
            "rate_limits": rate_limits or {},
            "calls_before_rate_limits": free_calls,
        }
        self._post("reset", options)

    def seed(self, **resources: list[dict[str, object]]) -> None:
        """Put resources into the account, by kind."""
        self._post("seed", resources)

    def _post(self, action: str, document: object) -> None:
        data = json.dumps(document).encode()
        urlopen(f"{self._address}/_emulator/{action}", data).close()  # noqa: S310

    def calls(self) -> list[dict[str, object]]:
        """Return the calls since the last reset."""
        with urlopen(f"{self._address}/_emulator/calls") as response:  # noqa: S310
            found: list[dict[str, object]] = json.load(response)
            return found


@contextmanager
def cloud(folder: Path) -> Iterator[Cloud]:
    """Run an emulator with a very large stream quota; its log goes to `folder`."""
    log_file = folder / "emulator.log"
    options = ("--port", "0", "--stream-quota", "1000000")
    with (
        log_file.open("w") as out,
        subprocess.Popen(  # noqa: S603 # a fixed command
            [sys.executable, "-m", "tests.emulator", *options], cwd=ROOT, stdout=out
        ) as process,
    ):
        try:
            yield Cloud(_address(log_file))
        finally:
            process.terminate()


def _address(log_file: Path) -> str:
    deadline = time.monotonic() + _START_SECONDS
    while "\n" not in (text := log_file.read_text("utf-8")):
        if time.monotonic() > deadline:
            raise TimeoutError("the emulator did not start")
        time.sleep(0.05)
    return next(word for word in text.split() if word.startswith("http:"))


class Timing(NamedTuple):
    """Duration of a piece of work, in seconds."""

    processor: float
    wall: float


class Worker:
    """A client in a separate process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def each(self, count: int) -> Timing:
        """Bootstrap listeners sequentially."""
        return self._run(f"each {count}")

    def all(self, count: int) -> Timing:
        """Bootstrap listeners with one event."""
        return self._run(f"all {count}")

    def account(self, action: str, count: int) -> Timing:
        """Do something for all listeners of the account, which are so many."""
        return self._run(f"{action} {count}")

    def _run(self, command: str) -> Timing:
        assert self._process.stdin
        assert self._process.stdout
        print(command, file=self._process.stdin, flush=True)
        return Timing(*map(float, self._process.stdout.readline().split()))


@contextmanager
def worker(client: str, folder: Path, settings: Mapping[str, str]) -> Iterator[Worker]:
    """Run a client with the libraries in a folder and only the given settings."""
    with subprocess.Popen(  # noqa: S603 # a fixed command
        [*ISOLATED_PYTHON, "-c", _WORKER, str(ROOT), client, str(folder)],
        env={"HOME": str(folder.parent), **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Worker(process)
        assert process.stdin
        process.stdin.close()
