"""`make serve`: the functions as local webhooks, used as a user uses them."""

from __future__ import annotations

import json
import re
import socket
import struct
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from urllib.parse import SplitResult, urlsplit

import pytest

from tests import snippets
from tests.e2e.serving import (
    COMMAND,
    MINIMAL_ENVIRONMENT,
    ROOT,
    SECRET,
    serving,
    signed_headers,
)
from tests.emulator import Emulator
from tests.snippets import each_shell

PAGE = "functions/triggers/README.md"
SIGNING_EXAMPLE = snippets.block(PAGE, "sh", "webhook-signature")
DOCUMENTED_RESPONSE = snippets.block(PAGE, "text", "HTTP/1.1")
VARYING = {"Server", "Date", "log_stream_id", "logtank_id"}
"""Headers and fields of the response whose values differ every time."""


@pytest.fixture(scope="module")
def cloud() -> Iterator[Emulator]:
    """Return the emulated cloud that the served functions call."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def address(cloud: Emulator) -> Iterator[str]:
    """Serve the functions with a known secret and return their base URL."""
    with serving(cloud) as base_url:
        yield base_url


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


@each_shell
def test_the_signing_example_gets_the_documented_response(
    shell: str, address: str, cloud: Emulator
) -> None:
    """The commands, run in a shell, bootstrap a listener."""
    cloud.reset()
    script = SIGNING_EXAMPLE.replace("http://127.0.0.1:8000", address)
    secret = {"WEBHOOK_SECRETS": SECRET, "NO_PROXY": "127.0.0.1"}
    done = snippets.run(shell, script, ROOT, {**MINIMAL_ENVIRONMENT, **secret})
    assert _items(done.stdout) == _items(DOCUMENTED_RESPONSE), done.stderr
    document = json.loads(done.stdout.splitlines()[-1])
    assert [document["logtank_id"]] == [each["id"] for each in cloud.logtanks]


def _items(response: str) -> list[tuple[str, object]]:
    """Return the status, headers and fields in their order, without varying values."""
    status, *headers, empty, body = response.splitlines()
    assert empty == ""
    items = [tuple(each.split(": ", 1)) for each in headers]
    items += json.loads(body).items()
    return [("", status), *((n, v) for n, v in items if n not in VARYING)]


def test_the_documented_secret_is_accepted(cloud: Emulator) -> None:
    """The commands of the first shell make a secret, and print it for the second."""
    setup = snippets.block(PAGE, "sh", "make serve")
    done = snippets.run("sh", f"make() {{ :; }}\n{setup}", ROOT, MINIMAL_ENVIRONMENT)
    name, _, secret = done.stdout.strip().removeprefix("export ").partition("=")
    with serving(cloud, **{name: secret}) as base_url:
        assert _request(base_url, "POST", "/bootstrap", b"{}")[0] == 401


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


def _post(address: str, body: bytes, headers: list[tuple[str, str]]) -> int:
    """Send a request, whose headers may be repeated, and return the status."""
    connection = HTTPConnection(urlsplit(address).netloc)
    connection.putrequest("POST", "/create_log_stream")
    for name, value in [*headers, ("Content-Length", str(len(body)))]:
        connection.putheader(name, value)
    connection.endheaders(body)
    status = connection.getresponse().status
    connection.close()
    return status


BODY = (ROOT / "tests/events/create_log_stream.json").read_bytes()
SECOND_VALUES = {
    "webhook-id": ["msg_other"],
    "webhook-timestamp": ["1"],
    "webhook-signature": ["v1,b3RoZXI=", " v1,b3RoZXI="],
}


@pytest.mark.parametrize("name", SECOND_VALUES)
@pytest.mark.parametrize("is_last", [True, False])
def test_a_repeated_webhook_header_is_rejected(
    address: str, cloud: Emulator, name: str, *, is_last: bool
) -> None:
    """The request gets a 401 even if one or both values are valid, in any order."""
    before = len(cloud.calls)
    signed = signed_headers(BODY)
    for value in (*SECOND_VALUES[name], signed[name]):
        second = [(name.title(), value)]
        first = list(signed.items())
        headers = [*first, *second] if is_last else [*second, *first]
        assert _post(address, BODY, headers) == 401
    assert len(cloud.calls) == before


def test_a_second_header_beside_a_list_of_signatures_is_rejected(address: str) -> None:
    """Joined by a comma, the values would still contain the valid signature."""
    signed = signed_headers(BODY)
    signed["webhook-signature"] += " v1,b3RoZXI="
    assert _post(address, BODY, list(signed.items())) in {200, 201}

    second = ("webhook-signature", "v1,b3RoZXI=")
    assert _post(address, BODY, [*signed.items(), second]) == 401


def test_other_headers_can_be_repeated(address: str) -> None:
    """For example, each proxy may add a header of its own."""
    repeated = [("X-Forwarded-For", "192.0.2.1"), ("X-Forwarded-For", "192.0.2.2")]
    headers = [*signed_headers(BODY).items(), *repeated]
    assert _post(address, BODY, headers) in {200, 201}


SMUGGLED = "POST /create_log_stream HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
UNRELIABLE_LENGTHS = [
    ("Transfer-Encoding: chunked", 411),
    ("transfer-encoding: chunked\r\nContent-Length: 5", 411),
    ("Transfer-Encoding: identity", 411),
    ("Content-Length: 5\r\nContent-Length: 6", 400),
    ("Content-Length: 10000001", 413),
    (f"Content-Length: {'9' * 5000}", 413),
]


@pytest.mark.parametrize(("headers", "status"), UNRELIABLE_LENGTHS)
def test_a_body_of_unreliable_length_is_rejected(
    address: str, headers: str, status: int
) -> None:
    """The connection is closed, since the body could be mistaken for a request.

    The server reads what the client has already sent, because the client might not
    receive the response otherwise.
    """
    url = urlsplit(address)
    head = f"POST /create_log_stream HTTP/1.1\r\nHost: x\r\n{headers}\r\n\r\n"
    chunks = "5\r\nhello\r\n0\r\n\r\n" + SMUGGLED + "x" * 1_000_000
    with socket.create_connection((url.hostname, url.port or 80), 10) as connection:
        connection.sendall((head + chunks).encode())
        connection.shutdown(socket.SHUT_WR)
        response = connection.makefile("rb").read().decode()

    assert response.startswith(f"HTTP/1.1 {status} ")
    assert "\r\nConnection: close\r\n" in response
    assert response.count("HTTP/1.1 ") == 1


def _disconnect(url: SplitResult, body: str) -> None:
    """Send a request with a body of two bytes, and reset the connection."""
    head = "POST /bootstrap HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n"
    reset_on_close = struct.pack("ii", 1, 0)
    with socket.create_connection((url.hostname, url.port or 80), 10) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset_on_close)
        client.sendall((head + body).encode())


def test_a_client_that_disconnects_causes_no_traceback(cloud: Emulator) -> None:
    """Nothing is printed if a client disconnects within the body or after it."""
    with subprocess.Popen(  # noqa: S603 # a fixed command
        [*COMMAND, "0", "--cloud", cloud.url],
        cwd=ROOT,
        env={**MINIMAL_ENVIRONMENT, "WEBHOOK_SECRETS": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        url = urlsplit(process.stdout.readline().strip())
        for body in ("{", "{}"):
            _disconnect(url, body)
        assert _request(f"http://{url.netloc}", "GET", "/bootstrap")[0] == 405
        process.terminate()
        _, errors = process.communicate(timeout=10)
    assert errors == ""


def test_a_secret_is_generated_if_none_is_set(cloud: Emulator) -> None:
    """The secret is printed, so that requests can be signed."""
    with subprocess.Popen(  # noqa: S603 # a fixed command
        [*COMMAND, "0", "--cloud", cloud.url],
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
    """The message is one line that starts with the command and names the port."""
    port = str(urlsplit(cloud.url).port)
    done = subprocess.run(  # noqa: S603 # a fixed command
        [*COMMAND, port],
        cwd=ROOT,
        env=MINIMAL_ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    message = f"make serve: cannot listen on PORT {port}: Address already in use\n"
    assert done.stderr == message
