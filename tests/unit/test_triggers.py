"""One table defines how each trigger is recognized, authenticated and answered."""

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
from functions.invocation.tasks import TASKS
from functions.triggers.delivery import Delivery, Listener, Message, Trace
from tests.unit.signed_webhooks import SECRET

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
OTHER = {
    **ONE,
    "resource_id": "0d2f7bd2-3a6c-4a0f-9d5a-7c1d7d1f5c11",
    "log_stream_name": "shop-checkout",
}
SAMPLES: dict[str, tuple[str, list[object]]] = {
    "bootstrap-many.json": ("direct", [ONE, OTHER]),
    "cts.json": ("CTS", [Listener(ID, Trace.CREATION)]),
    "dms-kafka.json": ("DMS", [ONE, TWO]),
    "eventbridge-schedule.json": ("EventBridge", [{}]),
    "eventbridge.json": ("EventBridge", [ONE]),
    "eventgrid.json": ("EventGrid", [Listener(ID, Trace.CREATION)]),
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
"""By file name: the name of the trigger, and the requests in the event."""


def sample(name: str) -> Any:  # noqa: ANN401 # JSON
    """Return a sample event."""
    return json.loads((EVENTS / name).read_text("utf-8"))


def test_every_sample_is_listed() -> None:
    """No sample file of a trigger is left untested."""
    direct = {f"{name}.json" for name in TASKS}

    assert {path.name for path in EVENTS.glob("*.json")} == {*SAMPLES, *direct}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_recognized_and_read(name: str) -> None:
    """Its requests are found, in order.

    No other row recognizes it, so the order of the table makes no difference.
    """
    event = sample(name)
    row, items = SAMPLES[name]
    trigger = triggers.trigger_for(event)
    others = [each for each in triggers.TABLE if each is not trigger]

    assert trigger.name == row
    assert isinstance(event, list) or not any(each.recognizes(event) for each in others)
    if items:
        assert trigger.deliver(trigger.parse(event)).items() == items


@pytest.mark.parametrize("name", TASKS)
def test_the_sample_of_a_function_is_a_direct_call(name: str) -> None:
    """It is one request, which no row of the table recognizes."""
    event = sample(f"{name}.json")
    trigger = triggers.trigger_for(event)

    assert trigger.name == "direct"
    assert trigger.deliver(trigger.parse(event)).items() == [event]


def test_every_row_has_a_sample_and_a_unique_name() -> None:
    """The samples cover the entire table."""
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
def test_an_unrecognized_event_is_a_direct_call(event: object) -> None:
    """The event is the request itself, or an array of requests."""
    trigger = triggers.trigger_for(event)

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
def test_a_timer_delivers_its_user_event(
    event: dict[str, object], items: list[object]
) -> None:
    """An empty user event is a request that the settings can complete."""
    assert triggers.trigger_for(event).deliver(event).items() == items


def test_an_invalid_user_event_is_reported_with_its_pointer() -> None:
    """The user event of a timer may be any text."""
    event = {"trigger_type": "TIMER", "user_event": "now!"}
    (item,) = triggers.trigger_for(event).deliver(event).items()

    assert isinstance(item, InvalidEvent)
    assert item.detail == "/user_event is not valid JSON (line 1, column 1)"


@pytest.mark.parametrize("row", triggers.TABLE, ids=lambda row: row.name)
def test_only_http_events_are_authenticated(row: triggers.Trigger) -> None:
    """For other triggers, the platform controls who may send an event."""
    if row.name == "HTTP":
        with pytest.raises(Unauthenticated):
            row.admit(row.parse(sample("http-alb.json")), "signature", [SECRET])
    else:
        row.admit({}, "signature", [])


@pytest.mark.parametrize(
    "row", [*triggers.TABLE, triggers.DIRECT], ids=lambda r: r.name
)
def test_only_http_and_sqs_return_failures(row: triggers.Trigger) -> None:
    """For other triggers, the platform recognizes a failure only by an exception."""
    error = Misconfigured("X is not set")
    event: dict[str, object] = row.parse({"Records": [{"messageId": "a"}]})
    delivery = Delivery([Message([{}], id="a")])
    returned: dict[str, object] = {}
    with suppress(Misconfigured):
        returned["refuse"] = row.refuse(event, error)
    with suppress(Misconfigured):
        returned["respond"] = row.respond(event, delivery, [error])

    assert set(returned) == (
        {"refuse", "respond"} if row.name in {"HTTP", "SQS"} else set()
    )


def immediate_response(event: object) -> object:
    """Return the response to an event that needs no further processing."""
    trigger = triggers.trigger_for(event)
    return trigger.respond_at_once(trigger.parse(event))


def test_only_a_health_check_is_answered_immediately() -> None:
    """The response needs no settings."""
    found = [name for name in SAMPLES if immediate_response(sample(name))]

    assert found == ["http-alb-health-check.json"]
    assert immediate_response(sample(found[0])) == {
        "statusCode": 200,
        "statusDescription": "200 OK",
        "headers": {"content-type": "application/json"},
        "body": '{"status": "ok"}',
        "isBase64Encoded": False,
    }
    assert immediate_response([]) is None


def test_the_remedy_names_the_schema_and_every_trigger() -> None:
    """It applies to events that are not recognized."""
    remedy = triggers.remedy("bootstrap.event")

    assert "schemas/bootstrap.event.schema.json" in remedy
    assert remedy.endswith(
        ": HTTP, SQS, SNS, SMN, DMS, TIMER, CTS, EventGrid, EventBridge."
    )


NAMES = (
    *("httpMethod", "requestContext", "http", "elb", "method", "headers", "body"),
    *("multiValueHeaders", "isBase64Encoded", "content-type", "Records", "record"),
    *("records", "eventSource", "EventSource", "Sns", "smn", "Message", "message"),
    *("messages", "trigger_type", "user_event", "cts", "trace_name", "service_type"),
    *(
        "requestPayload",
        "functionArn",
        "request_context",
        "function_urn",
        "data_base64",
    ),
    *("request_payload", "multiValueHeaders", "Type", "type", "attributes"),
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
def test_no_event_causes_an_unexpected_exception(event: Any) -> None:  # noqa: ANN401 # JSON
    """Values of events may be missing or of the wrong type."""
    trigger = triggers.trigger_for(event)
    parsed = trigger.parse(event)
    trigger.respond_at_once(parsed)
    with suppress(ProvisioningError):
        trigger.admit(parsed, "signature", [SECRET])
    with suppress(ProvisioningError):
        delivery = triggers.deliver(trigger, parsed, lambda _function: True)
        trigger.respond(parsed, delivery, [{"created": True}] * len(delivery.items()))
    with suppress(ProvisioningError):
        trigger.refuse(parsed, Misconfigured("x"))
