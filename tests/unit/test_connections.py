"""A call ends within its timeout, and connections are reused."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from functions.errors import Misconfigured, OutcomeUnknown, Unreachable
from functions.transport.session import Connections
from tests.byte_server import (
    HANG_UP,
    SILENCE,
    Answer,
    answer,
    dripped,
    head,
    serving,
)
from tests.unit.sending import DONE, GET, POST, transport

START = head("200 OK", {"Content-Length": "1000"})
TIMEOUT = 0.2
GRACE = 1.0
"""Extra time for a busy machine."""


@contextmanager
def ends_in_time() -> Iterator[None]:
    """Assert that a block ends within the limit, even with an exception."""
    began = time.monotonic()
    try:
        yield
    finally:
        assert time.monotonic() - began < TIMEOUT + GRACE


@pytest.mark.parametrize(
    "reply",
    [
        dripped(START, 0.05),
        Answer((START, *[b"x"] * 900), 0.05),
        Answer((b"HTTP/1.1 100 Continue\r\n\r\n",) * 900, 0.05),
        Answer(
            (head("200 OK", {"Transfer-Encoding": "chunked"}), *[b"1\r\nx\r\n"] * 900),
            0.05,
        ),
        SILENCE,
        Answer((START, b""), 30.0),
    ],
    ids=["head", "body", "continue", "chunks", "silence", "half a body"],
)
def test_a_slowly_dripping_reply_ends_within_the_timeout(reply: Answer) -> None:
    """The timeout is for the entire call, and not for each read."""
    timed_out = pytest.raises(OutcomeUnknown, match="timed out")
    with serving(reply) as server, timed_out, ends_in_time():
        transport(server.endpoint, TIMEOUT)(POST)


def test_a_tls_handshake_ends_within_the_timeout() -> None:
    """A server that accepts but sends nothing is unreachable; nothing was written."""
    with (
        socket.create_server(("127.0.0.1", 0)) as silent_server,
        pytest.raises(Unreachable),
        ends_in_time(),
    ):
        transport(f"https://127.0.0.1:{silent_server.getsockname()[1]}", TIMEOUT)(POST)


def test_a_slow_reply_within_the_timeout_is_read() -> None:
    """Slowness alone is not an error."""
    reply = answer(b'{"id": "s"}').pieces[0]

    with serving(dripped(reply, 0.001)) as server:
        assert transport(server.endpoint)(GET).document == {"id": "s"}


def test_a_connection_is_reused() -> None:
    """Consecutive calls share a connection, even across sessions."""
    connections = Connections()
    with serving(DONE, DONE, DONE) as server:
        for call in (GET, POST, GET):
            assert (
                transport(server.endpoint, connections=connections)(call).status == 200
            )

    assert server.connections == 1


def test_a_reused_connection_has_the_timeout_of_the_current_call() -> None:
    """Neither the time nor the timeout of an earlier call has an effect."""
    connections = Connections()
    with serving(DONE, DONE, SILENCE) as server:
        transport(server.endpoint, 30.0, connections=connections)(GET)
        transport(server.endpoint, TIMEOUT, connections=connections)(GET)
        with pytest.raises(Unreachable), ends_in_time():
            transport(server.endpoint, TIMEOUT, connections=connections)(GET)

    assert server.connections == 1


def test_a_connection_closed_by_the_server_is_replaced() -> None:
    """A create on such a connection does not have an unknown outcome."""
    reply = Answer((DONE.pieces[0],), hang_up=True)
    with serving(reply, DONE) as server:
        send = transport(server.endpoint)
        send(GET)
        while True:
            try:
                assert send(POST).status == 200
            except OutcomeUnknown:  # the end had not arrived yet
                continue
            break

    assert server.connections == 2


def test_a_connection_with_a_partly_read_reply_is_not_reused() -> None:
    """The rest of the old reply is not mistaken for the new one."""
    half = Answer((START + b'{"id": "old"}', b""), 0.0)
    with serving(half, DONE) as server:
        with pytest.raises(Unreachable):
            transport(server.endpoint, TIMEOUT)(GET)
        assert transport(server.endpoint)(GET).document == {"id": "s"}

    assert server.connections == 2


def test_every_address_of_a_host_is_tried() -> None:
    """The server listens on only one of the addresses of localhost."""
    with serving(DONE) as server:
        reply = transport(f"http://localhost:{server.port}")(GET)

    assert reply.status == 200


def test_an_endpoint_with_an_invalid_host_name_is_misconfigured() -> None:
    """An invalid name is not even looked up."""
    message = "the endpoint's or the proxy's URL is invalid"
    with pytest.raises(Misconfigured, match=message):
        transport(f"https://{'a' * 64}.invalid")(POST)


def test_a_call_after_a_failed_one_starts_as_unwritten() -> None:
    """A request written earlier on the thread does not make a later outcome unknown."""
    with serving(HANG_UP) as server, pytest.raises(OutcomeUnknown):
        transport(server.endpoint)(POST)

    with pytest.raises(Unreachable):
        transport(server.endpoint)(POST)
