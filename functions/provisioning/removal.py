"""Deletes logtanks, and on request the log streams that nothing else uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from functions.errors import (
    Busy,
    Conflict,
    InvalidRequest,
    ProvisioningError,
    Result,
)
from functions.huaweicloud import ga, listeners, lts, retry
from functions.provisioning import listing
from functions.provisioning.agreement import oldest
from functions.provisioning.cloud import Cloud, Request, error_context

NO_LOGTANK = "the listener has no logtank"
STREAM_UNKNOWN = (
    "the listener has no logtank, so the log stream that it shipped to is unknown"
)
OTHER_LOGTANK = "another logtank ships to it"
TRANSFER = "a log transfer uses it"
ACCESS_CONFIGURATION = "LTS refused to delete it: an access configuration may use it"
OTHER_PROJECT = "it is in another project"


def delete(request: Request, cloud: Cloud) -> Result:
    """Delete a listener's logtanks, and on request their streams.

    Raises: Busy while the listener is being deleted; the errors of the calls, each with
    what was deleted before.
    """
    listener_id = str(request["resource_id"])
    result: Result = {
        "resource_id": listener_id,
        "deleted": [],
        "logtank_ids": [],
        "log_stream_ids": [],
        "kept": [],
    }
    with error_context(resource_id=listener_id):
        if request.get("only_if_listener_is_gone") and (
            reason := _reason_to_keep(listener_id, cloud)
        ):
            return result | {"reason": reason}
        if request.get("delete_log_stream"):
            return result | _with_streams(listener_id, request, cloud)
        with error_context(step="delete_logtank"):
            logtanks = listing.logtanks_of(listener_id, cloud)
            deleted: list[ga.Logtank] = []
            _delete_all([*logtanks], deleted, cloud)
    found = {} if logtanks else {"reason": NO_LOGTANK}
    return result | _deleted(deleted, []) | found


def delete_logtank(logtank: ga.Logtank, cloud: Cloud) -> bool:
    """Delete a logtank, and return whether this call did it.

    It is not an error if the logtank does not exist.

    Raises: the errors of the call, with the ID of the logtank.
    """
    call = ga.delete_logtank(logtank, cloud.owner)
    with error_context(
        step="delete_logtank",
        logtank_id=logtank.id,
        log_group_id=logtank.log_group_id,
        log_stream_id=logtank.log_stream_id,
    ):
        deleted = retry.delete(call, cloud.send, cloud.policy)
    if deleted:
        cloud.log(
            "INFO",
            "logtank deleted",
            resource_id=logtank.resource_id,
            logtank_id=logtank.id,
            log_stream_id=logtank.log_stream_id,
        )
    return deleted


def delete_surplus(logtank: ga.Logtank, cloud: Cloud) -> None:
    """Delete a logtank if an older one still ships the same log to the same stream.

    Another run may be deleting it already.

    Raises: Conflict if there is none any more; the errors of the calls.
    """
    with error_context(step="delete_logtank"):
        listed = listing.logtanks_of(str(logtank.resource_id), cloud)
        same = [
            each
            for each in listed
            if each.log_stream_id == logtank.log_stream_id
            and each.status not in {ga.DELETING, ga.ERROR}
        ]
        if any(e.id == logtank.id and e.status != ga.DELETING for e in listed):
            _require_other(logtank, same)
            delete_logtank(logtank, cloud)


def _require_other(logtank: ga.Logtank, same: list[ga.Logtank]) -> None:
    if not same or oldest(same).id == logtank.id:
        raise Conflict(
            f"Logtank {logtank.id} is not surplus any more",
            service=ga.SERVICE,
            remedy="Send the event again: the listener's logtanks have changed.",
        )


def _reason_to_keep(listener_id: str, cloud: Cloud) -> str | None:
    """Return why nothing is deleted, None if GA says that the listener does not exist.

    Raises: Busy if the listener is being deleted, and that takes too long.
    """

    def reason() -> str | None:
        found = listing.find_listener(listener_id, cloud)
        if found is None:
            return None
        if found.status == listeners.DELETING:
            raise Busy("The listener is being deleted", service=ga.SERVICE)
        return f"the listener still exists, in status {found.status}"

    with error_context(step="delete_logtank"):
        return retry.while_busy(reason, cloud.policy)


def _with_streams(listener_id: str, request: Request, cloud: Cloud) -> Result:
    """Delete the logtanks, then their streams, unless something else uses them."""
    with error_context(step="delete_logtank"):
        project_id = cloud.project_of(request)
        everything = listing.all_logtanks(cloud)
        logtanks = [each for each in everything if each.resource_id == listener_id]
        if not logtanks:
            return {"reason": STREAM_UNKNOWN}
        kept = _used(logtanks, everything, project_id)
        remaining, deleted = [*logtanks], list[ga.Logtank]()
        streams: list[str] = []
        with _naming_unreachable_streams(remaining, deleted, streams, kept):
            _delete_all(remaining, deleted, cloud)
            # another logtank may have begun to use a stream in the meantime
            kept.update(_used(logtanks, listing.all_logtanks(cloud), project_id))
            for logtank in _one_of_each_stream(logtanks):
                stream_id = str(logtank.log_stream_id)
                if stream_id not in kept and _delete_stream(
                    logtank, project_id, kept, cloud
                ):
                    streams.append(stream_id)
    named = [{"log_stream_id": each, "reason": kept[each]} for each in sorted(kept)]
    return _deleted(deleted, streams) | {"kept": named}


@contextmanager
def _naming_unreachable_streams(
    remaining: Sequence[ga.Logtank],
    deleted: Sequence[ga.Logtank],
    streams: Sequence[str],
    kept: Mapping[str, str],
) -> Iterator[None]:
    """Add to an error the streams that another delivery of the event cannot find.

    These are the streams of deleted logtanks that are neither deleted nor kept, and to
    which no remaining logtank ships.
    """
    try:
        yield
    except ProvisioningError as error:
        error.note(deleted=_kinds(deleted, streams))
        found = {*streams, *kept, *(each.log_stream_id for each in remaining)}
        unreachable = [
            each
            for each in _one_of_each_stream(deleted)
            if each.log_stream_id not in found
        ]
        if unreachable:
            error.remedy = f"{_by_hand(unreachable)} {error.remedy}"
        for each in unreachable:
            error.note(log_group_id=each.log_group_id, log_stream_id=each.log_stream_id)
        raise


def _by_hand(logtanks: Iterable[ga.Logtank]) -> str:
    named = ", ".join(
        f"stream {each.log_stream_id} of log group {each.log_group_id}"
        for each in logtanks
    )
    return (
        f"Delete {named} by hand: once the logtank is gone, another delivery of the "
        "event cannot find it."
    )


def _used(
    logtanks: Iterable[ga.Logtank], everything: Iterable[ga.Logtank], project_id: str
) -> dict[str, str]:
    """Return the streams of these logtanks that must be kept, and why."""
    own = {each.id for each in logtanks}
    others = {
        each.log_stream_id
        for each in everything
        if each.id not in own and each.status != ga.DELETING
    }
    kept = {}
    for each in logtanks:
        if each.log_stream_id in others:
            kept[str(each.log_stream_id)] = OTHER_LOGTANK
        elif each.project_id not in {None, project_id}:
            kept[str(each.log_stream_id)] = OTHER_PROJECT
    return kept


def _delete_all(
    remaining: list[ga.Logtank], deleted: list[ga.Logtank], cloud: Cloud
) -> None:
    """Delete logtanks until none remains, and add those that this call deleted."""
    while remaining:
        each = remaining[0]
        with error_context(deleted=_kinds(deleted, [])):
            if each.status != ga.DELETING and delete_logtank(each, cloud):
                deleted.append(each)
        remaining.remove(each)


def _one_of_each_stream(logtanks: Iterable[ga.Logtank]) -> list[ga.Logtank]:
    return list({each.log_stream_id: each for each in logtanks}.values())


def _delete_stream(
    logtank: ga.Logtank, project_id: str, kept: dict[str, str], cloud: Cloud
) -> bool:
    """Delete a logtank's stream, and return whether this call did it.

    A stream that something else uses is added to `kept`, with the reason.

    Raises: the errors of the call, with group and stream.
    """
    group, stream = str(logtank.log_group_id), str(logtank.log_stream_id)
    call = lts.delete_stream(project_id, group, stream)
    with error_context(
        step="delete_log_stream", log_group_id=group, log_stream_id=stream
    ):
        try:
            deleted = retry.delete(call, cloud.send, cloud.policy)
        except Conflict as error:
            if error.code != lts.USED_BY_TRANSFER:
                raise
            kept[stream] = TRANSFER
            return False
        except InvalidRequest as error:
            if error.code != type(error).__name__:
                raise
            kept[stream] = ACCESS_CONFIGURATION
            return False
    if deleted:
        facts = {"log_group_id": group, "log_stream_id": stream}
        cloud.log("INFO", "log stream deleted", **facts)
    return deleted


def _kinds(logtanks: Sequence[ga.Logtank], streams: Sequence[str]) -> list[str]:
    """Return the kinds of resources that were deleted."""
    kinds = {"logtank": logtanks, "log_stream": streams}
    return [kind for kind, deleted in kinds.items() if deleted]


def _deleted(logtanks: Sequence[ga.Logtank], streams: list[str]) -> Result:
    return {
        "deleted": _kinds(logtanks, streams),
        "logtank_ids": [each.id for each in logtanks],
        "log_stream_ids": streams,
    }
