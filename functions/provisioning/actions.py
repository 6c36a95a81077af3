"""The actions for one listener: a checked request in, a result out.

Shapes: `schemas/<action>.event.schema.json` and `schemas/<action>.result.schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from functions.errors import Result
from functions.huaweicloud import ga, listeners, lts, replies
from functions.provisioning import log_group, log_stream, logtank
from functions.provisioning.cloud import Cloud, Request, error_context
from functions.provisioning.lease import Lease
from functions.provisioning.log_group import EnsuredGroup
from functions.provisioning.log_stream import EnsuredStream
from functions.provisioning.shipping import Shipping, differences


def create_log_stream(request: Request, cloud: Cloud) -> Result:
    """Make sure that the log stream exists, and its log group if that has a name.

    Raises: the errors of `log_group.ensure` and `log_stream.ensure`.
    """
    group, stream = _ensured(request, cloud)
    return {
        "log_group_id": group.id,
        "log_stream_id": stream.id,
        "created": stream.created,
        **differences(group, stream),
    }


def create_logtank(request: Request, cloud: Cloud) -> Result:
    """Make sure that the listener ships its log into the stream.

    Raises: the errors of `logtank.ensure`.
    """
    wanted = ga.NewLogtank(**cast("Mapping[str, str]", request["logtank"]))
    with error_context(resource_id=wanted.resource_id):
        ensured = logtank.ensure(wanted, cloud, Lease())
    result: Result = {"logtank": ensured.logtank.as_document()}
    if ensured.logtank.request_id:
        result["request_id"] = ensured.logtank.request_id
    return result | {"created": ensured.created}


def bootstrap(request: Request, cloud: Cloud) -> Result:
    """Make sure that the log stream exists, then that the listener ships into it.

    Raises: NotFound for an unusual ID that no listener has; the errors of
    `log_group.ensure`, `log_stream.ensure`, `logtank.ensure` and
    `logtank.until_active`, each with the name of the stream and what exists already.
    """
    listener_id = str(request["resource_id"])
    with error_context(resource_id=listener_id):
        with error_context(step="create_log_stream"):
            cloud = cloud.for_project(cloud.project_of(request))
        _require_listener(listener_id, cloud)
        group, stream = _ensured(request, cloud)
        new = ga.NewLogtank(ga.LISTENER, listener_id, group.id, stream.id)
        repoint = bool(request.get("repoint"))
        with error_context(
            log_group_id=group.id, log_stream_name=str(request["log_stream_name"])
        ):
            agreed = logtank.ensure(new, cloud, stream.lease, repoint=repoint)
            with error_context(step="create_logtank", log_stream_id=stream.id):
                seconds = cast("float", request.get("wait_seconds", 0))
                active = logtank.until_active(agreed.logtank, cloud, seconds)
    return Shipping(new, group, stream, agreed._replace(logtank=active)).result()


def _ensured(request: Request, cloud: Cloud) -> tuple[EnsuredGroup, EnsuredStream]:
    """Return the log group and the log stream of a request, created if necessary."""
    with error_context(step="create_log_stream"):
        project_id = cloud.project_of(request)
    group = log_group.ensure(request, project_id, cloud)
    new = lts.NewStream.from_request(request, project_id, group.id)
    update = bool(request.get("update_stream"))
    return group, log_stream.ensure(new, cloud, update=update)


def _require_listener(listener_id: str, cloud: Cloud) -> None:
    """Check that a listener exists if its ID does not have the usual form.

    Otherwise a mistyped ID would leave a stream behind.

    Raises: NotFound; the errors of the call.
    """
    if not listeners.is_usual_id(listener_id):
        with error_context(step="create_logtank"):
            call = listeners.show_listener(listener_id, cloud.owner)
            cloud.ask(call, replies.ignore)
