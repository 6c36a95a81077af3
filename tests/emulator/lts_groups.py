"""LTS: creating, listing and deleting log groups, as far as a bundle's tests need.

Source: the vendor's SDK (CreateLogGroupParams, LogGroup) and the limits of LTS ("Basic
Resource Constraints").  All functions run while the world's lock is held.
"""

from tests.emulator.constraints import NEW_GROUP, is_ttl
from tests.emulator.exchange import Answer, Document, Request, answer_json
from tests.emulator.lts_streams import NO_CONTENT, checked_body, group_of, tag_map
from tests.emulator.refusals import Refusal
from tests.emulator.world import World, new_id

GROUP_QUOTA = 100


def create_group(world: World, request: Request) -> Answer:
    """CreateLogGroup: 201 with the new group's id."""
    body = checked_body(request, NEW_GROUP)
    if not is_ttl(body.get("ttl_in_days")):
        raise Refusal("LTS.0106")
    names = {group["log_group_name"] for group in world.groups.values()}
    if body["log_group_name"] in names:
        raise Refusal("LTS.0101")
    if len(names) >= GROUP_QUOTA:
        raise Refusal("LTS.0104")
    group = _new_group(world, body)
    world.groups[group["log_group_id"]] = group
    return answer_json(201, {"log_group_id": group["log_group_id"]})


def _new_group(world: World, body: Document) -> Document:
    name = body["log_group_name"]
    return {
        "creation_time": int(world.clock() * 1000),
        "log_group_id": new_id(),
        "log_group_name": name,
        "log_group_name_alias": body.get("log_group_name_alias", name),
        "ttl_in_days": body["ttl_in_days"],
        "tag": tag_map(body.get("tags", [])),
    }


def list_groups(world: World, _request: Request) -> Answer:
    """ListLogGroups: all of them; there is no paging."""
    return answer_json(200, {"log_groups": list(world.groups.values())})


def delete_group(world: World, request: Request) -> Answer:
    """DeleteLogGroup: 204, its streams go too; refused while a logtank uses one."""
    group_id = group_of(world, request)["log_group_id"]
    doomed = [stream["log_stream_id"] for stream in world.streams_of(group_id)]
    if any(world.is_shipped_to(stream_id) for stream_id in doomed):
        raise Refusal("LTS.0105")
    for stream_id in doomed:
        del world.streams[stream_id]
    del world.groups[group_id]
    return NO_CONTENT
