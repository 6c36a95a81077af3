"""Entry point: deletes a listener's logtanks, and their log streams on request."""

from __future__ import annotations

from functions import invocation


def handler(event: object, context: object) -> object:
    """Delete a listener's logtanks, and on request the streams that nothing else uses.

    Takes a request or an array of requests, in the envelope of any trigger, and returns
    a result or an array of results: `schemas/delete_logtank.event.schema.json` and
    `schemas/delete_logtank.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run("delete_logtank", event, context)
