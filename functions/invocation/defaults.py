"""What the settings supply if an event leaves it out."""

from __future__ import annotations

from collections.abc import Mapping

from functions.errors import Misconfigured
from functions.provisioning import Request
from functions.settings.parsers import LISTENER_PLACEHOLDER

BOOTSTRAP_NAME = f"ga-{LISTENER_PLACEHOLDER}"
"""The stream's name if neither the event nor a setting has one, for `bootstrap`."""

STREAM_FIELDS = {
    "/log_group_id": "LOG_GROUP_ID",
    "/log_stream_name": "LOG_STREAM_NAME",
}
LOGTANK_FIELDS = {"/logtank/log_group_id": "LOG_GROUP_ID"}
"""The settings that supply fields, by the fields' pointers in a request."""


def log_stream(event: Request, group_id: str | None, name: str | None) -> Request:
    """Return an event of `create_log_stream` with its defaults.

    Raises: Misconfigured if the name in the settings has a place for a listener's ID.
    """
    if "log_stream_name" not in event and name and LISTENER_PLACEHOLDER in name:
        raise Misconfigured(
            f"LOG_STREAM_NAME contains {LISTENER_PLACEHOLDER}, but this function has "
            "no listener"
        )
    return _filled(event, log_group_id=group_id, log_stream_name=name)


def bootstrap(event: Request, group_id: str | None, name: str | None) -> Request:
    """Return an event of `bootstrap` with its defaults.

    A listener's ID that is not a string is rejected by the schema later.
    """
    listener = event.get("resource_id")
    template = name or BOOTSTRAP_NAME
    return _filled(
        event,
        log_group_id=group_id,
        log_stream_name=template.replace(
            LISTENER_PLACEHOLDER, listener if isinstance(listener, str) else ""
        ),
    )


def logtank(event: Request, group_id: str | None, _name: str | None) -> Request:
    """Return an event of `create_logtank` with its default, which belongs inside."""
    inner = event.get("logtank")
    if not isinstance(inner, Mapping):
        return event
    return {**event, "logtank": _filled(inner, log_group_id=group_id)}


def _filled(event: Request, **defaults: str | None) -> dict[str, object]:
    given = {name: value for name, value in defaults.items() if value is not None}
    return {**given, **event}
