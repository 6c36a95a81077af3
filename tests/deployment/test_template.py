"""template.yaml, after AWS's own transform: what is deployed on Lambda."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions import contracts
from functions.invocation.defaults import Defaults
from functions.invocation.tasks import TASKS
from tests.deployment import built, sam

FUNCTIONS = {
    entry.title().replace("_", ""): f"functions.{entry}.handler" for entry in TASKS
}
FAILURES = {"Fn::GetAtt": ["Failures", "Arn"]}


def statements(found: object) -> Iterator[dict[str, Any]]:
    """Yield every policy statement in the stack."""
    if isinstance(found, dict):
        if "Effect" in found:
            yield found
        for inner in found.values():
            yield from statements(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from statements(inner)


def content(folder: Path) -> dict[Path, bytes]:
    """Return the content of every file in a folder, by relative path."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder): path.read_bytes() for path in files}


def test_sam_accepts_the_template() -> None:
    """`sam validate --lint` succeeds without credentials or region."""
    done = sam.run("sam", "validate", "--lint")

    assert done.returncode == 0, done.stdout + done.stderr


def test_cloudformation_lint_accepts_the_transformed_template(tmp_path: Path) -> None:
    """The linter finds much more after the transform than before it."""
    stack = tmp_path / "stack.json"
    stack.write_text(sam.stack_text())
    done = sam.run("cfn-lint", "-t", str(stack))

    assert done.returncode == 0, done.stdout + done.stderr


def test_sam_build_makes_the_same_bundle_as_make_build(tmp_path: Path) -> None:
    """Each function's folder is byte-identical to the bundle of `make build`."""
    done = sam.run("sam", "build", "--parallel", "--build-dir", str(tmp_path / "sam"))
    assert done.returncode == 0, done.stdout + done.stderr
    built.build(tmp_path, built.TARGET)

    expected = content(tmp_path / "bundle")
    for name in FUNCTIONS:
        assert content(tmp_path / "sam" / name) == expected


def test_each_entry_is_deployed_as_a_function(bundle: Path) -> None:
    """Each handler exists in a module of the bundle."""
    handlers = {name: each["Handler"] for name, each in sam.functions().items()}

    assert handlers == FUNCTIONS
    for handler in handlers.values():
        module, _, name = handler.rpartition(".")
        source = bundle / f"{module.replace('.', '/')}.py"
        assert f"\ndef {name}(event: object, context: object)" in source.read_text()


def test_the_target_matches_the_makefile() -> None:
    """Python version and architecture are the ones that `make build` uses."""
    targets = [(f["Runtime"], f["Architectures"]) for f in sam.functions().values()]

    assert targets == [(f"python{built.TARGET}", [built.ARCHITECTURE])] * len(FUNCTIONS)


def test_the_schedule_sends_a_valid_request() -> None:
    """The event is valid after the settings have supplied its defaults."""
    (schedule,) = sam.resources("AWS::Scheduler::Schedule").values()
    text = schedule["Target"]["Input"]["Fn::Sub"]
    sent = json.loads(text.replace("${ScheduledListener}", "a-listener"))

    defaults = Defaults(log_group_id="group")

    contracts.check("bootstrap.event", TASKS["bootstrap"].with_defaults(sent, defaults))


def test_the_queue_uses_partial_batch_responses_and_a_long_visibility_timeout() -> None:
    """The timeout is six function timeouts, as AWS advises; failures have a queue."""
    (mapping,) = sam.resources("AWS::Lambda::EventSourceMapping").values()
    queue = sam.resources("AWS::SQS::Queue")["Requests"]
    seconds = max(each["Timeout"] for each in sam.functions().values())

    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert queue["VisibilityTimeout"] >= 6 * seconds
    assert queue["RedrivePolicy"]["deadLetterTargetArn"] == FAILURES


def test_asynchronous_triggers_keep_failed_events() -> None:
    """Failed events are kept in one queue for 14 days and raise an alarm."""
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
    """No action and no resource is a wildcard."""
    found = list(statements(json.loads(sam.stack_text())["Resources"]))

    assert len(found) >= 8
    assert "*" not in json.dumps(found)


def test_public_permissions_are_limited_to_function_urls() -> None:
    """Webhook senders have no AWS account; the function verifies their signatures."""
    urls = sam.resources("AWS::Lambda::Url").values()
    public_permissions = [
        each
        for each in sam.resources("AWS::Lambda::Permission").values()
        if each["Principal"] == "*"
    ]

    assert [each["AuthType"] for each in urls] == ["NONE"] * len(FUNCTIONS)
    assert len(public_permissions) == 2 * len(FUNCTIONS)
    assert all(
        each.get("FunctionUrlAuthType") == "NONE" or each.get("InvokedViaFunctionUrl")
        for each in public_permissions
    )
    assert sam.environment()["WEBHOOK_AUTH"] == "signature"


def test_public_access_requires_the_webhooks_parameter() -> None:
    """URLs and public permissions exist only if Webhooks is true."""
    stack = json.loads(sam.stack_text())
    conditions = {
        name: each.get("Condition")
        for name, each in stack["Resources"].items()
        if each["Type"] == "AWS::Lambda::Url"
        or each["Properties"].get("Principal") == "*"
    }

    assert set(conditions.values()) == {"HasWebhooks"}
    assert stack["Parameters"]["Webhooks"]["Default"] == "false"


def test_all_functions_log_to_one_log_group() -> None:
    """Logs are JSON and are kept for 30 days."""
    (group,) = sam.resources("AWS::Logs::LogGroup").values()
    logging = [each["LoggingConfig"] for each in sam.functions().values()]

    assert [(each["LogFormat"], each["LogGroup"]) for each in logging] == [
        ("JSON", {"Ref": "Logs"})
    ] * len(FUNCTIONS)
    assert group["RetentionInDays"] == 30


@pytest.mark.parametrize("name", ["ErrorsAlarm", "WebhooksAlarm", "ThrottlesAlarm"])
def test_alarms_watch_every_function(name: str) -> None:
    """Each alarm has a metric for each function."""
    metrics = sam.resources("AWS::CloudWatch::Alarm")[name]["Metrics"]
    watched = {
        each["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Ref"]
        for each in metrics
        if "MetricStat" in each
    }

    assert watched == set(FUNCTIONS)
