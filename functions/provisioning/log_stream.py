"""Make sure that a log stream exists."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from functions.errors import AlreadyExists
from functions.huaweicloud import lts, retry
from functions.provisioning.cloud import Cloud, error_context
from functions.provisioning.lease import Lease


class EnsuredStream(NamedTuple):
    """A stream that is there.

    `differs` names the wanted fields that are otherwise; `claim` is what a logtank into
    it has to know.
    """

    id: str
    created: bool
    differs: list[str]
    lease: Lease


def ensure(new: lts.NewStream, cloud: Cloud) -> EnsuredStream:
    """Create the stream, or adopt the one of its name in its group.

    Raises: AlreadyExists if the name is taken outside the group; whatever refuses the
    create; DeadlineExceeded; each with what is known of the stream.
    """
    with error_context(step="create_log_stream", log_stream_name=new.name):
        look = _looking(new, cloud)
        try:
            made = retry.create(
                lts.create_stream(new),
                partial(lts.created_stream, new),
                cloud.send,
                cloud.retry_policy,
                look,
            )
        except AlreadyExists:
            if (found := look()) is None:
                raise
            return _adopted(found, new, created=False)
    if not made.answered:
        return _adopted(made.value, new, created=True)
    lease = Lease(leased_at=made.sent_at)
    return EnsuredStream(made.value.id, created=True, differs=[], lease=lease)


def _looking(
    new: lts.NewStream, cloud: Cloud
) -> retry.Looking[lts.Stream, lts.Stream | None]:
    read = partial(lts.stream_of_name, new)
    return retry.Looking(
        gather=lambda: cloud.ask(lts.list_streams(new), read),
        decide=lambda stream: stream,
    )


def _adopted(stream: lts.Stream, new: lts.NewStream, *, created: bool) -> EnsuredStream:
    lease = Lease(
        adopted=True,
        stream_created_at=stream.created_at,
        stream_seen_at=stream.seen_at,
    )
    return EnsuredStream(stream.id, created, stream.differs(new), lease)
