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
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from functions.errors import Misconfigured
from functions.transport.session import Connections
from tests.byte_server import document
from tests.unit.sending import POST, transport

ROOT = Path(__file__).parents[2]
PAIR = Path(__file__).with_name("localhost.pem")
EXPIRED = Path(__file__).with_name("expired.pem")
"""Certificates with their private keys, which are used only in these tests."""
CALL = """
import sys
from tests.unit.sending import GET, transport
print(transport(sys.argv[1])(GET).document)
"""


@contextmanager
def serving_tls(pair: Path = PAIR) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the port of a TLS server with this certificate, and the data received."""
    received: list[bytes] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(10)

    def serve() -> None:
        with suppress(OSError):
            client, _ = listener.accept()
            client.settimeout(10)
            with client, context.wrap_socket(client, server_side=True) as s:
                received.append(s.recv(65536))
                s.sendall(document({"id": "s"}, Connection="close").pieces[0])

    thread = threading.Thread(target=serve)
    thread.start()
    with listener:
        yield listener.getsockname()[1], received
        thread.join()


def trusting(bundle: Path, name: str = "REQUESTS_CA_BUNDLE") -> Connections:
    """Return connections of an environment with this CA bundle."""
    return Connections({name: str(bundle)})


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


def verification_failure(pair: Path, host: str, connections: Connections) -> str:
    """Return the detail of a failed verification, after which nothing was sent."""
    with (
        serving_tls(pair) as (port, received),
        pytest.raises(Misconfigured, match="certificate verification failed") as raised,
    ):
        transport(f"https://{host}:{port}", connections=connections)(POST)

    assert received in ([], [b""])
    assert "REQUESTS_CA_BUNDLE" in (raised.value.remedy or "")
    assert not raised.value.retryable
    return raised.value.detail.replace("self signed", "self-signed")


@pytest.mark.parametrize(
    ("pair", "connections", "reason"),
    [
        (PAIR, Connections({}), "self-signed certificate"),
        (PAIR, trusting(EXPIRED), "self-signed certificate"),
        (EXPIRED, trusting(PAIR), "self-signed certificate"),
        (EXPIRED, trusting(EXPIRED), "certificate has expired"),
    ],
    ids=["unknown issuer", "other issuer", "unknown and expired", "expired"],
)
def test_a_server_with_an_untrusted_certificate_gets_no_request(
    pair: Path, connections: Connections, reason: str
) -> None:
    """No credential is written; the error has the reason and the setting to correct."""
    assert reason in verification_failure(pair, "localhost", connections)


def test_a_server_with_a_certificate_for_another_name_gets_no_request() -> None:
    """The certificate itself is trusted."""
    detail = verification_failure(PAIR, "127.0.0.1", trusting(PAIR))

    assert "IP address mismatch" in detail


def test_a_server_trusted_by_the_environments_ca_bundle_is_called() -> None:
    """This is required behind a gateway with a private CA."""
    with serving_tls() as (port, received):
        process = _call_from_process("localhost", port)

    assert process.stdout == "{'id': 's'}\n", process.stderr
    assert received[0].startswith(b"GET ")


BEGIN = "-----BEGIN CERTIFICATE-----\n"


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize(
    "text",
    [None, "", "no certificate", f"{BEGIN}bm8=\n-----END CERTIFICATE-----\n", BEGIN],
    ids=["missing", "empty", "text", "other base64", "cut off"],
)
def test_an_unusable_ca_bundle_is_misconfigured(
    name: str, text: str | None, tmp_path: Path
) -> None:
    """Like a missing one, it prevents this and all later calls."""
    bundle = tmp_path / "bundle.pem"
    if text is not None:
        bundle.write_text(text)
    message = f"^{name} must be a readable file of CA certificates in PEM"
    send = transport("https://127.0.0.1:9", connections=trusting(bundle, name))

    for _ in "12":
        with pytest.raises(Misconfigured, match=message) as raised:
            send(POST)
        assert not raised.value.retryable


def test_a_directory_can_be_the_ca_bundle(tmp_path: Path) -> None:
    """An empty directory contains no trusted certificate."""
    with serving_tls() as (port, received):
        send = transport(f"https://localhost:{port}", connections=trusting(tmp_path))
        with pytest.raises(Misconfigured, match="certificate verification failed"):
            send(POST)

    assert received in ([], [b""])
