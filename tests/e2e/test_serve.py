"""`make serve`: the functions as webhooks on this machine, tried as a user would."""

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
README = (ROOT / "README.md").read_text("utf-8")
SIGNED = next(
    block
    for block in re.findall("```sh\n(.*?)```", README, re.DOTALL)
    if "webhook-signature" in block
)
SECRET = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"
SERVE = (sys.executable, "-m", "tests.commands.serve", "--port")
LEAST = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Emulator]:
    """Return an emulated cloud that the served functions call."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def address(cloud: Emulator) -> Iterator[str]:
    """Return where the functions are served, with this module's secret."""
    with subprocess.Popen(  # noqa: S603 # our own words
        [*SERVE, "0", "--cloud", cloud.url],
        cwd=ROOT,
        env={**LEAST, "WEBHOOK_SECRETS": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("Calling the emulator")
        yield process.stdout.readline().strip().removesuffix("/bootstrap")
        process.terminate()


def _asked(
    address: str, method: str, path: str, body: bytes = b"", content_length: str = ""
) -> tuple[int, dict[str, object]]:
    """Return the status and the document that a request is answered with."""
    connection = HTTPConnection(urlsplit(address).netloc)
    headers = {"Content-Length": content_length} if content_length else {}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, json.loads(text or "{}")


def test_the_readmes_signature_lets_in(address: str, cloud: Emulator) -> None:
    """Its lines, typed into a shell, bootstrap a listener."""
    script = SIGNED.replace("http://127.0.0.1:8000", address)
    done = subprocess.run(  # noqa: S603 # the README's words
        ["bash", "-euc", script],  # noqa: S607 # the user's own shell
        env={**LEAST, "WEBHOOK_SECRETS": SECRET, "NO_PROXY": "127.0.0.1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.startswith("HTTP/1.1 201 Created"), done.stderr
    document = json.loads(done.stdout.splitlines()[-1])
    assert [document["logtank_id"]] == [each["id"] for each in cloud.logtanks]


REFUSED = [
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


@pytest.mark.parametrize("asked", REFUSED, ids=lambda asked: " ".join(map(str, asked)))
def test_what_is_no_signed_post_to_a_function_is_refused(
    address: str, cloud: Emulator, asked: tuple[str, str, bytes, int]
) -> None:
    """By the function, or where there is none by the gateway; nothing is called."""
    method, path, body, status = asked
    before = len(cloud.calls)
    told, document = _asked(address, method, path, body)
    assert told == status
    assert status != 401 or document["title"] == "Unauthenticated"
    assert len(cloud.calls) == before


@pytest.mark.parametrize("length", ["10000001", "-1", "many"])
def test_a_length_that_no_gateway_takes_is_refused(address: str, length: str) -> None:
    """Before anything of the body is read."""
    assert _asked(address, "POST", "/bootstrap", content_length=length)[0] == 413


def test_without_a_secret_one_is_made(cloud: Emulator) -> None:
    """And shown, since nobody could sign otherwise."""
    with subprocess.Popen(  # noqa: S603 # our own words
        [*SERVE, "0", "--cloud", cloud.url],
        cwd=ROOT,
        env=LEAST,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        process.terminate()
    assert re.search(r"this one was made: whsec_[A-Za-z0-9+/]{32}$", line.rstrip())


def test_a_port_that_is_taken_is_named(cloud: Emulator) -> None:
    """In a sentence."""
    port = str(urlsplit(cloud.url).port)
    done = subprocess.run(  # noqa: S603 # our own words
        [*SERVE, port],
        cwd=ROOT,
        env=LEAST,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert f"cannot listen on port {port}: " in done.stderr
    assert "Traceback" not in done.stderr
