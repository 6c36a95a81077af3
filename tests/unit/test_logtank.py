"""A listener gets one logtank, whoever else may be making one."""

from __future__ import annotations

import pytest

from functions.huaweicloud.ga import NewLogtank
from functions.provisioning import logtank
from functions.provisioning.claim import Claim
from tests.unit.script import Line, refusal
from tests.unit.stage import (
    BUSY,
    DELETE_TANK,
    DELETED,
    FAILED,
    LIST_TANKS,
    NO_TANKS,
    POST_TANK,
    TANK_TAKEN,
    THROTTLED,
    Stage,
    described,
    tank,
    tanks,
)

NEW = NewLogtank("LISTENER", "l", "g", "s")
CLAIMED = Claim(1000.0)
UNCLAIMED = Claim()
RIVALLED = Claim(adopted=True)

EARLIER = "2026-01-02T03:04:04Z"
GOING = described(status="DELETING")
GOING_ELSEWHERE = described("x", "there", "DELETING")


@pytest.mark.parametrize(
    ("claim", "lines", "operations", "outcome"),
    [
        (CLAIMED, [tank()], [POST_TANK], ("t", True)),
        (CLAIMED, [THROTTLED, tank()], [POST_TANK] * 2, ("t", True)),
        (UNCLAIMED, [tanks(described())], [LIST_TANKS], ("t", False)),
        (
            UNCLAIMED,
            [THROTTLED, tanks(described())],
            [LIST_TANKS] * 2,
            ("t", False),
        ),
        (
            UNCLAIMED,
            [NO_TANKS, tank(), tanks(described())],
            [LIST_TANKS, POST_TANK, LIST_TANKS],
            ("t", True),
        ),
        (
            UNCLAIMED,
            [tanks(GOING_ELSEWHERE), tank(), NO_TANKS],
            [LIST_TANKS, POST_TANK, LIST_TANKS],
            ("t", True),
        ),
        (
            UNCLAIMED,
            [NO_TANKS, TANK_TAKEN, tanks(described())],
            [LIST_TANKS, POST_TANK, LIST_TANKS],
            ("t", False),
        ),
        (
            CLAIMED,
            [FAILED, tanks(described())],
            [POST_TANK, LIST_TANKS],
            ("t", True),
        ),
        (
            CLAIMED,
            [FAILED, NO_TANKS, tank(), tanks(described())],
            [POST_TANK, LIST_TANKS, POST_TANK, LIST_TANKS],
            ("t", True),
        ),
        (
            UNCLAIMED,
            [NO_TANKS, tank("t"), tanks(described("t"), described("u"))],
            [LIST_TANKS, POST_TANK, LIST_TANKS],
            ("t", True),
        ),
        (
            UNCLAIMED,
            [
                NO_TANKS,
                tank("t"),
                tanks(described("t"), described("u", created_at=EARLIER)),
                DELETED,
            ],
            [LIST_TANKS, POST_TANK, LIST_TANKS, DELETE_TANK],
            ("u", False),
        ),
        (
            UNCLAIMED,
            [NO_TANKS, tank("t"), tanks(described("a")), refusal(404, "GA.9002")],
            [LIST_TANKS, POST_TANK, LIST_TANKS, DELETE_TANK],
            ("a", False),
        ),
        (
            UNCLAIMED,
            [NO_TANKS, tank("t"), tanks(described("a")), BUSY, FAILED, DELETED],
            [LIST_TANKS, POST_TANK, LIST_TANKS, *[DELETE_TANK] * 3],
            ("a", False),
        ),
        (
            UNCLAIMED,
            [NO_TANKS, tank("t"), tanks(described("a", status="DELETING"))],
            [LIST_TANKS, POST_TANK, LIST_TANKS],
            ("t", True),
        ),
        (
            CLAIMED,
            [BUSY, tanks(described())],
            [POST_TANK, LIST_TANKS],
            ("t", False),
        ),
        (
            CLAIMED,
            [BUSY, NO_TANKS, tank(), tanks(described())],
            [POST_TANK, LIST_TANKS, POST_TANK, LIST_TANKS],
            ("t", True),
        ),
        (
            UNCLAIMED,
            [tanks(GOING), NO_TANKS, tank(), tanks(described())],
            [LIST_TANKS, LIST_TANKS, POST_TANK, LIST_TANKS],
            ("t", True),
        ),
        (
            CLAIMED,
            [TANK_TAKEN, NO_TANKS, tanks(described())],
            [POST_TANK, LIST_TANKS, LIST_TANKS],
            ("t", False),
        ),
    ],
)
def test_a_logtank_is_created_or_adopted(
    claim: Claim, lines: list[Line], operations: list[str], outcome: tuple[str, bool]
) -> None:
    """A claim creates at once; others look before and after, and the oldest stays."""
    stage = Stage(*lines)

    ensured = logtank.ensure(NEW, stage.cloud, claim)

    assert (ensured.logtank.id, ensured.created) == outcome
    assert stage.operations == operations


