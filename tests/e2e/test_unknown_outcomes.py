"""Creates with an unknown outcome: a lookup decides whether they are repeated."""

from __future__ import annotations

import time
from typing import Any

import pytest

from functions.errors import OutcomeUnknown, ServiceFailed, UnintelligibleReply
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import EVENT, STREAM_NAME, assert_one_of_each, operations, send
from tests.e2e.faults import (
    ATTEMPTS,
    BRIEF_SECONDS,
    LOGTANK,
    STALLED,
    STREAM,
    FaultCase,
    Step,
    assert_recovers,
    call_count,
    expect_step_failure,
    for_both_steps,
    for_each_fault,
    for_each_fault_in_step,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

_MALFORMED: dict[str, dict[str, Any]] = {
    "no body": {"body": ""},
    "HTML": {"body": "<html>Sign in</html>"},
    "another encoding": {"body": "ä", "body_encoding": "latin-1"},
    "an array": {"body": []},
    "no ID": {"body": {"logtank": {}}},
    "an ID that is not a string": {
        "body": {"log_stream_id": 7, "logtank": {"id": ["7"]}}
    },
    "an error code and an ID": {
        "body": {"error_code": "LTS.0202", "logtank": {"id": "wrong-id"}}
    },
    "excessive nesting": {"body": "[" * 100_000},
}
UNKNOWN = [
    FaultCase("a 500", {"status": 500}, ServiceFailed),
    FaultCase("a 502 of a proxy", {"status": 502, "body": "<html>"}, ServiceFailed),
    FaultCase(
        "a 503 with Retry-After",
        {"status": 503, "body": "", "headers": {"Retry-After": "0"}},
        ServiceFailed,
    ),
    FaultCase(
        "a 400 with the code of an internal error",
        {"status": 400, "body": {"error_code": "LTS.0010", "error_msg": "oops"}},
        ServiceFailed,
    ),
    FaultCase("a 408", {"status": 408, "body": ""}, OutcomeUnknown),
    FaultCase(
        "a connection closed without a reply",
        {"connection": "refuse_answer"},
        OutcomeUnknown,
    ),
    FaultCase("a truncated reply", {"connection": "cut"}, OutcomeUnknown),
    FaultCase("a connection reset", {"connection": "reset"}, OutcomeUnknown),
    FaultCase("a reply that is not HTTP", {"connection": "garbage"}, OutcomeUnknown),
    FaultCase("endless headers", {"connection": "endless_headers"}, OutcomeUnknown),
    *(
        FaultCase(
            f"a success with {description}",
            {"status": 201, **fault},
            UnintelligibleReply,
        )
        for description, fault in _MALFORMED.items()
    ),
    FaultCase("a success of 9 MB", {"size": 9_000_000}, UnintelligibleReply),
]


@for_each_fault_in_step(UNKNOWN)
def test_a_create_that_had_no_effect_is_looked_up_and_retried(
    mature: Emulator, output: Output, step: Step, case: FaultCase
) -> None:
    """A lookup follows every attempt, including the last; then the error is raised."""
    mature.fail({"operation": step.create, "times": ATTEMPTS, **case.fault})
    error = expect_step_failure(mature, step, output)
    assert (type(error), error.retryable) == (case.error_type, True)
    assert error.status == (504 if case.error_type is OutcomeUnknown else 502)
    assert error.logtank_id is None
    if "status" in case.fault:
        assert error.upstream_status == case.fault["status"]
    assert (call_count(mature, step.create), call_count(mature, step.lookup)) == (2, 2)
    assert_recovers(mature)


@pytest.fixture
def impatient(mature: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud for functions with a short HTTP timeout and one attempt."""
    monkeypatch.setenv("HTTP_TIMEOUT_SECONDS", "0.2")
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    return mature


@for_each_fault_in_step(STALLED)
def test_a_stalled_reply_ends_at_the_timeout(
    impatient: Emulator, output: Output, step: Step, case: FaultCase
) -> None:
    """The timeout covers the whole call, even if bytes keep arriving."""
    impatient.fail({"operation": step.create, **case.fault})
    error = expect_step_failure(impatient, step, output)
    assert (type(error), error.status, error.retryable) == (OutcomeUnknown, 504, True)
    (call,) = output.lines("call")[-2:-1]
    assert 200 <= call["milliseconds"] < 1500
    assert (call_count(impatient, step.create), call_count(impatient, step.lookup)) == (
        1,
        1,
    )
    assert_recovers(impatient)


def test_a_logtank_created_before_a_timeout_is_found(
    impatient: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The create is not repeated."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "2")
    fault = {"connection": "drip_body", "work": True}
    impatient.fail({"operation": LOGTANK.create, **fault})
    assert_one_of_each(impatient, send("bootstrap", EVENT))
    assert call_count(impatient, LOGTANK.create) == 1


@for_each_fault(UNKNOWN[:1])
def test_a_stream_created_despite_an_error_is_found(
    mature: Emulator, case: FaultCase
) -> None:
    """The create is not repeated, and the log stream counts as created."""
    mature.fail({"operation": STREAM.create, "work": True, **case.fault})
    result = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    (stream,) = mature.streams
    assert result == {
        "log_group_id": mature.log_group_id,
        "log_stream_id": stream["log_stream_id"],
        "created": True,
    }
    assert operations(mature) == [STREAM.create, STREAM.lookup]


@for_each_fault(UNKNOWN)
def test_a_logtank_created_despite_an_error_is_found(
    mature: Emulator, case: FaultCase
) -> None:
    """The create is not repeated, and a redelivery creates nothing."""
    mature.fail({"operation": LOGTANK.create, "work": True, **case.fault})
    result = send("bootstrap", EVENT)
    assert_one_of_each(mature, result)
    assert result["created"] == ["log_stream", "logtank"]
    assert operations(mature) == [STREAM.create, LOGTANK.create, LOGTANK.lookup]
    assert send("bootstrap", EVENT) == result | {"created": []}


@for_both_steps
def test_a_create_that_takes_effect_before_the_next_attempt_is_found(
    mature: Emulator, step: Step
) -> None:
    """The cloud rejects the repeated create, and a lookup finds the resource."""
    late = {"connection": "refuse_answer", "land_after": 0.1}
    mature.fail(
        {"operation": step.create, **late},
        {"operation": step.create, "delay": 0.2},
    )
    result = send("bootstrap", EVENT, LambdaContext(BRIEF_SECONDS))
    assert_one_of_each(mature, result)
    assert result["created"] == ["log_stream", "logtank"]
    assert call_count(mature, step.create) == 2


@for_both_steps
def test_a_create_that_takes_effect_after_the_next_attempt_changes_nothing(
    mature: Emulator, step: Step
) -> None:
    """The repeated create succeeds, and the cloud rejects the late one."""
    late = {"connection": "refuse_answer", "land_after": 0.15}
    mature.fail({"operation": step.create, **late})
    result = send("bootstrap", EVENT, LambdaContext(BRIEF_SECONDS))
    time.sleep(0.2)
    assert_one_of_each(mature, result)
    assert send("bootstrap", EVENT) == result | {"created": []}


@for_both_steps
def test_a_create_that_takes_effect_after_the_error_is_found_by_the_next_event(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output, step: Step
) -> None:
    """The error is retryable, and the retry finds the resource."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    late = {"connection": "refuse_answer", "land_after": 0.3}
    mature.fail({"operation": step.create, **late})
    error = expect_step_failure(mature, step, output)
    assert (type(error), error.retryable) == (OutcomeUnknown, True)
    _wait_for(mature, step)
    assert_recovers(mature)


def test_a_late_second_logtank_does_not_change_the_result(
    mature: Emulator,
) -> None:
    """Every result names the same logtank, even if the late create adds another."""
    mature.reset(second_logtank="allow")
    late: dict[str, Any] = {"connection": "refuse_answer", "land_after": 0.1}
    mature.fail(
        {"operation": "CreateLogtank", **late},
        {"operation": "CreateLogtank", "delay": 0.2},
    )
    event = EVENT | {"log_stream_name": "edge"}
    result = send("bootstrap", event, LambdaContext(BRIEF_SECONDS))
    again = send("bootstrap", event)
    assert again["logtank_id"] == result["logtank_id"]
    assert result["logtank_id"] in [each["id"] for each in mature.logtanks]
    assert len(mature.logtanks) <= 2


def test_retry_attempts_limits_the_number_of_creates(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """A lookup follows every create, including the last."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "5")
    mature.fail({"operation": STREAM.create, "times": None, "status": 503})
    expect_step_failure(mature, STREAM, output)
    assert (call_count(mature, STREAM.create), call_count(mature, STREAM.lookup)) == (
        5,
        5,
    )


def _wait_for(cloud: Emulator, step: Step) -> None:
    """Wait up to two seconds until the late create has taken effect."""
    deadline = time.monotonic() + 2
    while not (cloud.streams if step is STREAM else cloud.logtanks):
        assert time.monotonic() < deadline
        time.sleep(0.01)
