"""The tables of `make status` and `make reconcile`, from values."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.account_table import (
    reconcile_counts,
    reconcile_table,
    status_counts,
    status_table,
)

SHOP = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
BLOG = "15c9e3a78d4f4b62a07ed1f5b9c8e240"
GONE = "99999999-9999-4999-8999-999999999999"
LOGTANK = {
    "logtank_id": "ac1bf54f-6a23-4074-af77-800648d25bc8",
    "status": "ACTIVE",
    "log_group_id": "0b43cca4-a11a-4444-8ac5-2feee53a48ab",
    "log_stream_id": "43afe287-2a2d-4bf2-a67d-8a027b9ed80c",
}
STATUS: dict[str, Any] = {
    "listeners": [
        {
            "resource_id": SHOP,
            "listener_name": "shop",
            "accelerator_id": "3d5b1ab6-1b32-4b5c-9f0e-2f3d7f0c9a55",
            "listener_status": "ACTIVE",
            "state": "shipping",
            "logtanks": [LOGTANK | {"log_stream_name": f"ga-{SHOP}"}],
        },
        {"resource_id": BLOG, "state": "gone", "logtanks": []},
    ],
    "orphans": [{"resource_id": GONE, **LOGTANK}],
    "counts": {"gone": 1, "shipping": 1},
}
PLAN: dict[str, Any] = {
    "applied": False,
    "changes": [],
    "skipped": [],
    "unchanged": 0,
}


def _cells(lines: list[str], row: int) -> list[str]:
    """Return the cells of a row, in which two spaces separate them."""
    return [each for each in lines[row].split("  ") if each]


def test_status_has_a_row_for_each_listener_and_orphan() -> None:
    """IDs are cut after eight digits, with or without hyphens, and names are shown."""
    assert status_table(STATUS) == [
        "listener          accelerator  state     stream",
        "shop (78d425da…)  3d5b1ab6…    shipping  ga-78d425da…",
        "15c9e3a7…         -            gone      -",
        "99999999…         -            orphaned  43afe287…",
        "",
        "2 listeners: 1 gone, 1 shipping; 1 orphaned logtank",
    ]


def test_status_shows_reasons_if_there_are_any() -> None:
    """A reason is in a column of its own."""
    broken = STATUS["listeners"][0] | {"reason": "its log stream does not exist"}
    lines = status_table(STATUS | {"listeners": [broken]})
    assert _cells(lines, 0)[-1].strip() == "reason"
    assert _cells(lines, 1)[-1].strip() == "its log stream does not exist"


def test_an_account_without_listeners_is_counted() -> None:
    """The table has only its head."""
    empty: dict[str, Any] = {"listeners": [], "orphans": [], "counts": {}}
    lines = ["listener  accelerator  state  stream", "", "0 listeners"]
    assert status_table(empty) == lines


@pytest.mark.parametrize(
    ("change", "planned", "applied"),
    [
        ({"action": "create"}, "create ga-78d425da…", "created ga-78d425da…"),
        (
            {"action": "repoint", "repointed_from": {}},
            "repoint to ga-78d425da…",
            "repointed to ga-78d425da…",
        ),
        (
            {"action": "delete", "logtank_id": LOGTANK["logtank_id"]},
            "delete logtank ac1bf54f…",
            "deleted logtank ac1bf54f…",
        ),
        (
            {"action": "create", "error": {"code": "LTS.0205"}},
            "create ga-78d425da… failed: LTS.0205",
            "create ga-78d425da… failed: LTS.0205",
        ),
        (
            {"action": "create", "error": None},
            "create ga-78d425da… failed",
            "create ga-78d425da… failed",
        ),
    ],
)
def test_a_change_is_shown_next_to_its_listener(
    change: dict[str, Any], planned: str, applied: str
) -> None:
    """The column says what is planned, what was done, or why it failed."""
    named = {"resource_id": SHOP, "log_stream_name": f"ga-{SHOP}", **change}
    for is_applied, text in ((False, planned), (True, applied)):
        result = PLAN | {"applied": is_applied, "changes": [named]}
        lines = reconcile_table(STATUS, result)
        title = "change" if is_applied else "planned change"
        assert _cells(lines, 0)[-1].strip() == title
        assert _cells(lines, 1)[-1].strip() == text
        assert _cells(lines, 2)[-1].strip() == "-"


def test_an_update_is_shown_next_to_every_listener_of_the_stream() -> None:
    """A stream that listeners share is updated once."""
    update = {"action": "update", "resource_ids": [SHOP, BLOG], "log_stream_name": "s"}
    lines = reconcile_table(STATUS, PLAN | {"changes": [update]})
    assert [_cells(lines, row)[-1].strip() for row in (1, 2)] == ["update s"] * 2


def test_several_texts_of_one_listener_are_joined() -> None:
    """A listener can have a change and be skipped for another reason."""
    delete = {
        "action": "delete",
        "resource_id": SHOP,
        "logtank_id": LOGTANK["logtank_id"],
    }
    skipped = {"resource_id": SHOP, "reason": f"logtank {GONE} fails", "logtanks": []}
    result = PLAN | {"changes": [delete], "skipped": [skipped]}
    text = "delete logtank ac1bf54f…; skipped: logtank 99999999… fails"
    assert _cells(reconcile_table(STATUS, result), 1)[-1].strip() == text


def test_the_counts_of_reconcile_distinguish_failures() -> None:
    """A change that failed is not counted as applied."""
    made = {"action": "create", "resource_id": SHOP, "log_stream_name": "s"}
    result = PLAN | {
        "applied": True,
        "changes": [made, made, made | {"error": {"code": "Busy"}}],
        "skipped": [{}],
        "unchanged": 7,
    }
    counts = "applied: 2 create; 1 failed; 1 skipped; 7 unchanged"
    assert reconcile_counts(result) == counts
    counts = "planned: nothing; 0 skipped; 0 unchanged"
    assert reconcile_counts(PLAN) == counts


def test_one_listener_is_singular() -> None:
    """The line of counts is grammatical."""
    one: dict[str, Any] = {"listeners": [], "counts": {"off": 1}}
    assert status_counts(one) == "1 listener: 1 off"


def test_a_name_cannot_control_the_terminal() -> None:
    """Characters that are not printable are replaced."""
    named = STATUS["listeners"][0] | {"listener_name": "a\x1b[2Jb\n"}
    lines = status_table(STATUS | {"listeners": [named]})
    assert lines[1].startswith("a?[2Jb? (78d425da…)")
