"""Calls over HTTPS: the one module that imports requests.

One session for the life of the process keeps its connections between invocations.
TLS is always verified, redirects are never followed, a reply is bounded in size and
time and never decompressed, and nothing but proxies and the CA bundle is taken from
the environment.
"""

from __future__ import annotations

import http.client
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

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
from functions.huaweicloud.calls import Call, Reply
from functions.huaweicloud.connections import POOLS, progress
from functions.huaweicloud.headers import clock_ahead, retry_after
from functions.huaweicloud.signing import canonical_query
from functions.secret import Secret, mask, scrub

REPLY_BYTES = 8 * 1024 * 1024
"""A longer reply is not read; the longest list of a real account is a tenth of it."""
_CHUNK = 64 * 1024
_ID_LENGTH = 200
_CONNECTIONS = 64  # as many as MAX_CONCURRENCY may ask for
_CONSTANT_HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "identity",
    "User-Agent": "ga-access-log",
}

FOREIGN: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.InvalidURL, "the endpoint or the proxy is no address"),
    (requests.exceptions.SSLError, "TLS failed"),
    (requests.exceptions.ProxyError, "the proxy let nothing through"),
    (requests.exceptions.ConnectTimeout, "no connection was made in time"),
    (requests.exceptions.Timeout, "no answer came in time"),
    (requests.exceptions.ConnectionError, "the connection failed"),
    (requests.exceptions.RequestException, "the answer cannot be read"),
    (urllib3.exceptions.TimeoutError, "the answer was not complete in time"),
    (urllib3.exceptions.HTTPError, "the answer broke off"),
    (http.client.HTTPException, "the answer is no HTTP"),
    (TimeoutError, "the answer was not complete in time"),
    (OSError, "the connection failed"),
    (ValueError, "the answer is no HTTP"),
)
"""What the libraries raise, most specific first, and what it means."""


@dataclass(frozen=True, slots=True)
class Transport:
    """Sends calls as they are, with what shows the credential already in them.

    `endpoints` is by service, `secrets` are masked in replies, and may become more;
    `timeout` and `left` are in seconds.
    """

    endpoints: Mapping[str, str]
    secrets: Sequence[Secret]
    timeout: float
    left: Callable[[], float]

    def __call__(self, call: Call) -> Reply:
        """Send a call once.

        Raises: Unreachable if it surely changed nothing; OutcomeUnknown if it may
        have; Misconfigured if it could not even be written.
        """
        progress.written = False
        try:
            return self._exchange(call, self._prepared(call))
        except tuple(kind for kind, _ in FOREIGN) as error:
            raise _ours(error, call, written=progress.written) from error

    def _prepared(self, call: Call) -> requests.PreparedRequest:
        query = f"?{canonical_query(call.query)}" if call.query else ""
        return requests.Request(
            call.method,
            f"{self.endpoints[call.address]}{call.path}{query}",
            headers={**dict(call.headers), **_CONSTANT_HEADERS},
            data=call.content(),
        ).prepare()

    def _exchange(self, call: Call, request: requests.PreparedRequest) -> Reply:
        seconds = max(0.001, min(self.timeout, self.left()))
        with _session().send(
            request,
            stream=True,
            allow_redirects=False,
            timeout=urllib3.Timeout(total=seconds),  # type: ignore[arg-type] # it may
            proxies=_proxies(self.endpoints[call.address]),
        ) as response:
            return self._reply(response, _body(response))

    def _reply(self, response: requests.Response, body: bytes) -> Reply:
        headers = response.headers
        token = headers.get("X-Subject-Token")
        return Reply(
            status=response.status_code,
            document=_document(body, self.secrets),
            request_id=mask(headers.get("X-Request-Id", "")[:_ID_LENGTH], self.secrets),
            retry_after=retry_after(headers.get("Retry-After", "")),
            clock_ahead=clock_ahead(headers.get("Date", "")),
            subject_token=Secret(token) if token else None,
        )


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
def _session() -> requests.Session:
    """Return the one session, with the CA bundle of the environment."""
    session = requests.Session()
    session.trust_env = False  # else .netrc would be read, and all this at each call
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.verify = _ca_bundle()
    for scheme in ("https://", "http://"):
        session.mount(scheme, _Adapter(pool_maxsize=_CONNECTIONS))
    return session


def _ca_bundle() -> str | bool:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if path := os.environ.get(name):
            if not Path(path).exists():
                raise Misconfigured(f"{name} names no file")
            return path
    return True


@cache
def _proxies(endpoint: str) -> dict[str, str]:
    return dict(get_environ_proxies(endpoint))


def _body(response: requests.Response) -> bytes:
    """Return the body as it came, nothing if it is too long."""
    body = bytearray()
    for chunk in response.raw.stream(_CHUNK, decode_content=False):
        body += chunk
        if len(body) > REPLY_BYTES:
            return b""
    return bytes(body)


def _document(body: bytes, secrets: Sequence[Secret]) -> object:
    try:
        return scrub(json.loads(body), secrets)
    except (ValueError, RecursionError):
        return None


def _ours(error: Exception, call: Call, *, written: bool) -> ProvisioningError:
    words = next(words for kind, words in FOREIGN if isinstance(error, kind))
    said = f"{call.operation} got no answer from {call.service}: {words}"
    if isinstance(error, requests.exceptions.InvalidURL):
        return Misconfigured(said, service=call.service)
    kind = OutcomeUnknown if written and call.changes else Unreachable
    return kind(said, service=call.service)
