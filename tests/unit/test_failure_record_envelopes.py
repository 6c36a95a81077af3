"""A failure destination's record is an envelope, recognized by its fields."""

from __future__ import annotations

import pytest

from functions.triggers import envelopes
from functions.triggers.delivery import FailureRecord, Message

ID = "78d425da-4d5f-422f-b13b-40aa3f49bc55"


REQUEST = {"resource_id": ID}


ARN = "arn:aws:lambda:eu-central-1:123456789012:function:bootstrap"


URN = "urn:fss:cn-north-4:p:function:default:bootstrap:latest"


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            {
                "requestContext": {"functionArn": f"{ARN}:$LATEST"},
                "requestPayload": [1],
            },
            FailureRecord("bootstrap", [1], "/requestPayload"),
        ),
        (
            {"requestContext": {"functionArn": ARN}, "requestPayload": None},
            FailureRecord("bootstrap", None, "/requestPayload"),
        ),
        (
            {"request_context": {"function_urn": URN}, "request_payload": REQUEST},
            FailureRecord("bootstrap", REQUEST, "/request_payload"),
        ),
        (
            {"requestContext": {"functionArn": "bootstrap"}, "requestPayload": {}},
            FailureRecord("", {}, "/requestPayload"),
        ),
    ],
)
def test_a_failure_record_contains_its_function_and_event(
    record: dict[str, object], expected: FailureRecord
) -> None:
    """Lambda and FunctionGraph have different formats, with or without a version."""
    assert envelopes.message(record) == Message([expected])
    in_array = expected._replace(place=f"/0{expected.place}")
    assert envelopes.message([record]) == Message([in_array], is_array=True)


@pytest.mark.parametrize(
    "payload",
    [
        {"requestContext": {"functionArn": ARN}},
        {"requestContext": {"functionArn": 7}, "requestPayload": {}},
        {"requestContext": {"functionArn": ARN}, "request_payload": {}},
        {"requestPayload": {}},
    ],
)
def test_an_incomplete_failure_record_is_not_opened(payload: dict[str, object]) -> None:
    """A record must have the function's name and the event."""
    assert envelopes.message(payload) == Message([payload])
