"""The triggers in template.yaml, and what becomes of events that fail."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions import contracts
from functions.invocation import tasks
from functions.invocation.defaults import Defaults
from tests.deployment import sam
from tests.deployment.test_template import QUEUES, arn

FOURTEEN_DAYS = 14 * 24 * 3600
DELETION = {"Fn::If": ["HasDeletionTriggers", True, False]}
WHO_SENDS = {
    "Requests": [],
    "Failures": ["BootstrapWanted"],
    "DeleteLogtankFailures": ["DeleteLogtankUnwanted"],
}
"""The EventBridge rules that send to a queue, which needs its policy."""


def schedule(name: str) -> dict[str, Any]:
    """Return the properties of a function's schedule."""
    found: dict[str, Any] = sam.resources("AWS::Scheduler::Schedule")[name]
    return found


def mappings(entry: str) -> dict[str, dict[str, Any]]:
    """Return the mappings of queues to a function, by queue."""
    return {
        each["EventSourceArn"]["Fn::GetAtt"][0]: each
        for each in sam.resources("AWS::Lambda::EventSourceMapping").values()
        if each["FunctionName"] == {"Ref": sam.NAMES[entry]}
    }


def failures(entry: str) -> str:
    """Return the name of a function's queue of failed events."""
    return sam.failure_queues()[sam.NAMES[entry]]


def test_the_schedule_of_bootstrap_sends_a_valid_request() -> None:
    """The event is valid after the settings have supplied its defaults."""
    text = schedule("BootstrapRegularly")["Target"]["Input"]["Fn::Sub"]
    sent = json.loads(text.replace("${ScheduledListener}", "a-listener"))

    contracts.check(
        "bootstrap.event",
        tasks.TASKS["bootstrap"].with_defaults(sent, Defaults("group")),
    )


def test_the_schedule_of_reconcile_plans_or_applies() -> None:
    """It is disabled by default, and plans unless ReconcileApply is true."""
    found = schedule("ReconcileRegularly")
    condition, applied, planned = found["Target"]["Input"]["Fn::If"]
    is_applied = sam.stack()["Conditions"][condition]

    assert json.loads(applied) == {"apply": True}
    assert json.loads(planned) == {"apply": False}
    assert not sam.holds(is_applied, sam.parameters())
    assert sam.holds(is_applied, sam.parameters(ReconcileApply="true"))
    assert found["State"] == {"Fn::If": ["HasReconcileSchedule", "ENABLED", "DISABLED"]}
    assert sam.stack()["Parameters"]["ReconcileSchedule"]["Default"] == ""


def test_reconcile_runs_once_at_a_time_for_up_to_900_seconds() -> None:
    """Where concurrency can be reserved, it has 1; the others have the parameter."""
    reserved = {
        name: each["ReservedConcurrentExecutions"]["Fn::If"][:2]
        for name, each in sam.functions().items()
    }
    expected = ["HasReservedConcurrency", {"Ref": "ReservedConcurrency"}]

    assert reserved.pop("Reconcile") == ["HasReservedConcurrency", 1]
    assert list(reserved.values()) == [expected] * len(reserved)
    timeouts = {name: each["Timeout"] for name, each in sam.functions().items()}
    assert timeouts.pop("Reconcile") == 900
    assert set(timeouts.values()) == {60}


def test_events_of_the_bus_reach_the_function_that_serves_them() -> None:
    """Wanted logs are bootstrapped; unwanted ones are deleted only if enabled."""
    rules = sam.resources("AWS::Events::Rule").values()
    found = {
        each["EventPattern"]["detail-type"][0]: (
            each["Targets"][0]["Arn"],
            each.get("State"),
        )
        for each in rules
    }

    assert found == {
        "Access Log Wanted": (arn("Bootstrap"), None),
        "Access Log Unwanted": (
            arn("DeleteLogtank"),
            {"Fn::If": ["HasDeletionTriggers", "ENABLED", "DISABLED"]},
        ),
    }
    assert sam.stack()["Parameters"]["DeletionTriggers"]["Default"] == "false"


@pytest.mark.parametrize(("entry", "queue"), QUEUES.items())
def test_a_queue_of_requests_hands_over_what_keeps_failing(
    entry: str, queue: str
) -> None:
    """After five deliveries a message is in its function's queue of failed events."""
    enabled = mappings(entry)[queue].get("Enabled", True)
    redrive = sam.resources("AWS::SQS::Queue")[queue]["RedrivePolicy"]

    assert redrive == {
        "deadLetterTargetArn": arn(failures(entry)),
        "maxReceiveCount": 5,
    }
    assert enabled is True if entry == "bootstrap" else enabled == DELETION


@pytest.mark.parametrize("entry", sam.NAMES)
def test_queues_use_partial_batch_responses_and_long_visibility_timeouts(
    entry: str,
) -> None:
    """The timeout is six function timeouts, as AWS advises; concurrency is limited.

    The two queues of a function leave one of five reserved executions for webhooks.
    """
    seconds = sam.functions()[sam.NAMES[entry]]["Timeout"]
    for queue, mapping in mappings(entry).items():
        visibility = sam.resources("AWS::SQS::Queue")[queue]["VisibilityTimeout"]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}
        assert visibility >= 6 * seconds


@pytest.mark.parametrize("entry", sam.NAMES)
def test_failed_events_of_each_function_are_kept_apart(entry: str) -> None:
    """They are kept for 14 days, and no other function's events are among them."""
    queues = sam.failure_queues()

    assert sam.resources("AWS::SQS::Queue")[failures(entry)] == {
        "SqsManagedSseEnabled": True,
        "MessageRetentionPeriod": FOURTEEN_DAYS,
        "VisibilityTimeout": 5400 if entry == "reconcile" else 360,
    }
    assert list(queues.values()).count(failures(entry)) == 1
    assert queues.keys() == set(sam.NAMES.values())


@pytest.mark.parametrize("entry", sam.NAMES)
def test_failed_events_are_sent_again_while_their_mapping_is_enabled(
    entry: str,
) -> None:
    """The mapping of the queue to its own function is disabled; outputs name both."""
    retry = mappings(entry)[failures(entry)]
    outputs = sam.stack()["Outputs"]
    name = sam.NAMES[entry]

    assert retry["Enabled"] is False
    assert retry["BatchSize"] == (1 if entry == "reconcile" else 10)
    assert outputs[f"{name}Retry"]["Value"] == {"Ref": f"{name}Retry"}
    assert outputs[f"{failures(entry)}Url"]["Value"] == {"Ref": failures(entry)}


def test_triggers_that_cannot_deliver_use_the_same_queue_as_their_function() -> None:
    """Schedules send with their role, EventBridge by the queue's policy."""
    schedules = sam.resources("AWS::Scheduler::Schedule").values()
    rules = sam.resources("AWS::Events::Rule").values()
    targets = [each["Target"] for each in schedules]
    targets += [target for each in rules for target in each["Targets"]]
    policies = sam.resources("AWS::SQS::QueuePolicy").values()
    found = {
        each["Queues"][0]["Ref"]: each["PolicyDocument"]["Statement"][0]["Condition"]
        for each in policies
    }

    assert len(targets) == 4
    for target in targets:
        function = target["Arn"]["Fn::GetAtt"][0]
        assert target["DeadLetterConfig"]["Arn"] == arn(sam.failure_queues()[function])
    assert found == {
        queue: {"ArnEquals": {"aws:SourceArn": arn(rule)}}
        for queue, rules_of_queue in WHO_SENDS.items()
        for rule in rules_of_queue
    }
