"""A reply is bounded wherever it has no bound of its own, and ends where it says."""

from __future__ import annotations

import time

import pytest

from functions.errors import OutcomeUnknown
from functions.transport.reading import REPLY_BYTES, REPLY_VALUES
from functions.transport.wire import LINES_BYTES
from tests.byte_server import Answer, answer, head, serving
from tests.unit.sending import DONE, GET, POST, transport

CHUNKED = head("200 OK", {"Transfer-Encoding": "chunked"})
LINE = b"X-Line: " + b"x" * 4086 + b"\r\n"
"""Of a head: 4096 bytes."""
EVIL = b'HTTP/1.1 201 Created\r\nContent-Length: 13\r\n\r\n{"id": "evil"}'
FOUND = {"id": "s"}


def test_a_head_of_the_greatest_length_is_read() -> None:
    """The limit is on all of its lines together."""
    start = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n"
    room = LINES_BYTES - len(start) - len(b"\r\n")
    fill = b"X-Rest: %s\r\n" % (b"x" * (room % len(LINE) - 10))
    said = start + LINE * (room // len(LINE)) + fill + b"\r\n" + b'{"id": "s"}'

    with serving(Answer((said,))) as server:
        assert transport(server.endpoint)(GET).document == FOUND


@pytest.mark.parametrize(
    "said",
    [
        Answer((b"HTTP/1.1 200 OK\r\n", *[LINE] * 33)),
        Answer((b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000,)),
        Answer((b"HTTP/1.1 200 OK\r\n", *[b"X: " + b"\r" * 60_000] * 50)),
        Answer((CHUNKED, b"1\r\nx\r\n" * 50_000)),
        Answer((CHUNKED, b"1;" + b"x" * 200_000)),
        Answer((CHUNKED, b"0\r\n" + b"X: y\r\n" * 50_000)),
        Answer((CHUNKED, b"-1\r\n" + b"x" * 200_000)),
        Answer((CHUNKED, b"-10\r\n" + b"x" * 200_000)),
    ],
    ids=[
        "head",
        "continue",
        "returns",
        "chunks",
        "chunk's line",
        "trailers",
        "negative chunk",
        "very negative chunk",
    ],
)
def test_what_has_no_end_is_given_up_long_before_its_time(said: Answer) -> None:
    """Neither memory nor time is spent on it."""
    began = time.monotonic()
    with serving(said) as server, pytest.raises(OutcomeUnknown):
        transport(server.endpoint, 30.0)(POST)

    assert time.monotonic() - began < 10.0


@pytest.mark.parametrize("piece", [b"[],", b'{"":1},', b"1,"])
def test_a_body_of_too_many_values_is_not_taken_apart(piece: bytes) -> None:
    """Each would take many times its bytes; the status stands."""
    body = b"[" + piece * ((REPLY_BYTES - 10) // len(piece)) + b"1]"
    with serving(answer(body)) as server:
        reply = transport(server.endpoint)(GET)

    assert (reply.status, reply.document) == (200, None)


def test_a_body_of_the_most_values_is_taken_apart() -> None:
    """The limit itself is allowed."""
    body = b"[" + b"1," * (REPLY_VALUES - 1) + b"1]"
    with serving(answer(body)) as server:
        assert transport(server.endpoint)(GET).document == [1] * REPLY_VALUES


@pytest.mark.parametrize(
    "said",
    [
        DONE.pieces[0] + EVIL,
        b"HTTP/1.1 204 No Content\r\n\r\n" + EVIL,
        CHUNKED + b'b\r\n{"id": "s"}\r\n0\r\n\r\n' + EVIL,
        head("200 OK", {"Content-Length": "+2"}) + b"{}",
        head("200 OK", {"Content-Length": "0_2"}) + b"{}",
        head("200 OK", {"Content-Length": "2\r\nContent-Length: 2"}) + b"{}",
        head("200 OK", {"Content-Length": "2", "Transfer-Encoding": "gzip"}) + b"{}",
        head("200 OK", {"Content-Length": "9", "Transfer-Encoding": "chunked"})
        + b"2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=[
        "a second answer",
        "an answer after none",
        "an answer after chunks",
        "a length with a sign",
        "a length of Python's",
        "two lengths",
        "another coding",
        "a length and chunks",
        "an older version",
    ],
)
def test_a_connection_is_not_used_again_if_a_replys_end_is_in_doubt(
    said: bytes,
) -> None:
    """What was smuggled in behind a reply answers no other call."""
    with serving(Answer((said,)), DONE) as server:
        send = transport(server.endpoint)
        assert send(GET).status in {200, 204}
        assert send(GET).document == FOUND

    assert server.connections == 2


def test_a_connection_is_used_again_after_chunks() -> None:
    """They are put together, and their end is as clear as a length."""
    chunks = Answer((CHUNKED, b'5\r\n{"id"\r\n', b'6\r\n: "s"}\r\n', b"0\r\n\r\n"))
    with serving(chunks, DONE) as server:
        for _ in "12":
            assert transport(server.endpoint)(GET).document == FOUND

    assert server.connections == 1
