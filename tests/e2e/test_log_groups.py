"""Log groups by name: a missing one is created once, an existing one never changed."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import (
    AlreadyExists,
    BatchFailed,
    InvalidEvent,
    Misconfigured,
    ProvisioningError,
    QuotaExceeded,
)
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    NOWHERE,
    assert_one_of_each,
    expect_error,
    listeners,
    operations,
    send,
)
from tests.e2e.faults import call_count
from tests.e2e.processes import Order, processes
from tests.emulator import Emulator

NAME = "edge-logs"
REQUESTS: dict[str, dict[str, object]] = {
    "bootstrap": {"resource_id": LISTENER},
    "create_log_stream": {"log_stream_name": "edge"},
    "reconcile": {},
}
"""A request without a log group, for each function that requires one."""
NAMED: dict[str, object] = EVENT | {"log_group_name": NAME}
CALLS = ["ListLogGroups", "CreateLogGroup", "CreateLogStream", "CreateLogtank"]


def groups(cloud: Emulator, name: str = NAME) -> list[dict[str, Any]]:
    """Return the log groups with a name."""
    everything = cloud.state()["log_groups"]
    return [each for each in everything if each["log_group_name"] == name]


def test_a_missing_group_is_created(cloud: Emulator) -> None:
    """It takes a list and a create more, and a redelivery returns the same IDs."""
    first = send("bootstrap", NAMED)
    assert operations(cloud) == CALLS
    (group,) = groups(cloud)
    assert group["ttl_in_days"] == 30
    assert first["log_group_id"] == group["log_group_id"]
    assert first["created"] == ["log_group", "log_stream", "logtank"]
    assert_one_of_each(cloud, first)
    assert send("bootstrap", NAMED) == first | {"created": []}
    assert call_count(cloud, "CreateLogGroup") == 1


def test_an_existing_group_is_used_and_never_changed(cloud: Emulator) -> None:
    """A retention that differs is reported."""
    cloud.seed(log_groups=[{"log_group_name": NAME, "ttl_in_days": 7}])
    before = groups(cloud)
    for days, differs in ((None, None), (7, None), (9, ["log_group_ttl_in_days"])):
        event = NAMED | ({"log_group_ttl_in_days": days} if days else {})
        result = send("bootstrap", event)
        assert "log_group" not in result["created"]
        assert result.get("differs") == differs
    assert groups(cloud) == before
    assert "UpdateLogGroup" not in operations(cloud)


def test_only_an_exact_name_is_used(cloud: Emulator) -> None:
    """Neither an alias nor the beginning of a name is one."""
    others = (f"{NAME}-2", NAME.upper(), NAME[:-1])
    cloud.seed(log_groups=[{"log_group_name": each} for each in others])
    assert send("bootstrap", NAMED)["created"][0] == "log_group"


@pytest.mark.parametrize("exists", [False, True])
def test_a_name_is_looked_up_once_for_an_array(
    cloud: Emulator, *, exists: bool
) -> None:
    """One of 30 requests reports the group as created, if it was."""
    if exists:
        cloud.seed(log_groups=[{"log_group_name": NAME}])
    events = [each | {"log_group_name": NAME} for each in listeners(30)]
    results = send("bootstrap", events)
    assert call_count(cloud, "ListLogGroups") == 1
    assert call_count(cloud, "CreateLogGroup") == (0 if exists else 1)
    created = [each for each in results if "log_group" in each["created"]]
    assert len(created) == (0 if exists else 1)
    assert {each["log_group_id"] for each in results} == {
        each["log_group_id"] for each in groups(cloud)
    }


@pytest.mark.parametrize("number", [2, 4])
def test_processes_that_work_at_once_create_one_group(
    cloud: Emulator, number: int
) -> None:
    """The group's name is the lock, and all results have its ID."""
    with processes(number, cloud.environment()) as workers:
        for each in workers:
            each.begin(*[Order("bootstrap", NAMED)] * 2)
        reports = [report for each in workers for report in each.reports()]
    assert [report.error for report in reports] == [None] * len(reports)
    assert len(groups(cloud)) == 1
    for report in reports:
        assert_one_of_each(cloud, report.answer)
    created = [report.answer["created"] for report in reports]
    assert [kind for kinds in created for kind in kinds].count("log_group") == 1


