"""One event's way through the bundle: read, check, do, reply."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from functions import aws_secret, runtime, settings
from functions.batch import Outcome
from functions.errors import BatchFailed, ProvisioningError
from functions.handling import Handling
from functions.tasks import Task


def run(task: Task, event: object, context: object) -> Outcome | list[Outcome]:
    """Do what an event asks for: one request, or an array of them.

    Raises: Misconfigured; the error of a lone request; BatchFailed for an array of
    which any failed, once all were tried.
    """
    log = runtime.Log(task.name, runtime.request_id(context))
    left = runtime.time_left(context)
    configured = _configured(task, context, left, log)
    requests = event if isinstance(event, list) else [event]
    outcomes = Handling(task, configured, left, log).outcomes(requests)
    failures = [each for each in outcomes if isinstance(each, ProvisioningError)]
    if failures:
        raise failures[0] if len(requests) == 1 else BatchFailed(outcomes)
    return outcomes if isinstance(event, list) else outcomes[0]


def _configured(
    task: Task, context: object, left: Callable[[], float], log: runtime.Log
) -> settings.Settings:
    """Return the settings, by which the log then keeps its level.

    Raises: Misconfigured.
    """
    try:
        look_up = aws_secret.beneath(runtime.variables(context), left)
        agency = partial(runtime.agency, context)
        configured = settings.read(look_up, task.services, agency)
    except ProvisioningError as error:
        log("ERROR", "request failed", error=error.as_document())
        raise
    log.level = configured.log_level
    return configured
