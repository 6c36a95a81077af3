"""`repoint` sends a listener that ships elsewhere to the requested log stream."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import (
    Busy,
    Conflict,
    DeadlineExceeded,
    LogtankFailed,
    PermissionDenied,
    ServiceFailed,
)
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    STREAM_NAME,
    expect_error,
    operations,
    send,
)
from tests.e2e.faults import call_count
from tests.e2e.output import Output
from tests.emulator import Emulator

REPOINT: dict[str, object] = EVENT | {"repoint": True}
TANK = {"id": "t", "resource_id": LISTENER, "log_stream_id": "elsewhere"}
UPDATE = "UpdateLogtank"


def plant(cloud: Emulator, *logtanks: dict[str, Any]) -> None:
    """Put another stream into the account, and the listener's logtanks."""
    streams = [{"log_stream_id": each} for each in ("elsewhere", "third")]
    cloud.seed(log_streams=streams, logtanks=[TANK | each for each in logtanks])


def assert_repointed(cloud: Emulator, result: dict[str, Any]) -> None:
    """Check that the listener's only logtank ships to the requested stream."""
    (tank,) = cloud.logtanks
    stream = next(s for s in cloud.streams if s["log_stream_name"] == STREAM_NAME)
    assert tank["log_stream_id"] == result["log_stream_id"] == stream["log_stream_id"]
    assert tank["id"] == result["logtank_id"] == "t"
    assert result["repointed_from"] == {
        "log_group_id": cloud.log_group_id,
        "log_stream_id": "elsewhere",
    }


def test_a_listener_that_ships_elsewhere_is_repointed(
    cloud: Emulator, output: Output
) -> None:
    """The logtank is looked up and updated, and the old target is logged."""
    plant(cloud, {})
    result = send("bootstrap", REPOINT)
    assert_repointed(cloud, result)
    assert operations(cloud) == ["CreateLogStream", "ListLogtanks", UPDATE]
    assert (result["created"], result["status"]) == (["log_stream"], "ACTIVE")
    (line,) = output.lines("logtank repointed")
    assert line["repointed_from"] == result["repointed_from"]
    again = send("bootstrap", REPOINT)
    assert again["created"] == []
    assert "repointed_from" not in again
    assert call_count(cloud, UPDATE) == 1


def test_without_the_request_a_conflict_is_raised(mature: Emulator) -> None:
    """The remedy names the field."""
    plant(mature, {})
    send("create_log_stream", {"log_stream_name": STREAM_NAME})
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Conflict)
    assert "repoint" in error.remedy
    assert mature.logtanks[0]["log_stream_id"] == "elsewhere"


def test_a_listener_without_a_logtank_gets_one(cloud: Emulator) -> None:
    """The check costs one call."""
    result = send("bootstrap", REPOINT)
    assert operations(cloud) == ["CreateLogStream", "ListLogtanks", "CreateLogtank"]
    assert result["created"] == ["log_stream", "logtank"]
    assert "repointed_from" not in result


@pytest.mark.parametrize(
    "second",
    [{"log_stream_id": "third"}, {"log_stream_id": "elsewhere"}],
    ids=["to two streams", "to one stream"],
)
def test_several_logtanks_are_a_conflict_that_names_them(
    cloud: Emulator, second: dict[str, Any]
) -> None:
    """Only a person knows which of them is to stay."""
    plant(cloud, {}, {"id": "t2", **second})
    before = cloud.logtanks
    error = expect_error("bootstrap", REPOINT)
    assert isinstance(error, Conflict)
    assert "several logtanks: t, t2" in error.detail
    assert cloud.logtanks == before


def test_a_logtank_that_is_being_deleted_is_replaced(cloud: Emulator) -> None:
    """It counts as gone."""
    cloud.reset(second_logtank="allow")
    plant(cloud, {"status": "DELETING"})
    result = send("bootstrap", REPOINT)
    assert "logtank" in result["created"]
    assert "repointed_from" not in result
    assert UPDATE not in operations(cloud)


def test_a_pending_logtank_is_busy_until_it_is_active(cloud: Emulator) -> None:
    """The logtanks are looked up before each attempt."""
    plant(cloud, {"status": "PENDING", "status_seconds": 0.3})
    assert_repointed(cloud, send("bootstrap", REPOINT, LambdaContext(10)))
    updates = call_count(cloud, UPDATE)
    assert updates > 1
    assert call_count(cloud, "ListLogtanks") == updates


def test_a_logtank_that_stays_pending_is_retryable(cloud: Emulator) -> None:
    """Time alone bounds the attempts."""
    plant(cloud, {"status": "PENDING"})
    error = expect_error("bootstrap", REPOINT, LambdaContext(1.5))
    assert isinstance(error, Busy | DeadlineExceeded)
    assert error.retryable
    assert cloud.logtanks[0]["log_stream_id"] == "elsewhere"


@pytest.mark.parametrize(
    "lost",
    [
        {"connection": "refuse_answer"},
        {"connection": "refuse_answer", "work": True},
        {"status": 500, "work": True},
        {"status": 429},
    ],
)
def test_an_update_may_be_sent_again(cloud: Emulator, lost: dict[str, Any]) -> None:
    """A lost reply costs an attempt, and the old target is still reported."""
    plant(cloud, {})
    cloud.fail({"operation": UPDATE, **lost})
    assert_repointed(cloud, send("bootstrap", REPOINT))


@pytest.mark.parametrize(
    ("status", "expected"), [(403, PermissionDenied), (500, ServiceFailed)]
)
def test_a_failed_update_names_the_logtank(
    cloud: Emulator, status: int, expected: type[Exception]
) -> None:
    """Nothing is created in its place."""
    plant(cloud, {})
    cloud.fail({"operation": UPDATE, "status": status, "times": None})
    error = expect_error("bootstrap", REPOINT)
    assert isinstance(error, expected)
    assert (error.step, error.logtank_id) == ("update_logtank", "t")
    assert error.log_stream_name == STREAM_NAME
    assert "CreateLogtank" not in operations(cloud)


def test_a_failed_logtank_is_repaired_by_the_update(cloud: Emulator) -> None:
    """What it becomes counts."""
    plant(cloud, {"status": "ERROR"})
    assert_repointed(cloud, send("bootstrap", REPOINT))


def test_a_logtank_that_fails_after_the_update_is_an_error(cloud: Emulator) -> None:
    """The remedy names the logtank to delete."""
    cloud.reset(final_status="ERROR")
    plant(cloud, {})
    error = expect_error("bootstrap", REPOINT)
    assert isinstance(error, LogtankFailed)
    assert "logtank t " in error.remedy


def test_a_repointed_logtank_can_be_waited_for(cloud: Emulator) -> None:
    """It is PENDING at first."""
    cloud.reset(pending_seconds=0.6)
    plant(cloud, {})
    result = send("bootstrap", REPOINT | {"wait_seconds": 5})
    assert result["status"] == "ACTIVE"
    assert "repointed_from" in result


@pytest.mark.parametrize("entry", ["create_log_stream", "create_logtank", "status"])
def test_other_functions_do_not_repoint(cloud: Emulator, entry: str) -> None:
    """The field is unknown there."""
    error = expect_error(entry, {"repoint": True})
    assert "/repoint is not a known field" in error.detail
    assert cloud.calls == []
