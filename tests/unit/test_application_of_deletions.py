"""Updates and deletions of a plan are applied, each with an outcome of its own."""

from __future__ import annotations

import pytest

from functions import errors
from functions.errors import ProvisioningError
from functions.huaweicloud.ga import Logtank
from functions.huaweicloud.log_groups import Group
from functions.transport.calls import Reply
from tests.unit.scripted_cloud import (
    DELETE_TANK,
    DELETED,
    LIST_STREAMS,
    LIST_TANKS,
    NO_LISTENER,
    OLD,
    ScriptedCloud,
    streams,
    tank,
    tanks,
)
from tests.unit.surveys import listener, survey, wanted
from tests.unit.surveys import tank as logtank
from tests.unit.test_application import (
    EXISTING,
    FORBIDDEN,
    PUT_TANK,
    PUT_TTL,
    applied,
    of,
    summary,
)


def test_updates_and_deletions_come_first() -> None:
    """A listener is repointed once its surplus is gone; the plan's order is kept."""
    there = [
        logtank("t", stream="o"),
        logtank("u", stream="o", created_at="2027-01-01"),
    ]
    listed = [of("l", "t", log_stream_id="o"), of("l", "u", log_stream_id="o")]
    orphan = logtank("x", "gone")
    stage = ScriptedCloud(
        *(Reply(200, {}), streams(OLD, ttl_in_days=30)),
        *(tanks(*listed), DELETED),
        DELETED,
        *(tanks(listed[0]), tank("t", resource_id="l")),
    )
    found = survey([listener("l")], [*there, orphan], gone=["gone"])
    want = wanted(
        EXISTING,
        body={"ttl_in_days": 30},
        repoint=True,
        prune=True,
        update_stream=True,
    )

    outcomes = applied(stage, found, want)

    assert stage.operations == [
        *(PUT_TTL, LIST_STREAMS),
        *(LIST_TANKS, DELETE_TANK),
        DELETE_TANK,
        *(LIST_TANKS, PUT_TANK),
    ]
    assert summary(outcomes) == ["update", "delete", "delete", []]
    update, *_, repointed = outcomes
    assert isinstance(update, dict)
    assert isinstance(repointed, dict)
    assert update["updated"] == ["ttl_in_days"]
    before = {"log_group_id": "g", "log_stream_id": "o"}
    assert repointed["repointed_from"] == before


@pytest.mark.parametrize(
    ("days", "updated", "more"),
    [(30, ["ttl_in_days"], {}), (-1, [], {"differs": ["ttl_in_days"]})],
)
def test_an_update_reports_what_still_differs(
    days: int, updated: list[str], more: dict[str, object]
) -> None:
    """A stream that inherits its retention is compared with its group."""
    inheriting = EXISTING._replace(described={"ttl_in_days": -1})
    found = survey([listener("l")], [logtank("t")])
    want = wanted(
        inheriting,
        body={"ttl_in_days": 30},
        group=Group("g", ttl_in_days=7),
        update_stream=True,
    )
    stage = ScriptedCloud(Reply(200, {}), streams(OLD, ttl_in_days=days))

    (result,) = applied(stage, found, want)

    assert result == {
        "action": "update",
        "resource_ids": ["l"],
        "log_stream_name": "n",
        "log_group_id": "g",
        "log_stream_id": "s",
        "updated": updated,
        **more,
    }


@pytest.mark.parametrize(
    ("listed", "kind", "deleted"),
    [
        ([of("l", "t"), of("l", "u")], None, True),
        ([of("l", "t")], None, False),
        ([of("l", "u")], errors.Conflict, False),
        ([of("l", "t", status="ERROR"), of("l", "u")], errors.Conflict, False),
        ([of("l", "t", log_stream_id="o"), of("l", "u")], errors.Conflict, False),
    ],
)
def test_surplus_is_deleted_only_if_another_logtank_still_ships_the_log(
    listed: list[dict[str, object]],
    kind: type[ProvisioningError] | None,
    *,
    deleted: bool,
) -> None:
    """It is looked at once more, as two runs may prune at once."""
    as_planned = {
        "action": "delete",
        "resource_id": "l",
        "listener_name": "name-l",
        "logtank_id": "u",
    }
    both = [logtank("t"), logtank("u")]
    stage = ScriptedCloud(tanks(*listed), *([DELETED] if deleted else []))

    (outcome,) = applied(
        stage, survey([listener("l")], both), wanted(EXISTING, prune=True)
    )

    if kind is None:
        assert outcome == as_planned
    else:
        assert isinstance(outcome, kind)
        assert (outcome.step, outcome.service) == ("delete_logtank", "GA")
        assert str(outcome) == (
            "Logtank u is not surplus any more (Conflict). Send the event again: the "
            "listener's logtanks have changed."
        )
    assert stage.operations == [LIST_TANKS, *([DELETE_TANK] if deleted else [])]


@pytest.mark.parametrize("answer", [DELETED, NO_LISTENER])
def test_an_orphan_that_is_gone_already_is_no_failure(answer: Reply) -> None:
    """Another run may have pruned it."""
    orphan: list[Logtank] = [logtank("x", "gone")]
    stage = ScriptedCloud(answer)

    found = survey([], orphan, gone=["gone"])
    assert summary(applied(stage, found, wanted(prune=True))) == ["delete"]


def test_an_orphan_that_cannot_be_deleted_is_named() -> None:
    """The step is the deletion."""
    found = survey([], [logtank("x", "gone")], gone=["gone"])

    (error,) = applied(ScriptedCloud(FORBIDDEN), found, wanted(prune=True))

    assert isinstance(error, errors.PermissionDenied)
    assert (error.step, error.logtank_id) == ("delete_logtank", "x")
