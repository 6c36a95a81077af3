"""Records of failed events in a failure destination can be sent again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.errors import InvalidEvent, ProvisioningError
from functions.invocation.tasks import TASKS
from tests.e2e.answering import invoke
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    expect_error,
    listener_id,
    listeners,
    send,
)
from tests.e2e.samples import sample, signed
from tests.emulator import Emulator


def logical_id(entry: str) -> str:
    """Return the logical ID in template.yaml, which is part of a function's name."""
    return "".join(word.title() for word in entry.split("_"))


class NamedLambdaContext(LambdaContext):
    """A Lambda context with the name of the function."""

    def __init__(self, entry: str) -> None:
        """Use the name that template.yaml gives to the function of an entry."""
        super().__init__(60)
        self.function_name = f"logs-{logical_id(entry)}-8fKq2x"


class NamedFunctionGraphContext(FunctionGraphContext):
    """A FunctionGraph context with the name of the function."""

    def __init__(self, entry: str) -> None:
        """Use the name that template.tf gives to the function of an entry."""
        super().__init__(60)
        self._name = f"ga-{entry}"

    def getFunctionName(self) -> str:  # noqa: N802 - the platform's name
        """Return the name of the function."""
        return self._name


def lambda_record(entry: str, event: object, qualifier: str = ":$LATEST") -> Any:  # noqa: ANN401 - JSON
    """Return the record that Lambda sends to a destination after its last attempt."""
    name = NamedLambdaContext(entry).function_name
    arn = f"arn:aws:lambda:eu-central-1:123456789012:function:{name}{qualifier}"
    return {
        "version": "1.0",
        "timestamp": "2026-11-24T08:05:03.120Z",
        "requestContext": {
            "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
            "functionArn": arn,
            "condition": "RetriesExhausted",
            "approximateInvokeCount": 3,
        },
        "requestPayload": event,
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "responsePayload": {"errorMessage": "...", "errorType": "PermissionDenied"},
    }


def functiongraph_record(entry: str, event: object) -> Any:  # noqa: ANN401 - JSON
    """Return the record that FunctionGraph sends after its last attempt."""
    urn = f"urn:fss:cn-north-4:0123456789abcdef:function:default:ga-{entry}:latest"
    return {
        "timestamp": "2026-11-24T08:05:03Z",
        "request_context": {
            "request_id": "b5f3b8a1-3c7a-4f2a-8f0f-1f8c9a7d3e21",
            "function_urn": urn,
            "condition": "RetriesExhausted",
            "approximate_invoke_count": 3,
        },
        "request_payload": event,
        "response_context": {"status_code": 500, "function_error": "Unhandled"},
        "response_payload": "...",
    }


def sqs_event(*messages: object) -> Any:  # noqa: ANN401 - JSON
    """Return an SQS event with these messages."""
    record = sample("sqs.json")["Records"][0]
    return {
        "Records": [
            {**record, "messageId": f"m-{place}", "body": json.dumps(message)}
            for place, message in enumerate(messages)
        ]
    }


REQUEST = {**EVENT, "log_stream_name": "edge"}
EVENTS: dict[str, object] = {
    "direct": REQUEST,
    "an array": [REQUEST],
    "EventBridge": {"detail-type": "Access Log Wanted", "detail": REQUEST},
    "SNS": {
        "Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(REQUEST)}}]
    },
    "EventGrid": {
        "specversion": "1.0",
        "id": "1",
        "source": "s",
        "type": "t",
        "data": REQUEST,
    },
    "TIMER": {"trigger_type": "TIMER", "user_event": json.dumps(REQUEST)},
    "CTS": sample("cts.json"),
    "SMN": {"record": [{"smn": {"message": json.dumps(REQUEST)}}]},
}
for_each_event = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS)


@for_each_event
def test_the_record_of_a_failed_event_can_be_sent_again(
    mature: Emulator, event: object
) -> None:
    """The result is the same as for the original event."""
    context = NamedLambdaContext("bootstrap")
    mature.fail({"operation": "CreateLogStream", "status": 403})
    assert isinstance(expect_error("bootstrap", event, context), ProvisioningError)
    result = send("bootstrap", lambda_record("bootstrap", event), context)
    assert [each["resource_id"] for each in mature.logtanks] == [LISTENER]
    adopted = send("bootstrap", event, context)
    results, again = (x if isinstance(x, list) else [x] for x in (result, adopted))
    assert results[0]["created"] == ["log_stream", "logtank"]
    assert again == [results[0] | {"created": []}]


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda record: lambda_record("bootstrap", record),
        lambda record: lambda_record("bootstrap", lambda_record("bootstrap", record)),
        lambda record: [record],
        lambda record: [record, {"resource_id": LISTENER, "log_stream_name": "edge"}],
        json.dumps,
        lambda record: {"detail-type": "Failed", "detail": record},
        lambda record: {
            "Records": [
                {"EventSource": "aws:sns", "Sns": {"Message": json.dumps(record)}}
            ]
        },
        lambda record: lambda_record("bootstrap", sqs_event(record)),
    ],
)
def test_a_record_can_be_wrapped(mature: Emulator, wrapped: Any) -> None:  # noqa: ANN401
    """It can be in another record, an array, or the event of a trigger."""
    record = lambda_record("bootstrap", REQUEST, qualifier="")
    invoke("bootstrap", wrapped(record), NamedLambdaContext("bootstrap"))
    assert [each["resource_id"] for each in mature.logtanks] == [LISTENER]


