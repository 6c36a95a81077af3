"""From a reply's status, headers and bytes to a value with no known secret in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from functions.huaweicloud import moments
from functions.huaweicloud.calls import Reply
from functions.secret import Secret, mask, scrub

REPLY_BYTES = 8 * 1024 * 1024
"""A longer reply is not read; the longest list of a real account is a tenth of it."""


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
    told = moments.of_header(headers.get("Date", ""))
    date = now if told is None else told
    return Reply(
        status=status,
        document=_document(_body(chunks), secrets),
        request_id=mask(headers.get("X-Request-Id", ""), secrets),
        retry_after=moments.retry_after(headers.get("Retry-After", "")),
        date=date,
        clock_ahead=now - date,
        subject_token=Secret(token) if token else None,
    )


def _body(chunks: Iterable[bytes]) -> bytes:
    """Return the body, nothing if it is too long."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > REPLY_BYTES:
            return b""
    return bytes(body)


def _document(body: bytes, secrets: Sequence[Secret]) -> object:
    try:
        return scrub(json.loads(body), secrets)
    except (ValueError, RecursionError):
        return None
