"""The emulator's connection faults, shutdown, and handling of invalid requests."""

import http.client
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from tests.contract.emulator_client import Client
from tests.emulator import Emulator


def connect(cloud: Emulator) -> socket.socket:
    """Return a socket that is connected to the emulator."""
    port = int(cloud.url.rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def send_raw(cloud: Emulator, data: bytes) -> bytes:
    """Send bytes, and return everything received until the connection closes."""
    with connect(cloud) as client:
        client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: client.recv(65536), b""))


def raw_request(cloud: Emulator) -> bytes:
    """Return a ListLogtanks request as bytes."""
    lines = ["GET /v1/logtanks HTTP/1.1", "Host: x", f"X-Auth-Token: {cloud.token}"]
    return "\r\n".join([*lines, "", ""]).encode()


def receive_for(client: socket.socket, seconds: float) -> bytes:
    """Return the bytes received until nothing arrives for some seconds."""
    client.settimeout(seconds)
    received = b""
    with suppress(TimeoutError):
        while more := client.recv(65536):
            received += more
    return received


def wait_until(condition: Callable[[], bool]) -> bool:
    """Poll a condition for up to two seconds, and return it."""
    deadline = time.monotonic() + 2
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def listed_with(cloud: Emulator, connection: str) -> bytes:
    """Return the reply to ListLogtanks, as bytes, with a connection fault."""
    cloud.fail({"operation": "ListLogtanks", "connection": connection, "work": True})
    return send_raw(cloud, raw_request(cloud))


def test_refuse_answer_closes_without_sending_a_byte(cloud: Emulator) -> None:
    """The client reads end of stream, not a reset."""
    assert listed_with(cloud, "refuse_answer") == b""


def test_cut_ends_in_the_middle_of_the_body(cloud: Emulator) -> None:
    """The head is complete, with a Content-Length of twice the bytes sent."""
    head, _, body = listed_with(cloud, "cut").partition(b"\r\n\r\n")
    announced = int(head.lower().partition(b"content-length: ")[2].split()[0])
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert len(body) == announced // 2


def test_garbage_is_not_http(cloud: Emulator) -> None:
    """The first bytes are not a status line."""
    reply = listed_with(cloud, "garbage")
    assert reply
    assert not reply.startswith(b"HTTP/")


def test_reset_is_a_tcp_reset(cloud: Emulator) -> None:
    """The client's read fails with ECONNRESET."""
    cloud.fail({"operation": "ListLogtanks", "connection": "reset"})
    with connect(cloud) as client:
        client.sendall(raw_request(cloud))
        with pytest.raises(ConnectionResetError):
            client.recv(1)


@pytest.mark.parametrize(("kind", "least"), [("drip_headers", 1), ("drip_body", 60)])
def test_a_slow_reply_starts_with_one_byte_or_the_head(
    cloud: Emulator, kind: str, least: int
) -> None:
    """Further bytes follow at the configured interval."""
    cloud.fail({"operation": "ListLogtanks", "connection": kind, "interval": 60})
    with connect(cloud) as client:
        client.sendall(raw_request(cloud))
        received = receive_for(client, 0.2)
    assert (len(received) == 1) == (kind == "drip_headers")
    assert len(received) >= least


@pytest.mark.parametrize(
    "fault",
    [
        {"connection": "hang"},
        {"connection": "drip_headers"},
        {"connection": "drip_body"},
        {"connection": "endless_headers"},
        {"delay": 60},
    ],
    ids=repr,
)
def test_the_emulator_stops_while_a_call_hangs(fault: dict[str, Any]) -> None:
    """It stops within a second and closes the client's connection."""
    with Emulator() as cloud:
        cloud.fail({"operation": "*", **fault})
        client = connect(cloud)
        client.sendall(raw_request(cloud))
        assert wait_until(lambda: len(cloud.calls) == 1)
        before = time.monotonic()
    assert time.monotonic() - before < 1
    with client:
        while client.recv(65536):
            pass


def test_a_stopped_emulator_closes_idle_connections() -> None:
    """A client with a keep-alive connection reads end of stream."""
    with Emulator() as cloud:
        client = http.client.HTTPConnection(cloud.url.removeprefix("http://"))
        client.request("GET", "/_emulator/state")
        client.getresponse().read()
        assert client.sock is not None
        connection = client.sock
    with connection:
        assert connection.recv(1) == b""


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x00 hello\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"BREW / HTTP/1.1\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 431),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: 12582913\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 9" + b"9" * 5000 + b"\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 411),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_malformed_request_gets_a_gateway_error(
    client: Client, data: bytes, status: int
) -> None:
    """The error has a request ID, and the next client is served."""
    reply = send_raw(client.cloud, data)
    assert int(reply.split()[1]) == status
    assert b"X-Request-Id: " in reply
    assert client.list_logtanks().status_code == 200


def test_an_incomplete_request_is_ignored(cloud: Emulator) -> None:
    """A request with half a body is not recorded as a call."""
    assert send_raw(cloud, b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf") == b""
    assert cloud.calls == []


def test_a_connection_serves_several_requests(cloud: Emulator) -> None:
    """HTTP/1.1 keep-alive works, even with pipelined requests."""
    replies = send_raw(cloud, raw_request(cloud) * 3)
    assert replies.count(b"HTTP/1.1 200 OK") == 3
