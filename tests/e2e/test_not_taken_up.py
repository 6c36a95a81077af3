"""Creates that the cloud did not process: they are repeated without a lookup."""

from __future__ import annotations

import socket
import time

import pytest

from functions.errors import DeadlineExceeded, Throttled, Unreachable
from tests.e2e.driving import EVENT, assert_one_of_each, send
from tests.e2e.faults import (
    ATTEMPTS,
    STREAM,
    Step,
    assert_recovers,
    call_count,
    expect_step_failure,
    for_both_steps,
)
from tests.e2e.output import Output
from tests.emulator import Emulator


@pytest.fixture
def closed() -> str:
    """Return the URL of a port on which nothing listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@for_both_steps
def test_a_throttled_create_is_retried_without_a_lookup(
    cloud: Emulator, step: Step
) -> None:
    """RETRY_ATTEMPTS does not limit the retries, because nothing was created."""
    cloud.fail({"operation": step.create, "status": 429, "times": ATTEMPTS})
    result = send("bootstrap", EVENT)
    assert_one_of_each(cloud, result)
    assert result["created"] == ["log_stream", "logtank"]
    assert len(cloud.calls) == ATTEMPTS + 2


@for_both_steps
def test_a_create_that_stays_throttled_is_retried_until_the_deadline(
    mature: Emulator, output: Output, step: Step
) -> None:
    """The cause of the error is Throttled, and the next event succeeds."""
    mature.fail({"operation": step.create, "status": 429, "times": None})
    error = expect_step_failure(mature, step, output, seconds=2.2)
    assert (type(error), error.status, error.retryable) == (DeadlineExceeded, 504, True)
    assert type(error.__cause__) is Throttled
    assert error.code == "APIGW.0308"
    assert call_count(mature, step.create) >= ATTEMPTS
    mature.settle()
    assert_recovers(mature)


@for_both_steps
def test_a_retry_after_beyond_the_deadline_raises_immediately(
    mature: Emulator, output: Output, step: Step
) -> None:
    """The error is retryable, so that another invocation can try later."""
    headers = {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}
    mature.fail({"operation": step.create, "status": 429, "headers": headers})
    began = time.monotonic()
    error = expect_step_failure(mature, step, output)
    assert time.monotonic() - began < 5
    assert (type(error), error.retryable) == (Throttled, True)
    assert error.retry_after is not None
    assert error.retry_after > 60
    assert call_count(mature, step.create) == 1
    assert_recovers(mature)


@for_both_steps
def test_a_closed_port_is_unreachable(
    mature: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    closed: str,
    step: Step,
) -> None:
    """The error names the log stream that exists, and the next event finds it."""
    monkeypatch.setenv(step.endpoint, closed)
    error = expect_step_failure(mature, step, output)
    assert (type(error), error.status, error.retryable) == (Unreachable, 502, True)
    assert error.upstream_status is None
    attempts = [line["attempt"] for line in output.lines("call")][-ATTEMPTS:]
    assert attempts == [1, 2]
    assert call_count(mature, step.create) == call_count(mature, step.lookup) == 0
    monkeypatch.setenv(step.endpoint, mature.url)
    assert_recovers(mature)


def test_a_server_without_tls_is_unreachable(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """No request is sent, so no lookup is needed."""
    secure = cloud.url.replace("http:", "https:")
    monkeypatch.setenv(STREAM.endpoint, secure)
    error = expect_step_failure(cloud, STREAM, output)
    assert (type(error), error.retryable) == (Unreachable, True)
    assert cloud.calls == []
