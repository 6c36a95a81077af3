"""One call, over a real socket: what is sent, what comes back, what it comes to."""

from __future__ import annotations

import gzip

import pytest

from functions.secret import Secret
from functions.transport.calls import Call, Reply
from functions.transport.reading import REPLY_BYTES
from tests.byte_server import SILENCE, Answer, answer, document, head, serving
from tests.unit.sending import DONE, GET, POST, transport


def reply(said: Answer) -> Reply:
    """Return what an answer of the server comes to."""
    with serving(said) as server:
        return transport(server.endpoint)(GET)


def test_a_call_is_sent_as_it_is() -> None:
    """Path, query, headers and body are on the wire as they are in the call."""
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

    start, _, body = server.requests[0].partition(b"\r\n\r\n")
    first, *lines = start.decode().split("\r\n")
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
        "User-Agent": "ga-access-log",
    }


def test_a_reply_has_all_that_is_asked_of_it() -> None:
    """Status, document, request id, the cloud's clock, and a token that IAM made."""
    date = "Fri, 02 Jan 2026 03:04:05 GMT"
    said = document({"a": [1]}, X_Request_Id="r", Date=date, X_Subject_Token="t")

    found = reply(said)

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
    ids=lambda value: str(value)[:20],
)
def test_a_body_is_json_or_nothing(body: bytes, found: object) -> None:
    """Whatever else it is, it is no document; secrets in it are masked."""
    assert reply(answer(body)).document == found


def test_a_secret_in_the_request_id_is_masked() -> None:
    """What a header says is not trusted either."""
    assert reply(document({}, X_Request_Id="a hush-hush-hush")).request_id == "a ***"


def test_a_body_that_is_too_long_is_not_read() -> None:
    """The status stands; the document is none."""
    found = reply(answer(b'"' + b"x" * REPLY_BYTES + b'"', status="201 Created"))

    assert (found.status, found.document) == (201, None)


def test_a_body_of_the_greatest_length_is_read() -> None:
    """The limit itself is allowed."""
    said = answer(b'"' + b"x" * (REPLY_BYTES - 2) + b'"')

    assert len(str(reply(said).document)) == REPLY_BYTES - 2


def test_a_compressed_body_is_not_decompressed() -> None:
    """Nobody asked for it, and it may be a bomb."""
    said = answer(gzip.compress(b'{"a": 1}'), Content_Encoding="gzip")

    assert reply(said).document is None


def test_plain_json_that_calls_itself_compressed_is_read() -> None:
    """The bytes are taken as they came."""
    assert reply(answer(b'{"a": 1}', Content_Encoding="gzip")).document == {"a": 1}


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("soon", None), ("", None)]
)
def test_a_reply_may_ask_for_a_pause(header: str, seconds: float | None) -> None:
    """Nonsense was not said."""
    assert reply(answer(b"", Retry_After=header)).retry_after == seconds


@pytest.mark.parametrize("location", ["/", "http://[", "http://a b/"])
def test_a_redirect_is_a_reply(location: str) -> None:
    """It is not followed, nor is it looked where it leads; its body may tell why."""
    said = answer(b'{"error_code": "X"}', "302 Found", Location=location)
    with serving(said, DONE) as server:
        found = transport(server.endpoint)(POST)

    assert (found.status, found.document) == (302, {"error_code": "X"})
    assert len(server.requests) == 1


def test_the_body_of_a_redirect_is_bounded_in_size() -> None:
    """What lies beyond the bound is not waited for."""
    start = head("302 Found", {"Location": "/", "Content-Length": str(3 * REPLY_BYTES)})
    said = Answer((start, b"x" * (REPLY_BYTES + 65536), SILENCE.pieces[0]), 0.0)
    with serving(said) as server:
        assert transport(server.endpoint, 2.0)(POST).status == 302


def test_a_cookie_is_not_kept() -> None:
    """The next call brings none."""
    with serving(document({}, Set_Cookie="a=b; Path=/"), DONE) as server:
        send = transport(server.endpoint)
        send(GET)
        send(GET)

    assert b"cookie" not in server.requests[1].lower()
