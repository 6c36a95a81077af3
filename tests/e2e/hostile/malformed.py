"""Malicious and malformed replies, by description."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable
from functools import partial

from functions.transport import reading
from tests.byte_server import Answer, answer
from tests.e2e.hostile.misbehaving import SECRETS

MAX_BYTES = reading.MAX_REPLY_BYTES
OK = b"HTTP/1.1 201 Created\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
EVIL = json.dumps(
    {"log_stream_id": "evil", "logtank": {"id": "evil"}, "log_streams": []}
).encode()
BLOCK = b"x" * 65536
LINE = b"x" * 60_000
with_body = partial(answer, status="201 Created", length=None)


def raw(*pieces: bytes) -> Answer:
    """Return a reply of these pieces, after which the connection stays open."""
    return Answer(pieces)


def endless(prefix: bytes, piece: bytes, pause: float = 0.0) -> Answer:
    """Return a reply that repeats a piece forever."""
    return Answer((prefix,), pause, forever=piece)


def largest_list(piece: bytes, end: bytes = b"1") -> Answer:
    """Return a JSON list of the maximum body size."""
    body = b"[" + piece * ((MAX_BYTES - 2 - len(end)) // len(piece)) + end + b"]"
    return with_body(body)


def numbered_headers(name: bytes, text: bytes, count: int) -> bytes:
    """Return headers with distinct names."""
    return b"".join(b"%s-%d: %s\r\n" % (name, each, text) for each in range(count))


def with_headers(lines: bytes) -> Answer:
    """Return a reply with additional header lines."""
    return raw(OK, lines, b"Content-Length: %d\r\n\r\n" % len(EVIL), EVIL)


def with_length(length: bytes, body: bytes = EVIL) -> Answer:
    """Return a reply with a given Content-Length, then keep silent."""
    return raw(OK + b"Content-Length: " + length + b"\r\n\r\n" + body)


def numbered_fields(count: int) -> Iterable[bytes]:
    """Return fields of an object with distinct names."""
    return (b'"%x":[]' % number for number in range(count))


def _rows() -> dict[str, Answer]:
    bomb = b"[" + b" " * 20_000_000 + b"]"
    endless_body = partial(endless, OK + b"\r\n")
    return {
        "a body of maximum size": with_body(b'"%s"' % (b"x" * (MAX_BYTES - 2))),
        "a body of maximum size with non-BMP characters": with_body(
            b'"%s\xf0\x9f\x98\x80"' % (b"x" * (MAX_BYTES - 6))
        ),
        "a body one byte too long": with_body(b'"%s"' % (b"x" * (MAX_BYTES - 1))),
        "an endless body": endless_body(BLOCK),
        "many lists": largest_list(b"[],"),
        "many objects": largest_list(b'{"":1},'),
        "many numbers": largest_list(b"1,"),
        "many strings": largest_list(b'"x",'),
        "many field names": with_body(
            b"{" + b",".join(numbered_fields(120_000)) + b"}"
        ),
        "many log streams": with_body(
            b'{"log_streams":[' + b"{}" + b",{}" * 300_000 + b"1]}"
        ),
        "many logtanks": with_body(
            b'{"logtanks":[' + b'{"id":"a"},' * 90_000 + b'{"id":"a"}]}'
        ),
        "a deeply nested list": with_body(b"[" * MAX_BYTES),
        "a deeply nested object": with_body(b'{"a":' * 100_000),
        "an integer of megabytes": with_body(
            b'{"log_stream_id":%s}' % (b"7" * 1_500_000)
        ),
        "a decimal of megabytes": with_body(b"0.%s" % (b"7" * 1_500_000)),
        "an ID of megabytes": with_body(b'{"log_stream_id":"%s"}' % (b"x" * 1_500_000)),
        "an error message of megabytes": with_body(
            b'{"error_code":"%s","error_msg":"%s"}' % (LINE, LINE * 30), status="500 No"
        ),
        "a Content-Length that is too large": with_length(b"1000"),
        "a Content-Length that is too small": with_length(b"20"),
        "a negative Content-Length": with_length(b"-1"),
        "a Content-Length in words": with_length(b"twenty"),
        "a Content-Length of many digits": with_length(b"9" * 60_000),
        "a Content-Length with a plus sign": with_length(b"+%d" % len(EVIL)),
        "two Content-Length headers": with_length(b"2\r\nContent-Length: 3"),
        "two lengths in one Content-Length": with_length(b"2, 3"),
        "Content-Length and Transfer-Encoding": raw(
            OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        "an invalid chunk size": raw(CHUNKED + b"zz\r\n"),
        "a negative chunk size": endless(CHUNKED + b"-1\r\n", BLOCK),
        "a huge chunk size": endless(CHUNKED + b"f" * 5_000 + b"\r\n", BLOCK),
        "an endless chunk size": endless(CHUNKED, b"1" * 65536),
        "an endless chunk extension": endless(CHUNKED + b"1;", BLOCK),
        "endless one-byte chunks": endless(CHUNKED, b"1\r\nx\r\n" * 10_000),
        "endless trailers": endless(CHUNKED + b"0\r\n", b"X: y\r\n" * 10_000),
        "a gzip bomb": with_body(gzip.compress(bomb, 1), Content_Encoding="gzip"),
        "a deflate bomb": with_body(zlib.compress(bomb, 1), Content_Encoding="deflate"),
        "a hundred content codings": with_body(
            EVIL, Content_Encoding="gzip, " * 100 + "gzip"
        ),
        "endless headers": endless(OK, numbered_headers(b"X", b"y" * 60, 100)),
        "a thousand headers": with_headers(numbered_headers(b"X", b"y", 1_000)),
        "a header of megabytes": with_headers(b"X: " + LINE * 50 + b"\r\n"),
        "many long headers": with_headers(numbered_headers(b"X", LINE, 95)),
        "headers of carriage returns": with_headers(
            numbered_headers(b"X", b"\r" * 60_000, 95)
        ),
        "a folded header of many lines": with_headers(
            b"X: y\r\n" + (b" " + LINE + b"\r\n") * 95
        ),
        "large cookies": with_headers(
            (b"Set-Cookie: " + b"a=b; " * 12_000 + b"\r\n") * 95
        ),
        "a Content-Type with many parameters": with_headers(
            b"Content-Type: " + b"a;b=" * 15_000 + b"\r\n"
        ),
        "endless 100 Continue replies": endless(b"", b"HTTP/1.1 100 C\r\n\r\n"),
        "a protocol switch": raw(b"HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n"),
        "an enormous Retry-After": with_body(
            b"{}", status="429 Wait", Retry_After="9" * 400
        ),
        "a Retry-After date in year 9999": with_body(
            b"{}", status="503 Wait", Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"
        ),
        "a Date in year 1": with_body(
            b"{}", status="401 Who", Date="Sat, 01 Jan 0001 00:00:00 +2359"
        ),
        "a redirect loop": with_body(b"", status="307 On", Location="/v1/logtanks"),
        "a redirect to a file": with_body(
            b"", status="302 On", Location="file:///etc/passwd"
        ),
        "a redirect with a password": with_body(
            b"", status="302 On", Location=f"https://{SECRETS.decode()}@127.0.0.1:9/"
        ),
        "HTTP/0.9": raw(b"<html>Sign in</html>", b"\r\n" * 9),
        "HTTP/2": raw(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
        "a TLS alert": Answer((b"\x15\x03\x01\x00\x02\x02\x28",), hang_up=True),
        "an endless status line": endless(b"", BLOCK),
        "secrets as reason phrase": with_body(b"{}", status=f"500 {SECRETS.decode()}"),
        "secrets as head": Answer((SECRETS + b"\r\n\r\n",), hang_up=True),
        "control characters": with_body(
            b'{"error_code":"\\u0000\\u001b[31m","error_msg":"a\\r\\nX: \\ud800"}',
            status="400 No\0\x1b[31m",
            X_Request_Id="a\0\x1b[31m\x85b",
        ),
        "a duplicate key": with_body(b'{"log_stream_id":"a","log_stream_id":["b"]}'),
        "NaN and infinity": with_body(
            b'{"log_stream_id":NaN,"logtank":{"id":-Infinity}}'
        ),
        "UTF-16": with_body(EVIL.decode().encode("utf-16")),
        "two replies": raw((OK + b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL) * 2),
    }


QUICK = _rows()
"""Replies that arrive at once, by description."""
SLOW = {
    "a dripping status line": endless(b"HTTP/1.1 200 ", b"x", 0.02),
    "a dripping header": endless(OK + b"X: ", b"x", 0.02),
    "dripping 100 Continue replies": endless(b"", b"HTTP/1.1 100 C\r\n\r\n", 0.02),
    "a dripping chunk size": endless(CHUNKED, b"0", 0.02),
    "dripping chunks": endless(CHUNKED, b"1\r\nx\r\n", 0.02),
    "dripping trailers": endless(CHUNKED + b"0\r\n", b"x", 0.02),
    "a dripping body": endless(OK + b"Content-Length: 999\r\n\r\n", b"x", 0.02),
}
"""Replies that arrive slowly and use up the deadline."""
