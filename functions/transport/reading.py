"""From a reply's status, headers and bytes to a value with no known secret in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from functions.secret import Secret, mask, scrub
from functions.transport import dates
from functions.transport.calls import Reply

REPLY_BYTES = 2 * 1024 * 1024
"""A longer reply is not read: it may take ten times its bytes, in several threads.

The longest list there is has less than half of it: a group's hundred streams, each with
twenty tags as long as they may be.
"""
REPLY_VALUES = 50_000
"""A reply of more values is not taken apart: one may take sixty times its bytes.

That longest list has a tenth of it.
"""


def read(
    status: int,
    headers: Mapping[str, str],
    chunks: Iterable[bytes],
    secrets: Sequence[Secret],
    now: float,
) -> Reply:
    """Return the reply; `headers` finds a name in any case.

    `now` is in seconds since 1970, and stands in for a Date that is missing.
    """
    token = headers.get("X-Subject-Token")
    if token:
        secrets = [*secrets, Secret(token)]
    told = dates.of_header(headers.get("Date", ""))
    date = now if told is None else told
    return Reply(
        status=status,
        document=_document(_body(chunks), secrets),
        request_id=mask(headers.get("X-Request-Id", ""), secrets),
        retry_after=dates.retry_after(headers.get("Retry-After", "")),
        date=date,
        clock_ahead=now - date,
        subject_token=Secret(token) if token else None,
    )


def _body(chunks: Iterable[bytes]) -> bytearray:
    """Return the body, nothing if it is too long."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > REPLY_BYTES:
            return bytearray()
    return body


def _document(body: bytearray, secrets: Sequence[Secret]) -> object:
    """Return the JSON of a body, None if it is none or more than is taken apart."""
    if sum(map(body.count, (b"[", b"{", b","))) > REPLY_VALUES:
        return None
    try:
        return scrub(json.loads(body), secrets)
    except (ValueError, RecursionError):
        return None
