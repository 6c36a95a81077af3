"""Make sure that a listener ships its log into a stream, through one logtank.

Whether GA itself refuses a listener's second logtank is not known, so this works
either way.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, repeat

from functions.errors import (
    AlreadyExists,
    Busy,
    DeadlineExceeded,
    NotFound,
    NotTakenUp,
    UnintelligibleReply,
    Unsure,
)
from functions.huaweicloud import ga, replies, retry
from functions.huaweicloud.calls import Call
from functions.provisioning import choice
from functions.provisioning.cloud import Cloud, noting

CLAIM_SECONDS = 2.0
"""For how long after a stream's creation its creator alone makes the logtank."""
WATCH_PAUSES = (0.25, 0.5, 0.5, 0.75)
"""Between the looks of those who leave the creator its time: CLAIM_SECONDS in all."""
SETTLE_SECONDS = 1.0
"""GA tells `created_at` in whole seconds: after one, no equal is still to come."""
_POLL_SECONDS = (0.5, 1.0, 2.0, 4.0)
_PAGES = 100


@dataclass(frozen=True, slots=True)
class Claim:
    """Who may create the logtank now: see `EnsuredStream`."""

    claimed_at: float = -math.inf
    rivalled: bool = False

    def holds(self, clock: float) -> bool:
        """Whether nobody else can have created it."""
        return clock - self.claimed_at < CLAIM_SECONDS


@dataclass(frozen=True, slots=True)
class EnsuredLogtank:
    """A logtank that is there, and whether this call made it."""

    logtank: ga.Logtank
    created: bool


def ensure(new: ga.NewLogtank, cloud: Cloud, claim: Claim) -> EnsuredLogtank:
    """Create the logtank, or adopt the one that ships to the same stream.

    A claim is good for one attempt: after waiting for a busy listener it is looked
    first.

    Raises: Conflict if the listener ships elsewhere; LogtankFailed; whatever refuses
    the create; DeadlineExceeded; each with what is known of the logtank.
    """
    claims = chain([claim], repeat(Claim()))
    with noting(step="create_logtank", log_stream_id=new.log_stream_id):
        ensured = retry.while_busy(
            lambda: _look_and_create(new, cloud, next(claims)), cloud.patience
        )
        return EnsuredLogtank(choice.healthy(ensured.logtank), ensured.created)


def await_active(logtank: ga.Logtank, cloud: Cloud, seconds: float) -> ga.Logtank:
    """Watch a PENDING logtank until it is something else, or the seconds are over.

    A watch that is cut short leaves the logtank as it was last seen.

    Raises: LogtankFailed; what refuses the look, NotFound if the logtank has gone.
    """
    until = cloud.patience.clock() + seconds
    for pause in chain(_POLL_SECONDS, repeat(_POLL_SECONDS[-1])):
        remaining = until - cloud.patience.clock()
        if logtank.status != ga.PENDING or remaining <= 0:
            break
        try:
            cloud.patience.rest(min(pause, remaining))
            logtank = cloud.ask(ga.show_logtank(logtank, cloud.owner), ga.logtank)
        except (NotTakenUp, Unsure, DeadlineExceeded):
            break
    return choice.healthy(logtank)


def _look_and_create(new: ga.NewLogtank, cloud: Cloud, claim: Claim) -> EnsuredLogtank:
    look = retry.Looking(
        gather=lambda: _listed(new, cloud),
        decide=lambda listed: choice.shipping(new, listed),
    )
    if not claim.holds(cloud.patience.clock()):
        for pause in (0.0, *(WATCH_PAUSES if claim.rivalled else ())):
            cloud.patience.rest(pause)
            if found := look():
                return EnsuredLogtank(found, created=False)
    try:
        made = retry.create(
            ga.create_logtank(new, cloud.owner),
            ga.logtank,
            cloud.send,
            cloud.patience,
            look,
        )
    except AlreadyExists as error:
        return EnsuredLogtank(_existing(look, error), created=False)
    if not made.answered or (made.clean and claim.holds(cloud.patience.clock())):
        return EnsuredLogtank(made.value, created=True)
    return _yield_to_the_oldest(made.value, new, cloud)


def _existing(
    look: retry.Looking[ga.Logtank, list[ga.Logtank]], refusal: AlreadyExists
) -> ga.Logtank:
    """Return the logtank for which a create was refused.

    Raises: Busy where GA has one but does not list it, so that it must be going.
    """
    found = look()
    if found is None:
        raise Busy(
            refusal.detail,
            code=refusal.code,
            service=refusal.service,
            upstream_status=refusal.upstream_status,
            request_id=refusal.request_id,
        ) from refusal
    return found


def _yield_to_the_oldest(
    mine: ga.Logtank, new: ga.NewLogtank, cloud: Cloud
) -> EnsuredLogtank:
    """Look whether somebody else was first, and if so remove what was just made.

    All who were in the race decide alike: the oldest stays, of equals the smallest id.
    """
    with noting(logtank_id=mine.id):
        cloud.patience.rest(min(SETTLE_SECONDS, cloud.patience.left() / 2))
        oldest = choice.oldest([mine, *choice.alive_here(new, _listed(new, cloud))])
        if oldest.id == mine.id:
            return EnsuredLogtank(mine, created=True)
        delete = ga.delete_logtank(mine, cloud.owner)
        retry.while_busy(lambda: _remove(delete, cloud), cloud.patience)
    return EnsuredLogtank(oldest, created=False)


def _remove(delete: Call, cloud: Cloud) -> None:
    with suppress(NotFound):
        cloud.ask(delete, replies.check)


def _listed(new: ga.NewLogtank, cloud: Cloud) -> list[ga.Logtank]:
    """Return the listener's logtanks from all pages; the filter is not trusted."""
    found: list[ga.Logtank] = []
    marker: str | None = None
    for _ in range(_PAGES):
        call = ga.list_logtanks(new, cloud.owner, marker)
        page, marker = cloud.ask(call, ga.logtanks)
        found += [each for each in page if each.resource_id == new.resource_id]
        if marker is None:
            return found
    raise UnintelligibleReply("GA's list of logtanks has no end", service=ga.SERVICE)
