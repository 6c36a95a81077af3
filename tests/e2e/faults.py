"""The two steps that can fail, tables of faults, and checks after a failure."""

from __future__ import annotations

import math
import time
from typing import Any, NamedTuple

import pytest

from functions.errors import DeadlineExceeded, OutcomeUnknown, ProvisioningError
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.driving import (
    EVENT,
    STREAM_NAME,
    assert_one_of_each,
    expect_error,
    operations,
    send,
)
from tests.e2e.output import Output, assert_nothing_secret
from tests.emulator import Emulator

ATTEMPTS = 2
"""RETRY_ATTEMPTS in these tests."""
BRIEF_SECONDS = 1.9
"""A short remaining time, so that an invocation waits less for competing creators."""
_MINIMAL_SECONDS = 1.2
_LONG_TIMEOUT = {"HTTP_TIMEOUT_SECONDS": "5"}


UNKNOWN_SECONDS = 60.0
"""The time limit that a function assumes if the platform does not report one."""


class Step(NamedTuple):
    """A step: its name in documents, its two operations, and its endpoint setting."""

    name: str
    create: str
    lookup: str
    endpoint: str


STREAM = Step(
    "create_log_stream", "CreateLogStream", "ListLogStream", "HUAWEICLOUD_LTS_ENDPOINT"
)
LOGTANK = Step(
    "create_logtank", "CreateLogtank", "ListLogtanks", "HUAWEICLOUD_GA_ENDPOINT"
)
for_both_steps = pytest.mark.parametrize(
    "step", [STREAM, LOGTANK], ids=lambda step: step.name
)


class FaultCase(NamedTuple):
    """A fault: its description, its definition, and the error that it causes."""

    description: str
    fault: dict[str, Any]
    error_type: type[ProvisioningError]


STALLED = [
    FaultCase("no response", {"connection": "hang"}, OutcomeUnknown),
    FaultCase(
        "headers one byte at a time", {"connection": "drip_headers"}, OutcomeUnknown
    ),
    FaultCase("body one byte at a time", {"connection": "drip_body"}, OutcomeUnknown),
]
"""Replies that never complete."""


def for_each_fault(faults: list[FaultCase]) -> pytest.MarkDecorator:
    """Parametrize a test with faults, using their descriptions as IDs."""
    return pytest.mark.parametrize("case", faults, ids=lambda case: case.description)


def for_each_fault_in_step(faults: list[FaultCase]) -> pytest.MarkDecorator:
    """Parametrize a test with all faults in step 2 and the first fault in step 1.

    Both steps use the same code to handle a failure.
    """
    cases = [(LOGTANK, case) for case in faults] + [(STREAM, faults[0])]
    ids = [f"{case.description}, {step.name}" for step, case in cases]
    return pytest.mark.parametrize(("step", "case"), cases, ids=ids)


def expect_step_failure(
    cloud: Emulator,
    step: Step,
    output: Output,
    event: dict[str, Any] = EVENT,
    seconds: float = math.inf,
) -> ProvisioningError:
    """Return the error of a failed step, which reports progress but no secret."""
    context = None if seconds == math.inf else LambdaContext(seconds)
    began = time.monotonic()
    error = expect_error("bootstrap", event, context)
    assert time.monotonic() - began < min(seconds, UNKNOWN_SECONDS)
    assert_nothing_secret(cloud, error, output)
    document = error.as_document()
    assert document["step"] == step.name
    assert document["log_stream_name"] == event.get("log_stream_name", STREAM_NAME)
    if step is LOGTANK:
        assert document["log_stream_id"] == cloud.streams[0]["log_stream_id"]
    (line,) = output.lines("request failed")[-1:]
    assert line["error"] == document
    return error


def assert_recovers(cloud: Emulator) -> None:
    """Check that sending the event again leaves exactly one log stream and one logtank.

    On a slow machine the short deadline may pass; then a longer one must suffice.
    """
    try:
        short = FunctionGraphContext(_MINIMAL_SECONDS, _LONG_TIMEOUT)
        result = send("bootstrap", EVENT, short)
    except DeadlineExceeded:
        result = send("bootstrap", EVENT, FunctionGraphContext(30, _LONG_TIMEOUT))
    assert_one_of_each(cloud, result)
    again = send("bootstrap", EVENT, FunctionGraphContext(30, _LONG_TIMEOUT))
    assert again == result | {"created": []}


def call_count(cloud: Emulator, operation: str) -> int:
    """Return the number of calls of an operation."""
    return operations(cloud).count(operation)
