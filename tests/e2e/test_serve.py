"""`make serve`: the functions as local webhooks, used as a user uses them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.emulator import Emulator

ROOT = Path(__file__).parents[2]
README = (ROOT / "functions/triggers/README.md").read_text("utf-8")
SIGNING_EXAMPLE = next(
    block
    for block in re.findall("```sh\n(.*?)```", README, re.DOTALL)
    if "webhook-signature" in block
)
SECRET = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
SERVE = (sys.executable, "-m", "tests.commands.serve", "--port")
MINIMAL_ENVIRONMENT = {
    name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ
}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Emulator]:
    """Return the emulated cloud that the served functions call."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def address(cloud: Emulator) -> Iterator[str]:
    """Serve the functions with a known secret and return their base URL."""
    with subprocess.Popen(  # noqa: S603 # a fixed command
        [*SERVE, "0", "--cloud", cloud.url],
        cwd=ROOT,
        env={**MINIMAL_ENVIRONMENT, "WEBHOOK_SECRETS": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Calling the emulator")
        yield process.stdout.readline().strip().removesuffix("/bootstrap")
        process.terminate()


def _request(
    address: str, method: str, path: str, body: bytes = b"", content_length: str = ""
) -> tuple[int, dict[str, object]]:
    """Return the status and the document of the response to a request."""
    connection = HTTPConnection(urlsplit(address).netloc)
    headers = {"Content-Length": content_length} if content_length else {}
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    text = response.read()
    connection.close()
    return response.status, json.loads(text or "{}")


def test_the_signing_example_of_the_readme_works(address: str, cloud: Emulator) -> None:
    """The commands of the example, run in a shell, bootstrap a listener."""
    script = SIGNING_EXAMPLE.replace("http://127.0.0.1:8000", address)
    done = subprocess.run(  # noqa: S603 # commands from the README
        ["bash", "-euc", script],  # noqa: S607 # the shell of the user
        env={**MINIMAL_ENVIRONMENT, "WEBHOOK_SECRETS": SECRET, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.startswith("HTTP/1.1 201 Created"), done.stderr
    document = json.loads(done.stdout.splitlines()[-1])
    assert [document["logtank_id"]] == [each["id"] for each in cloud.logtanks]


REJECTED = [
    ("POST", "/bootstrap", b"{}", 401),
    ("POST", "/create_log_stream", b"{}", 401),
    ("POST", "/create_logtank", b"{}", 401),
    ("POST", "/bootstrap", b"\xff", 401),
    ("GET", "/bootstrap", b"", 405),
    ("PUT", "/bootstrap?x=1", b"", 405),
    ("OPTIONS", "/bootstrap", b"", 405),
    ("HEAD", "/bootstrap", b"", 405),
    ("POST", "/", b"", 404),
    ("POST", "/bootstrap/", b"", 404),
]


@pytest.mark.parametrize("case", REJECTED, ids=lambda case: " ".join(map(str, case)))
def test_anything_but_a_signed_post_to_a_function_is_rejected(
    address: str, cloud: Emulator, case: tuple[str, str, bytes, int]
) -> None:
    """The function or, for an unknown path, the gateway rejects it without a call."""
    method, path, body, status = case
    before = len(cloud.calls)
    actual, document = _request(address, method, path, body)
    assert actual == status
    assert status != 401 or document["title"] == "Unauthenticated"
    assert len(cloud.calls) == before


@pytest.mark.parametrize("length", ["10000001", "-1", "many"])
def test_an_invalid_or_excessive_content_length_is_rejected(
    address: str, length: str
) -> None:
    """The request gets a 413 before the body is read."""
    assert _request(address, "POST", "/bootstrap", content_length=length)[0] == 413


def test_a_secret_is_generated_if_none_is_set(cloud: Emulator) -> None:
    """The secret is printed, so that requests can be signed."""
    with subprocess.Popen(  # noqa: S603 # a fixed command
        [*SERVE, "0", "--cloud", cloud.url],
        cwd=ROOT,
        env=MINIMAL_ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert re.search(r"this one was made: whsec_[A-Za-z0-9+/]{32}$", line.rstrip())


def test_a_port_that_is_in_use_is_reported(cloud: Emulator) -> None:
    """The message names the port, without a traceback."""
    port = str(urlsplit(cloud.url).port)
    done = subprocess.run(  # noqa: S603 # a fixed command
        [*SERVE, port],
        cwd=ROOT,
        env=MINIMAL_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert f"cannot listen on port {port}: " in done.stderr
    assert "Traceback" not in done.stderr
