"""GA's lists have filters, and pages of which the vendor's SDK follows the markers."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.emulator_client import UNKNOWN_ID
from tests.contract.emulator_sdk import Sdk

# list -> field of its reply, which is also the name of the seeds
LISTS: Mapping[str, str] = {
    "ListListeners": "listeners",
    "ListAccelerators": "accelerators",
    "ListLogtanks": "logtanks",
}
# list, seeds, query, positions of the matching resources
FILTERED: list[tuple[str, list[dict[str, Any]], dict[str, Any], list[int]]] = [
    ("ListListeners", [{}, {"id": "b"}], {"id": "b"}, [1]),
    ("ListListeners", [{"name": "a"}, {}], {"name": "a"}, [0]),
    (
        "ListListeners",
        [{"status": "ERROR"}, {}, {"status": "ERROR"}],
        {"status": "ERROR"},
        [0, 2],
    ),
    (
        "ListListeners",
        [{"accelerator_id": "a"}, {"accelerator_id": "b"}],
        {"accelerator_id": "b"},
        [1],
    ),
    ("ListAccelerators", [{"id": "a"}, {}], {"id": "a"}, [0]),
    ("ListAccelerators", [{}, {"name": "b"}], {"name": "b"}, [1]),
    (
        "ListAccelerators",
        [{"status": "PENDING"}, {}],
        {"status": "ACTIVE"},
        [1],
    ),
    (
        "ListAccelerators",
        [{"enterprise_project_id": "e"}, {}],
        {"enterprise_project_id": "e"},
        [0],
    ),
    ("ListLogtanks", [{"id": "a"}, {}], {"id": "a"}, [0]),
    ("ListLogtanks", [{}, {"status": "ERROR"}], {"status": "ERROR"}, [1]),
    ("ListLogtanks", [{}, {}], {"resource_type": "LISTENER"}, [0, 1]),
    (
        "ListLogtanks",
        [{"resource_id": each} for each in "abc"],
        {"resource_ids": ["c", "a"]},
        [0, 2],
    ),
    ("ListLogtanks", [{}, {}], {}, [0, 1]),
]


@pytest.mark.parametrize(
    ("operation", "seeds", "query", "matching"),
    FILTERED,
    ids=[f"{row[0]} by {'+'.join(row[2])}" for row in FILTERED],
)
def test_lists_are_filtered(
    sdk: Sdk,
    operation: str,
    seeds: list[dict[str, Any]],
    query: dict[str, Any],
    matching: list[int],
) -> None:
    """A list without filters has everything."""
    field = LISTS[operation]
    seeded = sdk.cloud.seed(**{field: seeds})[field]
    found = getattr(sdk.call("GA", operation, **query), field)
    assert [each.id for each in found] == [seeded[n]["id"] for n in matching]


def pages(sdk: Sdk, operation: str, **query: object) -> list[list[str]]:
    """Follow the markers of a list, and return the IDs of each page."""
    found: list[list[str]] = []
    marker = None
    while not found or marker:
        page = sdk.call("GA", operation, limit=2, marker=marker, **query)
        found.append([each.id for each in getattr(page, LISTS[operation])])
        assert page.page_info.current_count == len(found[-1])
        marker = page.page_info.next_marker
    return found


@pytest.mark.parametrize("operation", LISTS)
def test_lists_are_paged(sdk: Sdk, operation: str) -> None:
    """Three resources are two pages; a filter counts before the paging."""
    seeds = [{"id": each, "status": "ERROR"} for each in "abc"]
    sdk.cloud.seed(**{LISTS[operation]: [*seeds, {"id": "d"}]})
    assert pages(sdk, operation, status="ERROR") == [["a", "b"], ["c"]]
    assert pages(sdk, operation) == [["a", "b"], ["c", "d"]]


@pytest.mark.parametrize("operation", ["ListListeners", "ListAccelerators"])
def test_pages_can_be_reversed(sdk: Sdk, operation: str) -> None:
    """The paging starts at the end; logtanks do not have this parameter."""
    invalid = sdk.refusal("GA", operation, page_reverse="maybe")
    sdk.cloud.seed(**{LISTS[operation]: [{"id": each} for each in "abc"]})
    assert pages(sdk, operation, page_reverse=True) == [["c", "b"], ["a"]]
    assert invalid == (400, "GA.9001")


@pytest.mark.parametrize("operation", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        *({"limit": limit} for limit in (0, -1, 501)),
        {"limit": 5, "marker": UNKNOWN_ID},
        {"marker": "a"},
    ],
    ids=repr,
)
def test_invalid_pages_are_rejected(
    sdk: Sdk, operation: str, query: dict[str, Any]
) -> None:
    """The error code is GA.9001; a marker needs a limit."""
    sdk.cloud.seed(**{LISTS[operation]: [{"id": "a"}]})
    assert sdk.refusal("GA", operation, **query) == (400, "GA.9001")
