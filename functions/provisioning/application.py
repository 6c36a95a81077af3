"""Applies a plan: its changes in parallel, each with an outcome of its own."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, cast

from functions.errors import Outcome, ProvisioningError, Result
from functions.huaweicloud import ga, lts
from functions.huaweicloud.log_groups import Group
from functions.provisioning import (
    agreement,
    listing,
    log_stream,
    logtank,
    removal,
    stream_update,
)
from functions.provisioning.agreement import Agreed
from functions.provisioning.cloud import Cloud, error_context
from functions.provisioning.lease import Lease
from functions.provisioning.log_group import EnsuredGroup
from functions.provisioning.log_stream import EnsuredStream
from functions.provisioning.plan import Change, Plan, as_line
from functions.provisioning.shipping import Shipping, of_logtank
from functions.provisioning.survey import Survey

_FIRST = ("update", "delete")
"""The actions that come first: a listener is repointed after its surplus is deleted."""

CONFIRM_SECONDS = 2.0
"""This much time is reserved to confirm the logtanks that the changes created."""


class Pending:
    """Logtanks that were created without a lease and are confirmed together.

    One list shows for all of them whether another caller was first.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._created: list[tuple[ga.Logtank, ga.NewLogtank]] = []

    def add(self, mine: ga.Logtank, new: ga.NewLogtank, _cloud: Cloud) -> Agreed:
        """Add a logtank, which counts as created until it is confirmed."""
        with self._lock:
            self._created.append((mine, new))
        return Agreed(mine, created=True)

    def confirmed(self, cloud: Cloud) -> dict[str, Agreed | ProvisioningError]:
        """Return the logtank that all callers agree on, by the ID of the created one.

        A created logtank that is the only one to its stream is left out.
        """
        if not self._created:
            return {}
        try:
            with error_context(step="create_logtank"):
                agreement.wait_a_second(cloud)
                listed = listing.all_logtanks(cloud)
        except ProvisioningError as error:
            return {mine.id: _about(mine, new, error) for mine, new in self._created}
        contested = [
            (mine, new)
            for mine, new in self._created
            if any(each.id != mine.id for each in _rivals(new, listed))
        ]
        works = [partial(_yielded, *pair, listed, cloud) for pair in contested]
        return {
            mine.id: _about(mine, new, outcome)
            if isinstance(outcome, ProvisioningError)
            else cast("Agreed", outcome["agreed"])
            for (mine, new), outcome in zip(
                contested, cloud.run_all(works), strict=True
            )
        }


class Application(NamedTuple):
    """A plan that is being applied; `ensure_group` returns the wanted log group."""

    survey: Survey
    group: Group | None
    ensure_group: Callable[[], EnsuredGroup]
    cloud: Cloud
    pending: Pending

    def apply(self, plan: Plan) -> list[Outcome]:
        """Return the outcome of each change, in the order of the plan."""
        outcomes: dict[int, Outcome] = {}
        changing = self._replace(cloud=_with_time_to_confirm(self.cloud))
        for is_first in (True, False):
            indexes = [
                index
                for index, change in enumerate(plan.changes)
                if (change.action in _FIRST) is is_first
            ]
            works = [
                partial(_applied, changing, plan.changes[index]) for index in indexes
            ]
            done = self.cloud.run_all(works)
            outcomes.update(zip(indexes, done, strict=True))
        confirmed = self.pending.confirmed(self.cloud)
        return [_final(outcomes[index], confirmed) for index in sorted(outcomes)]


def _with_time_to_confirm(cloud: Cloud) -> Cloud:
    """Return the cloud with less time, since one busy listener may use all of it."""
    remaining_seconds = cloud.policy.remaining_seconds
    reserve = min(CONFIRM_SECONDS, remaining_seconds() / 4)
    policy = cloud.policy._replace(
        remaining_seconds=lambda: remaining_seconds() - reserve
    )
    return cloud._replace(policy=policy)


