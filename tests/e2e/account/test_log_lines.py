"""The log lines of `status`, `reconcile` and `delete_logtank`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.account.accounts import (
    IDS,
    ORPHANED_IDS,
    ORPHANS,
    REPAIRS,
    REQUEST,
    plant,
)
from tests.e2e.driving import LISTENER, expect_error, send
from tests.e2e.output import Line, Output
from tests.emulator import Emulator

APPLY: dict[str, object] = {"apply": True}


def lists_in(document: object) -> list[Any]:
    """Return all arrays in a document."""
    if isinstance(document, list):
        return [document]
    found = document.values() if isinstance(document, dict) else ()
    return [each for value in found for each in lists_in(value)]


def last_line(output: Output) -> Line:
    """Return the line that ends the event, which has counts and no lists."""
    line = output.lines()[-1]
    assert lists_in(line) == []
    return line


def assert_one_line_each(lines: list[Line], documents: list[dict[str, Any]]) -> None:
    """Check that each change or skipped listener has a line with all its fields."""
    assert len(lines) == len(documents)
    for document in documents:
        assert any(document.items() <= line.items() for line in lines), document


@pytest.mark.parametrize("repairs", [{}, REPAIRS])
def test_each_planned_change_and_each_skipped_listener_has_a_line(
    cloud: Emulator, output: Output, repairs: dict[str, object]
) -> None:
    """The last line is a warning, so that an alarm can watch a scheduled plan."""
    plant(cloud)
    result = send("reconcile", REQUEST | repairs)
    assert_one_line_each(output.lines("planned"), result["changes"])
    assert_one_line_each(output.lines("skipped"), result["skipped"])
    assert output.lines("applied") == []
    line = last_line(output)
    assert (line["level"], line["message"]) == ("WARNING", "request done")
    assert line["result"] == {
        "applied": False,
        "changes": len(result["changes"]),
        "skipped": len(result["skipped"]),
        "unchanged": result["unchanged"],
    }


def test_each_applied_change_has_a_line(mature: Emulator, output: Output) -> None:
    """It has the IDs of what was created, even if a later change fails."""
    plant(mature)
    result = send("reconcile", REQUEST | REPAIRS | APPLY)
    lines = output.lines("applied")
    assert len(lines) == len(result["changes"])
    for change in result["changes"]:
        created = change.get("logtank_id", change.get("log_stream_id"))
        assert any(
            created in {line.get("logtank_id"), line.get("log_stream_id")}
            and line["action"] == change["action"]
            for line in lines
        )
    assert last_line(output)["level"] == "WARNING"  # for what was skipped


@pytest.mark.parametrize(
    ("event", "level"),
    [({}, "WARNING"), (APPLY, "INFO")],
    ids=["planned, not applied", "applied"],
)
def test_the_last_line_is_a_warning_if_something_is_left_to_do(
    cloud: Emulator, output: Output, event: dict[str, object], level: str
) -> None:
    """An account in order logs no warning."""
    cloud.seed(listeners=[{"id": LISTENER}])
    send("reconcile", event)
    assert last_line(output)["level"] == level
    if level == "INFO":
        send("reconcile", {})
        assert last_line(output)["level"] == "INFO"


def test_a_failed_change_has_a_line_and_the_last_one_has_no_lists(
    mature: Emulator, output: Output
) -> None:
    """The changes that were made have their lines too."""
    plant(mature)
    mature.fail({"operation": "CreateLogtank", "status": 400})
    expect_error("reconcile", REQUEST | APPLY)
    (failed,) = output.lines("change failed")
    assert (failed["level"], failed["action"]) == ("ERROR", "create")
    assert failed["resource_id"] in IDS
    assert failed["error"]["step"] == "create_logtank"
    planned = [id_ for id_, kind in IDS.items() if kind.planned == "create"]
    applied = {line["resource_id"] for line in output.lines("applied")}
    assert applied | {failed["resource_id"]} == set(planned)
    line = last_line(output)
    assert (line["level"], line["message"]) == ("ERROR", "request failed")
    assert line["code"] == "BatchFailed"


def test_a_full_log_group_ends_in_an_error_line_without_lists(
    cloud: Emulator, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each listener that does not fit has a line of its own."""
    monkeypatch.setenv("LOG_STREAMS_PER_GROUP", "1")
    cloud.seed(listeners=[{"count": 4, "id": "{n:032x}"}])
    expect_error("reconcile", APPLY)
    assert len(output.lines("applied")) == 1
    assert len(output.lines("skipped")) == 3
    line = last_line(output)
    assert (line["message"], line["code"]) == ("request failed", "QuotaExceeded")


def test_the_last_line_of_a_status_has_counts(cloud: Emulator, output: Output) -> None:
    """It has the number of listeners in each state, and the number of orphans."""
    plant(cloud)
    result = send("status", {})
    line = last_line(output)
    assert line["result"] == {"counts": result["counts"], "orphans": ORPHANS}
    assert line["level"] == "INFO"


def test_surplus_logtanks_are_warned_of(cloud: Emulator, output: Output) -> None:
    """Whenever they are seen, by any function."""
    plant(cloud)
    for entry in ("status", "reconcile"):
        send(entry, {})
    lines = output.lines("surplus logtanks: the log is shipped more than once")
    assert [line["level"] for line in lines] == ["WARNING"] * 2
    assert {len(line["logtank_ids"]) for line in lines} == {2}


def test_deletions_have_lines_with_all_ids(cloud: Emulator, output: Output) -> None:
    """They say what was deleted, and where it had shipped to."""
    cloud.seed(
        log_streams=[{"log_stream_id": "s"}],
        logtanks=[{"id": "t", "resource_id": LISTENER, "log_stream_id": "s"}],
    )
    event = {"resource_id": LISTENER, "delete_log_stream": True}
    send("delete_logtank", event)
    (tank,), (stream,) = (
        output.lines(message) for message in ("logtank deleted", "log stream deleted")
    )
    assert (tank["logtank_id"], tank["resource_id"]) == ("t", LISTENER)
    assert tank["log_stream_id"] == stream["log_stream_id"] == "s"
    assert stream["log_group_id"] == cloud.log_group_id


def test_a_pruned_orphan_has_a_line(mature: Emulator, output: Output) -> None:
    """It names the listener that does not exist."""
    plant(mature)
    send("reconcile", REQUEST | APPLY | {"prune": True})
    deleted = [each for each in output.lines("applied") if each["action"] == "delete"]
    ids = sorted(each["resource_id"] for each in deleted)
    assert [each for each in ids if each not in IDS] == ORPHANED_IDS
