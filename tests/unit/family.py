"""The family of errors, and one error of each of its classes."""

from __future__ import annotations

import inspect

from functions import errors
from functions.errors import BatchFailed, InvalidEvent, Problem, ProvisioningError

FAMILY: list[type[ProvisioningError]] = [
    found
    for name in errors.__all__
    if inspect.isclass(found := getattr(errors, name))
    and issubclass(found, ProvisioningError)
]


def error_of(kind: type[ProvisioningError], detail: str) -> ProvisioningError:
    """Return an error of this class, which says this of what went wrong."""
    if issubclass(kind, InvalidEvent):
        return kind(Problem("/a", detail))
    if kind is BatchFailed:
        made: dict[str, object] = {"log_stream_id": "s", "created": True}
        return BatchFailed([made, errors.Misconfigured(detail)])
    return kind(detail)
