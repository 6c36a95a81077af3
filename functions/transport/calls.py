"""Calls to a cloud's API and the replies, as values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from functions.errors import ProvisioningError
from functions.secret import Secret

_SAFE_METHODS = frozenset({"GET"})


class Call(NamedTuple):
    """One request to an API, without host and credential.

    `operation` is the API's name for it, `path` is percent-encoded, `query` and
    `headers` are pairs of name and value, `body` is a JSON object or None; headers and
    body may hold a secret. `attempt` counts from 1. `endpoint` is the key of the
    endpoint, if it is not the service's usual one; `project` is the ID of the project
    that the call is about, if the credential may have no access to it. `expected` are
    the errors that are part of normal operation.
    """

    service: str
    operation: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    body: Mapping[str, object] | None = None
    attempt: int = 1
    endpoint: str = ""
    project: str | None = None
    expected: tuple[type[ProvisioningError], ...] = ()

    def __repr__(self) -> str:
        """Return service, operation and path, without headers and body."""
        return f"<{self.service} {self.operation}: {self.method} {self.path}>"

    @property
    def address(self) -> str:
        """The key of the endpoint that receives the call."""
        return self.endpoint or self.service

    @property
    def is_change(self) -> bool:
        """Whether it may change something, so that a lost reply leaves doubt."""
        return self.method not in _SAFE_METHODS

    def content(self) -> bytes:
        """Return the body in the form in which it is sent: UTF-8, or nothing."""
        if self.body is None:
            return b""
        return json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()


class Reply(NamedTuple):
    """The reply to a call, with every known secret in it masked.

    `document` is the JSON of the body; None if it is empty, not JSON or too large.
    `retry_after` is in seconds, `date` is the cloud's time in seconds since 1970, and
    our clock is `clock_ahead` seconds ahead of it. `subject_token` is the token that
    IAM issued.
    """

    status: int
    document: object = None
    request_id: str | None = None
    retry_after: float | None = None
    date: float | None = None
    clock_ahead: float = 0.0
    subject_token: Secret | None = None


Send = Callable[[Call], Reply]
"""Sends a call. Returns the reply if it is a success (2xx); raises a ProvisioningError
for any other reply, and if there is none."""


def path_segment(identifier: str) -> str:
    """Return an ID as one segment of a path, with a slash in it escaped."""
    return quote(identifier, safe="")


def encoded_query(query: Iterable[tuple[str, str]]) -> str:
    """Return the query in the signed and sent form: sorted, percent-encoded."""
    pairs = ((quote(n, safe="~"), quote(v, safe="~")) for n, v in sorted(query))
    return "&".join(f"{name}={value}" for name, value in pairs)
