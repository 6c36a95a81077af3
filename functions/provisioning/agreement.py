"""How any number of callers agree on one logtank."""

# A listener should ship its log into a stream through one logtank, however many callers
# (threads, processes, retries) work on it at the same time. GA has no lock, no
# conditional create, and may or may not refuse a listener's second logtank. So:
#
# 1. The stream's name is the lock. LTS refuses a second stream of that name in a group,
#    so exactly one caller can have its create confirmed. That caller holds a lease: for
#    LEASE_SECONDS from sending the create it may create the logtank without a list.
# 2. All other callers list the listener's logtanks first. While the stream is younger
#    than YOUNG_SECONDS, its creator may be about to create the logtank, so they list
#    again until a lease would have expired.
# 3. A caller that creates a logtank without a valid lease, or after an attempt with an
#    unknown outcome, lists once more. If several logtanks ship to the same stream, all
#    callers apply the same rule: the oldest is kept (by creation time, then by ID), and
#    a younger one is deleted by the call that created it, and by no other. Creation
#    times are in whole seconds, so a caller waits until the second in which the oldest
#    was created is over; after that, no other logtank of that second can appear.
# The next step depends on what is known and on what was seen; TABLE has it.

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from enum import Enum, IntEnum, auto
from typing import NamedTuple

from functions.errors import AlreadyExists, Busy, Conflict, ProvisioningError
from functions.huaweicloud import ga, retry
from functions.huaweicloud.rate_limiter import LEASE_SECONDS
from functions.provisioning import listing
from functions.provisioning.cloud import Cloud, error_context
from functions.provisioning.lease import Lease

WATCH_PAUSES = (0.25, 0.5, 0.5, 0.75)
"""Pauses between lists while waiting for the creator; their sum is LEASE_SECONDS."""
SETTLE_SECONDS = 1.0
"""How long to wait before comparing creation times, which are in whole seconds."""


class Known(Enum):
    """What a caller knows before it looks at the list: a row of TABLE."""

    LEASE_VALID = auto()  # it created the stream, and its lease is valid
    CREATOR_ACTIVE = auto()  # another created the stream, and may create the logtank
    LEASE_EXPIRED = auto()  # no caller holds a lease any more
    OUTCOME_UNKNOWN = auto()  # it sent a create, and does not know the outcome
    LOGTANK_REPORTED = auto()  # GA listed a logtank, or refused to create a second one


class Seen(IntEnum):
    """What the list of the listener's logtanks shows: a column of TABLE."""

    NOT_LISTED = 0
    NOTHING = 1  # or only logtanks to other streams, all being deleted
    HERE = 2  # one ships to the wanted stream
    DELETING = 3  # one to the wanted stream is being deleted
    ELSEWHERE = 4  # one ships to another stream


class Step(Enum):
    """What to do next."""

    LIST = auto()
    WAIT = auto()  # then list again; after WATCH_PAUSES the lease has expired
    CREATE = auto()
    ADOPT = auto()
    BUSY = auto()
    CONFLICT = auto()


_LIST, _WAIT, _CREATE, _ADOPT, _BUSY, _CONFLICT = Step
TABLE = {
    # not listed, nothing, here, deleting, elsewhere
    Known.LEASE_VALID: (_CREATE, _CREATE, _ADOPT, _BUSY, _CONFLICT),
    Known.CREATOR_ACTIVE: (_LIST, _WAIT, _ADOPT, _BUSY, _CONFLICT),
    Known.LEASE_EXPIRED: (_LIST, _CREATE, _ADOPT, _BUSY, _CONFLICT),
    Known.OUTCOME_UNKNOWN: (_LIST, _CREATE, _ADOPT, _BUSY, _CONFLICT),
    Known.LOGTANK_REPORTED: (_LIST, _BUSY, _ADOPT, _BUSY, _CONFLICT),
}
"""The next step, by what is known (row) and what was seen (column)."""


class Agreed(NamedTuple):
    """The logtank that all callers agree on, and whether this call created it.

    `repointed` is what an existing logtank was before it was sent to the stream.
    """

    logtank: ga.Logtank
    created: bool = False
    repointed: ga.Logtank | None = None


