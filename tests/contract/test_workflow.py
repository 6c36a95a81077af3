"""The workflow that checks a fork on GitHub is valid, and covers every Python."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / ".github" / "workflows" / "check.yml"
TEXT = WORKFLOW.read_text("utf-8")
ACTIONLINT = shutil.which("actionlint")


def _schema_check(path: Path) -> subprocess.CompletedProcess[str]:
    """Check a file with the workflow schema that check-jsonschema contains."""
    command = (sys.executable, "-m", "check_jsonschema", "--builtin-schema")
    return subprocess.run(  # noqa: S603 # a fixed command
        [*command, "vendor.github-workflows", str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_workflow_matches_githubs_schema() -> None:
    """GitHub accepts its structure."""
    done = _schema_check(WORKFLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_invalid_workflow_is_rejected(tmp_path: Path) -> None:
    """The schema knows the names of the fields."""
    path = tmp_path / "check.yml"
    path.write_text(TEXT.replace("runs-on:", "run-on:"), "utf-8")
    assert _schema_check(path).returncode == 1


@pytest.mark.skipif(
    not ACTIONLINT,
    reason="actionlint is not installed, so expressions are not checked",
)
def test_actionlint_finds_no_problem() -> None:
    """Expressions, shell commands and the inputs of actions are valid."""
    done = subprocess.run(  # noqa: S603 # a fixed command
        [str(ACTIONLINT), "-no-color", str(WORKFLOW)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_python_from_the_oldest_supported_one_is_checked() -> None:
    """The versions are consecutive, start with the required one, and are strings."""
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    oldest = re.search('requires-python = ">=3.([0-9]+)"', project)
    listed = re.search(r"python: \[(.*)\]", TEXT)
    assert oldest is not None
    assert listed is not None
    versions = listed[1].split(", ")
    first = int(oldest[1])
    expected = [f'"3.{first + place}"' for place in range(len(versions))]
    assert versions == expected
    assert '"3.13"' in versions


def test_the_workflow_runs_the_documented_check_and_may_only_read() -> None:
    """It runs `make check`, has no other permission, and needs no secret."""
    assert re.findall("run: (make [a-z]+)", TEXT) == ["make check"]
    assert re.findall("permissions:\n((?:  .*\n)+)", TEXT) == ["  contents: read\n"]
    assert "secrets." not in TEXT


def test_actions_are_pinned_to_a_major_version() -> None:
    """Only actions of GitHub itself are used, each at a major version."""
    used = re.findall("uses: (.*)", TEXT)
    assert used
    assert all(re.fullmatch("actions/[a-z-]+@v[0-9]+", each) for each in used)
