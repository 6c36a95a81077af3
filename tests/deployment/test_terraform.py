"""template.tf and its parts: what is written, checked against the provider."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from functions import contracts
from functions.invocation.defaults import Defaults
from functions.invocation.tasks import TASKS
from tests.deployment import built, terraform
from tests.deployment.applied import needs_terraform
from tests.deployment.terraform import PROVIDER, Resource

META_ARGUMENTS = {"count", "for_each", "lifecycle", "depends_on", "provider"}
TRIGGERS = terraform.of_kind("fgs_function_trigger")
MAX_KEYS, MAX_CHARACTERS = 20, 4_096
VALUE_CHARACTERS = 120
"""Assumed length of a value; few IDs, addresses or stream names are longer."""
"""Functions that the template deploys as soon as there are entries for them."""
OF_VERSION_0_1 = {
    "huaweicloud_identity_agency.this",
    "huaweicloud_fgs_function.this",
    "huaweicloud_fgs_async_invoke_configuration.this",
    "huaweicloud_fgs_function_trigger.timer",
    "huaweicloud_fgs_function_trigger.smn",
    "huaweicloud_fgs_function_trigger.audit_trail",
    "huaweicloud_fgs_function_trigger.apig",
    "huaweicloud_fgs_function_trigger.eventgrid",
}


def problems(body: dict[str, Any], schema: dict[str, Any], place: str) -> Iterator[str]:
    """Yield a message for each unknown or missing argument or block."""
    inner = list(terraform.blocks(body))
    arguments = body.keys() - {"dynamic"} - {n for n, _ in inner}
    for name in arguments - set(schema["required"]) - set(schema["optional"]):
        yield f"{place}.{name} is unknown"
    for name in set(schema["required"]) - arguments:
        yield f"{place}.{name} is missing"
    for name, inner_body in inner:
        if name in schema["blocks"]:
            yield from problems(inner_body, schema["blocks"][name], f"{place}.{name}")
        else:
            yield f"{place}.{name} is not a known block"


@pytest.mark.parametrize(
    "resource",
    [
        each
        for each in (*terraform.RESOURCES, *terraform.DATA_SOURCES)
        if each.kind != "terraform_data"  # built into Terraform
    ],
    ids=lambda each: f"{each.kind}.{each.name}",
)
def test_resources_match_the_provider_schema(resource: Resource) -> None:
    """No argument is unknown, and no required argument is missing."""
    own = {k: v for k, v in resource.body.items() if k not in META_ARGUMENTS}

    assert list(problems(own, PROVIDER[resource.kind], resource.name)) == []


@needs_terraform
def test_terraform_fmt_accepts_the_template() -> None:
    """`terraform fmt -check` finds no differences."""
    done = subprocess.run(  # noqa: S603 # a fixed command
        ["terraform", "fmt", "-check", "-diff", terraform.FILE],  # noqa: S607 # the user's own
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


def test_versions_are_bounded() -> None:
    """Neither Terraform nor the provider may change its major version."""
    (settings,) = terraform.PARSED["terraform"]
    (providers,) = settings["required_providers"]

    assert settings["required_version"].endswith("< 2.0")
    assert re.fullmatch(r"~> 1\.\d+", providers["huaweicloud"]["version"])


def test_addresses_of_version_0_1_are_kept() -> None:
    """An upgrade replaces none of the resources of version 0.1."""
    addresses = {f"{each.kind}.{each.name}" for each in terraform.RESOURCES}

    assert addresses >= OF_VERSION_0_1
    assert terraform.of_kind("identity_agency")[0].body["name"] == "${var.name}"


def test_each_entry_is_deployed_as_a_function(bundle: Path) -> None:
    """Each handler is in a module at the archive's root."""
    functions = terraform.LOCALS["functions"]

    assert functions.keys() == TASKS.keys()
    for name in TASKS:
        assert functions[name]["handler"] == f"{name}.handler"
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

    assert "local.user_data" in function["user_data"]
    assert "local.settings" in terraform.LOCALS["user_data"]
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


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda each: each.name)
def test_data_that_the_service_adds_to_a_trigger_is_no_change(
    trigger: Resource,
) -> None:
    """The trigger ignores it, and is replaced if what it is created with changes."""
    (rules,) = trigger.body["lifecycle"]
    origin = trigger.body["event_data"].replace("local.", "terraform_data.")

    assert rules["ignore_changes"] == ["event_data"]
    assert rules["replace_triggered_by"] == [origin]


def test_every_trigger_type_is_available() -> None:
    """There is a trigger of each type."""
    kinds = {each.body["type"] for each in TRIGGERS}

    assert kinds == {"CTS", "DEDICATEDGATEWAY", "EVENTGRID", "SMN", "TIMER"}


def test_the_timer_sends_a_valid_request() -> None:
    """The event is valid after the settings have supplied its defaults."""
    (name,) = re.findall(
        r"user_event *= jsonencode\(\{ (\w+) = var\.timer_listener \}\)", terraform.TEXT
    )
    sent = {name: "a-listener"}

    defaults = Defaults(log_group_id="group")

    contracts.check("bootstrap.event", TASKS["bootstrap"].with_defaults(sent, defaults))


def test_asynchronous_events_are_retried_and_kept() -> None:
    """Every function retries twice, then sends the event to its destination."""
    (configuration,) = terraform.of_kind("fgs_async_invoke_configuration")
    failing = dict(terraform.blocks(configuration.body))["on_failure"]

    assert configuration.body["for_each"] == "${huaweicloud_fgs_function.this}"
    assert configuration.body["max_async_retry_attempts"] == 2
    assert "each.key" in failing["param"]
