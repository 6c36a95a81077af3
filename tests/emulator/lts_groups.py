"""LTS: creating, listing and deleting log groups, limited to what the tests need.

Source: the vendor's SDK (CreateLogGroupParams, LogGroup) and the limits of LTS ("Basic
Resource Constraints").  All functions run while the state's lock is held.
"""

from tests.emulator.account_state import State, new_id
from tests.emulator.constraints import NEW_GROUP, is_ttl
from tests.emulator.http_messages import Document, Reply, Request, json_reply
from tests.emulator.lts_streams import NO_CONTENT, checked_body, group_of, tag_map
from tests.emulator.service_errors import ServiceError

GROUP_QUOTA = 100


def create_group(state: State, request: Request) -> Reply:
    """CreateLogGroup: 201 with the new group's ID."""
    body = checked_body(request, NEW_GROUP)
    if not is_ttl(body.get("ttl_in_days")):
        raise ServiceError("LTS.0106")
    names = {group["log_group_name"] for group in state.groups.values()}
    if body["log_group_name"] in names:
        raise ServiceError("LTS.0101")
    if len(names) >= GROUP_QUOTA:
        raise ServiceError("LTS.0104")
    group = _new_group(state, body)
    state.groups[group["log_group_id"]] = group
    return json_reply(201, {"log_group_id": group["log_group_id"]})


def _new_group(state: State, body: Document) -> Document:
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


def delete_group(state: State, request: Request) -> Reply:
    """DeleteLogGroup: 204, deletes its streams; rejected while a logtank uses one."""
    group_id = group_of(state, request)["log_group_id"]
    stream_ids = [stream["log_stream_id"] for stream in state.streams_of(group_id)]
    if any(state.is_shipped_to(stream_id) for stream_id in stream_ids):
        raise ServiceError("LTS.0105")
    for stream_id in stream_ids:
        del state.streams[stream_id]
    del state.groups[group_id]
    return NO_CONTENT
