"""Calls over HTTPS: the one module that imports requests.

One adapter for the life of the process keeps its connections between invocations.
TLS is always verified, redirects are never followed, a reply is bounded in size and
time and never decompressed, and nothing but proxies and the CA bundle is taken from
the environment.
"""

from __future__ import annotations

import http.client
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies

from functions.errors import (
    Misconfigured,
    OutcomeUnknown,
    ProvisioningError,
    Unreachable,
)
from functions.huaweicloud.replies import clean
from functions.huaweicloud.request_signing import canonical_query
from functions.secret import Secret, mask
from functions.transport.calls import Call, Reply
from functions.transport.connections import POOLS
from functions.transport.reading import read
from functions.transport.wire import exchange

_CHUNK = 64 * 1024
_CONNECTIONS = 64  # as many as MAX_CONCURRENCY may ask for
_FINAL_STATUSES = range(200, 600)
_CONSTANT_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "ga-access-log",
}

FOREIGN: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.InvalidURL, "the endpoint or the proxy is no address"),
    (requests.exceptions.InvalidSchema, "the proxy is of a kind that is not served"),
    (requests.exceptions.InvalidHeader, "a header is none that HTTP knows"),
    (requests.exceptions.SSLError, "TLS failed"),
    (requests.exceptions.ProxyError, "the proxy let nothing through"),
    (requests.exceptions.ConnectTimeout, "no connection was made in time"),
    (requests.exceptions.Timeout, "no answer came in time"),
    (requests.exceptions.ConnectionError, "the connection failed"),
    (requests.exceptions.RequestException, "the answer cannot be read"),
    (urllib3.exceptions.NameResolutionError, "its name is not known"),
    (urllib3.exceptions.NewConnectionError, "it takes no connection"),
    (urllib3.exceptions.TimeoutError, "the answer was not complete in time"),
    (urllib3.exceptions.HTTPError, "the answer broke off"),
    (http.client.HTTPException, "the answer is no HTTP"),
    (TimeoutError, "the answer was not complete in time"),
    (OSError, "the connection failed"),
    (ValueError, "the answer is no HTTP"),
)
"""What the libraries raise, most specific first, and what it means."""

_OF_SETTINGS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
)

logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # it quotes what it cannot read


class Transport:
    """Sends calls as they are, with what shows the credential already in them."""

    def __init__(
        self,
        endpoints: Mapping[str, str],
        secrets: Sequence[Secret],
        timeout: float,
        remaining_seconds: Callable[[], float],
    ) -> None:
        """Take addresses, secrets to mask in replies, and bounds in seconds.

        The secrets may become more.
        """
        self._endpoints = endpoints
        self._secrets = secrets
        self._timeout = timeout
        self._left = remaining_seconds

    def __call__(self, call: Call) -> Reply:
        """Send a call once.

        Raises: Unreachable if it surely changed nothing; OutcomeUnknown if it may
        have; Misconfigured if it could not even be written.
        """
        exchange.begin(min(self._timeout, self._left()))
        try:
            return self._exchange(call, self._prepared(call))
        except tuple(kind for kind, _ in FOREIGN) as error:
            said = mask(f"{type(error).__name__}: {error}", self._secrets)
            cause = OSError(clean(said))  # it may quote the peer, and so a secret
            endpoint = self._endpoints[call.address]
            raise _ours(error, call, endpoint, written=exchange.written) from cause
        finally:
            exchange.end()

    def _prepared(self, call: Call) -> requests.PreparedRequest:
        """Return the request as it was signed: nothing of it is written anew."""
        query = f"?{canonical_query(call.query)}" if call.query else ""
        headers = {**dict(call.headers), **_CONSTANT_HEADERS}
        content = call.content()
        if content or call.changes:
            headers["Content-Length"] = str(len(content))
        request = requests.PreparedRequest()
        request.method = call.method
        request.url = f"{self._endpoints[call.address]}{call.path}{query}"
        request.headers = cast("Any", headers)  # any mapping will do
        request.body = content or None
        return request

    def _exchange(self, call: Call, request: requests.PreparedRequest) -> Reply:
        with _adapter().send(
            request,
            stream=True,
            timeout=exchange.remaining(),
            verify=_ca_bundle(),
            proxies=_proxies(self._endpoints[call.address]),
        ) as response:
            if response.status_code not in _FINAL_STATUSES:
                # the true answer may follow: closed unread, it cannot meet another call
                raise http.client.HTTPException
            chunks = response.raw.stream(_CHUNK, decode_content=False)
            status, headers = response.status_code, response.headers
            return read(status, headers, chunks, self._secrets, time.time())


class _Adapter(HTTPAdapter):
    """The adapter of `requests`, on connections that keep to their time."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager


@cache
def _adapter() -> _Adapter:
    """Return the one adapter, with the connections that it keeps.

    A session would do more than is wanted: keep cookies, follow redirects, read .netrc.
    """
    return _Adapter(pool_maxsize=_CONNECTIONS)


@cache
def _ca_bundle() -> str | bool:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if path := os.environ.get(name):
            if not Path(path).exists():
                raise Misconfigured(f"{name} names no file")
            return path
    return True


@cache
def _proxies(endpoint: str) -> dict[str, str]:
    """Return the environment's proxies; what is on this machine needs none."""
    return {} if endpoint.startswith("http://") else dict(get_environ_proxies(endpoint))


def _ours(
    error: Exception, call: Call, endpoint: str, *, written: bool
) -> ProvisioningError:
    said = (
        f"{call.operation} got no answer from {call.service} at {endpoint}: "
        f"{_words(error)}"
    )
    if isinstance(error, _OF_SETTINGS) and not written:
        return Misconfigured(said, service=call.service)
    kind = OutcomeUnknown if written and call.changes else Unreachable
    return kind(said, service=call.service)


def _words(error: Exception) -> str:
    """Return what went wrong; a failed connection wraps the reason that urllib3 had."""
    if type(error) is requests.exceptions.ConnectionError and error.args:
        reason = getattr(error.args[0], "reason", None)
        error = reason if isinstance(reason, Exception) else error
    return next(words for kind, words in FOREIGN if isinstance(error, kind))
