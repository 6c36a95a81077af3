"""The payloads of queue and topic records, in order, even from malformed records."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from functions.errors import InvalidEvent
from functions.triggers import records
from functions.triggers.delivery import Delivery, Listener, Message, Trace

ONE, TWO = {"resource_id": "one"}, {"resource_id": "two"}
QUEUE = "arn:aws:sqs:eu-central-1:123456789012:listeners"
Reader = Callable[[dict[str, object]], Delivery]
Test = Callable[[dict[str, object]], bool]


def from_sqs(
    body: object, identifier: object = "m-1", **more: object
) -> dict[str, object]:
    """Return a record of an SQS queue."""
    arn = {"eventSourceARN": QUEUE}
    record = {"messageId": identifier, "body": body, "eventSource": "aws:sqs"}
    return {**record, **arn, **more}


def from_sns(message: object) -> dict[str, object]:
    """Return a record of an SNS topic."""
    return {"EventSource": "aws:sns", "Sns": {"Message": message}}


def from_smn(message: object) -> dict[str, object]:
    """Return a record of an SMN topic."""
    return {"event_source": "smn", "smn": {"message": message}}


def sqs(*found: object) -> dict[str, object]:
    """Return an event of an SQS queue."""
    return {"Records": list(found)}


def dms(*found: object, kind: str = "KAFKA") -> dict[str, object]:
    """Return an event of DMS."""
    return {"trigger_type": kind, "records": list(found)}


def refusals(delivery: Delivery) -> list[str]:
    """Return the error details of all items that cannot be read."""
    return [item.detail for item in delivery.items() if isinstance(item, InvalidEvent)]


@pytest.mark.parametrize(
    ("is_from", "event", "expected"),
    [
        (records.is_sqs, sqs(from_sqs("")), True),
        (records.is_sqs, {"Records": [from_sns("")]}, False),
        (records.is_sqs, {"Records": [{"eventSource": "aws:s3"}]}, False),
        (records.is_sqs, {"Records": []}, False),
        (records.is_sqs, {"Records": {"0": from_sqs("")}}, False),
        (records.is_sqs, {}, False),
        (records.is_sns, {"Records": [from_sns("")]}, True),
        (records.is_sns, sqs(from_sqs("")), False),
        (records.is_sns, {"Records": [{"eventSource": "aws:sns"}]}, False),
        (records.is_smn, {"record": [from_smn("")]}, True),
        (records.is_smn, {"record": [{"smn": {}}]}, True),
        (records.is_smn, {"record": [{"event_source": "smn"}]}, False),
        (records.is_smn, {"Records": [from_smn("")]}, False),
        (records.is_dms, dms(), True),
        (records.is_dms, {"trigger_type": "KAFKA"}, False),
        (records.is_dms, {"records": [{"event_source": "dds"}]}, False),
    ],
)
def test_a_trigger_is_recognized_by_its_first_record(
    is_from: Test, event: dict[str, object], *, expected: bool
) -> None:
    """SQS and SNS spell the same field in different ways."""
    assert is_from(event) is expected


def test_an_sqs_event_contains_messages_with_ids() -> None:
    """Each message contains one request or an array of requests."""
    found = sqs(
        from_sqs(json.dumps(ONE), "a"),
        from_sqs(json.dumps([ONE, TWO]), "b"),
        from_sqs("[]", "c"),
    )

    assert records.sqs(found) == Delivery(
        [
            Message([ONE], id="a", label="a"),
            Message([ONE, TWO], is_array=True, id="b", label="b"),
            Message([], is_array=True, id="c", label="c"),
        ],
        is_batch=True,
        start=0.0,
    )


def test_a_queue_can_deliver_events_of_other_triggers() -> None:
    """These are SNS notifications, EventBridge events and traces."""
    trace = {
        "trace_name": "createListener",
        "service_type": "GA",
        "resource_type": "listener",
        "resource_id": "78d425da-4d5f-422f-b13b-40aa3f49bc55",
    }
    event = {"detail-type": "t", "detail": ONE}
    notice = {"Type": "Notification", "TopicArn": "a", "Message": json.dumps(event)}
    found = sqs(*(from_sqs(json.dumps(each)) for each in (notice, event, trace)))

    listener = Listener("78d425da-4d5f-422f-b13b-40aa3f49bc55", Trace.CREATION)
    assert records.sqs(found).items() == [ONE, ONE, listener]


@pytest.mark.parametrize(
    ("arn", "attributes", "group"),
    [
        (QUEUE, {"MessageGroupId": "a"}, None),
        (f"{QUEUE}.fifo", {"MessageGroupId": "a"}, "a"),
        (f"{QUEUE}.fifo", {"MessageGroupId": "b"}, "b"),
        (f"{QUEUE}.fifo.old", {"MessageGroupId": "a"}, None),
        (None, {"MessageGroupId": "a"}, None),
    ],
)
def test_a_message_of_a_fifo_queue_has_its_group(
    arn: object, attributes: object, group: str | None
) -> None:
    """The name of a FIFO queue ends in .fifo; other queues have no groups."""
    found = sqs(from_sqs("[{}, {}]", eventSourceARN=arn, attributes=attributes))

    assert records.sqs(found).groups() == [group] * 2


def test_messages_of_a_fifo_queue_without_a_group_are_one_group() -> None:
    """Their order may be significant, so it is kept."""
    arn = f"{QUEUE}.fifo"
    without_group: list[object] = [None, {}]
    found = sqs(
        *(from_sqs("{}", eventSourceARN=arn, attributes=a) for a in without_group)
    )

    first, second = records.sqs(found).groups()
    assert first == second is not None


@pytest.mark.parametrize(
    ("counts", "start"),
    [
        (["1", "1"], 0.0),
        (["2"], 0.618034),
        (["1", "3"], 0.236068),
        (["x"], 0.0),
        ([None, -4], 0.0),
    ],
)
def test_the_start_depends_on_the_receive_count(
    counts: list[object], start: float
) -> None:
    """A batch that needs several deliveries starts at different messages."""
    found = sqs(
        *(from_sqs("{}", attributes={"ApproximateReceiveCount": c}) for c in counts)
    )

    assert records.sqs(found).start == pytest.approx(start)


@pytest.mark.parametrize("identifier", [None, ["m-1"], ""])
def test_a_message_without_an_id_gets_the_empty_id(identifier: object) -> None:
    """The queue does not know this ID, so it redelivers all messages."""
    found = sqs(from_sqs("{}", identifier), {"body": "{}"}, None, from_sqs("{}"))

    assert records.sqs_ids(found) == ["", "", "", "m-1"]
    assert [each.id for each in records.sqs(found).messages] == ["", "", "", "m-1"]


def test_an_unreadable_message_does_not_affect_the_others() -> None:
    """Its error has the position of the request."""
    delivery = records.sqs(sqs(*map(from_sqs, (json.dumps(ONE), "no JSON", "{"))))

    assert delivery.items()[0] == ONE
    assert refusals(delivery) == [
        "/Records/1/body is not valid JSON (line 1, column 1)",
        "/Records/2/body is not valid JSON (line 1, column 2)",
    ]


@pytest.mark.parametrize(
    ("read", "event"),
    [
        (records.sns, {"Records": [from_sns(json.dumps(ONE)), from_sns("[]")]}),
        (records.smn, {"record": [from_smn(json.dumps(ONE)), from_smn("[]")]}),
        (records.dms, dms({"messages": [json.dumps(ONE), "[]"]})),
        (records.dms, dms({"messages": [ONE]}, {"messages": []}, {"messages": [[]]})),
    ],
)
def test_a_topic_event_contains_messages_without_ids(
    read: Reader, event: dict[str, object]
) -> None:
    """They have the order of the records, and of the messages in each record."""
    messages = [Message([ONE]), Message([], is_array=True)]

    assert read(event) == Delivery(messages, is_batch=True)


@pytest.mark.parametrize(
    ("read", "event", "pointer"),
    [
        (records.sns, {"Records": [from_sns("{")]}, "/Records/0/Sns/Message"),
        (
            records.smn,
            {"record": [from_smn("{}"), from_smn("x")]},
            "/record/1/smn/message",
        ),
        (records.dms, dms({"messages": ["{}", "x"]}), "/records/0/messages/1"),
        (
            records.dms,
            dms({"messages": []}, {"messages": ["x"]}),
            "/records/1/messages/0",
        ),
    ],
)
def test_an_unreadable_payload_is_reported_with_its_pointer(
    read: Reader, event: dict[str, object], pointer: str
) -> None:
    """The pointer refers to the event as it was received."""
    (detail,) = refusals(read(event))

    assert detail.startswith(f"{pointer} is not valid JSON (line 1, column ")


@pytest.mark.parametrize("record", [None, {}, {"messages": None}, {"messages": "[]"}])
def test_a_dms_record_must_have_an_array_of_messages(record: object) -> None:
    """The error has the record's pointer; other records are read."""
    delivery = records.dms(dms(record, {"messages": [ONE]}))

    assert refusals(delivery) == ["/records/0/messages must be an array"]
    assert delivery.items()[1] == ONE


@pytest.mark.parametrize("record", [None, "text", {}, {"Sns": 7, "smn": []}])
def test_a_record_without_a_payload_is_an_empty_request(record: object) -> None:
    """The schema rejects the request later, without an internal error."""
    for delivery in (
        records.sqs(sqs(record)),
        records.sns({"Records": [record]}),
        records.smn({"record": [record]}),
    ):
        assert delivery.messages == [Message([None])]


@pytest.mark.parametrize("found", [None, "text", {"0": 1}])
def test_records_that_are_not_an_array_count_as_one_record(found: object) -> None:
    """The event is rejected instead of being silently ignored."""
    assert records.sqs({"Records": found}).items() == [None]
    assert records.sqs_ids({"Records": found}) == [""]
    assert len(refusals(records.dms({"trigger_type": "KAFKA", "records": found}))) == 1


def test_an_empty_array_of_records_contains_no_requests() -> None:
    """The response is an array in this case, too."""
    assert records.dms(dms()) == Delivery([], is_batch=True)
    assert records.dms(dms()).is_array()
    assert records.sqs_ids(sqs()) == []
