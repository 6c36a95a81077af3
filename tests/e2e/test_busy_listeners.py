"""A busy listener is retried until the deadline."""

from __future__ import annotations

import time
from typing import Any

import pytest

from functions.errors import Busy, DeadlineExceeded, ProvisioningError
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    EVENT,
    STREAM_NAME,
    assert_one_of_each,
    expect_error,
    listener_id,
    logtank_event,
    send,
)
from tests.e2e.faults import (
    BRIEF_SECONDS,
    LOGTANK,
    assert_recovers,
    call_count,
    expect_step_failure,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

BUSY: dict[str, Any] = {
    "operation": LOGTANK.create,
    "status": 400,
    "body": {"error_code": "GA.9004", "error_msg": "Resource is in PENDING status"},
}
EXISTS: dict[str, Any] = {
    "operation": LOGTANK.create,
    "status": 400,
    "body": {"error_code": "GA.9104", "error_msg": "Resource is already exists"},
}


@pytest.mark.parametrize(
    "fault", [BUSY, EXISTS], ids=["GA.9004", "GA.9104 but not listed"]
)
def test_retries_for_a_busy_listener_are_not_limited_by_retry_attempts(
    mature: Emulator, fault: dict[str, Any]
) -> None:
    """The listener's logtanks are looked up before each further attempt."""
    mature.fail(fault | {"times": 7})
    result = send("bootstrap", EVENT, LambdaContext(BRIEF_SECONDS))
    assert_one_of_each(mature, result)
    assert result["created"] == ["log_stream", "logtank"]
    assert call_count(mature, LOGTANK.create) == 8


def test_a_listener_that_stays_busy_is_retried_until_the_deadline(
    mature: Emulator, output: Output
) -> None:
    """The deadline is kept, and the error names the log stream."""
    mature.fail(EXISTS | {"times": None})
    began = time.monotonic()
    error = expect_step_failure(mature, LOGTANK, output, seconds=1.4)
    assert 0.2 < time.monotonic() - began < 1.4
    assert (type(error), error.status, error.retryable) == (DeadlineExceeded, 504, True)
    assert isinstance(error.__cause__, ProvisioningError)
    assert call_count(mature, LOGTANK.create) >= 2
    assert mature.logtanks == []


def test_a_deadline_error_names_the_busy_listener(
    mature: Emulator, output: Output
) -> None:
    """The deadline may pass during a pause, before a call or during a call.

    A longer timeout would be the wrong remedy. If the deadline interrupts a create,
    the error reports that instead, since the create may have succeeded.
    """
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    event = logtank_event(mature, stream["log_stream_id"])
    mature.fail(BUSY | {"times": None})
    remedies = []
    for seconds in (*(1.03 + each / 500 for each in range(12)), 1.25, 1.26, 1.27):
        seen = len(output.lines())
        error = expect_error("create_logtank", event, LambdaContext(seconds))
        codes = [line.get("code") for line in output.lines()[seen:]]
        assert type(error) is DeadlineExceeded
        if "GA.9004" in codes:
            assert isinstance(error.__cause__, ProvisioningError)
        if error.code == "GA.9004":
            remedies.append(error.remedy)
    assert remedies, "the deadline interrupted a call every time"
    assert set(remedies) == {Busy.remedy}


def test_a_retry_after_beyond_the_deadline_fails_immediately(
    mature: Emulator, output: Output
) -> None:
    """The error is Busy, with the `retry_after` of the cloud."""
    mature.fail(BUSY | {"headers": {"Retry-After": "600"}})
    error = expect_step_failure(mature, LOGTANK, output)
    assert (type(error), error.status, error.retryable) == (Busy, 503, True)
    assert (error.code, error.retry_after) == ("GA.9004", 600)
    assert_recovers(mature)


def test_a_logtank_that_already_exists_is_adopted(mature: Emulator) -> None:
    """Another invocation created it between the lookup and the create."""
    made = send("bootstrap", EVENT)
    empty = {"logtanks": [], "page_info": {"current_count": 0}}
    mature.fail({"operation": LOGTANK.lookup, "status": 200, "body": empty})
    event = logtank_event(mature, made["log_stream_id"])
    result = send("create_logtank", event)
    assert result["logtank"]["id"] == made["logtank_id"]
    assert result["created"] is False
    assert call_count(mature, LOGTANK.create) == 2


def test_a_logtank_that_is_being_deleted_is_busy_until_the_deadline(
    mature: Emulator,
) -> None:
    """No second logtank is created."""
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    event = logtank_event(mature, stream["log_stream_id"])
    inner: Any = event["logtank"]
    deleting = {**inner, "id": "old-logtank", "status": "DELETING"}
    mature.fail(
        {
            "operation": LOGTANK.lookup,
            "times": None,
            "status": 200,
            "body": {"logtanks": [deleting], "page_info": {"current_count": 1}},
        }
    )
    error = expect_error("create_logtank", event, LambdaContext(1.15))
    assert type(error) is DeadlineExceeded
    assert isinstance(error.__cause__, ProvisioningError)
    assert error.log_stream_id == stream["log_stream_id"]
    assert call_count(mature, LOGTANK.create) == 0


def test_logtanks_of_other_listeners_are_ignored(mature: Emulator) -> None:
    """They are ignored even if the cloud does not apply the filter."""
    send("bootstrap", EVENT)
    other = {"log_stream_name": STREAM_NAME, "resource_id": listener_id(2)}
    everything = {"logtanks": mature.logtanks, "page_info": {"current_count": 1}}
    fault = {"operation": LOGTANK.lookup, "status": 200, "body": everything}
    mature.fail(fault | {"times": 2})
    result = send("bootstrap", other, LambdaContext(BRIEF_SECONDS))
    assert result["created"] == ["logtank"]
    assert len({each["id"] for each in mature.logtanks}) == 2
