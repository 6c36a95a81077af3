"""AWS's tools for template.yaml, installed in a separate environment."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from functools import cache
from typing import Any

from functions.invocation.tasks import TASKS
from tests.deployment.built import ROOT

TOOLS = ROOT / ".venv/sam/bin"
TEMPLATE = ROOT / "template.yaml"
NAMES = {entry: entry.title().replace("_", "") for entry in TASKS}
"""The logical ID of each function, by entry."""
SECRET_ARN = "HUAWEICLOUD_SECRET_ARN"

Properties = dict[str, Any]


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool without credentials or region, and return the completed process."""
    return run_command([str(TOOLS / tool), *arguments], {})


def run_command(
    command: list[str], variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run any command in the same way, with additional environment variables."""
    kept = {name: text for name, text in os.environ.items() if _is_kept(name)}
    return subprocess.run(  # noqa: S603 # a fixed command
        command,
        cwd=ROOT,
        env={**kept, "SAM_CLI_TELEMETRY": "0", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def _is_kept(name: str) -> bool:
    """Whether a variable only locates programs or files, and holds no credential."""
    return name in {"PATH", "HOME", "LANG"} or name.startswith(("PIP_", "SSL_", "VIRT"))


@cache
def stack_text() -> str:
    """Return the transformed template (the stack) as JSON."""
    done = run("python", "-m", "tests.deployment.transform", str(TEMPLATE))
    assert done.returncode == 0, done.stderr
    return done.stdout


def stack() -> dict[str, Any]:
    """Return the transformed template."""
    found: dict[str, Any] = json.loads(stack_text())
    return found


def resources(kind: str) -> dict[str, Properties]:
    """Return the properties of all resources of one type, by name."""
    found = stack()["Resources"].items()
    return {name: each["Properties"] for name, each in found if each["Type"] == kind}


def functions() -> dict[str, Properties]:
    """Return the properties of the functions, by name."""
    return resources("AWS::Lambda::Function")


def variables(name: str) -> dict[str, Any]:
    """Return the environment variables of one function."""
    found: dict[str, Any] = functions()[name]["Environment"]["Variables"]
    return found


def environment() -> dict[str, Any]:
    """Return the environment variables, which differ only in the secret's ARN."""
    all_variables = [
        {**variables(name), SECRET_ARN: {"Ref": "SecretArn"}} for name in functions()
    ]
    assert all_variables[1:] == all_variables[:-1]
    return all_variables[0]


def failure_queues() -> dict[str, str]:
    """Return the queue of failed events of each function, by the function's name."""
    return {
        each["FunctionName"]["Ref"]: _queue(each)
        for each in resources("AWS::Lambda::EventInvokeConfig").values()
    }


def _queue(invocation: Properties) -> str:
    destination = invocation["DestinationConfig"]["OnFailure"]["Destination"]
    queue, attribute = destination["Fn::GetAtt"]
    assert attribute == "Arn"
    return str(queue)


def parameters(**given: str) -> dict[str, str]:
    """Return the value of every parameter: the given ones, and the defaults."""
    declared = stack()["Parameters"].items()
    defaults = {name: str(each.get("Default", "")) for name, each in declared}
    assert given.keys() <= defaults.keys()
    return {**defaults, **given}


def holds(condition: object, values: Mapping[str, str]) -> bool:
    """Whether a condition holds for the values of the parameters.

    Source: *AWS CloudFormation Template Reference*, "Rule-specific intrinsic functions"
    and "Condition functions".
    """
    assert isinstance(condition, dict)
    ((name, arguments),) = condition.items()
    if name in {"Fn::Equals", "Fn::Contains"}:
        first, second = (_value(each, values) for each in arguments)
        return second in first if name == "Fn::Contains" else first == second
    found = [holds(each, values) for each in arguments]
    return {"Fn::Not": not found[0], "Fn::And": all(found), "Fn::Or": any(found)}[name]


def _value(found: object, values: Mapping[str, str]) -> Any:  # noqa: ANN401 # JSON
    if isinstance(found, dict):
        return values[found["Ref"]]
    return found if isinstance(found, list) else str(found)


def broken_rules(**given: str) -> set[str]:
    """Return the rules that these parameters break, by name."""
    values = parameters(**given)
    return {
        name
        for name, rule in stack()["Rules"].items()
        if "RuleCondition" not in rule or holds(rule["RuleCondition"], values)
        if not all(holds(each["Assert"], values) for each in rule["Assertions"])
    }
