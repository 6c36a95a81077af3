"""What holds of an invocation, whatever the clouds say."""

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

TIMES = int(os.environ.get("HOSTILE_TIMES", "1"))
"""How much of the usual is tried."""
SECONDS = 1.4
"""What a function has; all but 0.4 of it is kept for the reply."""
MEBIBYTE = 1024 * 1024
MOST_BYTES = 64 * MEBIBYTE
"""Of memory at once."""
MOST_IN_A_LINE = 20_000
"""Characters of a line of the log, or of a document."""
MOST_LINES = 60
LOADED = client
"""By now, so that its own memory is not counted."""
CONTEXTS = (LambdaContext, FunctionGraphContext)
CALLED = {
    "bootstrap": ("CreateLogStream", "ListLogStream", "CreateLogtank", "ListLogtanks"),
    "create_log_stream": ("CreateLogStream", "ListLogStream"),
    "create_logtank": ("CreateLogtank", "ListLogtanks"),
}
"""What an entry may call, by its name."""


def event_for(entry: str, cloud: Emulator) -> dict[str, object]:
    """Return an entry's event, always for the same stream and listener."""
    if entry == "create_log_stream":
        return {"log_stream_name": STREAM_NAME}
    if entry == "create_logtank":
        return logtank_event(cloud, cloud.streams[0]["log_stream_id"])
    return {"resource_id": LISTENER}


@contextmanager
def _bounded() -> Iterator[None]:
    """Hold a block to the function's time and to a bound in memory."""
    tracemalloc.start()
    began = time.monotonic()
    try:
        yield
        seconds, peak = time.monotonic() - began, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert seconds < SECONDS
    assert peak < MOST_BYTES


def ended(
    entry: str,
    event: object,
    context: object,
    capture: pytest.CaptureFixture[str],
    secrets: Iterable[str],
) -> Any:  # noqa: ANN401 # JSON
    """Return an invocation's result, or the error it ended in; hold what must hold.

    It ends in time and in bounds, in what its schema describes; and nothing that it
    says anywhere is secret or long.
    """
    output = Output(capture)
    outcome: Any
    with _bounded():
        try:
            outcome = HANDLERS[entry](event, context)
        except ProvisioningError as error:
            outcome = error
    shown = [json.dumps(line) for line in output.lines()]
    assert len(shown) <= MOST_LINES
    if isinstance(outcome, ProvisioningError):
        document = outcome.as_document()
        contracts.check("error", document)
        assert document["title"] != "Malfunction"
        shown += [str(outcome), repr(outcome), json.dumps(document)]
        shown += traceback.format_exception(outcome)
    else:
        contracts.check(f"{entry}.result", outcome)
        shown.append(json.dumps(outcome))
    assert max(map(len, shown)) < MOST_IN_A_LINE
    told = output.text() + "".join(shown)
    for secret in secrets:
        assert secret not in told
    return outcome