def _applied(application: Application, change: Change) -> Result:
    """Apply one change, and return its result."""
    listener = None if change.action == "update" else _listener(change)
    with (
        error_context(resource_id=listener),
        application.cloud.log_context(resource_id=listener),
    ):
        document = change.as_document() | _DO[change.action](application, change)
        application.cloud.log("INFO", "applied", **as_line(document))
    return document


def _update(application: Application, change: Change) -> Result:
    new = cast("lts.NewStream", change.new)
    stream = cast("lts.Stream", change.stream)
    updated, differs = stream_update.update(
        stream, new, application.group, application.cloud
    )
    result: Result = {
        "log_group_id": new.log_group_id,
        "log_stream_id": stream.id,
        "updated": updated,
    }
    return result | ({"differs": differs} if differs else {})


def _delete(application: Application, change: Change) -> Result:
    surplus = cast("ga.Logtank", change.logtank)
    if _listener(change) in application.survey.gone:
        removal.delete_logtank(surplus, application.cloud)
    else:
        removal.delete_surplus(surplus, application.cloud)
    return {}


def _ship(application: Application, change: Change) -> Result:
    name = cast("lts.NewStream", change.new).name
    with error_context(log_stream_name=name):
        group = application.ensure_group()
        with error_context(log_group_id=group.id):
            stream = _stream(application, change, group)
            new = ga.NewLogtank(ga.LISTENER, _listener(change), group.id, stream.id)
            agreed = logtank.ensure(
                new,
                application.cloud,
                stream.lease,
                repoint=change.action == "repoint",
                listed=application.survey.logtanks_of(new.resource_id),
                confirm=application.pending.add,
            )
    return Shipping(new, group, stream, agreed).result()


def _stream(
    application: Application, change: Change, group: EnsuredGroup
) -> EnsuredStream:
    """Return the stream that was listed, or create it, once for each name."""
    if change.stream:
        lease = Lease.of_adopted(change.stream)
        return EnsuredStream(
            change.stream.id, created=False, lease=lease, differs=change.differs
        )
    new = cast("lts.NewStream", change.new)._replace(log_group_id=group.id)
    key = ("log stream", group.id, new.name)
    stream, is_first = application.cloud.once.get(
        key, lambda: log_stream.ensure(new, application.cloud)
    )
    return stream if is_first else stream._replace(created=False)


_DO: dict[str, Callable[[Application, Change], Result]] = {
    "create": _ship,
    "repoint": _ship,
    "update": _update,
    "delete": _delete,
}


def _listener(change: Change) -> str:
    return change.resource_ids[0]


def _yielded(
    mine: ga.Logtank, new: ga.NewLogtank, listed: list[ga.Logtank], cloud: Cloud
) -> Result:
    rivals = _rivals(new, listed)
    agreed = agreement.yield_to_oldest(mine, new, rivals, cloud)
    logtank.require_no_error(agreed.logtank)
    return {"agreed": agreed}


def _rivals(new: ga.NewLogtank, listed: list[ga.Logtank]) -> list[ga.Logtank]:
    """Return the listener's logtanks to the same stream."""
    own = [each for each in listed if each.resource_id == new.resource_id]
    return agreement.alive_here(new, own)


def _about(
    mine: ga.Logtank, new: ga.NewLogtank, error: ProvisioningError
) -> ProvisioningError:
    """Return a copy of an error of the confirmation, about one of its logtanks."""
    own = copy.copy(error)
    own.note(
        step="create_logtank",
        resource_id=new.resource_id,
        log_group_id=new.log_group_id,
        log_stream_id=new.log_stream_id,
        logtank_id=mine.id,
    )
    return own


def _final(
    outcome: Outcome, confirmed: dict[str, Agreed | ProvisioningError]
) -> Outcome:
    """Return a change's outcome once its logtank is confirmed, if it created one."""
    if isinstance(outcome, ProvisioningError):
        return outcome
    agreed = confirmed.get(str(outcome.get("logtank_id")))
    if agreed is None or isinstance(agreed, ProvisioningError):
        return agreed or outcome
    created = cast("list[str]", outcome["created"])
    if not agreed.created:
        created = [kind for kind in created if kind != "logtank"]
    return outcome | of_logtank(agreed.logtank) | {"created": created}
