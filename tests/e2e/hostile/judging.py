"""Checks that apply to every invocation, for any replies of the clouds."""

from __future__ import annotations

import json
import os
import time
import traceback
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from functions import contracts
from functions.errors import ProvisioningError
from functions.huaweicloud import client
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.driving import HANDLERS, LISTENER, STREAM_NAME, logtank_event
from tests.e2e.output import Output
from tests.emulator import Emulator

SCALE = int(os.environ.get("HOSTILE_SCALE", "1"))
"""Multiplies the number of test cases."""
DEADLINE_SECONDS = 1.4
"""Time per invocation; all but 0.4 of it is reserved for the response."""
MEBIBYTE = 1024 * 1024
MAX_MEMORY_BYTES = 64 * MEBIBYTE
"""Peak memory that an invocation may allocate."""
MAX_LINE_CHARACTERS = 20_000
"""Maximum length of a log line or of a document."""
MAX_LINES = 60
LOADED = client
"""Imported in advance, so that its memory does not count."""
CONTEXTS = (LambdaContext, FunctionGraphContext)
OPERATIONS = {
    "bootstrap": ("CreateLogStream", "ListLogStream", "CreateLogtank", "ListLogtanks"),
    "create_log_stream": ("CreateLogStream", "ListLogStream"),
    "create_logtank": ("CreateLogtank", "ListLogtanks"),
}
"""The operations that each entry may call."""


def event_for(entry: str, cloud: Emulator) -> dict[str, object]:
    """Return an event for an entry, always with the same stream and listener."""
    if entry == "create_log_stream":
        return {"log_stream_name": STREAM_NAME}
    if entry == "create_logtank":
        return logtank_event(cloud, cloud.streams[0]["log_stream_id"])
    return {"resource_id": LISTENER}


@contextmanager
def _within_limits(deadline_seconds: float) -> Iterator[None]:
    """Check that a block stays within the deadline and the memory limit."""
    tracemalloc.start()
    start = time.monotonic()
    try:
        yield
        seconds, peak = time.monotonic() - start, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds < deadline_seconds
    assert peak < MAX_MEMORY_BYTES


def checked_outcome(
    entry: str,
    event: object,
    context: object,
    capture: pytest.CaptureFixture[str],
    secrets: Iterable[str],
    *,
    deadline_seconds: float = DEADLINE_SECONDS,
) -> Any:  # noqa: ANN401 # JSON
    """Return an invocation's result or error, after checking it.

    It must stay within the deadline and the memory limit and match its schema; nothing
    that it returns, raises or logs may be secret or too long.
    """
    output = Output(capture)
    outcome: Any
    with _within_limits(deadline_seconds):
        try:
            outcome = HANDLERS[entry](event, context)
        except ProvisioningError as error:
            outcome = error
    shown = [json.dumps(line) for line in output.lines()]
    assert len(shown) <= MAX_LINES
    if isinstance(outcome, ProvisioningError):
        document = outcome.as_document()
        contracts.check("error", document)
        assert document["title"] != "Malfunction"
        shown += [str(outcome), repr(outcome), json.dumps(document)]
        shown += traceback.format_exception(outcome)
    else:
        contracts.check(f"{entry}.result", outcome)
        shown.append(json.dumps(outcome))
    assert max(map(len, shown)) < MAX_LINE_CHARACTERS
    written = output.text() + "".join(shown)
    for secret in secrets:
        assert secret not in written
    return outcome
