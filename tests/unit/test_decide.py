"""What to change in an account is decided from values, listener by listener."""

from __future__ import annotations

from typing import Any

import pytest

from functions.huaweicloud.ga import Logtank
from functions.huaweicloud.log_groups import Group
from functions.provisioning import plan
from functions.provisioning.plan import Wanted, decide
from tests.unit.surveys import (
    changes,
    listener,
    planned,
    skipped,
    stream,
    survey,
    tank,
    wanted,
)

HERE, THERE = tank("t"), tank("t", stream="other")
LATER = "2026-01-02T03:04:06Z"
SURPLUS = tank("u", created_at=LATER)
SURPLUS_THERE = tank("u", stream="other", created_at=LATER)
EXISTING = stream(ttl_in_days=7, tag={"k": "v"})
SEVEN: dict[str, object] = {"ttl_in_days": 7}
THIRTY: dict[str, object] = {"ttl_in_days": 30}
ELSEWHERE = "it ships to stream other of group g, and repoint was not requested"


@pytest.mark.parametrize(
    ("logtanks", "want", "expected"),
    [
        ([], wanted(), ["create l n"]),
        ([], wanted(EXISTING), ["create l n"]),
        ([], wanted(update_stream=True), ["create l n"]),
        ([HERE], wanted(EXISTING), []),
        ([tank("t", status="PENDING")], wanted(EXISTING), []),
        ([THERE], wanted(EXISTING, repoint=True), ["repoint l t"]),
        ([THERE], wanted(repoint=True), ["repoint l t"]),
        ([HERE], wanted(EXISTING, body=SEVEN, update_stream=True), []),
        ([HERE], wanted(EXISTING, body=THIRTY, update_stream=True), ["update l n"]),
        (
            [THERE],
            wanted(EXISTING, body=THIRTY, update_stream=True, repoint=True),
            ["update l n", "repoint l t"],
        ),
        (
            [],
            wanted(EXISTING, body=THIRTY, update_stream=True),
            ["update l n", "create l n"],
        ),
        ([HERE, SURPLUS], wanted(EXISTING, prune=True), ["delete l u"]),
        ([SURPLUS, HERE], wanted(EXISTING, prune=True), ["delete l u"]),
        (
            [THERE, SURPLUS_THERE],
            wanted(EXISTING, prune=True, repoint=True),
            ["delete l u", "repoint l t"],
        ),
        ([tank("x", stream="other", status="DELETING")], wanted(), ["create l n"]),
        ([HERE, tank("x", status="DELETING")], wanted(EXISTING), []),
        (
            [tank("x", stream="other", status="DELETING"), THERE],
            wanted(EXISTING, repoint=True),
            ["repoint l t"],
        ),
    ],
)
def test_a_listener_gets_the_changes_that_it_needs(
    logtanks: list[Logtank], want: Wanted, expected: list[str]
) -> None:
    """It ends with one logtank to the wanted stream, and may have that already."""
    found = decide(survey([listener("l")], logtanks), want)

    assert (changes(found), found.skipped) == (expected, [])
    assert found.unchanged == (0 if expected and expected != ["delete l u"] else 1)


@pytest.mark.parametrize(
    ("facts", "logtanks", "want", "reason"),
    [
        ({"status": "PENDING"}, [], wanted(), "the listener is in status PENDING"),
        ({"status": "ERROR"}, [HERE], wanted(), "the listener is in status ERROR"),
        ({"status": None}, [], wanted(), "the listener is in status None"),
        ({"is_frozen": True}, [], wanted(), "the listener is frozen"),
        ({}, [THERE], wanted(EXISTING), ELSEWHERE),
        ({}, [THERE], wanted(), ELSEWHERE),
        ({}, [HERE, SURPLUS], wanted(EXISTING), plan.SEVERAL),
        ({}, [HERE, THERE._replace(id="u")], wanted(EXISTING), plan.SEVERAL),
        (
            {},
            [HERE, THERE._replace(id="u")],
            wanted(EXISTING, prune=True, repoint=True),
            plan.SEVERAL,
        ),
        (
            {},
            [HERE, tank("u", status="ERROR")],
            wanted(EXISTING, prune=True),
            "logtank u is in status ERROR",
        ),
        (
            {},
            [tank("t", stream="other", status="ERROR")],
            wanted(EXISTING, repoint=True),
            "logtank t is in status ERROR",
        ),
        ({}, [tank("x", status="DELETING")], wanted(EXISTING), plan.BEING_DELETED),
        (
            {},
            [tank("x", status="DELETING"), THERE],
            wanted(EXISTING, repoint=True),
            plan.BEING_DELETED,
        ),
        (
            {},
            [HERE],
            wanted(EXISTING, body=THIRTY),
            "its stream differs in: ttl_in_days",
        ),
        (
            {},
            [HERE],
            wanted(EXISTING, body={**THIRTY, "tags": []}),
            "its stream differs in: ttl_in_days, tags",
        ),
        (
            {},
            [HERE],
            wanted(stream(whether_log_storage=False), update_stream=True),
            plan.STORES_NOTHING,
        ),
        ({}, [], wanted(room=0), plan.NO_ROOM),
        ({}, [THERE], wanted(room=0, repoint=True), plan.NO_ROOM),
    ],
)
def test_a_listener_that_is_skipped_has_a_reason(
    facts: dict[str, Any], logtanks: list[Logtank], want: Wanted, reason: str
) -> None:
    """It is not changed, and the plan names it and its logtanks."""
    found = decide(survey([listener("l", **facts)], logtanks), want)

    assert (found.changes, found.unchanged) == ([], 0)
    assert skipped(found) == {"l": reason}
    assert found.skipped[0].listener_name == "name-l"
    assert found.skipped[0].logtanks == tuple(logtanks)


