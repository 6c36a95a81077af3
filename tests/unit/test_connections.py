"""A call keeps to its time, and a connection is used again."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from functions.errors import OutcomeUnknown, Unreachable
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
BOUND = 0.2
GRACE = 1.0
"""What a busy machine may add."""


@contextmanager
def in_time() -> Iterator[None]:
    """Hold a block to the bound, however it ends."""
    began = time.monotonic()
    try:
        yield
    finally:
        assert time.monotonic() - began < BOUND + GRACE


@pytest.mark.parametrize(
    "said",
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
    ids=["head", "body", "continue", "chunks", "silence", "half"],
)
def test_an_answer_that_drips_ends_within_the_bound(said: Answer) -> None:
    """However often a byte comes, the whole call has the one timeout."""
    late = pytest.raises(OutcomeUnknown, match="in time")
    with serving(said) as server, late, in_time():
        transport(server.endpoint, BOUND)(POST)


def test_a_tls_handshake_ends_within_the_bound() -> None:
    """A server that accepts and says nothing holds up nobody; nothing was written."""
    with (
        socket.create_server(("127.0.0.1", 0)) as mute,
        pytest.raises(Unreachable),
        in_time(),
    ):
        transport(f"https://127.0.0.1:{mute.getsockname()[1]}", BOUND)(POST)


def test_a_slow_answer_that_is_in_time_is_read() -> None:
    """The bound is for all of it, not a reason to hurry."""
    said = answer(b'{"id": "s"}').pieces[0]

    with serving(dripped(said, 0.001)) as server:
        assert transport(server.endpoint)(GET).document == {"id": "s"}


def test_a_connection_is_used_again() -> None:
    """Calls one after the other make one connection, whichever transport sends them."""
    with serving(DONE, DONE, DONE) as server:
        for call in (GET, POST, GET):
            assert transport(server.endpoint)(call).status == 200

    assert server.connections == 1


def test_the_bound_of_a_reused_connection_is_its_calls_own() -> None:
    """An earlier call's time is not counted, nor is its longer timeout lent."""
    with serving(DONE, DONE, SILENCE) as server:
        transport(server.endpoint, 30.0)(GET)
        transport(server.endpoint, BOUND)(GET)
        with pytest.raises(Unreachable), in_time():
            transport(server.endpoint, BOUND)(GET)

    assert server.connections == 1


def test_a_connection_that_was_closed_meanwhile_is_replaced() -> None:
    """A server may hang up between two calls; a create is not in doubt for it."""
    said = Answer((DONE.pieces[0],), hang_up=True)
    with serving(said, DONE) as server:
        send = transport(server.endpoint)
        send(GET)
        while True:
            try:
                assert send(POST).status == 200
            except OutcomeUnknown:  # the end had not arrived yet
                continue
            break

    assert server.connections == 2


def test_a_connection_with_an_answer_half_read_is_not_used_again() -> None:
    """What is left of the old answer is not taken for the new one's."""
    half = Answer((START + b'{"id": "old"}', b""), 0.0)
    with serving(half, DONE) as server:
        with pytest.raises(Unreachable):
            transport(server.endpoint, BOUND)(GET)
        assert transport(server.endpoint)(GET).document == {"id": "s"}

    assert server.connections == 2


def test_every_address_of_a_host_is_tried() -> None:
    """The server listens on one of localhost's addresses alone."""
    with serving(DONE) as server:
        reply = transport(f"http://localhost:{server.port}")(GET)

    assert reply.status == 200


def test_a_host_without_an_address_is_unreachable() -> None:
    """A name that is none is not even asked for."""
    with pytest.raises(Unreachable):
        transport(f"https://{'a' * 64}.invalid")(POST)


def test_a_call_after_a_failed_one_begins_unwritten() -> None:
    """What an earlier create on this thread wrote does not make a later one unsure."""
    with serving(HANG_UP) as server, pytest.raises(OutcomeUnknown):
        transport(server.endpoint)(POST)

    with pytest.raises(Unreachable):
        transport(server.endpoint)(POST)
