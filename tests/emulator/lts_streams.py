"""LTS: creating, listing, changing and deleting log streams.

Source: "Creating a Log Stream" (Tables 1 to 9); the lists' fields are those of the
vendor's SDK (LogStreamResBody).  All functions run while the world's lock is held.
"""

from tests.emulator.constraints import (
    CHANGED_STREAM,
    MAX_NAME,
    NEW_STREAM,
    Fields,
    holds,
)
from tests.emulator.exchange import JSON_TYPE, Answer, Document, Request, answer_json
from tests.emulator.refusals import Refusal
from tests.emulator.world import ENTERPRISE_PROJECT_TAG, World, new_id

NO_CONTENT = Answer(204)


def checked_body(request: Request, fields: Fields) -> Document:
    """Return the request's JSON object.

    Raises:
        Refusal: LTS.0007 if it is no JSON, LTS.0009 if it breaks a constraint.

    """
    try:
        document = request.json()
    except ValueError as error:
        raise Refusal("LTS.0007") from error
    if not request.headers.get("content-type", "").lower().startswith(JSON_TYPE):
        raise Refusal("LTS.0007")
    if not isinstance(document, dict) or not holds(fields, document):
        raise Refusal("LTS.0009")
    return document


def group_of(world: World, request: Request) -> Document:
    """Return the log group that the path names.

    Raises:
        Refusal: LTS.0201.

    """
    group = world.groups.get(request.params["log_group_id"])
    if group is None:
        raise Refusal("LTS.0201")
    return group


def tag_map(tags: list[Document]) -> dict[str, str]:
    """Return tags as lists show them: a mapping, with the enterprise project's id."""
    shown = {tag["key"]: tag.get("value", "") for tag in tags}
    return {ENTERPRISE_PROJECT_TAG: "0", **shown}


def create_stream(world: World, request: Request) -> Answer:
    """CreateLogStream: 201 with the new stream's id."""
    body = checked_body(request, NEW_STREAM)
    group = group_of(world, request)
    _refuse_taken(world.streams_of(group["log_group_id"]), body)
    if len(world.streams_of(group["log_group_id"])) >= world.options.stream_quota:
        raise Refusal("LTS.0206")
    stream = _new_stream(world, group, body)
    world.streams[stream["log_stream_id"]] = stream
    return answer_json(201, {"log_stream_id": stream["log_stream_id"]})


def _refuse_taken(others: list[Document], body: Document) -> None:
    """Names are unique; an alias is no other stream's name or alias (Table 3)."""
    names = {other["log_stream_name"] for other in others}
    aliases = {other["log_stream_name_alias"] for other in others}
    taken_alias = body.get("log_stream_name_alias") in names | aliases
    if body["log_stream_name"] in names or taken_alias:
        raise Refusal("LTS.0205")


def _new_stream(world: World, group: Document, body: Document) -> Document:
    name = body["log_stream_name"]
    return {
        "creation_time": int(world.clock() * 1000),
        "log_group_id": group["log_group_id"],
        "log_stream_id": new_id(),
        "log_stream_name": name,
        "log_stream_name_alias": body.get("log_stream_name_alias", name),
        "ttl_in_days": body.get("ttl_in_days", group["ttl_in_days"]),
        "tag": tag_map(body.get("tags", [])),
        "filter_count": 0,
        "is_favorite": False,
        "whether_log_storage": True,
        "hot_cold_separation": False,
        "hot_storage_days": 0,
        "auth_web_tracking": False,
    }


def list_group_streams(world: World, request: Request) -> Answer:
    """ListLogStream: all streams of one group; there is no paging."""
    group = group_of(world, request)
    shown = [dict(stream) for stream in world.streams_of(group["log_group_id"])]
    for stream in shown:
        del stream["log_group_id"]
    return answer_json(200, {"log_streams": shown})


def list_streams(world: World, request: Request) -> Answer:
    """ListLogStreams: streams whose group and name *contain* what the query gives.

    How the real filter matches is not documented; the loosest reading makes a client
    compare names itself.
    """
    group_part = _filter_value(request, "log_group_name")
    stream_part = _filter_value(request, "log_stream_name")
    shown = [
        stream
        for stream in world.streams.values()
        if stream_part in stream["log_stream_name"]
        and group_part in world.groups[stream["log_group_id"]]["log_group_name"]
    ]
    return answer_json(200, {"log_streams": shown})


def _filter_value(request: Request, name: str) -> str:
    values = request.arguments().get(name, [""])
    if len(values[-1]) > MAX_NAME:
        raise Refusal("LTS.0009")
    return values[-1]


def _stream_of(world: World, request: Request) -> Document:
    group = group_of(world, request)
    stream = world.streams.get(request.params["log_stream_id"])
    if stream is None or stream["log_group_id"] != group["log_group_id"]:
        raise Refusal("LTS.0208")
    return stream


def update_stream(world: World, request: Request) -> Answer:
    """UpdateLogStream: retention, tags, storage; answers in the old "topic" words."""
    body = checked_body(request, CHANGED_STREAM)
    stream = _stream_of(world, request)
    given = {name: body[name] for name in CHANGED_STREAM if name in body}
    if "tags" in given:
        given["tag"] = tag_map(given.pop("tags"))
    stream.update(given)
    shown = {
        "creation_time": stream["creation_time"],
        "log_topic_name": stream["log_stream_name"],
        "log_topic_id": stream["log_stream_id"],
        "ttl_in_days": stream["ttl_in_days"],
    }
    return answer_json(200, shown)


def delete_stream(world: World, request: Request) -> Answer:
    """DeleteLogStream: 204; refused while a logtank ships into the stream."""
    stream = _stream_of(world, request)
    if world.is_shipped_to(stream["log_stream_id"]):
        raise Refusal("LTS.0207")
    del world.streams[stream["log_stream_id"]]
    return NO_CONTENT
