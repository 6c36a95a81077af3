"""Finds a log group by its name, or creates it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

from functions.errors import AlreadyExists
from functions.huaweicloud import retry
from functions.huaweicloud.log_groups import (
    Group,
    NewGroup,
    create_group,
    created_group,
    groups,
    list_groups,
)
from functions.provisioning.cloud import Cloud, Request, error_context

DEFAULT_TTL_IN_DAYS = 30
LAG_PAUSES = (0.5, 1.0)
"""Pauses between lookups, since a list may lag behind creates."""
T = TypeVar("T")


class EnsuredGroup(NamedTuple):
    """A log group that exists, and whether this call created it.

    `differs` is whether its retention differs from the requested one.
    """

    id: str
    created: bool = False
    differs: bool = False


def ensure(request: Request, project_id: str, cloud: Cloud) -> EnsuredGroup:
    """Return the log group of a request; one that is missing is created.

    An existing group is never changed. A name is looked up once for all requests of an
    event.

    Raises: AlreadyExists if the name is another group's original name; the errors of
    the calls; each with the name of the group.
    """
    if "log_group_name" not in request:
        return EnsuredGroup(str(request["log_group_id"]))
    name = str(request["log_group_name"])
    days = cast("int | None", request.get("log_group_ttl_in_days"))
    new = NewGroup(project_id, name, int(days or DEFAULT_TTL_IN_DAYS))
    with error_context(step="create_log_group", log_group_name=name):
        key = ("log group", project_id, name)
        (group, created), is_first = cloud.once.get(key, lambda: _ensured(new, cloud))
    differs = days is not None and group.ttl_in_days not in {None, days}
    return EnsuredGroup(group.id, created and is_first, differs)


def listed(project_id: str, cloud: Cloud) -> list[Group]:
    """Return all log groups of the project, listed once for all requests of an event.

    Groups that these requests create are added to the list.

    Raises: the errors of the call.
    """
    key = ("log groups", project_id)
    return cloud.once.get(key, lambda: _list(project_id, cloud))[0]


def named(name: str, listed: list[Group]) -> Group | None:
    """Return the group with exactly this name, None if there is none."""
    return next((each for each in listed if each.name == name), None)


def found_despite_lag(lookup: Callable[[], T | None], cloud: Cloud) -> T | None:
    """Return what must exist, looked up again after each of LAG_PAUSES if necessary.

    Returns None if it is not found, or if there is no time for the next pause.
    """
    found = lookup()
    for pause in LAG_PAUSES:
        if found or cloud.policy.remaining_seconds() <= pause:
            break
        cloud.policy.sleep_within_deadline(pause)
        found = lookup()
    return found


def _ensured(new: NewGroup, cloud: Cloud) -> tuple[Group, bool]:
    """Return the group with the name, and whether it had to be created."""
    lookup: retry.Lookup[Group, list[Group]] = retry.Lookup(
        lambda: _list(new.project_id, cloud), lambda listed: named(new.name, listed)
    )
    known = listed(new.project_id, cloud)
    if existing := named(new.name, known):
        return existing, False
    try:
        made = retry.create(
            create_group(new),
            lambda call, reply: created_group(new, call, reply),
            cloud.send,
            cloud.policy,
            lookup,
        )
    except AlreadyExists:
        if (found := found_despite_lag(lookup, cloud)) is None:
            raise
        known.append(found)
        return found, False
    known.append(made.value)
    cloud.log("INFO", "log group created", log_group_id=made.value.id)
    return made.value, True


def _list(project_id: str, cloud: Cloud) -> list[Group]:
    return cloud.ask(list_groups(project_id), groups)
