"""Calls over HTTPS: the one module that imports requests.

TLS certificates are always verified, redirects are never followed, and replies are
limited in size and time and never decompressed. Only the proxies and the CA bundle are
taken from the environment.
"""

from __future__ import annotations

import http.client
import logging
import os
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy

from functions import __version__
from functions.errors import (
    Misconfigured,
    OutcomeUnknown,
    ProvisioningError,
    ProxyRefused,
    Unreachable,
)
from functions.secret import Masks
from functions.transport.calls import Call, Reply, encoded_query
from functions.transport.deadline import POOLS, exchange
from functions.transport.reading import one_line, read

_CHUNK_BYTES = 64 * 1024
_POOL_SIZE = 64  # the most that MAX_CONCURRENCY may ask for
_FINAL_STATUSES = range(200, 600)
_CA_BUNDLE = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_CA_REMEDY = (
    "Set REQUESTS_CA_BUNDLE to the certificates of the authority that issued the "
    "endpoint's certificate (or a proxy's), or correct the endpoint."
)
_PROXY_REFUSALS = range(400, 500)
_CONSTANT_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": f"ga-access-log/{__version__}",
}

LIBRARY_ERRORS: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.InvalidURL, "the endpoint's or the proxy's URL is invalid"),
    (
        urllib3.exceptions.LocationValueError,
        "the endpoint's or the proxy's URL is invalid",
    ),
    (requests.exceptions.InvalidSchema, "the proxy's scheme is not supported"),
    (requests.exceptions.InvalidHeader, "a header is not valid in HTTP"),
    (requests.exceptions.SSLError, "the TLS handshake failed"),
    (requests.exceptions.ProxyError, "the proxy refused the connection"),
    (requests.exceptions.ConnectTimeout, "connecting timed out"),
    (requests.exceptions.Timeout, "the response timed out"),
    (requests.exceptions.ConnectionError, "the connection failed"),
    (requests.exceptions.RequestException, "invalid HTTP response"),
    (urllib3.exceptions.SSLError, "the TLS handshake failed"),
    (urllib3.exceptions.ProxyError, "the proxy refused the connection"),
    (urllib3.exceptions.NameResolutionError, "DNS lookup failed"),
    (urllib3.exceptions.NewConnectionError, "connection refused"),
    (urllib3.exceptions.ConnectTimeoutError, "connecting timed out"),
    (urllib3.exceptions.TimeoutError, "the response timed out"),
    (urllib3.exceptions.HTTPError, "response truncated"),
    (http.client.HTTPException, "invalid HTTP response"),
    (TimeoutError, "the response timed out"),
    (OSError, "the connection failed"),
    (ValueError, "invalid HTTP response"),
)
"""The exceptions of the libraries, most specific first, and their meaning."""

_SETTINGS_AT_FAULT = (
    requests.exceptions.InvalidURL,
    urllib3.exceptions.LocationValueError,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidHeader,
)

# urllib3 logs headers that it cannot parse, and they may contain secrets
logging.getLogger("urllib3").setLevel(logging.CRITICAL)


class _Adapter(HTTPAdapter):
    """The adapter of `requests`, with connections that have a deadline."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **options)
        manager.pool_classes_by_scheme = POOLS
        return manager


class Connections:
    """Connections that are kept for later calls, with the environment's proxies.

    The adapter of requests sets them up. Its session is not used, because that would
    keep cookies, follow redirects and read .netrc. Proxies are read once for each
    endpoint.
    """

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self._adapter = _Adapter(pool_maxsize=_POOL_SIZE)
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._proxies: dict[str, dict[str, str]] = {}

    def send(
        self, request: requests.PreparedRequest, endpoint: str, timeout: float
    ) -> urllib3.BaseHTTPResponse:
        """Send a request and return the response, its body not read yet.

        Raises: Misconfigured if the CA bundle is missing or unusable; the exceptions in
        LIBRARY_ERRORS.
        """
        url = cast("str", request.url)
        return self._pool(request, endpoint).urlopen(
            cast("str", request.method),
            url[len(endpoint) :],
            body=request.body,
            headers=request.headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=timeout,
            preload_content=False,
            decode_content=False,
        )

    def _pool(
        self, request: requests.PreparedRequest, endpoint: str
    ) -> urllib3.HTTPConnectionPool:
        """Return the connections to an endpoint."""
        if endpoint not in self._pools:
            verify = _ca_bundle(self._environ)
            proxies = self.proxies_for(endpoint)
            if not all(urllib3.util.parse_url(url).host for url in proxies.values()):
                raise requests.exceptions.InvalidProxyURL  # requests fails otherwise
            adapter: Any = self._adapter  # requests types it in part
            pool = adapter.get_connection_with_tls_context(request, verify, proxies)
            adapter.cert_verify(pool, request.url, verify, cert=None)
            self._pools[endpoint] = pool
        return self._pools[endpoint]

    def proxies_for(self, endpoint: str) -> dict[str, str]:
        """Return the environment's proxy for an endpoint, none for a local one."""
        if endpoint.startswith("http://"):
            return {}
        if endpoint not in self._proxies:
            url = select_proxy(endpoint, get_environ_proxies(endpoint))
            self._proxies[endpoint] = {"https": url} if url else {}
        return self._proxies[endpoint]


