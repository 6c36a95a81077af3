"""A logtank that cannot be had is an error that tells what is there."""

from __future__ import annotations

import pytest

from functions.errors import (
    AlreadyExists,
    Busy,
    Conflict,
    DeadlineExceeded,
    LogtankFailed,
    NotFound,
    PermissionDenied,
    ProvisioningError,
    QuotaExceeded,
    ServiceFailed,
    UnintelligibleReply,
)
from functions.huaweicloud.ga import NewLogtank
from functions.provisioning import logtank
from functions.provisioning.claim import Claim
from tests.unit.script import Line, refusal
from tests.unit.stage import (
    BUSY,
    FAILED,
    NO_TANKS,
    TANK_TAKEN,
    Stage,
    described,
    tank,
    tanks,
)

NEW = NewLogtank("LISTENER", "l", "g", "s")
CLAIMED = Claim(1000.0)
UNCLAIMED = Claim()
FRESH = described(created_at="2027-01-15T08:00:00Z")
"""Made in the very second that the cloud's clock shows."""


@pytest.mark.parametrize(
    ("claim", "lines", "kind", "made"),
    [
        (UNCLAIMED, [tanks(described("e", "there"))], Conflict, None),
        (CLAIMED, [refusal(404, "GA.9002")], NotFound, None),
        (CLAIMED, [refusal(400, "GA.9103")], QuotaExceeded, None),
        (CLAIMED, [TANK_TAKEN, tanks(described("e", "there"))], Conflict, None),
        (CLAIMED, [FAILED, tanks(described("e", "there"))], Conflict, None),
        (CLAIMED, [FAILED, refusal(403, "x")], ServiceFailed, None),
        (CLAIMED, [tank(status="ERROR")], LogtankFailed, "t"),
        (UNCLAIMED, [tanks(described(status="ERROR"))], LogtankFailed, "t"),
        (UNCLAIMED, [NO_TANKS, tank(), *[FAILED] * 4], ServiceFailed, "t"),
        (
            UNCLAIMED,
            [NO_TANKS, tank("t"), tanks(described("a")), refusal(403, "SYS.0403")],
            ProvisioningError,
            "t",
        ),
    ],
)
def test_a_logtank_that_cannot_be_had_is_an_error_with_what_is_there(
    claim: Claim, lines: list[Line], kind: type[ProvisioningError], made: str | None
) -> None:
    """Errors tell the step, the stream, and the logtank if one was made."""
    stage = Stage(*lines)

    with pytest.raises(kind) as raised:
        logtank.ensure(NEW, stage.cloud, claim)

    assert raised.value.step == "create_logtank"
    assert raised.value.log_stream_id == "s"
    assert raised.value.logtank_id == made
    assert stage.script.spent


def test_a_listener_that_stays_busy_exceeds_the_deadline() -> None:
    """The end comes from the busy answer; GA.9104 with nothing to be found is one."""
    stage = Stage(TANK_TAKEN, NO_TANKS, limit=0.1)

    with pytest.raises(DeadlineExceeded) as raised:
        logtank.ensure(NEW, stage.cloud, CLAIMED)

    assert isinstance(raised.value.__cause__, Busy)
    assert raised.value.__cause__.code == "GA.9104"
    assert isinstance(raised.value.__cause__.__cause__, AlreadyExists)


def test_a_logtank_that_goes_to_the_end_exceeds_the_deadline() -> None:
    """What was found, and by the end of its second was not, is told as gone."""
    stage = Stage(tanks(FRESH), NO_TANKS, limit=0.3)

    with pytest.raises(DeadlineExceeded) as raised:
        logtank.ensure(NEW, stage.cloud, UNCLAIMED)

    assert raised.value.detail == (
        "The function's time ran out: The logtank has just gone"
    )
    assert raised.value.service == "GA"
    assert stage.script.spent


def test_a_younger_logtank_that_cannot_be_removed_is_left_to_the_sender() -> None:
    """The remedy says which of the two is one too many."""
    stage = Stage(NO_TANKS, tank("t"), tanks(described("a")), refusal(403, "SYS.0403"))

    with pytest.raises(PermissionDenied) as raised:
        logtank.ensure(NEW, stage.cloud, UNCLAIMED)

    assert raised.value.remedy == "Delete logtank t: logtank a ships the same log."


def test_all_pages_are_read_and_others_logtanks_left_aside() -> None:
    """Markers are followed; a filter that GA ignored does no harm."""
    others = described("a", resource_id="another")
    stage = Stage(tanks(others, marker="m"), tanks(described()))

    ensured = logtank.ensure(NEW, stage.cloud, UNCLAIMED)

    assert ensured.logtank.id == "t"
    assert ("marker", "m") in stage.script.calls[1].query


def test_a_list_that_turns_in_circles_is_given_up() -> None:
    """At the first page that was there before."""
    stage = Stage(*[tanks(marker="m")] * 2)

    with pytest.raises(UnintelligibleReply) as raised:
        logtank.ensure(NEW, stage.cloud, UNCLAIMED)

    assert raised.value.detail == "GA's list of logtanks has no end"
    assert raised.value.service == "GA"
    assert stage.script.spent


def test_a_list_without_an_end_is_given_up() -> None:
    """After a hundred pages no further one is asked for."""
    stage = Stage(*[tanks(marker=f"m{page}") for page in range(100)])

    with pytest.raises(UnintelligibleReply, match="no end"):
        logtank.ensure(NEW, stage.cloud, UNCLAIMED)

    assert stage.script.spent


def test_a_list_of_more_logtanks_than_a_listener_can_have_is_given_up() -> None:
    """Not all of a hundred full pages is kept in memory."""
    full = [described(f"{number}") for number in range(500)]
    stage = Stage(tanks(*full, marker="a"), tanks(*full, marker="b"))

    with pytest.raises(UnintelligibleReply, match="no end"):
        logtank.ensure(NEW, stage.cloud, UNCLAIMED)

    assert stage.script.spent


def test_a_list_just_short_of_that_is_read_to_its_end() -> None:
    """Up to nine hundred and ninety-nine logtanks are believed."""
    many = [described("z")] * 999
    stage = Stage(tanks(*many, marker="a"), tanks(described("a")))

    assert logtank.ensure(NEW, stage.cloud, UNCLAIMED).logtank.id == "a"
    assert stage.script.spent


def test_a_logtank_that_was_found_is_named_when_the_second_look_fails() -> None:
    """It may be this very call's own, made without an answer."""
    stage = Stage(tanks(FRESH), refusal(403, "SYS.0403"))

    with pytest.raises(PermissionDenied) as raised:
        logtank.ensure(NEW, stage.cloud, UNCLAIMED)

    assert raised.value.logtank_id == "t"
    assert stage.script.spent


def test_a_logtank_made_after_a_wait_is_named_when_time_is_over() -> None:
    """The listener is busy no longer, so the end is not told from that either."""
    stage = Stage(BUSY, NO_TANKS, tank(), seconds=1.0, limit=3.1)

    with pytest.raises(DeadlineExceeded) as raised:
        logtank.ensure(NEW, stage.cloud, CLAIMED)

    assert raised.value.logtank_id == "t"
    assert raised.value.code == "DeadlineExceeded"
    assert stage.script.spent
