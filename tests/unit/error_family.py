"""All error classes, and a way to make an error of each class."""

from __future__ import annotations

import inspect

from functions import errors
from functions.errors import BatchFailed, InvalidEvent, Problem, ProvisioningError

FAMILY: list[type[ProvisioningError]] = [
    found
    for name in vars(errors)
    if inspect.isclass(found := getattr(errors, name))
    and issubclass(found, ProvisioningError)
]


def error_of(kind: type[ProvisioningError], detail: str) -> ProvisioningError:
    """Return an error of this class with this detail."""
    if issubclass(kind, InvalidEvent):
        return kind(Problem("/a", detail))
    if kind is BatchFailed:
        result: dict[str, object] = {
            "log_group_id": "g",
            "log_stream_id": "s",
            "created": True,
        }
        return BatchFailed([result, errors.Misconfigured(detail)])
    return kind(detail)
