"""Makes a value of a reply's status, headers and bytes, with known secrets masked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from functions.secret import Masks, Secret
from functions.transport import dates
from functions.transport.calls import Reply

MAX_REPLY_BYTES = 2 * 1024 * 1024
"""A longer body is dropped: parsed, it may take ten times its size in each thread.

The longest list that the services send has less than half of that: the hundred streams
of a group, each with twenty tags of the greatest length.
"""
MAX_REPLY_VALUES = 50_000
"""A body of more values is not parsed: one may take sixty times its size.

That longest list has a tenth of them.
"""
_LINE_LENGTH = 200


def read(
    status: int,
    headers: Mapping[str, str],
    chunks: Iterable[bytes],
    masks: Masks,
    now: float,
) -> Reply:
    """Return the reply; `headers` ignores the case of names.

    `now` is in seconds since 1970, and stands in for a Date that is missing.
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
    """Return the JSON in a body, None if there is none or too much."""
    if sum(map(body.count, (b"[", b"{", b","))) > MAX_REPLY_VALUES:
        return None
    try:
        return masks.document(json.loads(body))
    except (ValueError, RecursionError):
        return None
