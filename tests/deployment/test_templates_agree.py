"""Both templates deploy the same thing, each in its cloud's way."""

from __future__ import annotations

from functions.settings.credentials import KINDS
from functions.settings.table import TABLE
from tests.deployment import sam, terraform

NAMES = {setting.name for setting in TABLE}
CREDENTIALS = {name for kind in KINDS for name in (*kind.needed, *kind.optional)}
"""In the secret, on Lambda; the agency stands for them on FunctionGraph."""
OF_LAMBDA = {"HUAWEICLOUD_SECRET_ARN"}
SECRET = {"WEBHOOK_SECRETS"}


def fixed(settings: dict[str, object]) -> dict[str, object]:
    """Return the settings that are written out and not left to who deploys."""
    return {
        name: text
        for name, text in settings.items()
        if isinstance(text, str) and not text.startswith("${")
    }


def test_on_lambda_every_setting_that_is_read_is_set() -> None:
    """But for those in the secret; and none that is not read."""
    assert set(sam.environment()) == NAMES - CREDENTIALS - SECRET


def test_on_functiongraph_every_setting_that_is_read_is_set() -> None:
    """But for the agency's; and none that is not read."""
    assert set(terraform.LOCALS["settings"]) == NAMES - CREDENTIALS - SECRET - OF_LAMBDA
    assert set(terraform.LOCALS["secrets"]) == SECRET


def test_what_they_fix_is_the_same() -> None:
    """Number by number."""
    assert fixed(sam.environment()) == fixed(terraform.LOCALS["settings"])


def test_what_they_fix_is_what_the_code_would_have_had() -> None:
    """So that one sees what there is to change, and has changed nothing yet."""
    defaults = {row.name: row.default for row in TABLE}
    reads = {row.name: row.read for row in TABLE}
    set_to = fixed(sam.environment())

    assert {name: reads[name](str(text)) for name, text in set_to.items()} == {
        name: defaults[name] for name in set_to
    }


def test_the_functions_are_the_same() -> None:
    """What they are for, how much memory they have and how much time."""
    function = terraform.function()
    ours = {
        each["handler"]: each["description"]
        for each in terraform.LOCALS["functions"].values()
    }
    theirs = {
        each["Handler"].removeprefix("functions."): each["Description"]
        for each in sam.functions().values()
    }

    assert ours == theirs
    for each in sam.functions().values():
        assert (each["MemorySize"], each["Timeout"]) == (
            function["memory_size"],
            function["timeout"],
        )
