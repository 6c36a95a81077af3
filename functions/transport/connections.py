"""HTTP connections that keep to one bound in time, whatever the peer does.

Connecting, a proxy's answer, shaking hands and reading all end at the one moment that a
call was given. (Looking up a host's name is the resolver's.)
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from functions.transport.wire import bounded_response, exchange


class _Connection(HTTPConnection):
    """Connects and reads within the thread's exchange, and notes when it writes."""

    response_class: Any = staticmethod(bounded_response)
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
