"""Finds a listener's logtank, or creates it, and waits until it is active."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat

from functions.errors import LogtankFailed, ProvisioningError
from functions.huaweicloud import ga, retry
from functions.provisioning import listing
from functions.provisioning.agreement import Agreed, Confirm, agree
from functions.provisioning.cloud import Cloud, error_context
from functions.provisioning.lease import Lease
from functions.provisioning.repointing import repointed

_POLL_SECONDS = (0.5, 1.0, 2.0, 4.0)


def ensure(
    new: ga.NewLogtank,
    cloud: Cloud,
    lease: Lease,
    *,
    repoint: bool = False,
    listed: Sequence[ga.Logtank] | None = None,
    confirm: Confirm | None = None,
) -> Agreed:
    """Create the logtank, or adopt the one that ships to the same stream.

    With `repoint`, a logtank that ships elsewhere is updated to ship to the stream.
    `listed` and `confirm` are those of `agree`. Only the first attempt may use the
    lease and the list: after waiting for a busy listener, the list is read again.

    Raises: Conflict if the listener ships elsewhere, or has several logtanks;
    LogtankFailed; the errors of the calls; DeadlineExceeded; each with what is known of
    the logtank.
    """
    knowledge = chain([(lease, listed)], repeat((Lease(), None)))

    def attempt() -> Agreed:
        lease, listed = next(knowledge)
        if repoint:
            listed = listing.logtanks_of(new.resource_id, cloud)
            if agreed := repointed(new, listed, cloud):
                return agreed
        return agree(new, cloud, lease, listed, confirm)

    with error_context(step="create_logtank", log_stream_id=new.log_stream_id):
        agreed = retry.while_busy(attempt, cloud.policy)
        require_no_error(agreed.logtank)
        return agreed


def until_active(logtank: ga.Logtank, cloud: Cloud, seconds: float) -> ga.Logtank:
    """Poll a PENDING logtank until its status changes, or `seconds` have passed.

    A poll that fails ends the wait and changes nothing: the logtank exists, and is
    returned as it was last seen.

    Raises: LogtankFailed.
    """
    until = cloud.policy.clock() + seconds
    pauses = chain(_POLL_SECONDS, repeat(_POLL_SECONDS[-1]))
    while (
        logtank.status == ga.PENDING and (remaining := until - cloud.policy.clock()) > 0
    ):
        try:
            cloud.policy.sleep_within_deadline(min(next(pauses), remaining))
            logtank = cloud.ask(ga.show_logtank(logtank, cloud.owner), ga.logtank)
        except ProvisioningError:
            break
    require_no_error(logtank)
    return logtank


def require_no_error(logtank: ga.Logtank) -> None:
    """Raise if GA could not provision the logtank.

    Raises: LogtankFailed.
    """
    if logtank.status == ga.ERROR:
        failure = LogtankFailed(
            f"Logtank {logtank.id} is in status {ga.ERROR}",
            service=ga.SERVICE,
            request_id=logtank.request_id,
            remedy=f"Delete logtank {logtank.id} and send the event again.",
        )
        failure.note(logtank_id=logtank.id)
        raise failure
