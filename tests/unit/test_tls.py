"""A server must prove by its certificate that it is the host that was called.

The server in these tests has a self-signed certificate for `localhost` only.
"""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from functions.errors import Unreachable
from tests.byte_server import document
from tests.unit.sending import POST, transport

ROOT = Path(__file__).parents[2]
PAIR = Path(__file__).with_name("localhost.pem")
"""A certificate with its private key, which is used only in these tests."""
CALL = """
import sys
from tests.unit.sending import GET, transport
print(transport(sys.argv[1])(GET).document)
"""


@pytest.fixture
def server() -> Iterator[tuple[int, list[bytes]]]:
    """Return the port of a TLS server, and the data that it receives."""
    received: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PAIR)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with (
            client,
            suppress(OSError),
            context.wrap_socket(client, server_side=True) as s,
        ):
            received.append(s.recv(65536))
            s.sendall(document({"id": "s"}, Connection="close").pieces[0])

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1], received
    thread.join()
    listener.close()


def _call_from_process(host: str, port: int) -> subprocess.CompletedProcess[str]:
    """Make a call from a new process that trusts the server's certificate."""
    return subprocess.run(  # noqa: S603 # a fixed command
        [sys.executable, "-c", CALL, f"https://{host}:{port}"],
        env={**os.environ, "REQUESTS_CA_BUNDLE": str(PAIR)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_with_an_untrusted_certificate_gets_no_request(
    server: tuple[int, list[bytes]],
) -> None:
    """No request, and so no credential, is written."""
    port, received = server
    with pytest.raises(Unreachable, match="the TLS handshake failed"):
        transport(f"https://localhost:{port}")(POST)

    assert received in ([], [b""])


def test_a_server_with_a_certificate_for_another_name_gets_no_request(
    server: tuple[int, list[bytes]],
) -> None:
    """The certificate itself is trusted."""
    port, received = server
    process = _call_from_process("127.0.0.1", port)

    assert "the TLS handshake failed" in process.stderr
    assert received in ([], [b""])


def test_a_server_trusted_by_the_environments_ca_bundle_is_called(
    server: tuple[int, list[bytes]],
) -> None:
    """This is required behind a gateway with a private CA."""
    port, received = server
    process = _call_from_process("localhost", port)

    assert process.stdout == "{'id': 's'}\n", process.stderr
    assert received[0].startswith(b"GET ")
