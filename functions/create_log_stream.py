"""Entry point: creates a log stream."""

from __future__ import annotations

from functions import invocation


def handler(event: object, context: object) -> object:
    """Make sure that a log stream exists.

    Takes a request or an array of requests, in the envelope of any trigger, and returns
    a result or an array of results: `schemas/create_log_stream.event.schema.json` and
    `schemas/create_log_stream.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run("create_log_stream", event, context)
