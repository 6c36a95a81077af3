"""One execution environment of AWS Lambda: AWS's emulator of it, and AWS's client.

The Runtime Interface Emulator takes one invocation at a time, as Lambda gives one
environment one at a time. It reports every failure with status 200, in the body.
"""

from __future__ import annotations

import json
import platform
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from tests.deployment.built import ROOT, RUNTIME

_MACHINE = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
_INVOCATIONS = "/2015-03-31/functions/function/invocations"
_START_SECONDS = 20


def _emulator() -> Path:
    """Return where AWS's command line keeps the emulator."""
    (found,) = (ROOT / ".venv/sam").glob(f"**/local/rapid/aws-lambda-rie-{_MACHINE}")
    return found


class Execution:
    """A function that runs; `written` is the file of its log."""

    def __init__(self, port: int, written: Path) -> None:
        """Take where it listens."""
        self._port = port
        self._written = written

    def invoke(self, event: object) -> Any:  # noqa: ANN401 # JSON
        """Return the function's answer to an event, or what it raised."""
        answered = self.invoke_raw(event)
        return json.loads(answered)

    def invoke_raw(self, event: object) -> str:
        """Return the answer as the platform gives it."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request("POST", _INVOCATIONS, json.dumps(event))
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def lines(self, message: str | None = None) -> list[dict[str, Any]]:
        """Return the log's lines of the function itself, perhaps of one message."""
        every = self._written.read_text("utf-8").splitlines()
        lines = [json.loads(line) for line in every if line.startswith("{")]
        return [line for line in lines if message in (None, line.get("message"))]

    def log(self) -> str:
        """Return all that was written."""
        return self._written.read_text("utf-8")


@contextmanager
def executing(
    bundle: Path, function: str, settings: Mapping[str, str], seconds: int = 30
) -> Iterator[Execution]:
    """Run a function of the bundle, cold; its configured time is `seconds`."""
    port, written = _free_port(), bundle.parent / f"{function}-{time.time_ns()}.log"
    with (
        written.open("w") as log,
        subprocess.Popen(  # noqa: S603 # our own words
            _words(port, f"functions.{function}.handler"),
            cwd=bundle,
            env=_environment(bundle, function, seconds) | dict(settings),
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            _wait_for(port)
            yield Execution(port, written)
        finally:
            process.terminate()


def _words(port: int, handler: str) -> list[str]:
    ours = ("--runtime-interface-emulator-address", f"127.0.0.1:{port}")
    clients = ("--runtime-api-address", f"127.0.0.1:{_free_port()}")
    client = (str(RUNTIME), "-m", "awslambdaric", handler)
    return [str(_emulator()), "--log-level", "error", *ours, *clients, *client]


def _environment(bundle: Path, function: str, seconds: int) -> dict[str, str]:
    """Return what Lambda sets; the code folder is read-only there."""
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LAMBDA_TASK_ROOT": str(bundle),
        "AWS_REGION": "eu-central-1",
        "AWS_LAMBDA_FUNCTION_NAME": function,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_FUNCTION_TIMEOUT": str(seconds),
        "AWS_LAMBDA_LOG_FORMAT": "JSON",
    }


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _wait_for(port: int) -> None:
    """Wait until somebody listens: the emulator does not tell when it is ready."""
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return
