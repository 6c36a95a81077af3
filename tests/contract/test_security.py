"""SECURITY.md claims nothing that no test holds."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
TEST = r"(tests/[\w/]+\.py)::(test_\w+)"
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


def test_every_test_that_it_names_exists() -> None:
    """In the file that it names; no mention is missed for its form."""
    named = re.findall(rf"`{TEST}`", PAGE)
    assert len(named) == PAGE.count("::")
    assert [each for each in named if each[1] not in _tests(each[0])] == []


def test_every_claim_is_held_by_a_test() -> None:
    """Each row of each table has a claim, and names one or more tests and no more."""
    assert ROWS
    for lease, held_by in ROWS:
        assert lease.endswith(".")
        assert re.fullmatch(rf"`{TEST}`(, `{TEST}`)*", held_by), lease


def test_it_names_nobody() -> None:
    """A report goes by the repository itself."""
    assert "@" not in PAGE
    assert "://" not in PAGE.replace("`http://`", "")
