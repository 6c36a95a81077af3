"""Reads lists that come in pages, to their end; looks up single listeners."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol, TypeVar

from functions.errors import InvalidRequest, NotFound, UnintelligibleReply
from functions.huaweicloud import ga, listeners
from functions.huaweicloud.retry import Read
from functions.provisioning.cloud import Cloud
from functions.transport.calls import Call, Reply

_MAX_PAGES = 100
_MAX_RESTARTS = 3
_MAX_NAMED = 100  # in one log line
_MAX_OF_LISTENER = 1_000
"""A longer list is treated as invalid, because a listener has only a few logtanks."""
_MAX_ITEMS = 50_000


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


Item = TypeVar("Item", bound=_HasId)


def logtanks_of(listener_id: str, cloud: Cloud) -> list[ga.Logtank]:
    """Return a listener's logtanks from all pages, whether GA filters them or not.

    Raises: UnintelligibleReply if the list has no end; the errors of its calls.
    """

    def page(call: Call, reply: Reply) -> tuple[list[ga.Logtank], str | None]:
        listed, marker = ga.logtanks(call, reply)
        return [each for each in listed if each.resource_id == listener_id], marker

    list_page = partial(ga.list_logtanks, cloud.owner, resource_id=listener_id)
    found = _all_pages(list_page, page, cloud, _MAX_OF_LISTENER)
    warn_of_surplus(listener_id, found, cloud)
    return found


def all_logtanks(cloud: Cloud) -> list[ga.Logtank]:
    """Return all logtanks of the account, from all pages.

    Raises: UnintelligibleReply if the list has no end, or does not say whose log one
    ships, and where; the errors of its calls.
    """
    found = _all_pages(partial(ga.list_logtanks, cloud.owner), ga.logtanks, cloud)
    for each in found:
        if not (each.resource_id and each.log_group_id and each.log_stream_id):
            raise UnintelligibleReply(
                f"GA lists logtank {each.id} without its resource or its log stream",
                service=ga.SERVICE,
            )
    return found


def all_listeners(cloud: Cloud) -> list[listeners.Listener]:
    """Return all listeners of the account, from all pages.

    Raises: UnintelligibleReply if the list has no end; the errors of its calls.
    """
    list_page = partial(listeners.list_listeners, cloud.owner)
    return _all_pages(list_page, listeners.listeners, cloud)


def find_listener(listener_id: str, cloud: Cloud) -> listeners.Listener | None:
    """Return a listener, None only if GA says that it does not exist.

    Raises: the errors of the call, such as a gateway's NotFound.
    """
    call = listeners.show_listener(listener_id, cloud.owner)
    try:
        return cloud.ask(call, listeners.listener)
    except NotFound as error:
        if error.code != listeners.NO_SUCH_LISTENER:
            raise
        return None


def _all_pages(
    list_page: Callable[[str | None], Call],
    read: Read[tuple[list[Item], str | None]],
    cloud: Cloud,
    limit: int = _MAX_ITEMS,
) -> list[Item]:
    """Return the items of all pages, each once: pages may overlap.

    A marker is an item's ID. If that page is refused, because the item was deleted in
    the meantime, the list is read again from its beginning.
    """
    found: dict[str, Item] = {}
    marker: str | None = None
    passed: set[str] = set()
    restarts = 0
    while len(passed) < _MAX_PAGES and len(found) < limit:
        call = list_page(marker)
        try:
            items, marker = cloud.ask(call, read)
        except (InvalidRequest, NotFound):
            if marker is None or restarts == _MAX_RESTARTS:
                raise
            restarts += 1
            found, marker, passed = {}, None, set()
            continue
        found.update({each.id: each for each in items})
        if marker is None and len(found) <= limit:
            return list(found.values())
        if marker is None or marker in passed:
            break
        passed.add(marker)
    raise UnintelligibleReply(
        f"The list of {call.operation} repeats itself or is too long",
        service=ga.SERVICE,
    )


def warn_of_surplus(
    listener_id: str, logtanks: Iterable[ga.Logtank], cloud: Cloud
) -> None:
    """Log a warning if several logtanks ship the listener's log into one stream."""
    streams: dict[str | None, list[str]] = {}
    for each in logtanks:
        if each.status != ga.DELETING:
            streams.setdefault(each.log_stream_id, []).append(each.id)
    for stream, ids in streams.items():
        if len(ids) > 1:
            cloud.log(
                "WARNING",
                "surplus logtanks: the log is shipped more than once",
                resource_id=listener_id,
                log_stream_id=stream,
                logtank_ids=sorted(ids)[:_MAX_NAMED],
            )
