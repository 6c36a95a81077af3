"""Listeners of Global Accelerator: calls as values, and the values in replies.

Sources: *Querying Listeners*, *Querying Details About a Listener*.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from functions.errors import NotFound
from functions.huaweicloud import ga, replies
from functions.transport import dates
from functions.transport.calls import Call, Reply, path_segment

ACTIVE, DELETING = "ACTIVE", "DELETING"
"""Statuses of a listener."""
NO_SUCH_LISTENER = "GA.9002"
_LISTENERS = "/v1/listeners"


class Listener(NamedTuple):
    """A listener that exists; what GA leaves out is None, or no tags.

    `created_at` is in seconds since 1970, infinity if unknown.
    """

    id: str
    name: str | None = None
    accelerator_id: str | None = None
    status: str | None = None
    is_frozen: bool = False
    tags: Mapping[str, str] = {}
    created_at: float = math.inf


def list_listeners(owner: ga.Owner, marker: str | None = None) -> Call:
    """Return the call that lists a page of listeners, the first without a marker."""
    query = ga.page_of(marker)
    return ga.request("ListListeners", "GET", owner, _LISTENERS, query=query)


def listeners(call: Call, reply: Reply) -> tuple[list[Listener], str | None]:
    """Return one page's listeners, and the marker of the next page if there is one.

    Raises: UnintelligibleReply if the reply is not such a page.
    """
    listed = replies.array(call, reply, "listeners")
    return [_listener(each, call, reply) for each in listed], ga.next_marker(
        call, reply
    )


def show_listener(listener_id: str, owner: ga.Owner) -> Call:
    """Return the call that shows a listener; GA refuses it if it does not exist."""
    path = f"{_LISTENERS}/{path_segment(listener_id)}"
    call = ga.request("ShowListener", "GET", owner, path)
    return call._replace(expected=(NotFound,))


def listener(call: Call, reply: Reply) -> Listener:
    """Return the listener in a reply.

    Raises: UnintelligibleReply if it has no ID.
    """
    return _listener(replies.document(call, reply).get("listener"), call, reply)


def is_usual_id(listener_id: str) -> bool:
    """Whether an ID has GA's form: 32 hexadecimal digits, with or without hyphens."""
    return bool(re.fullmatch("[0-9a-fA-F]{32}", listener_id.replace("-", "")))


def _listener(described: object, call: Call, reply: Reply) -> Listener:
    fault = "has no listener with an ID"
    fields, listener_id = replies.with_id(call, reply, described, "id", fault)
    names = ("name", "accelerator_id", "status", "created_at")
    name, accelerator, status, created = (
        replies.identifier(fields, each) for each in names
    )
    seconds = dates.of_document(created)
    return Listener(
        id=listener_id,
        name=name,
        accelerator_id=accelerator,
        status=status,
        is_frozen=_is_frozen(fields.get("frozen_info")),
        tags=_tags(fields.get("tags")),
        created_at=math.inf if seconds is None else seconds,
    )


def _is_frozen(info: object) -> bool:
    """Whether `frozen_info` means frozen; with status 0 or without one, it does not."""
    return isinstance(info, Mapping) and info.get("status") not in (None, 0)


def _tags(listed: object) -> dict[str, str]:
    tags = listed if isinstance(listed, list) else []
    return {
        str(tag.get("key")): str(tag.get("value") or "")
        for tag in tags
        if isinstance(tag, Mapping)
    }
