"""Global Accelerator: its calls as values, and what its answers say.

Sources: *Creating a Log* (body in Tables 2 and 3, answer in Tables 4 and 5), *Querying
Logs*, *Querying Details About a Log*, *Deleting a Log*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.huaweicloud import replies
from functions.transport.calls import Call, Reply, segment

SERVICE = "GA"
LISTENER = "LISTENER"
ACTIVE, PENDING, ERROR, DELETING = "ACTIVE", "PENDING", "ERROR", "DELETING"
"""The statuses of a logtank (Table 5)."""

_PATH = "/v1/logtanks"


class Owner(NamedTuple):
    """Whose resources are meant, as far as it is known."""

    project_id: str | None = None
    domain_id: str | None = None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header that says so: GA is global, so the domain comes first."""
        if self.domain_id:
            return (("X-Domain-Id", self.domain_id),)
        return (("X-Project-Id", self.project_id),) if self.project_id else ()


class NewLogtank(NamedTuple):
    """A logtank that is wanted (Table 3)."""

    resource_type: str
    resource_id: str
    log_group_id: str
    log_stream_id: str


class Logtank(NamedTuple):
    """A logtank that exists (Table 5); what GA left out is None.

    `seen_at` is when GA said so, in seconds since 1970 by the cloud's clock.
    """

    id: str
    domain_id: str | None = None
    project_id: str | None = None
    resource_type: str | None = None
    resource_id: str | None = None
    log_group_id: str | None = None
    log_stream_id: str | None = None
    status: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    request_id: str | None = None
    seen_at: float | None = None

    def as_document(self) -> dict[str, object]:
        """Return the fields of Table 5 that GA filled in."""
        known = self._asdict() | {"request_id": None, "seen_at": None}
        return {name: value for name, value in known.items() if value is not None}


def create_logtank(new: NewLogtank, owner: Owner) -> Call:
    """Return the call that makes GA ship the listener's log into the stream."""
    return _call("CreateLogtank", "POST", owner, body={"logtank": new._asdict()})


def show_logtank(logtank: Logtank, owner: Owner) -> Call:
    """Return the call that asks how a logtank is doing."""
    return _call("ShowLogtank", "GET", owner, logtank.id)


def delete_logtank(logtank: Logtank, owner: Owner) -> Call:
    """Return the call that removes a logtank."""
    return _call("DeleteLogtank", "DELETE", owner, logtank.id)


def list_logtanks(new: NewLogtank, owner: Owner, marker: str | None = None) -> Call:
    """Return the call that lists the listener's logtanks, from a marker on."""
    query = [
        ("resource_ids", new.resource_id),
        ("resource_type", new.resource_type),
    ]
    if marker:
        query += [("limit", "500"), ("marker", marker)]  # no marker without a limit
    return _call("ListLogtanks", "GET", owner, query=tuple(query))


def logtank(call: Call, reply: Reply) -> Logtank:
    """Return the logtank that an answer describes (Table 4).

    Raises: the error that the reply is; UnintelligibleReply without an id.
    """
    answer = replies.document(call, reply)
    return _logtank(answer.get("logtank"), call, reply)


def logtanks(call: Call, reply: Reply) -> tuple[list[Logtank], str | None]:
    """Return one page's logtanks, and the marker of the next page if there is one.

    Raises: the error that the reply is; UnintelligibleReply for another document.
    """
    answer = replies.document(call, reply)
    listed = answer.get("logtanks")
    if not isinstance(listed, list):
        raise replies.unintelligible(call, reply, "has no logtanks")
    page = answer.get("page_info")
    marker = (
        replies.identifier(page, "next_marker") if isinstance(page, Mapping) else None
    )
    return [_logtank(each, call, reply) for each in listed], marker


def _logtank(described: object, call: Call, reply: Reply) -> Logtank:
    if not isinstance(described, Mapping) or not replies.identifier(described, "id"):
        raise replies.unintelligible(call, reply, "has no logtank with an id")
    facts: dict[str, Any] = {
        name: replies.identifier(described, name) for name in Logtank._fields
    }
    facts["request_id"] = _own_request_id(reply)
    facts["seen_at"] = reply.date
    return Logtank(**facts)


def _own_request_id(reply: Reply) -> str | None:
    """Return the request id of Table 4, else the gateway's."""
    told = reply.document
    own = replies.identifier(told, "request_id") if isinstance(told, Mapping) else None
    return own or replies.request_id(reply)


def _call(
    operation: str,
    method: str,
    owner: Owner,
    logtank_id: str = "",
    *,
    query: tuple[tuple[str, str], ...] = (),
    body: Mapping[str, object] | None = None,
) -> Call:
    return Call(
        service=SERVICE,
        operation=operation,
        method=method,
        path=f"{_PATH}/{segment(logtank_id)}" if logtank_id else _PATH,
        query=query,
        headers=(("Content-Type", "application/json"), *owner.headers()),
        body=body,
    )
