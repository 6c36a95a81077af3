"""The actions for all listeners of an account, `status` and `reconcile`.

Shapes: `schemas/status.*.schema.json` and `schemas/reconcile.*.schema.json`.
"""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import cast

from functions import errors
from functions.errors import (
    BatchFailed,
    Outcome,
    ProvisioningError,
    QuotaExceeded,
    Result,
)
from functions.huaweicloud import ga, lts
from functions.huaweicloud.listeners import Listener
from functions.huaweicloud.log_groups import Group
from functions.provisioning import listing, log_group
from functions.provisioning.application import Application, Pending
from functions.provisioning.cloud import Cloud, Request, error_context
from functions.provisioning.log_stream import group_for_comparison
from functions.provisioning.logtank_states import state
from functions.provisioning.plan import Plan, Skipped, Wanted, as_line, decide
from functions.provisioning.stream_differences import depend_on_group
from functions.provisioning.survey import (
    Survey,
    Unlisted,
    gather,
)


def status(request: Request, cloud: Cloud) -> Result:
    """Return the state of the access log of every listener that is asked for.

    Raises: the errors of the calls; a list that cannot be read to its end is one.
    """
    survey = _surveyed(request, _of_project(request, cloud))
    listeners = [_described(each, survey) for each in survey.listeners]
    requested = survey.selection.resource_ids or frozenset()
    listeners += (
        {"resource_id": each, "state": "gone", "logtanks": _logtanks(each, survey)}
        for each in sorted(requested & survey.gone)
    )
    result: Result = {"listeners": listeners}
    if survey.selection.is_everything:
        result["orphans"] = [
            {"resource_id": each.resource_id, **logtank_document(each, survey)}
            for each in survey.orphans()
        ]
    counts = Counter(cast("str", each["state"]) for each in listeners)
    return result | {"counts": dict(sorted(counts.items()))}


def reconcile(request: Request, cloud: Cloud) -> Result:
    """Return the plan for the selected listeners, and apply it if that is asked for.

    Raises: BatchFailed if any change failed, QuotaExceeded if the log group has no room
    for a stream, both with what was done; InvalidEvent or Misconfigured if a stream's
    name breaks a rule; the errors of the calls.
    """
    cloud = _of_project(request, cloud)
    group = _existing_group(request, cloud)
    survey = _surveyed(request, cloud, [group.id] if group else [])
    wanted = _wanted(request, survey, group, cloud)
    plan = decide(survey, wanted)
    is_applied = bool(request.get("apply"))
    skipped = [_skipped(each, survey) for each in plan.skipped]
    for each in skipped:
        cloud.log("INFO", "skipped", **as_line(each))
    if not is_applied:
        changes = [each.as_document() for each in plan.changes]
        for change in changes:
            cloud.log("INFO", "planned", **as_line(change))
        return errors.Plan(
            applied=False, changes=changes, skipped=skipped, unchanged=plan.unchanged
        ).as_result()
    ensure_group = partial(log_group.ensure, request, survey.project_id, cloud)
    application = Application(survey, wanted.group, ensure_group, cloud, Pending())
    return _applied(plan, application.apply(plan), skipped, cloud)


def _of_project(request: Request, cloud: Cloud) -> Cloud:
    """Return the cloud with the request's project, looked up before any other call."""
    with error_context(step="survey"):
        return cloud.for_project(cloud.project_of(request))


def _surveyed(
    request: Request, cloud: Cloud, log_group_ids: list[str] | None = None
) -> Survey:
    with error_context(step="survey"):
        survey = gather(request, cloud, log_group_ids)
    for each in survey.listeners:
        listing.warn_of_surplus(each.id, survey.logtanks_of(each.id), cloud)
    return survey


def _existing_group(request: Request, cloud: Cloud) -> Group | None:
    """Return the wanted log group, None if its name is not taken yet."""
    if "log_group_name" not in request:
        return Group(str(request["log_group_id"]))
    with error_context(step="survey"):
        groups = log_group.listed(cloud.project_of(request), cloud)
    return log_group.named(str(request["log_group_name"]), groups)


