"""The two steps that can fail, faults by rows, and what holds after each failure."""

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
    operations,
    refused,
    send,
)
from tests.e2e.output import Output, assert_nothing_secret
from tests.emulator import Emulator

ATTEMPTS = 2
"""RETRY_ATTEMPTS of these tests."""
BRIEF_SECONDS = 1.9
"""Left to an uncertain creator: the less there is, the less it waits for rivals."""
_BRIEFEST_SECONDS = 1.2
_PATIENT = {"HTTP_TIMEOUT_SECONDS": "5"}


UNKNOWN_SECONDS = 60.0
"""What a function has that does not know its time."""


class Step(NamedTuple):
    """A step by its name in documents, its create, its look, its endpoint."""

    name: str
    create: str
    look: str
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


class Row(NamedTuple):
    """A sentence for a fault, what the fault is, and the error that comes of it."""

    sentence: str
    fault: dict[str, Any]
    kind: type[ProvisioningError]


SILENT = [
    Row("silence", {"connection": "hang"}, OutcomeUnknown),
    Row("headers in drips", {"connection": "drip_headers"}, OutcomeUnknown),
    Row("a body in drips", {"connection": "drip_body"}, OutcomeUnknown),
]
"""Answers that never come to an end."""


def for_each(rows: list[Row]) -> pytest.MarkDecorator:
    """Parametrise a test by rows, named by their sentences."""
    return pytest.mark.parametrize("row", rows, ids=lambda row: row.sentence)


def for_each_in_a_step(rows: list[Row]) -> pytest.MarkDecorator:
    """Parametrise a test by rows in the second step, and the first row in both.

    Both steps run the same code on a failure.
    """
    cases = [(LOGTANK, row) for row in rows] + [(STREAM, rows[0])]
    ids = [f"{row.sentence}, {step.name}" for step, row in cases]
    return pytest.mark.parametrize(("step", "row"), cases, ids=ids)


def suffer(
    cloud: Emulator,
    step: Step,
    output: Output,
    event: dict[str, Any] = EVENT,
    seconds: float = math.inf,
) -> ProvisioningError:
    """Return the failure of a step; it tells how far the work came, and no secret."""
    context = None if seconds == math.inf else LambdaContext(seconds)
    began = time.monotonic()
    error = refused("bootstrap", event, context)
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


def recover(cloud: Emulator) -> None:
    """Send the event again: there is one stream and one logtank, and so it stays.

    On a slow machine a little time may be too little, which is no refusal either.
    """
    try:
        briefly = FunctionGraphContext(_BRIEFEST_SECONDS, _PATIENT)
        result = send("bootstrap", EVENT, briefly)
    except DeadlineExceeded:
        result = send("bootstrap", EVENT, FunctionGraphContext(30, _PATIENT))
    assert_one_of_each(cloud, result)
    again = send("bootstrap", EVENT, FunctionGraphContext(30, _PATIENT))
    assert again == result | {"created": []}


def times(cloud: Emulator, operation: str) -> int:
    """Return how often an operation was called."""
    return operations(cloud).count(operation)
