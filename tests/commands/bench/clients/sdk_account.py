"""Plain scripts on the vendor's SDK that survey an account, or plan what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from huaweicloudsdkga import v1 as ga
from huaweicloudsdklts import v2 as lts

from tests.commands.bench.clients import asked
from tests.commands.bench.clients.sdk import SdkObject, ga_client, lts_client


class _Account(NamedTuple):
    """What was listed: logtanks by listener, and names of streams by their IDs."""

    listeners: list[SdkObject]
    logtanks: dict[str, list[SdkObject]]
    streams: dict[str, str]


def status() -> int:
    """Print which listener logs where, and return how many do."""
    account = _listed()
    rows = [_row(each, account) for each in account.listeners]
    for row in rows:
        print("  ".join(row))
    return sum(row[-2] == "shipping" for row in rows)


def plan() -> int:
    """Print the listeners that do not ship as wanted, and return how many do."""
    account = _listed()
    unchanged = 0
    for each in account.listeners:
        name = f"ga-{each.id}"
        state, stream = _row(each, account)[-2:]
        if (state, stream) == ("shipping", name):
            unchanged += 1
        elif each.status == "ACTIVE" and state == "off":
            print(each.name, each.id, "create", name)
        else:
            print(each.name, each.id, "skip", state, stream)
    return unchanged


def _row(listener: SdkObject, account: _Account) -> tuple[str, ...]:
    logtanks = account.logtanks.get(listener.id, [])
    names = [account.streams.get(each.log_stream_id, "-") for each in logtanks]
    state = _state(logtanks, names)
    stream = ", ".join(names)
    return listener.name, listener.id, listener.accelerator_id, state, stream


def _state(logtanks: list[SdkObject], names: list[str]) -> str:
    if len(logtanks) != 1:
        return "several" if logtanks else "off"
    if logtanks[0].status != "ACTIVE":
        return str(logtanks[0].status).lower()
    return "broken" if names == ["-"] else "shipping"


def _listed() -> _Account:
    listeners = list(_pages(ga.ListListenersRequest, "list_listeners", "listeners"))
    logtanks: dict[str, list[SdkObject]] = {}
    for each in _pages(ga.ListLogtanksRequest, "list_logtanks", "logtanks"):
        logtanks.setdefault(each.resource_id, []).append(each)
    groups = {tank.log_group_id for tanks in logtanks.values() for tank in tanks}
    streams = {
        each.log_stream_id: each.log_stream_name
        for group in groups or {asked.LOG_GROUP_ID}
        for each in lts_client.list_log_stream(
            lts.ListLogStreamRequest(log_group_id=group)
        ).log_streams
    }
    return _Account(listeners, logtanks, streams)


def _pages(request: SdkObject, method: str, items: str) -> Iterator[SdkObject]:
    marker = None
    while True:
        reply = getattr(ga_client, method)(request(limit=500, marker=marker))
        yield from getattr(reply, items)
        marker = reply.page_info.next_marker
        if not marker:
            return
