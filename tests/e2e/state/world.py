"""The test harness: an emulated cloud, two processes, the sent events and the model."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from itertools import count
from typing import Any

from tests.e2e.driving import NOWHERE
from tests.e2e.processes import Order, Report, processes
from tests.e2e.state.deliveries import SHARED, Delivery
from tests.e2e.state.faults import Fault
from tests.e2e.state.items import Item, items
from tests.e2e.state.kinds import Kind
from tests.e2e.state.ledger import Model
from tests.emulator import Emulator

STREAM_AGING_SECONDS = 61.0
AMPLE_SECONDS = 60.0
PROCESSES = 2
_FIRST_EVENT = Delivery("create_log_stream", "single", [[{"log_stream_name": SHARED}]])
_LONG_TIMEOUT = {"HTTP_TIMEOUT_SECONDS": "10"}


class Harness:
    """The system under test, and the history of what was done to it."""

    def __init__(self, kind: Kind, credential: str, page_size: int | None) -> None:
        """Start with one existing log stream and the given kind of credential."""
        self.kind = kind
        self._clock_offset = 0.0 if kind.clock_is_correct else -2 * STREAM_AGING_SECONDS
        self._ids = map(str, count())
        self._answered_calls = 0
        self._history: list[object] = []
        self._resources = ExitStack()
        self.sent: list[Delivery] = []
        self.cloud = Emulator(
            clock=lambda: time.time() + self._clock_offset,
            on_call=self._watch,
            own_date=kind.clock_is_correct,
            signatures=not kind.clock_is_correct,  # their dates would be out of range
            second_logtank=kind.second_logtank,
            list_page_size=page_size,
        )
        self.model = Model(self.cloud, kind)
        self._resources.enter_context(self.cloud)
        settings = _credential(self.cloud, credential) | _settings(kind)
        self.processes = self._resources.enter_context(processes(PROCESSES, settings))
        self.send((_FIRST_EVENT, 0))

    def close(self) -> None:
        """Stop the processes and the emulator."""
        self._resources.close()

    def history(self) -> str:
        """Return a log of all steps, for failures that cannot be reproduced."""
        return "".join(f"{each}\n" for each in (self.kind, *self._history))

    def disturb(self, disturbance: str) -> None:
        """Restart the processes, revoke all tokens, or advance the clock."""
        self._history.append(disturbance)
        if disturbance == "restart":
            for process in self.processes:
                process.restart()
        if disturbance == "revoke":
            self.cloud.revoke_tokens()
        if disturbance == "minute" and self.kind.clock_is_correct:
            self._clock_offset += STREAM_AGING_SECONDS

    def schedule_faults(self, faults: Iterable[Fault]) -> None:
        """Schedule the faults that this kind of scenario allows."""
        allowed = list(filter(self.kind.allows, faults))
        self._history.append(allowed)
        self.cloud.fail(*allowed)

    def recorded(self, delivery: Delivery) -> Delivery:
        """Return the event with its stream IDs, and keep it for redelivery."""
        streams = self.model.streams()
        resolved = delivery.resolved(self.cloud.log_group_id, streams)
        if resolved not in self.sent:
            self.sent.append(resolved)
        return resolved

    def send(
        self, *events: tuple[Delivery, int], seconds: float = AMPLE_SECONDS
    ) -> list[Report]:
        """Send events concurrently, each to its process, and record their outcomes."""
        before = {logtank["id"] for logtank in self.cloud.logtanks}
        orders: dict[int, list[Order]] = {}
        for delivery, process in events:
            order = Order(delivery.entry, delivery.event(), seconds, next(self._ids))
            orders.setdefault(process, []).append(order)
            self._history.append((process, order))
        for process, its_orders in orders.items():
            self.processes[process].begin(*its_orders)
        reports = [r for process in orders for r in self.processes[process].reports()]
        reports.sort(key=lambda report: int(report.order.id))
        for (delivery, _), report in zip(events, reports, strict=True):
            self.model.record(delivery, report, before)
        return reports

    def clear_faults(self) -> None:
        """Remove all faults, and wait until the calls in progress have ended."""
        self.cloud.settle()
        while self._answered_calls < len(self.cloud.calls):
            time.sleep(0.01)
        self.processes[0].restart(**_LONG_TIMEOUT)

    def send_all_again(self) -> None:
        """Send each event twice more; it succeeds, then changes nothing."""
        for delivery in self.sent:
            first, second = self._completed(delivery), self._completed(delivery)
            assert [_ids(each) for each in first] == [_ids(each) for each in second]
            assert not any(each.result["created"] for each in second if each.result)

    def _completed(self, delivery: Delivery) -> list[Item]:
        self.disturb("minute")
        (report,) = self.send((delivery, 0))
        self.model.check()
        completed = [each for each in items(delivery, report) if each.lines]
        for each in completed:
            self._check_completed(delivery.entry, each)
        return completed

    def _check_completed(self, entry: str, item: Item) -> None:
        """Check that the requested logtank exists, or that it cannot exist."""
        pair = self.model.pair_for(entry, item.request)
        if item.error is None:
            assert pair is None or self.model.logtanks_of(pair)
            return
        assert pair
        assert not self.model.logtanks_of(pair)
        if item.error["title"] == "Not found":
            assert pair.stream_id == NOWHERE
            return
        assert item.error["title"] == "Conflict"
        assert pair.listener in {each["resource_id"] for each in self.cloud.logtanks}

    def _watch(self, _call: object) -> None:
        self.model.observe()
        self._answered_calls += 1


def _ids(item: Item) -> Mapping[str, Any] | None:
    """Return a result without the fields that may differ the next time."""
    if item.result is None:
        return None
    return item.result | {"created": None, "request_id": None}


def _settings(kind: Kind) -> dict[str, str]:
    """Return settings with few retries and short delays."""
    return {
        "RETRY_ATTEMPTS": "2",
        "RETRY_BASE_SECONDS": "0.01",
        "RETRY_CAP_SECONDS": "0.05",
        "HTTP_TIMEOUT_SECONDS": str(kind.timeout_seconds),
        "MAX_CONCURRENCY": "4" if kind.is_concurrent else "1",
    }


def _credential(cloud: Emulator, kind: str) -> dict[str, str]:
    """Return the settings for the emulator, with a key, a token or a user."""
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
