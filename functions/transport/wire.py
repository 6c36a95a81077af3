"""A reply's bytes: within the call's time and a bound in size, up to its own end.

A timeout of `requests` bounds the wait for each next byte, so that a peer which sends a
byte a second is never late. Here all reading ends at the one moment that a call was
given. What of a reply is no body is bounded in size, and a connection is not used again
if it is in doubt where a reply ended.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import threading
import time
from contextlib import suppress
from typing import Any

LINES_BYTES = 128 * 1024
"""Of a reply's head, of those that announce it, and of the lines between its chunks.

No gateway sends a quarter of it; what the libraries do with a head takes much longer
than reading it, and no time is kept meanwhile.
"""
_LEAST_SECONDS = 0.001  # a socket's timeout of zero would mean not to wait at all
_HTTP_1_1 = 11


class Exchange(threading.local):
    """This thread's call: when it must have ended, and how far it has come.

    `ends_at` is a moment of `time.monotonic`. `written` is whether a byte of the
    request may have left. `reply` is what is being read.
    """

    ends_at = 0.0
    written = False
    reply: http.client.HTTPResponse | None = None

    def begin(self, seconds: float) -> None:
        """Start a call that has so much time."""
        self.ends_at = time.monotonic() + seconds
        self.written = False

    def end(self) -> None:
        """Let go of the reply, which urllib3 may have dropped without closing it."""
        if self.reply is not None:
            self.reply.close()
        self.reply = None

    def remaining(self) -> float:
        """Return the seconds left of it, something above zero."""
        return max(self.ends_at - time.monotonic(), _LEAST_SECONDS)


exchange = Exchange()


class _Reader(io.RawIOBase):
    """A socket's bytes, until the call must have ended."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 # as io has it
        if time.monotonic() >= exchange.ends_at:
            raise TimeoutError("the answer was not complete in time")
        self._sock.settimeout(exchange.remaining())
        count = self._raw.readinto(buffer)
        self._count += count or 0
        return count

    def readall(self) -> bytes:
        """Refuse what a chunk of a negative size would ask for."""
        raise http.client.HTTPException("a chunk of the answer has no size")

    def tell(self) -> int:
        """Return how many bytes have come."""
        return self._count

    def hang_up(self) -> None:
        """End the connection, so that it is found dead before it is used again."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Stream(io.BufferedReader):
    """A reply's bytes, the lines among them counted."""

    def __init__(self, reader: _Reader) -> None:
        super().__init__(reader)
        self._reader = reader
        self._left = LINES_BYTES

    def readline(self, limit: int | None = -1) -> bytes:
        room = self._left + 1
        asked = room if limit is None or limit < 0 else limit
        line = super().readline(min(asked, room))
        self._left -= len(line)
        if self._left < 0:
            raise http.client.HTTPException("the answer has too much around its body")
        return line

    def close(self) -> None:
        if not self.closed and self.tell() < self._reader.tell():
            self._reader.hang_up()  # more has come than the reply was to have
        super().close()


class _Source:
    """Stands in for the socket that a reply is read from."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> _Stream:
        return _Stream(_Reader(self._sock))


class _Response(http.client.HTTPResponse):
    """A reply after which a connection is closed unless its end is beyond doubt."""

    def begin(self) -> None:
        super().begin()
        if self.version != _HTTP_1_1 or not _tells_its_end(self.headers):
            self.will_close = True


def _tells_its_end(headers: http.client.HTTPMessage) -> bool:
    """Whether a head says in one way alone where its body ends (RFC 9112 6.3)."""
    lengths = headers.get_all("Content-Length", [])
    codings = headers.get_all("Transfer-Encoding", [])
    if codings:
        return codings == ["chunked"] and not lengths
    return len(lengths) == 1 and bool(re.fullmatch("[0-9]+", lengths[0]))


def bounded_response(
    sock: socket.socket,
    *args: Any,  # noqa: ANN401 # as http.client has it
    **options: Any,  # noqa: ANN401
) -> http.client.HTTPResponse:
    """Return what reads this thread's reply; for `HTTPConnection.response_class`."""
    source: Any = _Source(sock)  # a reply asks its socket for nothing else
    exchange.reply = _Response(source, *args, **options)
    return exchange.reply
