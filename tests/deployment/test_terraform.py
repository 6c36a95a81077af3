"""template.tf: what is deployed on FunctionGraph, checked against the provider."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions import contracts
from functions.invocation.defaults import Defaults
from functions.invocation.tasks import TASKS
from tests.deployment import built, terraform
from tests.deployment.terraform import Resource

PROVIDER: dict[str, Any] = json.loads(
    (Path(__file__).parent / "provider_arguments.json").read_text("utf-8")
)
"""The arguments of each resource, from the documentation of the provider."""
META_ARGUMENTS = {"count", "for_each", "lifecycle", "depends_on", "provider"}
TRIGGERS = terraform.of_kind("fgs_function_trigger")
MAX_KEYS, MAX_CHARACTERS = 20, 4_096
VALUE_CHARACTERS = 120
"""Assumed length of a value; few IDs, addresses or stream names are longer."""


def blocks(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the name and body of each nested block, dynamic blocks included."""
    for name, value in body.items():
        if name == "dynamic":
            for each in value:
                for inner, written in each.items():
                    yield inner, written["content"][0]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for inner_body in value:
                yield name, inner_body


def problems(body: dict[str, Any], schema: dict[str, Any], place: str) -> Iterator[str]:
    """Yield a message for each unknown or missing argument or block."""
    inner = list(blocks(body))
    arguments = body.keys() - META_ARGUMENTS - {"dynamic"} - {n for n, _ in inner}
    for name in arguments - set(schema["required"]) - set(schema["optional"]):
        yield f"{place}.{name} is unknown"
    for name in set(schema["required"]) - arguments:
        yield f"{place}.{name} is missing"
    for name, inner_body in inner:
        if name in schema["blocks"]:
            yield from problems(inner_body, schema["blocks"][name], f"{place}.{name}")
        elif name not in META_ARGUMENTS:
            yield f"{place}.{name} is not a known block"


@pytest.mark.parametrize(
    "resource", terraform.RESOURCES, ids=lambda each: f"{each.kind}.{each.name}"
)
def test_resources_match_the_provider_schema(
    resource: Resource,
) -> None:
    """No argument is unknown, and no required argument is missing."""
    assert list(problems(resource.body, PROVIDER[resource.kind], resource.name)) == []


@pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not installed")
def test_terraform_fmt_accepts_the_template() -> None:
    """`terraform fmt -check` finds no differences."""
    done = subprocess.run(  # noqa: S603 # a fixed command
        ["terraform", "fmt", "-check", "-diff", terraform.TEMPLATE],  # noqa: S607 # the user's own
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_variables_are_declared_and_used() -> None:
    """Every variable also has a description."""
    used = set(re.findall(r"\bvar\.([a-z_]+)", terraform.TEXT))

    assert used == set(terraform.VARIABLES)
    assert all(body["description"] for body in terraform.VARIABLES.values())


def test_each_entry_is_deployed_as_a_function(bundle: Path) -> None:
    """Each handler is in a module at the archive's root."""
    assert terraform.LOCALS["functions"].keys() == set(TASKS)
    for name, each in terraform.LOCALS["functions"].items():
        assert each["handler"] == f"{name}.handler"
        source = (bundle / f"{name}.py").read_text()
        assert source == f"from functions.{name} import handler as handler\n"


def test_the_code_is_the_archive_of_make_build() -> None:
    """The runtime is the Python version that `make build` targets."""
    function = terraform.function()

    assert terraform.VARIABLES["bundle"]["default"] == "build/bundle.zip"
    assert function["func_code"] == "${filebase64(var.bundle)}"
    assert (function["code_type"], function["runtime"]) == (
        "zip",
        f"Python{built.TARGET}",
    )


def test_settings_fit_into_user_data() -> None:
    """All settings together stay within the limits, even with long values."""
    settings = {**terraform.LOCALS["settings"], **terraform.LOCALS["secrets"]}
    filled = {
        name: text.replace("$", "x" * VALUE_CHARACTERS)
        for name, text in settings.items()
    }

    assert len(settings) <= MAX_KEYS
    assert len(json.dumps(filled)) <= MAX_CHARACTERS


def test_secrets_are_encrypted_and_sensitive() -> None:
    """They are encrypted in the function's configuration and hidden in plans."""
    function = terraform.function()
    secrets = terraform.LOCALS["secrets"]

    assert "local.settings" in function["user_data"]
    assert "local.secrets" in function["encrypted_user_data"]
    for text in secrets.values():
        name = text.removeprefix("${var.").removesuffix("}")
        assert terraform.VARIABLES[name]["sensitive"] is True


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda each: each.name)
def test_triggers_are_enabled_by_variables(trigger: Resource) -> None:
    """By default, no trigger is created."""
    condition = trigger.body.get("count") or trigger.body["for_each"]
    (name,) = re.findall(r"^\$\{var\.(\w+)", condition)

    assert not terraform.VARIABLES[name]["default"]


def test_every_trigger_type_is_available() -> None:
    """There is one trigger of each type."""
    kinds = sorted(each.body["type"] for each in TRIGGERS)

    assert kinds == ["CTS", "DEDICATEDGATEWAY", "EVENTGRID", "SMN", "TIMER"]


def test_the_timer_sends_a_valid_request() -> None:
    """The event is valid after the settings have supplied its defaults."""
    (timer,) = [each for each in TRIGGERS if each.body["type"] == "TIMER"]
    (name,) = re.findall(
        r"user_event = jsonencode\(\{(\w+) = var\.timer_listener\}\)",
        timer.body["event_data"],
    )
    sent = {name: "a-listener"}

    defaults = Defaults(log_group_id="group")

    contracts.check("bootstrap.event", TASKS["bootstrap"].with_defaults(sent, defaults))


def test_asynchronous_events_are_retried_and_reported() -> None:
    """Every function retries twice, then notifies the SMN topic."""
    (configuration,) = terraform.of_kind("fgs_async_invoke_configuration")
    (failing,) = [body for name, body in blocks(configuration.body)]

    assert configuration.body["for_each"] == "${huaweicloud_fgs_function.this}"
    assert configuration.body["max_async_retry_attempts"] == 2
    assert failing["destination"] == "SMN"
