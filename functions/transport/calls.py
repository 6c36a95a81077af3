"""What passes between this bundle and a cloud's API: calls and replies, as values."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote

from functions.secret import Secret

SAFE_METHODS = frozenset({"GET"})
"""Methods that change nothing, so that silence leaves nothing unknown."""


class Call(NamedTuple):
    """One request to an API, without host and credential.

    `operation` is the API's name for it, `path` is percent-encoded, `query` and
    `headers` are pairs of name and value, `body` is JSON's object or nothing; both
    may hold a secret. `attempt` counts from 1. `endpoint` is the key of the address, if
    it is not the service's usual one.
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

    def __repr__(self) -> str:
        """Return what it is about, and nothing of what it says."""
        return f"<{self.service} {self.operation}: {self.method} {self.path}>"

    @property
    def address(self) -> str:
        """The key of the address it goes to."""
        return self.endpoint or self.service

    @property
    def changes(self) -> bool:
        """Whether it leaves something behind, so that its silence is a riddle."""
        return self.method not in SAFE_METHODS

    def content(self) -> bytes:
        """Return the body as it goes over the wire: UTF-8, or nothing."""
        if self.body is None:
            return b""
        return json.dumps(self.body, separators=(",", ":"), ensure_ascii=False).encode()


class Reply(NamedTuple):
    """What came back, every known secret in it masked.

    `document` is the JSON of the body; None where it is empty, no JSON or too large.
    `retry_after` is in seconds, `date` is the cloud's clock in seconds since 1970, and
    ours is by `clock_ahead` seconds ahead of it. `subject_token` is the token that IAM
    has made.
    """

    status: int
    document: object = None
    request_id: str | None = None
    retry_after: float | None = None
    date: float | None = None
    clock_ahead: float = 0.0
    subject_token: Secret | None = None


Send = Callable[[Call], Reply]
"""The one port to the clouds: raises an error of ours where no reply was had."""


def segment(identifier: str) -> str:
    """Return an id as one segment of a path; a slash in it stays inside it."""
    return quote(identifier, safe="")
