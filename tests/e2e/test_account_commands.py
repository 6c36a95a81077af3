"""`make status` and `make reconcile`, run as a user runs them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from functions import contracts
from tests.commands.account import EXAMPLE
from tests.emulator import Emulator

ROOT = Path(__file__).parents[2]
STATES = ("shipping", "off", "several", "failed", "deleting", "broken", "pending")
"""All states of listeners that exist."""


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    """Return a running emulator with the example account."""
    with Emulator() as emulator:
        emulator.seed(**json.loads(EXAMPLE.read_text("utf-8")))
        yield emulator


def _run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one of the commands."""
    return subprocess.run(  # noqa: S603 # a fixed command
        [sys.executable, "-m", f"tests.commands.{name}", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_status_shows_the_example_account_in_all_states() -> None:
    """Without a running emulator, the account is that of the README."""
    done = _run("status")
    assert (done.returncode, done.stderr) == (0, "")
    head, *rows, empty, counts = done.stdout.splitlines()
    assert head.split() == ["listener", "accelerator", "state", "stream", "reason"]
    assert empty == ""
    assert counts.startswith("12 listeners: ")
    assert counts.endswith("; 1 orphaned logtank")
    assert len(rows) == 13
    assert all(f" {state}" in counts for state in STATES)


def test_reconcile_plans_then_applies_and_then_has_nothing_to_do(
    cloud: Emulator,
) -> None:
    """Only APPLY=1 changes something, and what it does is what the plan shows."""
    words = ("--cloud", cloud.url)
    before = cloud.logtanks
    plan = _run("reconcile", *words)
    assert cloud.logtanks == before
    applied = _run("reconcile", *words, "--apply", "1")
    assert len(cloud.logtanks) == len(before) + 2
    again = _run("reconcile", *words, "--apply", "1")
    outputs = [plan.stdout, applied.stdout, again.stdout]
    assert [text.splitlines()[-1].partition(";")[0] for text in outputs] == [
        "planned: 2 create",
        "applied: 2 create",
        "applied: nothing",
    ]
    assert "create ga-e4f0a9d8…" in plan.stdout
    assert "created ga-e4f0a9d8…" in applied.stdout
    assert plan.returncode == applied.returncode == again.returncode == 0


def test_an_event_selects_listeners_and_repairs(
    cloud: Emulator, tmp_path: Path
) -> None:
    """The event is that of the function; APPLY takes precedence over its field."""
    event = tmp_path / "event.json"
    listener = "c1b7f3a2-0d7e-4b8e-9a35-6e2f8d1c4b90"
    request = {"listeners": {"resource_ids": [listener]}, "repoint": True}
    event.write_text(json.dumps(request | {"apply": True}))
    done = _run("reconcile", "--cloud", cloud.url, "--apply", "0", str(event))
    _, row, _, _, counts = done.stdout.splitlines()
    assert row.endswith("repoint to ga-c1b7f3a2…")
    assert counts == "planned: 1 repoint; 0 skipped; 0 unchanged"


@pytest.mark.parametrize("name", ["status", "reconcile"])
def test_the_result_can_be_printed_for_programs(cloud: Emulator, name: str) -> None:
    """The output is the JSON document of the function alone."""
    done = _run(name, "--cloud", cloud.url, "--output", "json")
    contracts.check(f"{name}.result", json.loads(done.stdout))


def test_a_failed_change_is_shown_in_the_table(cloud: Emulator) -> None:
    """The error follows the table, and the exit status is 1."""
    cloud.fail(
        {"operation": "CreateLogStream", "times": None, "status": 403, "body": {}}
    )
    done = _run("reconcile", "--cloud", cloud.url, "--apply", "1")
    assert done.returncode == 1
    assert "create ga-e4f0a9d8… failed: PermissionDenied" in done.stdout
    assert "\napplied: nothing; 2 failed; " in done.stdout
    assert done.stdout.splitlines()[-1].startswith("BatchFailed: ")


@pytest.mark.parametrize("name", ["status", "reconcile"])
def test_an_error_before_any_change_is_printed_as_its_document(
    cloud: Emulator, name: str
) -> None:
    """Nothing can be shown of an account that cannot be listed."""
    cloud.fail({"operation": "ListListeners", "times": None, "status": 403, "body": {}})
    done = _run(name, "--cloud", cloud.url)
    assert done.returncode == 1
    assert json.loads(done.stdout)["code"] == "PermissionDenied"


def test_progress_is_shown_on_a_terminal_only(cloud: Emulator) -> None:
    """The count of calls is rewritten in one line, and removed at the end."""
    ours, theirs = pty.openpty()
    done = subprocess.run(  # noqa: S603 # a fixed command
        [sys.executable, "-m", "tests.commands.status", "--cloud", cloud.url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=True,
        timeout=60,
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "\r\x1b[K1 calls" in shown
    assert shown.endswith("\r\x1b[K")
    assert b"calls" not in done.stdout
