"""The table of functions: what each entry does, and what that needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from functions.errors import Result
from functions.invocation import defaults
from functions.provisioning import Cloud, Request, actions


class Task(NamedTuple):
    """One function.

    `name` is that of its entry, and of its contract: `schemas/<name>.event.schema.json`
    and `schemas/<name>.result.schema.json`. `action` does what a checked request asks
    for. `services` are those that must be configured. `with_defaults` fills in what
    the settings supply, and `supplied` has these settings by the pointers of their
    fields. `for_new_listener` makes the request for a listener whose creation the audit
    trail reports, of which only the ID is known.
    """

    name: str
    action: Callable[[Request, Cloud], Result]
    services: frozenset[str]
    with_defaults: Callable[[Request, defaults.Defaults], Request]
    supplied: Mapping[str, str]
    for_new_listener: Callable[[str], Request]


_ROWS = (
    Task(
        name="bootstrap",
        action=actions.bootstrap,
        services=frozenset({"LTS", "GA"}),
        with_defaults=defaults.bootstrap,
        supplied=defaults.STREAM_FIELDS,
        for_new_listener=lambda listener: {"resource_id": listener},
    ),
    Task(
        name="create_log_stream",
        action=actions.create_log_stream,
        services=frozenset({"LTS"}),
        with_defaults=defaults.log_stream,
        supplied=defaults.STREAM_FIELDS,
        for_new_listener=lambda _listener: {},
    ),
    Task(
        name="create_logtank",
        action=actions.create_logtank,
        services=frozenset({"GA"}),
        with_defaults=defaults.logtank,
        supplied=defaults.LOGTANK_FIELDS,
        for_new_listener=lambda listener: {
            "logtank": {"resource_type": "LISTENER", "resource_id": listener}
        },
    ),
)
TASKS: Mapping[str, Task] = {task.name: task for task in _ROWS}
"""By name: the one list of functions, from which all others are derived."""
