"""The actions of the functions: a checked request in, a result out.

Shapes: `schemas/<action>.event.schema.json` and `schemas/<action>.result.schema.json`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from functions.errors import Result
from functions.huaweicloud import ga, lts, replies
from functions.provisioning import log_stream, logtank
from functions.provisioning.agreement import Lease
from functions.provisioning.cloud import Cloud, Request, error_context


def create_log_stream(request: Request, cloud: Cloud) -> Result:
    """Make sure that the log stream exists.

    Raises: the errors of `log_stream.ensure`.
    """
    stream = log_stream.ensure(_new_stream(request, cloud), cloud)
    result: Result = {"log_stream_id": stream.id, "created": stream.created}
    return result | _differences(stream)


def create_logtank(request: Request, cloud: Cloud) -> Result:
    """Make sure that the listener ships its log into the stream.

    Raises: the errors of `logtank.ensure`.
    """
    wanted = ga.NewLogtank(**cast("Mapping[str, str]", request["logtank"]))
    ensured = logtank.ensure(wanted, cloud, Lease())
    result: Result = {"logtank": ensured.logtank.as_document()}
    if ensured.logtank.request_id:
        result["request_id"] = ensured.logtank.request_id
    return result | {"created": ensured.created}


def bootstrap(request: Request, cloud: Cloud) -> Result:
    """Make sure that the log stream exists, then that the listener ships into it.

    Raises: NotFound for an unusual ID that no listener has; the errors of
    `log_stream.ensure`, `logtank.ensure` and
    `logtank.until_active`, each with the name of the stream and what exists already.
    """
    new = _new_stream(request, cloud)
    cloud = cloud._replace(owner=cloud.owner._replace(project_id=new.project_id))
    _require_listener(str(request["resource_id"]), cloud)
    stream = log_stream.ensure(new, cloud)
    wanted = ga.NewLogtank(
        ga.LISTENER, str(request["resource_id"]), new.log_group_id, stream.id
    )
    with error_context(log_stream_name=new.name):
        ensured = logtank.ensure(wanted, cloud, stream.lease)
    seconds = cast("float", request.get("wait_seconds", 0))
    with error_context(
        step="create_logtank", log_stream_name=new.name, log_stream_id=stream.id
    ):
        active = logtank.until_active(ensured.logtank, cloud, seconds)
    created = {"log_stream": stream.created, "logtank": ensured.created}
    return {
        "log_group_id": wanted.log_group_id,
        "log_stream_id": stream.id,
        "logtank_id": active.id,
        "resource_type": wanted.resource_type,
        "resource_id": wanted.resource_id,
        "status": active.status or ga.PENDING,  # "the status is to be determined"
        "created": [name for name, is_new in created.items() if is_new],
        **_differences(stream),
    }


def _require_listener(listener_id: str, cloud: Cloud) -> None:
    """Look a listener up if its ID does not have the usual form.

    What cannot be a listener's ID must not leave a stream behind.

    Raises: NotFound; the errors of the call.
    """
    if not ga.is_usual_id(listener_id):
        with error_context(step="create_logtank"):
            cloud.ask(ga.show_listener(listener_id, cloud.owner), replies.ignore)


def _new_stream(request: Request, cloud: Cloud) -> lts.NewStream:
    with error_context(step="create_log_stream"):
        project_id = request.get("project_id") or cloud.owner.project_id
        return lts.NewStream.from_request(
            request, str(project_id or cloud.find_project())
        )


def _differences(stream: log_stream.EnsuredStream) -> Result:
    return {"differs": stream.differs} if stream.differs else {}
