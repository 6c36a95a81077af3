"""Hypothesis strategies for replies, from almost correct to nonsense."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.byte_server import Answer
from tests.e2e.driving import LISTENER, STREAM_NAME
from tests.e2e.hostile.misbehaving import SECRETS

_SECRET = SECRETS.decode()
ODD: tuple[object, ...] = (
    *(None, True, False, 0, -1, 7, 1.5, 10**30, float("nan"), float("inf")),
    *("", "x", "x" * 300, "x" * 100_000, "\ud800", "😀" * 400, "..", "../../etc"),
    *("a\r\nX-Evil: 1", "\0\x1b[31m\x85", _SECRET, "ACTIVE", "ERROR", "DELETING"),
    *([], {}, [[]], [None], {"": {}}, ["x"] * 1_000, {_SECRET: _SECRET}),
    *(
        "GA.9201",
        "GA.9002",
        "GA.9004",
        "LTS.0202",
        "LTS.0205",
        "LTS.0201",
        "1970-01-01T00:00:00Z",
    ),
)
"""Values of every type that are wrong or unusual for a field."""
_STREAM = ["log_stream_id", "log_stream_name", "creation_time", "ttl_in_days", "tag"]
_TANK = ["id", "resource_id", "log_group_id", "log_stream_id", "status", "created_at"]
_PLAUSIBLE = {
    "resource_id": LISTENER,
    "log_stream_name": STREAM_NAME,
    "status": "PENDING",
    "created_at": "2026-11-24T00:00:00Z",
}
_GROUP = ["log_group_id", "log_group_name", "creation_time", "ttl_in_days", "tag"]
_LISTENER = ["id", "name", "accelerator_id", "status", "created_at", "tags"]
_LISTENER += ["frozen_info"]
_ERROR = ["error_code", "error_msg", "errorCode", "code", "message", "request_id"]
_STATUSES = (200, 201, 202, 204, 206, 300, 302, 304, 307, 400, 403, 404, 408, 409)
_ODD_STATUSES = (500, 502, 503, 599, 100, 101, 103, 199, 600, 999, 42, -1)
RETRIED_STATUSES = (401, 429)
"""Statuses that mean that a request was not processed, so that it is repeated."""
_HEADERS = {
    "Retry-After": ("0", "-1", "9" * 400, "soon", "Fri, 31 Dec 9999 23:59:59 GMT"),
    "Date": ("", "0", "Sat, 01 Jan 0001 00:00:00 +2359", "x" * 60_000, "1 " * 9_000),
    "X-Request-Id": ("", "\x1b[31m\0", "x" * 60_000, _SECRET, "\x85\xa0\xad"),
    "X-Subject-Token": ("", " a", "x" * 60_000, _SECRET, "\xe9", "a\r\n b"),
    "Set-Cookie": ("a=b; Domain=127.0.0.1; Path=/", _SECRET, "=;" * 9_000),
    "Location": ("/", "http://[", "file:///etc/passwd", f"//{_SECRET}@127.0.0.1/"),
    "Content-Type": ("text/html; charset=\0", "a;" * 9_000, _SECRET),
    "Content-Encoding": ("gzip", "deflate", "br", "zstd", "gzip, " * 99, _SECRET),
    "Connection": ("close", "keep-alive", "upgrade", _SECRET),
    "Content-Length": ("1", "99999", "-5", "x", _SECRET),
    "Transfer-Encoding": ("chunked", "gzip", "chunked, chunked", _SECRET),
    "Upgrade": ("h2c", "websocket"),
}
_STARTS = ("HTTP/1.0", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/2", "ICY", "", "\0")


class GeneratedReply(NamedTuple):
    """A reply, whether the request is processed, and whether the reply denies that."""

    content: Answer
    is_processed: bool
    denies_processing: bool


def _objects(names: list[str]) -> st.SearchStrategy[dict[str, object]]:
    """Draw an object with some of these fields, with plausible or odd values."""
    odd = st.sampled_from(ODD)
    fields = {
        name: st.just(_PLAUSIBLE[name]) | odd
        if name in _PLAUSIBLE
        else st.just("a") | odd
        for name in names
    }
    return st.fixed_dictionaries({}, optional=fields)


def _documents(operation: str) -> st.SearchStrategy[Any]:
    """Draw a document that resembles a reply of the operation or an error."""
    odd = st.sampled_from(ODD)
    errors = _objects(_ERROR)
    tanks = st.lists(_objects(_TANK) | odd, max_size=3) | odd
    page = st.fixed_dictionaries({}, optional={"next_marker": odd}) | odd
    tank = st.fixed_dictionaries({"logtank": _objects(_TANK) | odd})
    plausible: dict[str, st.SearchStrategy[Any]] = {
        "CreateLogStream": _objects(["log_stream_id", *_ERROR]),
        "ListLogStream": st.fixed_dictionaries(
            {"log_streams": st.lists(_objects(_STREAM) | odd, max_size=3) | odd}
        ),
        "CreateLogGroup": _objects(["log_group_id", *_ERROR]),
        "ListLogGroups": st.fixed_dictionaries(
            {"log_groups": st.lists(_objects(_GROUP) | odd, max_size=3) | odd}
        ),
        "UpdateLogStream": _objects(["log_topic_id", "ttl_in_days"]),
        "CreateLogtank": tank,
        "UpdateLogtank": tank,
        "ListListeners": st.fixed_dictionaries(
            {
                "listeners": st.lists(_objects(_LISTENER) | odd, max_size=3) | odd,
                "page_info": page,
            }
        ),
        "ShowListener": st.fixed_dictionaries({"listener": _objects(_LISTENER) | odd}),
        "ListLogtanks": st.fixed_dictionaries({"logtanks": tanks, "page_info": page}),
        "CreateToken": st.fixed_dictionaries(
            {"token": _objects(["issued_at", "expires_at"]) | odd}
        ),
        "ListProjects": st.fixed_dictionaries(
            {"projects": st.lists(_objects(["id", "name"]) | odd, max_size=3) | odd}
        ),
    }
    wrapped = st.fixed_dictionaries({"error": errors}) | st.lists(errors, max_size=2)
    return plausible.get(operation, errors) | errors | wrapped | odd


def _bodies(operation: str) -> st.SearchStrategy[bytes]:
    forms: list[Callable[[str], bytes]] = [
        lambda text: text.encode("utf-8", "surrogatepass"),
        lambda text: text.encode("utf-8", "surrogatepass"),
        lambda text: text.encode("utf-16", "surrogatepass"),
        lambda text: text.encode("latin-1", "replace"),
        lambda text: gzip.compress(text.encode("utf-8", "surrogatepass")),
        lambda text: text[: len(text) // 2].encode("utf-8", "surrogatepass"),
        lambda text: f"[{text[1:-1]},{text[1:-1]}]".encode("utf-8", "replace"),
        lambda text: (text[:-1] + "," + text[1:]).encode("utf-8", "replace"),
    ]
    escaped = st.booleans()
    texts = st.builds(
        lambda value, ascii_: json.dumps(value, ensure_ascii=ascii_),
        _documents(operation),
        escaped,
    )
    return st.builds(lambda form, text: form(text), st.sampled_from(forms), texts)


def _chunked(body: bytes) -> bytes:
    half = len(body) // 2
    parts = [part for part in (body[:half], body[half:]) if part]
    return b"".join(b"%x\r\n%s\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"


_FRAMES: dict[str, Callable[[bytes], bytes]] = {
    "one length": lambda body: b"Content-Length: %d\r\n\r\n" % len(body) + body,
    "one length again": lambda body: b"Content-Length: %d\r\n\r\n" % len(body) + body,
    "length too large": lambda body: (
        b"Content-Length: %d\r\n\r\n" % (len(body) + 9) + body
    ),
    "length too small": lambda body: (
        b"Content-Length: %d\r\n\r\n" % (len(body) // 2) + body
    ),
    "no length": lambda body: b"\r\n" + body,
    "two lengths": lambda body: (
        b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n" + body
    ),
    "chunked": lambda body: b"Transfer-Encoding: chunked\r\n\r\n" + _chunked(body),
    "chunked without chunks": lambda body: b"Transfer-Encoding: chunked\r\n\r\n" + body,
    "unterminated head": lambda body: body,
    "two replies": lambda body: (
        b"Content-Length: %d\r\n\r\n" % len(body) + body + b"HTTP/1.1 200 OK\r\n\r\n"
    ),
}


@st.composite
def replies(draw: st.DrawFn, operation: str) -> GeneratedReply:
    """Draw a reply to an operation, after which the connection may be closed."""
    status = draw(st.sampled_from(_STATUSES + RETRIED_STATUSES + _ODD_STATUSES))
    start = draw(st.sampled_from(_STARTS))
    reason = draw(st.sampled_from(("", "OK", "\x1b[31m\0", _SECRET, "x" * 70_000)))
    names = draw(st.lists(st.sampled_from(sorted(_HEADERS)), max_size=4))
    lines = [f"{start} {status} {reason}"]
    lines += [f"{name}: {draw(st.sampled_from(_HEADERS[name]))}" for name in names]
    frame = _FRAMES[draw(st.sampled_from(sorted(_FRAMES)))]
    head = "\r\n".join([*lines, ""]).encode("latin-1")
    text = head + frame(draw(_bodies(operation)))
    is_processed, is_last = draw(st.booleans()), draw(st.booleans())
    reply = Answer((text,), hang_up=is_last)
    return GeneratedReply(reply, is_processed, status in RETRIED_STATUSES)
