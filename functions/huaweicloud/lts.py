"""Log streams of Log Tank Service: calls as values, and the values in replies.

Sources: *Creating a Log Stream* (path in Table 1, headers in Table 2, body in Tables 3
and 4, reply in Table 5), *Querying All Log Streams in a Log Group*, *Modifying a Log
Stream*, *Deleting a Log Stream*, *Adding or Deleting Resource Tags*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from functions.errors import AlreadyExists, Conflict, NotFound
from functions.huaweicloud import replies
from functions.transport.calls import Call, Reply, path_segment

SERVICE = "LTS"
_BODY = (
    "log_stream_name",
    "ttl_in_days",
    "tags",
    "log_stream_name_alias",
    "enterprise_project_name",
)
USED_BY_TRANSFER = "LTS.0207"
_SYSTEM_TAG = "_sys_"
_INHERITED = -1  # of ttl_in_days in a list
_MAX_MILLISECONDS = 4_102_416_000_000  # the year 2100, as the vendor's SDK has it


class NewStream(NamedTuple):
    """A log stream that a request asks for: its group, and the body to create it."""

    project_id: str
    log_group_id: str
    body: Mapping[str, object]

    @classmethod
    def from_request(
        cls, request: Mapping[str, object], project_id: str, log_group_id: str
    ) -> NewStream:
        """Return the stream that the fields of a checked request describe (Table 3).

        JSON Schema accepts 30.0 as an integer, but the service may not, so it gets 30.
        """
        body = {name: request[name] for name in _BODY if name in request}
        if isinstance(days := body.get("ttl_in_days"), float):
            body["ttl_in_days"] = int(days)
        return cls(project_id, log_group_id, body)

    @property
    def name(self) -> str:
        """The name, which is unique in the group."""
        return str(self.body["log_stream_name"])

    @property
    def tags(self) -> dict[str, str] | None:
        """The requested tags by their keys, None if none are requested."""
        tags = self.body.get("tags")
        if not isinstance(tags, list):
            return None
        return {tag["key"]: tag.get("value", "") for tag in tags}


class Stream(NamedTuple):
    """A log stream that exists; `described` is its entry in the list of streams.

    `created_at` and `seen_at` are in seconds since 1970 by the cloud's clock, None if
    unknown.
    """

    id: str
    name: str
    created_at: float | None = None
    seen_at: float | None = None
    described: Mapping[str, object] | None = None

    @property
    def inherits_ttl(self) -> bool:
        """Whether it keeps its logs as long as its group does."""
        return (self.described or {}).get("ttl_in_days") == _INHERITED

    @property
    def stores_logs(self) -> bool:
        """Whether it keeps the logs that it receives."""
        return (self.described or {}).get("whether_log_storage") is not False

    @property
    def tags(self) -> dict[str, str] | None:
        """The tags except those that the system sets, None if they are unknown."""
        return own_tags(self.described or {})


def create_stream(new: NewStream) -> Call:
    """Return the call that creates a stream; LTS refuses it if the name is taken."""
    path = _streams(new.project_id, new.log_group_id)
    call = request(new.project_id, "CreateLogStream", "POST", path, new.body)
    return call._replace(expected=(AlreadyExists,))


def created_stream(new: NewStream, call: Call, reply: Reply) -> Stream:
    """Return the stream in the reply to a create (Table 5).

    Raises: UnintelligibleReply if it has no ID.
    """
    document, fault = replies.document(call, reply), "has no log_stream_id"
    _, stream_id = replies.with_id(call, reply, document, "log_stream_id", fault)
    return Stream(stream_id, new.name)


def list_streams(project_id: str, log_group_id: str) -> Call:
    """Return the call that lists all streams of a log group, in one page."""
    path = _streams(project_id, log_group_id)
    return request(project_id, "ListLogStream", "GET", path)


def stream_of_name(name: str, call: Call, reply: Reply) -> Stream | None:
    """Return the listed stream with exactly this name, None if there is none.

    Raises: UnintelligibleReply if the reply is not a list of streams.
    """
    for each in replies.array(call, reply, "log_streams"):
        if isinstance(each, Mapping) and each.get("log_stream_name") == name:
            return _stream(each, call, reply)
    return None


def streams(call: Call, reply: Reply) -> list[Stream]:
    """Return all listed streams.

    Raises: UnintelligibleReply if the reply is not a list of streams with IDs.
    """
    listed = replies.array(call, reply, "log_streams")
    return [_stream(each, call, reply) for each in listed]


def update_ttl(
    project_id: str, log_group_id: str, stream_id: str, ttl_in_days: object
) -> Call:
    """Return the call that sets a stream's retention in days."""
    group = _group(project_id, log_group_id)
    path = f"{group}/streams-ttl/{path_segment(stream_id)}"
    body = {"ttl_in_days": ttl_in_days}
    return request(project_id, "UpdateLogStream", "PUT", path, body)


def change_tags(
    project_id: str, stream_id: str, action: str, tags: Mapping[str, str]
) -> Call:
    """Return the call that creates or deletes tags of a stream.

    `action` is `create` or `delete`.
    """
    topic = f"/v1/{path_segment(project_id)}/topics/{path_segment(stream_id)}"
    body = {
        "action": action,
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }
    return request(project_id, "CreateTags", "POST", f"{topic}/tags/action", body)


def delete_stream(project_id: str, log_group_id: str, stream_id: str) -> Call:
    """Return the call that deletes a stream and the logs in it."""
    path = f"{_streams(project_id, log_group_id)}/{path_segment(stream_id)}"
    call = request(project_id, "DeleteLogStream", "DELETE", path)
    return call._replace(expected=(NotFound, Conflict))


def request(
    project_id: str,
    operation: str,
    method: str,
    path: str,
    body: Mapping[str, object] | None = None,
) -> Call:
    """Return a call to LTS, with the headers of Table 2."""
    return Call(
        service=SERVICE,
        operation=operation,
        method=method,
        path=path,
        headers=(
            ("Content-Type", "application/json;charset=utf8"),
            ("X-Project-Id", project_id),
        ),
        body=body,
        project=project_id,
    )


def own_tags(described: Mapping[str, object]) -> dict[str, str] | None:
    """Return the tags in a list's entry, except those that the system sets."""
    tags = described.get("tag")
    if not isinstance(tags, Mapping):
        return None
    return {
        key: str(value or "")
        for key, value in tags.items()
        if not key.startswith(_SYSTEM_TAG)
    }


def _group(project_id: str, log_group_id: str) -> str:
    return f"/v2/{path_segment(project_id)}/groups/{path_segment(log_group_id)}"


def _streams(project_id: str, log_group_id: str) -> str:
    return f"{_group(project_id, log_group_id)}/streams"


def _stream(listed: object, call: Call, reply: Reply) -> Stream:
    fault = "has a stream without an ID"
    fields, stream_id = replies.with_id(call, reply, listed, "log_stream_id", fault)
    name = replies.identifier(fields, "log_stream_name") or ""
    return Stream(stream_id, name, _created_at(fields), reply.date, fields)


def _created_at(listed: Mapping[str, object]) -> float | None:
    """Return the creation time in seconds since 1970, None if it is not plausible."""
    time = listed.get("creation_time")
    if isinstance(time, bool) or not isinstance(time, int):
        return None
    return time / 1000 if 0 <= time < _MAX_MILLISECONDS else None
