"""Entry: all listeners of the account; plans what is missing, and applies it."""

from __future__ import annotations

from functions import invocation


def handler(event: object, context: object) -> object:
    """Return what must change so that every listener ships its log, or change it.

    Takes a request or an array of requests, in the envelope of any trigger, and returns
    a result or an array of results: `schemas/reconcile.event.schema.json` and
    `schemas/reconcile.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run("reconcile", event, context)
