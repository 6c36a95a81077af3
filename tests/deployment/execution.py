"""An execution environment of AWS Lambda: the Runtime Interface Emulator and client.

The emulator accepts one invocation at a time, like an environment on Lambda. It reports
every failure with status 200, in the body.
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
    """Return the path of the Runtime Interface Emulator that the SAM CLI ships."""
    (found,) = (ROOT / ".venv/sam").glob(f"**/local/rapid/aws-lambda-rie-{_MACHINE}")
    return found


class Execution:
    """A running function; `log_file` holds its log."""

    def __init__(self, port: int, log_file: Path) -> None:
        self._port = port
        self._log_file = log_file

    def invoke(self, event: object) -> Any:  # noqa: ANN401 # JSON
        """Return the function's result for an event, or the error it raised."""
        return json.loads(self.invoke_raw(event))

    def invoke_raw(self, event: object) -> str:
        """Return the response body of the emulator."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        connection.request("POST", _INVOCATIONS, json.dumps(event))
        text = connection.getresponse().read().decode()
        connection.close()
        return text

    def lines(self, message: str | None = None) -> list[dict[str, Any]]:
        """Return the function's own log lines, optionally of one message."""
        written = self._log_file.read_text("utf-8").splitlines()
        lines = [json.loads(line) for line in written if line.startswith("{")]
        return [line for line in lines if message in (None, line.get("message"))]

    def log(self) -> str:
        """Return the whole log."""
        return self._log_file.read_text("utf-8")


@contextmanager
def executing(
    bundle: Path, function: str, settings: Mapping[str, str], seconds: int = 30
) -> Iterator[Execution]:
    """Start a function of the bundle with a configured timeout of `seconds`."""
    port, log_file = free_port(), bundle.parent / f"{function}-{time.time_ns()}.log"
    with (
        log_file.open("w") as log,
        subprocess.Popen(  # noqa: S603 # a fixed command
            _command(port, f"functions.{function}.handler"),
            cwd=bundle,
            env=_environment(bundle, function, seconds) | dict(settings),
            stdout=log,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            wait_for(port)
            yield Execution(port, log_file)
        finally:
            process.terminate()


def _command(port: int, handler: str) -> list[str]:
    emulator = ("--runtime-interface-emulator-address", f"127.0.0.1:{port}")
    runtime_api = ("--runtime-api-address", f"127.0.0.1:{free_port()}")
    client = (str(RUNTIME), "-m", "awslambdaric", handler)
    return [str(_emulator()), "--log-level", "error", *emulator, *runtime_api, *client]


def _environment(bundle: Path, function: str, seconds: int) -> dict[str, str]:
    """Return the variables that Lambda sets; its code folder is read-only."""
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


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(port: int) -> None:
    """Poll a port, since the server does not report when it is ready."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
