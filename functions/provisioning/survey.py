"""Lists what an account has: listeners, their logtanks, and the logtanks' streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple, cast

from functions.errors import (
    NotFound,
    PermissionDenied,
    ProvisioningError,
    Result,
    UnintelligibleReply,
)
from functions.huaweicloud import ga, lts
from functions.huaweicloud.listeners import Listener
from functions.provisioning import listing
from functions.provisioning.cloud import Cloud, Request

GroupStreams = Mapping[str, lts.Stream]


class Unlisted(NamedTuple):
    """A log group whose streams could not be listed, and why."""

    reason: str
    error: ProvisioningError

    @property
    def is_missing(self) -> bool:
        """Whether the group does not exist in this project."""
        return isinstance(self.error, NotFound)


class Selection(NamedTuple):
    """Which listeners are selected; they must match every filter that is given.

    A tag without a value matches any value.
    """

    resource_ids: frozenset[str] | None = None
    accelerator_ids: frozenset[str] | None = None
    tags: tuple[tuple[str, str | None], ...] = ()

    @classmethod
    def from_request(cls, request: Request) -> Selection:
        """Return the selection in the field `listeners` of a checked request."""
        given = cast("Mapping[str, list[str]]", request.get("listeners") or {})
        tags = cast("list[Mapping[str, str]]", given.get("tags", []))
        ids, accelerators = (
            frozenset(given[name]) if name in given else None
            for name in ("resource_ids", "accelerator_ids")
        )
        return cls(ids, accelerators, tuple((t["key"], t.get("value")) for t in tags))

    @property
    def is_everything(self) -> bool:
        """Whether all listeners are selected."""
        return self == Selection()

    def includes(self, listener: Listener) -> bool:
        """Whether a listener matches every filter."""
        by_id, by_accelerator = self.resource_ids, self.accelerator_ids
        return (
            (by_id is None or listener.id in by_id)
            and (by_accelerator is None or listener.accelerator_id in by_accelerator)
            and all(
                key in listener.tags and value in {None, listener.tags[key]}
                for key, value in self.tags
            )
        )


class Survey(NamedTuple):
    """What an account has.

    `listeners` are the selected ones, oldest first; `gone` are IDs of listeners that
    were requested or that a logtank refers to, and that do not exist according to GA.
    `logtanks` are by the ID of the listener. `streams` are by the ID of the log group,
    then by their own. `any_listener` is whether GA lists any listener at all.
    """

    project_id: str
    selection: Selection
    listeners: list[Listener]
    gone: frozenset[str]
    logtanks: Mapping[str, list[ga.Logtank]]
    streams: Mapping[str, GroupStreams | Unlisted]
    any_listener: bool

    def stream_of(self, logtank: ga.Logtank) -> lts.Stream | None:
        """Return the stream of a logtank, None if it was not listed."""
        streams = self.streams.get(logtank.log_group_id or "", {})
        if isinstance(streams, Unlisted):
            return None
        return streams.get(logtank.log_stream_id or "")

    def logtanks_of(self, listener_id: str) -> list[ga.Logtank]:
        """Return a listener's logtanks."""
        return self.logtanks.get(listener_id, [])

    def orphans(self) -> list[ga.Logtank]:
        """Return the selected logtanks whose listener does not exist."""
        chosen = self.selection.resource_ids or frozenset()
        return [
            logtank
            for listener_id in sorted(self.gone)
            if self.selection.is_everything or listener_id in chosen
            for logtank in self.logtanks_of(listener_id)
        ]


