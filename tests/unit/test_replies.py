"""Replies are read in all shapes in which the clouds write them."""

from __future__ import annotations

import pytest

from functions.errors import (
    AuthenticationFailed,
    InvalidRequest,
    ProvisioningError,
    Throttled,
    UnintelligibleReply,
)
from functions.huaweicloud import replies
from functions.transport.calls import Call, Reply

CALL = Call("LTS", "CreateLogStream", "POST", "/")
SAID = "LTS answered CreateLogStream with 400"
SILENT = f"{SAID}, without saying why"


def failure(reply: Reply) -> ProvisioningError:
    """Return the error that a reply is."""
    found = replies.failure_of(CALL, reply)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        ({"error_code": "A.1", "error_msg": "m"}, "A.1", f"{SAID}: m"),
        ({"errorCode": "A.2", "errorMsg": "m"}, "A.2", f"{SAID}: m"),
        ({"errorCode": "A.3", "errorMessage": "m"}, "A.3", f"{SAID}: m"),
        ({"code": "A.4", "message": "m"}, "A.4", f"{SAID}: m"),
        ({"error": {"code": "A.5", "message": "m"}}, "A.5", f"{SAID}: m"),
        ({"error": {"error_code": "A.6", "error_msg": "m"}}, "A.6", f"{SAID}: m"),
        ({"message": {"code": "A.7", "details": "m"}}, "A.7", f"{SAID}: m"),
        (
            {"error": {"message": "m", "code": 401, "title": "Unauthorized"}},
            "401",
            f"{SAID}: m",
        ),
        ({"error_code": 7, "error_msg": "m"}, "7", f"{SAID}: m"),
        ({"error_code": "A.8"}, "A.8", SILENT),
        ({"error_msg": "m"}, "InvalidRequest", f"{SAID}: m"),
        ({"error_code": None, "error_msg": None}, "InvalidRequest", SILENT),
        ({"error_code": True, "error_msg": []}, "InvalidRequest", SILENT),
        ({"errors": [{"error_code": "F.1"}]}, "InvalidRequest", SILENT),
        ([{"error_code": "F.2"}], "InvalidRequest", SILENT),
        (None, "InvalidRequest", SILENT),
        ({"error_msg": "x" * 5000}, "InvalidRequest", f"{SAID}: {'x' * 300}"),
        ({"error_msg": " a\n\t b\r\nc "}, "InvalidRequest", f"{SAID}: a b c"),
        ({"error_msg": "m\x00"}, "InvalidRequest", f"{SAID}: m?"),
        (
            {"error_code": "outer", "error": {"code": "inner", "message": "m"}},
            "outer",
            f"{SAID}: m",
        ),
    ],
)
def test_an_errors_body_is_read_in_every_shape(
    body: object, code: str, detail: str
) -> None:
    """Wherever a service, the gateway or IAM puts it; 300 characters are enough."""
    found = failure(Reply(400, body))

    assert isinstance(found, InvalidRequest)
    assert (found.code, found.detail) == (code, detail)


def test_an_error_keeps_all_that_the_reply_tells() -> None:
    """Service, status, request id and Retry-After of the reply are the error's."""
    found = failure(Reply(429, None, "r-1", 7.0))

    assert isinstance(found, Throttled)
    assert (found.service, found.upstream_status) == ("LTS", 429)
    assert (found.request_id, found.retry_after) == ("r-1", 7.0)


@pytest.mark.parametrize(
    ("status", "ahead", "words"),
    [
        (401, 0.0, ""),
        (401, 59.0, ""),
        (401, 90.0, " (this function's clock is 90 seconds ahead of the cloud's)"),
        (401, -90.0, " (this function's clock is 90 seconds behind the cloud's)"),
        (403, 90.0, ""),
    ],
)
def test_a_clock_that_is_wrong_is_named_where_signatures_fail(
    status: int, ahead: float, words: str
) -> None:
    """A minute or more may be the reason."""
    found = failure(Reply(status, clock_ahead=ahead))

    assert found.detail.partition("without saying why")[2] == words


def test_a_codes_own_remedy_goes_with_the_error() -> None:
    """What the table advises for a code is what the error says."""
    assert "log_group_id" in failure(Reply(400, {"error_code": "LTS.0201"})).remedy


@pytest.mark.parametrize(
    ("told", "shown"),
    [("x" * 5000, "x" * 200), ("A\x1b.1", "A?.1"), (" a\n\tb ", "a b")],
)
def test_a_code_and_an_id_are_made_fit_to_be_shown(told: str, shown: str) -> None:
    """They are on one line, printable, and of 200 characters at most."""
    found = failure(Reply(400, {"error_code": told, "request_id": told}))

    assert (found.code, found.request_id) == (shown, shown)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(400, {"request_id": "body"}, "header"), "header"),
        (Reply(400, {"request_id": "body"}, ""), "body"),
        (Reply(400, {"request_id": "body"}), "body"),
        (Reply(400, {"request_id": {}}), None),
        (Reply(400, ["request_id"]), None),
        (Reply(400), None),
    ],
)
def test_the_request_id_is_the_headers_else_the_bodys(
    reply: Reply, expected: str | None
) -> None:
    """The header goes before the body."""
    assert replies.request_id(reply) == expected


@pytest.mark.parametrize("status", [200, 299])
def test_a_success_is_no_failure(status: int) -> None:
    """Whatever is in it, a 2xx passes the plain check."""
    assert replies.failure_of(CALL, Reply(status, {"error_code": "A.1"})) is None
    replies.check(CALL, Reply(status))


@pytest.mark.parametrize("status", [199, 300])
def test_anything_else_is_a_failure(status: int) -> None:
    """Redirects count as failures too."""
    assert replies.failure_of(CALL, Reply(status)) is not None


def test_the_document_of_a_success_is_returned() -> None:
    """A success that is a JSON object is what was asked for."""
    assert replies.document(CALL, Reply(200, {"a": 1})) == {"a": 1}


def test_the_document_of_a_failure_is_its_error() -> None:
    """A failure's document is never returned."""
    with pytest.raises(AuthenticationFailed):
        replies.document(CALL, Reply(401, {"log_stream_id": "s"}))


@pytest.mark.parametrize("body", [None, [], "text"])
def test_a_success_that_is_no_object_is_unintelligible(body: object) -> None:
    """An empty, HTML or listed answer does not say what was made."""
    with pytest.raises(UnintelligibleReply, match="is no JSON object") as raised:
        replies.document(CALL, Reply(201, body, "r-1"))

    assert raised.value.upstream_status == 201
    assert raised.value.request_id == "r-1"
    assert raised.value.service == "LTS"


@pytest.mark.parametrize("field", ["error_code", "errorCode"])
def test_a_success_with_an_errors_code_is_unintelligible(field: str) -> None:
    """LTS documents a 200 that carries an error."""
    with pytest.raises(UnintelligibleReply) as raised:
        replies.document(CALL, Reply(200, {field: "LTS.0202", "log_stream_id": "s"}))

    assert raised.value.code == "LTS.0202"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", "a"),
        ("x" * 200, "x" * 200),
        ("x" * 201, None),
        ("a\n", None),
        ("", None),
        (["a"], None),
        (".", None),
        ("..", None),
    ],
)
def test_an_identifier_is_filled_text(value: object, expected: str | None) -> None:
    """Anything else counts as missing."""
    assert replies.identifier({"id": value}, "id") == expected
