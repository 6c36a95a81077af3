"""Replies are read in every format that the cloud services use."""

from __future__ import annotations

import pytest

from functions.errors import (
    InvalidRequest,
    ProvisioningError,
    Throttled,
    UnintelligibleReply,
)
from functions.huaweicloud import replies
from functions.transport.calls import Call, Reply

CALL = Call("LTS", "CreateLogStream", "POST", "/")
STATUS = "LTS answered CreateLogStream with 400"
NO_REASON = f"{STATUS}, without a reason"


def failure(reply: Reply) -> ProvisioningError:
    """Return the error raised for a reply."""
    with pytest.raises(ProvisioningError) as raised:
        replies.classified(lambda _call: reply)(CALL)
    return raised.value


@pytest.mark.parametrize(
    ("body", "code", "detail"),
    [
        ({"error_code": "A.1", "error_msg": "m"}, "A.1", f"{STATUS}: m"),
        ({"errorCode": "A.2", "errorMsg": "m"}, "A.2", f"{STATUS}: m"),
        ({"errorCode": "A.3", "errorMessage": "m"}, "A.3", f"{STATUS}: m"),
        ({"code": "A.4", "message": "m"}, "A.4", f"{STATUS}: m"),
        ({"error": {"code": "A.5", "message": "m"}}, "A.5", f"{STATUS}: m"),
        ({"error": {"error_code": "A.6", "error_msg": "m"}}, "A.6", f"{STATUS}: m"),
        ({"message": {"code": "A.7", "details": "m"}}, "A.7", f"{STATUS}: m"),
        (
            {"error": {"message": "m", "code": 401, "title": "Unauthorized"}},
            "401",
            f"{STATUS}: m",
        ),
        ({"error_code": 7, "error_msg": "m"}, "7", f"{STATUS}: m"),
        ({"error_code": "A.8"}, "A.8", NO_REASON),
        ({"error_msg": "m"}, "InvalidRequest", f"{STATUS}: m"),
        ({"error_code": None, "error_msg": None}, "InvalidRequest", NO_REASON),
        ({"error_code": True, "error_msg": []}, "InvalidRequest", NO_REASON),
        ({"errors": [{"error_code": "F.1"}]}, "InvalidRequest", NO_REASON),
        ([{"error_code": "F.2"}], "InvalidRequest", NO_REASON),
        (None, "InvalidRequest", NO_REASON),
        ({"error_msg": "x" * 5000}, "InvalidRequest", f"{STATUS}: {'x' * 300}"),
        ({"error_msg": " a\n\t b\r\nc "}, "InvalidRequest", f"{STATUS}: a b c"),
        ({"error_msg": "m\x00"}, "InvalidRequest", f"{STATUS}: m?"),
        (
            {"error_code": "outer", "error": {"code": "inner", "message": "m"}},
            "outer",
            f"{STATUS}: m",
        ),
    ],
)
def test_an_error_body_is_read_in_every_format(
    body: object, code: str, detail: str
) -> None:
    """LTS, GA, the gateway and IAM use different fields; messages are cut at 300."""
    error = failure(Reply(400, body))

    assert isinstance(error, InvalidRequest)
    assert (error.code, error.detail) == (code, detail)


def test_an_error_has_all_facts_of_the_reply() -> None:
    """The error has the reply's service, status, request ID and Retry-After."""
    error = failure(Reply(429, None, "r-1", 7.0))

    assert isinstance(error, Throttled)
    assert (error.service, error.upstream_status) == ("LTS", 429)
    assert (error.request_id, error.retry_after) == ("r-1", 7.0)


@pytest.mark.parametrize(
    ("status", "seconds_ahead", "message"),
    [
        (401, 0.0, ""),
        (401, 59.0, ""),
        (
            401,
            90.0,
            " (this function's clock is 90 seconds ahead of the cloud's)",
        ),
        (401, 60.0, " (this function's clock is 60 seconds ahead of the cloud's)"),
        (401, 59.9, ""),
        (401, -90.0, " (this function's clock is 90 seconds behind the cloud's)"),
        (403, 90.0, ""),
    ],
)
def test_an_authentication_error_mentions_a_wrong_clock(
    status: int, seconds_ahead: float, message: str
) -> None:
    """A difference of at least a minute may be the cause."""
    error = failure(Reply(status, clock_ahead=seconds_ahead))

    assert error.detail.partition("without a reason")[2] == message


def test_an_error_has_the_remedy_of_its_code() -> None:
    """The remedy comes from the table of error codes."""
    assert "log_group_id" in failure(Reply(400, {"error_code": "LTS.0201"})).remedy


@pytest.mark.parametrize(
    ("value", "shown"),
    [("x" * 5000, "x" * 200), ("A\x1b.1", "A?.1"), (" a\n\tb ", "a b")],
)
def test_codes_and_request_ids_are_made_printable(value: str, shown: str) -> None:
    """They are on one line and have no more than 200 characters."""
    error = failure(Reply(400, {"error_code": value, "request_id": value}))

    assert (error.code, error.request_id) == (shown, shown)


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
def test_the_request_id_is_read_from_the_header_or_else_the_body(
    reply: Reply, expected: str | None
) -> None:
    """The header takes precedence."""
    assert replies.request_id(reply) == expected


@pytest.mark.parametrize("status", [200, 299])
def test_a_success_is_returned(status: int) -> None:
    """Its document is not examined at this point."""
    reply = Reply(status, {"error_code": "A.1"})

    assert replies.classified(lambda _call: reply)(CALL) is reply


@pytest.mark.parametrize("status", [199, 300])
def test_any_other_status_is_a_failure(status: int) -> None:
    """This includes redirects."""
    assert failure(Reply(status)).upstream_status == status


def test_the_document_of_a_successful_reply_is_returned() -> None:
    """The document must be a JSON object."""
    assert replies.document(CALL, Reply(200, {"a": 1})) == {"a": 1}


@pytest.mark.parametrize("body", [None, [], "text"])
def test_a_successful_reply_without_an_object_is_unintelligible(body: object) -> None:
    """An empty body, HTML or an array does not show what was created."""
    with pytest.raises(UnintelligibleReply, match="is not a JSON object") as raised:
        replies.document(CALL, Reply(201, body, "r-1"))

    assert raised.value.upstream_status == 201
    assert raised.value.request_id == "r-1"
    assert raised.value.service == "LTS"


@pytest.mark.parametrize("field", ["error_code", "errorCode"])
def test_a_successful_reply_with_an_error_code_is_unintelligible(field: str) -> None:
    """LTS documents a 200 reply that contains an error."""
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
def test_an_identifier_is_a_printable_string(
    value: object, expected: str | None
) -> None:
    """Any other value counts as missing."""
    assert replies.identifier({"id": value}, "id") == expected
