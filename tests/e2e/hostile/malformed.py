"""Replies made to do harm, each by a sentence."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable
from functools import partial

from functions.transport import reading
from tests.byte_server import Answer, answer
from tests.e2e.hostile.misbehaving import SECRETS

MOST = reading.REPLY_BYTES
OK = b"HTTP/1.1 201 Created\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
EVIL = json.dumps(
    {"log_stream_id": "evil", "logtank": {"id": "evil"}, "log_streams": []}
).encode()
BLOCK = b"x" * 65536
LINE = b"x" * 60_000
sized = partial(answer, status="201 Created", length=None)


def once(*pieces: bytes) -> Answer:
    """Return an answer of these pieces, after which the connection stays open."""
    return Answer(pieces)


def endless(beginning: bytes, piece: bytes, pause: float = 0.0) -> Answer:
    """Return one that begins so and never ends."""
    return Answer((beginning,), pause, forever=piece)


def filled(piece: bytes, end: bytes = b"1") -> Answer:
    """Return a list as long as is read."""
    body = b"[" + piece * ((MOST - 2 - len(end)) // len(piece)) + end + b"]"
    return sized(body)


def numbered(name: bytes, text: bytes, count: int) -> bytes:
    """Return so many headers of different names."""
    return b"".join(b"%s-%d: %s\r\n" % (name, each, text) for each in range(count))


def headed(lines: bytes) -> Answer:
    """Return an answer with more lines in its head."""
    return once(OK, lines, b"Content-Length: %d\r\n\r\n" % len(EVIL), EVIL)


def with_length(length: bytes, body: bytes = EVIL) -> Answer:
    """Return an answer whose length is told so, and then nothing."""
    return once(OK + b"Content-Length: " + length + b"\r\n\r\n" + body)


def with_name(count: int) -> Iterable[bytes]:
    """Return so many fields of an object, of different names."""
    return (b'"%x":[]' % number for number in range(count))


def _rows() -> dict[str, Answer]:
    bomb = b"[" + b" " * 20_000_000 + b"]"
    endless_body = partial(endless, OK + b"\r\n")
    return {
        "a body of the most bytes": sized(b'"%s"' % (b"x" * (MOST - 2))),
        "a body of wide letters": sized(b'"%s\xf0\x9f\x98\x80"' % (b"x" * (MOST - 6))),
        "a body of a byte too much": sized(b'"%s"' % (b"x" * (MOST - 1))),
        "a body without an end": endless_body(BLOCK),
        "a million lists": filled(b"[],"),
        "a million objects": filled(b'{"":1},'),
        "a million numbers": filled(b"1,"),
        "a million texts": filled(b'"x",'),
        "a million names": sized(b"{" + b",".join(with_name(120_000)) + b"}"),
        "a million streams": sized(
            b'{"log_streams":[' + b"{}" + b",{}" * 300_000 + b"1]}"
        ),
        "a million logtanks": sized(
            b'{"logtanks":[' + b'{"id":"a"},' * 90_000 + b'{"id":"a"}]}'
        ),
        "a deep list": sized(b"[" * MOST),
        "a deep object": sized(b'{"a":' * 100_000),
        "a number of megabytes": sized(b'{"log_stream_id":%s}' % (b"7" * 1_500_000)),
        "a fraction of megabytes": sized(b"0.%s" % (b"7" * 1_500_000)),
        "an id of megabytes": sized(b'{"log_stream_id":"%s"}' % (b"x" * 1_500_000)),
        "a message of megabytes": sized(
            b'{"error_code":"%s","error_msg":"%s"}' % (LINE, LINE * 30), status="500 No"
        ),
        "a length that is too large": with_length(b"1000"),
        "a length that is too small": with_length(b"20"),
        "a length below nothing": with_length(b"-1"),
        "a length in words": with_length(b"twenty"),
        "a length of many digits": with_length(b"9" * 60_000),
        "a length of Python's": with_length(b"+%d" % len(EVIL)),
        "two lengths": with_length(b"2\r\nContent-Length: 3"),
        "two lengths in one": with_length(b"2, 3"),
        "a length and chunks": once(
            OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        ),
        "chunks of nonsense": once(CHUNKED + b"zz\r\n"),
        "a chunk of a negative size": endless(CHUNKED + b"-1\r\n", BLOCK),
        "a chunk of a huge size": endless(CHUNKED + b"f" * 5_000 + b"\r\n", BLOCK),
        "a chunk's size without an end": endless(CHUNKED, b"1" * 65536),
        "a chunk's extension without an end": endless(CHUNKED + b"1;", BLOCK),
        "chunks of a byte": endless(CHUNKED, b"1\r\nx\r\n" * 10_000),
        "trailers without an end": endless(CHUNKED + b"0\r\n", b"X: y\r\n" * 10_000),
        "a bomb of gzip": sized(gzip.compress(bomb, 1), Content_Encoding="gzip"),
        "a bomb of deflate": sized(zlib.compress(bomb, 1), Content_Encoding="deflate"),
        "a hundred codings": sized(EVIL, Content_Encoding="gzip, " * 100 + "gzip"),
        "headers without an end": endless(OK, numbered(b"X", b"y" * 60, 100)),
        "a thousand headers": headed(numbered(b"X", b"y", 1_000)),
        "a header of megabytes": headed(b"X: " + LINE * 50 + b"\r\n"),
        "many long headers": headed(numbered(b"X", LINE, 95)),
        "headers of returns": headed(numbered(b"X", b"\r" * 60_000, 95)),
        "a header in many lines": headed(b"X: y\r\n" + (b" " + LINE + b"\r\n") * 95),
        "cookies": headed((b"Set-Cookie: " + b"a=b; " * 12_000 + b"\r\n") * 95),
        "a type of many parts": headed(b"Content-Type: " + b"a;b=" * 15_000 + b"\r\n"),
        "answers that announce another": endless(b"", b"HTTP/1.1 100 C\r\n\r\n"),
        "a switch of protocols": once(b"HTTP/1.1 101 S\r\nUpgrade: h2c\r\n\r\n"),
        "a pause of an age": sized(b"{}", status="429 Wait", Retry_After="9" * 400),
        "a pause until an age": sized(
            b"{}", status="503 Wait", Retry_After="Fri, 31 Dec 9999 23:59:59 GMT"
        ),
        "a clock of another age": sized(
            b"{}", status="401 Who", Date="Sat, 01 Jan 0001 00:00:00 +2359"
        ),
        "a redirect without an end": sized(
            b"", status="307 On", Location="/v1/logtanks"
        ),
        "a redirect to a file": sized(
            b"", status="302 On", Location="file:///etc/passwd"
        ),
        "a redirect with a password": sized(
            b"", status="302 On", Location=f"https://{SECRETS.decode()}@127.0.0.1:9/"
        ),
        "HTTP/0.9": once(b"<html>Sign in</html>", b"\r\n" * 9),
        "HTTP/2": once(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"),
        "an alert of TLS": Answer((b"\x15\x03\x01\x00\x02\x02\x28",), hang_up=True),
        "a line of megabytes": endless(b"", BLOCK),
        "secrets for a reason": sized(b"{}", status=f"500 {SECRETS.decode()}"),
        "secrets for a head": Answer((SECRETS + b"\r\n\r\n",), hang_up=True),
        "control characters": sized(
            b'{"error_code":"\\u0000\\u001b[31m","error_msg":"a\\r\\nX: \\ud800"}',
            status="400 No\0\x1b[31m",
            X_Request_Id="a\0\x1b[31m\x85b",
        ),
        "the same name twice": sized(b'{"log_stream_id":"a","log_stream_id":["b"]}'),
        "what is no number": sized(b'{"log_stream_id":NaN,"logtank":{"id":-Infinity}}'),
        "UTF-16": sized(EVIL.decode().encode("utf-16")),
        "an answer and another": once(
            (OK + b"Content-Length: %d\r\n\r\n" % len(EVIL) + EVIL) * 2
        ),
    }


QUICK = _rows()
"""By its sentence."""
SLOW = {
    "a drip of its status": endless(b"HTTP/1.1 200 ", b"x", 0.02),
    "a drip of its head": endless(OK + b"X: ", b"x", 0.02),
    "a drip of announcements": endless(b"", b"HTTP/1.1 100 C\r\n\r\n", 0.02),
    "a drip of a chunk's size": endless(CHUNKED, b"0", 0.02),
    "a drip of chunks": endless(CHUNKED, b"1\r\nx\r\n", 0.02),
    "a drip of trailers": endless(CHUNKED + b"0\r\n", b"x", 0.02),
    "a drip of its body": endless(OK + b"Content-Length: 999\r\n\r\n", b"x", 0.02),
}
"""Those that use up the time they are given."""
