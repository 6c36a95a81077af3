"""Envelopes are peeled off, as many as there may be, down to the requests in them."""

from __future__ import annotations

import json

import pytest

from functions.errors import InvalidEvent
from functions.triggers import envelopes
from functions.triggers.delivery import Ignored, Listener, Message

ID = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
REQUEST = {"resource_id": ID}
TRACE = {
    "trace_name": "createListener",
    "service_type": "GA",
    "resource_type": "listener",
    "resource_id": ID,
}


def eventbridge(detail: object) -> dict[str, object]:
    """Return an event of EventBridge."""
    return {"version": "0", "detail-type": "t", "source": "s", "detail": detail}


def eventgrid(data: object) -> dict[str, object]:
    """Return an event of EventGrid, as CloudEvents has them."""
    return {"specversion": "1.0", "id": "i", "source": "s", "type": "t", "data": data}


def notification(message: object) -> dict[str, object]:
    """Return SNS's envelope, as a queue has it."""
    return {"Type": "Notification", "TopicArn": "arn", "Message": message}


def text(payload: object) -> str:
    """Return a payload as JSON."""
    return json.dumps(payload)


def wrapped(payload: object, layers: int) -> object:
    """Return a payload in so many envelopes."""
    for _ in range(layers):
        payload = eventbridge(payload)
    return payload


def problems(found: object, place: str = "") -> dict[str, str]:
    """Return what is said of a message that holds no request, by pointer."""
    (item,) = envelopes.message(found, place).items
    assert isinstance(item, InvalidEvent)
    return {problem.pointer: problem.detail for problem in item.problems}


@pytest.mark.parametrize(
    "found",
    [
        REQUEST,
        text(REQUEST),
        text(REQUEST).encode(),
        eventbridge(REQUEST),
        eventgrid(REQUEST),
        notification(text(REQUEST)),
        text(notification(text(eventbridge(REQUEST)))),
        eventbridge(eventgrid(notification(eventbridge(REQUEST)))),
    ],
)
def test_a_request_is_found_in_any_envelope(found: object) -> None:
    """Also in several inside one another, each as an object or as its text."""
    assert envelopes.message(found) == Message([REQUEST])


@pytest.mark.parametrize("found", [[REQUEST, 7], eventbridge(text([REQUEST, 7]))])
def test_an_array_is_several_requests(found: object) -> None:
    """Whatever they are: each is checked for itself."""
    assert envelopes.message(found) == Message([REQUEST, 7], is_array=True)


@pytest.mark.parametrize("found", [[], notification("[]")])
def test_an_empty_array_is_no_request(found: object) -> None:
    """And nothing wrong either."""
    assert envelopes.message(found) == Message([], is_array=True)


def test_envelopes_inside_an_array_are_requests_as_they_are() -> None:
    """A sender of several requests needs no envelopes."""
    items = [eventbridge(REQUEST), {"cts": TRACE}, text(REQUEST)]

    assert envelopes.message(items) == Message(items, is_array=True)


@pytest.mark.parametrize("found", [None, 7, "null", '"text"', {}, "{}"])
def test_anything_else_is_one_request_to_be_refused_later(found: object) -> None:
    """The schema says what it must be; a text in a text is not opened again."""
    payload = json.loads(found) if isinstance(found, str) else found

    assert envelopes.message(found) == Message([payload])


@pytest.mark.parametrize("layers", [0, 3])
@pytest.mark.parametrize("trace", [TRACE, {"cts": TRACE}])
def test_a_trace_is_found_in_any_envelope_too(trace: object, layers: int) -> None:
    """It says which listener was created."""
    assert envelopes.message(wrapped(trace, layers)) == Message([Listener(ID)])
    assert envelopes.message(text(wrapped(trace, layers))) == Message([Listener(ID)])


def test_a_trace_of_something_else_is_passed_over() -> None:
    """It is a message that asks for nothing."""
    (item,) = envelopes.message(eventgrid({**TRACE, "service_type": "ECS"})).items

    assert isinstance(item, Ignored)


def test_four_layers_are_peeled_off_and_no_fifth() -> None:
    """What lies deeper is no request, and will be refused as such."""
    assert envelopes.message(wrapped(REQUEST, 4)) == Message([REQUEST])
    assert envelopes.message(wrapped(REQUEST, 5)) == Message([eventbridge(REQUEST)])
    assert envelopes.message(wrapped(REQUEST, 900)) == Message([wrapped(REQUEST, 896)])


@pytest.mark.parametrize(
    "payload",
    [
        {"detail": REQUEST},
        {"detail-type": "t"},
        {"data": REQUEST},
        {"specversion": "1.0", "data_base64": "e30="},
        {"TopicArn": "arn", "Message": text(REQUEST)},
        {"Type": "Notification", "Message": text(REQUEST)},
        {"Type": "Notification", "TopicArn": "arn"},
        {"type": "Notification", "topicarn": "arn", "message": text(REQUEST)},
    ],
)
def test_half_an_envelope_is_none(payload: dict[str, object]) -> None:
    """All of its fields tell it."""
    assert envelopes.message(payload) == Message([payload])


def test_a_thousand_requests_are_the_most() -> None:
    """One more, and none of them is taken."""
    most = [REQUEST] * 1000

    assert len(envelopes.message(most).items) == 1000
    assert len(envelopes.message(text(most)).items) == 1000
    words = "must have 1000 items at most"
    assert problems([*most, REQUEST]) == {"": words}
    assert problems(eventbridge([*most, REQUEST]), "/body") == {"/body/detail": words}


@pytest.mark.parametrize(
    ("found", "pointer", "words"),
    [
        ("{", "/body", "is no JSON from line 1, column 2 on"),
        ('{"a": 1, "a": 2}', "/body/a", "is there twice"),
        (b"\xff", "/body", "is no UTF-8"),
        (
            text(notification(text(eventbridge("[NaN]")))),
            "/body/Message/detail/0",
            "is NaN, which JSON does not know",
        ),
        (eventgrid(""), "/body/data", "is no JSON from line 1, column 1 on"),
        (eventgrid({"cts": 7}), "/body/data/cts", "must be an object"),
    ],
)
def test_what_cannot_be_read_is_told_by_its_place(
    found: object, pointer: str, words: str
) -> None:
    """All envelopes are on the way there."""
    assert problems(found, "/body") == {pointer: words}


@pytest.mark.parametrize("found", [REQUEST, [], "no JSON"])
def test_a_message_keeps_its_id(found: object) -> None:
    """Whether or not it can be read."""
    assert envelopes.message(found, "", "m-1").id == "m-1"
    assert envelopes.message(found).id == ""


@pytest.mark.parametrize(
    ("found", "path", "expected"),
    [
        ({"a": {"b": 1}}, ("a", "b"), 1),
        ({"a": {"b": 1}}, ("a", "c"), None),
        ({"a": [1]}, ("a", "0"), None),
        ("text", ("a",), None),
        ({"a": 1}, (), {"a": 1}),
    ],
)
def test_a_place_that_is_not_there_holds_nothing(
    found: object, path: tuple[str, ...], expected: object
) -> None:
    """Whatever stands on the way to it."""
    assert envelopes.inner(found, *path) == expected
