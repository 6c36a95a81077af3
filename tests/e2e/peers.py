"""A peer of one's own making: a socket that reads a request and sends what it likes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable

_END_OF_HEAD = b"\r\n\r\n"


class Peer:
    """Listens on a port of 127.0.0.1 within ``with``; one request a connection."""

    def __init__(self, reply: Callable[[bytes], bytes]) -> None:
        """Take what makes a reply of a whole request."""
        self.requests: list[bytes] = []
        self._reply = reply
        self._server = socket.create_server(("127.0.0.1", 0))

    @property
    def url(self) -> str:
        """The address."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def __enter__(self) -> Peer:  # noqa: PYI034 - Self came with Python 3.11
        """Serve, in a thread."""
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        """Stop listening."""
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:  # no longer listening
                return
            with client:
                request = _read(client)
                self.requests.append(request)
                client.sendall(self._reply(request))


def _read(connection: socket.socket) -> bytes:
    """Return one whole message, by its Content-Length."""
    message = b""
    while _END_OF_HEAD not in message:
        message += _more(connection)
    head, _, _ = message.partition(_END_OF_HEAD)
    missing = len(head) + len(_END_OF_HEAD) + _length(head) - len(message)
    while missing > 0:
        message += (part := _more(connection))
        missing -= len(part)
    return message


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    if not received:
        raise ConnectionError("the other side went away")
    return received


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    lengths = [line for line in lines if line.startswith(b"content-length:")]
    return int(lengths[0].partition(b":")[2]) if lengths else 0
