"""template.yaml, after AWS's own transform: what is deployed on Lambda."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.invocation.tasks import TASKS
from tests.commands.build import PLATFORMS
from tests.deployment import built, sam

NEW = {"status", "reconcile", "delete_logtank"}
"""Entries that have a public URL only if Webhooks is `all`."""
WRAPPER = """#!/bin/sh
exec {sam} "$@" --parallel --build-dir {to}
"""
SECRETS = {
    "status": {"Fn::If": ["HasReadingSecret", {"Ref": "ReadingSecretArn"}]},
    "delete_logtank": {"Fn::If": ["HasDeletingSecret", {"Ref": "DeletingSecretArn"}]},
}
"""Which parameter replaces SecretArn, if it is set."""
RECONCILE = {"ReconcileSchedule": "rate(1 day)", "LogGroupName": "x"}
QUEUES = {"bootstrap": "Requests", "delete_logtank": "DeletionRequests"}


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


def secret_of(entry: str) -> object:
    """Return the ARN of the secret that a function reads."""
    whole = {"Ref": "SecretArn"}
    if entry not in SECRETS:
        return whole
    return {"Fn::If": [*SECRETS[entry]["Fn::If"], whole]}


def arn(name: str) -> dict[str, list[str]]:
    """Return the expression for a resource's ARN."""
    return {"Fn::GetAtt": [name, "Arn"]}


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


@pytest.mark.parametrize(
    ("version", "architecture"), [(built.TARGET, built.ARCHITECTURE), ("3.13", "arm64")]
)
def test_sam_builds_the_bundle_of_make_build(
    version: str, architecture: str, tmp_path: Path
) -> None:
    """Each function's folder is byte-identical to the bundle, for any target."""
    wrapper = tmp_path / "path" / "sam"
    wrapper.parent.mkdir()
    to = tmp_path / "sam"
    wrapper.write_text(WRAPPER.format(sam=sam.TOOLS / "sam", to=to))
    wrapper.chmod(0o700)
    path = f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}"
    target = [f"VERSION={version}", f"ARCH={architecture}"]
    done = sam.run_command(["make", "sam", *target], {"PATH": path})
    assert done.returncode == 0, done.stdout + done.stderr
    built.build(tmp_path, version, architecture)

    expected = content(tmp_path / "bundle")
    for name in sam.NAMES.values():
        assert content(to / name) == expected


def test_each_entry_is_deployed_as_a_function(bundle: Path) -> None:
    """Each function of the table is deployed, and its handler is in the bundle."""
    handlers = {name: each["Handler"] for name, each in sam.functions().items()}

    assert handlers == {
        name: f"functions.{entry}.handler" for entry, name in sam.NAMES.items()
    }
    for entry in TASKS:
        source = bundle / "functions" / f"{entry}.py"
        assert "\ndef handler(event: object, context: object)" in source.read_text()


def test_the_target_is_by_default_that_of_the_makefile() -> None:
    """Python version and architecture are parameters, with the defaults of `make`."""
    targets = [(f["Runtime"], f["Architectures"]) for f in sam.functions().values()]
    parameters = sam.stack()["Parameters"]

    assert targets == [
        ({"Fn::Sub": "python${PythonVersion}"}, [{"Ref": "Architecture"}])
    ] * len(targets)
    assert parameters["PythonVersion"]["Default"] == built.TARGET
    assert parameters["Architecture"]["Default"] == built.ARCHITECTURE
    assert set(parameters["Architecture"]["AllowedValues"]) == set(PLATFORMS)


def test_no_policy_has_a_wildcard() -> None:
    """No action and no resource is a wildcard."""
    found = list(statements(sam.stack()["Resources"]))

    assert len(found) >= 8
    assert "*" not in json.dumps(found)


