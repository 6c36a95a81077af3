"""The commands of the documents that need no account, pasted into a shell."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from functions import contracts
from tests import snippets
from tests.emulator import Emulator
from tests.snippets import ROOT, each_shell

ENVIRONMENT = {"PATH": os.environ["PATH"], "NO_PROXY": "127.0.0.1"}
MAKE = (
    "make() { command make --no-print-directory -o .venv/run/ready"
    f' RUN={sys.executable} "$@"; }}\n'
)
"""Replaces the virtual environment of the commands with this interpreter."""
ADDRESS = "127.0.0.1:8080"
TABLE = snippets.block("README.md", "text", "accelerator")


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    """Return a running emulator, in place of the one in the second shell."""
    with Emulator() as emulator:
        yield emulator


def _run(shell: str, script: str, cloud: Emulator) -> str:
    """Run commands against an emulator, and return what they print."""
    ours = script.replace(ADDRESS, urlsplit(cloud.url).netloc)
    done = snippets.run(shell, MAKE + ours, ROOT, ENVIRONMENT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@each_shell
def test_the_first_commands_print_what_the_readme_shows(
    shell: str, cloud: Emulator
) -> None:
    """`make run` creates and finds; `make reconcile` adds rows to the table."""
    first = snippets.block("README.md", "sh", "make run")
    without_tests = re.sub("^make test .*\n", "", first, flags=re.MULTILINE)
    assert without_tests != first
    lines = iter(_run(shell, without_tests, cloud).splitlines())
    assert "functions.bootstrap.handler calls:" in lines
    assert "The same event again:" in lines
    assert all(line in lines for line in TABLE.splitlines())  # in this order
    assert next(lines, None) is None


@each_shell
def test_the_commands_for_a_running_emulator_do_what_their_comments_say(
    shell: str, cloud: Emulator
) -> None:
    """The changes are made and then planned no more; the failed attempt is retried."""
    output = _run(shell, snippets.block("README.md", "sh", ADDRESS), cloud)
    assert "\napplied: 2 create; 8 skipped; 3 unchanged\n" in output
    plan, _ = json.JSONDecoder().raw_decode(output, output.index('{\n  "applied"'))
    contracts.check("reconcile.result", plan)
    assert plan["changes"] == []
    assert " 2 off, 1 pending, 1 several, 5 shipping;" in output
    attempts = re.findall('"CreateLogStream", "attempt": ([0-9])', output)
    assert attempts == ["1", "2"]
    assert output.endswith('"created": [\n    "log_stream",\n    "logtank"\n  ]\n}\n')


@pytest.mark.parametrize(
    "block",
    [
        each
        for each in snippets.blocks("tests/README.md", "sh")
        if "/_emulator/" in each
    ],
    ids=lambda block: block.split("/_emulator/")[1].split()[0],
)
def test_the_emulator_accepts_the_documented_faults_seeds_and_options(
    cloud: Emulator, block: str
) -> None:
    """Each command is answered with what it added, or with the new state."""
    output = _run("sh", block.replace("curl ", "curl -sS --fail-with-body "), cloud)
    assert output.startswith("{")


def test_the_documented_help_of_the_emulator_lists_the_documented_options() -> None:
    """The options of the reset commands are options of the program, with dashes."""
    page = (ROOT / "tests/README.md").read_text("utf-8")
    words = ["tests.emulator", "--help"]
    assert f"`.venv/run/bin/python -m {' '.join(words)}`" in page
    done = snippets.run(
        "sh", f"{sys.executable} -m {' '.join(words)}", ROOT, ENVIRONMENT
    )
    resets = re.findall("/reset -d '(.*)'", page)
    options = {name for each in resets for name in json.loads(each)}
    assert options
    for option in options:
        assert f"--{option.replace('_', '-')}" in done.stdout


def test_the_table_of_the_readme_lacks_as_many_rows_as_it_says(cloud: Emulator) -> None:
    """The example account has four more listeners than the README shows."""
    output = _run("sh", "make reconcile", cloud)
    assert len(output.splitlines()) == len(TABLE.splitlines()) + 4
