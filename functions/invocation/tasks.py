"""What each entry does: the name of its contract, its action, and what these need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from functions import provisioning
from functions.invocation import defaults

Request = Mapping[str, object]


class Task(NamedTuple):
    """One entry's task.

    `name` is the contract's, `complete` adds the defaults for log group and stream,
    `services` are those that must be configured, `for_listener` makes the request for
    a listener of which only the id is known.
    """

    name: str
    action: Callable[[Request, provisioning.Cloud], dict[str, object]]
    complete: Callable[[Request, str | None, str | None], Request]
    services: frozenset[str]
    for_listener: Callable[[str], Request]


BOOTSTRAP = Task(
    "bootstrap",
    provisioning.bootstrap,
    defaults.bootstrap,
    frozenset({"LTS", "GA"}),
    lambda listener: {"resource_id": listener},
)
CREATE_LOG_STREAM = Task(
    "create_log_stream",
    provisioning.create_log_stream,
    defaults.log_stream,
    frozenset({"LTS"}),
    lambda _listener: {},
)
CREATE_LOGTANK = Task(
    "create_logtank",
    provisioning.create_logtank,
    defaults.logtank,
    frozenset({"GA"}),
    lambda listener: {
        "logtank": {"resource_type": "LISTENER", "resource_id": listener}
    },
)
