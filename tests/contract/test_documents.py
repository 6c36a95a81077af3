"""The documents match the code: tables, events, commands and paths."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from functions import __version__, contracts, errors
from functions.errors.codes import CODES
from functions.invocation.tasks import TASKS
from functions.settings.table import TABLE

ROOT = Path(__file__).parents[2]
PAGES = {
    name: (ROOT / name).read_text("utf-8")
    for name in (
        "README.md",
        "CHANGELOG.md",
        "functions/README.md",
        "functions/triggers/README.md",
        "schemas/README.md",
        "tests/README.md",
    )
}
README, REFERENCE = PAGES["README.md"], PAGES["functions/README.md"]
each_page = pytest.mark.parametrize("page", PAGES)
MAX_LINES = 250


def _rows(first_cell: str) -> list[str]:
    """Return the rows of the reference table with this first column header."""
    lines = REFERENCE.splitlines()
    start = lines.index(next(x for x in lines if x.startswith(f"| {first_cell} |")))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(line)
    return rows


def _class_tree(
    kind: type[errors.ProvisioningError],
) -> list[type[errors.ProvisioningError]]:
    subclasses = [leaf for each in kind.__subclasses__() for leaf in _class_tree(each)]
    return [kind, *subclasses]


def test_the_settings_table_matches_the_code() -> None:
    """The documented settings are exactly those in the code, in the same order."""
    expected = [
        f"| `{row.name}` | {row.meaning} "
        f"| {f'`{row.default}`' if row.default else ''} |"
        for row in TABLE
    ]
    assert _rows("setting") == expected


def test_the_error_table_matches_the_code() -> None:
    """Each error class is listed with its status, retryability and remedy."""
    branches = {
        "ProvisioningError",
        "CallerFault",
        "Refused",
        "NotProcessed",
        "MaybeProcessed",
    }
    expected = [
        f"| `{kind.__name__}` | {_status(kind)} | {_retryable(kind)} | {kind.remedy} |"
        for kind in _class_tree(errors.ProvisioningError)
        if kind.__name__ not in branches
    ]
    assert sorted(_rows("error")) == sorted(expected)


def test_the_error_code_table_matches_the_code() -> None:
    """Each upstream code is listed with its class and its specific remedy, if any."""
    expected = [
        f"| `{code}` | `{row.kind.__name__}` | {row.remedy or ''} |"
        for code, row in CODES.items()
    ]
    assert _rows("code") == expected


@pytest.mark.parametrize(
    "block",
    [
        each
        for text in PAGES.values()
        for each in re.findall("```json\n(.*?)```", text, re.DOTALL)
    ],
)
def test_json_blocks_are_valid_json(block: str) -> None:
    """Every code block marked as JSON can be parsed."""
    json.loads(block)


def test_the_first_event_is_the_event_of_make_run() -> None:
    """The first event in the README is tests/events/bootstrap.json, and is valid."""
    first = json.loads(re.findall("```json\n(.*?)```", README, re.DOTALL)[0])
    assert first == json.loads((ROOT / "tests/events/bootstrap.json").read_text())
    contracts.check("bootstrap.event", first)


@each_page
def test_each_table_is_complete(page: str) -> None:
    """Every table has a header, and every row has as many cells as the header."""
    prose = re.sub("^```.*?^```", "", PAGES[page], flags=re.DOTALL | re.MULTILINE)
    for table in re.findall(r"(?:^\|.*\n)+", prose, re.MULTILINE):
        header, separator, *rows = table.splitlines()
        assert re.fullmatch(r"\|(-+\|)+", separator)
        assert {row.count(" |") for row in rows} == {header.count(" |")}


@each_page
def test_documented_make_targets_exist(page: str) -> None:
    """Every `make` command on a page has a target in the Makefile."""
    targets = set(
        re.findall("^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )
    assert set(re.findall("make ([a-z]+)", PAGES[page])) <= targets


@each_page
def test_documented_files_exist(page: str) -> None:
    """Every path and every relative link on a page exists."""
    paths = re.findall(r"`((?:functions|schemas|tests)/[\w./-]*)`", PAGES[page])
    links = re.findall(r"\]\((?!https?:|#)([\w./-]+)", PAGES[page])
    found = [ROOT / path for path in paths]
    found += [(ROOT / page).parent / link for link in links]
    assert [path for path in found if not path.exists()] == []


@each_page
def test_linked_sections_exist(page: str) -> None:
    """Every link to a section has a matching heading."""
    for link, section in re.findall(r"\]\(([\w./-]*)#([\w-]+)\)", PAGES[page]):
        target = (ROOT / page).parent / link if link else ROOT / page
        headings = re.findall("^#+ (.*)", target.read_text("utf-8"), re.MULTILINE)
        slugs = {
            re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings
        }
        assert section in slugs


def test_every_sample_event_is_documented() -> None:
    """The page about triggers names the sample of every trigger."""
    names = {path.name for path in (ROOT / "tests/events").iterdir()}
    names -= {f"{name}.json" for name in TASKS}
    page = PAGES["functions/triggers/README.md"]
    assert {name for name in names if f"`{name}`" not in page} == set()


def test_the_readme_is_short() -> None:
    """The reference is kept next to the code that it describes."""
    assert len(README.splitlines()) <= MAX_LINES


def test_versions_agree() -> None:
    """The package, the project and the newest changelog entry have one version."""
    project = re.search(
        '^version = "(.*)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE
    )
    newest = re.search(r"^## \[.*?(\d+\.\d+\.\d+)", PAGES["CHANGELOG.md"], re.MULTILINE)
    assert project is not None
    assert newest is not None
    assert project[1] == newest[1] == __version__


def _status(kind: type[errors.ProvisioningError]) -> str:
    return "the highest" if kind is errors.BatchFailed else str(kind.status)


def _retryable(kind: type[errors.ProvisioningError]) -> str:
    if kind is errors.BatchFailed:
        return "if one is"
    return "yes" if kind.retryable else "no"
