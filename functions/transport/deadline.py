"""HTTP connections on which no step runs past the call's deadline.

The timeout of `requests` limits the wait for each next byte, so a server that sends one
byte a second never times out. Here, connecting, the reply of a proxy, the TLS handshake
and reading all end at the call's deadline (except for DNS lookups, which have the
resolver's timeout). The size of everything around a reply's body is limited too, and a
connection is not reused if the end of a reply is in doubt.
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

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

MAX_LINES_BYTES = 128 * 1024
"""The limit for all lines of a reply: interim replies, headers, chunk sizes, trailers.

Gateways send less than a quarter of that. The deadline is not checked while headers are
parsed, which takes much longer than reading them.
"""
_MIN_TIMEOUT_SECONDS = 0.001  # a socket's timeout of zero would mean "do not block"
_HTTP_1_1 = 11


class Exchange(threading.local):
    """The call that this thread is making.

    `ends_at` is its deadline by `time.monotonic`. `connecting` is whether a connection
    is being made, and `proxy_status` the status of a proxy's reply to that. `written`
    is whether a byte of the request may have left this machine. `reply` is the reply
    being read.
    """

    ends_at = 0.0
    connecting = False
    proxy_status: int | None = None
    written = False
    reply: http.client.HTTPResponse | None = None

    def begin(self, seconds: float) -> None:
        """Start a call that may take this long."""
        self.ends_at = time.monotonic() + seconds
        self.written = False
        self.proxy_status = None

    def end(self) -> None:
        """Close the reply, which urllib3 may have dropped without closing it."""
        if self.reply is not None:
            self.reply.close()
        self.reply = None

    def remaining(self) -> float:
        """Return the seconds until the deadline, as a timeout that a socket accepts."""
        return max(self.ends_at - time.monotonic(), _MIN_TIMEOUT_SECONDS)


exchange = Exchange()


class _Reader(io.RawIOBase):
    """Reads from a socket until the deadline."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() >= exchange.ends_at:
            raise TimeoutError
        self._sock.settimeout(exchange.remaining())
        count = self._raw.readinto(buffer)
        self._count += count or 0
        return count

    def readall(self) -> bytes:
        """Raise, since a read without a limit follows from a chunk of negative size."""
        raise http.client.HTTPException

    def tell(self) -> int:
        """Return the number of bytes received."""
        return self._count

    def hang_up(self) -> None:
        """Shut down the connection, so that the pool replaces it."""
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Stream(io.BufferedReader):
    """Reads a reply; the total length of its lines is limited."""

    def __init__(self, reader: _Reader) -> None:
        super().__init__(reader)
        self._reader = reader
        self._room = MAX_LINES_BYTES

    def readline(self, limit: int | None = -1) -> bytes:
        room = self._room + 1
        asked = room if limit is None or limit < 0 else limit
        line = super().readline(min(asked, room))
        self._room -= len(line)
        if self._room < 0:
            raise http.client.HTTPException
        return line

    def close(self) -> None:
        if not self.closed and self.tell() < self._reader.tell():
            self._reader.hang_up()  # bytes after the reply would answer another call
        super().close()


class _Source:
    """Replaces the socket from which `http.client` reads a reply."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> _Stream:
        return _Stream(_Reader(self._sock))


class _Response(http.client.HTTPResponse):
    """A reply; its connection is closed if the end of the reply is in doubt."""

    def begin(self) -> None:
        super().begin()
        if self.version != _HTTP_1_1 or not _has_one_length(self.headers):
            self.will_close = True

    def _read_status(self) -> tuple[str, int, str]:
        """Return version, status and reason; remember the status of a proxy's reply."""
        version, status, reason = super()._read_status()  # type: ignore[misc] # untyped
        if exchange.connecting:
            exchange.proxy_status = status
        return version, status, reason


def _has_one_length(headers: http.client.HTTPMessage) -> bool:
    """Whether the headers define the end of the body exactly once (RFC 9112 6.3)."""
    lengths = headers.get_all("Content-Length", [])
    codings = headers.get_all("Transfer-Encoding", [])
    if codings:
        return codings == ["chunked"] and not lengths
    return len(lengths) == 1 and bool(re.fullmatch("[0-9]+", lengths[0]))


def _response(sock: socket.socket, *args: Any, **options: Any) -> _Response:
    """Return a reply that is read from a socket within the deadline."""
    source: Any = _Source(sock)  # HTTPResponse only calls its `makefile`
    response = _Response(source, *args, **options)
    exchange.reply = response
    return response


class _Connection(HTTPConnection):
    """Connects and reads within the deadline, and notes when the request is sent."""

    response_class: Any = staticmethod(_response)

    def connect(self) -> None:
        exchange.connecting = True  # bytes sent to a proxy now are not the request
        try:
            super().connect()
        finally:
            exchange.connecting = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if not exchange.connecting:
            exchange.written = True
        super().send(data)

    def _new_conn(self) -> socket.socket:
        """Try each address of the host, with an equal share of the time."""
        addresses = _addresses(self._dns_host, self.port)
        for tries in range(len(addresses), 1, -1):
            with suppress(ConnectTimeoutError, NewConnectionError):
                return self._dial(addresses[-tries], exchange.remaining() / tries)
        return self._dial(addresses[-1], exchange.remaining())

    def _dial(self, address: str, seconds: float) -> socket.socket:
        host, timeout = self._dns_host, self.timeout
        self._dns_host, self.timeout = address, seconds
        try:
            sock = super()._new_conn()
        finally:
            self._dns_host, self.timeout = host, timeout
        sock.settimeout(exchange.remaining())  # for the TLS handshake
        return sock


def _addresses(host: str, port: int) -> list[str]:
    """Return the host's addresses; the host itself if the lookup fails.

    urllib3 then repeats the lookup and raises its error.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return [host]
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _SecureConnection(_Connection, HTTPSConnection):
    """A `_Connection` over TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
"""The value for `PoolManager.pool_classes_by_scheme`."""
