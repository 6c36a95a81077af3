"""Reads replies: the requested document, or one of our errors.

The services, the gateway and IAM report errors in several forms, all read here:
`error_code` and `error_msg`, their camel-case forms, `code` and `message`, and any of
these inside `error` or `message`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus

from functions.errors import (
    AuthenticationFailed,
    ProvisioningError,
    UnintelligibleReply,
)
from functions.errors.codes import meaning
from functions.transport.calls import Call, Reply, Send
from functions.transport.reading import one_line

_CODES = ("error_code", "errorCode", "code")
_MESSAGES = ("error_msg", "errorMsg", "errorMessage", "message", "details")
_WRAPPERS = ("error", "message")
_MESSAGE_LENGTH = 300
_LENGTH = 200
_SKEW_SECONDS = 60.0
_SUCCESS_CODES = {"SVCSTG.ALS.200200", "200.200"}
"""Codes that LTS returns with a success, in the field for error codes."""


def classified(send: Callable[[Call], Reply]) -> Send:
    """Return `send` that raises an error for every reply except a success."""

    def sent(call: Call) -> Reply:
        reply = send(call)
        if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
            return reply
        raise _failure(call, reply)

    return sent


def document(call: Call, reply: Reply) -> Mapping[str, object]:
    """Return the JSON object of a success.

    Raises: UnintelligibleReply if it is not a JSON object, or has an error's code (LTS
    documents such a reply).
    """
    if not isinstance(reply.document, Mapping):
        raise unintelligible(call, reply, "is not a JSON object")
    if code := _error_code(reply):
        raise unintelligible(call, reply, "has an error code", code=code)
    return reply.document


def array(call: Call, reply: Reply, name: str) -> list[object]:
    """Return an array in the JSON object of a success.

    Raises: UnintelligibleReply if there is none; the errors of `document`.
    """
    found = document(call, reply).get(name)
    if not isinstance(found, list):
        raise unintelligible(call, reply, f"has no {name}")
    return found


def with_id(
    call: Call, reply: Reply, found: object, field: str, fault: str
) -> tuple[Mapping[str, object], str]:
    """Return an object of a reply, and the ID in this field of it.

    Raises: UnintelligibleReply with the fault if there is no such object or ID.
    """
    if isinstance(found, Mapping) and (id_ := identifier(found, field)):
        return found, id_
    raise unintelligible(call, reply, fault)


def ignore(_call: Call, _reply: Reply) -> None:
    """Read nothing: that the call succeeded is enough."""


def require_no_error(call: Call, reply: Reply) -> None:
    """Raise if a success contains an error code (LTS documents such replies).

    Raises: the error for that code.
    """
    if _error_code(reply):
        raise _failure(call, reply)


def _error_code(reply: Reply) -> str | None:
    """Return the error code in a success, None if there is none."""
    code = _first(reply.document, _CODES[:2])
    return None if code in _SUCCESS_CODES else code


def _failure(call: Call, reply: Reply) -> ProvisioningError:
    """Return the error for a reply that is not a success."""
    code, message = _code_and_message(reply.document)
    kind, remedy = meaning(reply.status, code)
    reason = f": {message}" if message else ", without a reason"
    return kind(
        f"{call.service} answered {call.operation} with {reply.status}{reason}"
        f"{_skew(reply) if kind is AuthenticationFailed else ''}",
        code=code,
        service=call.service,
        upstream_status=reply.status,
        request_id=request_id(reply),
        retry_after=reply.retry_after,
        remedy=remedy,
    )


def _skew(reply: Reply) -> str:
    """Return a note about the clock, if it differs enough for signatures to fail."""
    if abs(reply.clock_ahead) < _SKEW_SECONDS:
        return ""
    where = "ahead of" if reply.clock_ahead > 0 else "behind"
    seconds = f"{abs(reply.clock_ahead):.0f}"
    return f" (this function's clock is {seconds} seconds {where} the cloud's)"


def unintelligible(
    call: Call, reply: Reply, fault: str, code: str | None = None
) -> UnintelligibleReply:
    """Return the error for a success that cannot be used; `fault` says why."""
    return UnintelligibleReply(
        f"{call.service} answered {call.operation} with {reply.status}, but the reply "
        f"{fault}",
        code=code,
        service=call.service,
        upstream_status=reply.status,
        request_id=request_id(reply),
    )


def request_id(reply: Reply) -> str | None:
    """Return the cloud's ID of the call, for its support, None if there is none."""
    from_header = reply.request_id and one_line(reply.request_id)
    return from_header or _first(reply.document, ("request_id",))


def identifier(found: Mapping[str, object], name: str) -> str | None:
    """Return a field if it is a non-empty printable string, None otherwise.

    It may become a segment of a path, so a dot-segment counts as invalid.
    """
    value = found.get(name)
    if not isinstance(value, str) or not value.isprintable() or value in {".", ".."}:
        return None
    return value if 0 < len(value) <= _LENGTH else None


def _code_and_message(body: object) -> tuple[str | None, str | None]:
    """Return the code and the message in an error's body, None for a missing one."""
    code = message = None
    for level in _levels(body):
        code = code or _first(level, _CODES)
        message = message or _first(level, _MESSAGES, _MESSAGE_LENGTH)
    return code, message


def _levels(body: object) -> Iterator[Mapping[str, object]]:
    """Yield the object itself, then those that may be inside it."""
    if isinstance(body, Mapping):
        yield body
        for name in _WRAPPERS:
            if isinstance(body.get(name), Mapping):
                yield body[name]


def _first(level: object, names: tuple[str, ...], length: int = _LENGTH) -> str | None:
    """Return the first field with a string or an integer, as a string on one line."""
    if not isinstance(level, Mapping):
        return None
    for name in names:
        value = level.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value:
            return one_line(str(value), length)
    return None