def gather(
    request: Request, cloud: Cloud, log_group_ids: Iterable[str] | None = None
) -> Survey:
    """List everything, each list to its end.

    `log_group_ids` are the groups whose streams are listed, by default all to which the
    selected logtanks ship.

    Raises: the errors of the calls, since an incomplete survey must not be used.
    """
    selection = Selection.from_request(request)
    project_id = cloud.project_of(request)
    listed, logtanks = _listed(cloud)
    named = logtanks.keys() | (selection.resource_ids or set())
    shown = _shown(sorted(named - listed.keys()), cloud)
    found = [*listed.values(), *(each for each in shown.values() if each)]
    selected = [each for each in found if selection.includes(each)]
    survey = Survey(
        project_id=project_id,
        selection=selection,
        listeners=sorted(selected, key=lambda each: (each.created_at, each.id)),
        gone=frozenset(key for key, each in shown.items() if each is None),
        logtanks=logtanks,
        streams={},
        any_listener=bool(found),
    )
    groups = sorted(_groups_of(survey)) if log_group_ids is None else log_group_ids
    return survey._replace(streams=_streams(groups, project_id, cloud))


def _listed(cloud: Cloud) -> tuple[dict[str, Listener], dict[str, list[ga.Logtank]]]:
    """Return all listeners by ID, and all logtanks by their listener's ID.

    Neither list needs the other, so they are read side by side.
    """
    found, logtanks = cloud.run_all(
        [
            lambda: {each.id: each for each in listing.all_listeners(cloud)},
            lambda: dict(_logtanks_by_listener(cloud)),
        ]
    )
    return (
        cast("dict[str, Listener]", _or_raise(found)),
        cast("dict[str, list[ga.Logtank]]", _or_raise(logtanks)),
    )


def _logtanks_by_listener(cloud: Cloud) -> dict[str, list[ga.Logtank]]:
    """Return all logtanks of listeners, by the ID of their listener.

    Raises: the errors of the list.
    """
    found: dict[str, list[ga.Logtank]] = {}
    for logtank in listing.all_logtanks(cloud):
        # the resource of another type must not count as a missing listener
        if logtank.resource_type in {None, ga.LISTENER}:
            found.setdefault(str(logtank.resource_id), []).append(logtank)
    return found


def _shown(ids: list[str], cloud: Cloud) -> dict[str, Listener | None]:
    """Return listeners that a list lacks, None for those that do not exist.

    Raises: UnintelligibleReply if GA answers with another listener, which may be listed
    already; the errors of the calls.
    """

    def show(listener_id: str) -> Result:
        found = listing.find_listener(listener_id, cloud)
        if found and found.id != listener_id:
            raise UnintelligibleReply(
                f"GA answered ShowListener for {listener_id} with {found.id}",
                service=ga.SERVICE,
                remedy=f"Send the event with the ID that GA uses, {found.id}.",
            )
        return {"listener": found}

    outcomes = cloud.run_all([partial(show, each) for each in ids])
    return {
        listener_id: cast("Listener | None", _or_raise(outcome)["listener"])
        for listener_id, outcome in zip(ids, outcomes, strict=True)
    }


def _groups_of(survey: Survey) -> set[str]:
    """Return the IDs of the log groups that need to be listed."""
    chosen = [tank for each in survey.listeners for tank in survey.logtanks_of(each.id)]
    return {
        logtank.log_group_id
        for logtank in [*chosen, *survey.orphans()]
        if logtank.log_group_id and logtank.project_id in {None, survey.project_id}
    }


def _streams(
    groups: Iterable[str], project_id: str, cloud: Cloud
) -> dict[str, GroupStreams | Unlisted]:
    def list_streams(group: str) -> Result:
        try:
            found = cloud.ask(lts.list_streams(project_id, group), lts.streams)
        except NotFound as error:
            if not error.is_from_service:
                raise
            return {"streams": Unlisted("its log group does not exist", error)}
        except PermissionDenied as error:
            return {"streams": Unlisted("its log group may not be listed", error)}
        return {"streams": {each.id: each for each in found}}

    ids = list(groups)
    outcomes = cloud.run_all([partial(list_streams, each) for each in ids])
    return {
        group: cast("GroupStreams | Unlisted", _or_raise(outcome)["streams"])
        for group, outcome in zip(ids, outcomes, strict=True)
    }


def _or_raise(outcome: Result | ProvisioningError) -> Result:
    if isinstance(outcome, ProvisioningError):
        raise outcome
    return outcome