Confirm = Callable[[ga.Logtank, ga.NewLogtank, Cloud], Agreed]
"""Confirms a logtank that was created without a valid lease: returns the agreed one."""


def agree(
    new: ga.NewLogtank,
    cloud: Cloud,
    lease: Lease,
    listed: Sequence[ga.Logtank] | None = None,
    confirm: Confirm | None = None,
) -> Agreed:
    """Create the listener's logtank, or adopt the one that ships to the same stream.

    `listed` are the listener's logtanks if the caller has just listed them. `confirm`
    replaces the check after a create without a valid lease.

    Raises: Conflict if the listener ships elsewhere; Busy if its logtank is being
    deleted; the errors of the create; DeadlineExceeded.
    """
    known = starting_row(lease, cloud.policy.clock())
    # with a fresh list, one more list after the lease is enough
    pauses = iter(WATCH_PAUSES if listed is None else (LEASE_SECONDS,))
    while (step := TABLE[known][seen(new, listed)]) in {Step.LIST, Step.WAIT}:
        if step is Step.WAIT:
            pause = next(pauses, None)
            if pause is None:
                known = Known.LEASE_EXPIRED
                continue
            cloud.policy.sleep_within_deadline(pause)
        listed = listing.logtanks_of(new.resource_id, cloud)
    _require_possible(step, new, listed or ())
    if step is Step.CREATE:
        return _create(new, cloud, lease, confirm or _yield_to_oldest)
    found = oldest(alive_here(new, listed or ()))
    return Agreed(_settled(found, new, cloud, lease), created=False)


def starting_row(lease: Lease, clock: float) -> Known:
    """Return the row of TABLE to start in."""
    if lease.is_valid(clock):
        return Known.LEASE_VALID
    return (
        Known.CREATOR_ACTIVE if lease.creator_may_be_active() else Known.LEASE_EXPIRED
    )


def seen(new: ga.NewLogtank, listed: Sequence[ga.Logtank] | None) -> Seen:
    """Return what a list shows; None stands for no list yet."""
    if listed is None:
        return Seen.NOT_LISTED
    if alive_here(new, listed):
        return Seen.HERE
    if any(each.log_stream_id == new.log_stream_id for each in listed):
        return Seen.DELETING
    if any(each.status != ga.DELETING for each in listed):
        return Seen.ELSEWHERE
    return Seen.NOTHING


def alive_here(new: ga.NewLogtank, listed: Iterable[ga.Logtank]) -> list[ga.Logtank]:
    """Return the logtanks to the wanted stream that are not being deleted."""
    return [
        each
        for each in listed
        if each.log_stream_id == new.log_stream_id and each.status != ga.DELETING
    ]


def oldest(logtanks: Iterable[ga.Logtank]) -> ga.Logtank:
    """Return the one created first; within one second, the one with the smallest ID."""
    return min(logtanks, key=lambda each: (each.created_seconds() or math.inf, each.id))


def is_settled(logtank: ga.Logtank, lease: Lease) -> bool:
    """Whether no older logtank than this one can appear any more.

    The second of its creation is over, or it is from the time of the creator's lease.
    """
    created_at = logtank.created_seconds()
    if created_at is None or logtank.seen_at is None:
        return False
    return logtank.seen_at >= created_at + 1.0 or lease.covers(created_at)


def _require_possible(
    step: Step, new: ga.NewLogtank, listed: Sequence[ga.Logtank]
) -> None:
    """Raise Busy or Conflict if the step is one of these."""
    if step is Step.BUSY:
        raise Busy("The listener's logtank is being deleted", service=ga.SERVICE)
    if step is Step.CONFLICT:
        raise _conflict(new, next(e for e in listed if e.status != ga.DELETING))


