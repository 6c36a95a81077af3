"""Logtanks of Global Accelerator: calls as values, and the values in replies.

Sources: *Creating a Log* (body in Tables 2 and 3, reply in Tables 4 and 5), *Querying
Logs*, *Querying Details About a Log*, *Modifying a Log*, *Deleting a Log*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.errors import AlreadyExists, NotFound
from functions.huaweicloud import replies
from functions.transport import dates
from functions.transport.calls import Call, Reply, path_segment

SERVICE = "GA"
LISTENER = "LISTENER"
ACTIVE, PENDING, ERROR, DELETING = "ACTIVE", "PENDING", "ERROR", "DELETING"
"""The statuses of a logtank (Table 5)."""

_LOGTANKS = "/v1/logtanks"


class Owner(NamedTuple):
    """The project and the account that own the resources, if known."""

    project_id: str | None = None
    domain_id: str | None = None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header that names the owner, by its domain if known."""
        if self.domain_id:
            return (("X-Domain-Id", self.domain_id),)
        return (("X-Project-Id", self.project_id),) if self.project_id else ()


class NewLogtank(NamedTuple):
    """A logtank that a request asks for (Table 3)."""

    resource_type: str
    resource_id: str
    log_group_id: str
    log_stream_id: str


class Logtank(NamedTuple):
    """A logtank that exists (Table 5); what GA leaves out is None.

    `seen_at` is the time of the reply, in seconds since 1970 by the cloud's clock.
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

    def created_seconds(self) -> float | None:
        """Return `created_at` in seconds since 1970, None if it is not a date."""
        return dates.of_document(self.created_at)

    def as_document(self) -> dict[str, object]:
        """Return the fields of Table 5 that GA returned."""
        known = self._asdict() | {"request_id": None, "seen_at": None}
        return {name: value for name, value in known.items() if value is not None}


def create_logtank(new: NewLogtank, owner: Owner) -> Call:
    """Return the call that makes GA ship the listener's log into the stream."""
    body = {"logtank": new._asdict()}
    call = request("CreateLogtank", "POST", owner, _LOGTANKS, body=body)
    return call._replace(expected=(AlreadyExists,))


def show_logtank(logtank: Logtank, owner: Owner) -> Call:
    """Return the call that shows a logtank."""
    return request("ShowLogtank", "GET", owner, _path(logtank))


def update_logtank(logtank: Logtank, new: NewLogtank, owner: Owner) -> Call:
    """Return the call that makes a logtank ship into another stream."""
    target = {"log_group_id": new.log_group_id, "log_stream_id": new.log_stream_id}
    body = {"logtank": target}
    return request("UpdateLogtank", "PUT", owner, _path(logtank), body=body)


def delete_logtank(logtank: Logtank, owner: Owner) -> Call:
    """Return the call that deletes a logtank."""
    call = request("DeleteLogtank", "DELETE", owner, _path(logtank))
    return call._replace(expected=(NotFound,))


def list_logtanks(
    owner: Owner, marker: str | None = None, resource_id: str | None = None
) -> Call:
    """Return the call that lists logtanks, of all listeners or of one.

    `marker` is that of the page to list, None for the first one.
    """
    query = page_of(marker)
    if resource_id:
        query = (("resource_ids", resource_id), ("resource_type", LISTENER), *query)
    return request("ListLogtanks", "GET", owner, _LOGTANKS, query=query)


def page_of(marker: str | None) -> tuple[tuple[str, str], ...]:
    """Return the query for the page of a marker, which requires a limit."""
    return (("limit", "500"), ("marker", marker)) if marker else ()


def logtank(call: Call, reply: Reply) -> Logtank:
    """Return the logtank in a reply (Table 4).

    Raises: UnintelligibleReply if it has no ID.
    """
    document = replies.document(call, reply)
    return _logtank(document.get("logtank"), call, reply)


def logtanks(call: Call, reply: Reply) -> tuple[list[Logtank], str | None]:
    """Return one page's logtanks, and the marker of the next page if there is one.

    Raises: UnintelligibleReply if the reply is not such a page.
    """
    listed = replies.array(call, reply, "logtanks")
    return [_logtank(each, call, reply) for each in listed], next_marker(call, reply)


def next_marker(call: Call, reply: Reply) -> str | None:
    """Return the marker of the next page, None if this page is the last one."""
    page = replies.document(call, reply).get("page_info")
    return (
        replies.identifier(page, "next_marker") if isinstance(page, Mapping) else None
    )


def _logtank(described: object, call: Call, reply: Reply) -> Logtank:
    fault = "has no logtank with an ID"
    fields, _ = replies.with_id(call, reply, described, "id", fault)
    facts: dict[str, Any] = {
        name: replies.identifier(fields, name) for name in Logtank._fields
    }
    facts["request_id"] = _own_request_id(call, reply)
    facts["seen_at"] = reply.date
    return Logtank(**facts)


def _own_request_id(call: Call, reply: Reply) -> str | None:
    """Return the request ID of Table 4, or else the gateway's."""
    own = replies.identifier(replies.document(call, reply), "request_id")
    return own or replies.request_id(reply)


def _path(logtank: Logtank) -> str:
    return f"{_LOGTANKS}/{path_segment(logtank.id)}"


def request(
    operation: str,
    method: str,
    owner: Owner,
    path: str,
    *,
    query: tuple[tuple[str, str], ...] = (),
    body: Mapping[str, object] | None = None,
) -> Call:
    """Return a call to GA."""
    return Call(
        service=SERVICE,
        operation=operation,
        method=method,
        path=path,
        query=query,
        headers=(("Content-Type", "application/json"), *owner.headers()),
        body=body,
    )
