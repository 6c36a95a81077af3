"""One event's way through the bundle: read, check, do, reply."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple, cast

from functions import (
    aws_secret,
    batch,
    contracts,
    defaults,
    provisioning,
    runtime,
    settings,
)
from functions.errors import BatchFailed, DeadlineExceeded, ProvisioningError
from functions.huaweicloud.ga import Owner
from functions.huaweicloud.patience import Patience

Request = Mapping[str, object]


Outcomes = list[batch.Outcome]


class Task(NamedTuple):
    """What an entry does: the name of its contract, its action, and what these need."""

    name: str
    action: Callable[[Request, provisioning.Cloud], batch.Result]
    services: frozenset[str]
    complete: Callable[[Request, str | None, str | None], Request]


BOOTSTRAP = Task(
    "bootstrap", provisioning.bootstrap, frozenset({"LTS", "GA"}), defaults.bootstrap
)
CREATE_LOG_STREAM = Task(
    "create_log_stream",
    provisioning.create_log_stream,
    frozenset({"LTS"}),
    defaults.log_stream,
)
CREATE_LOGTANK = Task(
    "create_logtank", provisioning.create_logtank, frozenset({"GA"}), defaults.logtank
)


def run(task: Task, event: object, context: object) -> batch.Outcome | Outcomes:
    """Do what an event asks for: one request, or an array of them.

    Raises: Misconfigured; the error of a lone request; BatchFailed for an array of
    which any failed, once all were tried.
    """
    log = runtime.Log(task.name, runtime.request_id(context))
    left = runtime.time_left(context)
    requests = event if isinstance(event, list) else [event]
    try:
        look_up = aws_secret.beneath(runtime.variables(context))
        configured = settings.read(look_up, task.services, runtime.agency(context))
    except ProvisioningError as error:
        log("ERROR", "request failed", error=error.as_document())
        raise
    log.level = configured.log_level
    outcomes = _outcomes(task, requests, configured, left, log)
    failures = [each for each in outcomes if isinstance(each, ProvisioningError)]
    if failures:
        raise failures[0] if len(requests) == 1 else BatchFailed(outcomes)
    return outcomes if isinstance(event, list) else outcomes[0]


def _outcomes(
    task: Task,
    requests: list[object],
    configured: settings.Settings,
    left: Callable[[], float],
    log: runtime.Log,
) -> Outcomes:
    """Check every request, then do those that passed."""
    checked = [_checked(task, request, configured, left, log) for request in requests]
    accepted = [each for each in checked if not isinstance(each, ProvisioningError)]
    if not accepted:
        return [each for each in checked if isinstance(each, ProvisioningError)]
    caution = batch.Caution(left, several=len(accepted) > 1)
    cloud = _cloud(configured, left, log, caution.pace)
    done = batch.run(
        accepted,
        lambda request: _done(task, request, cloud, caution, log),
        configured.max_concurrency,
    )
    following = iter(done)
    return [
        each if isinstance(each, ProvisioningError) else next(following)
        for each in checked
    ]


def _checked(
    task: Task,
    request: object,
    configured: settings.Settings,
    left: Callable[[], float],
    log: runtime.Log,
) -> Request | ProvisioningError:
    """Return the request with its defaults, or what is wrong with it."""
    try:
        if left() <= 0:
            raise DeadlineExceeded("Not begun: none of the function's time is left")
        if isinstance(request, Mapping):
            request = task.complete(
                request, configured.log_group_id, configured.log_stream_name
            )
        contracts.check(f"{task.name}.event", request)
    except ProvisioningError as error:
        log("ERROR", "request failed", error=error.as_document())
        return error
    return cast("Request", request)


def _done(
    task: Task,
    request: Request,
    cloud: provisioning.Cloud,
    caution: batch.Caution,
    log: runtime.Log,
) -> batch.Outcome:
    """Return what came of a request; it stands in the log too."""
    began = time.monotonic()
    try:
        caution.require_fair_weather()
    except ProvisioningError as error:
        log("ERROR", "request failed", error=error.as_document())
        return error
    outcome = _attempt(task, request, cloud)
    caution.learn(outcome)
    milliseconds = round(1000 * (time.monotonic() - began), 1)
    if isinstance(outcome, ProvisioningError):
        document = outcome.as_document()
        log("ERROR", "request failed", milliseconds=milliseconds, error=document)
    else:
        log("INFO", "request done", milliseconds=milliseconds, result=outcome)
    return outcome


def _attempt(task: Task, request: Request, cloud: provisioning.Cloud) -> batch.Outcome:
    """Return the result or the error: no defect may cost the others theirs."""
    try:
        with provisioning.noting():
            return task.action(request, cloud)
    except ProvisioningError as error:
        return error


def _cloud(
    configured: settings.Settings,
    left: Callable[[], float],
    log: runtime.Log,
    pace: Callable[[float], None],
) -> provisioning.Cloud:
    # requests takes longer to import than a refusal takes to be written
    from functions.huaweicloud import client  # noqa: PLC0415

    patience = Patience(
        attempts=configured.retry_attempts,
        base=configured.retry_base_seconds,
        cap=configured.retry_cap_seconds,
        left=left,
    )
    send = client.connect(configured, patience, log, pace)
    return provisioning.Cloud(
        send=send,
        patience=patience,
        owner=Owner(configured.project_id, configured.domain_id),
        find_project=lambda: client.find_project(configured, send, patience),
    )
