"""`wait_seconds`: a pending logtank is watched, as far as time allows."""

from __future__ import annotations

import time

import pytest

from functions.errors import LogtankFailed
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import EVENT, LISTENER, STREAM_NAME, refused, send
from tests.emulator import Emulator

LONG = 60


def test_a_pending_logtank_is_returned_as_such(cloud: Emulator) -> None:
    """Nobody asked to wait, so nobody does."""
    cloud.reset(pending_seconds=LONG)
    result = send("bootstrap", EVENT)
    assert result["status"] == "PENDING"
    assert [call["operation"] for call in cloud.calls][2:] == []


def test_a_wait_ends_once_the_logtank_is_active(cloud: Emulator) -> None:
    """Long before its seconds are over."""
    cloud.reset(pending_seconds=0.3)
    began = time.monotonic()
    result = send("bootstrap", EVENT | {"wait_seconds": LONG})
    assert (result["status"], result["logtank_id"]) == (
        "ACTIVE",
        cloud.logtanks[0]["id"],
    )
    assert result["created"] == ["log_stream", "logtank"]
    assert time.monotonic() - began < 10


def test_a_wait_that_ends_in_error_names_the_logtank(cloud: Emulator) -> None:
    """And the step, and the stream that was made for it."""
    cloud.reset(pending_seconds=0.3, final_status="ERROR")
    error = refused("bootstrap", EVENT | {"wait_seconds": LONG})
    (failed,) = cloud.logtanks
    assert isinstance(error, LogtankFailed)
    assert failed["id"] in error.remedy
    assert error.logtank_id == failed["id"]
    assert error.log_stream_name == STREAM_NAME
    assert error.log_stream_id == failed["log_stream_id"]
    assert error.step == "create_logtank"


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_watch_that_fails_is_no_error(cloud: Emulator, status: int) -> None:
    """The logtank was made, and is returned as it was last seen."""
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
    ids=["its own seconds are over", "the function's time ends"],
)
def test_what_is_pending_still_is_returned_as_such(
    cloud: Emulator, wait_seconds: int, remaining_seconds: float
) -> None:
    """Never as an error, and never too late to be returned."""
    cloud.reset(pending_seconds=LONG)
    began = time.monotonic()
    event = EVENT | {"wait_seconds": wait_seconds}
    result = send("bootstrap", event, LambdaContext(remaining_seconds))
    assert time.monotonic() - began < remaining_seconds
    assert result["status"] == "PENDING"
    assert result["resource_id"] == LISTENER
