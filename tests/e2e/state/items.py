"""An invocation, request by request: what its log and its answer tell of each."""

from __future__ import annotations

from itertools import chain
from typing import Any, NamedTuple

from tests.e2e.processes import Line, Report
from tests.e2e.state.deliveries import Delivery, Request
from tests.e2e.state.faults import FORGED

_SUCCESSES = range(200, 300)


class Item(NamedTuple):
    """One request of an event, and the lines that are about it."""

    request: Request
    lines: list[Line]

    def learnt(self, operation: str) -> int:
        """Return how many calls of an operation had their true answer, a success."""
        return sum(
            line.get("operation") == operation
            and line.get("status") in _SUCCESSES
            and line.get("cloud_request_id") != FORGED
            for line in self.lines
        )

    def told(self, message: str, field: str) -> dict[str, Any] | None:
        """Return what the one line of a message has in this field, if there is one."""
        found = [line[field] for line in self.lines if line["message"] == message]
        assert len(found) <= 1
        return found[0] if found else None

    @property
    def result(self) -> dict[str, Any] | None:
        """What the request came to, if it was done."""
        return self.told("request done", "result")

    @property
    def error(self) -> dict[str, Any] | None:
        """What the request failed with, if it did."""
        return self.told("request failed", "error")


def items(delivery: Delivery, report: Report) -> list[Item]:
    """Return the requests with their lines; of equal ones only the first has any."""
    return [
        Item(request, [line for line in report.lines if line.get("item") == place])
        for place, request in enumerate(delivery.requests())
    ]


def check_answer(delivery: Delivery, report: Report) -> None:
    """Check that what is answered is what was done, in the way of the event."""
    if delivery.way in ("queue", "fifo"):
        _check_queue(delivery, report)
    elif report.error is None:
        _check_results(delivery, report)


def _check_results(delivery: Delivery, report: Report) -> None:
    """Check that each request has its result."""
    answer = report.answer if delivery.way == "array" else [report.answer]
    done = [each.result for each in items(delivery, report) if each.result]
    assert len(answer) == len(delivery.requests())
    assert all(each in done for each in answer)


def _check_queue(delivery: Delivery, report: Report) -> None:
    """Check that a message which does not come again is done, as all before it.

    In a queue without order the others before it may come again.
    """
    failures = report.answer["batchItemFailures"]
    again = {failure["itemIdentifier"] for failure in failures}
    places = range(len(delivery.messages))
    gone = [place for place in places if f"message-{place}" not in again]
    done = [each.request for each in items(delivery, report) if each.result]
    wanted = chain.from_iterable(delivery.messages[place] for place in gone)
    assert all(request in done for request in wanted)
    if delivery.way == "fifo":
        assert gone == list(places)[: len(gone)]
