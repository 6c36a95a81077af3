"""template.tf: what is deployed on FunctionGraph, in the provider's own words."""

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
from functions.invocation import tasks
from tests.commands import ENTRIES
from tests.deployment import built, terraform
from tests.deployment.terraform import Resource

PROVIDER: dict[str, Any] = json.loads(
    (Path(__file__).parent / "provider_arguments.json").read_text("utf-8")
)
"""What the documents of the provider `huaweicloud` say each resource takes."""
OF_EVERY_RESOURCE = {"count", "for_each", "lifecycle", "depends_on", "provider"}
TRIGGERS = terraform.of_kind("fgs_function_trigger")
MOST_KEYS, MOST_CHARACTERS = 20, 4_096
LONG = 120
"""Characters; no id, address or name of a stream is longer, but a few."""


def blocks(body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a body's inner blocks; a dynamic one is one of those."""
    for name, value in body.items():
        if name == "dynamic":
            for each in value:
                for inner, written in each.items():
                    yield inner, written["content"][0]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for inner_body in value:
                yield name, inner_body


def misplaced(body: dict[str, Any], taken: dict[str, Any], place: str) -> Iterator[str]:
    """Yield what stands in a body though it is not taken, or is needed and missing."""
    inner = list(blocks(body))
    arguments = body.keys() - OF_EVERY_RESOURCE - {"dynamic"} - {n for n, _ in inner}
    for name in arguments - set(taken["required"]) - set(taken["optional"]):
        yield f"{place}.{name} is unknown"
    for name in set(taken["required"]) - arguments:
        yield f"{place}.{name} is missing"
    for name, inner_body in inner:
        if name in taken["blocks"]:
            yield from misplaced(inner_body, taken["blocks"][name], f"{place}.{name}")
        elif name not in OF_EVERY_RESOURCE:
            yield f"{place}.{name} is no block"


@pytest.mark.parametrize(
    "resource", terraform.RESOURCES, ids=lambda each: f"{each.kind}.{each.name}"
)
def test_a_resource_has_the_arguments_that_the_provider_takes(
    resource: Resource,
) -> None:
    """None that it does not know, and all that it needs."""
    assert list(misplaced(resource.body, PROVIDER[resource.kind], resource.name)) == []


@pytest.mark.skipif(not shutil.which("terraform"), reason="terraform is not installed")
def test_it_is_laid_out_as_terraform_would() -> None:
    """By its own command."""
    done = subprocess.run(  # noqa: S603 # our own words
        ["terraform", "fmt", "-check", "-diff", terraform.TEMPLATE],  # noqa: S607 # the user's own
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_every_variable_is_used_and_declared() -> None:
    """With a description, and a default unless it must be given."""
    used = set(re.findall(r"\bvar\.([a-z_]+)", terraform.TEXT))

    assert used == set(terraform.VARIABLES)
    assert all(body["description"] for body in terraform.VARIABLES.values())


def test_each_entry_is_a_function_and_runs_what_the_bundle_has(bundle: Path) -> None:
    """Each by a module at the archive's root."""
    assert terraform.LOCALS["functions"].keys() == set(ENTRIES)
    for name, each in terraform.LOCALS["functions"].items():
        assert each["handler"] == f"{name}.handler"
        source = (bundle / f"{name}.py").read_text()
        assert source == f"from functions.{name} import handler as handler\n"


def test_the_code_is_what_make_build_makes() -> None:
    """The archive, for the target's Python."""
    function = terraform.function()

    assert terraform.VARIABLES["bundle"]["default"] == "build/bundle.zip"
    assert function["func_code"] == "${filebase64(var.bundle)}"
    assert (function["code_type"], function["runtime"]) == (
        "zip",
        f"Python{built.TARGET}",
    )


def test_the_settings_fit_into_user_data() -> None:
    """All at once, each of some length."""
    named = {**terraform.LOCALS["settings"], **terraform.LOCALS["secrets"]}
    filled = {name: text.replace("$", "x" * LONG) for name, text in named.items()}

    assert len(named) <= MOST_KEYS
    assert len(json.dumps(filled)) <= MOST_CHARACTERS


def test_what_is_secret_is_encrypted() -> None:
    """In the function's configuration, and hidden in a plan."""
    function = terraform.function()
    secrets = terraform.LOCALS["secrets"]

    assert "local.settings" in function["user_data"]
    assert "local.secrets" in function["encrypted_user_data"]
    for text in secrets.values():
        name = text.removeprefix("${var.").removesuffix("}")
        assert terraform.VARIABLES[name]["sensitive"] is True


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda each: each.name)
def test_a_trigger_is_there_if_a_variable_says_so(trigger: Resource) -> None:
    """And by default is not."""
    condition = trigger.body.get("count") or trigger.body["for_each"]
    (name,) = re.findall(r"^\$\{var\.(\w+)", condition)

    assert not terraform.VARIABLES[name]["default"]


def test_every_kind_of_trigger_is_there() -> None:
    """Each once."""
    kinds = sorted(each.body["type"] for each in TRIGGERS)

    assert kinds == ["CTS", "DEDICATEDGATEWAY", "EVENTGRID", "SMN", "TIMER"]


def test_what_the_timer_sends_is_a_request() -> None:
    """Once the settings have completed it."""
    (timer,) = [each for each in TRIGGERS if each.body["type"] == "TIMER"]
    (name,) = re.findall(
        r"user_event = jsonencode\(\{(\w+) = var\.timer_listener\}\)",
        timer.body["event_data"],
    )
    sent = {name: "a-listener"}

    contracts.check("bootstrap.event", tasks.BOOTSTRAP.complete(sent, "group", None))


def test_calls_whose_sender_does_not_wait_are_repeated_and_kept() -> None:
    """For each function, if there is a topic to tell."""
    (configuration,) = terraform.of_kind("fgs_async_invoke_configuration")
    (failing,) = [body for name, body in blocks(configuration.body)]

    assert configuration.body["for_each"] == "${huaweicloud_fgs_function.this}"
    assert configuration.body["max_async_retry_attempts"] == 2
    assert failing["destination"] == "SMN"
