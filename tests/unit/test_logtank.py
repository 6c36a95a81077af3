"""A listener gets exactly one logtank, even with concurrent callers, or an error."""

from __future__ import annotations

import pytest

from functions import errors
from functions.huaweicloud.ga import NewLogtank
from functions.provisioning import logtank
from functions.provisioning.agreement import Agreed
from functions.provisioning.lease import Lease
from tests.unit.script import LISTENER_ID, Line, refusal
from tests.unit.scripted_cloud import (
    BUSY,
    DELETED,
    FAILED,
    NO_TANKS,
    TANK_TAKEN,
    THROTTLED,
    ScriptedCloud,
    described,
    tank,
    tanks,
)

LEASED = Lease(1000.0)
UNLEASED = Lease()
ADOPTED_STREAM = Lease(adopted=True)

MINE, OTHER, ELSEWHERE = described("t"), described("a"), described("e", "there")
HERE = tanks(MINE)
EARLIER = described("u", created_at="2026-01-02T03:04:04Z")
DELETING = described("a", status="DELETING")
DELETING_ELSEWHERE = described("x", "there", "DELETING")
LATER = described("u")
FRESH = described(created_at="2027-01-15T08:00:00Z")
"""Created in the same second that the cloud's clock shows."""
FRESH_OTHER = {**FRESH, "id": "a"}
FORBIDDEN = refusal(403, "SYS.0403")
GONE = refusal(404, "GA.9002")


def ensure(stage: ScriptedCloud, lease: Lease = UNLEASED) -> Agreed:
    """Ensure that the listener has a logtank, and return the result."""
    new = NewLogtank("LISTENER", LISTENER_ID, "g", "s")
    return logtank.ensure(new, stage.cloud, lease)


def failure(stage: ScriptedCloud, lease: Lease = UNLEASED) -> errors.ProvisioningError:
    """Return the error raised by `ensure`, after the whole script was used."""
    with pytest.raises(errors.ProvisioningError) as raised:
        ensure(stage, lease)
    assert stage.script.spent
    return raised.value


def history(stage: ScriptedCloud, lease: Lease = UNLEASED) -> str:
    """Return the logtank operations in order, followed by the result."""
    found = ensure(stage, lease)
    calls = " ".join(name.partition("Logtank")[0] for name in stage.operations)
    return f"{calls}: {'created' if found.created else 'found'} {found.logtank.id}"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([tank()], "Create: created t"),
        ([THROTTLED, tank()], "Create Create: created t"),
        ([FAILED, HERE], "Create List: created t"),
        ([FAILED, NO_TANKS, tank(), HERE], "Create List Create List: created t"),
        ([BUSY, HERE], "Create List: found t"),
        ([BUSY, NO_TANKS, tank(), HERE], "Create List Create List: created t"),
        ([TANK_TAKEN, NO_TANKS, HERE], "Create List List: found t"),
    ],
)
def test_with_a_lease_a_logtank_is_created_without_listing(
    lines: list[Line], expected: str
) -> None:
    """The lease covers one attempt; after an unknown outcome or a wait, it lists."""
    assert history(ScriptedCloud(*lines), LEASED) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([HERE], "List: found t"),
        ([THROTTLED, HERE], "List List: found t"),
        ([tanks(DELETING_ELSEWHERE), tank(), NO_TANKS], "List Create List: created t"),
        ([NO_TANKS, TANK_TAKEN, HERE], "List Create List: found t"),
        ([NO_TANKS, tank(), tanks(MINE, LATER)], "List Create List: created t"),
        ([NO_TANKS, tank(), tanks(DELETING)], "List Create List: created t"),
        ([tanks(DELETING), NO_TANKS, tank(), HERE], "List List Create List: created t"),
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
def test_without_a_lease_logtanks_are_listed_before_and_after(
    lines: list[Line], expected: str
) -> None:
    """An existing logtank is adopted; of two that were created, the oldest is kept."""
    assert history(ScriptedCloud(*lines)) == expected


def test_an_expired_lease_has_no_effect() -> None:
    """After two seconds, another caller may have created a logtank."""
    assert history(ScriptedCloud(HERE), Lease(998.0)) == "List: found t"


WAITS: dict[str, tuple[Lease, list[Line], str, float]] = {
    "the creator of a young stream gets two seconds": (
        ADOPTED_STREAM,
        [*[NO_TANKS] * 5, tank(), HERE],
        "t",
        2.0,
    ),
    "the creator's logtank is adopted once it is listed": (
        ADOPTED_STREAM,
        [NO_TANKS, NO_TANKS, HERE],
        "t",
        0.75,
    ),
    "an old stream causes no wait": (
        UNLEASED,
        [NO_TANKS, tank(), HERE],
        "t",
        0.0,
    ),
    "a created logtank is checked again after its second, as a smaller ID may appear": (
        UNLEASED,
        [NO_TANKS, tank(), tanks(FRESH), tanks(FRESH, FRESH_OTHER), DELETED],
        "a",
        1.0,
    ),
    "a logtank found in the second of its creation is checked again": (
        UNLEASED,
        [tanks(FRESH), tanks(FRESH_OTHER)],
        "a",
        1.0,
    ),
    "a logtank found after an unknown outcome is checked again": (
        LEASED,
        [FAILED, tanks(FRESH), tanks(FRESH, FRESH_OTHER)],
        "a",
        1.2,
    ),
    "a logtank deleted in the meantime is treated as busy and created again": (
        UNLEASED,
        [tanks(FRESH), NO_TANKS, NO_TANKS, tank(), HERE],
        "t",
        1.2,
    ),
}


