"""Fills in the fields that a request omits and a setting supplies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from functions.errors import Misconfigured
from functions.provisioning import Request
from functions.settings import Settings
from functions.settings.parsers import LISTENER_PLACEHOLDER

LISTENER_NAME = f"ga-{LISTENER_PLACEHOLDER}"
"""The stream's name if neither the event nor a setting has one."""

STREAM_FIELDS = {
    "/log_group_id": "LOG_GROUP_ID or LOG_GROUP_NAME",
    "/log_group_name": "LOG_GROUP_NAME",
    "/log_group_ttl_in_days": "LOG_GROUP_TTL_IN_DAYS",
    "/log_stream_name": "LOG_STREAM_NAME",
}
LOGTANK_FIELDS = {"/logtank/log_group_id": "LOG_GROUP_ID"}
NO_FIELDS: Mapping[str, str] = {}
"""The settings that supply fields, by the fields' pointers in a request."""


class Defaults(NamedTuple):
    """The settings that fill in fields of events, by the fields' names."""

    log_group_id: str | None = None
    log_group_name: str | None = None
    log_group_ttl_in_days: int | None = None
    log_stream_name: str | None = None

    @classmethod
    def from_settings(cls, configured: Settings) -> Defaults:
        """Return the settings that are defaults of fields."""
        return cls(*(getattr(configured, name) for name in cls._fields))


def log_stream(event: Request, defaults: Defaults) -> Request:
    """Return an event of `create_log_stream` with its defaults.

    Raises: Misconfigured if the name in the settings contains LISTENER_PLACEHOLDER.
    """
    name = defaults.log_stream_name
    if "log_stream_name" not in event and name and LISTENER_PLACEHOLDER in name:
        raise Misconfigured(
            f"LOG_STREAM_NAME contains {LISTENER_PLACEHOLDER}, but this function has "
            "no listener"
        )
    return _with_group(_filled(event, log_stream_name=name), defaults)


def bootstrap(event: Request, defaults: Defaults) -> Request:
    """Return an event of `bootstrap` with its defaults.

    A listener's ID that is not a string is rejected by the schema later.
    """
    listener = event.get("resource_id")
    template = defaults.log_stream_name or LISTENER_NAME
    name = template.replace(
        LISTENER_PLACEHOLDER, listener if isinstance(listener, str) else ""
    )
    return _with_group(_filled(event, log_stream_name=name), defaults)


def reconcile(event: Request, defaults: Defaults) -> Request:
    """Return an event of `reconcile` with its defaults.

    The stream's name stays a template, which is expanded for each listener.
    """
    template = defaults.log_stream_name or LISTENER_NAME
    return _with_group(_filled(event, log_stream_name=template), defaults)


def logtank(event: Request, defaults: Defaults) -> Request:
    """Return an event of `create_logtank` with the default of its inner `logtank`."""
    inner = event.get("logtank")
    if not isinstance(inner, Mapping):
        return event
    return {**event, "logtank": _filled(inner, log_group_id=defaults.log_group_id)}


def none(event: Request, _defaults: Defaults) -> Request:
    """Return an event unchanged, for functions without defaults."""
    return event


def _with_group(event: Request, defaults: Defaults) -> Request:
    """Return an event with the settings' log group, unless it names one itself.

    The setting for the retention applies only to a group that is given by its name.
    """
    if not event.keys() & {"log_group_id", "log_group_name"}:
        event = _filled(
            event,
            log_group_id=defaults.log_group_id,
            log_group_name=defaults.log_group_name,
        )
    if "log_group_id" in event or "log_group_name" not in event:
        return event
    return _filled(event, log_group_ttl_in_days=defaults.log_group_ttl_in_days)


def _filled(event: Request, **defaults: str | int | None) -> dict[str, object]:
    given = {name: value for name, value in defaults.items() if value is not None}
    return {**given, **event}
