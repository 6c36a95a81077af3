"""Events that ask for nothing that these functions do: refused properly, or ignored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functions.errors import BatchFailed, InvalidEvent
from tests.commands import ENTRIES
from tests.e2e.answering import ALB, HTTP, RAISED, RESULT, SQS, answered
from tests.emulator import Emulator

EVENTS: dict[str, object] = json.loads(
    (Path(__file__).parent / "other_events.json").read_text("utf-8")
)
KNOWN = "HTTP, SQS, SNS, SMN, DMS, TIMER, CTS, EventGrid, EventBridge"
SERVED: dict[str, tuple[str, int]] = {
    "a listing": (HTTP, 405),
    "a visit without a body": (HTTP, 405),
    "a preflight": (ALB, 405),
    "a form": (HTTP, 415),
    "a request without a type": (ALB, 415),
    "a request of others": (HTTP, 400),
    "a queue of texts": (SQS, 0),
    "a topic of texts": (RAISED, 400),
    "an SMN topic of texts": (RAISED, 400),
    "RabbitMQ with texts": (RAISED, 400),
    "a timer with a text": (RAISED, 400),
    "another event of EventGrid": (RAISED, 400),
    "another event of EventBridge": (RAISED, 400),
    "a login": (RESULT, 0),
    "a deletion": (RESULT, 0),
}
"""Of triggers that are served: the kind of answer, and its status."""
FOREIGN = sorted(EVENTS.keys() - SERVED.keys())
"""Of triggers that are not."""
MEANT_FOR_OTHERS = [name for name in SERVED if "other" in name]


@pytest.fixture(autouse=True)
def unlocked(bare: pytest.MonkeyPatch) -> None:
    """Let every HTTP request in."""
    bare.setenv("WEBHOOK_AUTH", "platform")


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        *((name, "bootstrap") for name in (*FOREIGN, *MEANT_FOR_OTHERS)),
        *(("nothing at all", entry) for entry in ENTRIES[1:]),
    ],
)
def test_who_sends_something_else_is_told_what_is_known(
    cloud: Emulator, name: str, entry: str
) -> None:
    """The schema, and every trigger; the event of a foreign one is raised."""
    answer = answered(entry, EVENTS[name])

    assert f"schemas/{entry}.event.schema.json" in answer.told["remedy"]
    assert answer.told["remedy"].endswith(f"events are known: {KNOWN}.")
    if name in FOREIGN:
        assert answer.kind == RAISED
        assert type(answer.error) is InvalidEvent
    assert cloud.calls == []


@pytest.mark.parametrize("name", SERVED)
def test_what_a_known_trigger_brings_in_vain_is_answered_in_its_way(
    cloud: Emulator, name: str
) -> None:
    """A queue gets all of its messages back; a trace of something else is ignored."""
    answer = answered("bootstrap", EVENTS[name])

    assert (answer.kind, answer.status) == SERVED[name]
    if answer.kind == SQS:
        items = [each["itemIdentifier"] for each in answer.told["batchItemFailures"]]
        assert items == ["a", "b"]
    if answer.kind == RESULT:
        assert list(answer.told) == ["ignored"]
    assert cloud.calls == []


def test_messages_that_are_no_json_are_each_told_by_their_place(
    cloud: Emulator,
) -> None:
    """All of them."""
    error = answered("bootstrap", EVENTS["RabbitMQ with texts"]).error

    assert isinstance(error, BatchFailed)
    assert [each.detail for each in error.failures.values()] == [
        "/records/0/messages/0 is no JSON from line 1, column 1 on",
        "/records/0/messages/1 is no JSON from line 1, column 1 on",
    ]
    assert cloud.calls == []
