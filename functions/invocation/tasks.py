"""The table of functions: what each does, and what it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple

from functions.errors import Result
from functions.invocation import defaults, summaries
from functions.provisioning import Cloud, Request
from functions.triggers.delivery import Trace

Action = Callable[[Request, Cloud], Result]


def _lazy(module: str, name: str) -> Action:
    """Return an action of `provisioning`, imported for the first request only.

    A process has one function, so it needs one action, and none for invalid events.
    """

    def action(request: Request, cloud: Cloud) -> Result:
        found: Action = getattr(import_module(f"functions.provisioning.{module}"), name)
        return found(request, cloud)

    return action


class Task(NamedTuple):
    """One row of the table: a function.

    `name` is that of its entry, and of its contract: `schemas/<name>.event.schema.json`
    and `schemas/<name>.result.schema.json`. `action` does what a checked request asks
    for. `services` are those that must be configured. `with_defaults` fills in what
    the settings supply, and `supplied` has these settings by the pointers of their
    fields. `trace` is the operation on a listener whose audit trace the function
    serves, and `for_listener` makes the request of it. `summary` is the part of a
    result that the last log line of a request has; `needs_attention` is whether that
    line is a warning. The requests of an event run one by one if `one_by_one`.
    """

    name: str
    action: Action
    services: frozenset[str]
    with_defaults: Callable[[Request, defaults.Defaults], Request] = defaults.none
    supplied: Mapping[str, str] = defaults.NO_FIELDS
    trace: Trace | None = None
    for_listener: Callable[[str], Request] = lambda _listener: {}
    summary: Callable[[Result], Result] = summaries.whole
    needs_attention: Callable[[Result], bool] = lambda _result: False
    one_by_one: bool = False


_LTS, _GA = frozenset({"LTS"}), frozenset({"GA"})

_ROWS = (
    Task(
        name="bootstrap",
        action=_lazy("actions", "bootstrap"),
        services=_LTS | _GA,
        with_defaults=defaults.bootstrap,
        supplied=defaults.STREAM_FIELDS,
        trace=Trace.CREATION,
        for_listener=lambda listener: {"resource_id": listener},
    ),
    Task(
        name="create_log_stream",
        action=_lazy("actions", "create_log_stream"),
        services=_LTS,
        with_defaults=defaults.log_stream,
        supplied=defaults.STREAM_FIELDS,
    ),
    Task(
        name="create_logtank",
        action=_lazy("actions", "create_logtank"),
        services=_GA,
        with_defaults=defaults.logtank,
        supplied=defaults.LOGTANK_FIELDS,
    ),
    Task(
        name="status",
        action=_lazy("account", "status"),
        services=_LTS | _GA,
        summary=summaries.status,
        one_by_one=True,
    ),
    Task(
        name="reconcile",
        action=_lazy("account", "reconcile"),
        services=_LTS | _GA,
        with_defaults=defaults.reconcile,
        supplied=defaults.STREAM_FIELDS,
        summary=summaries.reconcile,
        needs_attention=summaries.is_incomplete,
        one_by_one=True,
    ),
    Task(
        name="delete_logtank",
        action=_lazy("removal", "delete"),
        services=_LTS | _GA,
        trace=Trace.DELETION,
        for_listener=lambda listener: {
            "resource_id": listener,
            "only_if_listener_is_gone": True,
        },
    ),
)
TASKS: Mapping[str, Task] = {task.name: task for task in _ROWS}
"""All functions by name; every other list of functions is derived from this one."""
