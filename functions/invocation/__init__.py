"""One event's way through the bundle: recognise, admit, read, check, do, answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from functions import provisioning, runtime, settings, triggers
from functions.errors import CallerFault, ProvisioningError
from functions.invocation.requests import Handling
from functions.invocation.tasks import Task
from functions.settings import aws_secret


def run(task: Task, event: object, context: object) -> object:
    """Do what an event asks for, and answer as its trigger wants it answered.

    Raises, unless the trigger takes a failure as an answer: Misconfigured; the error
    of a lone request; BatchFailed if there are several of which any failed, once all
    were tried.
    """
    if answer := triggers.health_check_response(event):
        return answer
    trigger = triggers.of(event)
    log = runtime.Log(task.name, runtime.request_id(context), trigger.name)
    remaining_seconds = runtime.remaining_time(context)
    try:
        with provisioning.error_context():
            configured = _configured(task, context, remaining_seconds)
            log.level = configured.log_level
            trigger.admit(event, configured.webhook_auth, configured.webhook_secrets)
            delivery = trigger.deliver(event)
            work = Handling(task, configured, remaining_seconds, log)
            outcomes = work.outcomes(delivery.items(), in_order=delivery.in_order)
    except ProvisioningError as error:
        level = "WARNING" if isinstance(error, CallerFault) else "ERROR"
        log(level, "request failed", error=error.as_document())
        return trigger.refuse(event, error)
    return trigger.answer(event, delivery, outcomes)


def _configured(
    task: Task, context: object, remaining_seconds: Callable[[], float]
) -> settings.Settings:
    """Return the settings.

    Raises: Misconfigured.
    """
    look_up = aws_secret.with_secret_fallback(
        runtime.variables(context), remaining_seconds
    )
    agency = partial(runtime.agency, context)
    return settings.read(look_up, task.services, agency)
