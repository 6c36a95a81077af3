"""template.yaml, after AWS's own transform: what is deployed on Lambda, and by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions import contracts
from functions.invocation import tasks
from tests.commands import ENTRIES
from tests.deployment import built, sam

FUNCTIONS = {
    entry.title().replace("_", ""): f"functions.{entry}.handler" for entry in ENTRIES
}
FAILURES = {"Fn::GetAtt": ["Failures", "Arn"]}


def statements(found: object) -> Iterator[dict[str, Any]]:
    """Yield every statement of every policy in the stack."""
    if isinstance(found, dict):
        if "Effect" in found:
            yield found
        for inner in found.values():
            yield from statements(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from statements(inner)


def content(folder: Path) -> dict[Path, bytes]:
    """Return the bytes of every file, by its place in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}


def test_it_is_valid_for_sam() -> None:
    """By AWS's own command, with neither credentials nor region."""
    done = sam.run("sam", "validate", "--lint")

    assert done.returncode == 0, done.stdout + done.stderr


def test_what_it_becomes_is_valid_for_cloudformation(tmp_path: Path) -> None:
    """By AWS's linter, which misses much before the transform."""
    stack = tmp_path / "stack.json"
    stack.write_text(sam.stack_text())
    done = sam.run("cfn-lint", "-t", str(stack))

    assert done.returncode == 0, done.stdout + done.stderr


def test_sam_builds_the_same_bundle_by_the_makefile(tmp_path: Path) -> None:
    """For each function neither more nor less than `make build`, to the byte."""
    done = sam.run("sam", "build", "--parallel", "--build-dir", str(tmp_path / "sam"))
    assert done.returncode == 0, done.stdout + done.stderr
    built.build(tmp_path, built.TARGET)

    wanted = content(tmp_path / "bundle")
    for name in FUNCTIONS:
        assert content(tmp_path / "sam" / name) == wanted


def test_each_entry_is_a_function_and_runs_what_the_bundle_has(bundle: Path) -> None:
    """Each handler is a function in a module of it."""
    handlers = {name: each["Handler"] for name, each in sam.functions().items()}

    assert handlers == FUNCTIONS
    for handler in handlers.values():
        module, _, name = handler.rpartition(".")
        source = bundle / f"{module.replace('.', '/')}.py"
        assert f"\ndef {name}(event: object, context: object)" in source.read_text()


def test_the_target_is_the_one_that_the_makefile_builds_for() -> None:
    """Version and machine."""
    targets = [(f["Runtime"], f["Architectures"]) for f in sam.functions().values()]

    assert targets == [(f"python{built.TARGET}", [built.ARCHITECTURE])] * len(FUNCTIONS)


def test_what_the_schedule_sends_is_a_request() -> None:
    """Once the settings have completed it."""
    (schedule,) = sam.resources("AWS::Scheduler::Schedule").values()
    text = schedule["Target"]["Input"]["Fn::Sub"]
    sent = json.loads(text.replace("${ScheduledListener}", "a-listener"))

    contracts.check("bootstrap.event", tasks.BOOTSTRAP.complete(sent, "group", None))


def test_the_queue_gets_failures_back_and_waits_for_the_function() -> None:
    """Six times the function's time, as its guide advises; and it ends somewhere."""
    (mapping,) = sam.resources("AWS::Lambda::EventSourceMapping").values()
    queue = sam.resources("AWS::SQS::Queue")["Requests"]
    seconds = max(each["Timeout"] for each in sam.functions().values())

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert queue["VisibilityTimeout"] >= 6 * seconds
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == FAILURES


def test_every_way_without_a_waiting_sender_keeps_what_fails() -> None:
    """In one queue, for two weeks, and an alarm tells of it."""
    invocations = sam.resources("AWS::Lambda::EventInvokeConfig").values()
    (schedule,) = sam.resources("AWS::Scheduler::Schedule").values()
    (rule,) = sam.resources("AWS::Events::Rule").values()
    kept = [each["DestinationConfig"]["OnFailure"] for each in invocations]

    assert kept == [{"Destination": FAILURES}] * len(FUNCTIONS)
    assert schedule["Target"]["DeadLetterConfig"]["Arn"] == FAILURES
    assert [each["DeadLetterConfig"]["Arn"] for each in rule["Targets"]] == [FAILURES]
    queue = sam.resources("AWS::SQS::Queue")["Failures"]
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 3600
    alarm = sam.resources("AWS::CloudWatch::Alarm")["FailuresAlarm"]
    assert {"Fn::GetAtt": ["Failures", "QueueName"]} in [
        each["Value"] for each in alarm["Dimensions"]
    ]


def test_no_policy_has_a_wildcard() -> None:
    """Neither for what may be done nor for what it may be done to."""
    found = list(statements(json.loads(sam.stack_text())["Resources"]))

    assert len(found) >= 8
    assert "*" not in json.dumps(found)


def test_without_an_account_a_function_is_called_by_its_url_alone() -> None:
    """Webhooks have no account with AWS: the function checks their signatures."""
    urls = sam.resources("AWS::Lambda::Url").values()
    open_doors = [
        each
        for each in sam.resources("AWS::Lambda::Permission").values()
        if each["Principal"] == "*"
    ]

    assert [each["AuthType"] for each in urls] == ["NONE"] * len(FUNCTIONS)
    assert len(open_doors) == 2 * len(FUNCTIONS)
    assert all(
        each.get("FunctionUrlAuthType") == "NONE" or each.get("InvokedViaFunctionUrl")
        for each in open_doors
    )
    assert sam.environment()["WEBHOOK_AUTH"] == "signature"


def test_nobody_may_unless_webhooks_are_wanted() -> None:
    """Neither the URLs nor the permissions are there otherwise."""
    every = json.loads(sam.stack_text())
    conditions = {
        name: each.get("Condition")
        for name, each in every["Resources"].items()
        if each["Type"] == "AWS::Lambda::Url"
        or each["Properties"].get("Principal") == "*"
    }

    assert set(conditions.values()) == {"HasWebhooks"}
    assert every["Parameters"]["Webhooks"]["Default"] == "false"


def test_every_function_logs_to_the_one_group() -> None:
    """As JSON, and for a month."""
    (group,) = sam.resources("AWS::Logs::LogGroup").values()
    logging = [each["LoggingConfig"] for each in sam.functions().values()]

    assert [(each["LogFormat"], each["LogGroup"]) for each in logging] == [
        ("JSON", {"Ref": "Logs"})
    ] * len(FUNCTIONS)
    assert group["RetentionInDays"] == 30


@pytest.mark.parametrize("name", ["ErrorsAlarm", "WebhooksAlarm", "ThrottlesAlarm"])
def test_an_alarm_watches_every_function(name: str) -> None:
    """None is forgotten."""
    metrics = sam.resources("AWS::CloudWatch::Alarm")[name]["Metrics"]
    watched = {
        each["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]
        for each in metrics
        if "MetricStat" in each
    }

    assert watched == set(FUNCTIONS)
