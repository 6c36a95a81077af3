"""Every claim in SECURITY.md is covered by a test."""

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
    if line.startswith("| ") and line != "| claim | verified by |"
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


def test_named_tests_exist() -> None:
    """Every test that SECURITY.md names exists in the named file."""
    named = re.findall(rf"`{TEST}`", PAGE)
    assert len(named) == PAGE.count("::")
    assert [each for each in named if each[1] not in _tests(each[0])] == []


def test_every_claim_is_verified_by_a_test() -> None:
    """Each table row has a claim and names at least one test, and nothing else."""
    assert ROWS
    for claim, tests in ROWS:
        assert claim.endswith(".")
        assert re.fullmatch(rf"`{TEST}`(, `{TEST}`)*", tests), claim


def test_the_page_contains_no_contact_addresses() -> None:
    """Vulnerabilities are reported through the repository itself."""
    assert "@" not in PAGE
    assert "://" not in PAGE.replace("`http://`", "")
