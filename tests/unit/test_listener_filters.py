"""Filters of listeners in events: what they may contain, and how it is reported."""

from __future__ import annotations

from typing import Any

import pytest

from functions import contracts
from functions.errors import InvalidEvent


def problems(filters: object) -> dict[str, str]:
    """Return the problems found in the filters of an event, by pointer."""
    with pytest.raises(InvalidEvent) as raised:
        contracts.check("status.event", {"listeners": filters})
    return {problem.pointer: problem.detail for problem in raised.value.problems}


@pytest.mark.parametrize(
    ("filters", "pointer", "message"),
    [
        ({"resource_ids": []}, "/resource_ids", "must not be empty"),
        ({"tags": []}, "/tags", "must not be empty"),
        ({"resource_ids": ["l", "m", "l"]}, "/resource_ids", "must not contain dupli"),
        ({"accelerator_ids": ["a", ""]}, "/accelerator_ids/1", "must not be empty"),
        ({"accelerator_ids": [7, 7]}, "/accelerator_ids/0", "must be a string"),
        ({"resource_ids": [*map(str, range(1001))]}, "/resource_ids", "must have at"),
        (
            {"tags": [{"key": "k"}] * 2},
            "/tags/1/key",
            "must differ from that of every other item",
        ),
    ],
)
def test_a_filter_of_listeners_requests_something(
    filters: dict[str, Any], pointer: str, message: str
) -> None:
    """An empty list is rejected, because it might mean all listeners, or none."""
    found = problems(filters)

    assert found[f"/listeners{pointer}"].startswith(message)


def test_a_long_list_of_objects_is_rejected_quickly() -> None:
    """Only strings are compared with each other."""
    ids = [{"a": [number]} for number in range(100_000)]

    assert problems({"resource_ids": ids}) == {
        "/listeners/resource_ids": "must have at most 1000 items"
    }