@pytest.mark.parametrize("place", range(len(CALLS)))
@pytest.mark.parametrize("work", [False, True], ids=["before", "after"])
def test_a_redelivery_finishes_what_a_killed_function_began(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch, place: int, *, work: bool
) -> None:
    """It may end before or after any call."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    lost = {"connection": "refuse_answer", "times": None}
    mature.fail(
        {"operation": CALLS[place], **lost, "times": 1, "work": work},
        {"operation": "*", "skip": place + 1, **lost},
    )
    expect_error("bootstrap", NAMED)
    mature.settle()
    assert_one_of_each(mature, send("bootstrap", NAMED))
    assert len(groups(mature)) == 1


@pytest.mark.parametrize(
    "lost", [{"status": 500}, {"connection": "refuse_answer"}, {"status": 201}]
)
def test_a_lost_reply_to_the_create_is_looked_up(
    cloud: Emulator, lost: dict[str, Any]
) -> None:
    """What is found counts as created."""
    body: dict[str, Any] = {"body": {}} if lost == {"status": 201} else {}
    cloud.fail({"operation": "CreateLogGroup", "work": True, **lost, **body})
    assert send("bootstrap", NAMED)["created"][0] == "log_group"
    assert call_count(cloud, "CreateLogGroup") == 1
    assert call_count(cloud, "ListLogGroups") == 2


def test_the_original_name_of_another_group_cannot_be_used(cloud: Emulator) -> None:
    """The group is looked up three more times, as the list may lag."""
    renamed = {"log_group_name": "renamed", "original_name": NAME}
    cloud.seed(log_groups=[renamed])
    error = expect_error("bootstrap", NAMED)
    assert isinstance(error, AlreadyExists)
    assert (error.code, error.step) == ("LTS.0101", "create_log_group")
    assert error.log_group_name == NAME
    assert "log_group_name" in error.remedy
    assert "original name" in error.remedy
    assert (
        operations(cloud) == ["ListLogGroups", "CreateLogGroup"] + ["ListLogGroups"] * 3
    )


def test_a_list_of_groups_may_lag(cloud: Emulator) -> None:
    """A group that is not listed at first is found by another lookup."""
    cloud.seed(log_groups=[{"log_group_name": NAME}])
    empty = {"operation": "ListLogGroups", "status": 200, "body": {"log_groups": []}}
    cloud.fail(empty | {"times": 2})
    result = send("bootstrap", NAMED)
    assert "log_group" not in result["created"]
    assert len(groups(cloud)) == 1


@pytest.mark.parametrize("operation", ["ListLogGroups", "CreateLogGroup"])
def test_a_refused_group_fails_every_request_with_few_calls(
    cloud: Emulator, operation: str
) -> None:
    """A refusal is not repeated for each of them."""
    cloud.fail({"operation": operation, "status": 403, "times": None})
    events = [each | {"log_group_name": NAME} for each in listeners(5)]
    error = expect_error("bootstrap", events)
    assert isinstance(error, BatchFailed)
    assert {each.step for each in error.failures.values()} == {"create_log_group"}
    assert call_count(cloud, operation) == 1
    assert cloud.streams == []


def test_a_full_project_has_no_room_for_a_group(cloud: Emulator) -> None:
    """Nothing else is created."""
    cloud.reset(group_quota=1)
    error = expect_error("bootstrap", NAMED)
    assert isinstance(error, QuotaExceeded)
    assert (error.code, error.step) == ("LTS.0104", "create_log_group")
    assert operations(cloud) == CALLS[:2]


@pytest.mark.parametrize(
    ("settings", "event", "expected"),
    [
        ({"LOG_GROUP_NAME": "a"}, {}, ("a", 30)),
        ({"LOG_GROUP_NAME": "a", "LOG_GROUP_TTL_IN_DAYS": "9"}, {}, ("a", 9)),
        ({"LOG_GROUP_NAME": "a"}, {"log_group_name": "b"}, ("b", 30)),
        ({"LOG_GROUP_TTL_IN_DAYS": "9"}, {"log_group_name": "b"}, ("b", 9)),
        (
            {"LOG_GROUP_NAME": "a", "LOG_GROUP_TTL_IN_DAYS": "9"},
            {"log_group_ttl_in_days": 8},
            ("a", 8),
        ),
        ({"LOG_GROUP_ID": NOWHERE}, {"log_group_name": "b"}, ("b", 30)),
    ],
)
def test_the_event_takes_precedence_over_the_settings(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    settings: dict[str, str],
    event: dict[str, object],
    expected: tuple[str, int],
) -> None:
    """A setting for the retention counts only next to a name."""
    monkeypatch.delenv("LOG_GROUP_ID")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    result = send("bootstrap", EVENT | event)
    (group,) = groups(cloud, expected[0])
    assert group["ttl_in_days"] == expected[1]
    assert result["log_group_id"] == group["log_group_id"]


def test_an_id_in_the_event_takes_precedence_over_a_name_in_the_settings(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No group is looked up."""
    monkeypatch.delenv("LOG_GROUP_ID")
    monkeypatch.setenv("LOG_GROUP_NAME", NAME)
    monkeypatch.setenv("LOG_GROUP_TTL_IN_DAYS", "9")
    send("bootstrap", EVENT | {"log_group_id": cloud.log_group_id})
    assert operations(cloud) == CALLS[2:]


@pytest.mark.parametrize(
    ("event", "settings", "expected"),
    [
        ({"log_group_name": NAME, "log_group_id": "g"}, {}, InvalidEvent),
        ({"log_group_id": "g", "log_group_ttl_in_days": 7}, {}, InvalidEvent),
        ({"log_group_name": "a b"}, {}, InvalidEvent),
        ({"log_group_name": "x" * 65}, {}, InvalidEvent),
        ({"log_group_name": NAME, "log_group_ttl_in_days": 0}, {}, InvalidEvent),
        ({"log_group_name": NAME, "log_group_ttl_in_days": 366}, {}, InvalidEvent),
        ({}, {"LOG_GROUP_NAME": NAME}, Misconfigured),
        (
            {"log_group_name": NAME},
            {"LOG_GROUP_TTL_IN_DAYS": "366"},
            Misconfigured,
        ),
    ],
)
@pytest.mark.parametrize("entry", REQUESTS)
def test_a_group_that_is_not_clear_is_rejected(
    clean_environment: pytest.MonkeyPatch,
    entry: str,
    event: dict[str, object],
    settings: dict[str, str],
    expected: type[ProvisioningError],
) -> None:
    """A name and an ID exclude each other, in events and in settings."""
    with Emulator() as cloud:
        for name, value in {**cloud.environment(), **settings}.items():
            clean_environment.setenv(name, value)
        error = expect_error(entry, REQUESTS[entry] | event)
    assert type(error) is expected
    assert cloud.calls == []