def test_records_in_the_queue_are_processed_with_the_other_messages(
    mature: Emulator,
) -> None:
    """Only the record of another function is redelivered."""
    requests = listeners(4)
    event = sqs_event(
        lambda_record("bootstrap", requests[0]),
        requests[1],
        lambda_record("create_logtank", requests[2]),
        lambda_record(
            "bootstrap", [requests[3], lambda_record("bootstrap", requests[0])]
        ),
    )
    outcome = invoke("bootstrap", event, NamedLambdaContext("bootstrap"))
    assert outcome.document == {"batchItemFailures": [{"itemIdentifier": "m-2"}]}
    created = sorted(each["resource_id"] for each in mature.logtanks)
    assert created == [listener_id(place) for place in (0, 1, 3)]


OTHER_FUNCTIONS = [(own, other) for own in TASKS for other in TASKS if own != other]


@pytest.mark.parametrize(("own", "other"), OTHER_FUNCTIONS)
@pytest.mark.parametrize("has_name", [True, False])
def test_a_record_of_another_function_is_rejected(
    cloud: Emulator, own: str, other: str, *, has_name: bool
) -> None:
    """This holds on both platforms, with or without a function name in the context."""
    for record, kind in (
        (lambda_record, NamedLambdaContext),
        (functiongraph_record, NamedFunctionGraphContext),
    ):
        context = kind(own) if has_name else None
        error = expect_error(own, record(other, REQUEST), context)
        assert isinstance(error, InvalidEvent)
        assert "failed in another function" in error.detail
    assert cloud.calls == []


@pytest.mark.parametrize("context", [None, NamedFunctionGraphContext("bootstrap")])
def test_a_functiongraph_record_can_be_sent_again(
    mature: Emulator, context: object
) -> None:
    """Its field names differ, and the event in it may be an object or JSON text."""
    event = {"trigger_type": "TIMER", "user_event": json.dumps(REQUEST)}
    for payload in (event, json.dumps(event)):
        result = send("bootstrap", functiongraph_record("bootstrap", payload), context)
        assert result["logtank_id"] == mature.logtanks[0]["id"]


def test_an_http_request_in_a_record_is_rejected(
    cloud: Emulator, clean_environment: pytest.MonkeyPatch
) -> None:
    """A request from a record cannot be authenticated, with any WEBHOOK_AUTH."""
    for auth in ("signature", "platform"):
        clean_environment.setenv("WEBHOOK_AUTH", auth)
        event = lambda_record("bootstrap", signed("http-api-gateway-v2.json"))
        assert isinstance(expect_error("bootstrap", event), InvalidEvent)
    assert cloud.calls == []


def test_deeply_nested_records_are_rejected(cloud: Emulator) -> None:
    """Records can be nested three levels deep."""
    event: object = REQUEST
    for _ in range(4):
        event = lambda_record("bootstrap", event)
    error = expect_error("bootstrap", event, NamedLambdaContext("bootstrap"))
    assert isinstance(error, InvalidEvent)
    assert cloud.calls == []


@pytest.mark.parametrize(
    "kind", ["SubscriptionConfirmation", "UnsubscribeConfirmation"]
)
@pytest.mark.parametrize("field", ["Type", "type"])
def test_a_subscription_confirmation_has_its_own_error(
    cloud: Emulator, field: str, kind: str
) -> None:
    """The remedy says what to do, and the URL is neither called nor quoted."""
    message = {field: kind, "TopicArn": "t", "Token": "t", "SubscribeURL": cloud.url}
    for event in (message, sqs_event(message)["Records"][0]["body"]):
        error = expect_error("bootstrap", event)
        assert isinstance(error, InvalidEvent)
        assert "subscription confirmation" in error.detail
        assert "Confirm the subscription" in error.remedy
        assert cloud.url not in str(error)
    assert cloud.calls == []
