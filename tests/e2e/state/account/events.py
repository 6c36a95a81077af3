"""Random events for all functions."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from tests.e2e.driving import listener_id
from tests.e2e.state.account.snapshots import Snapshot

Request = dict[str, Any]

LISTENERS = tuple(map(listener_id, range(1, 7)))
OWN_STREAM = "ga-{resource_id}"
SHARED = "shared"
GROUP_NAME = "access-logs"
_TAGS = [{"key": "team", "value": "edge"}]


class Wishes(NamedTuple):
    """What the account's owner wants, the same in all events of a schedule."""

    repoint: bool
    update_stream: bool
    prune: bool
    fields: Request

    def for_reconcile(self, *, apply: bool) -> Request:
        """Return the request for the whole account."""
        flags = {
            "apply": apply,
            "repoint": self.repoint,
            "update_stream": self.update_stream,
            "prune": self.prune,
        }
        return {**{name: True for name, is_on in flags.items() if is_on}, **self.fields}


class Event(NamedTuple):
    """An event for one function, and the requests in it.

    `payload` is what is delivered. A trace is read as the request that it means.
    """

    entry: str
    payload: Any
    requests: tuple[Request, ...]

    @property
    def is_read_only(self) -> bool:
        """Whether no request of the event asks for a change."""
        return self.entry == "status" or (
            self.entry == "reconcile" and not any(r.get("apply") for r in self.requests)
        )


def wishes(rng: random.Random, group_id: str) -> Wishes:
    """Return what a schedule's events ask for."""
    fields: Request = {"log_stream_name": rng.choice([OWN_STREAM, SHARED])}
    if rng.random() < 0.4:
        fields["log_group_name"] = GROUP_NAME
    else:
        fields["log_group_id"] = group_id
    if rng.random() < 0.3:
        fields["ttl_in_days"] = rng.choice([7, 30])
    if rng.random() < 0.3:
        fields["tags"] = _TAGS
    repoint, update, prune = (rng.random() < 0.5 for _ in range(3))
    return Wishes(repoint, update, prune, fields)


class Scope(NamedTuple):
    """What events may be about: these listeners, and what the account has now."""

    wanted: Wishes
    seen: Snapshot
    listeners: Sequence[str]


def event(scope: Scope, rng: random.Random) -> Event:
    """Return a random event."""
    entry = rng.choice(_ENTRIES)
    if entry in _TRACES and rng.random() < 0.3:
        return _trace(entry, rng.choice(scope.listeners))
    many = rng.random() < 0.25 and entry != "reconcile"
    number = rng.randint(2, 3) if many else 1
    requests = tuple(_REQUESTS[entry](scope, rng) for _ in range(number))
    return Event(entry, list(requests) if many else requests[0], requests)


def _trace(entry: str, listener: str) -> Event:
    name, more = _TRACES[entry]
    trace = {
        "trace_name": name,
        "trace_rating": "normal",
        "code": "204" if name == "deleteListener" else "201",
        "service_type": "GA",
        "resource_type": "listener",
        "resource_id": listener,
    }
    own = OWN_STREAM.replace("{resource_id}", listener)
    meant = {"resource_id": listener, "log_stream_name": own, **more}
    return Event(entry, {"cts": trace}, (meant,))


_TRACES: Mapping[str, tuple[str, Request]] = {
    "bootstrap": ("createListener", {}),
    "delete_logtank": ("deleteListener", {"only_if_listener_is_gone": True}),
}
_ENTRIES = [
    *["bootstrap"] * 5,
    *["reconcile"] * 5,
    *["delete_logtank"] * 4,
    *["create_logtank"] * 2,
    *["create_log_stream", "status"],
]


def _bootstrap(scope: Scope, rng: random.Random) -> Request:
    listener = rng.choice(scope.listeners)
    fields = _for_listener(scope.wanted, listener, rng)
    flags = {
        "repoint": scope.wanted.repoint,
        "update_stream": scope.wanted.update_stream,
    }
    chosen = {name: True for name, on in flags.items() if on and rng.random() < 0.6}
    return {"resource_id": listener, **chosen, **fields}


def _for_listener(wanted: Wishes, listener: str, rng: random.Random) -> Request:
    name = str(wanted.fields["log_stream_name"])
    if rng.random() < 0.15:
        name = rng.choice([SHARED, OWN_STREAM])
    return {**wanted.fields, "log_stream_name": name.replace("{resource_id}", listener)}


def _create_log_stream(scope: Scope, rng: random.Random) -> Request:
    update = {"update_stream": True} if scope.wanted.update_stream else {}
    return {**_for_listener(scope.wanted, rng.choice(scope.listeners), rng), **update}


def _create_logtank(scope: Scope, rng: random.Random) -> Request:
    streams = [(e["log_group_id"], key) for key, e in scope.seen.streams.items()]
    group, stream = rng.choice(streams) if streams else ("missing", "missing")
    logtank = {
        "resource_type": "LISTENER",
        "resource_id": rng.choice(scope.listeners),
        "log_group_id": group,
        "log_stream_id": stream,
    }
    return {"logtank": logtank}


def _delete_logtank(scope: Scope, rng: random.Random) -> Request:
    flags = {"delete_log_stream": 0.7, "only_if_listener_is_gone": 0.4}
    chosen = {name: True for name, often in flags.items() if rng.random() < often}
    return {"resource_id": rng.choice(scope.listeners), **chosen}


def _status(_scope: Scope, rng: random.Random) -> Request:
    return _selected(rng)


def _reconcile(scope: Scope, rng: random.Random) -> Request:
    whole = scope.wanted.for_reconcile(apply=rng.random() < 0.75)
    return {**whole, **_selected(rng)}


def _selected(rng: random.Random) -> Request:
    if rng.random() < 0.7:
        return {}
    chosen = rng.sample(LISTENERS, rng.randint(1, 3))
    return {"listeners": {"resource_ids": sorted(chosen)}}


_REQUESTS: Mapping[str, Callable[[Scope, random.Random], Request]] = {
    "bootstrap": _bootstrap,
    "create_log_stream": _create_log_stream,
    "create_logtank": _create_logtank,
    "delete_logtank": _delete_logtank,
    "status": _status,
    "reconcile": _reconcile,
}