def test_surplus_is_pruned_even_where_the_listener_ships_elsewhere() -> None:
    """Without repoint, the oldest logtank stays, and the listener is skipped."""
    found = survey([listener("l")], [SURPLUS_THERE, THERE])

    expected = (["delete l u"], {"l": ELSEWHERE}, 0)
    assert planned(found, wanted(EXISTING, prune=True)) == expected


def test_all_but_the_oldest_are_surplus() -> None:
    """Of those created in the same second, the one with the smallest ID stays."""
    found = survey([listener("l")], [tank("c"), SURPLUS, tank("b"), tank("a")])

    plan_ = planned(found, wanted(EXISTING, prune=True))
    assert plan_ == (["delete l c", "delete l u", "delete l b"], {}, 1)


def test_a_shared_stream_is_updated_once() -> None:
    """The update names all listeners that use it."""
    ids = ["a", "b", "c"]
    found = survey(map(listener, ids), [tank(f"t{each}", each) for each in ids])

    want = wanted(EXISTING, body=THIRTY, update_stream=True)
    assert planned(found, want) == (["update a+b+c n"], {}, 0)


@pytest.mark.parametrize(
    ("room", "created", "without"),
    [(3, "abc", ""), (2, "ab", "c"), (1, "a", "bc"), (0, "", "abc"), (-5, "", "abc")],
)
def test_the_oldest_listeners_get_the_room_that_there_is(
    room: int, created: str, without: str
) -> None:
    """The others are skipped and counted; a group may already have too many streams."""
    found = survey([listener("c", 3.0), listener("a", 1.0), listener("b", 2.0)])

    made = decide(found, wanted(name="n-{}", room=room))

    assert changes(made) == [f"create {each} n-{each}" for each in created]
    assert skipped(made) == dict.fromkeys(without, plan.NO_ROOM)
    assert made.does_not_fit == len(without)


def test_a_shared_name_needs_room_once() -> None:
    """A stream that exists needs none."""
    three = survey(map(listener, "abc"))
    expected = [f"create {each} n" for each in "abc"]

    assert planned(three, wanted(room=1)) == (expected, {}, 0)
    assert planned(three, wanted(EXISTING, room=0)) == (expected, {}, 0)


def test_a_listener_that_is_skipped_takes_no_room() -> None:
    """The room is for those that get a stream."""
    found = survey([listener("a", is_frozen=True), listener("b", 2.0)])

    made, left, _ = planned(found, wanted(name="n-{}", room=1))
    assert made == ["create b n-b"]
    assert left == {"a": "the listener is frozen"}


@pytest.mark.parametrize(
    ("group", "body", "differs"),
    [
        (Group("g", ttl_in_days=30), {"ttl_in_days": 30}, None),
        (Group("g", ttl_in_days=7), {"ttl_in_days": 30}, "ttl_in_days"),
        (None, {"ttl_in_days": 30}, None),
        (Group("g", tags={"x": "y"}), {"tags": [{"key": "k", "value": "v"}]}, None),
        (None, {"tags": [{"key": "k", "value": "v"}]}, "tags"),
        (Group("g", tags={"x": "y"}), {"tags": []}, "tags"),
    ],
)
def test_a_comparison_takes_the_group_into_account(
    group: Group | None, body: dict[str, object], differs: str | None
) -> None:
    """A stream may inherit its retention, and it gets its group's tags."""
    existing = stream(ttl_in_days=-1, tag={"k": "v", "x": "y", "_sys_z": "w"})
    found = survey([listener("l")], [HERE])

    want = wanted(existing, body=body, group=group)
    left = planned(found, want)[1]

    assert left == ({"l": f"its stream differs in: {differs}"} if differs else {})
    (created,) = decide(survey([listener("m")]), want).changes
    assert created.differs == ((differs,) if differs else ())


def test_a_change_describes_itself() -> None:
    """An update has the IDs of its listeners, a deletion its logtank."""
    found = survey(
        [listener("l"), listener("m")],
        [THERE, tank("v", "m"), tank("w", "m")],
        streams={"s": EXISTING},
    )
    want = wanted(EXISTING, body=THIRTY, repoint=True, update_stream=True, prune=True)

    documents = [each.as_document() for each in decide(found, want).changes]

    assert documents == [
        {"action": "update", "resource_ids": ["l", "m"], "log_stream_name": "n"},
        {
            "action": "delete",
            "resource_id": "m",
            "listener_name": "name-m",
            "log_stream_name": "n",
            "logtank_id": "w",
        },
        {
            "action": "repoint",
            "resource_id": "l",
            "listener_name": "name-l",
            "log_stream_name": "n",
            "repointed_from": {"log_group_id": "g", "log_stream_id": "other"},
        },
    ]
