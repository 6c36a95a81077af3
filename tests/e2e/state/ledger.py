"""What was asked for, told and made, and what must hold of it at every moment.

A *pair* is a listener and the stream that it is to ship to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from functions import contracts
from tests.e2e.processes import Report
from tests.e2e.state.deliveries import Delivery, Request, stream_name
from tests.e2e.state.items import Item, check_answer, items
from tests.e2e.state.kinds import Kind
from tests.emulator import Emulator


class Pair(NamedTuple):
    """A listener, and the id of the stream that it ships to."""

    listener: str
    stream_id: str


class Ledger:
    """The books on one emulated cloud, which are to `watch` each of its calls."""

    def __init__(self, cloud: Emulator, kind: Kind) -> None:
        """Begin with nothing."""
        self._cloud = cloud
        self._kind = kind
        self._ever: dict[str, Pair] = {}
        self._learnt: Counter[Pair] = Counter()
        self._told: defaultdict[Pair, set[str]] = defaultdict(set)
        self._named: set[str] = set()

    def watch(self) -> None:
        """See every logtank before anybody can remove it."""
        for each in self._cloud.logtanks:
            self._ever[each["id"]] = Pair(each["resource_id"], each["log_stream_id"])

    def streams(self) -> dict[str, str]:
        """Return the ids of the streams, by name, of which no two are equal."""
        streams = self._cloud.streams
        found = {each["log_stream_name"]: each["log_stream_id"] for each in streams}
        assert len(found) == len(streams)
        return found

    def shipping(self, pair: Pair) -> set[str]:
        """Return the ids of the logtanks that ship a listener's log into a stream."""
        return {
            each["id"]
            for each in self._cloud.logtanks
            if Pair(each["resource_id"], each["log_stream_id"]) == pair
        }

    def enter(
        self, delivery: Delivery, report: Report, before: AbstractSet[str]
    ) -> None:
        """Enter what came of an event; `before` are the logtanks that were there.

        What is told must be so: a success names what is there, and a failure whatever
        its call had learnt of.
        """
        assert report.seconds < report.order.seconds
        for item in items(delivery, report):
            self._enter_item(delivery.entry, item, before)
        check_answer(delivery, report)

    def check(self) -> None:
        """Nothing is there twice, and what was told is there to stay."""
        self.watch()
        self.streams()
        for pair in set(self._ever.values()):
            shipping = self.shipping(pair)
            assert len(shipping) <= 1 + self._excused(pair, shipping)
            assert self._told[pair] <= shipping

    def _excused(self, pair: Pair, shipping: AbstractSet[str]) -> int:
        """Return how many may be too many, where a second logtank is allowed.

        Those of which a failure told, and, where answers to what was done may be lost,
        those whose makers never learnt of them.
        """
        if self._kind.second == "refuse":
            return 0
        unknown = list(self._ever.values()).count(pair) - self._learnt[pair]
        return len(self._named & shipping) + self._kind.loses * unknown

    def pair(self, entry: str, request: Request) -> Pair | None:
        """Return whose log a request wants where, None if that is not there yet."""
        if entry == "create_logtank":
            wanted = request["logtank"]
            return Pair(wanted["resource_id"], wanted["log_stream_id"])
        stream_id = self.streams().get(stream_name(request))
        if entry == "create_log_stream" or stream_id is None:
            return None
        return Pair(request["resource_id"], stream_id)

    def _enter_item(self, entry: str, item: Item, before: AbstractSet[str]) -> None:
        pair = self.pair(entry, item.request)
        if pair:
            self._learnt[pair] += item.learnt("CreateLogtank")
        if item.result is not None:
            self._enter_result(entry, item, item.result, pair)
        if item.error is not None:
            self._enter_error(entry, item, item.error, pair, before)

    def _enter_result(
        self, entry: str, item: Item, result: dict[str, Any], pair: Pair | None
    ) -> None:
        contracts.check(f"{entry}.result", result)
        if entry != "create_logtank":
            assert result["log_stream_id"] == self.streams()[stream_name(item.request)]
        if pair:
            self._told[pair].add(logtank_id(entry, result))

    def _enter_error(
        self,
        entry: str,
        item: Item,
        error: dict[str, Any],
        pair: Pair | None,
        before: AbstractSet[str],
    ) -> None:
        contracts.check("error", error)
        assert error["title"] != "Malfunction"
        named = error.get("logtank_id")
        if entry != "create_logtank":
            stream_id = self.streams().get(stream_name(item.request))
            assert error.get("log_stream_id") in (None, stream_id)
        if item.learnt("CreateLogStream") or error.get("step") == "create_logtank":
            assert error["log_stream_id"]
        if item.learnt("CreateLogtank"):
            assert named
        if named:
            assert self._ever[named] == pair
            self._named.add(named)
        elif item.learnt("ListLogtanks") and pair:
            there = [i for i in before if self._ever[i].listener == pair.listener]
            assert [self._ever[i] for i in there] != [pair]


def logtank_id(entry: str, result: dict[str, Any]) -> str:
    """Return the logtank's id in a result of an entry that makes one."""
    inner = result["logtank"] if entry == "create_logtank" else result
    return str(inner["id" if entry == "create_logtank" else "logtank_id"])
