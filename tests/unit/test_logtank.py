"""A listener gets one logtank, whoever else may be making one, or an error."""

from __future__ import annotations

import pytest

from functions import errors
from functions.huaweicloud.ga import NewLogtank
from functions.provisioning import logtank
from functions.provisioning.lease import Lease
from functions.provisioning.logtank import EnsuredLogtank
from tests.unit.script import Line, refusal
from tests.unit.stage import (
    BUSY,
    DELETED,
    FAILED,
    NO_TANKS,
    TANK_TAKEN,
    THROTTLED,
    Stage,
    described,
    tank,
    tanks,
)

CLAIMED = Lease(1000.0)
UNCLAIMED = Lease()
RIVALLED = Lease(adopted=True)

MINE, OTHER, ELSEWHERE = described("t"), described("a"), described("e", "there")
HERE = tanks(MINE)
EARLIER = described("u", created_at="2026-01-02T03:04:04Z")
GOING = described("a", status="DELETING")
GOING_ELSEWHERE = described("x", "there", "DELETING")
LATER = described("u")
FRESH = described(created_at="2027-01-15T08:00:00Z")
"""Made in the very second that the cloud's clock shows."""
FRESH_OTHER = {**FRESH, "id": "a"}
FORBIDDEN = refusal(403, "SYS.0403")
GONE = refusal(404, "GA.9002")


def ensured(stage: Stage, lease: Lease = UNCLAIMED) -> EnsuredLogtank:
    """Return what making sure of the listener's logtank comes to."""
    new = NewLogtank("LISTENER", "l", "g", "s")
    return logtank.ensure(new, stage.cloud, lease)


def failure(stage: Stage, lease: Lease = UNCLAIMED) -> errors.ProvisioningError:
    """Return the error that it comes to, at the end of the script."""
    with pytest.raises(errors.ProvisioningError) as raised:
        ensured(stage, lease)
    assert stage.script.spent
    return raised.value


def course(stage: Stage, lease: Lease = UNCLAIMED) -> str:
    """Return what is done with logtanks, call by call, and what it comes to."""
    found = ensured(stage, lease)
    calls = " ".join(name.partition("Logtank")[0] for name in stage.operations)
    return f"{calls}: {'made' if found.created else 'found'} {found.logtank.id}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([tank()], "Create: made t"),
        ([THROTTLED, tank()], "Create Create: made t"),
        ([FAILED, HERE], "Create List: made t"),
        ([FAILED, NO_TANKS, tank(), HERE], "Create List Create List: made t"),
        ([BUSY, HERE], "Create List: found t"),
        ([BUSY, NO_TANKS, tank(), HERE], "Create List Create List: made t"),
        ([TANK_TAKEN, NO_TANKS, HERE], "Create List List: found t"),
    ],
)
def test_with_a_claim_a_logtank_is_created_at_once(
    lines: list[Line], expected: str
) -> None:
    """It is good for one attempt: after an unknown outcome, or a wait, it looks."""
    assert course(Stage(*lines), CLAIMED) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([HERE], "List: found t"),
        ([THROTTLED, HERE], "List List: found t"),
        ([tanks(GOING_ELSEWHERE), tank(), NO_TANKS], "List Create List: made t"),
        ([NO_TANKS, TANK_TAKEN, HERE], "List Create List: found t"),
        ([NO_TANKS, tank(), tanks(MINE, LATER)], "List Create List: made t"),
        ([NO_TANKS, tank(), tanks(GOING)], "List Create List: made t"),
        ([tanks(GOING), NO_TANKS, tank(), HERE], "List List Create List: made t"),
        (
            [NO_TANKS, tank(), tanks(MINE, EARLIER), DELETED],
            "List Create List Delete: found u",
        ),
        ([NO_TANKS, tank(), tanks(OTHER), GONE], "List Create List Delete: found a"),
        (
            [NO_TANKS, tank(), tanks(OTHER), BUSY, FAILED, DELETED],
            "List Create List Delete Delete Delete: found a",
        ),
    ],
)
def test_without_a_claim_it_is_looked_before_and_after(
    lines: list[Line], expected: str
) -> None:
    """What is there is adopted; of two that were made the oldest stays."""
    assert course(Stage(*lines)) == expected


def test_a_claim_that_is_over_is_none() -> None:
    """A stream made two seconds ago may have its logtank by now."""
    assert course(Stage(HERE), Lease(998.0)) == "List: found t"


WAITS: dict[str, tuple[Lease, list[Line], str, float]] = {
    "the creator of a young stream is left two seconds": (
        RIVALLED,
        [*[NO_TANKS] * 5, tank(), HERE],
        "t",
        2.0,
    ),
    "the creator's logtank is adopted as soon as it shows": (
        RIVALLED,
        [NO_TANKS, NO_TANKS, HERE],
        "t",
        0.75,
    ),
    "an old stream is not watched": (UNCLAIMED, [NO_TANKS, tank(), HERE], "t", 0.0),
    "who made one looks again when its second is over, as a smaller id may come": (
        UNCLAIMED,
        [NO_TANKS, tank(), tanks(FRESH), tanks(FRESH, FRESH_OTHER), DELETED],
        "a",
        1.0,
    ),
    "who found one just made looks again as well": (
        UNCLAIMED,
        [tanks(FRESH), tanks(FRESH_OTHER)],
        "a",
        1.0,
    ),
    "one that has gone meanwhile counts as busy and is made again": (
        UNCLAIMED,
        [tanks(FRESH), NO_TANKS, NO_TANKS, tank(), HERE],
        "t",
        1.2,
    ),
}