@pytest.mark.parametrize(
    ("lease", "lines", "found", "slept"), WAITS.values(), ids=WAITS
)
def test_the_caller_waits_for_logtanks_of_other_callers(
    lease: Lease, lines: list[Line], found: str, slept: float
) -> None:
    """It waits up to 2 seconds for the creator, and for the end of GA's second."""
    stage = ScriptedCloud(*lines)

    assert ensure(stage, lease).logtank.id == found
    assert stage.script.spent
    assert stage.slept == slept


def test_a_creator_whose_lease_expired_lists_again_and_yields() -> None:
    """A reply after 2 seconds may come after another caller created a logtank."""
    stage = ScriptedCloud(tank(), tanks(OTHER), DELETED, seconds=2.0)

    assert history(stage, LEASED) == "Create List Delete: found a"


def test_settling_uses_at_most_half_of_the_remaining_time() -> None:
    """The second list request always happens, even if the pause must be shortened."""
    stage = ScriptedCloud(NO_TANKS, tank(), tanks(FRESH), tanks(FRESH), limit=1.0)

    assert ensure(stage).created
    assert stage.slept == 0.5


@pytest.mark.parametrize(
    ("lease", "lines", "kind", "expected_id"),
    [
        (UNLEASED, [tanks(ELSEWHERE)], errors.Conflict, None),
        (LEASED, [GONE], errors.NotFound, None),
        (LEASED, [TANK_TAKEN, tanks(ELSEWHERE)], errors.Conflict, None),
        (LEASED, [FAILED, tanks(ELSEWHERE)], errors.Conflict, None),
        (LEASED, [FAILED, FORBIDDEN], errors.ServiceFailed, None),
        (LEASED, [tank(status="ERROR")], errors.LogtankFailed, "t"),
        (UNLEASED, [tanks({**MINE, "status": "ERROR"})], errors.LogtankFailed, "t"),
        (UNLEASED, [NO_TANKS, tank(), *[FAILED] * 4], errors.ServiceFailed, "t"),
        (UNLEASED, [tanks(FRESH), FORBIDDEN], errors.PermissionDenied, "t"),
    ],
)
def test_a_failure_reports_the_step_and_existing_resources(
    lease: Lease,
    lines: list[Line],
    kind: type[errors.ProvisioningError],
    expected_id: str | None,
) -> None:
    """Errors have the step, the log stream and any logtank created or found."""
    error = failure(ScriptedCloud(*lines), lease)

    assert isinstance(error, kind)
    assert (error.step, error.log_stream_id) == ("create_logtank", "s")
    assert error.logtank_id == expected_id


def test_a_listener_that_ships_elsewhere_is_named_with_its_stream() -> None:
    """The remedy is to repoint it, or to ask for that stream."""
    error = failure(ScriptedCloud(tanks(DELETING_ELSEWHERE, ELSEWHERE)))

    assert error.service == "GA"
    assert str(error) == (
        f"Listener {LISTENER_ID} already ships its log to stream there of group g, "
        "through logtank e (Conflict). Send the event with repoint to ship the log "
        "into the requested stream, or send the event for that log stream."
    )


def test_a_failed_logtank_is_named_with_gas_request_id() -> None:
    """The remedy is to delete it."""
    error = failure(ScriptedCloud(tank(status="ERROR")), LEASED)

    assert (error.service, error.request_id) == ("GA", "r")
    assert str(error) == (
        "Logtank t is in status ERROR (LogtankFailed). Delete logtank t and send the "
        "event again."
    )


def test_a_failed_deletion_of_a_duplicate_is_reported() -> None:
    """The remedy says which of the two logtanks the user must delete."""
    error = failure(ScriptedCloud(NO_TANKS, tank(), tanks(OTHER), FORBIDDEN))

    assert isinstance(error, errors.PermissionDenied)
    assert error.remedy == "Delete logtank t: logtank a ships the same log."
    assert error.logtank_id == "t"


def test_a_listener_that_stays_busy_exceeds_the_deadline() -> None:
    """GA.9104 while no logtank is listed counts as busy, and is the error's cause."""
    error = failure(ScriptedCloud(TANK_TAKEN, NO_TANKS, limit=0.1), LEASED)

    assert isinstance(error, errors.DeadlineExceeded)
    assert isinstance(error.__cause__, errors.Busy)
    assert isinstance(error.__cause__.__cause__, errors.AlreadyExists)
    assert error.__cause__.code == "GA.9104"
    assert error.__cause__.detail == error.__cause__.__cause__.detail


def test_a_logtank_that_stays_deleting_exceeds_the_deadline() -> None:
    """A logtank that disappears within its second is reported as being deleted."""
    error = failure(ScriptedCloud(tanks(FRESH), NO_TANKS, limit=0.3))

    assert isinstance(error, errors.DeadlineExceeded)
    assert error.detail == (
        "The function's time ran out: The listener's logtank is being deleted"
    )
    assert error.service == "GA"


def test_a_logtank_created_after_a_wait_is_reported_at_the_deadline() -> None:
    """The error has the logtank's ID, and its code is not the earlier busy error's."""
    error = failure(
        ScriptedCloud(BUSY, NO_TANKS, tank(), seconds=1.0, limit=3.1), LEASED
    )

    assert isinstance(error, errors.DeadlineExceeded)
    assert (error.logtank_id, error.code) == ("t", "DeadlineExceeded")


FULL = [described(f"{number}") for number in range(500)]
MORE = [described(f"{number}") for number in range(500, 1000)]
