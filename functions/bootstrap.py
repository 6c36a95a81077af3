"""Entry point: creates a log stream, and the logtank that ships a log into it."""

from __future__ import annotations

from functions import invocation


def handler(event: object, context: object) -> object:
    """Make sure that a log stream exists, and that the listener ships its log into it.

    Takes a request or an array of requests, in the envelope of any trigger, and returns
    a result or an array of results: `schemas/bootstrap.event.schema.json` and
    `schemas/bootstrap.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run("bootstrap", event, context)
