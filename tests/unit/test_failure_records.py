"""Failed events are processed as if received directly, by the same function only."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from functions import bootstrap, triggers
from functions.errors import InvalidEvent
from functions.invocation import run
from functions.invocation.tasks import TASKS
from functions.invocation.warm_state import WarmState
from functions.triggers.delivery import Delivery
from tests.byte_server import serving
from tests.unit.invocations import (
    STREAM,
    TANK,
    context,
    from_queue,
    invoked,
    partial_batch_response,
)
from tests.unit.test_triggers import ID, ONE, SAMPLES, sample

ARN = "arn:aws:lambda:eu-central-1:123456789012:function:own:$LATEST"


URN = "urn:fss:cn-north-4:p:function:default:own:latest"


QUEUE = {"eventSource": "aws:sqs", "messageId": "m"}


def lambda_record(event: object, arn: str = ARN) -> dict[str, object]:
    """Return the record that Lambda sends to a failure destination."""
    context = {"functionArn": arn, "condition": "RetriesExhausted"}
    return {"version": "1.0", "requestContext": context, "requestPayload": event}


def graph_record(event: object, urn: str = URN) -> dict[str, object]:
    """Return the record that FunctionGraph sends to a failure destination."""
    context = {"function_urn": urn, "condition": "RetriesExhausted"}
    return {"request_context": context, "request_payload": event}


def delivered(event: object) -> Delivery:
    """Return the delivery of an event to the function `own`."""
    trigger = triggers.trigger_for(event)
    return triggers.deliver(trigger, trigger.parse(event), "own".__eq__)


@pytest.mark.parametrize("record", [lambda_record, graph_record])
@pytest.mark.parametrize(
    "name",
    [
        *(f"{task}.json" for task in TASKS),
        *(n for n, (row, items) in SAMPLES.items() if row != "HTTP" and items),
    ],
)
def test_a_failed_event_is_processed_as_if_received_directly(
    record: Callable[[object], object], name: str
) -> None:
    """This applies to every trigger, also within a queue message or another record."""
    event = sample(name)
    items = delivered(event).items()
    in_queue = {"Records": [{**QUEUE, "body": json.dumps(record(event))}]}
    twice = lambda_record(graph_record(event))

    for each in (record(event), json.loads(json.dumps(twice)), in_queue):
        assert delivered(each).items() == items
    assert delivered([record(event), ONE]).items() == [*items, ONE]
    assert delivered(record(event)).is_array() == delivered(event).is_array()
    assert [message.id for message in delivered(in_queue).messages] == ["m"]


@pytest.mark.parametrize(
    ("record", "text"),
    [
        (lambda_record(ONE, ARN.replace("own", "foreign")), "another function"),
        (graph_record(ONE, URN.replace("own", "foreign")), "another function"),
        (lambda_record(ONE, "own"), "another function"),
        (lambda_record(lambda_record(ONE, ARN.replace(":own", ":x"))), "another fun"),
        (lambda_record(lambda_record(graph_record(lambda_record(ONE)))), "more than 3"),
        (lambda_record(sample("http-alb.json")), "is an HTTP request"),
        (lambda_record("no JSON"), "/requestPayload is not valid JSON"),
        (lambda_record(graph_record("{")), "/requestPayload/request_payload is not va"),
        (lambda_record({"cts": 7}), "/requestPayload/cts must be an object"),
        (
            graph_record({"Records": [{**QUEUE, "body": "{"}]}),
            "d/Records/0/body is not",
        ),
    ],
)
def test_an_unacceptable_record_is_rejected(
    record: dict[str, object], text: str
) -> None:
    """For example, a failed deletion would be a valid event for another function."""
    first, second = delivered([record, ONE]).items()

    assert isinstance(first, InvalidEvent)
    assert text in first.detail
    assert second == ONE


@pytest.mark.parametrize(
    ("own", "failed", "is_own"),
    [
        ("prod-logs", "prod-logs", True),
        ("prod-logs", "prod-logs-2", False),
        ("prod-logs", "bootstrap", False),
        (None, "bootstrap", True),
        (None, "stack-CreateLogStream-1A2B", False),
        (None, "prod_create_logtank", False),
        (None, "stack-Bootstrap-1A2B", True),
        (None, "prod-logs", True),
    ],
)
def test_a_function_processes_only_its_own_failures(
    own: str | None, failed: str, *, is_own: bool
) -> None:
    """If the function's name is unknown, the record must not name another task."""
    record = lambda_record({"resource_id": ID}, ARN.replace("own", failed))
    with serving(STREAM, TANK) as server:
        named = SimpleNamespace(**vars(context(server.endpoint)))
        named.getFunctionName = lambda: own
        try:
            outcome = run("bootstrap", record, named, WarmState())
        except InvalidEvent as error:
            outcome = error

    assert isinstance(outcome, dict) is is_own
    assert len(server.requests) == (2 if is_own else 0)


def test_a_foreign_record_in_a_queue_does_not_affect_other_messages() -> None:
    """Its message is redelivered, and finally moved to the dead-letter queue."""
    foreign = lambda_record({"resource_id": ID}, ARN.replace("own", "create_logtank"))
    event = from_queue(foreign, {"resource_id": ID})

    response = invoked(bootstrap.handler, event, STREAM, TANK)

    assert response == partial_batch_response("0")
