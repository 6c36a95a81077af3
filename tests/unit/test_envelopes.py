"""Nested envelopes are opened until the requests in them are found."""

from __future__ import annotations

import base64
import json

import pytest

from functions.errors import InvalidEvent
from functions.triggers import envelopes
from functions.triggers.delivery import Ignored, Listener, Message, Trace

ID = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
REQUEST = {"resource_id": ID}
BODY, BOM = json.dumps(REQUEST).encode(), b"\xef\xbb\xbf"
TRACE = {
    "trace_name": "createListener",
    "service_type": "GA",
    "resource_type": "listener",
    "resource_id": ID,
}


def eventbridge(detail: object) -> dict[str, object]:
    """Return an EventBridge event."""
    return {"version": "0", "detail-type": "t", "source": "s", "detail": detail}


def eventgrid(data: object) -> dict[str, object]:
    """Return an EventGrid event, in the format of CloudEvents."""
    return {"specversion": "1.0", "id": "i", "source": "s", "type": "t", "data": data}


def notification(message: object) -> dict[str, object]:
    """Return an SNS notification, as delivered to a queue."""
    return {"Type": "Notification", "TopicArn": "arn", "Message": message}


def text(payload: object) -> str:
    """Return a payload as JSON text."""
    return json.dumps(payload)


def wrapped(payload: object, layers: int) -> object:
    """Return a payload in this number of nested envelopes."""
    for _ in range(layers):
        payload = eventbridge(payload)
    return payload


def problems(found: object, place: str = "") -> dict[str, str]:
    """Return the problems of a message that contains no valid request, by pointer."""
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
        {"specversion": "1.0", "data_base64": base64.b64encode(BOM + BODY).decode()},
        BOM + BODY,
        notification(f"\ufeff{text(REQUEST)}"),
        notification(text(REQUEST)),
        text(notification(text(eventbridge(REQUEST)))),
        eventbridge(eventgrid(notification(eventbridge(REQUEST)))),
    ],
)
def test_a_request_is_found_in_any_envelope(found: object) -> None:
    """Envelopes may be nested, each as an object or as JSON text."""
    assert envelopes.message(found) == Message([REQUEST])


@pytest.mark.parametrize("found", [[REQUEST, 7], eventbridge(text([REQUEST, 7]))])
def test_an_array_contains_several_requests(found: object) -> None:
    """The items may have any type, as each one is validated later."""
    assert envelopes.message(found) == Message([REQUEST, 7], is_array=True)


@pytest.mark.parametrize("found", [[], notification("[]")])
def test_an_empty_array_contains_no_requests(found: object) -> None:
    """An empty array is valid."""
    assert envelopes.message(found) == Message([], is_array=True)


OTHER = {"resource_id": "other"}
IN_BASE64 = {
    "specversion": "1.0",
    "data_base64": base64.b64encode(text(OTHER).encode()).decode(),
}


@pytest.mark.parametrize(
    ("payload", "items"),
    [
        ([eventgrid(REQUEST), eventgrid(OTHER)], [REQUEST, OTHER]),
        (
            [TRACE, {"cts": TRACE}, REQUEST],
            [Listener(ID, Trace.CREATION), Listener(ID, Trace.CREATION), REQUEST],
        ),
        (
            [OTHER, eventgrid(TRACE), notification(text(REQUEST))],
            [OTHER, Listener(ID, Trace.CREATION), REQUEST],
        ),
        ([eventbridge([REQUEST, OTHER]), OTHER], [REQUEST, OTHER, OTHER]),
        ([IN_BASE64, 7, text(REQUEST)], [OTHER, 7, text(REQUEST)]),
        (text([eventgrid(text(eventbridge(REQUEST)))]), [REQUEST]),
        (eventbridge([IN_BASE64, eventgrid([IN_BASE64])]), [OTHER, OTHER]),
        ([eventgrid([]), REQUEST], [REQUEST]),
    ],
)
def test_an_array_can_mix_envelopes_and_requests(
    payload: object, items: list[object]
) -> None:
    """Batches of CloudEvents and of audit traces are such arrays."""
    assert envelopes.message(payload) == Message(items, is_array=True)


def test_an_unreadable_envelope_does_not_affect_the_rest_of_its_array() -> None:
    """The error has the envelope's position in the array."""
    broken = {"specversion": "1.0", "data_base64": "e30"}
    payload = eventbridge([REQUEST, eventgrid("{"), broken, OTHER])

    first, second, third, last = envelopes.message(payload, "/body").items
    assert (first, last) == (REQUEST, OTHER)
    assert str(second).startswith("/body/detail/1/data is not valid JSON (line 1")
    assert str(third).startswith("/body/detail/2/data_base64 is not valid base64")


