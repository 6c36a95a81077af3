"""Log Tank Service: its calls as values, and what its replies say.

Sources: *Creating a Log Stream* (path in Table 1, headers in Table 2, body in Tables 3
and 4, reply in Table 5), *Querying All Log Streams in a Log Group*, *Querying All Log
Groups of an Account*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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
_SYSTEM_TAG = "_sys_"
_INHERITED = -1  # of ttl_in_days in a list
_MAX_MILLISECONDS = 4_102_416_000_000  # the year 2100, as the vendor's SDK has it


class NewStream(NamedTuple):
    """A log stream that a request asks for: its place, and the body to create it."""

    project_id: str
    log_group_id: str
    body: Mapping[str, object]

    @classmethod
    def from_request(cls, request: Mapping[str, object], project_id: str) -> NewStream:
        """Take the fields of Table 3 from a checked request.

        To JSON Schema 30.0 is an integer; to the service it may not be, so it gets 30.
        """
        body = {name: request[name] for name in _BODY if name in request}
        if isinstance(days := body.get("ttl_in_days"), float):
            body["ttl_in_days"] = int(days)
        return cls(project_id, str(request["log_group_id"]), body)

    @property
    def name(self) -> str:
        """The name, which is unique in the group."""
        return str(self.body["log_stream_name"])


class Stream(NamedTuple):
    """A log stream that exists; `described` is its entry in the list of streams.

    `created_at` and `seen_at` are in seconds since 1970 by the cloud's clock, None if
    it does not say.
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

    def differs(self, wanted: NewStream, group_ttl: int | None = None) -> list[str]:
        """Return the requested fields that the list has with another value.

        `group_ttl` is the group's retention in days, if known.
        """
        described = dict(self.described or {})
        if self.inherits_ttl:
            described["ttl_in_days"] = group_ttl
        return [
            name
            for name, (want, have) in _compared(wanted, described).items()
            if want is not None and have is not None and want != have
        ]


def create_stream(new: NewStream) -> Call:
    """Return the call that creates a stream; LTS refuses it if the name is taken."""
    return _call(new, "CreateLogStream", "POST", new.body)


def created_stream(new: NewStream, call: Call, reply: Reply) -> Stream:
    """Return the stream in the reply to a create (Table 5).

    Raises: UnintelligibleReply if it has no ID.
    """
    found = replies.identifier(replies.document(call, reply), "log_stream_id")
    if not found:
        raise replies.unintelligible(call, reply, "has no log_stream_id")
    return Stream(found, new.name)


def list_streams(new: NewStream) -> Call:
    """Return the call that lists all streams of the group, in one page."""
    return _call(new, "ListLogStream", "GET")


def stream_of_name(new: NewStream, call: Call, reply: Reply) -> Stream | None:
    """Return the listed stream with exactly the requested name, None if there is none.

    Raises: UnintelligibleReply if the reply is not a list of streams.
    """
    for each in replies.array(call, reply, "log_streams"):
        if isinstance(each, Mapping) and each.get("log_stream_name") == new.name:
            return _stream(each, new, call, reply)
    return None


def list_groups(new: NewStream) -> Call:
    """Return the call that lists all log groups of the project, in one page."""
    project = path_segment(new.project_id)
    return _call(new, "ListLogGroups", "GET", path=f"/v2/{project}/groups")


def group_ttl(new: NewStream, call: Call, reply: Reply) -> int | None:
    """Return the retention of the stream's group in days, None if it is not listed.

    Raises: UnintelligibleReply if the reply is not a list of groups.
    """
    for each in replies.array(call, reply, "log_groups"):
        if isinstance(each, Mapping) and each.get("log_group_id") == new.log_group_id:
            days = each.get("ttl_in_days")
            return days if isinstance(days, int) else None
    return None


def _stream(
    listed: Mapping[str, object], new: NewStream, call: Call, reply: Reply
) -> Stream:
    found = replies.identifier(listed, "log_stream_id")
    if not found:
        raise replies.unintelligible(call, reply, "has a stream without an ID")
    return Stream(found, new.name, _created_at(listed), reply.date, listed)


def _created_at(listed: Mapping[str, object]) -> float | None:
    """Return the creation time in seconds since 1970, None if it is not plausible."""
    time = listed.get("creation_time")
    if isinstance(time, bool) or not isinstance(time, int):
        return None
    return time / 1000 if 0 <= time < _MAX_MILLISECONDS else None


def _call(
    new: NewStream,
    operation: str,
    method: str,
    body: Mapping[str, object] | None = None,
    path: str = "",
) -> Call:
    project, group = path_segment(new.project_id), path_segment(new.log_group_id)
    return Call(
        service=SERVICE,
        operation=operation,
        method=method,
        path=path or f"/v2/{project}/groups/{group}/streams",
        headers=(
            ("Content-Type", "application/json;charset=utf8"),  # Table 2
            ("X-Project-Id", new.project_id),
        ),
        body=body,
        project=new.project_id,
    )


def _compared(
    new: NewStream, described: Mapping[str, object]
) -> dict[str, tuple[object, object]]:
    """Return pairs of requested and listed values, None for what is not given."""
    return {
        "ttl_in_days": (new.body.get("ttl_in_days"), described.get("ttl_in_days")),
        "tags": (_wanted_tags(new.body.get("tags")), _own_tags(described.get("tag"))),
        "log_stream_name_alias": (
            new.body.get("log_stream_name_alias"),
            described.get("log_stream_name_alias"),
        ),
    }


def _wanted_tags(tags: object) -> dict[str, str] | None:
    if not isinstance(tags, list):
        return None
    return {tag["key"]: tag.get("value", "") for tag in tags}


def _own_tags(tags: object) -> dict[str, object] | None:
    """Return a listed stream's tags, except those that the system sets."""
    if not isinstance(tags, Mapping):
        return None
    return {
        key: value or ""
        for key, value in tags.items()
        if not key.startswith(_SYSTEM_TAG)
    }
