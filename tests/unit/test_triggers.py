"""One table tells from which trigger an event is, and how it is let in and answered."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions import triggers
from functions.errors import (
    InvalidEvent,
    Misconfigured,
    ProvisioningError,
    Unauthenticated,
)
from functions.triggers.delivery import Delivery, Listener, Message
from tests.unit.hooks import SECRET

EVENTS = Path(__file__).parents[1] / "events"
ID = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
ONE = {
    "resource_id": ID,
    "log_group_id": "b6b9332b-091f-4b22-b810-264318d2d664",
    "log_stream_name": "shop-frontend",
}
TWO = {
    **ONE,
    "resource_id": "0f6f1e0a-0000-4000-8000-000000000002",
    "log_stream_name": "shop-2",
}
SAMPLES: dict[str, tuple[str, list[object]]] = {
    "bootstrap-many.json": (
        "direct",
        [{"resource_id": ID}, {"resource_id": "0d2f7bd2-3a6c-4a0f-9d5a-7c1d7d1f5c11"}],
    ),
    "bootstrap.json": (
        "direct",
        [{**ONE, "ttl_in_days": 30, "tags": [{"key": "team", "value": "edge"}]}],
    ),
    "create_log_stream.json": (
        "direct",
        [
            {key: value for key, value in ONE.items() if key != "resource_id"}
            | {"ttl_in_days": 30}
        ],
    ),
    "create_logtank.json": ("direct", []),
    "cts.json": ("CTS", [Listener(ID)]),
    "dms-kafka.json": ("DMS", [ONE, TWO]),
    "eventbridge-schedule.json": ("EventBridge", [{}]),
    "eventbridge.json": ("EventBridge", [ONE]),
    "eventgrid.json": ("EventGrid", [Listener(ID)]),
    "http-alb-health-check.json": ("HTTP", []),
    "http-alb-multi-value.json": ("HTTP", [ONE]),
    "http-alb.json": ("HTTP", [ONE]),
    "http-api-gateway-v1.json": ("HTTP", [ONE]),
    "http-api-gateway-v2.json": ("HTTP", [ONE]),
    "http-apig.json": ("HTTP", [ONE]),
    "http-function-url.json": ("HTTP", [ONE]),
    "scheduler-without-input.json": ("EventBridge", [{}]),
    "scheduler.json": ("direct", [ONE]),
    "smn.json": ("SMN", [ONE]),
    "sns.json": ("SNS", [ONE]),
    "sqs-fifo.json": ("SQS", [ONE, TWO]),
    "sqs-from-eventbridge.json": ("SQS", [ONE]),
    "sqs-from-sns.json": ("SQS", [ONE]),
    "sqs.json": ("SQS", [ONE, TWO]),
    "timer-empty.json": ("TIMER", [{}]),
    "timer.json": ("TIMER", [ONE]),
}
"""By file: the row of the table, and what the event brings."""


def sample(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return one of the sample events."""
    return json.loads((EVENTS / name).read_text("utf-8"))


def test_every_sample_is_in_the_table() -> None:
    """None is left untested."""
    assert {path.name for path in EVENTS.glob("*.json")} == set(SAMPLES)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_recognised_and_read(name: str) -> None:
    """It brings the requests that lie in its envelope, in order.

    No other row would have it, so the order of the table decides nothing that happens.
    """
    event = sample(name)
    row, items = SAMPLES[name]
    trigger = triggers.of(event)
    others = [each for each in triggers.TABLE if each is not trigger]

    assert trigger.name == row
    assert isinstance(event, list) or not any(each.recognises(event) for each in others)
    if items:
        assert trigger.deliver(event).items() == items


def test_every_row_has_a_sample() -> None:
    """And a name of its own."""
    names = [row.name for row in triggers.TABLE]

    assert {*names, "direct"} == {row for row, _ in SAMPLES.values()}
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "event",
    [
        *(None, 7, 1.5, True, "text", "{}", b"{}", [], [{}], [{"httpMethod": "POST"}]),
        *({}, {"key": "value"}, ONE, {"logtank": {}}),
        {"Records": []},
        {"Records": [{"eventSource": "aws:s3"}]},
        {"records": [{"event_source": "dds"}]},
        {"lts": {"data": "e30="}},
        {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": {}},
        {"trigger_type": "OTHER", "user_event": "{}"},
        {"httpMethod": "GET", "methodArn": "arn"},
        {"detail": {}},
        {"specversion": "1.0"},
    ],
)
def test_whatever_is_not_known_is_a_direct_call(event: object) -> None:
    """The event is then the request, or the array of them."""
    trigger = triggers.of(event)

    assert trigger is triggers.DIRECT


