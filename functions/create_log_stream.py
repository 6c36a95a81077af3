"""Entry: a log stream alone."""

from __future__ import annotations

from functions import invocation
from functions.invocation import tasks


def handler(event: object, context: object) -> object:
    """Make sure of a log stream.

    Takes a request, or an array of them: `schemas/create_log_stream.event.schema.json`.
    Returns a result, or their array: `schemas/create_log_stream.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run(tasks.CREATE_LOG_STREAM, event, context)
