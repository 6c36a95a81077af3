"""Make sure that a log stream exists."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from functions.errors import AlreadyExists
from functions.huaweicloud import lts, retry
from functions.provisioning.cloud import Cloud, noting

YOUNG_SECONDS = 60.0
"""While a stream is younger, its creator may still be about to create the logtank."""


@dataclass(frozen=True, slots=True)
class EnsuredStream:
    """A stream that is there.

    `differs` names the wanted fields that are otherwise. `claimed_at` is when its
    create was sent, if this call certainly created it, and minus infinity if not;
    `rivalled` is whether another creator may still be on its way.
    """

    id: str
    created: bool
    differs: list[str]
    claimed_at: float = -math.inf
    rivalled: bool = False


def ensure(new: lts.NewStream, cloud: Cloud) -> EnsuredStream:
    """Create the stream, or adopt the one of its name in its group.

    Raises: AlreadyExists if the name is taken outside the group; whatever refuses the
    create; DeadlineExceeded; each with what is known of the stream.
    """
    with noting(step="create_log_stream", log_stream_name=new.name):
        look = _looking(new, cloud)
        try:
            made = retry.create(
                lts.create_stream(new),
                partial(lts.created_stream, new),
                cloud.send,
                cloud.patience,
                look,
            )
        except AlreadyExists:
            if (found := look()) is None:
                raise
            return _adopted(found, new, cloud, created=False)
    if not made.answered:
        return _adopted(made.value, new, cloud, created=True)
    return EnsuredStream(
        made.value.id, created=True, differs=[], claimed_at=made.sent_at
    )


def _looking(
    new: lts.NewStream, cloud: Cloud
) -> retry.Looking[lts.Stream, lts.Stream | None]:
    read = partial(lts.stream_of_name, new)
    return retry.Looking(
        gather=lambda: cloud.ask(lts.list_streams(new), read),
        decide=lambda stream: stream,
    )


def _adopted(
    stream: lts.Stream, new: lts.NewStream, cloud: Cloud, *, created: bool
) -> EnsuredStream:
    age = 0.0 if stream.created_at is None else cloud.now() - stream.created_at
    return EnsuredStream(
        stream.id, created, stream.differs(new), rivalled=age < YOUNG_SECONDS
    )
