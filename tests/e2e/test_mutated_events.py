"""Whatever arrives, its answer is one of those that are documented."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import triggers
from functions.triggers import webhook
from tests.commands import ENTRIES
from tests.e2e.answering import ALB, HTTP, RAISED, RESULT, SQS, answered
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.mutations import events, nested
from tests.emulator import Emulator
from tests.unit.hooks import SECRET

EXAMPLES = 150
"""For each way of letting HTTP requests in."""
SECONDS = 3
ROOMY = 1_000
ON_EITHER_PLATFORM = (LambdaContext, FunctionGraphContext)
ENORMOUS: dict[str, object] = {
    "nesting": nested(900),
    "nesting in a field": {"resource_id": nested(900)},
    "nesting in an envelope": {"detail-type": "t", "detail": nested(900)},
    "nesting in a trace": {"cts": {"response": nested(900)}},
    "nesting in a webhook": {"httpMethod": "POST", "body": nested(900)},
    "nesting in a queue": {
        "Records": [{"eventSource": "aws:sqs", "body": nested(900)}]
    },
    "nesting in a text": {"trigger_type": "TIMER", "user_event": "[" * 200_000},
    "many digits": {"trigger_type": "TIMER", "user_event": "7" * 200_000},
    "a long text": {"resource_id": "x" * 1_000_000},
    "a long name": {"x" * 1_000_000: 1},
    "many fields": {str(number): number for number in range(100_000)},
    "many messages": {"trigger_type": "", "records": [{"messages": [None] * 120}]},
    "what is no number": {"resource_id": "l", "ttl_in_days": math.nan},
    "what is no number in a trace": {"cts": {"code": math.nan, "trace_name": math.inf}},
}
RUNS = settings(
    deadline=None,
    derandomize=True,
    max_examples=EXAMPLES,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,  # the cloud is reset for every example
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


@pytest.fixture
def quiet(mature: Emulator, bare: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud for functions that have a secret and log failures alone."""
    bare.setenv("WEBHOOK_SECRETS", SECRET.reveal())
    bare.setenv("LOG_LEVEL", "ERROR")
    return mature


def kinds(event: object) -> set[str]:
    """Return the kinds of answer that the trigger of an event understands."""
    name = triggers.of(event).name
    if isinstance(event, dict) and name == "HTTP":
        return {ALB if webhook.is_of_load_balancer(event) else HTTP}
    return {SQS} if name == "SQS" else {RESULT, RAISED}


def assert_answered(entry: str, event: object) -> None:
    """Hold that each platform gets an answer of the right kind, and shows no defect."""
    for context in ON_EITHER_PLATFORM:
        answer = answered(entry, event, context(SECONDS))
        assert answer.kind in kinds(event)
        assert "errors/Malfunction" not in json.dumps(answer.told)


@pytest.mark.parametrize("auth", ["platform", "signature"])
@RUNS
@given(data=st.data())
def test_a_changed_event_is_answered_or_refused(
    quiet: Emulator,
    bare: pytest.MonkeyPatch,
    auth: str,
    data: st.DataObject,
) -> None:
    """Whatever is missing from it, or of another kind or name, and wherever."""
    entry = data.draw(st.sampled_from(("bootstrap", *ENTRIES)))
    event = data.draw(events(entry))
    bare.setenv("WEBHOOK_AUTH", auth)
    quiet.reset(stream_quota=ROOMY)

    assert_answered(entry, event)


@pytest.mark.parametrize("event", ENORMOUS.values(), ids=ENORMOUS)
def test_an_enormous_event_is_answered_or_refused(
    quiet: Emulator, bare: pytest.MonkeyPatch, event: object
) -> None:
    """As deep, as long or as strange as a platform's own reader lets through."""
    bare.setenv("WEBHOOK_AUTH", "platform")

    assert_answered("bootstrap", event)
    assert quiet.calls == []
