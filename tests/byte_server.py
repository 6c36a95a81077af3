"""A server that sends exactly the bytes it is given, as slowly as it is told to.

Tests play with it whatever a function talks to: a cloud that misbehaves, a proxy, or
AWS's extension for secrets.
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
    """A whole request, as it came; `connection` is the number of its connection."""

    connection = 0

    @property
    def text(self) -> str:
        """The request as text."""
        return self.decode("utf-8", "replace")

    @property
    def target(self) -> str:
        """The path with the query, as it was sent."""
        return self.split(b" ", 2)[1].decode()

    @property
    def path(self) -> str:
        """The path alone."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, list[str]]:
        """The parameters of the query, empty ones included."""
        return parse_qs(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def headers(self) -> dict[str, str]:
        """The headers by their names in lower case."""
        _, *lines = self.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines)
        return {name.lower(): value.strip() for name, _, value in pairs}

    @property
    def body(self) -> bytes:
        """What follows the head."""
        return self.partition(b"\r\n\r\n")[2]


@dataclass(frozen=True)
class Answer:
    """Bytes in pieces, with a pause before each; then perhaps the end.

    `forever` is repeated after the pieces until the client has gone.
    """

    pieces: tuple[bytes, ...]
    pause: float = 0.0
    hang_up: bool = False
    forever: bytes = b""

    def all_pieces(self) -> Iterable[bytes]:
        """Return the pieces in order, perhaps without an end."""
        return chain(self.pieces, repeat(self.forever) if self.forever else ())


Responder = Callable[[Request], Answer]
Server = TypeVar("Server", bound="ByteServer")


def answer(
    body: bytes,
    status: str | int = "200 OK",
    length: int | None = None,
    **headers: str,
) -> Answer:
    """Return an answer in one piece; underscores in header names are hyphens."""
    size = len(body) if length is None else length
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer((head(status, {"Content-Length": str(size), **more}) + body,))


def head(status: str | int, headers: dict[str, str]) -> bytes:
    """Return the beginning of an answer, down to the empty line."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def document(body: object, status: str | int = "200 OK", **headers: str) -> Answer:
    """Return an answer with JSON, a success unless another status is given."""
    return answer(json.dumps(body).encode(), status, None, **headers)


def dripped(text: bytes, pause: float) -> Answer:
    """Return an answer that comes a byte at a time."""
    return Answer(tuple(bytes([each]) for each in text), pause)


def cut(text: bytes) -> Answer:
    """Return an answer after which the connection is closed."""
    return Answer((text,), hang_up=True)


SILENCE = Answer((b"",), pause=30.0)
HANG_UP = Answer((), hang_up=True)
TLS = b"\x16"
"""How a client's handshake begins."""


def in_turn(*answers: Answer) -> Responder:
    """Return what gives these answers in order, and the last of them for ever."""
    rest = list(answers)
    return lambda _request: rest.pop(0) if len(rest) > 1 else rest[0]


def forwarded(request: bytes, url: str) -> Answer:
    """Return what another server answers to a request."""
    address = urlsplit(url)
    with socket.create_connection((str(address.hostname), address.port or 80)) as peer:
        peer.sendall(request)
        reply = http.client.HTTPResponse(peer)
        reply.begin()
        body = reply.read()
        reply.close()
    status = f"{reply.status} {reply.reason}"
    return Answer((head(status, dict(reply.getheaders())) + body,))


_used_ports: set[int] = set()


def is_fresh(port: int) -> bool:
    """Tell whether a port was never called, which it is not from now on.

    The bundle remembers for minutes what an address said of a credential, and the
    system gives out ports again.
    """
    was_used = port in _used_ports
    _used_ports.add(port)
    return not was_used


class ByteServer:
    """Listens on a port of the loopback that no earlier server had, within `with`."""

    def __init__(self, respond: Responder) -> None:
        """Serve at once; several connections may call `respond` at the same time."""
        self.respond = respond
        self.requests: list[Request] = []
        self.connections = 0
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        while not is_fresh(self._listener.getsockname()[1]):
            self._listener.close()
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
        """Stop serving, whatever is under way."""
        self._closing.set()
        with socket.create_connection(("127.0.0.1", self.port), 1):
            self._acceptor.join()  # this connection woke it up
        self._listener.close()
        for each in self._sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def paths(self) -> list[str]:
        """Return the paths asked for, in order of arrival."""
        return [request.path for request in self.requests]

    def push(self, text: bytes) -> None:
        """Send what nobody asked for, on every connection."""
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
    """Give each request its answer, in order; one that has none is hung up on."""
    with ByteServer(in_turn(*answers, HANG_UP)) as server:
        yield server


def _received(connection: socket.socket) -> Request:
    """Return a request in full, nothing where none comes any more."""
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
