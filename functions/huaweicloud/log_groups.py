"""Log groups of Log Tank Service: calls as values, and the values in replies.

Sources: *Creating a Log Group*, *Querying All Log Groups of an Account*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from functions.errors import AlreadyExists
from functions.huaweicloud import lts, replies
from functions.transport.calls import Call, Reply, path_segment


class NewGroup(NamedTuple):
    """A log group that a request asks for."""

    project_id: str
    name: str
    ttl_in_days: int


class Group(NamedTuple):
    """A log group that exists; what the list leaves out is None, or no tags."""

    id: str
    name: str | None = None
    ttl_in_days: int | None = None
    tags: Mapping[str, str] = {}


def create_group(new: NewGroup) -> Call:
    """Return the call that creates a group; LTS refuses it if the name is taken."""
    body = {"log_group_name": new.name, "ttl_in_days": new.ttl_in_days}
    path = _groups(new.project_id)
    call = lts.request(new.project_id, "CreateLogGroup", "POST", path, body)
    return call._replace(expected=(AlreadyExists,))


def created_group(new: NewGroup, call: Call, reply: Reply) -> Group:
    """Return the group in the reply to a create.

    Raises: UnintelligibleReply if it has no ID.
    """
    document, fault = replies.document(call, reply), "has no log_group_id"
    _, group_id = replies.with_id(call, reply, document, "log_group_id", fault)
    return Group(group_id, new.name, new.ttl_in_days)


def list_groups(project_id: str) -> Call:
    """Return the call that lists all log groups of the project, in one page."""
    return lts.request(project_id, "ListLogGroups", "GET", _groups(project_id))


def groups(call: Call, reply: Reply) -> list[Group]:
    """Return all listed groups.

    Raises: UnintelligibleReply if the reply is not a list of groups with IDs.
    """
    listed = replies.array(call, reply, "log_groups")
    return [_group(each, call, reply) for each in listed]


def _group(listed: object, call: Call, reply: Reply) -> Group:
    fault = "has a log group without an ID"
    fields, group_id = replies.with_id(call, reply, listed, "log_group_id", fault)
    days = fields.get("ttl_in_days")
    return Group(
        id=group_id,
        name=replies.identifier(fields, "log_group_name"),
        ttl_in_days=days if isinstance(days, int) else None,
        tags=lts.own_tags(fields) or {},
    )


def _groups(project_id: str) -> str:
    return f"/v2/{path_segment(project_id)}/groups"
