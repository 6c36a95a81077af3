"""Decides what to change in an account, from lists and without calls.

Each selected listener ends as a change, as skipped with a reason, or as unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from functions.errors import Result, fitting
from functions.huaweicloud import ga, listeners, lts
from functions.huaweicloud.listeners import Listener
from functions.huaweicloud.log_groups import Group
from functions.provisioning.agreement import oldest
from functions.provisioning.repointing import target
from functions.provisioning.stream_differences import differences
from functions.provisioning.survey import Survey


class Wanted(NamedTuple):
    """What every selected listener is to have.

    `stream` returns the stream that is wanted for a listener's ID. `group` is the log
    group, if it exists and is known; `existing` are its streams by name, and it has
    room for `room` more.
    """

    stream: Callable[[str], lts.NewStream]
    existing: Mapping[str, lts.Stream]
    room: int
    group: Group | None = None
    repoint: bool = False
    update_stream: bool = False
    prune: bool = False


class Change(NamedTuple):
    """One change: `action` is `create`, `repoint`, `update` or `delete`.

    `new` is the stream that is wanted, `stream` the one that exists, and `differs`
    names the fields in which it will differ; `logtank` is the one to repoint or to
    delete.
    """

    action: str
    resource_ids: tuple[str, ...]
    listener_name: str | None = None
    new: lts.NewStream | None = None
    stream: lts.Stream | None = None
    logtank: ga.Logtank | None = None
    differs: tuple[str, ...] = ()

    def as_document(self) -> Result:
        """Return the change in the form of a result, before it is applied."""
        document: Result = {"action": self.action}
        if self.action == "update":
            document["resource_ids"] = list(self.resource_ids)
        else:
            document["resource_id"] = self.resource_ids[0]
        if self.listener_name:
            document["listener_name"] = self.listener_name
        if name := (self.new and self.new.name) or (self.stream and self.stream.name):
            document["log_stream_name"] = name
        if self.logtank and self.action == "repoint":
            document["repointed_from"] = target(self.logtank)
        if self.logtank and self.action == "delete":
            document["logtank_id"] = self.logtank.id
        return document


class Skipped(NamedTuple):
    """A listener that is not changed, and why."""

    resource_id: str
    reason: str
    listener_name: str | None = None
    logtanks: tuple[ga.Logtank, ...] = ()


class Plan(NamedTuple):
    """All that would be done; `does_not_fit` counts listeners without a stream."""

    changes: list[Change]
    skipped: list[Skipped]
    unchanged: int
    does_not_fit: int = 0


_MAX_LIST_BYTES = 32_768  # of each list in a log line


def as_line(document: Result) -> Result:
    """Return a change or a skipped listener as the facts of a log line.

    A list that is too long is truncated; `omitted` is the number of missing items.
    """
    lists = {name: each for name, each in document.items() if isinstance(each, list)}
    shown = {
        name: [*fitting(enumerate(each), _MAX_LIST_BYTES).values()]
        for name, each in lists.items()
    }
    omitted = sum(len(each) - len(shown[name]) for name, each in lists.items())
    return document | shown | ({"omitted": omitted} if omitted else {})


NO_ROOM = "the log group has no room for another stream (LOG_STREAMS_PER_GROUP)"
BEING_DELETED = "its logtank to the wanted stream is being deleted"
SEVERAL = "it has several logtanks"
GONE = "the listener does not exist"
ORPHANED = "the listener does not exist, and prune was not requested"
NO_LISTENERS = "no listener is visible, so nothing is pruned"
STORES_NOTHING = "its stream stores no logs (whether_log_storage is false)"


def decide(survey: Survey, wanted: Wanted) -> Plan:
    """Return the plan: updates and deletions first, then the oldest listeners."""
    planner = _Planner(survey, wanted)
    for listener in survey.listeners:
        planner.consider(listener)
    planner.consider_what_is_gone()
    return planner.plan()


class _Planner:
    """Collects the changes; a stream that several listeners share counts once."""

    def __init__(self, survey: Survey, wanted: Wanted) -> None:
        self._survey, self._wanted = survey, wanted
        self._names = set(wanted.existing)
        self._changes: list[Change] = []
        self._deletions: list[Change] = []
        self._updates: dict[str, Change] = {}
        self._skipped: list[Skipped] = []
        self._unchanged = self._does_not_fit = 0

    def plan(self) -> Plan:
        """Return what was collected."""
        changes = [*self._updates.values(), *self._deletions, *self._changes]
        return Plan(changes, self._skipped, self._unchanged, self._does_not_fit)

    def consider(self, listener: Listener) -> None:
        """Decide on one listener."""
        logtanks = self._survey.logtanks_of(listener.id)
        new = self._wanted.stream(listener.id)
        stream = self._wanted.existing.get(new.name)
        if reason := _unready(listener) or _unclear(logtanks, stream, self._wanted):
            self._skip(listener, reason)
            return
        alive = [each for each in logtanks if each.status != ga.DELETING]
        kept = oldest(alive) if alive else None
        self._deletions += (
            self._deletion(each, listener.name) for each in alive if each is not kept
        )
        if kept and stream and kept.log_stream_id == stream.id:
            self._keep(listener, new, stream)
        elif kept and not self._wanted.repoint:
            self._skip(listener, _elsewhere(kept))
        else:
            self._ship(listener, new, stream, kept)

    def _ship(
        self,
        listener: Listener,
        new: lts.NewStream,
        stream: lts.Stream | None,
        kept: ga.Logtank | None,
    ) -> None:
        """Plan a logtank to the wanted stream, if there is room for the stream."""
        if new.name not in self._names:
            if len(self._names) - len(self._wanted.existing) >= self._wanted.room:
                self._does_not_fit += 1
                self._skip(listener, NO_ROOM)
                return
            self._names.add(new.name)
        action = "repoint" if kept else "create"
        change = Change(action, (listener.id,), listener.name, new, stream, kept)
        if stream and self._wanted.update_stream:
            self._update(listener, new, stream)
        elif stream:
            differs = differences(new, stream, self._wanted.group)
            change = change._replace(differs=tuple(differs))
        self._changes.append(change)

    def _keep(self, listener: Listener, new: lts.NewStream, stream: lts.Stream) -> None:
        """Decide on a listener that ships into its stream already."""
        differs = differences(new, stream, self._wanted.group)
        if not stream.stores_logs:
            self._skip(listener, STORES_NOTHING)
        elif differs and not self._wanted.update_stream:
            self._skip(listener, f"its stream differs in: {', '.join(differs)}")
        elif differs:
            self._update(listener, new, stream)
        else:
            self._unchanged += 1

    def _update(
        self, listener: Listener, new: lts.NewStream, stream: lts.Stream
    ) -> None:
        """Plan one update of a stream for all listeners that use it."""
        if not differences(new, stream, self._wanted.group):
            return
        planned = self._updates.get(stream.id)
        ids = planned.resource_ids if planned else ()
        self._updates[stream.id] = Change(
            "update", (*ids, listener.id), new=new, stream=stream
        )

    def _deletion(
        self, logtank: ga.Logtank, listener_name: str | None = None
    ) -> Change:
        listener_ids = (str(logtank.resource_id),)
        stream = self._survey.stream_of(logtank)
        return Change(
            "delete", listener_ids, listener_name, stream=stream, logtank=logtank
        )

    def _skip(self, listener: Listener, reason: str) -> None:
        logtanks = tuple(self._survey.logtanks_of(listener.id))
        self._skipped.append(Skipped(listener.id, reason, listener.name, logtanks))

    def consider_what_is_gone(self) -> None:
        """Decide on orphaned logtanks, and on requested IDs that do not exist."""
        orphans: dict[str, list[ga.Logtank]] = {}
        for each in self._survey.orphans():
            if each.status != ga.DELETING:
                orphans.setdefault(each.resource_id or "", []).append(each)
        for listener_id, logtanks in orphans.items():
            reason = None if self._wanted.prune else ORPHANED
            if not self._survey.any_listener:
                reason = NO_LISTENERS
            if reason:
                self._skipped.append(
                    Skipped(listener_id, reason, logtanks=tuple(logtanks))
                )
            else:
                self._deletions += map(self._deletion, logtanks)
        requested = self._survey.selection.resource_ids or frozenset()
        self._skipped += (
            Skipped(listener_id, GONE)
            for listener_id in sorted((requested & self._survey.gone) - orphans.keys())
        )


def _unready(listener: Listener) -> str | None:
    """Return why a listener cannot be changed now."""
    if listener.status != listeners.ACTIVE:
        return f"the listener is in status {listener.status}"
    return "the listener is frozen" if listener.is_frozen else None


def _unclear(
    logtanks: Sequence[ga.Logtank], stream: lts.Stream | None, wanted: Wanted
) -> str | None:
    """Return why a listener's logtanks do not allow a decision."""
    return next(_reasons(logtanks, stream, wanted), None)


def _reasons(
    logtanks: Sequence[ga.Logtank], stream: lts.Stream | None, wanted: Wanted
) -> Iterator[str]:
    alive = [each for each in logtanks if each.status != ga.DELETING]
    yield from (
        f"logtank {each.id} is in status ERROR"
        for each in alive
        if each.status == ga.ERROR
    )
    streams = {each.log_stream_id for each in alive}
    if len(alive) > 1 and not (wanted.prune and len(streams) == 1):
        yield SEVERAL
    is_here = stream is not None and stream.id in streams
    if stream and not is_here:
        yield from (
            BEING_DELETED for each in logtanks if each.log_stream_id == stream.id
        )


def _elsewhere(logtank: ga.Logtank) -> str:
    return (
        f"it ships to stream {logtank.log_stream_id} of group {logtank.log_group_id}, "
        "and repoint was not requested"
    )
