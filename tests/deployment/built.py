"""Building the bundle under test, and unpacking its archive."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / ".venv/awslambdaric/bin/python"
"""An interpreter with AWS's runtime client, but none of the bundled libraries."""


def _make_variable(name: str) -> str:
    """Return the value of a variable in the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    found = re.search(rf"^{name} *= (\S+)$", makefile, re.MULTILINE)
    assert found is not None
    return found[1]


TARGET = _make_variable("VERSION")
ARCHITECTURE = _make_variable("ARCH")


def run_in_runtime(program: str) -> str:
    """Return the output of a program that runs with only the standard library."""
    done = subprocess.run(  # noqa: S603 # a fixed command
        [RUNTIME, "-I", "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def runtime_version() -> str:
    """Return the Python version that runs the bundle in these tests."""
    return run_in_runtime("import sys; print('%d.%d' % sys.version_info[:2])")


def build(to: Path, version: str, architecture: str = ARCHITECTURE) -> str:
    """Build `to`/bundle and `to`/bundle.zip as `make build` does; return its output."""
    options = ("--version", version, "--arch", architecture)
    paths = ("--to", str(to / "bundle"), "--archive", str(to / "bundle.zip"))
    done = subprocess.run(  # noqa: S603 # a fixed command
        [sys.executable, "-m", "tests.commands.build", *options, *paths],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def unpacked(archive: Path, to: Path) -> Path:
    """Unpack an archive, and return its folder."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(to)
    return to
