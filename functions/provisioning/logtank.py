"""Make sure that a listener ships its log into a stream, through one logtank.

Whether GA itself refuses a listener's second logtank is not known, so this works
either way.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import NamedTuple

from functions.errors import (
    AlreadyExists,
    Busy,
    NotFound,
    ProvisioningError,
    UnintelligibleReply,
)
from functions.huaweicloud import ga, replies, retry
from functions.provisioning import choice
from functions.provisioning.cloud import Cloud, error_context
from functions.provisioning.lease import Lease

WATCH_PAUSES = (0.25, 0.5, 0.5, 0.75)
"""Between the looks of those who leave the creator its time: CLAIM_SECONDS in all."""
SETTLE_SECONDS = 1.0
"""GA tells `created_at` in whole seconds: after one, no equal is still to come."""
_PAGES = 100
_MOST = 1_000
"""A listener has one logtank, or a few; what lists so many is not to be believed."""

Look = retry.Looking[ga.Logtank, list[ga.Logtank]]


class EnsuredLogtank(NamedTuple):
    """A logtank that is there, and whether this call made it."""

    logtank: ga.Logtank
    created: bool


def ensure(new: ga.NewLogtank, cloud: Cloud, lease: Lease) -> EnsuredLogtank:
    """Create the logtank, or adopt the one that ships to the same stream.

    A claim is good for one attempt: after waiting for a busy listener it is looked
    first.

    Raises: Conflict if the listener ships elsewhere; LogtankFailed; whatever refuses
    the create; DeadlineExceeded; each with what is known of the logtank.
    """
    leases = chain([lease], repeat(Lease()))
    with error_context(step="create_logtank", log_stream_id=new.log_stream_id):
        ensured = retry.while_busy(
            lambda: _look_and_create(new, cloud, next(leases)), cloud.retry_policy
        )
        return EnsuredLogtank(choice.healthy(ensured.logtank), ensured.created)


def _look_and_create(new: ga.NewLogtank, cloud: Cloud, lease: Lease) -> EnsuredLogtank:
    look: Look = retry.Looking(
        gather=lambda: _listed(new, cloud),
        decide=lambda listed: choice.shipping(new, listed),
    )
    if not lease.holds(cloud.retry_policy.clock()):
        found = _watched(look, cloud, lease)
        if found:
            return EnsuredLogtank(_settled(found, look, cloud, lease), created=False)
    try:
        made = retry.create(
            ga.create_logtank(new, cloud.owner),
            ga.logtank,
            cloud.send,
            cloud.retry_policy,
            look,
        )
    except AlreadyExists as refusal:
        return EnsuredLogtank(_existing(look, refusal), created=False)
    if not made.answered:
        return EnsuredLogtank(_settled(made.value, look, cloud, lease), created=True)
    if made.clean and lease.holds(cloud.retry_policy.clock()):
        return EnsuredLogtank(made.value, created=True)
    return _yield_to_the_oldest(made.value, new, cloud)


def _watched(look: Look, cloud: Cloud, lease: Lease) -> ga.Logtank | None:
    """Look, and while the stream's creator may be on its way look again."""
    for pause in (0.0, *(WATCH_PAUSES if lease.creator_may_be_active() else ())):
        cloud.retry_policy.sleep_within_deadline(pause)
        if found := look():
            return found
    return None


def _settled(found: ga.Logtank, look: Look, cloud: Cloud, lease: Lease) -> ga.Logtank:
    """Return what was found, or what has won over it by the end of its second.

    Raises: Busy if by then there is nothing.
    """
    if choice.is_settled(found, lease):
        return found
    with error_context(logtank_id=found.id):
        _rest_a_second(cloud)
        winner = look()
    if winner is None:
        raise Busy("The logtank has just gone", service=ga.SERVICE)
    return winner


def _existing(look: Look, refusal: AlreadyExists) -> ga.Logtank:
    """Return the logtank for which a create was refused.

    Raises: Busy where GA has one but does not list it, so that it must be going.
    """
    if (found := look()) is None:
        raise Busy(refusal.detail, **refusal.cloud_facts()) from refusal
    return found


def _yield_to_the_oldest(
    mine: ga.Logtank, new: ga.NewLogtank, cloud: Cloud
) -> EnsuredLogtank:
    """Look whether somebody else was first, and if so remove what was just made.

    All who were in the race decide alike: the oldest stays, of equals the smallest id.
    """
    with error_context(logtank_id=mine.id):
        here = choice.alive_here(new, _listed(new, cloud))
        if not choice.is_settled(choice.twin(mine, here), Lease()):
            _rest_a_second(cloud)
            here = choice.alive_here(new, _listed(new, cloud))
        oldest = choice.oldest([choice.twin(mine, here), *here])
        if oldest.id == mine.id:
            return EnsuredLogtank(mine, created=True)
        _remove(mine, oldest, cloud)
    return EnsuredLogtank(oldest, created=False)


def _rest_a_second(cloud: Cloud) -> None:
    """Let GA's second pass; with little time left, as much of it as can be had."""
    cloud.retry_policy.sleep_within_deadline(
        min(SETTLE_SECONDS, cloud.retry_policy.remaining_seconds() / 2)
    )


def _remove(mine: ga.Logtank, oldest: ga.Logtank, cloud: Cloud) -> None:
    """Delete the younger one.

    Raises: whatever keeps it from going, with what is left to be done by hand.
    """
    delete = ga.delete_logtank(mine, cloud.owner)
    try:
        retry.while_busy(lambda: cloud.ask(delete, replies.check), cloud.retry_policy)
    except NotFound:
        return
    except ProvisioningError as error:
        error.remedy = (
            f"Delete logtank {mine.id}: logtank {oldest.id} ships the same log."
        )
        raise


def _listed(new: ga.NewLogtank, cloud: Cloud) -> list[ga.Logtank]:
    """Return the listener's logtanks from all pages; the filter is not trusted."""
    found: list[ga.Logtank] = []
    marker: str | None = None
    passed: set[str] = set()
    while len(passed) < _PAGES and len(found) < _MOST:
        call = ga.list_logtanks(new, cloud.owner, marker)
        page, marker = cloud.ask(call, ga.logtanks)
        found += [each for each in page if each.resource_id == new.resource_id]
        if marker is None:
            return found
        if marker in passed:
            break
        passed.add(marker)
    raise UnintelligibleReply("GA's list of logtanks has no end", service=ga.SERVICE)
