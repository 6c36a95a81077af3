"""SQS queues: which messages are processed and which are redelivered."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest

from tests.e2e.answering import SQS, invoke
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    LISTENER,
    assert_one_of_each,
    listener_id,
    listeners,
    operations,
)
from tests.e2e.samples import sample
from tests.emulator import Emulator

SECOND = listener_id(2)
QUEUE_SAMPLES = ["sqs.json", "sqs-fifo.json"]
CALLS_PER_MESSAGE = ["CreateLogStream", "CreateLogtank"]


def failed_messages(event: object, context: object = None) -> list[str]:
    """Return the IDs of the messages that `bootstrap` reports as failed."""
    outcome = invoke("bootstrap", event, context)
    assert outcome.kind == SQS
    return [each["itemIdentifier"] for each in outcome.document["batchItemFailures"]]


def ids(event: dict[str, Any]) -> list[str]:
    """Return the IDs of the messages of an event."""
    return [each["messageId"] for each in event["Records"]]


def listeners_with_logtank(cloud: Emulator) -> set[str]:
    """Return the listeners that have a logtank."""
    return {each["resource_id"] for each in cloud.logtanks}


@pytest.mark.parametrize("name", QUEUE_SAMPLES)
def test_all_messages_are_processed(mature: Emulator, name: str) -> None:
    """A redelivery of the messages succeeds too."""
    for _ in range(2):
        assert failed_messages(sample(name)) == []

    assert listeners_with_logtank(mature) == {LISTENER, SECOND}
    assert len(mature.streams) == len(mature.logtanks) == 2


@pytest.mark.parametrize("name", ["sqs-from-sns.json", "sqs-from-eventbridge.json"])
def test_messages_from_sns_and_eventbridge_are_processed(
    mature: Emulator, name: str
) -> None:
    """The request is extracted from both envelopes."""
    assert failed_messages(sample(name)) == []
    (stream,), (logtank,) = mature.streams, mature.logtanks
    result = {"log_stream_id": stream["log_stream_id"], "logtank_id": logtank["id"]}
    assert_one_of_each(mature, {**result, "resource_id": LISTENER})


def test_only_the_failed_message_is_redelivered(mature: Emulator) -> None:
    """The other message is processed."""
    event = sample("sqs.json")
    event["Records"][0]["body"] = '{"resource_id": "a/b"}'

    assert failed_messages(event) == ids(event)[:1]
    assert listeners_with_logtank(mature) == {SECOND}


def test_a_message_with_an_array_fails_if_any_request_fails(
    mature: Emulator,
) -> None:
    """The redelivery finds what was created and completes the rest."""
    event = sample("sqs.json")
    requests = [json.loads(each["body"]) for each in event["Records"]]
    event["Records"][0]["body"] = json.dumps(
        [*requests, {"resource_id": listener_id(3)}]
    )
    mature.fail({"operation": "CreateLogtank", "times": 1, "status": 403})

    failed = failed_messages(event)
    assert failed in (ids(event), ids(event)[:1])
    assert failed_messages(event) == []
    assert listeners_with_logtank(mature) == {LISTENER, SECOND, listener_id(3)}


def test_a_fifo_queue_is_processed_in_order(mature: Emulator) -> None:
    """A message is completed before the next one starts."""
    assert failed_messages(sample("sqs-fifo.json")) == []
    assert operations(mature) == CALLS_PER_MESSAGE * 2
    assert [each["resource_id"] for each in mature.logtanks] == [LISTENER, SECOND]


def test_a_fifo_queue_stops_at_the_first_failure(mature: Emulator) -> None:
    """The failed message and those after it are redelivered."""
    event = sample("sqs-fifo.json")
    mature.fail({"operation": "CreateLogStream", "times": 1, "status": 403})

    assert failed_messages(event) == ids(event)
    assert operations(mature) == ["CreateLogStream"]
    assert failed_messages(event) == []
    assert [each["resource_id"] for each in mature.logtanks] == [LISTENER, SECOND]


def test_a_fifo_queue_keeps_messages_processed_before_a_failure(
    mature: Emulator,
) -> None:
    """Only the failed message and those after it are redelivered."""
    event = sample("sqs-fifo.json")
    mature.reset(stream_quota=1)

    assert failed_messages(event) == ids(event)[1:]
    assert listeners_with_logtank(mature) == {LISTENER}


def queued(*bodies: str, groups: str = "", received: int = 1) -> dict[str, Any]:
    """Return an event with these messages, from a FIFO queue if they have groups.

    `groups` has a letter for the group of each message; `received` is the number of
    deliveries so far.
    """
    first = sample("sqs-fifo.json" if groups else "sqs.json")["Records"][0]
    return {
        "Records": [
            {
                **first,
                "messageId": f"message-{place}",
                "body": body,
                "attributes": {
                    **first["attributes"],
                    "ApproximateReceiveCount": str(received),
                    "MessageGroupId": (groups or bodies)[place],
                },
            }
            for place, body in enumerate(bodies)
        ]
    }


class FifoBatch(NamedTuple):
    """A FIFO batch: a letter for the group of each message, upper case if it fails.

    `failed` has the positions of the messages that are redelivered, `processed` those
    of the messages that get their logtank.
    """

    messages: str
    failed: list[int]
    processed: list[int]


@pytest.mark.parametrize(
    "invalid", ["no JSON", '{"resource_id": ""}', "[{}, 7]", "[[]]"]
)
@pytest.mark.parametrize(
    "batch",
    [
        FifoBatch("abc", [], [0, 1, 2]),
        FifoBatch("Abc", [0], [1, 2]),
        FifoBatch("aBb", [1, 2], [0]),
        FifoBatch("AbabaC", [0, 2, 4, 5], [1, 3]),
        FifoBatch("abAbaaBc", [2, 4, 5, 6], [0, 1, 3, 7]),
        FifoBatch("AAAA", [0, 1, 2, 3], []),
    ],
    ids=lambda batch: batch.messages,
)
def test_an_invalid_message_of_a_fifo_queue_holds_back_only_its_group(
    mature: Emulator, batch: FifoBatch, invalid: str
) -> None:
    """It and the later messages of its group are redelivered without being started."""
    bodies = [
        invalid if group.isupper() else json.dumps({"resource_id": listener_id(place)})
        for place, group in enumerate(batch.messages)
    ]
    event = queued(*bodies, groups=batch.messages.lower())
    assert failed_messages(event) == [f"message-{place}" for place in batch.failed]
    assert listeners_with_logtank(mature) == set(map(listener_id, batch.processed))


def test_a_failed_call_holds_back_only_its_message_group(mature: Emulator) -> None:
    """The messages of a group are processed in order, and groups concurrently."""
    requests = listeners(6)
    requests[1]["log_group_id"] = "elsewhere"
    event = queued(*map(json.dumps, requests), groups="ababab")
    assert failed_messages(event) == [f"message-{place}" for place in (1, 3, 5)]
    created = [each["resource_id"] for each in mature.logtanks]
    assert created == [listener_id(place) for place in (0, 2, 4)]


@pytest.mark.parametrize("per_message", [24, 6])
def test_every_delivery_makes_progress(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch, per_message: int
) -> None:
    """A few deliveries are enough if each has time for half of the requests."""
    monkeypatch.setenv("MAX_CONCURRENCY", "2")
    mature.reset(latency_seconds=0.1)
    requests = listeners(24)
    bodies = [
        json.dumps(requests[start : start + per_message])
        for start in range(0, 24, per_message)
    ]
    completed = [0]
    while completed[-1] < 24:
        event = queued(*bodies, received=len(completed))
        failed_messages(event, LambdaContext(3.9))
        completed.append(len(mature.logtanks))
        assert completed[-1] > completed[-2]
    assert 2 <= len(completed) - 1 <= 4


def test_a_misconfigured_function_loses_no_message(
    cloud: Emulator, clean_environment: pytest.MonkeyPatch
) -> None:
    """All messages are redelivered, and nothing is called."""
    clean_environment.delenv("HUAWEICLOUD_SDK_SK")
    event = sample("sqs.json")

    assert failed_messages(event) == ids(event)
    assert cloud.calls == []
