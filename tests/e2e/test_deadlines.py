"""The function's time: every pause and every call fits, and the end is told."""

from __future__ import annotations

import time

import pytest

from functions.errors import DeadlineExceeded, OutcomeUnknown, ServiceFailed
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.driving import EVENT, assert_one_of_each, refused, send
from tests.e2e.faults import (
    LOGTANK,
    SILENT,
    STREAM,
    Row,
    Step,
    for_each_in_a_step,
    suffer,
    times,
)
from tests.e2e.output import Output
from tests.emulator import Emulator


@pytest.fixture
def patient(mature: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud whose silence only the function's end will end."""
    monkeypatch.setenv("HTTP_TIMEOUT_SECONDS", "60")
    monkeypatch.setenv("RETRY_ATTEMPTS", "100")
    return mature


@for_each_in_a_step(SILENT)
def test_a_peer_without_end_does_not_outlast_the_function(
    patient: Emulator, output: Output, step: Step, row: Row
) -> None:
    """There is time to say what was made; the rest is found by the next event."""
    fault = {**row.fault, "interval": 0.05, "times": None, "work": True}
    patient.fail({"operation": step.create, **fault})
    began = time.monotonic()
    error = suffer(patient, step, output, seconds=1.3)
    assert time.monotonic() - began < 1.3
    assert (type(error), error.status, error.retryable) == (DeadlineExceeded, 504, True)
    assert error.__cause__ is not None
    if step is LOGTANK:
        assert_one_of_each(patient, send("bootstrap", EVENT))


def test_a_cloud_that_fails_for_ever_is_left_when_time_is_over(
    patient: Emulator, output: Output
) -> None:
    """However many attempts are allowed; the last failure is its cause.

    The end may cut a create short; of a look it does, the create's error is raised.
    """
    patient.fail({"operation": LOGTANK.create, "times": None, "status": 503})
    began = time.monotonic()
    error = suffer(patient, LOGTANK, output, seconds=1.3)
    assert time.monotonic() - began < 1.3
    kinds = {type(error), type(error.__cause__)}
    assert kinds - {ServiceFailed, OutcomeUnknown} == {DeadlineExceeded}
    assert error.retryable


@pytest.mark.parametrize("kind", [LambdaContext, FunctionGraphContext])
def test_without_time_nothing_is_begun(
    cloud: Emulator, kind: type[LambdaContext | FunctionGraphContext]
) -> None:
    """The last second is the reply's."""
    error = refused("bootstrap", EVENT, kind(0.9))
    assert (type(error), error.retryable) == (DeadlineExceeded, True)
    assert cloud.calls == []


@pytest.mark.parametrize("seconds", [0.0, 10.0**9], ids=["none", "a wrong unit"])
def test_a_platform_that_talks_nonsense_is_not_believed(
    cloud: Emulator, seconds: float
) -> None:
    """FunctionGraph's runtimes have been seen to count in wrong units."""
    result = send("bootstrap", EVENT, FunctionGraphContext(seconds))
    assert_one_of_each(cloud, result)


def test_a_look_does_not_outlast_the_function(
    patient: Emulator, output: Output
) -> None:
    """The create's error tells that nobody knows, and the work is found later."""
    patient.fail(
        {"operation": LOGTANK.create, "status": 500, "work": True},
        {"operation": LOGTANK.look, "connection": "hang"},
    )
    began = time.monotonic()
    error = suffer(patient, LOGTANK, output, seconds=1.3)
    assert time.monotonic() - began < 1.3
    assert error.retryable is True
    assert times(patient, LOGTANK.create) == 1


def test_a_slow_cloud_is_no_failure(patient: Emulator) -> None:
    """As long as there is time."""
    patient.fail({"operation": STREAM.create, "delay": 0.4})
    assert_one_of_each(patient, send("bootstrap", EVENT, LambdaContext(3)))
