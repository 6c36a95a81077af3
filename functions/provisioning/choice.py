"""Which of a listener's logtanks counts: decisions on what was listed, no calls."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from functions.errors import Busy, Conflict, LogtankFailed
from functions.huaweicloud import ga
from functions.provisioning.lease import Lease
from functions.transport import dates


def shipping(new: ga.NewLogtank, listed: Sequence[ga.Logtank]) -> ga.Logtank | None:
    """Return the listener's logtank that ships to the wanted stream, None if none is.

    Of several the oldest counts. One that is being deleted counts as gone if it ships
    elsewhere.

    Raises: Conflict if the listener ships elsewhere; Busy if the wanted logtank is
    being deleted.
    """
    if alive := alive_here(new, listed):
        return oldest(alive)
    for each in listed:
        if each.log_stream_id == new.log_stream_id:
            raise Busy("The listener's logtank is being deleted", service=ga.SERVICE)
    for each in listed:
        if each.status != ga.DELETING:
            raise _conflict(new, each)
    return None


def alive_here(new: ga.NewLogtank, listed: Iterable[ga.Logtank]) -> list[ga.Logtank]:
    """Return those that ship to the wanted stream and are there to stay."""
    return [
        each
        for each in listed
        if each.log_stream_id == new.log_stream_id and each.status != ga.DELETING
    ]


def oldest(logtanks: Iterable[ga.Logtank]) -> ga.Logtank:
    """Return the one made first; of those made in one second the smallest id."""
    return min(logtanks, key=lambda each: (_made_at(each) or math.inf, each.id))


def twin(logtank: ga.Logtank, listed: Iterable[ga.Logtank]) -> ga.Logtank:
    """Return the same logtank as it was listed, or itself if it was not."""
    return next((each for each in listed if each.id == logtank.id), logtank)


def is_settled(logtank: ga.Logtank, lease: Lease) -> bool:
    """Whether no older one can turn up, nor an equal of a smaller id.

    So it is once GA's second in which it was made is over, or if it was made when
    only the stream's creator makes one.
    """
    made_at = _made_at(logtank)
    if made_at is None or logtank.seen_at is None:
        return False
    return logtank.seen_at >= made_at + 1.0 or lease.covers(made_at)


def _made_at(logtank: ga.Logtank) -> float | None:
    return dates.of_document(logtank.created_at)


def healthy(logtank: ga.Logtank) -> ga.Logtank:
    """Return the logtank as it is.

    Raises: LogtankFailed if GA could not provision it.
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
    return logtank


def _conflict(new: ga.NewLogtank, other: ga.Logtank) -> Conflict:
    return Conflict(
        f"Listener {new.resource_id} already ships its log to stream "
        f"{other.log_stream_id} of group {other.log_group_id}, through logtank "
        f"{other.id}",
        service=ga.SERVICE,
        remedy=f"Delete logtank {other.id}, or send the event for the log stream that "
        "the listener ships to.",
    )
