"""Completes a request with what the settings supply, and checks it.

An event is blamed only for what it contains: a value from a setting that breaks a rule
is the operator's fault.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from functions import contracts, triggers
from functions.errors import InvalidEvent, Misconfigured, Problem
from functions.invocation.defaults import Defaults
from functions.invocation.tasks import Task
from functions.provisioning import Request
from functions.settings import Settings
from functions.settings.parsers import LISTENER_PLACEHOLDER

_NAMED = "create_log_stream.event"
"""The schema that has the rules for a stream's name."""
_SAMPLE_ID = "0" * 36
"""A sample listener ID, of the usual length."""


def complete(
    task: Task, given: object, configured: Settings, max_problems: int
) -> Request:
    """Return a request with the defaults from the settings.

    Raises: InvalidEvent with up to `max_problems` problems; Misconfigured if only
    values from the settings break a rule.
    """
    schema = f"{task.name}.event"
    request = given
    if isinstance(given, Mapping):
        request = task.with_defaults(given, Defaults.from_settings(configured))
    try:
        contracts.check(schema, request, max_problems)
    except InvalidEvent as error:
        own, foreign = _divided(error.problems, task, given)
        if not own and not _is_at_fault(foreign, task, given, configured):
            own = [
                Problem(
                    "/resource_id", f"is part of the stream's name, which {p.detail}"
                )
                for p in foreign
            ]
        if own:
            is_like_a_request = contracts.has_field_of(schema, given)
            remedy = None if is_like_a_request else triggers.remedy(schema)
            raise InvalidEvent(*own, remedy=remedy) from None
        details = (f"{task.supplied[p.pointer]} {p.detail}" for p in foreign)
        raise Misconfigured("; ".join(details)) from None
    return cast("Request", request)


def stream_name(template: str, listener_id: str, *, setting: str | None) -> str:
    """Return the name of a listener's stream, from a template.

    `setting` is LOG_STREAM_NAME; if it is the template, the setting is to blame.

    Raises: InvalidEvent or Misconfigured if the name breaks a rule.
    """
    name = template.replace(LISTENER_PLACEHOLDER, listener_id)
    try:
        contracts.check(_NAMED, {"log_group_id": "g", "log_stream_name": name})
    except InvalidEvent as error:
        details = " and ".join(problem.detail for problem in error.problems)
        reason = f"becomes a name that {details}, for listener {listener_id}"
        if template == setting:
            raise Misconfigured(f"LOG_STREAM_NAME {reason}") from None
        raise InvalidEvent(Problem("/log_stream_name", reason)) from None
    return name


def _divided(
    problems: list[Problem], task: Task, given: object
) -> tuple[list[Problem], list[Problem]]:
    """Return the problems with the event's own fields, and with those from settings."""
    own, foreign = [], []
    for problem in problems:
        setting = task.supplied.get(problem.pointer)
        if setting is None or _has(given, problem.pointer):
            own.append(problem)
        elif problem.detail == contracts.REQUIRED:
            detail = f"{problem.detail}, unless the setting {setting} supplies it"
            own.append(Problem(problem.pointer, detail))
        else:
            foreign.append(problem)
    return own, foreign


def _has(given: object, pointer: str) -> bool:
    """Whether a document has the field at a pointer (without escapes)."""
    for name in pointer.split("/")[1:]:
        if not isinstance(given, Mapping) or name not in given:
            return False
        given = given[name]
    return True


def _is_at_fault(
    foreign: list[Problem], task: Task, given: object, configured: Settings
) -> bool:
    """Whether a setting itself breaks a rule, and not only with this listener's ID."""
    if not isinstance(given, Mapping) or LISTENER_PLACEHOLDER not in (
        configured.log_stream_name or LISTENER_PLACEHOLDER
    ):
        return True
    sample = task.with_defaults(
        {**given, "resource_id": _SAMPLE_ID}, Defaults.from_settings(configured)
    )
    try:
        contracts.check(f"{task.name}.event", sample)
    except InvalidEvent as error:
        return bool(set(error.problems) & set(foreign))
    return False
