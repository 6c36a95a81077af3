"""`status` shows the state of the access log of every listener."""

from __future__ import annotations

from collections import Counter

import pytest

from functions.errors import (
    InvalidEvent,
    NotFound,
    PermissionDenied,
    ProvisioningError,
    ServiceFailed,
)
from tests.e2e.account.accounts import (
    ELSEWHERE,
    IDS,
    KINDS,
    ORPHANED_IDS,
    ORPHANS,
    calls,
    pages,
    plant,
    resources,
)
from tests.e2e.driving import NOWHERE, expect_error, listener_id, send
from tests.emulator import Emulator

LISTENER = listener_id(0)
LOGTANKS = sum(kind.number * len(kind.logtanks) for kind in KINDS) + ORPHANS
SURVEY = ("ListListeners", "ListLogtanks", "ShowListener", "ListLogStream")
"""The calls that `status` makes for an account with orphans."""


@pytest.mark.parametrize("size", [None, 17], ids=["one page", "two pages"])
def test_every_listener_is_reported_with_its_state(
    cloud: Emulator, size: int | None
) -> None:
    """It takes a call for each page, for each log group, and for each orphan."""
    plant(cloud, list_page_size=size)
    before = resources(cloud)
    result = send("status", {})
    assert {each["resource_id"]: each["state"] for each in result["listeners"]} == {
        listener: kind.state for listener, kind in IDS.items()
    }
    assert result["counts"] == Counter(kind.state for kind in IDS.values())
    assert calls(cloud) == {
        "ListListeners": pages(len(IDS), size),
        "ListLogtanks": pages(LOGTANKS, size),
        "ShowListener": ORPHANS,
        "ListLogStream": 1,
    }
    assert resources(cloud) == before


def test_a_listener_is_described_with_its_logtanks_and_their_streams(
    cloud: Emulator,
) -> None:
    """The stream's name is from the list of its log group."""
    (listener,) = cloud.seed(listeners=[{"id": LISTENER, "name": "checkout"}])[
        "listeners"
    ]
    stream = {"log_stream_id": "s", "log_stream_name": "checkout-log"}
    cloud.seed(log_streams=[stream])
    tank = {"id": "t", "resource_id": LISTENER, "log_stream_id": "s"}
    cloud.seed(logtanks=[tank])
    assert send("status", {})["listeners"] == [
        {
            "resource_id": LISTENER,
            "listener_name": "checkout",
            "accelerator_id": listener["accelerator_id"],
            "listener_status": "ACTIVE",
            "state": "shipping",
            "logtanks": [
                {
                    "logtank_id": "t",
                    "status": "ACTIVE",
                    "log_group_id": cloud.log_group_id,
                    "log_stream_id": "s",
                    "log_stream_name": "checkout-log",
                }
            ],
        }
    ]


def test_orphaned_logtanks_are_reported(cloud: Emulator) -> None:
    """They have the ID of a listener that GA says does not exist."""
    plant(cloud)
    orphans = send("status", {})["orphans"]
    assert sorted(each["resource_id"] for each in orphans) == ORPHANED_IDS
    assert {each["log_stream_name"] for each in orphans} == {ELSEWHERE}


def test_an_empty_account_has_no_listeners(cloud: Emulator) -> None:
    """No log group needs to be listed."""
    cloud.reset(listeners=[])
    assert send("status", {}) == {"listeners": [], "orphans": [], "counts": {}}
    assert calls(cloud) == {"ListListeners": 1, "ListLogtanks": 1}


def test_each_log_group_is_listed_once(cloud: Emulator) -> None:
    """Several listeners may ship to one group, and several groups may be in use."""
    for number in range(6):
        group = {"log_group_id": f"g{number % 3}"}
        stream = {**group, "log_stream_id": f"s{number}"}
        tank = {**stream, "resource_id": listener_id(number)}
        cloud.seed(
            listeners=[{"id": listener_id(number)}],
            log_streams=[stream],
            logtanks=[tank],
        )
    assert send("status", {})["counts"] == {"shipping": 6}
    assert calls(cloud)["ListLogStream"] == 3


def test_a_listener_that_a_page_lacks_is_asked_for(cloud: Emulator) -> None:
    """GA shows it by its ID, so its logtank is not an orphan."""
    plant(cloud)
    cloud.fail(
        {
            "operation": "ListListeners",
            "status": 200,
            "body": {"listeners": [], "page_info": {"current_count": 0}},
        }
    )
    result = send("status", {})
    shipping = {id_ for id_, kind in IDS.items() if kind.logtanks}
    assert {each["resource_id"] for each in result["listeners"]} == shipping
    assert sorted(each["resource_id"] for each in result["orphans"]) == ORPHANED_IDS


TANK = {"id": "t", "resource_id": LISTENER, "log_stream_id": "s"}
ELSE_PROJECT = {**TANK, "project_id": "0" * 32, "log_group_id": "far"}


