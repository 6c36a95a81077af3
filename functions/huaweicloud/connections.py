"""HTTP connections that keep to one bound in time, whatever the peer does.

A timeout of `requests` bounds the wait for each next byte, so that a peer which sends a
byte a second is never late. Here connecting, shaking hands and reading all fit in the
one timeout that a call was given. (Looking up a host's name is the resolver's.)
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from functools import partial
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

_LEAST_SECONDS = 0.001  # a socket's timeout of zero would mean not to wait at all


class Progress(threading.local):
    """How far this thread's call has come: whether a byte of it may have left."""

    written = False


progress = Progress()


class _Reader(io.RawIOBase):
    """A socket's bytes, until a moment of `time.monotonic`."""

    def __init__(self, sock: socket.socket, ends_at: float) -> None:
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._ends_at = ends_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        remaining = self._ends_at - time.monotonic()
        if remaining <= 0:
            raise TimeoutError("the answer was not complete in time")
        self._sock.settimeout(remaining)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Source:
    """Stands in for the socket that a reply is read from."""

    def __init__(self, sock: socket.socket, ends_at: float) -> None:
        self._reader = _Reader(sock, ends_at)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)


def _bounded_response(
    sock: socket.socket, *args: Any, ends_at: float, **options: Any
) -> http.client.HTTPResponse:
    source: Any = _Source(sock, ends_at)  # a reply asks its socket for nothing else
    return http.client.HTTPResponse(source, *args, **options)


class _Connection(HTTPConnection):
    """Takes `timeout`, which urllib3 sets to what remains, as the bound of it all."""

    def connect(self) -> None:
        self._bound_replies()  # a proxy answers to CONNECT
        super().connect()
        progress.written = False  # that was not the call

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        progress.written = True
        super().send(data)

    def getresponse(self) -> Any:
        self._bound_replies()
        return super().getresponse()

    def _bound_replies(self) -> None:
        ends_at = time.monotonic() + self._seconds()
        response: Any = partial(_bounded_response, ends_at=ends_at)
        self.response_class = response

    def _new_conn(self) -> socket.socket:
        """Try each address of the host, the time shared out among them.

        What then remains of it is the bound of a TLS handshake.
        """
        host, seconds = self._dns_host, self._seconds()
        ends_at = time.monotonic() + seconds
        addresses = _addresses(host, self.port)
        try:
            for tries in range(len(addresses), 0, -1):
                self._dns_host = addresses[-tries]
                self.timeout = _least((ends_at - time.monotonic()) / tries)
                try:
                    sock = super()._new_conn()
                except (ConnectTimeoutError, NewConnectionError):
                    if tries == 1:
                        raise
                else:
                    sock.settimeout(_least(ends_at - time.monotonic()))
                    return sock
        finally:
            self._dns_host, self.timeout = host, seconds
        raise AssertionError  # there is at least one address

    def _seconds(self) -> float:
        return float(self.timeout or 0)  # the transport always sets one


def _addresses(host: str, port: int) -> list[str]:
    """Return the host's addresses, or the host itself for urllib3 to fail on."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return [host]
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def _least(seconds: float) -> float:
    return max(seconds, _LEAST_SECONDS)


class _SecureConnection(_Connection, HTTPSConnection):
    """The same, inside TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}
"""For `PoolManager.pool_classes_by_scheme`."""
