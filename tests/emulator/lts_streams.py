"""LTS: creating, listing, changing and deleting log streams.

Source: "Creating a Log Stream" (Tables 1 to 9); the fields of lists are those of the
vendor's SDK (LogStreamResBody).  All functions run while the state's lock is held.
"""

from tests.emulator.account_state import (
    ENTERPRISE_PROJECT_TAG,
    INHERITED,
    State,
    new_id,
)
from tests.emulator.constraints import (
    CHANGED_STREAM,
    MAX_NAME,
    NEW_STREAM,
    Fields,
    satisfies,
)
from tests.emulator.http_messages import JSON_TYPE, Document, Reply, Request, json_reply
from tests.emulator.service_errors import ServiceError

NO_CONTENT = Reply(204)
# what the real service answers for a stream that an access configuration uses
BARE_REFUSAL = Reply(400)
TRANSFER = "transfer"
ACCESS_CONFIGURATION = "access_config"


def checked_body(request: Request, fields: Fields) -> Document:
    """Return the request's JSON object.

    Raises:
        ServiceError: LTS.0007 if it is not JSON, LTS.0009 if it breaks a constraint.

    """
    try:
        document = request.json()
    except ValueError as error:
        raise ServiceError("LTS.0007") from error
    if not request.headers.get("content-type", "").lower().startswith(JSON_TYPE):
        raise ServiceError("LTS.0007")
    if not isinstance(document, dict) or not satisfies(fields, document):
        raise ServiceError("LTS.0009")
    return document


def group_of(state: State, request: Request) -> Document:
    """Return the log group in the path.

    Raises:
        ServiceError: LTS.0201.

    """
    group = state.groups.get(request.params["log_group_id"])
    if group is None:
        raise ServiceError("LTS.0201")
    return group


def tag_map(tags: list[Document]) -> dict[str, str]:
    """Return tags as a mapping, with the enterprise project ID, as in lists."""
    shown = {tag["key"]: tag.get("value", "") for tag in tags}
    return {ENTERPRISE_PROJECT_TAG: "0", **shown}


def create_stream(state: State, request: Request) -> Reply:
    """CreateLogStream: 201 with the new stream's ID."""
    body = checked_body(request, NEW_STREAM)
    group = group_of(state, request)
    group_id = group["log_group_id"]
    _check_is_unique(state.streams_of(group_id), body)
    if len(state.streams_of(group_id)) >= state.options.stream_quota:
        raise ServiceError("LTS.0206")
    stream = new_stream(state, group_id, body)
    state.streams[stream["log_stream_id"]] = stream
    return json_reply(201, {"log_stream_id": stream["log_stream_id"]})


def _check_is_unique(others: list[Document], body: Document) -> None:
    """Names are unique; an alias must differ from other names and aliases (Table 3)."""
    names = {other["log_stream_name"] for other in others}
    aliases = {other["log_stream_name_alias"] for other in others}
    taken_alias = body.get("log_stream_name_alias") in names | aliases
    if body["log_stream_name"] in names or taken_alias:
        raise ServiceError("LTS.0205")


def new_stream(state: State, group_id: str, body: Document) -> Document:
    """Return the document of a new stream; without retention, it inherits it."""
    name, days = body["log_stream_name"], body.get("ttl_in_days", INHERITED)
    return {
        "creation_time": int(state.clock() * 1000),
        "log_group_id": group_id,
        "log_stream_id": new_id(),
        "log_stream_name": name,
        "log_stream_name_alias": body.get("log_stream_name_alias", name),
        "ttl_in_days": days,
        "tag": tag_map(body.get("tags", [])),
        "filter_count": 0,
        "is_favorite": False,
        "whether_log_storage": True,
        "hot_cold_separation": False,
        "hot_storage_days": INHERITED if days == INHERITED else 0,
        "auth_web_tracking": False,
    }


def list_group_streams(state: State, request: Request) -> Reply:
    """ListLogStream: all streams of one group, without paging."""
    group = group_of(state, request)
    streams = state.streams_of(group["log_group_id"])
    shown = [state.shown_stream(stream) for stream in streams]
    for stream in shown:
        del stream["log_group_id"]
    return json_reply(200, {"log_streams": shown})


def list_streams(state: State, request: Request) -> Reply:
    """ListLogStreams: streams whose group and name *contain* the query's values.

    The matching of the real filter is undocumented; the loosest interpretation makes
    clients compare names themselves.
    """
    group_part = _filter_value(request, "log_group_name")
    stream_part = _filter_value(request, "log_stream_name")
    shown = [
        state.shown_stream(stream)
        for stream in state.streams.values()
        if stream_part in stream["log_stream_name"]
        and group_part in state.groups[stream["log_group_id"]]["log_group_name"]
    ]
    return json_reply(200, {"log_streams": shown})


def _filter_value(request: Request, name: str) -> str:
    values = request.arguments().get(name, [""])
    if len(values[-1]) > MAX_NAME:
        raise ServiceError("LTS.0009")
    return values[-1]


def _stream_of(state: State, request: Request) -> Document:
    group = group_of(state, request)
    stream = state.streams.get(request.params["log_stream_id"])
    if stream is None or stream["log_group_id"] != group["log_group_id"]:
        raise ServiceError("LTS.0208")
    return stream


def update_stream(state: State, request: Request) -> Reply:
    """UpdateLogStream: retention, tags, storage; the reply has "topic" fields."""
    body = checked_body(request, CHANGED_STREAM)
    stream = _stream_of(state, request)
    given = {name: body[name] for name in CHANGED_STREAM if name in body}
    if "tags" in given:
        given["tag"] = tag_map(given.pop("tags"))
    if "ttl_in_days" in given:
        given["hot_storage_days"] = 0
    stream.update(given)
    shown = {
        "creation_time": stream["creation_time"],
        "log_topic_name": stream["log_stream_name"],
        "log_topic_id": stream["log_stream_id"],
        "ttl_in_days": state.shown_stream(stream)["ttl_in_days"],
    }
    return json_reply(200, shown)


def delete_stream(state: State, request: Request) -> Reply:
    """DeleteLogStream: 204; rejected while the stream is in use.

    LTS.0207 while a logtank or a transfer uses it, a bare 400 while an access
    configuration does.
    """
    stream_id = _stream_of(state, request)["log_stream_id"]
    users = state.stream_users.get(stream_id, [])
    if state.is_shipped_to(stream_id) or TRANSFER in users:
        raise ServiceError("LTS.0207")
    if ACCESS_CONFIGURATION in users:
        return BARE_REFUSAL
    state.remove_stream(stream_id)
    return NO_CONTENT
