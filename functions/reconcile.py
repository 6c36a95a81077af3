"""Entry point: plans the changes for all listeners, and applies them on request."""

from __future__ import annotations

from functions import invocation


def handler(event: object, context: object) -> object:
    """Return the changes after which every listener ships its log; apply them if asked.

    Takes a request or an array of requests, in the envelope of any trigger, and returns
    a result or an array of results: `schemas/reconcile.event.schema.json` and
    `schemas/reconcile.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run("reconcile", event, context)
