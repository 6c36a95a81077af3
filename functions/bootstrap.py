"""Entry: a log stream, and then the logtank that ships a listener's log into it."""

from __future__ import annotations

from functions import invocation
from functions.invocation import tasks


def handler(event: object, context: object) -> object:
    """Make sure of a log stream and of the listener's logtank into it.

    Takes a request, or an array of them: `schemas/bootstrap.event.schema.json`.
    Returns a result, or their array: `schemas/bootstrap.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run(tasks.BOOTSTRAP, event, context)
