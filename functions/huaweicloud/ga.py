"""Global Accelerator: its calls as values, and what its replies say.

Sources: *Creating a Log* (body in Tables 2 and 3, reply in Tables 4 and 5), *Querying
Logs*, *Querying Details About a Log*, *Deleting a Log*, *Querying Details About a
Listener*.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.huaweicloud import replies
from functions.transport import dates
from functions.transport.calls import Call, Reply, path_segment

SERVICE = "GA"
LISTENER = "LISTENER"
ACTIVE, PENDING, ERROR, DELETING = "ACTIVE", "PENDING", "ERROR", "DELETING"
"""The statuses of a logtank (Table 5)."""

_LOGTANKS, _LISTENERS = "/v1/logtanks", "/v1/listeners"


class Owner(NamedTuple):
    """The project and account whose resources are meant, if known."""

    project_id: str | None = None
    domain_id: str | None = None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header that names one; GA is global, so the domain comes first."""
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
    return _call("CreateLogtank", "POST", owner, body={"logtank": new._asdict()})


def show_logtank(logtank: Logtank, owner: Owner) -> Call:
    """Return the call that shows a logtank."""
    return _call("ShowLogtank", "GET", owner, logtank.id)


def delete_logtank(logtank: Logtank, owner: Owner) -> Call:
    """Return the call that deletes a logtank."""
    return _call("DeleteLogtank", "DELETE", owner, logtank.id)


def list_logtanks(new: NewLogtank, owner: Owner, marker: str | None = None) -> Call:
    """Return the call that lists the listener's logtanks, from a marker on."""
    query = [
        ("resource_ids", new.resource_id),
        ("resource_type", new.resource_type),
    ]
    if marker:
        query += [("limit", "500"), ("marker", marker)]  # a marker requires a limit
    return _call("ListLogtanks", "GET", owner, query=tuple(query))


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
    page = replies.document(call, reply).get("page_info")
    marker = (
        replies.identifier(page, "next_marker") if isinstance(page, Mapping) else None
    )
    return [_logtank(each, call, reply) for each in listed], marker


def show_listener(listener_id: str, owner: Owner) -> Call:
    """Return the call that shows a listener; GA refuses it if there is none."""
    return _call("ShowListener", "GET", owner, listener_id, path=_LISTENERS)


def is_usual_id(listener_id: str) -> bool:
    """Whether an ID has GA's form: 32 hexadecimal digits, with or without hyphens."""
    return bool(re.fullmatch("[0-9a-fA-F]{32}", listener_id.replace("-", "")))


def _logtank(described: object, call: Call, reply: Reply) -> Logtank:
    if not isinstance(described, Mapping) or not replies.identifier(described, "id"):
        raise replies.unintelligible(call, reply, "has no logtank with an ID")
    facts: dict[str, Any] = {
        name: replies.identifier(described, name) for name in Logtank._fields
    }
    facts["request_id"] = _own_request_id(reply)
    facts["seen_at"] = reply.date
    return Logtank(**facts)


def _own_request_id(reply: Reply) -> str | None:
    """Return the request ID of Table 4, or else the gateway's."""
    document = reply.document
    if not isinstance(document, Mapping):
        return replies.request_id(reply)
    return replies.identifier(document, "request_id") or replies.request_id(reply)


def _call(
    operation: str,
    method: str,
    owner: Owner,
    identifier: str = "",
    *,
    path: str = _LOGTANKS,
    query: tuple[tuple[str, str], ...] = (),
    body: Mapping[str, object] | None = None,
) -> Call:
    return Call(
        service=SERVICE,
        operation=operation,
        method=method,
        path=f"{path}/{path_segment(identifier)}" if identifier else path,
        query=query,
        headers=(("Content-Type", "application/json"), *owner.headers()),
        body=body,
    )
