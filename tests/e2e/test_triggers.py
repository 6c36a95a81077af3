"""The sample events of every trigger have the documented outcomes in every entry."""

from __future__ import annotations

import pytest

from functions.errors import BatchFailed, InvalidEvent
from functions.invocation.tasks import TASKS
from tests.e2e.answering import ALB, HTTP, RAISED, RESULT, SQS, invoke
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.driving import LISTENER, assert_one_of_each, expect_error, send
from tests.e2e.samples import (
    HEALTH_CHECK,
    HTTP_REQUESTS,
    SAMPLES,
    delivered,
    sample,
    sign,
    signed,
    with_body,
)
from tests.emulator import Emulator
from tests.unit.signed_webhooks import SECRET

IGNORED = {"ignored": "the trace is not of a GA listener's creation or deletion"}
SINGLE = [
    *("bootstrap.json", "cts.json", "eventbridge.json", "eventgrid.json"),
    *("scheduler.json", "timer.json"),
]
SEVERAL = ["smn.json", "sns.json", "dms-kafka.json", "bootstrap-many.json"]
"""Samples of triggers that can deliver several requests."""
EMPTY = ["eventbridge-schedule.json", "scheduler-without-input.json"]
EMPTY += ["timer-empty.json"]


@pytest.fixture(autouse=True)
def _webhook_secret(clean_environment: pytest.MonkeyPatch) -> None:
    """Set the secret that the samples are signed with."""
    clean_environment.setenv("WEBHOOK_SECRETS", SECRET.reveal())


def kinds(name: str) -> set[str]:
    """Return the documented kinds of outcome of a sample."""
    if name.startswith("http-"):
        return {ALB if "-alb" in name else HTTP}
    return {SQS} if name.startswith("sqs") else {RESULT, RAISED}


FOR_EVERY_ENTRY = [
    *("create_log_stream.json", "create_logtank.json", "cts.json", "sns.json"),
    *("sqs.json", "timer-empty.json", "http-alb.json", HEALTH_CHECK),
]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        *((name, "bootstrap") for name in SAMPLES),
        *((name, entry) for entry in list(TASKS)[1:] for name in FOR_EVERY_ENTRY),
    ],
)
def test_a_sample_has_an_outcome_that_its_trigger_understands(
    mature: Emulator, name: str, entry: str
) -> None:
    """This holds on both platforms and for a redelivery."""
    first = invoke(entry, delivered(name), LambdaContext(10))
    again = invoke(entry, delivered(name), FunctionGraphContext(10))

    assert {first.kind, again.kind} <= kinds(name)
    assert first.kind == again.kind
    assert first.status != 500
    assert again.status != 201
    assert {call["status"] for call in mature.calls} <= {200, 201, 400, 404}


@pytest.mark.parametrize("name", HTTP_REQUESTS)
def test_a_webhook_bootstraps_a_listener(mature: Emulator, name: str) -> None:
    """The first delivery gets a 201, and a redelivery gets a 200."""
    first = invoke("bootstrap", signed(name))
    again = invoke("bootstrap", signed(name))

    assert (first.status, again.status) == (201, 200)
    assert_one_of_each(mature, first.document)
    assert first.document["created"] == ["log_stream", "logtank"]
    assert again.document == {**first.document, "created": []}


@pytest.mark.parametrize("name", [*SINGLE, *SEVERAL])
def test_a_message_bootstraps_its_listeners(mature: Emulator, name: str) -> None:
    """The results are in order, and a redelivery returns the same IDs."""
    first, again = (send("bootstrap", sample(name)) for _ in range(2))
    if name in SINGLE:
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


def test_a_topic_with_one_failed_message_raises(mature: Emulator) -> None:
    """All messages are tried; the error contains the results and ignored events too."""
    mature.reset(stream_quota=1)
    event = sample("dms-kafka.json")
    event["records"][0]["messages"].insert(1, '{"cts": {}}')
    error = expect_error("bootstrap", event)

    assert isinstance(error, BatchFailed)
    assert list(error.failures) in ([0], [2])
    assert error.outcomes[1] == IGNORED
    assert len(mature.logtanks) == 1


@pytest.mark.parametrize("name", EMPTY)
def test_a_schedule_without_a_payload_uses_the_settings(
    mature: Emulator, clean_environment: pytest.MonkeyPatch, name: str
) -> None:
    """Settings suffice for `create_log_stream`; `bootstrap` still needs a listener."""
    clean_environment.setenv("LOG_STREAM_NAME", "nightly")

    assert send("create_log_stream", sample(name))["created"] is True
    assert send("create_log_stream", sample(name))["created"] is False
    assert [each["log_stream_name"] for each in mature.streams] == ["nightly"]
    error = expect_error("bootstrap", sample(name))
    assert isinstance(error, InvalidEvent)
    assert error.detail == "/resource_id is required"


def test_an_irrelevant_trace_in_a_webhook_is_ignored(mature: Emulator) -> None:
    """The response is a 200, and nothing is called."""
    body = '{"cts": {"trace_name": "updateListener"}}'
    outcome = invoke("bootstrap", sign(with_body(sample("http-alb.json"), body)))

    assert (outcome.status, outcome.document) == (200, IGNORED)
    assert mature.calls == []


@pytest.mark.parametrize("several", [False, True])
def test_a_health_check_needs_no_settings(
    clean_environment: pytest.MonkeyPatch, *, several: bool
) -> None:
    """A target is healthy without settings, and the check needs no signature."""
    clean_environment.delenv("WEBHOOK_SECRETS")
    event = sample(HEALTH_CHECK)
    if several:
        headers = event.pop("headers")
        event["multiValueHeaders"] = {name: [text] for name, text in headers.items()}
    outcome = invoke("bootstrap", event)

    assert (outcome.kind, outcome.status) == (ALB, 200)
    assert outcome.document == {"status": "ok"}