@pytest.mark.parametrize(
    ("logtank", "fault", "state", "reason"),
    [
        (ELSE_PROJECT, None, "shipping", "its log group is in another project"),
        (
            {**ELSE_PROJECT, "status": "PENDING"},
            None,
            "pending",
            "its log group is in another project",
        ),
        (
            TANK,
            {"status": 403, "body": {"error_code": "LTS.0003"}},
            "shipping",
            "its log group may not be listed",
        ),
        (
            {**TANK, "log_group_id": NOWHERE},
            None,
            "broken",
            "its log group does not exist",
        ),
        (TANK, None, "broken", "its log stream does not exist"),
    ],
    ids=[
        "another project",
        "another project, PENDING",
        "no permission for the group",
        "no such group",
        "no such stream",
    ],
)
def test_only_a_target_that_is_known_to_be_missing_is_broken(
    cloud: Emulator,
    logtank: dict[str, object],
    fault: dict[str, object] | None,
    state: str,
    reason: str,
) -> None:
    """Otherwise the state follows the logtank's status, and a reason is added."""
    cloud.seed(listeners=[{"id": LISTENER}], logtanks=[logtank])
    if fault:
        cloud.fail({"operation": "ListLogStream", "times": None, **fault})
    (listener,) = send("status", {})["listeners"]
    assert (listener["state"], listener["reason"]) == (state, reason)


@pytest.mark.parametrize("operation", SURVEY)
def test_a_call_that_fails_is_an_error_and_not_an_incomplete_answer(
    cloud: Emulator, operation: str
) -> None:
    """What GA does not say is not taken for what it does not have."""
    plant(cloud)
    cloud.fail({"operation": operation, "status": 500, "times": None})
    error = expect_error("status", {})
    assert isinstance(error, ServiceFailed)
    assert (error.step, error.retryable) == ("survey", True)


@pytest.mark.parametrize("operation", ["ListListeners", "ListLogtanks"])
def test_a_second_page_that_fails_is_an_error(cloud: Emulator, operation: str) -> None:
    """The first page alone is not the account."""
    plant(cloud, list_page_size=17)
    failure = {"operation": operation, "status": 403, "skip": 1, "times": None}
    cloud.fail(failure)
    assert isinstance(expect_error("status", {}), PermissionDenied)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 404, "body": {"error_code": "APIGW.0101"}}, NotFound),
        ({"status": 403}, PermissionDenied),
        ({"status": 404, "body": "not found"}, NotFound),
    ],
    ids=["the gateway's 404", "no permission", "a 404 without a code"],
)
def test_a_listener_is_gone_only_if_ga_says_so(
    cloud: Emulator, fault: dict[str, object], expected: type[ProvisioningError]
) -> None:
    """Any other reply to the question leaves it open, and is an error."""
    plant(cloud)
    cloud.fail({"operation": "ShowListener", "times": None, **fault})
    assert isinstance(expect_error("status", {}), expected)


@pytest.mark.parametrize(
    ("listeners", "expected"),
    [
        ({"resource_ids": [listener_id(1), NOWHERE]}, {1}),
        ({"accelerator_ids": ["a1"]}, {1, 3}),
        ({"tags": [{"key": "team"}]}, {0, 1, 2}),
        ({"tags": [{"key": "team", "value": "edge"}]}, {0, 1}),
        ({"tags": [{"key": "team"}, {"key": "env", "value": "prod"}]}, {1, 2}),
        ({"tags": [{"key": "bare", "value": ""}]}, {3}),
        ({"tags": [{"key": "team"}], "accelerator_ids": ["a0"]}, {0, 2}),
        ({"tags": [{"key": "team"}], "resource_ids": [listener_id(3)]}, set()),
        ({"accelerator_ids": ["unknown"]}, set()),
        ({}, {0, 1, 2, 3}),
    ],
)
def test_filters_select_listeners(
    cloud: Emulator, listeners: dict[str, object], expected: set[int]
) -> None:
    """A listener must match every filter, and have all tags."""
    edge, shop = ({"key": "team", "value": each} for each in ("edge", "shop"))
    production, bare = {"key": "env", "value": "prod"}, {"key": "bare", "value": ""}
    tags = [[edge], [edge, production], [shop, production], [bare]]
    for number in range(4):
        about = {"id": listener_id(number), "accelerator_id": f"a{number % 2}"}
        cloud.seed(listeners=[{**about, "tags": tags[number]}])
    result = send("status", {"listeners": listeners})
    found = {each["resource_id"] for each in result["listeners"]} - {NOWHERE}
    assert found == {listener_id(number) for number in expected}
    assert ("orphans" in result) is (listeners == {})


def test_a_requested_listener_that_does_not_exist_is_gone(cloud: Emulator) -> None:
    """A logtank that refers to it is reported with it."""
    plant(cloud)
    ids = [ORPHANED_IDS[0], NOWHERE, LISTENER]
    result = send("status", {"listeners": {"resource_ids": ids}})
    states = {each["resource_id"]: each for each in result["listeners"]}
    assert {id_: each["state"] for id_, each in states.items()} == {
        ORPHANED_IDS[0]: "gone",
        NOWHERE: "gone",
        LISTENER: "off",
    }
    assert [len(states[id_]["logtanks"]) for id_ in ids] == [1, 0, 0]
    assert result["counts"] == {"gone": 2, "off": 1}


@pytest.mark.parametrize(
    ("listeners", "pointer"),
    [
        ({"resource_ids": []}, "/listeners/resource_ids"),
        ({"accelerator_ids": []}, "/listeners/accelerator_ids"),
        ({"tags": []}, "/listeners/tags"),
        ({"tags": [{"value": "edge"}]}, "/listeners/tags/0/key"),
        ({"names": ["checkout"]}, "/listeners/names"),
        ([LISTENER], "/listeners"),
    ],
)
def test_an_invalid_filter_is_rejected(
    cloud: Emulator, listeners: object, pointer: str
) -> None:
    """An empty array would select nothing, so it is rejected."""
    error = expect_error("status", {"listeners": listeners})
    assert isinstance(error, InvalidEvent)
    assert [problem.pointer for problem in error.problems] == [pointer]
    assert cloud.calls == []
