"""Wait for a logtank that GA is still provisioning."""

from __future__ import annotations

from itertools import chain, repeat

from functions.errors import ProvisioningError
from functions.huaweicloud import ga
from functions.provisioning import choice
from functions.provisioning.cloud import Cloud

_POLL_SECONDS = (0.5, 1.0, 2.0, 4.0)


def until_active(logtank: ga.Logtank, cloud: Cloud, seconds: float) -> ga.Logtank:
    """Watch a PENDING logtank until it is something else, or the seconds are over.

    A look that fails ends the watch and changes nothing: the logtank is there, and is
    returned as it was last seen.

    Raises: LogtankFailed.
    """
    until = cloud.retry_policy.clock() + seconds
    pauses = chain(_POLL_SECONDS, repeat(_POLL_SECONDS[-1]))
    while (
        logtank.status == ga.PENDING
        and (remaining := until - cloud.retry_policy.clock()) > 0
    ):
        try:
            cloud.retry_policy.sleep_within_deadline(min(next(pauses), remaining))
            logtank = cloud.ask(ga.show_logtank(logtank, cloud.owner), ga.logtank)
        except ProvisioningError:
            break
    return choice.healthy(logtank)
