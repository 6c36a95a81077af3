"""The bundle under test: built once, and unpacked from its archive."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / ".venv/awslambdaric/bin/python"
"""Has AWS's runtime client, and none of the libraries that the bundle brings."""


def _asked(setting: str) -> str:
    """Return what a variable of the Makefile is set to."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    found = re.search(rf"^{setting} *= (\S+)$", makefile, re.MULTILINE)
    assert found is not None
    return found[1]


TARGET = _asked("VERSION")
ARCHITECTURE = _asked("ARCH")


def asked_of_runtime(program: str) -> str:
    """Return what a program prints that knows the standard library alone."""
    done = subprocess.run(  # noqa: S603 # our own words
        [RUNTIME, "-I", "-S", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def version_at_hand() -> str:
    """Return the version of Python that the bundle is run with here."""
    return asked_of_runtime("import sys; print('%d.%d' % sys.version_info[:2])")


def build(to: Path, version: str, architecture: str = ARCHITECTURE) -> str:
    """Build `to`/bundle and `to`/bundle.zip as `make build` does; return its words."""
    words = ("--version", version, "--arch", architecture)
    where = ("--to", str(to / "bundle"), "--archive", str(to / "bundle.zip"))
    done = subprocess.run(  # noqa: S603 # our own words
        [sys.executable, "-m", "tests.commands.build", *words, *where],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def unpacked(archive: Path, to: Path) -> Path:
    """Return the folder that an archive was unpacked to."""
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(to)
    return to
