"""Processing of one event's requests: failures are isolated, and all make progress."""

from __future__ import annotations

import pytest

from functions import settings
from functions.errors import (
    InvalidEvent,
    Malfunction,
    NotFound,
    Outcome,
    ProvisioningError,
)
from functions.invocation.defaults import Defaults
from functions.invocation.requests import Requests
from functions.invocation.tasks import TASKS, Task
from functions.invocation.warm_state import WarmState
from functions.provisioning import Request
from functions.runtime import Log
from functions.triggers.delivery import Delivery, Message
from tests.unit.invocations import context, lines
from tests.unit.script import plenty


def named(name: str) -> dict[str, object]:
    """Return a request for a stream with this name."""
    return {"log_stream_name": name}


class Work:
    """Requests of `create_log_stream`, processed by a test action."""

    def __init__(self, **changes: object) -> None:
        """Process one request at a time; names that start with `x` fail."""
        self.done: list[str] = []
        task: Task = TASKS["create_log_stream"]._replace(
            action=self._act,
            **changes,  # type: ignore[arg-type] # of the fields' types
        )
        self._requests = Requests(
            task=task,
            configured=settings.read(context().getUserData, frozenset()),
            state=WarmState(),
            remaining_seconds=plenty,
            log=Log("create_log_stream", None, "direct"),
            random_start=lambda: 0.5,
        )

    def outcomes(self, *messages: Message, start: float | None = 0.0) -> str:
        """Return a letter for each outcome: d (done), f (failed) or - (held back)."""
        letters = {dict: "d", type(None): "-"}
        found = self.all_outcomes(*messages, start=start)
        return "".join(letters.get(type(each), "f") for each in found)

    def all_outcomes(
        self, *messages: Message, start: float | None = 0.0
    ) -> list[Outcome | None]:
        """Return the outcome of each request."""
        return self._requests.outcomes(Delivery(messages, is_batch=True, start=start))

    def _act(self, request: Request, _cloud: object) -> dict[str, object]:
        name = str(request["log_stream_name"])
        self.done.append(name)
        if name.startswith("x"):
            raise NotFound(name)
        return {"created": name}


def message(*names: str, group: str | None = None) -> Message:
    """Return a message with a request for each name."""
    return Message([named(name) for name in names], group=group)


@pytest.mark.parametrize(
    ("messages", "outcomes", "done"),
    [
        ([("a", "x1"), ("a", "n1"), ("b", "n2")], "f-d", ["x1", "n2"]),
        ([("a", "n1"), ("b", "x2"), ("a", "n3"), ("b", "n4")], "dfd-", None),
        ([("a", ".n"), ("a", "n1"), ("b", "n2"), ("b", "n3")], "f-dd", ["n2", "n3"]),
        ([("a", "x1"), ("b", "x2"), ("c", "n3")], "ffd", ["x1", "x2", "n3"]),
        ([(None, "x1"), (None, "n2"), ("a", "n3")], "fdd", ["x1", "n2", "n3"]),
        ([("a", "x1"), ("a", "x2"), ("a", "x3")], "f--", ["x1"]),
    ],
)
def test_a_failure_holds_back_only_its_own_group(
    messages: list[tuple[str | None, str]], outcomes: str, done: list[str] | None
) -> None:
    """The other groups are processed after a failed or an invalid request."""
    work = Work()

    found = work.outcomes(*(message(name, group=group) for group, name in messages))

    assert found == outcomes
    assert done in (None, work.done)


def test_requests_held_back_are_counted_and_not_logged_as_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """They have not been attempted."""
    work = Work()
    work.outcomes(message("x1", ".invalid", "n", group="a"), message("n2", group="b"))

    logged = [(line["message"], line.get("item")) for line in lines(capsys)]
    assert logged == [("request failed", 0), ("request done", 3), ("not begun", None)]


@pytest.mark.parametrize(
    ("start", "done"),
    [(0.0, "abcd"), (0.25, "bcda"), (0.618, "cdab"), (0.99, "dabc"), (None, "cdab")],
)
def test_processing_starts_at_the_deliverys_start(
    start: float | None, done: str
) -> None:
    """Without one, the start is random, so each delivery starts at another request."""
    work = Work()

    assert work.outcomes(message(*"abcd"), start=start) == "dddd"
    assert "".join(work.done) == done


def test_equal_requests_are_processed_once() -> None:
    """All of them get the same outcome; the order of fields is not significant."""
    work = Work()
    one = {"log_stream_name": "n", "log_group_id": "h"}
    same = {"log_group_id": "h", "log_stream_name": "n"}

    outcomes = work.all_outcomes(Message([one, named("m"), same]), message("m"))

    assert outcomes == [{"created": name} for name in ("n", "m", "n", "m")]
    assert work.done == ["n", "m"]


def test_equal_requests_of_a_group_are_processed_separately() -> None:
    """The requests between them may have an effect."""
    work = Work()

    assert work.outcomes(message("a", "b", "a", group="g")) == "ddd"
    assert work.done == ["a", "b", "a"]


def defective(event: Request, _defaults: Defaults) -> Request:
    """Raise an unexpected exception for an empty request."""
    return {"log_group_id": "g", "ttl_in_days": 1 // len(event), **event}


@pytest.mark.parametrize("group", [None, "other"])
def test_a_defect_in_validation_affects_only_its_request(
    group: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is an outcome, and the text of the exception is not shown."""
    work = Work(with_defaults=defective)
    messages = [message("a"), Message([{}], group=group), message("b")]

    first, second, third = work.all_outcomes(*messages)

    assert (first, third) == ({"created": "a"}, {"created": "b"})
    assert isinstance(second, Malfunction)
    assert second.detail.startswith("ZeroDivisionError in defective, line ")
    logged = [line["message"] for line in lines(capsys)]
    assert sorted(logged) == ["request done", "request done", "request failed"]


@pytest.mark.parametrize(
    "item",
    [
        InvalidEvent(),
        Malfunction("x"),
        None,
        7,
        "text",
        [],
    ],
)
def test_an_item_that_is_not_a_request_fails_alone(item: object) -> None:
    """An item that is an error becomes the outcome unchanged."""
    first, second = Work().all_outcomes(Message([item]), message("n"))

    assert isinstance(first, ProvisioningError)
    assert first is item or not isinstance(item, ProvisioningError)
    assert second == {"created": "n"}
