"""Which part of an error the sender of an HTTP request may see.

Everything, if the sender can correct it. Enough to decide what to do next, if the
operator or the cloud is at fault. The status only, before the sender is authenticated.
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
    """Return an error's document for a sender who has been admitted."""
    if isinstance(error, _SENDER_AT_FAULT):
        return error.as_document()
    document = _only(_PUBLIC_FIELDS, error)
    if isinstance(error, BatchFailed):
        document |= error.results(for_authenticated_caller)
    return document


def for_unauthenticated_caller(error: ProvisioningError) -> Result:
    """Return an error's document for a sender who has not been admitted.

    What is wrong with the request itself reveals nothing that the sender does not know.
    """
    if isinstance(error, InvalidEvent):
        return error.as_document()
    return _only(_UNAUTHENTICATED_FIELDS, error)


def _only(names: tuple[str, ...], error: ProvisioningError) -> Result:
    return {name: fact for name, fact in error.as_document().items() if name in names}
