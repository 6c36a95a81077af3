"""Seeding: resources that are put into the account without the checks of its APIs.

The input has lists of resources by their name in ``GET /_emulator/state``.  Every field
is optional.  ``count`` repeats a resource; in its texts, ``{n}`` is the number of the
copy from 0 on, ``{n:032x}`` the same as 32 hexadecimal digits.  A resource whose ID
exists is replaced.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from tests.emulator import ga_accelerators, ga_listeners
from tests.emulator.account_state import Resource, State, new_id
from tests.emulator.constraints import (
    Check,
    is_flag,
    is_integer,
    is_tags,
    is_text,
)
from tests.emulator.ga_constraints import is_ga_tags, is_id
from tests.emulator.ga_resources import time_text
from tests.emulator.http_messages import Document, Json
from tests.emulator.lts_groups import new_group
from tests.emulator.lts_streams import ACCESS_CONFIGURATION, TRANSFER, new_stream
from tests.emulator.options import is_seconds

MAX_COUNT = 10_000
STATUSES = ("ACTIVE", "PENDING", "ERROR", "DELETING")
FROZEN: Document = {"status": 1, "effect": 1, "scene": ["ARREAR"]}
GROUP_TTL_IN_DAYS = 30
_NUMBER = re.compile(r"\{n(?::(\w+))?\}")

Checks = Mapping[str, Check]
# resources by ID, and how to remove one
Remover = tuple[Collection[str], Callable[[str], object]]


def _is_status(value: object) -> bool:
    return value in STATUSES


def _is_users(value: object) -> bool:
    known = (TRANSFER, ACCESS_CONFIGURATION)
    return isinstance(value, list) and all(user in known for user in value)


_GA: Checks = {
    "id": is_id,
    "status": _is_status,
    "status_seconds": is_seconds,
    "final_status": lambda value: value is None or _is_status(value),
    "created_at": is_text,
}
_NAMED: Checks = {
    **_GA,
    "name": is_text,
    "description": is_text,
    "tags": is_ga_tags,
    "frozen": is_flag,
    "frozen_info": lambda value: isinstance(value, dict),
}


def _seed_accelerator(state: State, given: Document) -> Document:
    accelerator = _resource(state, {**ga_accelerators.DEFAULTS, **_named(given)})
    state.accelerators[accelerator.document["id"]] = accelerator
    return accelerator.detail(state.clock())


def _seed_listener(state: State, given: Document) -> Document:
    given = {"accelerator_id": _free_accelerator(state), **given}
    if given["accelerator_id"] not in state.accelerators:
        _seed_accelerator(state, {"id": given["accelerator_id"]})
    ports = {"protocol": "TCP", "port_ranges": [{"from_port": 443, "to_port": 443}]}
    document = {**ga_listeners.DEFAULTS, **ports, **_named(given)}
    listener = _resource(state, document)
    state.add_listener(listener)
    return listener.detail(state.clock())


def _free_accelerator(state: State) -> str:
    """Return the ID of an accelerator with room for a listener, or a new ID."""
    listeners = state.listeners.values()
    counts = Counter(each.document["accelerator_id"] for each in listeners)
    quota = state.options.listener_quota
    free = [each for each in state.accelerators if counts[each] < quota]
    return free[0] if free else new_id()


def _seed_logtank(state: State, given: Document) -> Document:
    defaults = {
        "project_id": state.identity.project_id,
        "resource_type": "LISTENER",
        "resource_id": new_id(),
        "log_group_id": state.identity.log_group_id,
        "log_stream_id": new_id(),
    }
    logtank = _resource(state, {**defaults, **given})
    state.logtanks[logtank.document["id"]] = logtank
    return logtank.detail(state.clock())


def _named(given: Document) -> Document:
    """Return a resource with a name, and ``frozen`` as ``frozen_info``."""
    given = {"id": new_id(), **given}
    named = {"name": f"resource-{given['id'][:8]}", **given}
    if named.pop("frozen", False):
        named["frozen_info"] = FROZEN
    return named


def _resource(state: State, given: Document) -> Resource:
    now = state.clock()
    created = given.pop("created_at", time_text(now))
    status = given.pop("status", "ACTIVE")
    seconds = given.pop("status_seconds", math.inf)
    later = given.pop("final_status", None if status == "DELETING" else "ACTIVE")
    document = {
        "id": new_id(),
        "domain_id": state.identity.domain_id,
        **given,
        "status": status,
        "created_at": created,
        "updated_at": created,
    }
    return Resource(document, status, now + seconds, later)


def _seed_group(state: State, given: Document) -> Document:
    original = given.pop("original_name", None)
    defaults = {
        "log_group_name": f"group-{new_id()[:8]}",
        "ttl_in_days": GROUP_TTL_IN_DAYS,
    }
    body = {**defaults, **given}
    tags = body.pop("tags", [])
    group = {**new_group(state, {**body, "tags": tags}), **body}
    state.groups[group["log_group_id"]] = group
    state.original_names[group["log_group_id"]] = original or group["log_group_name"]
    return group


def _seed_stream(state: State, given: Document) -> Document:
    users = given.pop("used_by", [])
    defaults = {"log_stream_name": f"stream-{new_id()[:8]}"}
    body = {**defaults, **given}
    tags = body.pop("tags", [])
    group_id = body.pop("log_group_id", state.identity.log_group_id)
    stream = {**new_stream(state, group_id, {**body, "tags": tags}), **body}
    if group_id not in state.groups:
        _seed_group(state, {"log_group_id": group_id})
    state.streams[stream["log_stream_id"]] = stream
    state.stream_users[stream["log_stream_id"]] = users
    return state.shown_stream(stream)


Seed = Callable[[State, Document], Document]
# in this order, so that listeners find their accelerators, and streams their groups
KINDS: Mapping[str, tuple[Seed, Checks]] = {
    "accelerators": (_seed_accelerator, {**_NAMED, "enterprise_project_id": is_id}),
    "listeners": (_seed_listener, {**_NAMED, "accelerator_id": is_id}),
    "log_groups": (
        _seed_group,
        {
            "log_group_id": is_id,
            "log_group_name": is_text,
            "log_group_name_alias": is_text,
            "original_name": is_text,
            "ttl_in_days": is_integer,
            "tags": is_tags,
            "creation_time": is_integer,
        },
    ),
    "log_streams": (
        _seed_stream,
        {
            "log_group_id": is_id,
            "log_stream_id": is_id,
            "log_stream_name": is_text,
            "log_stream_name_alias": is_text,
            "ttl_in_days": is_integer,
            "tags": is_tags,
            "whether_log_storage": is_flag,
            "creation_time": is_integer,
            "used_by": _is_users,
        },
    ),
    "logtanks": (
        _seed_logtank,
        {
            **_GA,
            "project_id": is_id,
            "resource_type": is_id,
            "resource_id": is_id,
            "log_group_id": is_id,
            "log_stream_id": is_id,
        },
    ),
}


def seed(state: State, resources: Mapping[str, Json]) -> dict[str, list[Document]]:
    """Add resources to the account, and return them by the same names.

    Raises:
        ValueError: an unknown name or field, or an invalid value; nothing is added.

    """
    copies = {name: _copies(name, each) for name, each in resources.items()}
    with state.lock:
        return {
            name: [add(state, each) for each in copies[name]]
            for name, (add, _) in KINDS.items()
            if name in copies
        }


def _copies(name: str, items: Json) -> list[Document]:
    """Return the checked resources of one kind, each as often as it says."""
    if name not in KINDS:
        raise ValueError(f"unknown resources {name!r}; known: {', '.join(KINDS)}")
    if not isinstance(items, list) or not all(isinstance(i, dict) for i in items):
        raise ValueError(f"{name!r} must be a list of objects")
    for item in items:
        _check(name, {k: v for k, v in item.items() if k != "count"})
    return [copy for item in items for copy in _repeated(item)]


def _check(name: str, item: Document) -> None:
    checks = KINDS[name][1]
    for field, value in item.items():
        if field not in checks:
            known = ", ".join(("count", *checks))
            raise ValueError(f"{name}: unknown field {field!r}; known fields: {known}")
        if not checks[field](value):
            raise ValueError(f"{name}: {field!r} has an invalid value")


def _repeated(item: Document) -> list[Document]:
    count = item.get("count", 1)
    if type(count) is not int or not 0 <= count <= MAX_COUNT:
        raise ValueError(f"'count' must be an integer from 0 to {MAX_COUNT}")
    fields = {k: v for k, v in item.items() if k != "count"}
    return [_numbered(fields, number) for number in range(count)]


def _numbered(value: Any, number: int) -> Any:  # noqa: ANN401 # a JSON value
    if isinstance(value, dict):
        return {k: _numbered(inner, number) for k, inner in value.items()}
    if isinstance(value, list):
        return [_numbered(inner, number) for inner in value]
    if not isinstance(value, str):
        return value
    return _NUMBER.sub(lambda found: format(number, found[1] or "d"), value)


def remove(state: State, ids: Sequence[str]) -> int:
    """Remove resources of any kind without checks, and return their number."""
    removers: list[Remover] = [
        (state.accelerators, state.accelerators.pop),
        (state.listeners, state.listeners.pop),
        (state.logtanks, state.logtanks.pop),
        (state.streams, state.remove_stream),
        (state.groups, state.remove_group),
    ]
    with state.lock:
        return sum(_remove(each, removers) for each in ids)


def _remove(resource_id: str, removers: list[Remover]) -> bool:
    for existing, remove_one in removers:
        if resource_id in existing:
            remove_one(resource_id)
            return True
    return False
