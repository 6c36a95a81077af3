"""One request of an invocation, with its log lines and its outcome."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

from tests.e2e.processes import Line, Report
from tests.e2e.state.deliveries import Delivery, Request
from tests.e2e.state.faults import FORGED

_SUCCESSES = range(200, 300)


class Item(NamedTuple):
    """One request of an event, and its log lines."""

    request: Request
    lines: list[Line]

    def successes(self, operation: str) -> int:
        """Return how many calls of an operation got a genuine success reply."""
        return sum(
            line.get("operation") == operation
            and line.get("status") in _SUCCESSES
            and line.get("cloud_request_id") != FORGED
            for line in self.lines
        )

    def _logged(self, message: str, field: str) -> dict[str, Any] | None:
        """Return a field of the only log line with this message, None without one."""
        found = [line[field] for line in self.lines if line["message"] == message]
        assert len(found) <= 1
        return found[0] if found else None

    @property
    def result(self) -> dict[str, Any] | None:
        """The result of the request, None if it failed."""
        return self._logged("request done", "result")

    @property
    def error(self) -> dict[str, Any] | None:
        """The error document of the request, None if it succeeded."""
        return self._logged("request failed", "error")


def items(delivery: Delivery, report: Report) -> list[Item]:
    """Return the requests with their log lines; repeats of a request have none."""
    return [
        Item(request, [line for line in report.lines if line.get("item") == place])
        for place, request in enumerate(delivery.requests())
    ]


def check_answer(delivery: Delivery, report: Report) -> None:
    """Check that the answer matches the outcomes and suits the event's shape."""
    if delivery.shape in ("queue", "fifo"):
        _check_queue(delivery, report)
    elif report.error is None:
        _check_results(delivery, report)


def _check_results(delivery: Delivery, report: Report) -> None:
    """Check that each request has its result."""
    answer = report.answer if delivery.shape == "array" else [report.answer]
    done = [each.result for each in items(delivery, report) if each.result]
    assert len(answer) == len(delivery.requests())
    assert all(each in done for each in answer)


def _check_queue(delivery: Delivery, report: Report) -> None:
    """Check that every request of an acknowledged message succeeded.

    In a FIFO queue, all messages before it must be acknowledged as well.
    """
    failures = report.answer["batchItemFailures"]
    redelivered = {failure["itemIdentifier"] for failure in failures}
    places = range(len(delivery.messages))
    acknowledged = [place for place in places if f"message-{place}" not in redelivered]
    done = [each.request for each in items(delivery, report) if each.result]
    expected = chain.from_iterable(delivery.messages[place] for place in acknowledged)
    assert all(request in done for request in expected)
    if delivery.shape == "fifo":
        assert acknowledged == list(places)[: len(acknowledged)]
