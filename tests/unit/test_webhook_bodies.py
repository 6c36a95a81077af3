"""What an HTTP request brings: a body of JSON, within a limit, in text or base64."""

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
from functions.triggers import webhook
from functions.triggers.delivery import Delivery, Message

BODY = '{"resource_id": "l"}'
REQUEST = {"resource_id": "l"}
LIMIT = 262_144


def post(
    body: object = BODY, media_type: object = "application/json", **more: object
) -> dict[str, object]:
    """Return a request."""
    headers = {} if media_type is None else {"Content-Type": media_type}
    return {"httpMethod": "POST", "headers": headers, "body": body, **more}


def encoded(body: bytes) -> str:
    """Return a body in base64."""
    return base64.b64encode(body).decode()


def refused(event: dict[str, object]) -> ProvisioningError:
    """Return what delivering an event ends in: raised, or in place of a request."""
    try:
        delivery = webhook.deliver(event)
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
def test_a_body_is_a_request_or_an_array(
    event: dict[str, object], items: list[object], *, is_array: bool
) -> None:
    """In text or base64, and with or without an envelope of its own."""
    assert webhook.deliver(event) == Delivery([Message(items, is_array)])


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
def test_json_by_any_name_is_taken(media_type: object) -> None:
    """With parameters, in any case, and with a name for what it holds."""
    assert webhook.deliver(post(media_type=media_type)).items() == [REQUEST]


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
def test_anything_else_is_refused(media_type: object) -> None:
    """A missing type is not guessed at."""
    error = refused(post(media_type=media_type))

    assert isinstance(error, UnsupportedMediaType)
    assert error.detail == "the event must be sent with Content-Type: application/json"


def text_of(size: int) -> str:
    """Return JSON of this many bytes."""
    return json.dumps("x" * (size - 2))


def test_a_body_may_have_256_kibibytes() -> None:
    """Counted in bytes as they were sent: neither in characters, nor in base64."""
    exact = text_of(LIMIT)
    letters = json.dumps("é" * (LIMIT // 2 - 1), ensure_ascii=False)

    for body in (exact, letters):
        assert len(body.encode()) == LIMIT
        assert webhook.deliver(post(body)).items() == [json.loads(body)]
        in_base64 = post(encoded(body.encode()), isBase64Encoded=True)
        assert webhook.deliver(in_base64).items() == [json.loads(body)]


@pytest.mark.parametrize(
    "event",
    [
        post(text_of(LIMIT + 1)),
        post(encoded(text_of(LIMIT + 1).encode()), isBase64Encoded=True),
        post(json.dumps("é" * (LIMIT // 2), ensure_ascii=False)),
        post("x" * (2 * LIMIT + 1)),
        post("?" * (2 * LIMIT + 1), isBase64Encoded=True),
        post(encoded(b"x" * 393_216), isBase64Encoded=True),
        post("\ud800" * (2 * LIMIT + 1)),
    ],
    ids=lambda event: f"{len(event['body'])} characters",
)
def test_a_byte_more_is_too_much(event: dict[str, object]) -> None:
    """However it is written; what is much too long is not even decoded."""
    error = refused(event)

    assert isinstance(error, PayloadTooLarge)
    assert error.detail == f"the event has a body of more than {LIMIT} bytes"


@pytest.mark.parametrize(
    ("body", "is_base64", "words"),
    [
        ("", False, "the event is no JSON from line 1, column 1 on"),
        (None, False, "the event is no JSON from line 1, column 1 on"),
        ('{"a": 1, "a": 2}', False, "/a is there twice"),
        ("\ud800", False, "the event has a body that is no UTF-8"),
        ("{}", True, "the event has a body that is no base64"),
        ("e30", True, "the event has a body that is no base64"),
        ("e_8=", True, "the event has a body that is no base64"),
        ("/w==", True, "the event is no UTF-8"),
        (7, False, "the event has a body that is no text"),
        ([1], True, "the event has a body that is no text"),
    ],
)
def test_a_body_that_is_no_json_is_refused(
    body: object, words: str, *, is_base64: bool
) -> None:
    """By what is wrong with it; what a library says of it may quote it, so is lost."""
    error = refused(post(body, isBase64Encoded=is_base64))

    assert type(error) is InvalidEvent
    assert error.detail == words
    assert "During handling" not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("flag", [None, "true", 1])
def test_a_body_is_in_base64_only_if_the_flag_is_true(flag: object) -> None:
    """It is honoured, and never guessed."""
    assert webhook.deliver(post(isBase64Encoded=flag)).items() == [REQUEST]


@pytest.mark.parametrize("more", [{}, {"headers": None}, {"headers": 7}])
def test_missing_pieces_are_refused_and_not_stumbled_over(
    more: dict[str, object],
) -> None:
    """A request without headers, or without a body, is a request all the same."""
    assert isinstance(refused({"httpMethod": "POST", **more}), UnsupportedMediaType)