@pytest.mark.parametrize(
    ("lease", "lines", "found", "slept"), WAITS.values(), ids=WAITS
)
def test_others_are_given_time_to_show_theirs(
    lease: Lease, lines: list[Line], found: str, slept: float
) -> None:
    """Creators have two seconds, and GA's own second must be over: it tells no less."""
    stage = Stage(*lines)

    assert ensured(stage, lease).logtank.id == found
    assert stage.script.spent
    assert stage.slept == slept


def test_a_creator_that_took_too_long_looks_again_and_yields() -> None:
    """An answer after the claim's two seconds may have come behind somebody else's."""
    stage = Stage(tank(), tanks(OTHER), DELETED, seconds=2.0)

    assert course(stage, CLAIMED) == "Create List Delete: found a"


def test_settling_takes_half_of_what_is_left_at_most() -> None:
    """The second look is never given up for the pause before it."""
    stage = Stage(NO_TANKS, tank(), tanks(FRESH), tanks(FRESH), limit=1.0)

    assert ensured(stage).created
    assert stage.slept == 0.5


@pytest.mark.parametrize(
    ("lease", "lines", "kind", "made"),
    [
        (UNCLAIMED, [tanks(ELSEWHERE)], errors.Conflict, None),
        (CLAIMED, [GONE], errors.NotFound, None),
        (CLAIMED, [TANK_TAKEN, tanks(ELSEWHERE)], errors.Conflict, None),
        (CLAIMED, [FAILED, tanks(ELSEWHERE)], errors.Conflict, None),
        (CLAIMED, [FAILED, FORBIDDEN], errors.ServiceFailed, None),
        (CLAIMED, [tank(status="ERROR")], errors.LogtankFailed, "t"),
        (UNCLAIMED, [tanks({**MINE, "status": "ERROR"})], errors.LogtankFailed, "t"),
        (UNCLAIMED, [NO_TANKS, tank(), *[FAILED] * 4], errors.ServiceFailed, "t"),
        (UNCLAIMED, [tanks(FRESH), FORBIDDEN], errors.PermissionDenied, "t"),
    ],
)
def test_a_logtank_that_cannot_be_had_is_an_error_with_what_is_there(
    lease: Lease,
    lines: list[Line],
    kind: type[errors.ProvisioningError],
    made: str | None,
) -> None:
    """Errors tell the step, the stream, and the logtank if one was made or found."""
    error = failure(Stage(*lines), lease)

    assert isinstance(error, kind)
    assert (error.step, error.log_stream_id) == ("create_logtank", "s")
    assert error.logtank_id == made


def test_a_younger_logtank_that_cannot_be_removed_is_left_to_the_sender() -> None:
    """The remedy says which of the two is one too many."""
    error = failure(Stage(NO_TANKS, tank(), tanks(OTHER), FORBIDDEN))

    assert isinstance(error, errors.PermissionDenied)
    assert error.remedy == "Delete logtank t: logtank a ships the same log."
    assert error.logtank_id == "t"


def test_a_listener_that_stays_busy_exceeds_the_deadline() -> None:
    """The end comes from the busy answer; GA.9104 with nothing to be found is one."""
    error = failure(Stage(TANK_TAKEN, NO_TANKS, limit=0.1), CLAIMED)

    assert isinstance(error, errors.DeadlineExceeded)
    assert isinstance(error.__cause__, errors.Busy)
    assert error.__cause__.code == "GA.9104"
    assert isinstance(error.__cause__.__cause__, errors.AlreadyExists)


def test_a_logtank_that_goes_to_the_end_exceeds_the_deadline() -> None:
    """What was found, and by the end of its second was not, is told as gone."""
    error = failure(Stage(tanks(FRESH), NO_TANKS, limit=0.3))

    assert isinstance(error, errors.DeadlineExceeded)
    assert error.detail == "The function's time ran out: The logtank has just gone"
    assert error.service == "GA"


def test_a_logtank_made_after_a_wait_is_named_when_time_is_over() -> None:
    """The listener is busy no longer, so the end is not told from that either."""
    error = failure(Stage(BUSY, NO_TANKS, tank(), seconds=1.0, limit=3.1), CLAIMED)

    assert isinstance(error, errors.DeadlineExceeded)
    assert (error.logtank_id, error.code) == ("t", "DeadlineExceeded")


def test_all_pages_are_read_and_others_logtanks_left_aside() -> None:
    """Markers are followed; a filter that GA ignored does no harm."""
    others = described("a", resource_id="another")
    stage = Stage(tanks(others, marker="m"), HERE)

    assert ensured(stage).logtank.id == "t"
    assert ("marker", "m") in stage.script.calls[1].query


FULL = [described(f"{number}") for number in range(500)]


@pytest.mark.parametrize(
    "pages",
    [
        [tanks(marker="m")] * 2,
        [tanks(marker=f"m{page}") for page in range(100)],
        [tanks(*FULL, marker="a"), tanks(*FULL, marker="b")],
    ],
    ids=["it turns in circles", "a hundred pages", "a thousand logtanks"],
)
def test_a_list_without_an_end_is_given_up(pages: list[Line]) -> None:
    """No further page is asked for, and no listener has so many logtanks."""
    error = failure(Stage(*pages))

    assert isinstance(error, errors.UnintelligibleReply)
    assert error.detail == "GA's list of logtanks has no end"
    assert error.service == "GA"


def test_a_list_just_short_of_that_is_read_to_its_end() -> None:
    """Up to nine hundred and ninety-nine logtanks are believed."""
    stage = Stage(tanks(*[described("z")] * 999, marker="a"), tanks(OTHER))

    assert ensured(stage).logtank.id == "a"
    assert stage.script.spent
