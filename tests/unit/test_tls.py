"""Whoever answers must prove to be the host that was called.

The server here has a certificate of its own making, good for `localhost` alone.
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
"""The certificate, and its key, which opens nothing."""
CALL = """
import sys
from tests.unit.sending import GET, transport
print(transport(sys.argv[1])(GET).document)
"""


@pytest.fixture
def server() -> Iterator[tuple[int, list[bytes]]]:
    """Return the port of a server, and what it has been told inside TLS."""
    heard: list[bytes] = []
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
            heard.append(s.recv(65536))
            s.sendall(document({"id": "s"}, Connection="close").pieces[0])

    thread = threading.Thread(target=serve)
    thread.start()
    yield listener.getsockname()[1], heard
    thread.join()
    listener.close()


def _called(host: str, port: int) -> subprocess.CompletedProcess[str]:
    """Call from a process of its own that trusts the server's certificate."""
    return subprocess.run(  # noqa: S603 # our own interpreter and program
        [sys.executable, "-c", CALL, f"https://{host}:{port}"],
        env={**os.environ, "REQUESTS_CA_BUNDLE": str(PAIR)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_server_that_nobody_vouches_for_is_told_nothing(
    server: tuple[int, list[bytes]],
) -> None:
    """No request, and so no credential, is written."""
    port, heard = server
    with pytest.raises(Unreachable, match="TLS failed"):
        transport(f"https://localhost:{port}")(POST)

    assert heard in ([], [b""])


def test_a_server_of_another_name_is_told_nothing(
    server: tuple[int, list[bytes]],
) -> None:
    """Though its certificate is trusted."""
    port, heard = server
    called = _called("127.0.0.1", port)

    assert "TLS failed" in called.stderr
    assert heard in ([], [b""])


def test_a_server_that_the_environments_bundle_vouches_for_is_called(
    server: tuple[int, list[bytes]],
) -> None:
    """As behind a gateway with a certificate of its own."""
    port, heard = server
    called = _called("localhost", port)

    assert called.stdout == "{'id': 's'}\n", called.stderr
    assert heard[0].startswith(b"GET ")