def _ca_bundle(environ: Mapping[str, str]) -> str | bool:
    """Return the path of the environment's CA bundle, True for the default one.

    Raises: Misconfigured.
    """
    for name in _CA_BUNDLE:
        if path := environ.get(name, "").strip():
            folder = path if Path(path).is_dir() else None
            file = None if folder else path
            try:
                ssl.create_default_context(cafile=file, capath=folder)
            except OSError as error:  # ssl.SSLError is one
                raise Misconfigured(
                    f"{name} must be a readable file of CA certificates in PEM"
                ) from error
            return path
    return True


class Session:
    """Sends calls whose headers already contain the credentials."""

    def __init__(
        self,
        connections: Connections,
        endpoints: Mapping[str, str],
        masks: Masks,
        timeout: float,
        remaining_seconds: Callable[[], float],
    ) -> None:
        """Take the endpoints, the secrets to mask, and time limits in seconds."""
        self._connections = connections
        self._endpoints = endpoints
        self._masks = masks
        self._timeout = timeout
        self._remaining_seconds = remaining_seconds
        self._refusal: ProxyRefused | None = None

    def __call__(self, call: Call) -> Reply:
        """Send a call once and return the reply, with any status.

        Raises: Unreachable if the call certainly changed nothing; OutcomeUnknown if it
        may have; ProxyRefused after a proxy has refused a call of this session;
        Misconfigured if a setting prevented the call from being sent.
        """
        endpoint = self._endpoints[call.address]
        has_proxy = bool(self._connections.proxies_for(endpoint))
        if self._refusal and has_proxy:
            raise _proxy_refused(call, endpoint, self._refusal.upstream_status)
        exchange.begin(min(self._timeout, self._remaining_seconds()))
        try:
            return self._exchange(call, endpoint)
        except tuple(kind for kind, _ in LIBRARY_ERRORS) as error:
            failure = self._failure(error, call, endpoint)
            cause = self._cause(error, has_proxy=has_proxy)
        finally:
            exchange.end()
        raise failure from cause  # outside `except`, so that its context is not kept

    def _failure(
        self, error: Exception, call: Call, endpoint: str
    ) -> ProvisioningError:
        """Return our error for a library's exception; remember a proxy's refusal."""
        if exchange.proxy_status not in _PROXY_REFUSALS:
            return _translated(error, call, endpoint, was_written=exchange.written)
        self._refusal = _proxy_refused(call, endpoint, exchange.proxy_status)
        return self._refusal

    def _cause(self, error: Exception, *, has_proxy: bool) -> Exception:
        """Return a replacement for an exception that may quote a secret."""
        name = type(error).__name__
        if has_proxy:  # whose URL may have a password
            return OSError(name)
        return OSError(one_line(self._masks.text(f"{name}: {error}")))

    def _exchange(self, call: Call, endpoint: str) -> Reply:
        request = _prepared(call, endpoint)
        response = self._connections.send(request, endpoint, exchange.remaining())
        if response.status not in _FINAL_STATUSES:
            # a final reply may follow, which must not answer another call
            raise http.client.HTTPException
        chunks = response.stream(_CHUNK_BYTES, decode_content=False)
        return read(response.status, response.headers, chunks, self._masks, time.time())


def _prepared(call: Call, endpoint: str) -> requests.PreparedRequest:
    """Return the request exactly as it was signed; `requests` might rewrite it."""
    query = f"?{encoded_query(call.query)}" if call.query else ""
    headers = {**dict(call.headers), **_CONSTANT_HEADERS}
    content = call.content()
    if content or call.is_change:
        headers["Content-Length"] = str(len(content))
    request = requests.PreparedRequest()
    request.method = call.method
    request.url = f"{endpoint}{call.path}{query}"
    request.headers = cast("Any", headers)  # any mapping will do
    request.body = content or None
    return request


def _proxy_refused(call: Call, endpoint: str, status: int | None) -> ProxyRefused:
    return ProxyRefused(
        f"{call.operation}: the proxy refused to connect to {call.service} at "
        f"{endpoint}, with {status}",
        service=call.service,
        upstream_status=status,
    )


def _translated(
    error: Exception, call: Call, endpoint: str, *, was_written: bool
) -> ProvisioningError:
    """Return our error for a library's exception."""
    detail = f"{call.operation}: the call to {call.service} at {endpoint} failed"
    detail = f"{detail}: {_meaning(error)}"
    if isinstance(error, _SETTINGS_AT_FAULT) and not was_written:
        return Misconfigured(detail, service=call.service)
    if (reason := _verification_error(error)) and not was_written:
        detail = f"{detail}: certificate verification failed: {reason}"
        return Misconfigured(detail, service=call.service, remedy=_CA_REMEDY)
    kind = OutcomeUnknown if was_written and call.is_change else Unreachable
    return kind(detail, service=call.service)


def _verification_error(error: BaseException | None) -> str | None:
    """Return why a certificate was not accepted, None if the reason is another."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__ or error.__context__
    return None


def _meaning(error: Exception) -> str:
    """Return the meaning of a library's exception."""
    return next(words for kind, words in LIBRARY_ERRORS if isinstance(error, kind))
