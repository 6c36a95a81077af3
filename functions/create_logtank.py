"""Entry: the logtank alone, into a log stream that exists."""

from __future__ import annotations

from functions import invocation
from functions.invocation import tasks


def handler(event: object, context: object) -> object:
    """Make sure of the logtank that ships a listener's log into a log stream.

    Takes a request, or an array of them: `schemas/create_logtank.event.schema.json`.
    Returns a result, or their array: `schemas/create_logtank.result.schema.json`.

    Raises: the errors of `functions.errors`.
    """
    return invocation.run(tasks.CREATE_LOGTANK, event, context)
