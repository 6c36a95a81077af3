"""A cloud, two processes, the events that were sent, and the books on it all."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from itertools import count
from typing import Any

from tests.e2e.driving import NOWHERE
from tests.e2e.ports import running
from tests.e2e.processes import Order, Report, processes
from tests.e2e.state.deliveries import SHARED, Delivery
from tests.e2e.state.faults import Fault
from tests.e2e.state.items import Item, items
from tests.e2e.state.kinds import Kind
from tests.e2e.state.ledger import Ledger
from tests.emulator import Emulator

A_MINUTE = 61.0
AMPLE = 60.0
PROCESSES = 2
_FIRST = Delivery("create_log_stream", "one", [[{"log_stream_name": SHARED}]])
_FAIR = {"HTTP_TIMEOUT_SECONDS": "10"}


class World:
    """What is under test, and what has happened so far."""

    def __init__(self, kind: Kind, credential: str, page_size: int | None) -> None:
        """Begin with a stream that is there, and a kind of credential."""
        self.kind = kind
        self._ahead = 0.0 if kind.honest else -2 * A_MINUTE
        self._ids = map(str, count())
        self._answered = 0
        self._history: list[object] = []
        self._life = ExitStack()
        self.sent: list[Delivery] = []
        self.cloud = Emulator(
            clock=lambda: time.time() + self._ahead,
            on_call=self._watch,
            own_date=kind.honest,
            signatures=not kind.honest,  # they would be too old
            second_logtank=kind.second,
            list_page_size=page_size,
        )
        self.ledger = Ledger(self.cloud, kind)
        self._life.enter_context(running(self.cloud))
        settings = _credential(self.cloud, credential) | _settings(kind)
        self.processes = self._life.enter_context(processes(PROCESSES, settings))
        self.send((_FIRST, 0))

    def end(self) -> None:
        """End all of it."""
        self._life.close()

    def history(self) -> str:
        """Return what has happened, for those who cannot see it happen again."""
        return "".join(f"{each}\n" for each in (self.kind, *self._history))

    def turn(self, what: str) -> None:
        """Let something happen between events: a "restart", "revoke", or "minute"."""
        self._history.append(what)
        if what == "restart":
            for process in self.processes:
                process.restart()
        if what == "revoke":
            self.cloud.revoke_tokens()
        if what == "minute" and self.kind.honest:
            self._ahead += A_MINUTE

    def let_fail(self, faults: Iterable[Fault]) -> None:
        """Let those go wrong that may in a world of this kind."""
        those = list(filter(self.kind.may, faults))
        self._history.append(those)
        self.cloud.fail(*those)

    def remembered(self, delivery: Delivery) -> Delivery:
        """Return an event as it is sent now, and is to be sent again."""
        streams = self.ledger.streams()
        resolved = delivery.resolved(self.cloud.log_group_id, streams)
        if resolved not in self.sent:
            self.sent.append(resolved)
        return resolved

    def send(self, *each: tuple[Delivery, int], seconds: float = AMPLE) -> list[Report]:
        """Send events at once, each to its process, and enter what came of them."""
        before = {logtank["id"] for logtank in self.cloud.logtanks}
        orders: dict[int, list[Order]] = {}
        for delivery, process in each:
            order = Order(delivery.entry, delivery.event(), seconds, next(self._ids))
            orders.setdefault(process, []).append(order)
            self._history.append((process, order))
        for process, theirs in orders.items():
            self.processes[process].begin(*theirs)
        reports = [r for process in orders for r in self.processes[process].reports()]
        reports.sort(key=lambda report: int(report.order.id))
        for (delivery, _), report in zip(each, reports, strict=True):
            self.ledger.enter(delivery, report, before)
        return reports

    def clear_up(self) -> None:
        """Let the weather clear, and whatever is still under way end."""
        self.cloud.settle()
        while self._answered < len(self.cloud.calls):
            time.sleep(0.01)
        self.processes[0].restart(**_FAIR)

    def send_all_again(self) -> None:
        """Send each event once more, and once more: it is done, and stays so."""
        for delivery in self.sent:
            first, second = self._settled(delivery), self._settled(delivery)
            assert [_ids(each) for each in first] == [_ids(each) for each in second]
            assert not any(each.result["created"] for each in second if each.result)

    def _settled(self, delivery: Delivery) -> list[Item]:
        self.turn("minute")
        (report,) = self.send((delivery, 0))
        self.ledger.check()
        settled = [each for each in items(delivery, report) if each.lines]
        for each in settled:
            self._check_settled(delivery.entry, each)
        return settled

    def _check_settled(self, entry: str, item: Item) -> None:
        """Check that what is wanted is there, or else cannot be there."""
        pair = self.ledger.pair(entry, item.request)
        if item.error is None:
            assert pair is None or self.ledger.shipping(pair)
            return
        assert pair
        assert not self.ledger.shipping(pair)
        if item.error["title"] == "Not found":
            assert pair.stream_id == NOWHERE
            return
        assert item.error["title"] == "Conflict"
        assert pair.listener in {each["resource_id"] for each in self.cloud.logtanks}

    def _watch(self, _call: object) -> None:
        self.ledger.watch()
        self._answered += 1


def _ids(item: Item) -> Mapping[str, Any] | None:
    """Return a result, but for what may be otherwise the next time."""
    if item.result is None:
        return None
    return item.result | {"created": None, "request_id": None}


def _settings(kind: Kind) -> dict[str, str]:
    """Return settings under which much happens in little time."""
    return {
        "RETRY_ATTEMPTS": "2",
        "RETRY_BASE_SECONDS": "0.01",
        "RETRY_CAP_SECONDS": "0.05",
        "HTTP_TIMEOUT_SECONDS": str(kind.timeout),
        "MAX_CONCURRENCY": "4" if kind.rivals else "1",
    }


def _credential(cloud: Emulator, kind: str) -> dict[str, str]:
    """Return the settings for a cloud, with a key, a token or a user."""
    settings = cloud.environment()
    if kind == "key":
        return settings
    del settings["HUAWEICLOUD_SDK_AK"], settings["HUAWEICLOUD_SDK_SK"]
    if kind == "token":
        return settings | {"HUAWEICLOUD_AUTH_TOKEN": cloud.token}
    return settings | {
        "HUAWEICLOUD_SDK_DOMAIN_ID": cloud.domain_id,
        "HUAWEICLOUD_IAM_DOMAIN": cloud.domain,
        "HUAWEICLOUD_IAM_USER": cloud.user,
        "HUAWEICLOUD_IAM_PASSWORD": cloud.password,
    }
