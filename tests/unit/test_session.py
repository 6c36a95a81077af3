"""One call over a real socket: the request sent and the reply received."""

from __future__ import annotations

import gzip

import pytest

from functions import __version__
from functions.secret import Secret
from functions.transport.calls import Call, Reply
from functions.transport.reading import MAX_REPLY_BYTES
from tests.byte_server import SILENCE, Answer, answer, document, head, serving
from tests.unit.sending import DONE, GET, POST, transport


def reply(server_reply: Answer) -> Reply:
    """Return the parsed reply to a call that the server answers like this."""
    with serving(server_reply) as server:
        return transport(server.endpoint)(GET)


def test_a_call_is_sent_unchanged() -> None:
    """Path, query, headers and body are written as the call has them."""
    call = Call(
        "LTS",
        "Op",
        "POST",
        "/v2/a%2Fb%20c/~d",
        (("b", "x y"), ("a", "+/é")),
        (("X-Project-Id", "p"), ("Content-Type", "application/json;charset=utf8")),
        {"a": "é"},
    )

    with serving(DONE) as server:
        transport(server.endpoint)(call)

    head_text, _, body = server.requests[0].partition(b"\r\n\r\n")
    first, *lines = head_text.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "POST /v2/a%2Fb%20c/~d?a=%2B%2F%C3%A9&b=x%20y HTTP/1.1"
    assert body == '{"a":"é"}'.encode()
    assert headers == {
        "Host": f"127.0.0.1:{server.port}",
        "X-Project-Id": "p",
        "Content-Type": "application/json;charset=utf8",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Length": "10",
        "User-Agent": f"ga-access-log/{__version__}",
    }


def test_a_reply_has_status_document_and_header_values() -> None:
    """Request ID, date and IAM's subject token come from the headers."""
    date = "Fri, 02 Jan 2026 03:04:05 GMT"
    server_reply = document(
        {"a": [1]}, X_Request_Id="r", Date=date, X_Subject_Token="t"
    )

    found = reply(server_reply)

    assert (found.status, found.document) == (200, {"a": [1]})
    assert (found.request_id, found.retry_after) == ("r", None)
    assert found.subject_token == Secret("t")
    assert found.date == 1_767_323_045.0


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"a": 1}', {"a": 1}),
        (b"[1]", [1]),
        ('{"a": "\u00e9"}'.encode(), {"a": "\u00e9"}),
        (b"", None),
        (b"<html>", None),
        (b'{"a": ', None),
        (b"\xff\xfe", None),
        (b"[" * 200_000, None),
        (b'{"a": "hush-hush-hush"}', {"a": "***"}),
    ],
    ids=[
        "an object",
        "an array",
        "UTF-8",
        "empty",
        "HTML",
        "truncated",
        "not UTF-8",
        "nested too deeply",
        "with a secret",
    ],
)
def test_a_body_is_parsed_as_json_or_ignored(body: bytes, found: object) -> None:
    """Any other body gives no document; secrets in the document are masked."""
    assert reply(answer(body)).document == found


def test_a_secret_in_the_request_id_is_masked() -> None:
    """Header values are not trusted, either."""
    assert reply(document({}, X_Request_Id="a hush-hush-hush")).request_id == "a ***"


def test_a_body_over_the_size_limit_is_not_read() -> None:
    """The reply keeps its status but has no document."""
    found = reply(answer(b'"' + b"x" * MAX_REPLY_BYTES + b'"', status="201 Created"))

    assert (found.status, found.document) == (201, None)


def test_a_body_at_the_size_limit_is_read() -> None:
    """The limit is inclusive."""
    server_reply = answer(b'"' + b"x" * (MAX_REPLY_BYTES - 2) + b'"')

    assert len(str(reply(server_reply).document)) == MAX_REPLY_BYTES - 2


def test_a_compressed_body_is_not_decompressed() -> None:
    """It was not requested, and could be a decompression bomb."""
    server_reply = answer(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")

    assert reply(server_reply).document is None


def test_plain_json_labeled_as_compressed_is_read() -> None:
    """The bytes are used as they were received."""
    assert reply(answer(b'{"a": 1}', Content_Encoding="gzip")).document == {"a": 1}


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("soon", None), ("", None)]
)
def test_retry_after_is_read_from_the_reply(header: str, seconds: float | None) -> None:
    """An invalid value is ignored."""
    assert reply(answer(b"", Retry_After=header)).retry_after == seconds


@pytest.mark.parametrize("location", ["/", "http://[", "http://a b/"])
def test_a_redirect_is_not_followed(location: str) -> None:
    """The reply is returned with its body, and its location is not even parsed."""
    server_reply = answer(b'{"error_code": "X"}', "302 Found", Location=location)
    with serving(server_reply, DONE) as server:
        found = transport(server.endpoint)(POST)

    assert (found.status, found.document) == (302, {"error_code": "X"})
    assert len(server.requests) == 1


def test_the_body_of_a_redirect_is_limited_in_size() -> None:
    """Nothing beyond the limit is waited for."""
    head_text = head(
        "302 Found", {"Location": "/", "Content-Length": str(3 * MAX_REPLY_BYTES)}
    )
    server_reply = Answer(
        (head_text, b"x" * (MAX_REPLY_BYTES + 65536), SILENCE.pieces[0]), 0.0
    )
    with serving(server_reply) as server:
        assert transport(server.endpoint, 2.0)(POST).status == 302


def test_cookies_are_not_kept() -> None:
    """The next call is sent without the cookie."""
    with serving(document({}, Set_Cookie="a=b; Path=/"), DONE) as server:
        send = transport(server.endpoint)
        send(GET)
        send(GET)

    assert b"cookie" not in server.requests[1].lower()
