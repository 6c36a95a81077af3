"""Both templates deploy the same functions and settings."""

from __future__ import annotations

from functions.settings.credentials import KINDS
from functions.settings.table import TABLE
from tests.deployment import sam, terraform

SETTING_NAMES = {setting.name for setting in TABLE}
CREDENTIALS = {name for kind in KINDS for name in (*kind.needed, *kind.optional)}
"""In the secret on Lambda; replaced by the agency on FunctionGraph."""
LAMBDA_ONLY = {"HUAWEICLOUD_SECRET_ARN"}
SECRET_SETTINGS = {"WEBHOOK_SECRETS"}


def fixed(settings: dict[str, object]) -> dict[str, object]:
    """Return the settings with fixed values, not taken from parameters."""
    return {
        name: text
        for name, text in settings.items()
        if isinstance(text, str) and not text.startswith("${")
    }


def test_the_lambda_template_sets_every_setting() -> None:
    """It sets all settings except those in the secret, and no unknown ones."""
    assert set(sam.environment()) == SETTING_NAMES - CREDENTIALS - SECRET_SETTINGS


def test_the_functiongraph_template_sets_every_setting() -> None:
    """It sets all settings except the agency's, and no unknown ones."""
    assert (
        set(terraform.LOCALS["settings"])
        == SETTING_NAMES - CREDENTIALS - SECRET_SETTINGS - LAMBDA_ONLY
    )
    assert set(terraform.LOCALS["secrets"]) == SECRET_SETTINGS


def test_fixed_settings_are_equal() -> None:
    """Every setting with a fixed value has it in both templates."""
    assert fixed(sam.environment()) == fixed(terraform.LOCALS["settings"])


def test_fixed_settings_equal_the_defaults() -> None:
    """The templates show the settings without changing any of them."""
    defaults = {row.name: row.default for row in TABLE}
    parsers = {row.name: row.parse for row in TABLE}
    fixed_values = fixed(sam.environment())

    assert {name: parsers[name](str(text)) for name, text in fixed_values.items()} == {
        name: defaults[name] for name in fixed_values
    }


def test_functions_are_equal() -> None:
    """Descriptions, memory sizes and timeouts are the same."""
    memory = terraform.function()["memory_size"]
    on_functiongraph = {
        each["handler"]: (
            each["description"].replace('\\"', '"'),
            memory,
            each["timeout"],
        )
        for each in terraform.LOCALS["functions"].values()
    }
    on_lambda = {
        each["Handler"].removeprefix("functions."): (
            each["Description"],
            each["MemorySize"],
            each["Timeout"],
        )
        for each in sam.functions().values()
    }

    assert on_functiongraph == on_lambda
