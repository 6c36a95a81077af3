"""The code blocks of the documents, as text that a user can paste."""

from __future__ import annotations

import re
import shutil
import subprocess
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_BLOCK = re.compile("^( *)```(\\w+)\n(.*?)^\\1```$", re.DOTALL | re.MULTILINE)
each_shell = pytest.mark.parametrize(
    "shell",
    [
        pytest.param(
            name,
            marks=pytest.mark.skipif(not shutil.which(name), reason="not installed"),
        )
        for name in ("sh", "bash")
    ],
)


def blocks(page: str, language: str) -> list[str]:
    """Return the blocks of a page in one language, without the indentation of lists."""
    text = (ROOT / page).read_text("utf-8")
    found = _BLOCK.finditer(text)
    return [textwrap.dedent(each[3]) for each in found if each[2] == language]


def block(page: str, language: str, words: str) -> str:
    """Return the one block that contains these words."""
    (found,) = (each for each in blocks(page, language) if words in each)
    return found


def run(
    shell: str, script: str, folder: Path, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a script in a folder, with these environment variables and no others.

    It ends at the first command that fails, and at a variable that is not set.
    """
    return subprocess.run(  # noqa: S603 # the documents' commands
        [shell, "-euc", script],
        cwd=folder,
        env=dict(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
