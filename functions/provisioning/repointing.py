"""Makes a listener that ships its log elsewhere ship it to the requested stream."""

from __future__ import annotations

from collections.abc import Sequence

from functions.errors import Conflict, UnintelligibleReply
from functions.huaweicloud import ga
from functions.provisioning.agreement import Agreed, alive_here
from functions.provisioning.cloud import Cloud, error_context


def repointed(
    new: ga.NewLogtank, listed: Sequence[ga.Logtank], cloud: Cloud
) -> Agreed | None:
    """Update the listener's only logtank; None if nothing ships elsewhere.

    `listed` are the listener's logtanks. An update can safely be repeated.

    Raises: Conflict if there are several; UnintelligibleReply if the logtank does not
    ship to the stream afterwards; the errors of the call.
    """
    alive = [each for each in listed if each.status != ga.DELETING]
    if len(alive_here(new, alive)) == len(alive):
        return None
    if len(alive) > 1:
        raise _several(new, alive)
    before = alive[0]
    with error_context(step="update_logtank", logtank_id=before.id):
        call = ga.update_logtank(before, new, cloud.owner)
        after = cloud.ask(call, ga.logtank)
        if after.log_stream_id not in {None, new.log_stream_id}:
            raise UnintelligibleReply(
                "GA answered UpdateLogtank with a logtank to another stream",
                service=ga.SERVICE,
                request_id=after.request_id,
            )
    cloud.log(
        "INFO",
        "logtank repointed",
        resource_id=new.resource_id,
        logtank_id=before.id,
        repointed_from=target(before),
    )
    return Agreed(after, repointed=before)


def target(logtank: ga.Logtank) -> dict[str, str | None]:
    """Return the stream that a logtank ships to, in the form of a result."""
    return {
        "log_group_id": logtank.log_group_id,
        "log_stream_id": logtank.log_stream_id,
    }


def _several(new: ga.NewLogtank, logtanks: Sequence[ga.Logtank]) -> Conflict:
    names = ", ".join(sorted(each.id for each in logtanks)[:10])
    return Conflict(
        f"Listener {new.resource_id} has several logtanks: {names}",
        service=ga.SERVICE,
        remedy="Delete all of the listener's logtanks but one, and send the event "
        "again.",
    )
