"""`wait_seconds`: a pending logtank is polled until the deadline."""

from __future__ import annotations

import time

import pytest

from functions.errors import LogtankFailed
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import EVENT, LISTENER, STREAM_NAME, expect_error, send
from tests.emulator import Emulator

LONG = 60


def test_a_pending_logtank_is_returned_as_pending(cloud: Emulator) -> None:
    """Without `wait_seconds` the function does not wait for the logtank."""
    cloud.reset(pending_seconds=LONG)
    result = send("bootstrap", EVENT)
    assert result["status"] == "PENDING"
    assert [call["operation"] for call in cloud.calls][2:] == []


def test_waiting_ends_when_the_logtank_is_active(cloud: Emulator) -> None:
    """The function returns well before `wait_seconds` have passed."""
    cloud.reset(pending_seconds=0.3)
    began = time.monotonic()
    result = send("bootstrap", EVENT | {"wait_seconds": LONG})
    assert (result["status"], result["logtank_id"]) == (
        "ACTIVE",
        cloud.logtanks[0]["id"],
    )
    assert result["created"] == ["log_stream", "logtank"]
    assert time.monotonic() - began < 10


def test_a_logtank_that_fails_while_waiting_is_named(cloud: Emulator) -> None:
    """The error names the failed logtank, the step and the log stream."""
    cloud.reset(pending_seconds=0.3, final_status="ERROR")
    error = expect_error("bootstrap", EVENT | {"wait_seconds": LONG})
    (failed,) = cloud.logtanks
    assert isinstance(error, LogtankFailed)
    assert failed["id"] in error.remedy
    assert error.logtank_id == failed["id"]
    assert error.log_stream_name == STREAM_NAME
    assert error.log_stream_id == failed["log_stream_id"]
    assert error.step == "create_logtank"


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_failing_status_check_is_not_an_error(cloud: Emulator, status: int) -> None:
    """The logtank exists and is returned with its last known status."""
    cloud.reset(pending_seconds=LONG)
    cloud.fail({"operation": "ShowLogtank", "status": status, "times": None})
    result = send("bootstrap", EVENT | {"wait_seconds": LONG})
    assert isinstance(result, dict)
    assert (result["status"], result["logtank_id"]) == (
        "PENDING",
        cloud.logtanks[0]["id"],
    )


@pytest.mark.parametrize(
    ("wait_seconds", "remaining_seconds"),
    [(1, 30), (600, 2.2)],
    ids=["wait_seconds passed", "deadline reached"],
)
def test_a_logtank_that_stays_pending_is_returned_in_time(
    cloud: Emulator, wait_seconds: int, remaining_seconds: float
) -> None:
    """A logtank that is still pending is returned before the deadline, not raised."""
    cloud.reset(pending_seconds=LONG)
    began = time.monotonic()
    event = EVENT | {"wait_seconds": wait_seconds}
    result = send("bootstrap", event, LambdaContext(remaining_seconds))
    assert time.monotonic() - began < remaining_seconds
    assert result["status"] == "PENDING"
    assert result["resource_id"] == LISTENER
