"""LTS: creating, listing, changing and deleting log groups.

Source: the vendor's SDK (CreateLogGroupParams, UpdateLogGroupParams, LogGroup) and the
limits of LTS ("Basic Resource Constraints").  All functions run while the state's lock
is held.
"""

from tests.emulator.account_state import ENTERPRISE_PROJECT_TAG, State, new_id
from tests.emulator.constraints import CHANGED_GROUP, NEW_GROUP, is_ttl
from tests.emulator.http_messages import Document, Reply, Request, json_reply
from tests.emulator.lts_streams import (
    ACCESS_CONFIGURATION,
    BARE_REFUSAL,
    NO_CONTENT,
    TRANSFER,
    checked_body,
    group_of,
    tag_map,
)
from tests.emulator.service_errors import ServiceError


def create_group(state: State, request: Request) -> Reply:
    """CreateLogGroup: 201 with the new group's ID."""
    body = checked_body(request, NEW_GROUP)
    _check_ttl(body)
    _check_is_unique(state, [body["log_group_name"], body.get("log_group_name_alias")])
    if len(state.groups) >= state.options.group_quota:
        raise ServiceError("LTS.0104")
    group = new_group(state, body)
    project = request.arguments().get("enterprise_project_id", ["0"])[-1]
    group["tag"][ENTERPRISE_PROJECT_TAG] = project
    group_id = group["log_group_id"]
    state.groups[group_id] = group
    state.original_names[group_id] = group["log_group_name"]
    return json_reply(201, {"log_group_id": group_id})


def _check_ttl(body: Document) -> None:
    if "ttl_in_days" in body and not is_ttl(body["ttl_in_days"]):
        raise ServiceError("LTS.0106")


def _check_is_unique(state: State, names: list[str | None]) -> None:
    """Names differ from the names, aliases and original names of all groups."""
    taken = set(state.original_names.values())
    for group in state.groups.values():
        taken |= {group["log_group_name"], group["log_group_name_alias"]}
    if taken & set(names):
        raise ServiceError("LTS.0101")


def new_group(state: State, body: Document) -> Document:
    """Return the document of a new group."""
    name = body["log_group_name"]
    return {
        "creation_time": int(state.clock() * 1000),
        "log_group_id": new_id(),
        "log_group_name": name,
        "log_group_name_alias": body.get("log_group_name_alias", name),
        "ttl_in_days": body["ttl_in_days"],
        "tag": tag_map(body.get("tags", [])),
    }


def list_groups(state: State, _request: Request) -> Reply:
    """ListLogGroups: all groups, without paging."""
    return json_reply(200, {"log_groups": list(state.groups.values())})


def update_group(state: State, request: Request) -> Reply:
    """UpdateLogGroup: 200; streams that inherit the retention follow it."""
    body = checked_body(request, CHANGED_GROUP)
    _check_ttl(body)
    group = group_of(state, request)
    alias = body.get("log_group_name_alias", group["log_group_name_alias"])
    if alias != group["log_group_name_alias"]:
        _check_is_unique(state, [alias])
    project = group["tag"][ENTERPRISE_PROJECT_TAG]
    tags = {**tag_map(body.get("tags", [])), ENTERPRISE_PROJECT_TAG: project}
    group.update(
        ttl_in_days=body.get("ttl_in_days", group["ttl_in_days"]),
        tag=tags if "tags" in body else group["tag"],
        log_group_name_alias=alias,
    )
    shown = ("creation_time", "log_group_name", "log_group_id", "ttl_in_days")
    return json_reply(200, {name: group[name] for name in shown})


def delete_group(state: State, request: Request) -> Reply:
    """DeleteLogGroup: 204, deletes its streams; rejected while one is in use.

    LTS.0105 while a logtank or a transfer uses one, a bare 400 while an access
    configuration does.
    """
    group_id = group_of(state, request)["log_group_id"]
    stream_ids = [stream["log_stream_id"] for stream in state.streams_of(group_id)]
    users = [user for each in stream_ids for user in state.stream_users.get(each, [])]
    if TRANSFER in users or any(map(state.is_shipped_to, stream_ids)):
        raise ServiceError("LTS.0105")
    if ACCESS_CONFIGURATION in users:
        return BARE_REFUSAL
    state.remove_group(group_id)
    return NO_CONTENT
