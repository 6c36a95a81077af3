"""Reads events of queues and topics, which have records with a payload each."""

from __future__ import annotations

import re

from functions.errors import InvalidEvent, Problem
from functions.triggers.delivery import Delivery, Event, Message
from functions.triggers.envelopes import inner, message

_GOLDEN_RATIO = 0.618034
"""The fractional parts of its multiples are spread evenly between 0 and 1."""


def is_sqs(event: Event) -> bool:
    """Whether an event is a batch of an SQS queue."""
    return inner(_first(event, "Records"), "eventSource") == "aws:sqs"


def sqs(event: Event) -> Delivery:
    """Return an SQS queue's messages; those of a FIFO queue are in groups."""
    records = _records(event, "Records")
    messages = [
        message(
            inner(record, "body"),
            f"/Records/{index}/body",
            message_id(record),
            _fifo_group(record),
        )
        for index, record in enumerate(records)
    ]
    received = max((_receive_count(record) for record in records), default=1)
    return Delivery(messages, is_batch=True, start=(received - 1) * _GOLDEN_RATIO % 1)


def _fifo_group(record: object) -> str | None:
    if not str(inner(record, "eventSourceARN")).endswith(".fifo"):
        return None
    return str(inner(record, "attributes", "MessageGroupId"))


def _receive_count(record: object) -> int:
    found = str(inner(record, "attributes", "ApproximateReceiveCount"))
    return int(found) if re.fullmatch("[0-9]{1,6}", found) else 1


def sqs_ids(event: Event) -> list[str]:
    """Return the IDs of all messages of an SQS queue."""
    return [message_id(record) for record in _records(event, "Records")]


def message_id(record: object) -> str:
    """Return an SQS message's ID, empty if it has none.

    An empty ID makes SQS deliver the whole batch again (*AWS Lambda Developer Guide*,
    "Success and failure conditions" of SQS batches).
    """
    found = inner(record, "messageId")
    return found if isinstance(found, str) else ""


def is_sns(event: Event) -> bool:
    """Whether an event is a notification of SNS."""
    return inner(_first(event, "Records"), "EventSource") == "aws:sns"


def sns(event: Event) -> Delivery:
    """Return an SNS topic's messages."""
    return _of_records(event, "Records", "Sns", "Message", "MessageId")


def is_smn(event: Event) -> bool:
    """Whether an event is a notification of SMN."""
    return inner(_first(event, "record"), "smn") is not None


def smn(event: Event) -> Delivery:
    """Return an SMN topic's messages."""
    return _of_records(event, "record", "smn", "message", "message_id")


def is_dms(event: Event) -> bool:
    """Whether an event has messages of DMS: from Kafka, RocketMQ or RabbitMQ."""
    return "trigger_type" in event and "records" in event


def dms(event: Event) -> Delivery:
    """Return a DMS instance's messages, topic by topic."""
    return Delivery(
        [
            one
            for index, record in enumerate(_records(event, "records"))
            for one in _of_topic(
                inner(record, "messages"), f"/records/{index}/messages"
            )
        ],
        is_batch=True,
    )


def _of_topic(texts: object, place: str) -> list[Message]:
    if not isinstance(texts, list):
        return [Message([InvalidEvent(Problem(place, "must be an array"))])]
    return [message(text, f"{place}/{index}") for index, text in enumerate(texts)]


def _of_records(
    event: Event, field: str, envelope: str, text: str, message_id: str
) -> Delivery:
    """Return the messages in the records; an envelope in each also has the ID."""
    return Delivery(
        [
            message(
                inner(record, envelope, text),
                f"/{field}/{index}/{envelope}/{text}",
                named=inner(record, envelope, message_id),
            )
            for index, record in enumerate(_records(event, field))
        ],
        is_batch=True,
    )


def _records(event: Event, field: str) -> list[object]:
    """Return the records of an event; a value other than an array counts as one."""
    found = event[field]
    return found if isinstance(found, list) else [found]


def _first(event: Event, field: str) -> object:
    found = event.get(field)
    return found[0] if isinstance(found, list) and found else None
