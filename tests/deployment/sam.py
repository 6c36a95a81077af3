"""AWS's tools for the template, which live in an environment of their own."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from typing import Any

from tests.deployment.built import ROOT

TOOLS = ROOT / ".venv/sam/bin"
TEMPLATE = ROOT / "template.yaml"

Properties = dict[str, Any]


def run(tool: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a tool, without credentials and region; return how it ended."""
    kept = {name: text for name, text in os.environ.items() if _is_kept(name)}
    return subprocess.run(  # noqa: S603 # our own words
        [TOOLS / tool, *words],
        cwd=ROOT,
        env={**kept, "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


def _is_kept(name: str) -> bool:
    """Whether a variable says where things are, and not who we are."""
    return name in {"PATH", "HOME", "LANG"} or name.startswith(("PIP_", "SSL_", "VIRT"))


@cache
def stack_text() -> str:
    """Return the stack that the template becomes, as JSON."""
    done = run("python", "-m", "tests.deployment.transform", str(TEMPLATE))
    assert done.returncode == 0, done.stderr
    return done.stdout


def resources(kind: str) -> dict[str, Properties]:
    """Return the properties of all resources of a kind, by their names."""
    found = json.loads(stack_text())["Resources"].items()
    return {name: each["Properties"] for name, each in found if each["Type"] == kind}


def functions() -> dict[str, Properties]:
    """Return the functions."""
    return resources("AWS::Lambda::Function")


def environment() -> dict[str, Any]:
    """Return the environment variables, which are the same for all functions."""
    every = [each["Environment"]["Variables"] for each in functions().values()]
    assert every[1:] == every[:-1]
    found: dict[str, Any] = every[0]
    return found
