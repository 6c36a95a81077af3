"""Events that contain no request for these functions are rejected or ignored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functions.errors import BatchFailed, InvalidEvent
from functions.invocation.tasks import TASKS
from tests.e2e.answering import ALB, HTTP, RAISED, RESULT, SQS, invoke
from tests.emulator import Emulator

EVENTS: dict[str, object] = json.loads(
    (Path(__file__).parent / "other_events.json").read_text("utf-8")
)
KNOWN = "HTTP, SQS, SNS, SMN, DMS, TIMER, CTS, EventGrid, EventBridge"
SUPPORTED: dict[str, tuple[str, int]] = {
    "GET with a query": (HTTP, 405),
    "GET without a body": (HTTP, 405),
    "CORS preflight": (ALB, 405),
    "HTML form": (HTTP, 415),
    "request without a content type": (ALB, 415),
    "request to another function": (HTTP, 400),
    "SQS with plain text": (SQS, 0),
    "SNS with plain text": (RAISED, 400),
    "SMN with plain text": (RAISED, 400),
    "RabbitMQ with plain text": (RAISED, 400),
    "timer with plain text": (RAISED, 400),
    "another EventGrid event": (RAISED, 400),
    "another EventBridge event": (RAISED, 400),
    "trace of a login": (RESULT, 0),
    "trace of a deletion": (RESULT, 0),
}
"""Events of supported triggers: the expected kind of outcome and its status."""
UNSUPPORTED = sorted(EVENTS.keys() - SUPPORTED.keys())
"""Events of unsupported triggers."""
FOR_OTHER_FUNCTIONS = [name for name in SUPPORTED if "other" in name]


@pytest.fixture(autouse=True)
def _trust_the_platform(clean_environment: pytest.MonkeyPatch) -> None:
    """Accept every HTTP request without a signature."""
    clean_environment.setenv("WEBHOOK_AUTH", "platform")


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        *((name, "bootstrap") for name in (*UNSUPPORTED, *FOR_OTHER_FUNCTIONS)),
        *(("no known field", entry) for entry in list(TASKS)[1:]),
    ],
)
def test_the_remedy_for_an_unknown_event_lists_the_supported_events(
    cloud: Emulator, name: str, entry: str
) -> None:
    """The remedy names the schema and the triggers; unsupported triggers raise it."""
    outcome = invoke(entry, EVENTS[name])

    assert f"schemas/{entry}.event.schema.json" in outcome.document["remedy"]
    assert outcome.document["remedy"].endswith(f"events are known: {KNOWN}.")
    if name in UNSUPPORTED:
        assert outcome.kind == RAISED
        assert type(outcome.error) is InvalidEvent
    assert cloud.calls == []


@pytest.mark.parametrize("name", SUPPORTED)
def test_a_useless_event_of_a_supported_trigger_has_the_outcome_of_the_trigger(
    cloud: Emulator, name: str
) -> None:
    """A queue gets all messages back, and a trace of another operation is ignored."""
    outcome = invoke("bootstrap", EVENTS[name])

    assert (outcome.kind, outcome.status) == SUPPORTED[name]
    if outcome.kind == SQS:
        items = [
            each["itemIdentifier"] for each in outcome.document["batchItemFailures"]
        ]
        assert items == ["a", "b"]
    if outcome.kind == RESULT:
        assert list(outcome.document) == ["ignored"]
    assert cloud.calls == []


def test_each_message_that_is_not_json_is_reported_with_its_pointer(
    cloud: Emulator,
) -> None:
    """The error contains a failure for each invalid message."""
    error = invoke("bootstrap", EVENTS["RabbitMQ with plain text"]).error

    assert isinstance(error, BatchFailed)
    assert [each.detail for each in error.failures.values()] == [
        "/records/0/messages/0 is not valid JSON (line 1, column 1)",
        "/records/0/messages/1 is not valid JSON (line 1, column 1)",
    ]
    assert cloud.calls == []
