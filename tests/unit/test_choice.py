"""Who may make the logtank, and which of a listener's logtanks counts."""

from __future__ import annotations

import pytest

from functions.errors import Busy, Conflict, LogtankFailed, ProvisioningError
from functions.huaweicloud.ga import Logtank, NewLogtank
from functions.provisioning import choice
from functions.provisioning.lease import Lease

MADE = 1_767_323_045.0
"""2026-01-02T03:04:05Z."""
NEW = NewLogtank("LISTENER", "l", "g", "here")


def tank(
    identifier: str,
    stream: str | None = "here",
    status: str | None = "ACTIVE",
    created_at: str | None = "2026-01-02T03:04:05Z",
) -> Logtank:
    """Return a logtank of the listener."""
    return Logtank(
        identifier,
        resource_id="l",
        log_group_id="g",
        log_stream_id=stream,
        status=status,
        created_at=created_at,
    )


HERE = tank("h")
FAILED = tank("f", status="ERROR")
GOING = tank("x", status="DELETING")
ELSEWHERE = tank("e", "there")
NOWHERE = tank("n", None)
GOING_ELSEWHERE = tank("y", "there", "DELETING")


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([], None),
        ([HERE], HERE),
        ([FAILED], FAILED),
        ([GOING_ELSEWHERE], None),
        ([ELSEWHERE, HERE], HERE),
        ([GOING_ELSEWHERE, HERE], HERE),
        ([tank("2", created_at="2026-01-02T03:04:06Z"), tank("3")], tank("3")),
        ([tank("3"), tank("2")], tank("2")),
    ],
)
def test_a_logtank_to_the_wanted_stream_is_adopted(
    listed: list[Logtank], expected: Logtank | None
) -> None:
    """The oldest that ships here and stays counts; one going elsewhere is gone."""
    assert choice.shipping(NEW, listed) == expected


GOES = "The listener's logtank is being deleted"
SHIPS = "Listener l already ships its log to stream there of group g, through logtank "


@pytest.mark.parametrize(
    ("listed", "kind", "words"),
    [
        ([GOING], Busy, GOES),
        ([GOING, GOING_ELSEWHERE], Busy, GOES),
        ([ELSEWHERE], Conflict, f"{SHIPS}e"),
        ([NOWHERE], Conflict, f"{SHIPS}n".replace("there", "None")),
        ([GOING_ELSEWHERE, ELSEWHERE], Conflict, f"{SHIPS}e"),
        ([tank("e", "there", "ERROR")], Conflict, f"{SHIPS}e"),
    ],
)
def test_a_logtank_in_the_way_is_an_error(
    listed: list[Logtank], kind: type[ProvisioningError], words: str
) -> None:
    """One going here is waited for; one that ships elsewhere is a conflict."""
    with pytest.raises(kind) as raised:
        choice.shipping(NEW, listed)

    assert (raised.value.service, raised.value.detail) == ("GA", words)


def test_a_conflict_says_what_to_delete() -> None:
    """It is the logtank that is in the way."""
    with pytest.raises(Conflict) as raised:
        choice.shipping(NEW, [ELSEWHERE])

    assert raised.value.remedy.startswith("Delete logtank e, or ")


def test_those_that_stay_here_are_all_but_the_ones_being_deleted() -> None:
    """A failed one stays as well."""
    listed = [GOING, ELSEWHERE, HERE, FAILED, NOWHERE]

    assert choice.alive_here(NEW, listed) == [HERE, FAILED]


@pytest.mark.parametrize(
    ("logtanks", "oldest"),
    [
        ([HERE], "h"),
        ([tank("b"), tank("a"), tank("c")], "a"),
        ([tank("a"), tank("b", created_at="2026-01-02T03:04:04Z")], "b"),
        ([tank("a", created_at=None), tank("b")], "b"),
    ],
)
def test_the_oldest_is_the_first_made_then_the_smallest_id(
    logtanks: list[Logtank], oldest: str
) -> None:
    """Everybody who sees the same list chooses the same one."""
    assert choice.oldest(logtanks).id == oldest
    assert choice.oldest(reversed(logtanks)).id == oldest


