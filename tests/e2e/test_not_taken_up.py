"""Not taken up: nothing has happened, so the same request is sent again."""

from __future__ import annotations

import socket
import time

import pytest

from functions.errors import Throttled, Unreachable
from tests.e2e.driving import EVENT, assert_one_of_each, send
from tests.e2e.faults import (
    ATTEMPTS,
    STREAM,
    Step,
    for_both_steps,
    recover,
    suffer,
    times,
)
from tests.e2e.output import Output
from tests.emulator import Emulator


@pytest.fixture
def closed() -> str:
    """Return the address of a port at which nobody listens."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@for_both_steps
def test_a_throttled_create_is_repeated_without_a_look(
    mature: Emulator, output: Output, step: Step
) -> None:
    """As often as RETRY_ATTEMPTS says."""
    mature.fail({"operation": step.create, "status": 429, "times": ATTEMPTS})
    error = suffer(mature, step, output)
    assert (type(error), error.status, error.retryable) == (Throttled, 503, True)
    assert (times(mature, step.create), times(mature, step.look)) == (ATTEMPTS, 0)
    recover(mature)


@for_both_steps
def test_a_create_that_was_throttled_once_is_made(cloud: Emulator, step: Step) -> None:
    """And nobody hears of it."""
    cloud.fail({"operation": step.create, "status": 429})
    result = send("bootstrap", EVENT)
    assert_one_of_each(cloud, result)
    assert result["created"] == ["log_stream", "logtank"]
    assert len(cloud.calls) == 3


@for_both_steps
def test_a_wait_that_does_not_fit_is_not_begun(
    mature: Emulator, output: Output, step: Step
) -> None:
    """The error is raised at once: another invocation will have the time."""
    headers = {"Retry-After": "Fri, 31 Dec 2100 23:59:59 GMT"}
    mature.fail({"operation": step.create, "status": 429, "headers": headers})
    began = time.monotonic()
    error = suffer(mature, step, output)
    assert time.monotonic() - began < 5
    assert (type(error), error.retryable) == (Throttled, True)
    assert error.retry_after is not None
    assert error.retry_after > 60
    assert times(mature, step.create) == 1
    recover(mature)


@for_both_steps
def test_a_port_at_which_nobody_listens_is_unreachable(
    mature: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    closed: str,
    step: Step,
) -> None:
    """The stream that was made before is named, and found later."""
    monkeypatch.setenv(step.endpoint, closed)
    error = suffer(mature, step, output)
    assert (type(error), error.status, error.retryable) == (Unreachable, 502, True)
    assert error.upstream_status is None
    attempts = [line["attempt"] for line in output.lines("call")][-ATTEMPTS:]
    assert attempts == [1, 2]
    assert times(mature, step.create) == times(mature, step.look) == 0
    monkeypatch.setenv(step.endpoint, mature.url)
    recover(mature)


def test_a_peer_that_speaks_no_tls_is_unreachable(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """No request was ever written, so there is nothing to look for."""
    secure = cloud.url.replace("http:", "https:")
    monkeypatch.setenv(STREAM.endpoint, secure)
    error = suffer(cloud, STREAM, output)
    assert (type(error), error.retryable) == (Unreachable, True)
    assert cloud.calls == []
