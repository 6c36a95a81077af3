"""Surveys of an account as values, for tests of the decisions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from functions.huaweicloud.ga import Logtank
from functions.huaweicloud.listeners import Listener
from functions.huaweicloud.log_groups import Group
from functions.huaweicloud.lts import NewStream, Stream
from functions.provisioning.plan import Plan, Wanted, decide
from functions.provisioning.survey import GroupStreams, Selection, Survey, Unlisted

EVERYTHING = Selection()


def listener(identifier: str, created_at: float = 1.0, **facts: Any) -> Listener:  # noqa: ANN401 # of the fields' types
    """Return a listener that is ready."""
    ready = Listener(identifier, f"name-{identifier}", "a", "ACTIVE")
    return ready._replace(created_at=created_at, **facts)


def tank(
    identifier: str,
    listener_id: str = "l",
    stream: str = "s",
    status: str | None = "ACTIVE",
    **facts: Any,  # noqa: ANN401 # of the fields' types
) -> Logtank:
    """Return a logtank of a listener to a stream of the group `g`."""
    found = Logtank(
        identifier,
        resource_id=listener_id,
        log_group_id="g",
        log_stream_id=stream,
        status=status,
        created_at="2026-01-02T03:04:05Z",
    )
    return found._replace(**facts)


def stream(name: str = "n", identifier: str = "s", **described: object) -> Stream:
    """Return a stream as a list has it."""
    return Stream(identifier, name, described=described)


def survey(
    listeners: Iterable[Listener] = (),
    logtanks: Iterable[Logtank] = (),
    *,
    gone: Iterable[str] = (),
    selection: Selection = EVERYTHING,
    streams: GroupStreams | Unlisted | None = None,
    any_listener: bool = True,
) -> Survey:
    """Return a survey of project `p` with these streams in the group `g`."""
    by_listener: dict[str, list[Logtank]] = {}
    for each in logtanks:
        by_listener.setdefault(str(each.resource_id), []).append(each)
    return Survey(
        project_id="p",
        selection=selection,
        listeners=sorted(listeners, key=lambda each: (each.created_at, each.id)),
        gone=frozenset(gone),
        logtanks=by_listener,
        streams={} if streams is None else {"g": streams},
        any_listener=any_listener,
    )


def wanted(
    *existing: Stream,
    name: str = "n",
    room: int = 100,
    body: Mapping[str, object] | None = None,
    group: Group | None = None,
    repoint: bool = False,
    update_stream: bool = False,
    prune: bool = False,
) -> Wanted:
    """Return a request for the stream `name`, with these streams in its group.

    `{}` in the name stands for the listener's ID.
    """

    def new(listener_id: str) -> NewStream:
        named = {"log_stream_name": name.replace("{}", listener_id), **(body or {})}
        return NewStream("p", "g", named)

    by_name = {each.name: each for each in existing}
    return Wanted(new, by_name, room, group, repoint, update_stream, prune)


def changes(plan: Plan) -> list[str]:
    """Return each change in short: action, listeners, and logtank or stream."""
    return [
        " ".join(
            (
                each.action,
                "+".join(each.resource_ids),
                (each.logtank and each.logtank.id)
                or (each.new and each.new.name)
                or "",
            )
        )
        for each in plan.changes
    ]


def skipped(plan: Plan) -> dict[str, str]:
    """Return the reasons for what is skipped, by listener."""
    return {each.resource_id: each.reason for each in plan.skipped}


def planned(found: Survey, want: Wanted) -> tuple[list[str], dict[str, str], int]:
    """Return a plan in short: its changes, what is skipped, and what is unchanged."""
    plan = decide(found, want)
    return changes(plan), skipped(plan), plan.unchanged
