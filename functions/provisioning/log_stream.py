"""Make sure that a log stream exists."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from functions.errors import AlreadyExists, ProvisioningError
from functions.huaweicloud import lts, retry
from functions.provisioning.agreement import Lease
from functions.provisioning.cloud import Cloud, error_context

LAG_PAUSES = (0.5, 1.0)
"""Pauses between attempts to find a stream: a list may lag behind creates."""


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
    """Create the stream, or adopt the one with its name in its group.

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
            if (found := _found(look, cloud)) is None:
                raise
            return _adopted(found, new, cloud, created=False)
    if not made.answered:
        return _adopted(made.value, new, cloud, created=True)
    lease = Lease(leased_at=made.sent_at)
    return EnsuredStream(made.value.id, created=True, differs=[], lease=lease)


def _found(look: Callable[[], lts.Stream | None], cloud: Cloud) -> lts.Stream | None:
    """Look for the stream, repeatedly and with LAG_PAUSES while there is time."""
    found = look()
    for pause in LAG_PAUSES:
        if found or cloud.policy.remaining_seconds() <= pause:
            break
        cloud.policy.sleep_within_deadline(pause)
        found = look()
    return found


def _adopted(
    stream: lts.Stream, new: lts.NewStream, cloud: Cloud, *, created: bool
) -> EnsuredStream:
    lease = Lease(
        adopted=True,
        stream_created_at=stream.created_at,
        stream_seen_at=stream.seen_at,
    )
    differs = stream.differs(new, _group_ttl(stream, new, cloud))
    return EnsuredStream(stream.id, created, differs, lease)


def _group_ttl(stream: lts.Stream, new: lts.NewStream, cloud: Cloud) -> int | None:
    """Return the group's retention if the comparison needs it, None if unknown.

    If the groups cannot be listed, the log line of the call says so, and nothing fails.
    """
    if not stream.inherits_ttl or "ttl_in_days" not in new.body:
        return None
    with suppress(ProvisioningError):
        return cloud.ask(lts.list_groups(new), partial(lts.group_ttl, new))
    return None