def _wanted(
    request: Request, survey: Survey, group: Group | None, cloud: Cloud
) -> Wanted:
    """Return what the request asks for, with the existing streams of the log group.

    Raises: InvalidEvent or Misconfigured if a stream's name breaks a rule; the error
    for which the group's streams could not be listed.
    """
    template = str(request["log_stream_name"])
    group_id = group.id if group else ""
    news = {}
    for each in survey.listeners:
        own = {**request, "log_stream_name": cloud.stream_name(template, each.id)}
        news[each.id] = lts.NewStream.from_request(own, survey.project_id, group_id)
    streams = survey.streams.get(group_id, {})
    if isinstance(streams, Unlisted):
        streams.error.note(step="survey", log_group_id=group_id)
        raise streams.error
    existing = {stream.name: stream for stream in streams.values()}
    return Wanted(
        stream=news.__getitem__,
        existing=existing,
        room=cloud.streams_per_group - len(streams),
        group=_compared_group(
            news, existing, cloud, update=bool(request.get("update_stream"))
        ),
        **{
            name: bool(request.get(name))
            for name in ("repoint", "update_stream", "prune")
        },
    )


def _compared_group(
    news: dict[str, lts.NewStream],
    existing: dict[str, lts.Stream],
    cloud: Cloud,
    *,
    update: bool,
) -> Group | None:
    """Return the log group if any comparison needs it; one list serves all."""
    for new in news.values():
        stream = existing.get(new.name)
        if stream and depend_on_group(new, stream):
            return group_for_comparison(new, stream, cloud, update=update)
    return None


def _applied(
    plan: Plan, outcomes: list[Outcome], skipped: list[Result], cloud: Cloud
) -> Result:
    """Return the result of an applied plan.

    Raises: BatchFailed, QuotaExceeded.
    """
    changes: list[Result] = []
    failures: dict[int, ProvisioningError] = {}
    for index, outcome in enumerate(outcomes):
        if not isinstance(outcome, ProvisioningError):
            changes.append(outcome)
            continue
        failures[index] = outcome
        changes.append(planned := plan.changes[index].as_document())
        facts = as_line(planned)
        cloud.log("ERROR", "change failed", **facts, error=outcome.as_summary())
    report = errors.Plan(
        applied=True,
        changes=changes,
        skipped=skipped,
        unchanged=plan.unchanged,
        errors=failures,
    )
    if failures:
        raise BatchFailed.from_plan(report)
    if plan.does_not_fit:
        raise _too_many(plan.does_not_fit, report)
    return report.as_result()


def _too_many(listeners: int, report: errors.Plan) -> QuotaExceeded:
    error = QuotaExceeded(
        f"The log group has no room for the streams of {listeners} listeners",
        service=lts.SERVICE,
        remedy="Use a log_stream_name without {resource_id}, another log group, or a "
        "higher quota of LTS and LOG_STREAMS_PER_GROUP.",
    )
    error.plan = report
    return error


def _skipped(skipped: Skipped, survey: Survey) -> Result:
    name = {"listener_name": skipped.listener_name} if skipped.listener_name else {}
    return {
        "resource_id": skipped.resource_id,
        **name,
        "reason": skipped.reason,
        "logtanks": [logtank_document(each, survey) for each in skipped.logtanks],
    }


def _described(listener: Listener, survey: Survey) -> Result:
    """Return an existing listener in the form of a result."""
    name, reason = state(survey.logtanks_of(listener.id), survey)
    about = {
        "resource_id": listener.id,
        "listener_name": listener.name,
        "accelerator_id": listener.accelerator_id,
        "listener_status": listener.status,
        "state": name,
        "logtanks": _logtanks(listener.id, survey),
        "reason": reason,
    }
    return {key: value for key, value in about.items() if value is not None}


def _logtanks(listener_id: str, survey: Survey) -> list[Result]:
    logtanks = survey.logtanks_of(listener_id)
    return [logtank_document(each, survey) for each in logtanks]


def logtank_document(logtank: ga.Logtank, survey: Survey) -> Result:
    """Return a logtank with the name of its stream, in the form of a result."""
    stream = survey.stream_of(logtank)
    about = {
        "logtank_id": logtank.id,
        "status": logtank.status or ga.PENDING,
        "log_group_id": logtank.log_group_id,
        "log_stream_id": logtank.log_stream_id,
        "log_stream_name": stream.name if stream else None,
    }
    return {key: value for key, value in about.items() if value is not None}
