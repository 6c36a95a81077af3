"""Make sure that a log stream exists."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from functions.errors import AlreadyExists
from functions.huaweicloud import lts, retry
from functions.provisioning.agreement import Lease
from functions.provisioning.cloud import Cloud, error_context


class EnsuredStream(NamedTuple):
    """A stream that exists.

    `differs` names the requested fields that have other values; `lease` is what is
    known of it for the agreement on the logtank.
    """

    id: str
    created: bool
    differs: list[str]
    lease: Lease


def ensure(new: lts.NewStream, cloud: Cloud) -> EnsuredStream:
    """Create the stream, or adopt the one of its name in its group.

    Raises: AlreadyExists if the name is taken outside the group; the errors of the
    create; DeadlineExceeded; each with what is known of the stream.
    """
    list_streams, read = lts.list_streams(new), partial(lts.stream_of_name, new)
    look: retry.Look[lts.Stream, lts.Stream | None] = retry.Look(
        gather=lambda: cloud.ask(list_streams, read), decide=lambda stream: stream
    )
    with error_context(step="create_log_stream", log_stream_name=new.name):
        try:
            made = retry.create(
                lts.create_stream(new),
                partial(lts.created_stream, new),
                cloud.send,
                cloud.policy,
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


def _adopted(stream: lts.Stream, new: lts.NewStream, *, created: bool) -> EnsuredStream:
    lease = Lease(
        adopted=True,
        stream_created_at=stream.created_at,
        stream_seen_at=stream.seen_at,
    )
    return EnsuredStream(stream.id, created, stream.differs(new), lease)
