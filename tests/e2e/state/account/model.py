"""What `reconcile` and `status` must answer, from the account's state alone.

It is written from the contract and shares nothing with the functions: what they gather
and decide is derived here a second time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.e2e.state.account.events import Request
from tests.e2e.state.account.snapshots import Document, Snapshot

Key = tuple[object, ...]
"""A change without what the functions add to it."""

_SHIPPING = ("create", "repoint")
_REASONS = {
    "status ERROR": "logtank .* is in status ERROR",
    "unusable": "the listener is in status .*|the listener is frozen",
    "several": "it has several logtanks",
    "being deleted": "its logtank to the wanted stream is being deleted",
    "elsewhere": "it ships to stream .*, and repoint was not requested",
    "differs": "its stream differs in: .*",
    "stores nothing": "its stream stores no logs .*",
    "no room": "the log group has no room for another stream .*",
    "orphaned": "the listener does not exist, and prune was not requested",
    "no listener": "no listener is visible, so nothing is pruned",
    "gone": "the listener does not exist",
}


class Expected(NamedTuple):
    """The changes, why each listener is skipped, and how many need no change."""

    changes: Counter[Key]
    skipped: dict[str, str]
    unchanged: int


class _Wanted(NamedTuple):
    request: Request
    seen: Snapshot
    group: str | None
    quota: int

    def name(self, listener: str) -> str:
        template = str(self.request["log_stream_name"])
        return template.replace("{resource_id}", listener)

    def stream(self, listener: str) -> Document | None:
        return self.seen.streams_by_name(self.group).get(self.name(listener))

    def differing(self, stream: Document) -> list[str]:
        """Return the fields of a stream that are not as requested."""
        group = self.seen.groups[stream["log_group_id"]]
        days = stream["ttl_in_days"]
        actual = {
            "ttl_in_days": group["ttl_in_days"] if days == -1 else days,
            "tags": _own(stream["tag"], group["tag"]),
        }
        tags = self.request.get("tags")
        wanted = {
            "ttl_in_days": self.request.get("ttl_in_days"),
            "tags": tags and _own({e["key"]: e["value"] for e in tags}, group["tag"]),
        }
        return [n for n in actual if wanted[n] is not None and wanted[n] != actual[n]]


def expected(request: Request, seen: Snapshot, quota: int) -> Expected:
    """Return what `reconcile` must plan; a log group holds `quota` streams."""
    name = request.get("log_group_name")
    group = seen.group_named(name) if name else request["log_group_id"]
    wanted = _Wanted(request, seen, group, quota)
    verdicts = _verdicts(wanted)
    changes: Counter[Key] = Counter(
        (verdict, listener, wanted.name(listener))
        for listener, verdict in verdicts.items()
        if verdict in _SHIPPING
    )
    changes.update(key for listener in verdicts for key in _surplus(listener, wanted))
    changes.update(_updates(verdicts, wanted))
    done = {"unchanged", "update", *_SHIPPING}
    skipped = {key: verdict for key, verdict in verdicts.items() if verdict not in done}
    unchanged = list(verdicts.values()).count("unchanged")
    return _with_what_is_gone(Expected(changes, skipped, unchanged), wanted)


def _verdicts(wanted: _Wanted) -> dict[str, str]:
    """Return what is to be done for each listener; the oldest get the room there is."""
    room = wanted.quota - len(wanted.seen.streams_by_name(wanted.group))
    verdicts: dict[str, str] = {}
    new: set[str] = set()
    for listener in _chosen(wanted.request, wanted.seen):
        verdicts[listener] = verdict = _verdict(listener, wanted)
        name = wanted.name(listener)
        if verdict in _SHIPPING and not wanted.stream(listener) and name not in new:
            if len(new) < room:
                new.add(name)
            else:
                verdicts[listener] = "no room"
    return verdicts


def _updates(verdicts: Mapping[str, str], wanted: _Wanted) -> Iterator[Key]:
    """Yield the updates, one for each stream that listeners use or will use."""
    updates: dict[str, list[str]] = {}
    for listener, verdict in verdicts.items():
        stream = wanted.stream(listener)
        if verdict in {"update", *_SHIPPING} and stream and wanted.differing(stream):
            updates.setdefault(wanted.name(listener), []).append(listener)
    if wanted.request.get("update_stream"):
        for name, listeners in updates.items():
            yield "update", frozenset(listeners), name


def _chosen(request: Request, seen: Snapshot) -> list[str]:
    """Return the requested listeners that exist, oldest first."""
    ids = request.get("listeners", {}).get("resource_ids", seen.listeners)
    found = [seen.listeners[each] for each in ids if each in seen.listeners]
    return [each["id"] for each in sorted(found, key=_age)]


def _age(resource: Document) -> tuple[str, str]:
    return resource["created_at"], resource["id"]


def _verdict(listener: str, wanted: _Wanted) -> str:
    """Return what is to be done for a listener, or why nothing is."""
    seen, request = wanted.seen, wanted.request
    if not seen.is_usable(listener):
        return "unusable"
    alive = seen.alive_of(listener)
    if any(each["status"] == "ERROR" for each in alive):
        return "status ERROR"
    targets = {each["log_stream_id"] for each in alive}
    if len(targets) > 1 or (len(alive) > 1 and not request.get("prune")):
        return "several"
    stream = wanted.stream(listener)
    if stream and stream["log_stream_id"] in targets:
        return _verdict_on_stream(stream, wanted)
    return _verdict_elsewhere(listener, stream, wanted)


def _verdict_elsewhere(listener: str, stream: Document | None, wanted: _Wanted) -> str:
    """Return the verdict on a listener that does not ship to the wanted stream."""
    logtanks = wanted.seen.logtanks_of(listener)
    if stream and stream["log_stream_id"] in {e["log_stream_id"] for e in logtanks}:
        return "being deleted"
    if not wanted.seen.alive_of(listener):
        return "create"
    return "repoint" if wanted.request.get("repoint") else "elsewhere"


def _verdict_on_stream(stream: Document, wanted: _Wanted) -> str:
    if not stream["whether_log_storage"]:
        return "stores nothing"
    if not wanted.differing(stream):
        return "unchanged"
    return "update" if wanted.request.get("update_stream") else "differs"


def _surplus(listener: str, wanted: _Wanted) -> Iterator[Key]:
    """Yield the deletions of all logtanks but the oldest, if they may be deleted."""
    alive = wanted.seen.alive_of(listener)
    verdict = _verdict(listener, wanted)
    stays_as_it_is = {"unusable", "status ERROR", "several", "being deleted"}
    if len(alive) < 2 or verdict in stays_as_it_is:
        return
    for each in sorted(alive, key=_age)[1:]:
        yield "delete", listener, each["id"]


def _with_what_is_gone(found: Expected, wanted: _Wanted) -> Expected:
    """Return the same with orphaned logtanks, and with IDs that do not exist."""
    request, seen = wanted.request, wanted.seen
    chosen = request.get("listeners", {}).get("resource_ids")
    orphans = [e for e in orphans_of(seen, chosen) if e["status"] != "DELETING"]
    changes, skipped = Counter(found.changes), dict(found.skipped)
    for each in orphans:
        if request.get("prune") and seen.listeners:
            changes["delete", each["resource_id"], each["id"]] += 1
        else:
            reason = "orphaned" if seen.listeners else "no listener"
            skipped[each["resource_id"]] = reason
    known = {each["resource_id"] for each in orphans}
    for listener in set(chosen or ()) - seen.listeners.keys() - known:
        skipped[listener] = "gone"
    return Expected(changes, skipped, found.unchanged)


def orphans_of(seen: Snapshot, chosen: Iterable[str] | None) -> list[Document]:
    """Return the logtanks of listeners that do not exist, of those chosen."""
    return [
        each
        for each in seen.logtanks.values()
        if each["resource_id"] not in seen.listeners
        and (chosen is None or each["resource_id"] in chosen)
    ]


def actual(result: Mapping[str, Any]) -> Expected:
    """Return what a result of `reconcile` says, in the model's terms."""
    changes = Counter(_change_key(each) for each in result["changes"])
    skipped = {e["resource_id"]: _reason(e["reason"]) for e in result["skipped"]}
    return Expected(changes, skipped, result["unchanged"])


