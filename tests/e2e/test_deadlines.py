"""Deadlines: every pause and every call ends in time, and the error says so."""

from __future__ import annotations

import time

import pytest

from functions.errors import DeadlineExceeded, OutcomeUnknown, ServiceFailed
from tests.e2e.answering import invoke
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.driving import EVENT, assert_one_of_each, expect_error, send
from tests.e2e.faults import (
    LOGTANK,
    STALLED,
    STREAM,
    FaultCase,
    Step,
    call_count,
    expect_step_failure,
    for_each_fault_in_step,
)
from tests.e2e.output import Output
from tests.e2e.samples import signed
from tests.emulator import Emulator
from tests.unit.signed_webhooks import SECRET

BUSY = {"error_code": "GA.9004", "error_msg": "Resource is in PENDING status"}


@pytest.fixture
def patient(mature: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud for functions that only their own deadline interrupts."""
    monkeypatch.setenv("HTTP_TIMEOUT_SECONDS", "60")
    monkeypatch.setenv("RETRY_ATTEMPTS", "100")
    return mature


@for_each_fault_in_step(STALLED)
def test_a_reply_that_never_completes_ends_at_the_deadline(
    patient: Emulator, output: Output, step: Step, case: FaultCase
) -> None:
    """The error is raised in time, and the next event completes the work."""
    fault = {**case.fault, "interval": 0.05, "times": None, "work": True}
    patient.fail({"operation": step.create, **fault})
    began = time.monotonic()
    error = expect_step_failure(patient, step, output, seconds=1.3)
    assert time.monotonic() - began < 1.3
    assert (type(error), error.status, error.retryable) == (DeadlineExceeded, 504, True)
    assert error.__cause__ is not None
    if step is LOGTANK:
        assert_one_of_each(patient, send("bootstrap", EVENT))


def test_retries_end_at_the_deadline(patient: Emulator, output: Output) -> None:
    """The deadline applies even if more attempts are allowed.

    If it interrupts a lookup, the error of the create is raised.
    """
    patient.fail({"operation": LOGTANK.create, "times": None, "status": 503})
    began = time.monotonic()
    error = expect_step_failure(patient, LOGTANK, output, seconds=1.3)
    assert time.monotonic() - began < 1.3
    kinds = {type(error), type(error.__cause__)}
    assert kinds - {ServiceFailed, OutcomeUnknown} == {DeadlineExceeded}
    assert error.retryable


@pytest.mark.parametrize("kind", [LambdaContext, FunctionGraphContext])
def test_nothing_starts_without_remaining_time(
    cloud: Emulator, kind: type[LambdaContext | FunctionGraphContext]
) -> None:
    """The last second is reserved for the response."""
    error = expect_error("bootstrap", EVENT, kind(0.9))
    assert (type(error), error.retryable) == (DeadlineExceeded, True)
    assert cloud.calls == []


@pytest.mark.parametrize("seconds", [0.0, 10.0**9], ids=["zero", "wrong unit"])
def test_an_implausible_remaining_time_is_ignored(
    cloud: Emulator, seconds: float
) -> None:
    """FunctionGraph runtimes are known to report the remaining time in wrong units."""
    result = send("bootstrap", EVENT, FunctionGraphContext(seconds))
    assert_one_of_each(cloud, result)


def test_a_lookup_ends_at_the_deadline(patient: Emulator, output: Output) -> None:
    """The error of the create is raised, and the event may be retried."""
    patient.fail(
        {"operation": LOGTANK.create, "status": 500, "work": True},
        {"operation": LOGTANK.lookup, "connection": "hang"},
    )
    began = time.monotonic()
    error = expect_step_failure(patient, LOGTANK, output, seconds=1.3)
    assert time.monotonic() - began < 1.3
    assert error.retryable is True
    assert call_count(patient, LOGTANK.create) == 1


def test_a_slow_cloud_is_not_an_error(patient: Emulator) -> None:
    """A slow reply is accepted if it arrives before the deadline."""
    patient.fail({"operation": STREAM.create, "delay": 0.4})
    assert_one_of_each(patient, send("bootstrap", EVENT, LambdaContext(3)))


@pytest.mark.parametrize(
    "fault",
    [{"status": 429}, {"connection": "hang"}, {"status": 400, "body": BUSY}],
    ids=["throttled", "no response", "busy"],
)
def test_an_http_response_is_sent_before_the_gateway_times_out(
    patient: Emulator, monkeypatch: pytest.MonkeyPatch, fault: dict[str, object]
) -> None:
    """The limit is HTTP_RESPONSE_SECONDS, and the response names the created stream."""
    monkeypatch.setenv("HTTP_RESPONSE_SECONDS", "1")
    monkeypatch.setenv("WEBHOOK_SECRETS", SECRET.reveal())
    patient.fail({"operation": LOGTANK.create, "times": None, **fault})
    began = time.monotonic()
    outcome = invoke("bootstrap", signed("http-apig.json"), LambdaContext(60))
    assert time.monotonic() - began < 2
    assert outcome.status == 504
    assert outcome.document["log_stream_id"] == patient.streams[0]["log_stream_id"]
