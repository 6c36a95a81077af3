"""SQS queues: which messages are processed and which are redelivered."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.answering import SQS, invoke
from tests.e2e.driving import LISTENER, assert_one_of_each, operations
from tests.e2e.samples import sample
from tests.emulator import Emulator

SECOND = "0f6f1e0a-0000-4000-8000-000000000002"
QUEUE_SAMPLES = ["sqs.json", "sqs-fifo.json"]
CALLS_PER_MESSAGE = ["CreateLogStream", "CreateLogtank"]


def failed_messages(event: object) -> list[str]:
    """Return the IDs of the messages that `bootstrap` reports as failed."""
    outcome = invoke("bootstrap", event)
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
    event["Records"][0]["body"] = json.dumps([*requests, {"resource_id": "third"}])
    mature.fail({"operation": "CreateLogtank", "times": 1, "status": 403})

    failed = failed_messages(event)
    assert failed in (ids(event), ids(event)[:1])
    assert failed_messages(event) == []
    assert listeners_with_logtank(mature) == {LISTENER, SECOND, "third"}


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


def test_a_misconfigured_function_loses_no_message(
    cloud: Emulator, clean_environment: pytest.MonkeyPatch
) -> None:
    """All messages are redelivered, and nothing is called."""
    clean_environment.delenv("HUAWEICLOUD_SDK_SK")
    event = sample("sqs.json")

    assert failed_messages(event) == ids(event)
    assert cloud.calls == []
