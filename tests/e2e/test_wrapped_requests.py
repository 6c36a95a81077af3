"""Arrays of envelopes: the request in each item is processed."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from functions.errors import BatchFailed, InvalidEvent
from tests.e2e.answering import SQS, invoke
from tests.e2e.driving import expect_error, listener_id, operations, send
from tests.e2e.samples import sample
from tests.emulator import Emulator

Json = Any
IDS = [listener_id(place) for place in range(6)]
CLOUD_EVENT = {"specversion": "1.0", "id": "1", "source": "s", "type": "t"}


def plain(place: int) -> Json:
    """Return a request."""
    return {"resource_id": IDS[place]}


def cloud_event(data: object) -> Json:
    """Return a CloudEvent with JSON data."""
    return {**CLOUD_EVENT, "datacontenttype": "application/json", "data": data}


def base64_cloud_event(data: object, prefix: bytes = b"") -> Json:
    """Return a CloudEvent with base64-encoded JSON data, after a prefix."""
    text = b64encode(prefix + json.dumps(data).encode()).decode()
    return {**CLOUD_EVENT, "data_base64": text}


def eventbridge_event(detail: object) -> Json:
    """Return an EventBridge event."""
    return {"detail-type": "Access Log Wanted", "source": "s", "detail": detail}


def trace(place: int, name: str = "createListener") -> Json:
    """Return an audit trace, by default of the creation of a listener."""
    created = sample("cts.json")["cts"]
    listener = {"listener": {"id": IDS[place]}}
    return {
        **created,
        "trace_name": name,
        "resource_id": IDS[place],
        "response": json.dumps(listener),
    }


ARRAYS: dict[str, tuple[list[Json], list[int]]] = {
    "CloudEvents": ([cloud_event(plain(0)), cloud_event(plain(1))], [0, 1]),
    "CloudEvents in base64": (
        [base64_cloud_event(plain(2)), base64_cloud_event(plain(0))],
        [2, 0],
    ),
    "audit traces": ([trace(3), {"cts": trace(1)}], [3, 1]),
    "EventBridge events": (
        [eventbridge_event(plain(4)), eventbridge_event(cloud_event(plain(5)))],
        [4, 5],
    ),
    "all kinds": (
        [
            plain(0),
            cloud_event(trace(1)),
            eventbridge_event(base64_cloud_event(plain(2))),
            trace(3),
            plain(4),
        ],
        [0, 1, 2, 3, 4],
    ),
    "arrays in envelopes": (
        [
            eventbridge_event([plain(0), cloud_event([plain(1), trace(2)])]),
            base64_cloud_event([plain(3)]),
        ],
        [0, 1, 2, 3],
    ),
    "a JSON string in an envelope": (
        [cloud_event(json.dumps([plain(1), plain(0)]))],
        [1, 0],
    ),
    "a byte order mark": ([base64_cloud_event(plain(0), b"\xef\xbb\xbf")], [0]),
}
for_each_array = pytest.mark.parametrize(
    ("array", "expected"), ARRAYS.values(), ids=ARRAYS
)


@for_each_array
def test_an_array_of_envelopes_has_a_result_for_each_request(
    mature: Emulator, array: list[Json], expected: list[int]
) -> None:
    """The results are in the order of the requests."""
    results = send("bootstrap", array)
    assert [each["resource_id"] for each in results] == [IDS[p] for p in expected]
    assert len(mature.logtanks) == len(expected)


@for_each_array
def test_a_message_can_contain_an_array_of_envelopes(
    mature: Emulator, array: list[Json], expected: list[int]
) -> None:
    """The array can be the body of a message or a string in another envelope."""
    event = sample("sqs.json")
    event["Records"][0]["body"] = json.dumps(array)
    event["Records"][1]["body"] = json.dumps(cloud_event(json.dumps(array)))
    outcome = invoke("bootstrap", event)
    assert (outcome.kind, outcome.document) == (SQS, {"batchItemFailures": []})
    created = {each["resource_id"] for each in mature.logtanks}
    assert created == {IDS[place] for place in expected}
    assert operations(mature).count("CreateLogtank") == len(expected)


@pytest.mark.parametrize(
    "event",
    [
        base64_cloud_event(plain(0)),
        base64_cloud_event([plain(0)]),
        cloud_event(eventbridge_event(plain(0))),
    ],
)
def test_a_single_envelope_is_unwrapped(mature: Emulator, event: Json) -> None:
    """It can be an event, inside another envelope, or a JSON string."""
    for wrapped in (event, eventbridge_event(event), json.dumps(event)):
        result = send("bootstrap", wrapped)
        last = result[-1] if isinstance(result, list) else result
        assert last["resource_id"] == IDS[0]
    assert len(mature.logtanks) == 1


def test_irrelevant_traces_in_an_array_are_ignored(mature: Emulator) -> None:
    """The array of results has an item for each of them."""
    array = [trace(0), trace(1, "updateListener"), cloud_event(trace(2, "login"))]
    results = invoke("bootstrap", array).document
    assert results[0]["resource_id"] == IDS[0]
    assert [list(each) for each in results[1:]] == [["ignored"], ["ignored"]]
    assert len(mature.logtanks) == 1


def test_an_invalid_item_is_reported_with_its_pointer(
    mature: Emulator,
) -> None:
    """The pointer includes the envelopes, and the other items are processed."""
    invalid = [
        cloud_event("no JSON"),
        {**CLOUD_EVENT, "data_base64": "*"},
        eventbridge_event([plain(0), cloud_event({**plain(1), "ttl_in_days": 0})]),
        7,
    ]
    error = expect_error("bootstrap", [plain(2), *invalid, plain(3)])
    assert isinstance(error, BatchFailed)
    assert {type(each) for each in error.failures.values()} == {InvalidEvent}
    details = [each.detail for each in error.failures.values()]
    assert details[:2] == [
        "/1/data is not valid JSON (line 1, column 1)",
        "/2/data_base64 is not valid base64",
    ]
    assert len(error.failures) == 4
    created = {each["resource_id"] for each in mature.logtanks}
    assert created == {IDS[place] for place in (0, 2, 3)}