@pytest.mark.parametrize("status", ["ACTIVE", "NEW", None])
def test_a_logtank_that_did_not_fail_is_healthy(status: str | None) -> None:
    """Any status but ERROR passes, also one that no page lists."""
    logtank = tank("t", status=status)

    assert choice.healthy(logtank) is logtank


def test_a_failed_logtank_is_an_error_that_names_it() -> None:
    """The remedy says which logtank to delete; GA's support finds it by its request."""
    with pytest.raises(LogtankFailed, match="Logtank f is in status ERROR") as raised:
        choice.healthy(FAILED._replace(request_id="r"))

    assert raised.value.remedy == "Delete logtank f and send the event again."
    assert raised.value.logtank_id == "f"
    assert (raised.value.service, raised.value.request_id) == ("GA", "r")


@pytest.mark.parametrize(
    ("created_at", "seen_at", "lease", "settled"),
    [
        ("2026-01-02T03:04:05Z", MADE, Lease(), False),
        ("2026-01-02T03:04:05Z", MADE + 0.9, Lease(), False),
        ("2026-01-02T03:04:05Z", MADE + 1.0, Lease(), True),
        ("2026-01-02T03:04:05Z", None, Lease(), False),
        (None, MADE + 9, Lease(), False),
        ("nonsense", MADE + 9, Lease(), False),
        ("2026-01-02T03:04:05Z", MADE, Lease(stream_created_at=MADE), True),
    ],
)
def test_a_logtank_is_settled_once_its_second_is_over(
    created_at: str | None, seen_at: float | None, lease: Lease, *, settled: bool
) -> None:
    """By the cloud's clock; or if only the stream's creator could have made it."""
    logtank = tank("t", created_at=created_at)._replace(seen_at=seen_at)

    assert choice.is_settled(logtank, lease) is settled


def test_a_logtank_is_taken_as_it_was_listed() -> None:
    """If it was not, as it is."""
    listed = HERE._replace(seen_at=MADE)

    assert choice.twin(HERE, [ELSEWHERE, listed]) is listed
    assert choice.twin(HERE, [ELSEWHERE]) is HERE


@pytest.mark.parametrize(
    ("clock", "holds"), [(1000.0, True), (1001.9, True), (1002.0, False), (9e9, False)]
)
def test_a_claim_holds_for_two_seconds(clock: float, *, holds: bool) -> None:
    """After that somebody else may have given up waiting for the creator."""
    assert Lease(1000.0).holds(clock) is holds
    assert not Lease().holds(clock)


@pytest.mark.parametrize(
    ("lease", "rivalled"),
    [
        (Lease(), False),
        (Lease(1000.0), False),
        (Lease(adopted=True), True),
        (Lease(adopted=True, stream_created_at=1.0), True),
        (Lease(adopted=True, stream_seen_at=1.0), True),
        (Lease(adopted=True, stream_created_at=100.0, stream_seen_at=159.9), True),
        (Lease(adopted=True, stream_created_at=100.0, stream_seen_at=160.0), False),
        (Lease(adopted=True, stream_created_at=100.0, stream_seen_at=95.0), True),
    ],
)
def test_the_creator_of_a_young_stream_may_be_on_its_way(
    lease: Lease, *, rivalled: bool
) -> None:
    """Young is under a minute, by the cloud's own clock; unknown counts as young."""
    assert lease.creator_may_be_active() is rivalled


@pytest.mark.parametrize(
    ("lease", "made_at", "expected"),
    [
        (Lease(stream_created_at=100.0), 100.0, True),
        (Lease(stream_created_at=100.9), 101.0, True),
        (Lease(stream_created_at=100.0), 101.0, False),
        (Lease(), 100.0, False),
    ],
)
def test_a_logtank_of_the_streams_first_second_is_the_creators(
    lease: Lease, made_at: float, *, expected: bool
) -> None:
    """Nobody else makes one so early; GA tells whole seconds, which are too low."""
    assert lease.covers(made_at) is expected
