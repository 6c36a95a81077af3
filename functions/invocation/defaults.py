"""What the settings add to an event that leaves it out."""

from __future__ import annotations

from collections.abc import Mapping

from functions.errors import Misconfigured
from functions.settings.parsers import LISTENER_PLACEHOLDER

BOOTSTRAP_NAME = f"ga-{LISTENER_PLACEHOLDER}"
"""The stream's name where neither event nor setting has one; `bootstrap` alone."""


def log_stream(
    event: Mapping[str, object], group_id: str | None, name: str | None
) -> Mapping[str, object]:
    """Return an event of `create_log_stream` with its defaults.

    Raises: Misconfigured if it needs a name and the set one needs a listener.
    """
    if "log_stream_name" not in event and name and LISTENER_PLACEHOLDER in name:
        raise Misconfigured(
            "LOG_STREAM_NAME names the listener, and a log stream alone has none"
        )
    return _filled(event, log_group_id=group_id, log_stream_name=name)


def bootstrap(
    event: Mapping[str, object], group_id: str | None, name: str | None
) -> Mapping[str, object]:
    """Return an event of `bootstrap` with its defaults.

    A listener's id that is no text is left to the schema to refuse.
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


def logtank(
    event: Mapping[str, object], group_id: str | None, _name: str | None
) -> Mapping[str, object]:
    """Return an event of `create_logtank` with its default, which stands inside."""
    inner = event.get("logtank")
    if not isinstance(inner, Mapping):
        return event
    return {**event, "logtank": _filled(inner, log_group_id=group_id)}


def _filled(event: Mapping[str, object], **defaults: str | None) -> dict[str, object]:
    given = {name: value for name, value in defaults.items() if value is not None}
    return {**given, **event}
