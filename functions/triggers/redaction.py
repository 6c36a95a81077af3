"""What the sender of an HTTP request is told of an error.

Of what is the sender's own to mend, everything. Of what is ours or the cloud's, enough
to decide what to do next. As long as it is not known who they are, next to nothing.
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
)

_SENDERS_OWN = (InvalidEvent, NotFound, Conflict, AlreadyExists, QuotaExceeded)
_TO_STRANGERS = ("type", "title", "status")
_TO_ALL = (
    *_TO_STRANGERS,
    "code",
    "remedy",
    "retryable",
    "request_id",
    "log_stream_id",
    "logtank_id",
)


def document(error: ProvisioningError) -> dict[str, object]:
    """Return an error's document for a sender who has been let in."""
    if isinstance(error, _SENDERS_OWN):
        return error.as_document()
    told = _only(_TO_ALL, error)
    if isinstance(error, BatchFailed):
        told["results"] = [
            document(each) if isinstance(each, ProvisioningError) else each
            for each in error.outcomes
        ]
    return told


def for_unauthenticated_caller(error: ProvisioningError) -> dict[str, object]:
    """Return an error's document for a sender who has not been let in.

    What is wrong with the request itself shows nothing that the sender does not know.
    """
    if isinstance(error, InvalidEvent):
        return error.as_document()
    return _only(_TO_STRANGERS, error)


def _only(names: tuple[str, ...], error: ProvisioningError) -> dict[str, object]:
    return {name: fact for name, fact in error.as_document().items() if name in names}
