"""Finds a log stream by its name, or creates it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from functions.errors import AlreadyExists, ProvisioningError
from functions.huaweicloud import lts, retry
from functions.huaweicloud.log_groups import Group
from functions.provisioning import log_group, stream_update
from functions.provisioning.cloud import Cloud, error_context
from functions.provisioning.lease import Lease
from functions.provisioning.stream_differences import depend_on_group, differences


class EnsuredStream(NamedTuple):
    """A stream that exists.

    `differs` names the requested fields that have other values, `updated` those that
    have been changed on request; `lease` is needed to agree on the logtank.
    """

    id: str
    created: bool
    lease: Lease
    differs: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()


def ensure(new: lts.NewStream, cloud: Cloud, *, update: bool = False) -> EnsuredStream:
    """Create the stream, or adopt the one with its name in its group.

    With `update`, an adopted stream gets the requested retention and tags.

    Raises: AlreadyExists if the name is taken outside the group; the errors of the
    create and of `stream_update.update`; DeadlineExceeded; each with what is known of
    the stream.
    """
    list_streams = lts.list_streams(new.project_id, new.log_group_id)
    read = partial(lts.stream_of_name, new.name)
    lookup: retry.Lookup[lts.Stream, lts.Stream | None] = retry.Lookup(
        gather=lambda: cloud.ask(list_streams, read), decide=lambda stream: stream
    )
    with error_context(
        step="create_log_stream",
        log_group_id=new.log_group_id,
        log_stream_name=new.name,
    ):
        try:
            made = retry.create(
                lts.create_stream(new),
                partial(lts.created_stream, new),
                cloud.send,
                cloud.policy,
                lookup,
            )
        except AlreadyExists:
            if (found := log_group.found_despite_lag(lookup, cloud)) is None:
                raise
            return _adopted(found, new, cloud, update=update)
    if not made.answered:
        return _adopted(made.value, new, cloud, update=update)._replace(created=True)
    lease = Lease(leased_at=made.sent_at)
    return EnsuredStream(made.value.id, created=True, lease=lease)


def group_for_comparison(
    new: lts.NewStream, stream: lts.Stream, cloud: Cloud, *, update: bool
) -> Group | None:
    """Return the stream's log group if the comparison depends on it, None if unknown.

    If the groups cannot be listed, only the log line of the call says so, except with
    `update`: then tags that belong to the group might be deleted.

    Raises: with `update`, the errors of the call.
    """
    if not depend_on_group(new, stream):
        return None
    try:
        groups = log_group.listed(new.project_id, cloud)
    except ProvisioningError:
        if update:
            raise
        return None
    return next((each for each in groups if each.id == new.log_group_id), None)


def _adopted(
    stream: lts.Stream, new: lts.NewStream, cloud: Cloud, *, update: bool
) -> EnsuredStream:
    group = group_for_comparison(new, stream, cloud, update=update)
    differs = differences(new, stream, group)
    adopted = EnsuredStream(
        stream.id,
        created=False,
        lease=Lease.of_adopted(stream),
        differs=tuple(differs),
    )
    if not (update and stream_update.updatable(differs)):
        return adopted
    updated, differs = stream_update.update(stream, new, group, cloud)
    return adopted._replace(differs=tuple(differs), updated=tuple(updated))
