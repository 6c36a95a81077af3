"""A server that sends given bytes with given pauses.

Tests use it as any peer of a function: a misbehaving cloud, a proxy, or AWS's secrets
extension.
"""

from __future__ import annotations

import http.client
import io
import json
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, repeat
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit


class Request(bytes):
    """A complete raw request; `connection` is the number of its connection."""

    connection = 0

    @property
    def text(self) -> str:
        """The request as text."""
        return self.decode("utf-8", "replace")

    @property
    def target(self) -> str:
        """The raw path with the query."""
        return self.split(b" ", 2)[1].decode()

    @property
    def path(self) -> str:
        """The path without the query."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """The parameters of the query, empty ones included."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def headers(self) -> dict[str, str]:
        """The headers, by lower-case name."""
        _, *lines = self.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return {name.lower(): value.strip() for name, _, value in pairs}

    @property
    def body(self) -> bytes:
        """The bytes after the head."""
        return self.partition(b"\r\n\r\n")[2]


@dataclass(frozen=True)
class Answer:
    """A reply: byte strings, with a pause in seconds before each.

    `forever` is repeated after the pieces until the client disconnects. With `hang_up`,
    the connection is closed after the reply.
    """

    pieces: tuple[bytes, ...]
    pause: float = 0.0
    hang_up: bool = False
    forever: bytes = b""

    def all_pieces(self) -> Iterable[bytes]:
        """Return the pieces in order; the sequence may be infinite."""
        return chain(self.pieces, repeat(self.forever) if self.forever else ())


Responder = Callable[[Request], Answer]
Server = TypeVar("Server", bound="ByteServer")


def answer(
    body: bytes,
    status: str | int = "200 OK",
    length: int | None = None,
    **headers: str,
) -> Answer:
    """Return a reply in one piece; underscores in header names stand for hyphens."""
    size = len(body) if length is None else length
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer((head(status, {"Content-Length": str(size), **more}) + body,))


def head(status: str | int, headers: dict[str, str]) -> bytes:
    """Return the status line and headers of a reply, with the empty line."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def document(body: object, status: str | int = "200 OK", **headers: str) -> Answer:
    """Return a reply with a JSON body, by default with status 200."""
    return answer(json.dumps(body).encode(), status, None, **headers)


def dripped(text: bytes, pause: float) -> Answer:
    """Return a reply that is sent byte by byte."""
    return Answer(tuple(bytes([each]) for each in text), pause)


def cut(text: bytes) -> Answer:
    """Return a reply after which the connection is closed."""
    return Answer((text,), hang_up=True)


SILENCE = Answer((b"",), pause=30.0)
HANG_UP = Answer((), hang_up=True)
TLS = b"\x16"
"""The first byte of a TLS handshake."""


def in_turn(*answers: Answer) -> Responder:
    """Return a responder that sends these replies in order and repeats the last."""
    rest = list(answers)
    return lambda _request: rest.pop(0) if len(rest) > 1 else rest[0]


def forwarded(request: bytes, url: str) -> Answer:
    """Forward a request to another server, and return its reply."""
    address = urlsplit(url)
    with socket.create_connection((str(address.hostname), address.port or 80)) as peer:
        peer.sendall(request)
        reply = http.client.HTTPResponse(peer)
        reply.begin()
        body = reply.read()
        reply.close()
    status = f"{reply.status} {reply.reason}"
    return Answer((head(status, dict(reply.getheaders())) + body,))


class ByteServer:
    """A server on a free port of 127.0.0.1, stopped at the end of `with`."""

    def __init__(self, respond: Responder) -> None:
        """Start serving; connections may call `respond` concurrently."""
        self.respond = respond
        self.requests: list[Request] = []
        self.connections = 0
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def __enter__(self: Server) -> Server:  # noqa: PYI019 - Self came with Python 3.11
        """Return the server."""
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop serving, and abort all replies in progress."""
        self._closing.set()
        with socket.create_connection(("127.0.0.1", self.port), 1):
            self._acceptor.join()  # this connection wakes the acceptor up
        self._listener.close()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def paths(self) -> list[str]:
        """Return the requested paths, in order of arrival."""
        return [request.path for request in self.requests]

    def push(self, text: bytes) -> None:
        """Send unsolicited bytes on every connection."""
        for each in self._sockets:
            with suppress(OSError):
                each.sendall(text)

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing.is_set():
                connection.close()
                return
            self.connections += 1
            self._sockets.append(connection)
            serve = (connection, self.connections)
            self._threads.append(
                threading.Thread(target=self._serve, args=serve, daemon=True)
            )
            self._threads[-1].start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        with connection, suppress(OSError):
            while request := _received(connection):
                request.connection = number
                self.requests.append(request)
                given = self.respond(request)
                for piece in given.all_pieces():
                    if self._closing.wait(given.pause):
                        return
                    connection.sendall(piece)
                if given.hang_up:
                    return


@contextmanager
def serving(*answers: Answer) -> Iterator[ByteServer]:
    """Serve these replies in order, and close the connection on further requests."""
    with ByteServer(in_turn(*answers, HANG_UP)) as server:
        yield server


def _received(connection: socket.socket) -> Request:
    """Return a complete request, or an empty one at the end of the stream."""
    received = io.BytesIO()
    while chunk := connection.recv(65536):
        received.write(chunk)
        text = received.getvalue()
        start, found, body = text.partition(b"\r\n\r\n")
        length = re.search(rb"\r\ncontent-length: *([0-9]+)", start, re.IGNORECASE)
        has_body = found and len(body) >= int(length[1] if length else 0)
        if text.startswith(TLS) or has_body:
            return Request(text)
    return Request()
