"""Every trigger's sample events through every entry: answered as the README says."""

from __future__ import annotations

import pytest

from functions.errors import BatchFailed, InvalidEvent
from tests.commands import ENTRIES
from tests.e2e.answering import ALB, HTTP, RAISED, RESULT, SQS, answered
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.driving import LISTENER, assert_one_of_each, refused, send
from tests.e2e.samples import (
    HEALTH_CHECK,
    REQUESTS,
    SAMPLES,
    delivered,
    sample,
    sign,
    signed,
    with_body,
)
from tests.emulator import Emulator
from tests.unit.hooks import SECRET

IGNORED = {"ignored": "the trace is not of the creation of a GA listener"}
LONE = [
    *("bootstrap.json", "cts.json", "eventbridge.json", "eventgrid.json"),
    *("scheduler.json", "timer.json"),
]
SEVERAL = ["smn.json", "sns.json", "dms-kafka.json", "bootstrap-many.json"]
"""Of triggers that may bring several requests."""
EMPTY = ["eventbridge-schedule.json", "scheduler-without-input.json"]
EMPTY += ["timer-empty.json"]


@pytest.fixture(autouse=True)
def locked(bare: pytest.MonkeyPatch) -> None:
    """Have the secret that the samples are signed with."""
    bare.setenv("WEBHOOK_SECRETS", SECRET.reveal())


def kinds(name: str) -> set[str]:
    """Return the documented kinds of answer to a sample."""
    if name.startswith("http-"):
        return {ALB if "-alb" in name else HTTP}
    return {SQS} if name.startswith("sqs") else {RESULT, RAISED}


OF_EACH_ENTRY = [
    *("create_log_stream.json", "create_logtank.json", "cts.json", "sns.json"),
    *("sqs.json", "timer-empty.json", "http-alb.json", HEALTH_CHECK),
]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        *((name, "bootstrap") for name in SAMPLES),
        *((name, entry) for entry in ENTRIES[1:] for name in OF_EACH_ENTRY),
    ],
)
def test_a_sample_is_answered_as_its_trigger_wants_it(
    mature: Emulator, name: str, entry: str
) -> None:
    """On either platform, and again when it is delivered again."""
    first = answered(entry, delivered(name), LambdaContext(10))
    again = answered(entry, delivered(name), FunctionGraphContext(10))

    assert {first.kind, again.kind} <= kinds(name)
    assert first.kind == again.kind
    assert first.status != 500
    assert again.status != 201
    assert {call["status"] for call in mature.calls} <= {200, 201, 400, 404}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_webhook_bootstraps_a_listener(mature: Emulator, name: str) -> None:
    """With 201 the first time; the second time all is there, and it is 200."""
    first = answered("bootstrap", signed(name))
    again = answered("bootstrap", signed(name))

    assert (first.status, again.status) == (201, 200)
    assert_one_of_each(mature, first.told)
    assert first.told["created"] == ["log_stream", "logtank"]
    assert again.told == {**first.told, "created": []}


@pytest.mark.parametrize("name", [*LONE, *SEVERAL])
def test_a_message_bootstraps_its_listeners(mature: Emulator, name: str) -> None:
    """Its results come in order, a lone one as it is; sent again, the same IDs do."""
    first, again = (send("bootstrap", sample(name)) for _ in range(2))
    if name in LONE:
        first, again = [first], [again]

    by_listener = {each["resource_id"]: each["id"] for each in mature.logtanks}
    assert [each["created"] for each in first] == [["log_stream", "logtank"]] * len(
        by_listener
    )
    assert [by_listener[each["resource_id"]] for each in first] == [
        each["logtank_id"] for each in first
    ]
    assert first[0]["resource_id"] == LISTENER
    assert again == [{**each, "created": []} for each in first]


def test_a_topic_of_which_one_message_fails_raises(mature: Emulator) -> None:
    """When all were tried; what was done and what was ignored is told as well."""
    mature.reset(stream_quota=1)
    event = sample("dms-kafka.json")
    event["records"][0]["messages"].insert(1, '{"cts": {}}')
    error = refused("bootstrap", event)

    assert isinstance(error, BatchFailed)
    assert list(error.failures) in ([0], [2])
    assert error.outcomes[1] == IGNORED
    assert len(mature.logtanks) == 1


@pytest.mark.parametrize("name", EMPTY)
def test_a_schedule_without_a_payload_serves_what_the_settings_complete(
    mature: Emulator, bare: pytest.MonkeyPatch, name: str
) -> None:
    """A stream of its own; a listener, no setting names."""
    bare.setenv("LOG_STREAM_NAME", "nightly")

    assert send("create_log_stream", sample(name))["created"] is True
    assert send("create_log_stream", sample(name))["created"] is False
    assert [each["log_stream_name"] for each in mature.streams] == ["nightly"]
    error = refused("bootstrap", sample(name))
    assert isinstance(error, InvalidEvent)
    assert error.detail == "/resource_id is required"


def test_a_trace_that_a_webhook_brings_may_ask_for_nothing(mature: Emulator) -> None:
    """Then nothing was made."""
    body = '{"cts": {"trace_name": "deleteListener"}}'
    answer = answered("bootstrap", sign(with_body(sample("http-alb.json"), body)))

    assert (answer.status, answer.told) == (200, IGNORED)
    assert mature.calls == []


@pytest.mark.parametrize("several", [False, True])
def test_a_health_check_needs_no_settings(
    bare: pytest.MonkeyPatch, *, several: bool
) -> None:
    """A target is healthy before it is set up, and asks nobody for a signature."""
    bare.delenv("WEBHOOK_SECRETS")
    event = sample(HEALTH_CHECK)
    if several:
        headers = event.pop("headers")
        event["multiValueHeaders"] = {name: [text] for name, text in headers.items()}
    answer = answered("bootstrap", event)

    assert (answer.kind, answer.status) == (ALB, 200)
    assert answer.told == {"status": "ok"}
