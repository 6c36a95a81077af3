"""How concurrent callers agree on one logtank: the decisions, without calls."""

from __future__ import annotations

import pytest

from functions.huaweicloud.ga import Logtank, NewLogtank
from functions.provisioning import agreement
from functions.provisioning.agreement import TABLE, Known, Seen, Step
from functions.provisioning.lease import Lease

CREATED = 1_767_323_045.0
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
DELETING = tank("x", status="DELETING")
ELSEWHERE = tank("e", "there")
NOWHERE = tank("n", None)
DELETING_ELSEWHERE = tank("y", "there", "DELETING")


def test_every_combination_has_a_step() -> None:
    """The table covers every state of the stream and of the logtanks."""
    assert set(TABLE) == set(Known)
    assert all(len(row) == len(Seen) for row in TABLE.values())


@pytest.mark.parametrize(
    ("known", "seen", "step"),
    [
        (Known.LEASE_VALID, Seen.NOT_LISTED, Step.CREATE),
        (Known.LEASE_VALID, Seen.NOTHING, Step.CREATE),
        (Known.CREATOR_ACTIVE, Seen.NOT_LISTED, Step.LIST),
        (Known.CREATOR_ACTIVE, Seen.NOTHING, Step.WAIT),
        (Known.LEASE_EXPIRED, Seen.NOT_LISTED, Step.LIST),
        (Known.LEASE_EXPIRED, Seen.NOTHING, Step.CREATE),
        (Known.OUTCOME_UNKNOWN, Seen.NOT_LISTED, Step.LIST),
        (Known.OUTCOME_UNKNOWN, Seen.NOTHING, Step.CREATE),
        (Known.LOGTANK_REPORTED, Seen.NOT_LISTED, Step.LIST),
        (Known.LOGTANK_REPORTED, Seen.NOTHING, Step.BUSY),
        *((known, Seen.HERE, Step.ADOPT) for known in Known),
        *((known, Seen.DELETING, Step.BUSY) for known in Known),
        *((known, Seen.ELSEWHERE, Step.CONFLICT) for known in Known),
    ],
    ids=lambda each: each.name.lower().replace("_", " "),
)
def test_the_step_depends_on_what_is_known_and_seen(
    known: Known, seen: Seen, step: Step
) -> None:
    """Only the holder of a lease acts without a list; others wait for the creator."""
    assert TABLE[known][seen] is step


def test_everyone_except_the_creator_lists_first() -> None:
    """All other callers list the logtanks before creating one."""
    looking = {known for known in Known if TABLE[known][Seen.NOT_LISTED] is Step.LIST}

    assert looking == set(Known) - {Known.LEASE_VALID}


@pytest.mark.parametrize(
    ("listed", "seen"),
    [
        (None, Seen.NOT_LISTED),
        ([], Seen.NOTHING),
        ([DELETING_ELSEWHERE], Seen.NOTHING),
        ([HERE], Seen.HERE),
        ([FAILED], Seen.HERE),
        ([ELSEWHERE, HERE], Seen.HERE),
        ([DELETING, HERE], Seen.HERE),
        ([DELETING], Seen.DELETING),
        ([DELETING, ELSEWHERE], Seen.DELETING),
        ([ELSEWHERE], Seen.ELSEWHERE),
        ([NOWHERE], Seen.ELSEWHERE),
        ([DELETING_ELSEWHERE, ELSEWHERE], Seen.ELSEWHERE),
        ([tank("e", "there", "ERROR")], Seen.ELSEWHERE),
    ],
)
def test_the_most_relevant_logtank_decides(
    listed: list[Logtank] | None, seen: Seen
) -> None:
    """One here precedes one being deleted, which precedes one elsewhere."""
    assert agreement.seen(NEW, listed) is seen


def test_alive_here_excludes_logtanks_being_deleted() -> None:
    """A failed logtank is included."""
    listed = [DELETING, ELSEWHERE, HERE, FAILED, NOWHERE]

    assert agreement.alive_here(NEW, listed) == [HERE, FAILED]


@pytest.mark.parametrize(
    ("logtanks", "oldest"),
    [
        ([HERE], "h"),
        ([tank("b"), tank("a"), tank("c")], "a"),
        ([tank("a"), tank("b", created_at="2026-01-02T03:04:04Z")], "b"),
        ([tank("a", created_at=None), tank("b")], "b"),
    ],
)
def test_the_oldest_is_the_first_created_then_the_smallest_id(
    logtanks: list[Logtank], oldest: str
) -> None:
    """All callers that see the same list choose the same logtank."""
    assert agreement.oldest(logtanks).id == oldest
    assert agreement.oldest(reversed(logtanks)).id == oldest


@pytest.mark.parametrize(
    ("created_at", "seen_at", "lease", "settled"),
    [
        ("2026-01-02T03:04:05Z", CREATED, Lease(), False),
        ("2026-01-02T03:04:05Z", CREATED + 0.9, Lease(), False),
        ("2026-01-02T03:04:05Z", CREATED + 1.0, Lease(), True),
        ("2026-01-02T03:04:05Z", None, Lease(), False),
        (None, CREATED + 9, Lease(), False),
        ("nonsense", CREATED + 9, Lease(), False),
        ("2026-01-02T03:04:05Z", CREATED, Lease(stream_created_at=CREATED), True),
    ],
)
def test_a_logtank_is_settled_after_the_second_of_its_creation(
    created_at: str | None, seen_at: float | None, lease: Lease, *, settled: bool
) -> None:
    """The cloud's clock counts; one that only the creator can have made is settled."""
    logtank = tank("t", created_at=created_at)._replace(seen_at=seen_at)

    assert agreement.is_settled(logtank, lease) is settled


@pytest.mark.parametrize(
    ("lease", "clock", "known"),
    [
        (Lease(1000.0), 1000.0, Known.LEASE_VALID),
        (Lease(1000.0), 1001.9, Known.LEASE_VALID),
        (Lease(1000.0), 1002.0, Known.LEASE_EXPIRED),
        (Lease(1000.0), 9e9, Known.LEASE_EXPIRED),
        (Lease(), 1000.0, Known.LEASE_EXPIRED),
        (Lease(adopted=True), 1000.0, Known.CREATOR_ACTIVE),
    ],
)
def test_a_lease_is_valid_for_two_seconds(
    lease: Lease, clock: float, known: Known
) -> None:
    """After that, another caller may have stopped waiting for the creator."""
    assert agreement.starting_row(lease, clock) is known


@pytest.mark.parametrize(
    ("lease", "may_be_active"),
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
def test_the_creator_of_a_young_stream_may_be_active(
    lease: Lease, *, may_be_active: bool
) -> None:
    """A stream is young for a minute on the cloud's clock, or if its age is unknown."""
    assert lease.creator_may_be_active() is may_be_active


@pytest.mark.parametrize(
    ("lease", "created_at", "expected"),
    [
        (Lease(stream_created_at=100.0), 100.0, True),
        (Lease(stream_created_at=100.9), 101.0, True),
        (Lease(stream_created_at=100.0), 101.0, False),
        (Lease(), 100.0, False),
    ],
)
def test_a_logtank_from_the_streams_first_second_is_the_creators(
    lease: Lease, created_at: float, *, expected: bool
) -> None:
    """No other caller creates one so early; GA truncates times to whole seconds."""
    assert lease.covers(created_at) is expected
