"""The commands of the documents that need an account: those of the shell, SAM and AWS.

The AWS CLI works with moto's server. Commands of the SAM CLI are compared with its
help, since it would need AWS itself. `obsutil` is not checked.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions.settings.table import TABLE
from tests import snippets
from tests.deployment import moto, sam, terraform
from tests.deployment.moto import Stack
from tests.snippets import ROOT, each_shell

README, REFERENCE = "README.md", "functions/README.md"
PAGES = (README, REFERENCE, "functions/triggers/README.md", "tests/README.md")
BLOCKS = [each for page in PAGES for each in snippets.blocks(page, "sh")]
PLACEHOLDER = re.compile(r"<[\w ]+>")
CLI_2_ONLY = " --cli-binary-format raw-in-base64-out"
"""An option of the AWS CLI 2, which is not a package; version 1 needs none.

Source: *AWS CLI User Guide for Version 2*, "Breaking changes: binary parameters".
"""


@pytest.fixture(scope="module")
def stack(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Return the stack in moto's server."""
    folder = tmp_path_factory.mktemp("moto")
    with moto.serving(folder) as endpoint:
        yield moto.create(endpoint, archive, folder)


def _run(shell: str, script: str, folder: Path, stack: Stack) -> str:
    """Run commands with the AWS CLI, and return what they print."""
    variables = {**moto.variables(stack.endpoint), "PATH": os.environ["PATH"]}
    ours = f'aws() {{ {moto.TOOLS / "aws"} "$@"; }}\n{script.replace(CLI_2_ONLY, "")}'
    done = snippets.run(shell, ours, folder, variables)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0][:60])
@each_shell
def test_a_shell_can_read_the_commands(shell: str, block: str) -> None:
    """Quotes, substitutions and continued lines are complete once values are filled in.

    So they are if the indentation of a list is pasted along.
    """
    text = PLACEHOLDER.sub("value", block)
    for script in (text, re.sub("^", "   ", text, flags=re.MULTILINE)):
        done = subprocess.run(  # noqa: S603 # reads without running
            [shell, "-n"], input=script, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


@each_shell
def test_the_secret_holds_settings_and_can_be_removed(
    shell: str, stack: Stack, tmp_path: Path
) -> None:
    """Its value is a JSON object of settings; no file with it is left."""
    create = snippets.block(README, "sh", "create-secret")
    arn = json.loads(_run(shell, create, tmp_path, stack))["ARN"]
    found = stack.aws("secretsmanager", "get-secret-value", "--secret-id", arn)
    held = json.loads(found["SecretString"])
    remove = re.search("`(aws secretsmanager delete-secret[^`]*)`", _text(README))
    assert remove is not None
    _run(shell, remove[1].replace("\n", " "), tmp_path, stack)

    assert held.keys() <= {row.name for row in TABLE}
    key = held["WEBHOOK_SECRETS"].removeprefix("whsec_")
    assert len(base64.b64decode(key, validate=True)) == 24
    assert re.fullmatch(sam.stack()["Parameters"]["SecretArn"]["AllowedPattern"], arn)
    assert list(tmp_path.iterdir()) == []
    assert stack.aws("secretsmanager", "list-secrets")["SecretList"] == []


@each_shell
def test_the_first_listener_is_sent_to_bootstrap(
    shell: str, stack: Stack, tmp_path: Path
) -> None:
    """The query finds the name of the function, whose response is printed."""
    block = snippets.block(README, "sh", "lambda invoke")
    assert CLI_2_ONLY in block
    script = PLACEHOLDER.sub("78d425da", block) + '\necho "name=$name"'
    output = _run(shell, script, tmp_path, stack)
    assert '"StatusCode": 200' in output
    assert output.endswith(f"name={stack.outputs['BootstrapName']}\n")
    assert (tmp_path / "result.json").exists()


@each_shell
def test_the_mapping_for_failed_events_is_enabled_and_disabled(
    shell: str, stack: Stack, tmp_path: Path
) -> None:
    """The query finds the mapping of `bootstrap`, and the last command disables it."""
    output = _run(shell, snippets.block(REFERENCE, "sh", "retry()"), tmp_path, stack)
    decoder = json.JSONDecoder()
    first, end = decoder.raw_decode(output)
    second = json.loads(output[end:])
    expected = stack.outputs["BootstrapRetry"]
    assert [(each["UUID"], each["State"]) for each in (first, second)] == [
        (expected, "Enabled"),
        (expected, "Disabled"),
    ]


def _sam_commands() -> list[list[str]]:
    """Return the words of each documented command of the SAM CLI."""
    text = re.sub(r"\\\n *", "", _text(README) + _text(REFERENCE))
    found = re.findall("(?:^ *|`)(sam (?:deploy|delete) --[^`\n]*)", text, re.MULTILINE)
    return [shlex.split(PLACEHOLDER.sub("value", each)) for each in found]


def _text(page: str) -> str:
    return (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize("words", _sam_commands(), ids=lambda words: words[1])
def test_the_sam_cli_has_the_options(words: list[str]) -> None:
    """Options are in the help of their command, and parameters in the template."""
    _, command, *rest = words
    described = sam.run("sam", command, "--help").stdout
    options = {each for each in rest if each.startswith("--")}
    assert options <= set(re.findall("--[a-z0-9-]+", described))
    parameters = {each.partition("=")[0] for each in rest if "=" in each}
    assert parameters <= sam.stack()["Parameters"].keys()
    assert len(_sam_commands()) == 2


def test_documented_parameters_and_outputs_of_the_stack_exist() -> None:
    """Every name with a value is a parameter; names after "output" are outputs."""
    text = _text(README) + _text(REFERENCE)
    parameters = set(re.findall("`([A-Z][a-z][A-Za-z]+)=", text))
    outputs = set(re.findall(r"output `([A-Z]\w+)`", text))
    assert len(parameters) > 5
    assert parameters <= sam.stack()["Parameters"].keys()
    assert outputs
    assert outputs <= sam.stack()["Outputs"].keys()


@pytest.mark.parametrize("page", [README, REFERENCE])
def test_documented_variables_of_terraform_exist(page: str) -> None:
    """The names in the last column of the tables about FunctionGraph are declared."""
    section = re.split("^## .*FunctionGraph$", _text(page), flags=re.MULTILINE)[1]
    rows = re.findall(
        r"^\|[^|]*\|([^|]*)\|$", section.partition("\n## ")[0], re.MULTILINE
    )
    names = {
        name.removeprefix("TF_VAR_")
        for row in rows
        for name in re.findall("`((?:TF_VAR_)?[a-z][a-z_]+)(?: = [^`]*)?`", row)
    }
    assert names
    assert names <= terraform.VARIABLES.keys()
