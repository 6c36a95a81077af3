"""AWS's tools for template.yaml, installed in a separate environment."""

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


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool without credentials or region, and return the completed process."""
    kept = {name: text for name, text in os.environ.items() if _is_kept(name)}
    return subprocess.run(  # noqa: S603 # a fixed command
        [TOOLS / tool, *arguments],
        cwd=ROOT,
        env={**kept, "SAM_CLI_TELEMETRY": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


def _is_kept(name: str) -> bool:
    """Whether a variable only locates programs or files, and holds no credential."""
    return name in {"PATH", "HOME", "LANG"} or name.startswith(("PIP_", "SSL_", "VIRT"))


@cache
def stack_text() -> str:
    """Return the transformed template (the stack) as JSON."""
    done = run("python", "-m", "tests.deployment.transform", str(TEMPLATE))
    assert done.returncode == 0, done.stderr
    return done.stdout


def resources(kind: str) -> dict[str, Properties]:
    """Return the properties of all resources of one type, by name."""
    found = json.loads(stack_text())["Resources"].items()
    return {name: each["Properties"] for name, each in found if each["Type"] == kind}


def functions() -> dict[str, Properties]:
    """Return the properties of the functions, by name."""
    return resources("AWS::Lambda::Function")


def environment() -> dict[str, Any]:
    """Return the environment variables, which are the same for all functions."""
    variables = [each["Environment"]["Variables"] for each in functions().values()]
    assert variables[1:] == variables[:-1]
    found: dict[str, Any] = variables[0]
    return found
