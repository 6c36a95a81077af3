"""Reads a reply's status, headers and bytes into a value, with secrets masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from functions.secret import Masks, Secret
from functions.transport import dates
from functions.transport.calls import Reply

MAX_REPLY_BYTES = 2 * 1024 * 1024
"""A longer body is ignored, because parsing may take ten times its size per thread.

The longest list of the services is less than half as long: the hundred streams of a
group, each with twenty tags of maximum length.
"""
MAX_REPLY_VALUES = 50_000
"""A body with more values is ignored, because each may take sixty times its size.

The longest list of the services has a tenth as many.
"""
_LINE_LENGTH = 200


def read(
    status: int,
    headers: Mapping[str, str],
    chunks: Iterable[bytes],
    masks: Masks,
    now: float,
) -> Reply:
    """Return the reply; `headers` must ignore the case of names.

    `now` is in seconds since 1970, and replaces a missing Date.
    """
    token = headers.get("X-Subject-Token")
    if token:
        masks.add(Secret(token))
    sent_at = dates.of_header(headers.get("Date", ""))
    date = now if sent_at is None else sent_at
    return Reply(
        status=status,
        document=_document(_body(chunks), masks),
        request_id=masks.text(headers.get("X-Request-Id", "")),
        retry_after=dates.retry_after(headers.get("Retry-After", "")),
        date=date,
        clock_ahead=now - date,
        subject_token=Secret(token) if token else None,
    )


def one_line(text: str, length: int = _LINE_LENGTH) -> str:
    """Return untrusted text as one printable line of limited length."""
    line = " ".join(text.split())[:length]
    return "".join(each if each.isprintable() else "?" for each in line)


def _body(chunks: Iterable[bytes]) -> bytearray:
    """Return the body, empty if it is too long."""
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > MAX_REPLY_BYTES:
            return bytearray()
    return body


def _document(body: bytearray, masks: Masks) -> object:
    """Return the JSON in a body, None if it is not JSON or has too many values."""
    if sum(map(body.count, (b"[", b"{", b","))) > MAX_REPLY_VALUES:
        return None
    try:
        return masks.document(json.loads(body))
    except (ValueError, RecursionError):
        return None
