"""Handles one event: recognize, admit, read, check, do, respond."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from functions import provisioning, runtime, settings, triggers
from functions.errors import CallerFault, ProvisioningError
from functions.invocation.requests import Requests
from functions.invocation.tasks import TASKS, Task
from functions.invocation.warm_state import WarmState

_WARM_STATE = WarmState()


def run(
    name: str, event: object, context: object, state: WarmState = _WARM_STATE
) -> object:
    """Do what an event asks of a function, and respond as its trigger expects.

    `name` is a key of TASKS. `state` is what the invocations of a process share.

    Raises, unless the trigger expects failures in the response: Misconfigured; the
    error of the only request; BatchFailed if several were tried and any failed.
    """
    task, trigger = TASKS[name], triggers.trigger_for(event)
    parsed = trigger.parse(event)
    if response := trigger.respond_at_once(parsed):
        return response
    began = time.monotonic()
    log = runtime.Log(name, runtime.request_id(context), trigger.name)
    remaining_seconds = runtime.remaining_time(context)
    try:
        with provisioning.error_context():
            configured = _configured(task, context, state, remaining_seconds)
            log.level = configured.log_level
            trigger.admit(parsed, configured.webhook_auth, configured.webhook_secrets)
            delivery = triggers.deliver(
                trigger, parsed, partial(_is_own, name, context)
            )
            if trigger.has_waiting_caller:
                limit = configured.http_response_seconds
                remaining_seconds = runtime.limited(remaining_seconds, began, limit)
            work = Requests(task, configured, state, remaining_seconds, log)
            outcomes = work.outcomes(delivery)
    except ProvisioningError as error:
        level = "WARNING" if isinstance(error, CallerFault) else "ERROR"
        log(level, "request failed", error=error.as_document())
        return trigger.refuse(parsed, error)
    return trigger.respond(parsed, delivery, outcomes)


def _configured(
    task: Task,
    context: object,
    state: WarmState,
    remaining_seconds: Callable[[], float],
) -> settings.Settings:
    """Return the settings.

    Raises: Misconfigured.
    """
    variables = state.secrets.with_secret_fallback(
        runtime.variables(context), remaining_seconds
    )
    return settings.read(variables, task.services, partial(runtime.agency, context))


def _is_own(task: str, context: object, function: str) -> bool:
    """Whether a name is this function's; if that is unknown, not another task's."""
    if own := runtime.function_name(context):
        return function == own
    tasks = [each for each in TASKS if _plain(each) in _plain(function)]
    return task in tasks or not tasks


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").casefold()
