"""The README says what the code does: its tables, its event, its commands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from functions import contracts, errors
from functions.errors.codes import CODES
from functions.settings.table import TABLE

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def _rows(first_cell: str) -> list[str]:
    """Return the rows of the README's table that has this first column."""
    lines = README.splitlines()
    start = lines.index(next(x for x in lines if x.startswith(f"| {first_cell} |")))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(line)
    return rows


def _leaves(
    kind: type[errors.ProvisioningError],
) -> list[type[errors.ProvisioningError]]:
    below = [leaf for each in kind.__subclasses__() for leaf in _leaves(each)]
    return [kind, *below]


def test_settings_are_those_that_the_code_reads() -> None:
    """Each row of the table in the code is a row of the README, and no other is."""
    expected = [
        f"| `{row.name}` | {row.meaning} "
        f"| {f'`{row.default}`' if row.default else ''} |"
        for row in TABLE
    ]
    assert _rows("setting") == expected


def test_errors_have_the_remedies_that_the_code_gives() -> None:
    """Each class that can be raised stands there with its status and remedy."""
    branches = {
        "ProvisioningError",
        "CallerFault",
        "Refused",
        "NotProcessed",
        "MaybeProcessed",
    }
    expected = [
        f"| `{kind.__name__}` | {_status(kind)} | {_retryable(kind)} | {kind.remedy} |"
        for kind in _leaves(errors.ProvisioningError)
        if kind.__name__ not in branches
    ]
    assert sorted(_rows("error")) == sorted(expected)


def test_codes_have_the_remedies_that_the_code_gives() -> None:
    """Each of the clouds' codes stands there with its class, and remedy if its own."""
    expected = [
        f"| `{code}` | `{row.kind.__name__}` | {row.remedy or ''} |"
        for code, row in CODES.items()
    ]
    assert _rows("code") == expected


@pytest.mark.parametrize("block", re.findall("```json\n(.*?)```", README, re.DOTALL))
def test_blocks_of_json_are_json(block: str) -> None:
    """What is shown as JSON can be copied as JSON."""
    json.loads(block)


def test_the_first_event_is_the_one_that_make_run_sends() -> None:
    """The event shown first is tests/events/bootstrap.json and fits the schema."""
    shown = json.loads(re.findall("```json\n(.*?)```", README, re.DOTALL)[0])
    assert shown == json.loads((ROOT / "tests/events/bootstrap.json").read_text())
    contracts.check("bootstrap.event", shown)


def test_every_make_target_that_it_names_exists() -> None:
    """A command of the README can be typed."""
    targets = set(
        re.findall("^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )
    assert set(re.findall("make ([a-z]+)", README)) <= targets


def test_every_file_that_it_names_exists() -> None:
    """A path of the README leads somewhere."""
    paths = re.findall(r"`((?:functions|schemas|tests)/[\w./-]*)`", README)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_sample_event_is_named() -> None:
    """A reader finds the file for the trigger at hand."""
    names = {path.name for path in (ROOT / "tests/events").iterdir()}
    assert {name for name in names if f"`{name}`" not in README} == set()


def _status(kind: type[errors.ProvisioningError]) -> str:
    return "the highest" if kind is errors.BatchFailed else str(kind.status)


def _retryable(kind: type[errors.ProvisioningError]) -> str:
    if kind is errors.BatchFailed:
        return "if one is"
    return "yes" if kind.retryable else "no"
