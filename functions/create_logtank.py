"""Entry point: creates a logtank that ships into an existing log stream."""

from __future__ import annotations

from functions import invocation


def handler(event: object, context: object) -> object:
    """Make sure that a listener ships its log into a log stream.

    Takes a request or an array of requests, in the envelope of any trigger, and returns
    a result or an array of results: `schemas/create_logtank.event.schema.json` and
    `schemas/create_logtank.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run("create_logtank", event, context)
