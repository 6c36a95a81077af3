"""Messages of SQS queues: which are done, and which are to come again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.answering import SQS, answered
from tests.e2e.driving import LISTENER, assert_one_of_each, operations
from tests.e2e.samples import sample
from tests.emulator import Emulator

SECOND = "0f6f1e0a-0000-4000-8000-000000000002"
BOTH = ["sqs.json", "sqs-fifo.json"]
PAIR = ["CreateLogStream", "CreateLogtank"]


def come_again(event: object) -> list[str]:
    """Return the ids of the messages that `bootstrap` wants again."""
    answer = answered("bootstrap", event)
    assert answer.kind == SQS
    return [each["itemIdentifier"] for each in answer.told["batchItemFailures"]]


def ids(event: dict[str, Any]) -> list[str]:
    """Return the ids of an event's messages."""
    return [each["messageId"] for each in event["Records"]]


def shipped(cloud: Emulator) -> set[str]:
    """Return the listeners that have a logtank."""
    return {each["resource_id"] for each in cloud.logtanks}


@pytest.mark.parametrize("name", BOTH)
def test_all_messages_are_done(mature: Emulator, name: str) -> None:
    """And again when they come again."""
    for _ in range(2):
        assert come_again(sample(name)) == []

    assert shipped(mature) == {LISTENER, SECOND}
    assert len(mature.streams) == len(mature.logtanks) == 2


@pytest.mark.parametrize("name", ["sqs-from-sns.json", "sqs-from-eventbridge.json"])
def test_what_others_sent_to_the_queue_is_done(mature: Emulator, name: str) -> None:
    """The request is taken out of both envelopes."""
    assert come_again(sample(name)) == []
    (stream,), (logtank,) = mature.streams, mature.logtanks
    told = {"log_stream_id": stream["log_stream_id"], "logtank_id": logtank["id"]}
    assert_one_of_each(mature, {**told, "resource_id": LISTENER})


def test_only_the_message_that_failed_comes_again(mature: Emulator) -> None:
    """The other one is done."""
    event = sample("sqs.json")
    event["Records"][0]["body"] = '{"resource_id": "a/b"}'

    assert come_again(event) == ids(event)[:1]
    assert shipped(mature) == {SECOND}


def test_a_message_with_an_array_fails_with_any_of_its_requests(
    mature: Emulator,
) -> None:
    """And is done once the cause is gone: what was made is found."""
    event = sample("sqs.json")
    requests = [json.loads(each["body"]) for each in event["Records"]]
    event["Records"][0]["body"] = json.dumps([*requests, {"resource_id": "third"}])
    mature.fail({"operation": "CreateLogtank", "times": 1, "status": 403})

    failed = come_again(event)
    assert failed in (ids(event), ids(event)[:1])
    assert come_again(event) == []
    assert shipped(mature) == {LISTENER, SECOND, "third"}


def test_a_fifo_queue_is_worked_on_in_order(mature: Emulator) -> None:
    """One message is ended before the next one begins."""
    assert come_again(sample("sqs-fifo.json")) == []
    assert operations(mature) == PAIR * 2
    assert [each["resource_id"] for each in mature.logtanks] == [LISTENER, SECOND]


def test_a_fifo_queue_stops_at_its_first_failure(mature: Emulator) -> None:
    """What is behind it comes again with it, and was not begun."""
    event = sample("sqs-fifo.json")
    mature.fail({"operation": "CreateLogStream", "times": 1, "status": 403})

    assert come_again(event) == ids(event)
    assert operations(mature) == ["CreateLogStream"]
    assert come_again(event) == []
    assert [each["resource_id"] for each in mature.logtanks] == [LISTENER, SECOND]


def test_a_fifo_queue_keeps_what_was_done_before_a_failure(mature: Emulator) -> None:
    """Only the rest comes again."""
    event = sample("sqs-fifo.json")
    mature.reset(stream_quota=1)

    assert come_again(event) == ids(event)[1:]
    assert shipped(mature) == {LISTENER}


def test_a_function_that_is_not_set_up_loses_no_message(
    cloud: Emulator, bare: pytest.MonkeyPatch
) -> None:
    """All come again, and nothing is called."""
    bare.delenv("HUAWEICLOUD_SDK_SK")
    event = sample("sqs.json")

    assert come_again(event) == ids(event)
    assert cloud.calls == []
