"""Replies are limited in size and time, and their end must be unambiguous."""

from __future__ import annotations

import time

import pytest

from functions.errors import OutcomeUnknown
from functions.transport.deadline import MAX_LINES_BYTES
from functions.transport.reading import MAX_REPLY_BYTES, MAX_REPLY_VALUES
from tests.byte_server import Answer, answer, head, serving
from tests.unit.sending import DONE, GET, POST, transport

CHUNKED = head("200 OK", {"Transfer-Encoding": "chunked"})
LINE = b"X-Line: " + b"x" * 4086 + b"\r\n"
"""A header line of 4096 bytes."""
SMUGGLED = b'HTTP/1.1 201 Created\r\nContent-Length: 13\r\n\r\n{"id": "evil"}'
FOUND = {"id": "s"}


def test_headers_at_the_size_limit_are_read() -> None:
    """The limit applies to the sum of all lines."""
    start = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n"
    available = MAX_LINES_BYTES - len(start) - len(b"\r\n")
    padding = b"X-Rest: %s\r\n" % (b"x" * (available % len(LINE) - 10))
    reply = start + LINE * (available // len(LINE)) + padding + b"\r\n" + b'{"id": "s"}'

    with serving(Answer((reply,))) as server:
        assert transport(server.endpoint)(GET).document == FOUND


@pytest.mark.parametrize(
    "reply",
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
        "headers",
        "continue",
        "carriage returns",
        "chunks",
        "chunk size line",
        "trailers",
        "negative chunk",
        "very negative chunk",
    ],
)
def test_an_endless_reply_is_aborted_before_the_timeout(reply: Answer) -> None:
    """It costs neither much memory nor much time."""
    began = time.monotonic()
    with serving(reply) as server, pytest.raises(OutcomeUnknown):
        transport(server.endpoint, 30.0)(POST)

    assert time.monotonic() - began < 10.0


@pytest.mark.parametrize("piece", [b"[],", b'{"":1},', b"1,"])
def test_a_body_with_too_many_values_is_not_parsed(piece: bytes) -> None:
    """Parsed values need much more memory than text; the status is kept."""
    body = b"[" + piece * ((MAX_REPLY_BYTES - 10) // len(piece)) + b"1]"
    with serving(answer(body)) as server:
        reply = transport(server.endpoint)(GET)

    assert (reply.status, reply.document) == (200, None)


def test_a_body_at_the_limit_of_values_is_parsed() -> None:
    """The limit is inclusive."""
    body = b"[" + b"1," * (MAX_REPLY_VALUES - 1) + b"1]"
    with serving(answer(body)) as server:
        assert transport(server.endpoint)(GET).document == [1] * MAX_REPLY_VALUES


@pytest.mark.parametrize(
    "reply",
    [
        DONE.pieces[0] + SMUGGLED,
        b"HTTP/1.1 204 No Content\r\n\r\n" + SMUGGLED,
        CHUNKED + b'b\r\n{"id": "s"}\r\n0\r\n\r\n' + SMUGGLED,
        head("200 OK", {"Content-Length": "+2"}) + b"{}",
        head("200 OK", {"Content-Length": "0_2"}) + b"{}",
        head("200 OK", {"Content-Length": "2\r\nContent-Length: 2"}) + b"{}",
        head("200 OK", {"Content-Length": "2", "Transfer-Encoding": "gzip"}) + b"{}",
        head("200 OK", {"Content-Length": "9", "Transfer-Encoding": "chunked"})
        + b"2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ids=[
        "a second reply",
        "a reply after no content",
        "a reply after chunks",
        "a length with a sign",
        "a length in Python syntax",
        "two lengths",
        "another transfer coding",
        "a length and chunks",
        "HTTP/1.0",
    ],
)
def test_a_connection_is_not_reused_if_the_end_of_a_reply_is_in_doubt(
    reply: bytes,
) -> None:
    """A reply smuggled in behind another one is not used for the next call."""
    with serving(Answer((reply,)), DONE) as server:
        send = transport(server.endpoint)
        assert send(GET).status in {200, 204}
        assert send(GET).document == FOUND

    assert server.connections == 2


def test_a_connection_is_reused_after_a_chunked_reply() -> None:
    """The chunks are joined, and their end is unambiguous."""
    chunks = Answer((CHUNKED, b'5\r\n{"id"\r\n', b'6\r\n: "s"}\r\n', b"0\r\n\r\n"))
    with serving(chunks, DONE) as server:
        send = transport(server.endpoint)
        for _ in "12":
            assert send(GET).document == FOUND

    assert server.connections == 1