def _change_key(change: Mapping[str, Any]) -> Key:
    if change["action"] == "update":
        return "update", frozenset(change["resource_ids"]), change["log_stream_name"]
    if change["action"] == "delete":
        return "delete", change["resource_id"], change["logtank_id"]
    return change["action"], change["resource_id"], change["log_stream_name"]


def _reason(text: str) -> str:
    return next(name for name, known in _REASONS.items() if re.fullmatch(known, text))


def states(seen: Snapshot, chosen: Iterable[str] | None) -> dict[str, str]:
    """Return the state that `status` must give each listener."""
    ids = seen.listeners.keys() if chosen is None else chosen
    return {each: _state(each, seen) for each in ids}


def _state(listener: str, seen: Snapshot) -> str:
    logtanks = seen.logtanks_of(listener)
    if listener not in seen.listeners:
        return "gone"
    if len(logtanks) != 1:
        return "several" if logtanks else "off"
    status = logtanks[0]["status"]
    if status in {"ERROR", "DELETING"}:
        return {"ERROR": "failed", "DELETING": "deleting"}[status]
    stream = seen.streams.get(logtanks[0]["log_stream_id"])
    if stream is None or not stream["whether_log_storage"]:
        return "broken"
    return "pending" if status == "PENDING" else "shipping"


def _own(tags: Mapping[str, str], inherited: Mapping[str, str]) -> dict[str, str]:
    return {
        key: value
        for key, value in tags.items()
        if key not in inherited and not key.startswith("_sys_")
    }