@pytest.mark.parametrize(
    ("event", "items"),
    [
        ({"trigger_type": "TIMER"}, [{}]),
        ({"trigger_type": "TIMER", "user_event": ""}, [{}]),
        ({"trigger_type": "TIMER", "user_event": "[{}, {}]"}, [{}, {}]),
        ({"trigger_type": "TIMER", "user_event": {"a": 1}}, [{"a": 1}]),
        ({"trigger_type": "TIMER", "user_event": "7"}, [7]),
    ],
)
def test_a_timer_brings_what_it_was_given(
    event: dict[str, object], items: list[object]
) -> None:
    """Nothing is a request too: settings may complete it."""
    assert triggers.of(event).deliver(event).items() == items


def test_what_a_timer_was_given_may_be_no_json() -> None:
    """It is told by its place."""
    event = {"trigger_type": "TIMER", "user_event": "now!"}
    (item,) = triggers.of(event).deliver(event).items()

    assert isinstance(item, InvalidEvent)
    assert item.detail == "/user_event is no JSON from line 1, column 1 on"


@pytest.mark.parametrize("row", triggers.TABLE, ids=lambda row: row.name)
def test_only_http_asks_who_sends_an_event(row: triggers.Trigger) -> None:
    """Elsewhere the platform lets nobody send one who may not."""
    if row.name == "HTTP":
        with pytest.raises(Unauthenticated):
            row.admit(sample("http-alb.json"), "signature", [SECRET])
    else:
        row.admit({}, "signature", [])


@pytest.mark.parametrize(
    "row", [*triggers.TABLE, triggers.DIRECT], ids=lambda r: r.name
)
def test_only_http_and_sqs_take_a_failure_as_an_answer(row: triggers.Trigger) -> None:
    """Everywhere else a platform sees it in a raise alone."""
    error = Misconfigured("X is not set")
    event: dict[str, object] = {"Records": [{"messageId": "a"}]}
    delivery = Delivery([Message([{}], id="a")])
    answered: dict[str, object] = {}
    with suppress(Misconfigured):
        answered["refuse"] = row.refuse(event, error)
    with suppress(Misconfigured):
        answered["answer"] = row.answer(event, delivery, [error])

    assert set(answered) == (
        {"refuse", "answer"} if row.name in {"HTTP", "SQS"} else set()
    )


def test_a_health_check_is_answered_at_once() -> None:
    """With no settings read; no other event is."""
    found = [name for name in SAMPLES if triggers.health_check_response(sample(name))]

    assert found == ["http-alb-health-check.json"]
    assert triggers.health_check_response(sample(found[0])) == {
        "statusCode": 200,
        "statusDescription": "200 OK",
        "headers": {"content-type": "application/json"},
        "body": '{"status": "ok"}',
        "isBase64Encoded": False,
    }
    assert triggers.health_check_response([]) is None


def test_the_remedy_for_the_unknown_names_schema_and_triggers() -> None:
    """Each of them."""
    said = triggers.remedy("bootstrap.event")

    assert "schemas/bootstrap.event.schema.json" in said
    assert said.endswith(
        ": HTTP, SQS, SNS, SMN, DMS, TIMER, CTS, EventGrid, EventBridge."
    )


NAMES = (
    *("httpMethod", "requestContext", "http", "elb", "method", "headers", "body"),
    *("multiValueHeaders", "isBase64Encoded", "content-type", "Records", "record"),
    *("records", "eventSource", "EventSource", "Sns", "smn", "Message", "message"),
    *("messages", "trigger_type", "user_event", "cts", "trace_name", "service_type"),
    *("specversion", "data", "detail-type", "detail", "messageId", "eventSourceARN"),
    *("Type", "TopicArn", "resource_type", "resource_id", "response", "listener", "id"),
)
WORDS = ("POST", "GET", "TIMER", "aws:sqs", "aws:sns", "application/json", "e30=")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(WORDS) | st.text(),
    lambda inside: (
        st.lists(inside, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES), inside)
        | inside.map(json.dumps)
    ),
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(JSON | st.dictionaries(st.sampled_from(NAMES), JSON, min_size=1))
def test_no_event_raises_anything_that_is_none_of_our_errors(event: Any) -> None:  # noqa: ANN401 # JSON
    """Whatever is missing from it, or of another kind than it should be."""
    trigger = triggers.of(event)
    triggers.health_check_response(event)
    with suppress(ProvisioningError):
        trigger.admit(event, "signature", [SECRET])
    with suppress(ProvisioningError):
        delivery = trigger.deliver(event)
        trigger.answer(event, delivery, [{"created": True}] * len(delivery.items()))
    with suppress(ProvisioningError):
        trigger.refuse(event, Misconfigured("x"))
