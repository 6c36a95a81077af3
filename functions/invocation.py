"""One event's way through the bundle: recognise, admit, read, check, do, answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from functions import aws_secret, provisioning, runtime, settings, triggers
from functions.errors import CallerFault, ProvisioningError
from functions.handling import Handling
from functions.tasks import Task


def run(task: Task, event: object, context: object) -> object:
    """Do what an event asks for, and answer as its trigger wants it answered.

    Raises, unless the trigger takes a failure as an answer: Misconfigured; the error
    of a lone request; BatchFailed if there are several of which any failed, once all
    were tried.
    """
    if answer := triggers.at_once(event):
        return answer
    trigger = triggers.of(event)
    log = runtime.Log(task.name, runtime.request_id(context), trigger.name)
    left = runtime.time_left(context)
    try:
        with provisioning.noting():
            configured = _configured(task, context, left)
            log.level = configured.log_level
            trigger.admit(event, configured.webhook_auth, configured.webhook_secrets)
            delivery = trigger.deliver(event)
            work = Handling(task, configured, left, log)
            outcomes = work.outcomes(delivery.items(), in_order=delivery.in_order)
    except ProvisioningError as error:
        level = "WARNING" if isinstance(error, CallerFault) else "ERROR"
        log(level, "request failed", error=error.as_document())
        return trigger.refuse(event, error)
    return trigger.answer(event, delivery, outcomes)


def _configured(
    task: Task, context: object, left: Callable[[], float]
) -> settings.Settings:
    """Return the settings.

    Raises: Misconfigured.
    """
    look_up = aws_secret.beneath(runtime.variables(context), left)
    agency = partial(runtime.agency, context)
    return settings.read(look_up, task.services, agency)
