"""A server that says exactly the bytes it is told to, as slowly as it is told to."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """Bytes in pieces, with a pause before each; then perhaps the end."""

    pieces: tuple[bytes, ...]
    pause: float = 0.0
    hang_up: bool = False


def answer(
    body: bytes, status: str = "200 OK", length: int | None = None, **headers: str
) -> Answer:
    """Return an answer in one piece; underscores in header names are hyphens."""
    size = len(body) if length is None else length
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer((head(status, {"Content-Length": str(size), **more}) + body,))


def head(status: str, headers: dict[str, str]) -> bytes:
    """Return the beginning of an answer, down to the empty line."""
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {headers[name]}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def document(body: object, **headers: str) -> Answer:
    """Return a success with JSON."""
    return answer(json.dumps(body).encode(), "200 OK", None, **headers)


def dripped(text: bytes, pause: float) -> Answer:
    """Return an answer that comes a byte at a time."""
    return Answer(tuple(bytes([each]) for each in text), pause)


SILENCE = Answer((b"",), pause=30.0)
HANG_UP = Answer((), hang_up=True)
TLS = b"\x16"
"""How a client's handshake begins."""


class RawServer:
    """Gives each request its answer, in order, on a port of the loopback."""

    def __init__(self, answers: tuple[Answer, ...]) -> None:
        """Begin to serve; a request that has no answer is hung up on."""
        self._answers = list(answers)
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = int(self._listener.getsockname()[1])
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    def close(self) -> None:
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

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing.is_set():
                connection.close()
                return
            self.connections += 1
            self._sockets.append(connection)
            self._threads.append(
                threading.Thread(target=self._serve, args=(connection,))
            )
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while request := _request(connection):
                self.requests.append(request)
                given = self._answers.pop(0) if self._answers else HANG_UP
                for piece in given.pieces:
                    if self._closing.wait(given.pause):
                        return
                    connection.sendall(piece)
                if given.hang_up:
                    return


@contextmanager
def serving(*answers: Answer) -> Iterator[RawServer]:
    """Serve while the block lasts."""
    server = RawServer(answers)
    try:
        yield server
    finally:
        server.close()


def _request(connection: socket.socket) -> bytes:
    """Return a request in full, nothing where none comes any more."""
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
        start, found, body = received.partition(b"\r\n\r\n")
        if received.startswith(TLS) or (found and len(body) >= _length(start)):
            return received
    return b""


def _length(start: bytes) -> int:
    for line in start.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
