"""The project's ID is looked up once, unless a setting has it."""

from __future__ import annotations

import pytest

from functions.errors import Misconfigured
from functions.huaweicloud.projects import Project
from functions.huaweicloud.retry import Read
from functions.transport.calls import Call


class FakeAsk:
    """Returns these IDs, and records the calls."""

    def __init__(self, *ids: str) -> None:
        """Set the IDs to return."""
        self.ids = list(ids)
        self.calls: list[Call] = []

    def __call__(self, call: Call, _read: Read[list[str]]) -> list[str]:
        """Return the IDs."""
        self.calls.append(call)
        return self.ids


def test_the_only_project_is_looked_up_once() -> None:
    """The lookup uses the name of the region."""
    ask, project = FakeAsk("p"), Project()

    assert [project.id("cn-north-4", ask) for _ in "12"] == ["p", "p"]

    (call,) = ask.calls
    assert dict(call.query) == {"name": "cn-north-4"}


@pytest.mark.parametrize(
    ("ids", "message"),
    [([], "lists no project"), (["a", "b"], "lists several projects")],
)
def test_not_exactly_one_project_is_misconfigured(ids: list[str], message: str) -> None:
    """The failure is not cached, so the next call looks it up again."""
    ask, project = FakeAsk(*ids), Project()

    for _ in "12":
        with pytest.raises(Misconfigured, match=message):
            project.id("cn-north-4", ask)

    assert len(ask.calls) == 2
