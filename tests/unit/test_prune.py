"""Logtanks whose listener is gone are deleted only on request, and with care."""

from __future__ import annotations

import pytest

from functions.huaweicloud.ga import Logtank
from functions.provisioning import plan
from functions.provisioning.plan import decide
from functions.provisioning.survey import Selection
from tests.unit.surveys import listener, planned, stream, survey, tank, wanted

ORPHAN = tank("t", "gone")
EVERYTHING, NAMED = Selection(), Selection(frozenset({"gone"}))
OTHERS = Selection(frozenset({"l"}))
BY_TAG = Selection(tags=(("k", None),))


@pytest.mark.parametrize(
    ("selection", "prune", "any_listener", "deleted", "reasons"),
    [
        (EVERYTHING, True, True, ["delete gone t"], {}),
        (EVERYTHING, False, True, [], {"gone": plan.ORPHANED}),
        (EVERYTHING, True, False, [], {"gone": plan.NO_LISTENERS}),
        (NAMED, True, True, ["delete gone t"], {}),
        (NAMED, False, True, [], {"gone": plan.ORPHANED}),
        (NAMED, True, False, [], {"gone": plan.NO_LISTENERS}),
        (OTHERS, True, True, [], {}),
        (BY_TAG, True, True, [], {}),
    ],
)
def test_an_orphan_is_deleted_only_if_it_is_meant(
    selection: Selection,
    deleted: list[str],
    reasons: dict[str, str],
    *,
    prune: bool,
    any_listener: bool,
) -> None:
    """All listeners or this one must be requested, and some listener be visible."""
    found = survey(
        [], [ORPHAN], gone=["gone"], selection=selection, any_listener=any_listener
    )

    assert planned(found, wanted(prune=prune)) == (deleted, reasons, 0)


@pytest.mark.parametrize(
    ("logtanks", "deleted"),
    [
        ([], []),
        ([tank("t", "gone", status="DELETING")], []),
        (
            [ORPHAN, tank("u", "gone", status="ERROR")],
            ["delete gone t", "delete gone u"],
        ),
    ],
)
def test_every_orphan_is_deleted_unless_that_has_begun(
    logtanks: list[Logtank], deleted: list[str]
) -> None:
    """A requested ID that does not exist and leaves nothing to delete is skipped."""
    found = survey([], logtanks, gone=["gone"], selection=NAMED)

    reasons = {} if deleted else {"gone": plan.GONE}
    assert planned(found, wanted(prune=True)) == (deleted, reasons, 0)


def test_a_gone_listener_is_skipped_once() -> None:
    """Its orphaned logtanks are the reason."""
    found = decide(survey([], [ORPHAN], gone=["gone"], selection=NAMED), wanted())

    (only,) = found.skipped
    assert (only.reason, only.logtanks) == (plan.ORPHANED, (ORPHAN,))


def test_deletions_come_before_creations() -> None:
    """They need no room, and a listener is repointed once its surplus is gone."""
    found = survey([listener("l")], [ORPHAN], gone=["gone"])

    made = planned(found, wanted(prune=True))[0]
    assert made == ["delete gone t", "create l n"]


def test_a_second_plan_is_empty() -> None:
    """What is skipped stays so, and what was changed is unchanged."""
    frozen = listener("f", is_frozen=True)
    before = survey(
        [listener("a"), listener("b"), frozen],
        [tank("t", "b", stream="other"), tank("u", "b", stream="other"), ORPHAN],
        gone=["gone"],
    )
    first = planned(before, wanted(repoint=True, prune=True))
    after = survey(
        [listener("a"), listener("b"), frozen], [tank("v", "a"), tank("t", "b")]
    )

    second = planned(after, wanted(stream(), repoint=True, prune=True))

    reasons = {"f": "the listener is frozen"}
    assert first == (
        ["delete b u", "delete gone t", "create a n", "repoint b t"],
        reasons,
        0,
    )
    assert second == ([], reasons, 2)
