"""Gives an existing log stream the requested retention and tags."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from functions.huaweicloud import lts, replies
from functions.huaweicloud.log_groups import Group
from functions.provisioning.cloud import Cloud, error_context
from functions.provisioning.stream_differences import differences
from functions.transport.calls import Call

UPDATABLE = ("ttl_in_days", "tags")
"""The fields that LTS can change; it cannot change an alias."""


def updatable(fields: Iterable[str]) -> list[str]:
    """Return those of the fields that LTS can change."""
    return [name for name in fields if name in UPDATABLE]


def update(
    stream: lts.Stream, new: lts.NewStream, group: Group | None, cloud: Cloud
) -> tuple[list[str], list[str]]:
    """Update a stream, and return the names of the updated and of the differing fields.

    A stream is updated once for all requests of an event. Fields that still differ
    afterwards are not sent again.

    Raises: the errors of the calls, with the ID of the stream.
    """
    key = ("update", new.log_group_id, stream.id, repr(new.body))
    with error_context(step="update_log_stream", log_stream_id=stream.id):
        (updated, differs), _ = cloud.once.get(
            key, lambda: _updated(stream, new, group, cloud)
        )
    return updated, differs


def _updated(
    stream: lts.Stream, new: lts.NewStream, group: Group | None, cloud: Cloud
) -> tuple[list[str], list[str]]:
    before = differences(new, stream, group)
    for call in calls(stream, new, group, before):
        cloud.ask(call, replies.ignore)
    listed = lts.list_streams(new.project_id, new.log_group_id)
    found = cloud.ask(listed, partial(lts.stream_of_name, new.name))
    after = differences(new, found, group) if found else before
    return [name for name in before if name not in after], after


def calls(
    stream: lts.Stream, new: lts.NewStream, group: Group | None, differing: list[str]
) -> list[Call]:
    """Return the calls that change what differs.

    A tag is deleted before it gets another value, so that the number of tags stays
    within the service's limit.
    """
    needed = []
    if "ttl_in_days" in differing:
        days = new.body["ttl_in_days"]
        ids = (new.project_id, new.log_group_id, stream.id)
        needed.append(lts.update_ttl(*ids, days))
    if "tags" in differing:
        wanted, found = new.tags or {}, stream.tags or {}
        inherited = group.tags if group else {}
        for action, tags in (
            ("delete", found.items() - wanted.items()),
            ("create", wanted.items() - found.items()),
        ):
            own = {key: value for key, value in sorted(tags) if key not in inherited}
            if own:
                change = lts.change_tags(new.project_id, stream.id, action, own)
                needed.append(change)
    return needed
