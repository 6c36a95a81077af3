"""A model of what was requested, reported and created, and its invariants.

A *pair* is a listener and the log stream that it ships to.
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
    """A listener, and the ID of the log stream that it ships to."""

    listener: str
    stream_id: str


class Model:
    """The model of one emulated cloud; it must `observe` after each call."""

    def __init__(self, cloud: Emulator, kind: Kind) -> None:
        """Start with an empty model."""
        self._cloud = cloud
        self._kind = kind
        self._all_logtanks: dict[str, Pair] = {}
        self._seen_creates: Counter[Pair] = Counter()
        self._reported: defaultdict[Pair, set[str]] = defaultdict(set)
        self._named_in_errors: set[str] = set()

    def observe(self) -> None:
        """Record every existing logtank, before one can be deleted."""
        for each in self._cloud.logtanks:
            self._all_logtanks[each["id"]] = Pair(
                each["resource_id"], each["log_stream_id"]
            )

    def streams(self) -> dict[str, str]:
        """Return the IDs of the log streams by name; names must be unique."""
        streams = self._cloud.streams
        ids = {each["log_stream_name"]: each["log_stream_id"] for each in streams}
        assert len(ids) == len(streams)
        return ids

    def logtanks_of(self, pair: Pair) -> set[str]:
        """Return the IDs of the logtanks that connect a pair."""
        return {
            each["id"]
            for each in self._cloud.logtanks
            if Pair(each["resource_id"], each["log_stream_id"]) == pair
        }

    def record(
        self, delivery: Delivery, report: Report, before: AbstractSet[str]
    ) -> None:
        """Record the outcome of an event; `before` are the logtanks that existed.

        Outcomes must be true: a result names existing resources, and an error names
        every resource that its calls had seen.
        """
        assert report.seconds < report.order.seconds
        for item in items(delivery, report):
            self._record_item(delivery.entry, item, before)
        check_answer(delivery, report)

    def check(self) -> None:
        """Check that there are no duplicates and that reported logtanks still exist."""
        self.observe()
        self.streams()
        for pair in set(self._all_logtanks.values()):
            logtanks = self.logtanks_of(pair)
            assert len(logtanks) <= 1 + self._allowed_duplicates(pair, logtanks)
            assert self._reported[pair] <= logtanks

    def _allowed_duplicates(self, pair: Pair, logtanks: AbstractSet[str]) -> int:
        """Return how many duplicates are acceptable if GA allows a second logtank.

        These are the ones that an error named and, in scenarios where replies to
        successful creates may be lost, the ones whose creators saw no reply.
        """
        if self._kind.second_logtank == "refuse":
            return 0
        unknown = (
            list(self._all_logtanks.values()).count(pair) - self._seen_creates[pair]
        )
        return (
            len(self._named_in_errors & logtanks)
            + self._kind.can_lose_creates * unknown
        )

    def pair_for(self, entry: str, request: Request) -> Pair | None:
        """Return the pair that a request asks for, None without a log stream."""
        if entry == "create_logtank":
            option = request["logtank"]
            return Pair(option["resource_id"], option["log_stream_id"])
        stream_id = self.streams().get(stream_name(request))
        if entry == "create_log_stream" or stream_id is None:
            return None
        return Pair(request["resource_id"], stream_id)

    def _record_item(self, entry: str, item: Item, before: AbstractSet[str]) -> None:
        pair = self.pair_for(entry, item.request)
        if pair:
            self._seen_creates[pair] += item.successes("CreateLogtank")
        if item.result is not None:
            self._record_result(entry, item, item.result, pair)
        if item.error is not None:
            self._record_error(entry, item, item.error, pair, before)

    def _record_result(
        self, entry: str, item: Item, result: dict[str, Any], pair: Pair | None
    ) -> None:
        contracts.check(f"{entry}.result", result)
        if entry != "create_logtank":
            assert result["log_stream_id"] == self.streams()[stream_name(item.request)]
        if pair:
            self._reported[pair].add(logtank_id(entry, result))

    def _record_error(
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
        if item.successes("CreateLogStream") or error.get("step") == "create_logtank":
            assert error["log_stream_id"]
        if item.successes("CreateLogtank"):
            assert named
        if named:
            assert self._all_logtanks[named] == pair
            self._named_in_errors.add(named)
        elif item.successes("ListLogtanks") and pair:
            existing = [
                i for i in before if self._all_logtanks[i].listener == pair.listener
            ]
            assert [self._all_logtanks[i] for i in existing] != [pair]


def logtank_id(entry: str, result: dict[str, Any]) -> str:
    """Return the logtank ID in a result of an entry that creates a logtank."""
    inner = result["logtank"] if entry == "create_logtank" else result
    return str(inner["id" if entry == "create_logtank" else "logtank_id"])
