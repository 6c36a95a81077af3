"""Reduces an error to what the sender of an HTTP request may see.

An error that the sender can correct is shown in full. If the operator or the cloud is
at fault, the sender sees enough to decide what to do next. A sender who is not
authenticated sees only the status.
"""

from __future__ import annotations

from functions.errors import (
    AlreadyExists,
    BatchFailed,
    Conflict,
    InvalidEvent,
    NotFound,
    ProvisioningError,
    QuotaExceeded,
    Result,
)

_SENDER_AT_FAULT = (InvalidEvent, NotFound, Conflict, AlreadyExists, QuotaExceeded)
_UNAUTHENTICATED_FIELDS = ("type", "title", "status")
_PUBLIC_FIELDS = (
    *_UNAUTHENTICATED_FIELDS,
    "code",
    "remedy",
    "retryable",
    "request_id",
    "log_group_id",
    "log_stream_id",
    "logtank_id",
    "deleted",
)


def for_authenticated_caller(error: ProvisioningError) -> Result:
    """Return an error's document for an authenticated sender."""
    if isinstance(error, _SENDER_AT_FAULT):
        return error.as_document()
    document = _only(_PUBLIC_FIELDS, error)
    if isinstance(error, BatchFailed):
        document |= error.results(for_authenticated_caller)
    return document


def for_unauthenticated_caller(error: ProvisioningError) -> Result:
    """Return an error's document for a sender who is not authenticated.

    InvalidEvent is shown in full, because it is only about what the sender sent.
    """
    if isinstance(error, InvalidEvent):
        return error.as_document()
    return _only(_UNAUTHENTICATED_FIELDS, error)


def _only(names: tuple[str, ...], error: ProvisioningError) -> Result:
    return {name: fact for name, fact in error.as_document().items() if name in names}
