"""The record of a call: the request, and the status of its reply."""

from collections.abc import Mapping

from tests.emulator.http_messages import Document, Json, Reply, Request
from tests.emulator.operations import Operation

HIDDEN = "(hidden)"
SECRET_HEADERS = frozenset(
    {"authorization", "x-auth-token", "x-security-token", "x-subject-token"}
)
# corrupters with which the client gets no status
WITHOUT_STATUS = frozenset({"refuse_answer", "hang", "garbage", "reset"})
SECRET_FIELD = "password"


def new_call(operation: Operation | None, request: Request) -> Document:
    """Return the record of a call whose reply has not been sent yet."""
    return {
        "service": operation.service if operation else None,
        "operation": operation.name if operation else None,
        "method": request.method,
        "path": request.path,
        "query": request.arguments(),
        "request_body": _body(request),
        "status": None,
        "error_code": None,
        "request_id": request.request_id,
        "request_headers": _headers(request.headers),
    }


def complete(call: Document, reply: Reply) -> None:
    """Add the status and error code of the reply."""
    call.update(status=reply.status, error_code=reply.error_code)


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {
        name: HIDDEN if name in SECRET_HEADERS else value
        for name, value in headers.items()
    }


def _body(request: Request) -> Json:
    try:
        return _without_secrets(request.json())
    except ValueError:
        return None


def _without_secrets(value: Json) -> Json:
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _redacted(name, inner) for name, inner in value.items()}


def _redacted(name: str, value: Json) -> Json:
    if name == SECRET_FIELD and not isinstance(value, dict):
        return HIDDEN
    return _without_secrets(value)
