"""The template applied by Terraform itself, without the provider and without a cloud.

Each resource of the provider is replaced by a `terraform_data` resource, which is built
into Terraform and keeps its arguments as they were evaluated. Variables, expressions,
preconditions and replacements are Terraform's own. What the provider would check or the
service would answer is not covered.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.deployment import terraform
from tests.deployment.terraform import Resource

needs_terraform = pytest.mark.skipif(
    not shutil.which("terraform"), reason="terraform is not installed"
)
BUNDLE_BYTES = 200_000
META = ("count", "for_each")


class Refused(Exception):
    """Terraform rejected the variables, or a precondition failed; with its output."""


class Deployment(NamedTuple):
    """The arguments of each applied resource by its address, and the outputs."""

    resources: dict[str, dict[str, Any]]
    outputs: dict[str, Any]

    def of_kind(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the resources of one type by name and key, without the type."""
        prefix = f"huaweicloud_{kind}."
        return {
            address.removeprefix(prefix): arguments
            for address, arguments in self.resources.items()
            if address.startswith(prefix)
        }


def apply(folder: Path, **variables: object) -> Deployment:
    """Apply the template with these variables in the folder, which keeps the state.

    Raises: Refused.
    """
    _write(folder, variables)
    _terraform(folder, "apply", "-auto-approve", "-refresh=false")
    state = json.loads(_terraform(folder, "show", "-json"))["values"]
    return Deployment(
        {
            _address(each): each["values"].get("input") or {}
            for each in state["root_module"]["resources"]
        },
        {name: each["value"] for name, each in state["outputs"].items()},
    )


def changes(folder: Path, **variables: object) -> dict[str, list[str]]:
    """Return what applying these variables would do, by address, no-ops left out."""
    _write(folder, variables)
    _terraform(folder, "plan", "-out=plan", "-refresh=false")
    plan = json.loads(_terraform(folder, "show", "-json", "plan"))
    return {
        _address(each): each["change"]["actions"]
        for each in plan["resource_changes"]
        if each["change"]["actions"] != ["no-op"]
    }


def _address(resource: dict[str, Any]) -> str:
    name = resource["name"].replace("__", ".")
    index = resource.get("index")
    return name if index is None else f"{name}[{json.dumps(index)}]"


def _terraform(folder: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 # fixed commands
        ["terraform", arguments[0], "-no-color", *arguments[1:]],  # noqa: S607 # the user's own
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        _, _, errors = (done.stdout + done.stderr).partition("Error: ")
        raise Refused(re.sub(r"[│╷╵\s]+", " ", errors))
    return done.stdout


def _environment() -> dict[str, str]:
    """Return the environment without variables for other deployments."""
    own = {name: v for name, v in os.environ.items() if not name.startswith("TF_")}
    return {**own, "CHECKPOINT_DISABLE": "1"}


def _write(folder: Path, variables: dict[str, object]) -> None:
    bundle = folder / "bundle.zip"
    if not bundle.exists():
        bundle.write_bytes(b"x" * BUNDLE_BYTES)
    text = json.dumps({"bundle": str(bundle), **variables})
    (folder / "terraform.tfvars.json").write_text(text)
    (folder / "main.tf.json").write_text(json.dumps(_configuration(), indent=1))
    if not (folder / ".terraform").exists():
        _terraform(folder, "init", "-input=false")


def _configuration() -> dict[str, Any]:
    found = [*terraform.RESOURCES, *terraform.DATA_SOURCES]
    ours = [each for each in found if each.kind.startswith("huaweicloud_")]
    configuration = {
        "variable": {n: _variable(b) for n, b in terraform.VARIABLES.items()},
        "locals": terraform.LOCALS | {_name(each): _outputs(each) for each in ours},
        "resource": {
            "terraform_data": {_name(each): _substitute(each) for each in ours}
            | {each.name: each.body for each in found if each not in ours}
        },
        "output": {n: b for o in terraform.PARSED["output"] for n, b in o.items()},
    }
    references = r"(?<![\w.])(?:data\.)?(huaweicloud_\w+)\.(\w+)"
    text = re.sub(references, r"local.\1__\2", json.dumps(configuration))
    replaced: dict[str, Any] = json.loads(text)
    return replaced


def _name(resource: Resource) -> str:
    return f"{resource.kind}__{resource.name}"


def _variable(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "type": body["type"].removeprefix("${").removesuffix("}")}


def _outputs(resource: Resource) -> str:
    made = f"terraform_data.{_name(resource)}"
    if "for_each" in resource.body:
        return f"${{{{for key, made in {made} : key => made.output}}}}"
    return (
        f"${{{made}[*].output}}" if "count" in resource.body else f"${{{made}.output}}"
    )


def _substitute(resource: Resource) -> dict[str, Any]:
    """Return a resource that keeps the arguments, and what others read from it."""
    body = dict(resource.body)
    meta = {name: body.pop(name) for name in META if name in body}
    rules = {k: v for each in body.pop("lifecycle", []) for k, v in each.items()}
    kept = {
        "precondition": rules.get("precondition", []),
        "replace_triggered_by": [
            _expression(each) for each in rules.get("replace_triggered_by", [])
        ],
        "ignore_changes": ["input"] if "ignore_changes" in rules else [],
    }
    dynamic = {
        name: _unrolled(name, written)
        for each in body.pop("dynamic", [])
        for name, written in each.items()
    }
    computed = _computed(resource)
    return {**meta, "lifecycle": kept, "input": {**computed, **body, **dynamic}}


def _computed(resource: Resource) -> dict[str, Any]:
    name = resource.body.get("name", resource.name)
    key = "-${each.key}" if "for_each" in resource.body else ""
    return {
        "id": _name(resource) + key,
        "urn": f"urn:fss:here:project:function:default:{name}:latest",
        "projects": [{"id": f"project-of-{name}"}],
    }


def _unrolled(label: str, written: dict[str, Any]) -> str:
    each = f"[for k, v in {_expression(written['for_each'])} : {{key = k, value = v}}]"
    return f"${{[for {label} in {each} : {_expression(written['content'][0])}]}}"


def _expression(value: object) -> str:
    """Return the HCL expression for what the parser made of one."""
    match value:
        case str() if value.startswith("${") and value.endswith("}"):
            return value[2:-1]
        case dict():
            items = (f"{k} = {_expression(v)}" for k, v in value.items())
            return "{" + ", ".join(items) + "}"
        case list():
            return "[" + ", ".join(map(_expression, value)) + "]"
        case _:
            return json.dumps(value)
