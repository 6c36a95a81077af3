"""Fuzzing: every event gets a documented outcome."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functions import triggers
from functions.invocation.tasks import TASKS
from functions.triggers import http_request
from tests.e2e.answering import ALB, HTTP, RAISED, RESULT, SQS, invoke
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.mutations import events, nested
from tests.emulator import Emulator
from tests.unit.signed_webhooks import SECRET

EXAMPLES = 150
"""The number of examples for each setting of WEBHOOK_AUTH."""
REMAINING_SECONDS = 3
LARGE_QUOTA = 1_000
FOR_THE_ACCOUNT = ("status", "reconcile", "delete_logtank")
"""Functions whose calls depend on which listeners exist."""
PLATFORM_CONTEXTS = (LambdaContext, FunctionGraphContext)
ENORMOUS: dict[str, object] = {
    "nesting": nested(900),
    "nesting in a field": {"resource_id": nested(900)},
    "nesting in an envelope": {"detail-type": "t", "detail": nested(900)},
    "nesting in a trace": {"cts": {"response": nested(900)}},
    "nesting in a webhook": {"httpMethod": "POST", "body": nested(900)},
    "nesting in a queue": {
        "Records": [{"eventSource": "aws:sqs", "body": nested(900)}]
    },
    "nesting in a string": {"trigger_type": "TIMER", "user_event": "[" * 200_000},
    "many digits": {"trigger_type": "TIMER", "user_event": "7" * 200_000},
    "a long string": {"resource_id": "x" * 1_000_000},
    "a long name": {"x" * 1_000_000: 1},
    "many fields": {str(number): number for number in range(100_000)},
    "many messages": {"trigger_type": "", "records": [{"messages": [None] * 120}]},
    "NaN": {"resource_id": "l", "ttl_in_days": math.nan},
    "NaN and infinity in a trace": {"cts": {"code": math.nan, "trace_name": math.inf}},
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
def quiet_cloud(mature: Emulator, clean_environment: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud for functions that have a secret and log only errors."""
    clean_environment.setenv("WEBHOOK_SECRETS", SECRET.reveal())
    clean_environment.setenv("LOG_LEVEL", "ERROR")
    return mature


def kinds(event: object) -> set[str]:
    """Return the kinds of outcome that the trigger of an event understands."""
    name = triggers.trigger_for(event).name
    if isinstance(event, dict) and name == "HTTP":
        return {ALB if http_request.parse(event).is_from_load_balancer else HTTP}
    return {SQS} if name == "SQS" else {RESULT, RAISED}


def assert_documented_outcome(entry: str, event: object) -> None:
    """Check that both platforms get an outcome of a valid kind, without a defect."""
    for context in PLATFORM_CONTEXTS:
        outcome = invoke(entry, event, context(REMAINING_SECONDS))
        assert outcome.kind in kinds(event)
        assert "errors/Malfunction" not in json.dumps(outcome.document)


@pytest.mark.parametrize("auth", ["platform", "signature"])
@RUNS
@given(data=st.data())
def test_a_mutated_event_has_a_documented_outcome(
    quiet_cloud: Emulator,
    clean_environment: pytest.MonkeyPatch,
    auth: str,
    data: st.DataObject,
) -> None:
    """Missing, renamed, replaced or malformed parts never cause an internal error."""
    entry = data.draw(st.sampled_from(("bootstrap", *TASKS)))
    event = data.draw(events(entry))
    clean_environment.setenv("WEBHOOK_AUTH", auth)
    quiet_cloud.reset(stream_quota=LARGE_QUOTA)
    if entry in FOR_THE_ACCOUNT:
        quiet_cloud.seed(listeners=[{"count": 3}], logtanks=[{"count": 2}])

    assert_documented_outcome(entry, event)


@pytest.mark.parametrize("entry", ["bootstrap", *FOR_THE_ACCOUNT])
@pytest.mark.parametrize("event", ENORMOUS.values(), ids=ENORMOUS)
def test_an_enormous_event_has_a_documented_outcome(
    quiet_cloud: Emulator,
    clean_environment: pytest.MonkeyPatch,
    event: object,
    entry: str,
) -> None:
    """Events may be as deep or as long as the JSON parser of a platform accepts."""
    clean_environment.setenv("WEBHOOK_AUTH", "platform")

    assert_documented_outcome(entry, event)
    assert quiet_cloud.calls == []