@pytest.mark.parametrize("entry", sam.NAMES)
def test_each_function_has_a_role_for_its_own_secret_and_queues(entry: str) -> None:
    """The role reads one secret, the one in the function's environment."""
    name = sam.NAMES[entry]
    failures = sam.failure_queues()[name]
    role = sam.functions()[name]["Role"]["Fn::GetAtt"][0]
    (policy,) = sam.resources("AWS::IAM::Role")[role]["Policies"]
    allowed = {
        str(each["Action"]): each["Resource"]
        for each in policy["PolicyDocument"]["Statement"]
    }
    received = [arn(each) for each in (failures, QUEUES.get(entry)) if each]

    assert sam.variables(name)[sam.SECRET_ARN] == secret_of(entry)
    assert allowed == {
        "['logs:CreateLogStream', 'logs:PutLogEvents']": arn("Logs"),
        "secretsmanager:GetSecretValue": secret_of(entry),
        "['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']": (
            received if len(received) > 1 else received[0]
        ),
        "sqs:SendMessage": arn(failures),
    }


def test_no_two_functions_share_a_role() -> None:
    """What one function may do, no other may do because of it."""
    roles = [each["Role"]["Fn::GetAtt"][0] for each in sam.functions().values()]

    assert len(set(roles)) == len(sam.NAMES)


def test_public_permissions_are_limited_to_function_urls() -> None:
    """Webhook senders have no AWS account; the function verifies their signatures."""
    urls = sam.resources("AWS::Lambda::Url").values()
    public_permissions = [
        each
        for each in sam.resources("AWS::Lambda::Permission").values()
        if each["Principal"] == "*"
    ]

    assert [each["AuthType"] for each in urls] == ["NONE"] * len(sam.NAMES)
    assert len(public_permissions) == 2 * len(sam.NAMES)
    assert all(
        each.get("FunctionUrlAuthType") == "NONE" or each.get("InvokedViaFunctionUrl")
        for each in public_permissions
    )
    assert sam.environment()["WEBHOOK_AUTH"] == "signature"


@pytest.mark.parametrize(
    ("webhooks", "public"),
    [("false", set()), ("true", TASKS.keys() - NEW), ("all", set(TASKS))],
)
def test_public_access_requires_the_webhooks_parameter(
    webhooks: str, public: set[str]
) -> None:
    """By default there is none; functions that survey or delete need `all`."""
    stack = sam.stack()
    values = sam.parameters(Webhooks=webhooks)
    found = [
        each["Properties"].get("FunctionName", {}).get("Ref")
        or each["Properties"]["TargetFunctionArn"]["Fn::GetAtt"][0]
        for each in stack["Resources"].values()
        if each["Type"] == "AWS::Lambda::Url"
        or each["Properties"].get("Principal") == "*"
        if sam.holds(stack["Conditions"][each["Condition"]], values)
    ]

    assert sorted(found) == sorted([sam.NAMES[entry] for entry in public] * 3)
    assert stack["Parameters"]["Webhooks"]["Default"] == "false"


@pytest.mark.parametrize(
    ("given", "broken"),
    [
        ({}, set()),
        ({"ScheduledListener": "x"}, {"ScheduleIsComplete"}),
        ({"ScheduledListener": "x", "LogGroupId": "x"}, set()),
        ({"ScheduledListener": "x", "LogGroupName": "x"}, set()),
        ({"ReconcileSchedule": "rate(1 day)"}, {"ReconcileIsComplete"}),
        (RECONCILE, set()),
        ({**RECONCILE, "LogLevel": "ERROR"}, {"ReconcileIsComplete"}),
        ({"LogGroupId": "x", "LogGroupName": "x"}, {"LogGroupIsUnambiguous"}),
    ],
)
def test_incomplete_parameters_are_rejected(
    given: dict[str, str], broken: set[str]
) -> None:
    """A rule of the template says what is missing, before anything is deployed."""
    assert sam.broken_rules(**given) == broken


def test_reserved_concurrency_must_fit_the_quota() -> None:
    """Lambda keeps 100 of the quota unreserved, or the deployment fails half-way."""
    parameters = sam.stack()["Parameters"]
    for reserved in parameters["ReservedConcurrency"]["AllowedValues"]:
        needed = 5 * reserved + 1 + 100 if reserved else 0
        for quota in parameters["ConcurrencyQuota"]["AllowedValues"]:
            broken = sam.broken_rules(
                ReservedConcurrency=str(reserved), ConcurrencyQuota=quota
            )
            assert bool(broken) == (int(quota) < needed), (reserved, quota)