def _create(new: ga.NewLogtank, cloud: Cloud, lease: Lease, confirm: Confirm) -> Agreed:
    def decide(listed: Sequence[ga.Logtank]) -> ga.Logtank | None:
        step = TABLE[Known.OUTCOME_UNKNOWN][seen(new, listed)]
        _require_possible(step, new, listed)
        return oldest(alive_here(new, listed)) if step is Step.ADOPT else None

    lookup = retry.Lookup(lambda: listing.logtanks_of(new.resource_id, cloud), decide)
    call = ga.create_logtank(new, cloud.owner)
    try:
        made = retry.create(call, ga.logtank, cloud.send, cloud.policy, lookup)
    except AlreadyExists as refusal:
        return Agreed(_existing(new, cloud, refusal), created=False)
    if not made.answered:
        return Agreed(_settled(made.value, new, cloud, lease), created=True)
    if made.clean and lease.is_valid(cloud.policy.clock()):
        return Agreed(made.value, created=True)
    return confirm(made.value, new, cloud)


def _existing(
    new: ga.NewLogtank, cloud: Cloud, refusal: AlreadyExists | None = None
) -> ga.Logtank:
    """Return the logtank that GA lists.

    Raises: Busy if GA no longer lists it; Conflict.
    """
    listed = listing.logtanks_of(new.resource_id, cloud)
    step = TABLE[Known.LOGTANK_REPORTED][seen(new, listed)]
    if step is Step.BUSY and refusal:
        raise Busy(refusal.detail, **refusal.cloud_facts()) from refusal
    _require_possible(step, new, listed)
    return oldest(alive_here(new, listed))


def _settled(
    found: ga.Logtank, new: ga.NewLogtank, cloud: Cloud, lease: Lease
) -> ga.Logtank:
    """Return the found logtank, or an older one that appears within its second.

    Raises: Busy if GA no longer lists any.
    """
    if is_settled(found, lease):
        return found
    with error_context(logtank_id=found.id):
        wait_a_second(cloud)
        return _existing(new, cloud)


def _yield_to_oldest(mine: ga.Logtank, new: ga.NewLogtank, cloud: Cloud) -> Agreed:
    """Check whether another caller was first, and delete our own logtank if so."""
    with error_context(logtank_id=mine.id):
        listed = listing.logtanks_of(new.resource_id, cloud)
        if not is_settled(_as_listed(mine, alive_here(new, listed)), Lease()):
            wait_a_second(cloud)
            listed = listing.logtanks_of(new.resource_id, cloud)
    return yield_to_oldest(mine, new, listed, cloud)


def yield_to_oldest(
    mine: ga.Logtank, new: ga.NewLogtank, listed: Iterable[ga.Logtank], cloud: Cloud
) -> Agreed:
    """Return the oldest of the listed logtanks; our own is deleted if it is younger.

    `listed` are the listener's, once the second in which ours was created is over.

    Raises: the errors of the deletion.
    """
    here = alive_here(new, listed)
    winner = oldest([_as_listed(mine, here), *here])
    if winner.id == mine.id:
        return Agreed(mine, created=True)
    with error_context(logtank_id=mine.id):
        _delete(mine, winner, cloud)
    return Agreed(winner)


def _as_listed(logtank: ga.Logtank, listed: Iterable[ga.Logtank]) -> ga.Logtank:
    """Return the logtank with what the list says of it, if it is listed."""
    return next((each for each in listed if each.id == logtank.id), logtank)


def wait_a_second(cloud: Cloud) -> None:
    """Wait until the second is over in which a logtank was created."""
    # half of the remaining time is enough for the check after it
    seconds = min(SETTLE_SECONDS, cloud.policy.remaining_seconds() / 2)
    cloud.policy.sleep_within_deadline(seconds)


def _delete(mine: ga.Logtank, winner: ga.Logtank, cloud: Cloud) -> None:
    """Delete the younger logtank.

    Raises: the errors of the deletion, with what is left to do by hand.
    """
    call = ga.delete_logtank(mine, cloud.owner)
    try:
        retry.delete(call, cloud.send, cloud.policy)
    except ProvisioningError as error:
        error.remedy = (
            f"Delete logtank {mine.id}: logtank {winner.id} ships the same log."
        )
        raise


def _conflict(new: ga.NewLogtank, other: ga.Logtank) -> Conflict:
    where = f"stream {other.log_stream_id} of group {other.log_group_id}"
    return Conflict(
        f"Listener {new.resource_id} already ships its log to {where}, through logtank "
        f"{other.id}",
        service=ga.SERVICE,
        remedy="Send the event with repoint to ship the log into the requested stream, "
        "or send the event for that log stream.",
    )
