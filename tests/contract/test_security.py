"""SECURITY.md claims nothing that no test holds."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
ROWS = [
    line.strip("| ").split(" | ")
    for line in PAGE.splitlines()
    if line.startswith("| ") and line != "| claim | held by |"
]


@cache
def _tests(path: str) -> frozenset[str]:
    """Return the names of the tests in a file."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return frozenset(
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    )


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_every_test_that_it_names_exists(path: str, name: str) -> None:
    """In the file that it names."""
    assert name in _tests(path)


def test_every_claim_is_held_by_a_test() -> None:
    """Each row of each table has a claim, and names one or more tests and no more."""
    one = r"`tests/[\w/]+\.py::test_\w+`"
    assert ROWS
    for row in ROWS:
        claim, held_by = row
        assert claim.endswith(".")
        assert re.fullmatch(f"{one}(, {one})*", held_by), claim


def test_every_mention_of_a_test_is_of_one() -> None:
    """None is missed for being written in another way."""
    assert PAGE.count("::") == len(re.findall(r"`tests/[\w/]+\.py::test_\w+`", PAGE))


def test_it_names_nobody() -> None:
    """A report goes by the repository itself."""
    assert "@" not in PAGE
    assert "://" not in PAGE.replace("`http://`", "")
