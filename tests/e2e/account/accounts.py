"""An account with 30 listeners in all states, and what is expected of each of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.e2e.driving import NOWHERE, listener_id
from tests.emulator import Emulator

OWN, ELSEWHERE, MISSING = "own", "elsewhere", "missing"
"""Where a logtank ships to: the listener's stream, another one, or one that is gone."""
UNCHANGED, SKIPPED = "unchanged", "skipped"
TTL_IN_DAYS = 30
REQUEST: dict[str, object] = {"ttl_in_days": TTL_IN_DAYS}
"""A request for `reconcile` that fits the account."""
REPAIRS: dict[str, object] = {"repoint": True, "update_stream": True, "prune": True}
ORPHANS = 2
LONG_AGO = 1_767_225_600_000
"""A creation time in milliseconds since 1970, long enough ago for any lease."""


class Kind(NamedTuple):
    """A kind of listener: how it is found, and what is done about it.

    `number` is how many there are. `listener` has fields of the listener, `stream`
    those of its own log stream, None if there is none. `logtanks` are targets and
    statuses. `state` is what `status` reports. `planned` is the action without repairs,
    or UNCHANGED or SKIPPED; `repaired` are the actions with all REPAIRS. `reason` is
    part of the reason for which it is skipped.
    """

    name: str
    number: int
    state: str
    planned: str
    repaired: tuple[str, ...]
    reason: str = ""
    listener: Mapping[str, Any] = MappingProxyType({})
    stream: dict[str, Any] | None = None
    logtanks: tuple[tuple[str, str], ...] = ()


KINDS = (
    Kind("without a stream", 7, "off", "create", ("create",)),
    Kind("with a stream", 3, "off", "create", ("create",), stream={}),
    Kind(
        "in order",
        6,
        "shipping",
        UNCHANGED,
        (UNCHANGED,),
        stream={},
        logtanks=((OWN, "ACTIVE"),),
    ),
    Kind(
        "to another stream",
        2,
        "shipping",
        SKIPPED,
        ("repoint",),
        "repoint was not requested",
        logtanks=((ELSEWHERE, "ACTIVE"),),
    ),
    Kind(
        "to a stream that does not exist",
        1,
        "broken",
        SKIPPED,
        ("repoint",),
        "repoint was not requested",
        logtanks=((MISSING, "ACTIVE"),),
    ),
    Kind(
        "to a stream that differs",
        2,
        "shipping",
        SKIPPED,
        ("update",),
        "its stream differs in: ttl_in_days",
        stream={"ttl_in_days": 7},
        logtanks=((OWN, "ACTIVE"),),
    ),
    Kind(
        "to a stream that stores nothing",
        1,
        "broken",
        SKIPPED,
        (SKIPPED,),
        "stores no logs",
        stream={"whether_log_storage": False},
        logtanks=((OWN, "ACTIVE"),),
    ),
    Kind(
        "twice to its stream",
        1,
        "several",
        SKIPPED,
        ("delete", UNCHANGED),
        "several logtanks",
        stream={},
        logtanks=((OWN, "ACTIVE"), (OWN, "ACTIVE")),
    ),
    Kind(
        "to two streams",
        1,
        "several",
        SKIPPED,
        (SKIPPED,),
        "several logtanks",
        stream={},
        logtanks=((OWN, "ACTIVE"), (ELSEWHERE, "ACTIVE")),
    ),
    Kind(
        "with a failed logtank",
        1,
        "failed",
        SKIPPED,
        (SKIPPED,),
        "in status ERROR",
        stream={},
        logtanks=((OWN, "ERROR"),),
    ),
    Kind(
        "whose logtank is being deleted",
        1,
        "deleting",
        SKIPPED,
        (SKIPPED,),
        "is being deleted",
        stream={},
        logtanks=((OWN, "DELETING"),),
    ),
    Kind(
        "with a new logtank",
        1,
        "pending",
        UNCHANGED,
        (UNCHANGED,),
        stream={},
        logtanks=((OWN, "PENDING"),),
    ),
    Kind(
        "that is new",
        1,
        "off",
        SKIPPED,
        (SKIPPED,),
        "status PENDING",
        listener={"status": "PENDING"},
    ),
    Kind(
        "that has failed",
        1,
        "off",
        SKIPPED,
        (SKIPPED,),
        "status ERROR",
        listener={"status": "ERROR"},
    ),
    Kind(
        "that is frozen",
        1,
        "off",
        SKIPPED,
        (SKIPPED,),
        "frozen",
        listener={"frozen": True},
    ),
)
NUMBERED = [
    (number, kind)
    for number, kind in enumerate(kind for kind in KINDS for _ in range(kind.number))
]
"""Each listener's number with its kind; they are created in this order."""
IDS = {listener_id(number): kind for number, kind in NUMBERED}
ORPHANED_IDS = [listener_id(900 + number) for number in range(ORPHANS)]


def stream_name(listener: str) -> str:
    """Return the name of a listener's own log stream."""
    return f"ga-{listener}"


def plant(cloud: Emulator, **options: object) -> None:
    """Put the account into an emulator that is reset first."""
    cloud.reset(**options)
    elsewhere = {"log_stream_name": "elsewhere", "log_stream_id": ELSEWHERE}
    cloud.seed(log_streams=[{**elsewhere, "creation_time": LONG_AGO}])
    for number, kind in NUMBERED:
        _plant_listener(cloud, number, kind)
    cloud.seed(
        logtanks=[
            {"resource_id": each, "log_stream_id": ELSEWHERE} for each in ORPHANED_IDS
        ]
    )


def _plant_listener(cloud: Emulator, number: int, kind: Kind) -> None:
    listener = listener_id(number)
    created = f"2026-01-01T00:00:{number:02}Z"
    about = {"id": listener, "name": f"listener-{number}", "created_at": created}
    cloud.seed(listeners=[{**about, **kind.listener}])
    targets = {ELSEWHERE: ELSEWHERE, MISSING: NOWHERE, OWN: f"stream-{number}"}
    if kind.stream is not None:
        own = {"log_stream_id": targets[OWN], "log_stream_name": stream_name(listener)}
        cloud.seed(log_streams=[{**own, **kind.stream, "creation_time": LONG_AGO}])
    for place, (target, status) in enumerate(kind.logtanks):
        tank = {
            "id": f"logtank-{number}-{place}",
            "resource_id": listener,
            "log_stream_id": targets[target],
            "status": status,
            "created_at": f"2026-01-02T00:00:{place:02}Z",
        }
        cloud.seed(logtanks=[tank])


def pages(items: int, size: int | None) -> int:
    """Return the number of calls that list this number of items."""
    return max(1, -(-items // size)) if size else 1


def resources(cloud: Emulator) -> dict[str, Any]:
    """Return all resources in the account."""
    state = cloud.state()
    kinds = ("accelerators", "listeners", "log_groups", "log_streams", "logtanks")
    return {kind: state[kind] for kind in kinds}


def calls(cloud: Emulator) -> Counter[str]:
    """Return how often each operation was called, and forget the calls' order."""
    return Counter(call["operation"] for call in cloud.calls)


def by_listener(result: dict[str, Any]) -> dict[str, set[str]]:
    """Return what a result of `reconcile` has for each listener: actions or SKIPPED."""
    found: dict[str, set[str]] = {}
    for listener, what in _pairs(result):
        found.setdefault(listener, set()).add(what)
    return found


def _pairs(result: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for change in result["changes"]:
        for listener in change.get("resource_ids", [change.get("resource_id")]):
            yield listener, change["action"]
    for skipped in result["skipped"]:
        yield skipped["resource_id"], SKIPPED
