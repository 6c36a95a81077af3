"""Entry point: shows which listener logs where; changes nothing."""

from __future__ import annotations

from functions import invocation


def handler(event: object, context: object) -> object:
    """Return the state of the access log of every listener that is asked for.

    Takes a request or an array of requests, in the envelope of any trigger, and returns
    a result or an array of results: `schemas/status.event.schema.json` and
    `schemas/status.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run("status", event, context)
