"""Handles one event: recognize its trigger, admit it, do its requests, respond."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from functions import provisioning, runtime, settings, triggers
from functions.errors import CallerFault, ProvisioningError
from functions.invocation.requests import Requests, failure_facts
from functions.invocation.tasks import TASKS, Task
from functions.invocation.warm_state import WarmState
from functions.triggers.delivery import Delivery

_WARM_STATE = WarmState()


def run(
    name: str, event: object, context: object, state: WarmState = _WARM_STATE
) -> object:
    """Process an event with a function, and respond as its trigger expects.

    `name` is a key of TASKS. `state` is what the invocations of a process share.

    Raises, unless the trigger expects failures in the response: Misconfigured; the
    error of the only request; BatchFailed if several were tried and any failed.
    """
    task, trigger = TASKS[name], triggers.trigger_for(event)
    parsed = trigger.parse(event)
    if response := trigger.respond_at_once(parsed):
        return response
    log = runtime.Log(name, runtime.request_id(context), trigger.name)
    with log.context(webhook_id=trigger.webhook_id(parsed)):
        try:
            with provisioning.error_context():
                work, delivery = _admitted(
                    task, trigger, parsed, context, state=state, log=log
                )
                outcomes = work.outcomes(delivery)
        except ProvisioningError as error:
            return _refused(trigger, parsed, error, log)
        response = trigger.respond(parsed, delivery, outcomes)
        try:
            triggers.require_size(trigger, parsed, response)
        except ProvisioningError as error:
            return _refused(trigger, parsed, error, log)
        return response


def _admitted(  # each argument is one thing that an invocation consists of
    task: Task,
    trigger: triggers.Trigger,
    parsed: triggers.Parsed,
    context: object,
    *,
    state: WarmState,
    log: runtime.Log,
) -> tuple[Requests, Delivery]:
    """Return the requests of an event, after reading the settings and admitting it.

    Raises: Misconfigured; the errors of the trigger's `admit` and `deliver`.
    """
    began = state.clock()
    remaining_seconds = runtime.remaining_time(context, state.clock)
    configured = _configured(task, context, state, remaining_seconds)
    log.level = configured.log_level
    trigger.admit(parsed, configured.webhook_auth, configured.webhook_secrets)
    is_own = partial(_is_own, task.name, context)
    delivery = triggers.deliver(trigger, parsed, is_own)
    if trigger.has_waiting_caller:
        limit = configured.http_response_seconds
        remaining_seconds = runtime.limited(
            remaining_seconds, began, limit, state.clock
        )
    return Requests(task, configured, state, remaining_seconds, log), delivery


def _refused(
    trigger: triggers.Trigger,
    parsed: triggers.Parsed,
    error: ProvisioningError,
    log: runtime.Log,
) -> object:
    """Log the error for which a whole event is rejected, and respond or raise."""
    level = "WARNING" if isinstance(error, CallerFault) else "ERROR"
    log(level, "request failed", **failure_facts(error))
    return trigger.refuse(parsed, error)


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
    agency = partial(runtime.agency, context)
    return settings.read(variables, task.services, agency, state.parser)


def _is_own(task: str, context: object, function: str) -> bool:
    """Whether a name is this function's; if unknown, whether no other task has it."""
    if own := runtime.function_name(context):
        return function == own
    tasks = [each for each in TASKS if _plain(each) in _plain(function)]
    return task in tasks or not tasks


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").casefold()
