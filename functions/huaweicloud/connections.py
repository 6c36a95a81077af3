"""HTTP connections that keep to one bound in time, whatever the peer does.

A timeout of `requests` bounds the wait for each next byte, so that a peer which sends a
byte a second is never late. Here connecting, a proxy's answer, shaking hands and
reading all end at the one moment that a call was given. (Looking up a host's name is
the resolver's.)
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

_LEAST_SECONDS = 0.001  # a socket's timeout of zero would mean not to wait at all


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

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() >= exchange.ends_at:
            raise TimeoutError("the answer was not complete in time")
        self._sock.settimeout(exchange.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Source:
    """Stands in for the socket that a reply is read from."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock))


def _bounded_response(
    sock: socket.socket, *args: Any, **options: Any
) -> http.client.HTTPResponse:
    source: Any = _Source(sock)  # a reply asks its socket for nothing else
    exchange.reply = http.client.HTTPResponse(source, *args, **options)
    return exchange.reply


class _Connection(HTTPConnection):
    """Connects and reads within the thread's exchange, and notes when it writes."""

    response_class: Any = staticmethod(_bounded_response)
    _connecting = False

    def connect(self) -> None:
        self._connecting = True  # what a proxy is sent meanwhile is not the request
        try:
            super().connect()
        finally:
            self._connecting = False

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if not self._connecting:
            exchange.written = True
        super().send(data)

    def _new_conn(self) -> socket.socket:
        """Try each address of the host, the time shared out among them."""
        addresses = _addresses(self._dns_host, self.port)
        for tries in range(len(addresses), 1, -1):
            with suppress(ConnectTimeoutError, NewConnectionError):
                return self._dialled(addresses[-tries], exchange.remaining() / tries)
        return self._dialled(addresses[-1], exchange.remaining())

    def _dialled(self, address: str, seconds: float) -> socket.socket:
        host, timeout = self._dns_host, self.timeout
        self._dns_host, self.timeout = address, seconds
        try:
            sock = super()._new_conn()
        finally:
            self._dns_host, self.timeout = host, timeout
        sock.settimeout(exchange.remaining())  # the bound of a TLS handshake
        return sock


def _addresses(host: str, port: int) -> list[str]:
    """Return the host's addresses, or the host itself for urllib3 to fail on."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return [host]
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class _SecureConnection(_Connection, HTTPSConnection):
    """The same, inside TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
"""For `PoolManager.pool_classes_by_scheme`."""