@pytest.mark.parametrize("found", [None, 7, "null", '"text"', {}, "{}"])
def test_any_other_value_is_a_single_request(found: object) -> None:
    """The schema rejects it later; JSON text inside JSON text is not parsed again."""
    payload = json.loads(found) if isinstance(found, str) else found

    assert envelopes.message(found) == Message([payload])


@pytest.mark.parametrize("layers", [0, 3])
@pytest.mark.parametrize("trace", [TRACE, {"cts": TRACE}])
def test_a_trace_is_found_in_any_envelope(trace: object, layers: int) -> None:
    """The message then identifies the listener that was created."""
    assert envelopes.message(wrapped(trace, layers)) == Message(
        [Listener(ID, Trace.CREATION)]
    )
    assert envelopes.message(text(wrapped(trace, layers))) == Message(
        [Listener(ID, Trace.CREATION)]
    )


def test_a_trace_of_another_resource_is_ignored() -> None:
    """The message contains no request."""
    (item,) = envelopes.message(eventgrid({**TRACE, "service_type": "ECS"})).items

    assert isinstance(item, Ignored)


def test_at_most_four_envelopes_are_opened() -> None:
    """Deeper payloads are not found, and validation rejects the fifth envelope."""
    assert envelopes.message(wrapped(REQUEST, 4)) == Message([REQUEST])
    assert envelopes.message(wrapped(REQUEST, 5)) == Message([eventbridge(REQUEST)])
    assert envelopes.message(wrapped(REQUEST, 900)) == Message([wrapped(REQUEST, 896)])


@pytest.mark.parametrize(
    "payload",
    [
        {"detail": REQUEST},
        {"detail-type": "t"},
        {"data": REQUEST},
        {"data_base64": "e30="},
        {"TopicArn": "arn", "Message": text(REQUEST)},
        {"Type": "Notification", "Message": text(REQUEST)},
        {"Type": "Notification", "TopicArn": "arn"},
        {"type": "Notification", "topicarn": "arn", "message": text(REQUEST)},
    ],
)
def test_an_incomplete_envelope_is_not_opened(payload: dict[str, object]) -> None:
    """An envelope is recognized only by all of its fields."""
    assert envelopes.message(payload) == Message([payload])


def test_at_most_1000_requests_are_accepted() -> None:
    """An array with more requests is rejected completely."""
    limit = [REQUEST] * 1000

    assert len(envelopes.message(limit).items) == 1000
    assert len(envelopes.message(text(limit)).items) == 1000
    message = "must have at most 1000 items"
    assert problems([*limit, REQUEST]) == {"": message}
    assert problems(eventbridge([*limit, REQUEST]), "/body") == {
        "/body/detail": message
    }


@pytest.mark.parametrize(
    ("found", "pointer", "message"),
    [
        ("{", "/body", "is not valid JSON (line 1, column 2)"),
        ('{"a": 1, "a": 2}', "/body/a", "is a duplicate key"),
        (b"\xff", "/body", "is not valid UTF-8"),
        (
            text(notification(text(eventbridge("[NaN]")))),
            "/body/Message/detail/0",
            "is NaN, which is not valid JSON",
        ),
        (eventgrid(""), "/body/data", "is not valid JSON (line 1, column 1)"),
        (eventgrid({"cts": 7}), "/body/data/cts", "must be an object"),
        (
            {"specversion": "1.0", "data_base64": "e3"},
            "/body/data_base64",
            "is not valid base64",
        ),
        (
            {"specversion": "1.0", "data_base64": ["e30="]},
            "/body/data_base64",
            "is not valid base64",
        ),
        (
            {"specversion": "1.0", "data_base64": "/w=="},
            "/body/data_base64",
            "is not valid UTF-8",
        ),
    ],
)
def test_an_unreadable_payload_is_reported_with_its_pointer(
    found: object, pointer: str, message: str
) -> None:
    """The pointer includes every envelope."""
    assert problems(found, "/body") == {pointer: message}


@pytest.mark.parametrize("found", [REQUEST, [], "no JSON"])
def test_a_message_keeps_its_id(found: object) -> None:
    """Unreadable messages keep their ID as well."""
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
def test_a_missing_path_gives_none(
    found: object, path: tuple[str, ...], expected: object
) -> None:
    """Any type of value may be found on the path."""
    assert envelopes.inner(found, *path) == expected
