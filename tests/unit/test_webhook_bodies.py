"""HTTP request bodies: JSON up to a size limit, as text or in base64."""

from __future__ import annotations

import base64
import json
import traceback

import pytest

from functions.errors import (
    InvalidEvent,
    PayloadTooLarge,
    ProvisioningError,
    UnsupportedMediaType,
)
from functions.triggers import http_request, webhook
from functions.triggers.delivery import Delivery, Message

BODY = '{"resource_id": "l"}'
REQUEST = {"resource_id": "l"}
LIMIT = 262_144


def post(
    body: object = BODY, media_type: object = "application/json", **fields: object
) -> dict[str, object]:
    """Return an event with an HTTP request."""
    headers = {} if media_type is None else {"Content-Type": media_type}
    return {"httpMethod": "POST", "headers": headers, "body": body, **fields}


def encoded(body: bytes) -> str:
    """Return a body in base64."""
    return base64.b64encode(body).decode()


def deliver(event: dict[str, object]) -> Delivery:
    """Parse an event, and return the delivery."""
    return webhook.deliver(http_request.parse(event))


def delivery_error(event: dict[str, object]) -> ProvisioningError:
    """Return the error that is raised, or delivered instead of a request."""
    try:
        delivery = deliver(event)
    except ProvisioningError as error:
        return error
    (item,) = delivery.items()
    assert isinstance(item, ProvisioningError)
    return item


@pytest.mark.parametrize(
    ("event", "items", "is_array"),
    [
        (post(), [REQUEST], False),
        (post("[]"), [], True),
        (post(f"[{BODY}, 7]"), [REQUEST, 7], True),
        (post(" null "), [None], False),
        (post(encoded(BODY.encode()), isBase64Encoded=True), [REQUEST], False),
        (
            post(encoded('{"a": "é"}'.encode()), isBase64Encoded=True),
            [{"a": "é"}],
            False,
        ),
        (post('{"specversion": "1.0", "data": {"a": 1}}'), [{"a": 1}], False),
    ],
)
def test_a_body_contains_a_request_or_an_array(
    event: dict[str, object], items: list[object], *, is_array: bool
) -> None:
    """It may be text or base64, with or without an envelope."""
    assert deliver(event) == Delivery([Message(items, is_array)])


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/json; charset=utf-8",
        "application/json ;v=1;q=2",
        "Application/JSON",
        "application/vnd.example.v1+JSON",
        ["application/json"],
    ],
)
def test_every_json_media_type_is_accepted(media_type: object) -> None:
    """Parameters, any case and a +json suffix are accepted."""
    assert deliver(post(media_type=media_type)).items() == [REQUEST]


@pytest.mark.parametrize(
    "media_type",
    [
        None,
        7,
        ["application/json", "text/plain"],
        "text/json",
        "text/plain; application/json",
        "application/json5",
        "application/+json",
        "xapplication/json",
    ],
)
def test_other_media_types_are_rejected(media_type: object) -> None:
    """A missing media type is not guessed."""
    error = delivery_error(post(media_type=media_type))

    assert isinstance(error, UnsupportedMediaType)
    assert error.detail == "the event must be sent with Content-Type: application/json"


def json_of_size(size: int) -> str:
    """Return JSON text with this number of bytes."""
    return json.dumps("x" * (size - 2))


def test_a_body_may_have_256_kib() -> None:
    """The limit is on the bytes sent: neither on characters nor on base64."""
    exact = json_of_size(LIMIT)
    non_ascii = json.dumps("é" * (LIMIT // 2 - 1), ensure_ascii=False)

    for body in (exact, non_ascii):
        assert len(body.encode()) == LIMIT
        assert deliver(post(body)).items() == [json.loads(body)]
        in_base64 = post(encoded(body.encode()), isBase64Encoded=True)
        assert deliver(in_base64).items() == [json.loads(body)]


@pytest.mark.parametrize(
    "event",
    [
        post(json_of_size(LIMIT + 1)),
        post(encoded(json_of_size(LIMIT + 1).encode()), isBase64Encoded=True),
        post(json.dumps("é" * (LIMIT // 2), ensure_ascii=False)),
        post("x" * (2 * LIMIT + 1)),
        post("?" * (2 * LIMIT + 1), isBase64Encoded=True),
        post(encoded(b"x" * 393_216), isBase64Encoded=True),
        post("\ud800" * (2 * LIMIT + 1)),
    ],
    ids=lambda event: f"{len(event['body'])} characters",
)
def test_a_larger_body_is_rejected(event: dict[str, object]) -> None:
    """A body that is far too long is rejected before it is decoded."""
    error = delivery_error(event)

    assert isinstance(error, PayloadTooLarge)
    assert error.detail == f"the event body must have at most {LIMIT} bytes"


@pytest.mark.parametrize(
    ("body", "is_base64", "message"),
    [
        ("", False, "the event is not valid JSON (line 1, column 1)"),
        (None, False, "the event is not valid JSON (line 1, column 1)"),
        ('{"a": 1, "a": 2}', False, "/a is a duplicate key"),
        ("\ud800", False, "the event body is not valid UTF-8"),
        ("{}", True, "the event body is not valid base64"),
        ("e30", True, "the event body is not valid base64"),
        ("e_8=", True, "the event body is not valid base64"),
        ("/w==", True, "the event is not valid UTF-8"),
        (7, False, "the event body must be a string"),
        ([1], True, "the event body must be a string"),
    ],
)
def test_a_body_that_is_not_valid_json_is_rejected(
    body: object, message: str, *, is_base64: bool
) -> None:
    """A library's message could quote the body, so it is not part of the error."""
    error = delivery_error(post(body, isBase64Encoded=is_base64))

    assert type(error) is InvalidEvent
    assert error.detail == message
    assert "During handling" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("flag", [None, "true", 1])
def test_a_body_is_base64_only_if_the_flag_is_true(flag: object) -> None:
    """The encoding is never guessed."""
    assert deliver(post(isBase64Encoded=flag)).items() == [REQUEST]


@pytest.mark.parametrize("fields", [{}, {"headers": None}, {"headers": 7}])
def test_missing_headers_and_body_are_handled(
    fields: dict[str, object],
) -> None:
    """Such an event is rejected like any other request without a media type."""
    assert isinstance(
        delivery_error({"httpMethod": "POST", **fields}), UnsupportedMediaType
    )