def test_a_young_stream_is_watched_for_about_two_seconds() -> None:
    """Who did not create it gives its creator that time before creating a logtank."""
    stage = Stage(*[NO_TANKS] * 5, tank(), tanks(described()))

    ensured = logtank.ensure(NEW, stage.cloud, RIVALLED)

    assert ensured.created
    assert stage.operations == [*[LIST_TANKS] * 5, POST_TANK, LIST_TANKS]
    assert sum(stage.clock.pauses[:5]) == pytest.approx(2.0)


def test_a_watch_ends_when_the_creators_logtank_shows() -> None:
    """It is adopted as soon as it is seen."""
    stage = Stage(NO_TANKS, NO_TANKS, tanks(described()))

    assert not logtank.ensure(NEW, stage.cloud, RIVALLED).created
    assert stage.operations == [LIST_TANKS] * 3
    assert stage.slept < 2.0


def test_an_old_stream_is_not_watched() -> None:
    """One look is enough where no creator is on its way."""
    stage = Stage(NO_TANKS, tank(), tanks(described()))

    logtank.ensure(NEW, stage.cloud, UNCLAIMED)

    assert stage.slept == 0.0


def test_a_creator_that_took_too_long_looks_again_and_yields() -> None:
    """An answer after the claim's two seconds may have come behind somebody else's."""
    stage = Stage(tank("t"), tanks(described("a")), DELETED, seconds=2.0)

    ensured = logtank.ensure(NEW, stage.cloud, CLAIMED)

    assert (ensured.logtank.id, ensured.created) == ("a", False)
    assert stage.operations == [POST_TANK, LIST_TANKS, DELETE_TANK]


def test_a_claim_that_is_over_looks_first() -> None:
    """A stream made two seconds ago may have its logtank by now."""
    stage = Stage(tanks(described()))

    logtank.ensure(NEW, stage.cloud, Claim(998.0))

    assert stage.operations == [LIST_TANKS]


FRESH = described(created_at="2027-01-15T08:00:00Z")
"""Made in the very second that the cloud's clock shows."""


def test_who_made_one_just_now_looks_again_when_its_second_is_over() -> None:
    """GA tells whole seconds, so an equal of a smaller id may still come."""
    smaller = {**FRESH, "id": "a"}
    stage = Stage(NO_TANKS, tank(), tanks(FRESH), tanks(FRESH, smaller), DELETED)

    assert logtank.ensure(NEW, stage.cloud, UNCLAIMED).logtank.id == "a"
    assert stage.slept == 1.0


def test_who_found_one_just_made_looks_again_as_well() -> None:
    """So that every answer names the one that stays."""
    stage = Stage(tanks(FRESH), tanks({**FRESH, "id": "a"}))

    assert logtank.ensure(NEW, stage.cloud, UNCLAIMED).logtank.id == "a"
    assert stage.slept == 1.0


def test_one_that_has_gone_meanwhile_is_made_again() -> None:
    """What is going counts as busy."""
    stage = Stage(tanks(FRESH), NO_TANKS, NO_TANKS, tank(), tanks(described()))

    assert logtank.ensure(NEW, stage.cloud, UNCLAIMED).created
    assert stage.operations[-2:] == [POST_TANK, LIST_TANKS]


def test_settling_takes_half_of_what_is_left_at_most() -> None:
    """The second look is never given up for the pause before it."""
    stage = Stage(NO_TANKS, tank(), tanks(FRESH), tanks(FRESH), limit=1.0)

    assert logtank.ensure(NEW, stage.cloud, UNCLAIMED).created
    assert stage.slept == 0.5
