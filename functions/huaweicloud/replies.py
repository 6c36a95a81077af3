"""What a reply says: the document that was asked for, or one of our errors.

All shapes in which the services, the gateway and IAM write an error are read here:
`error_code` and `error_msg`, their camel-case forms, `code` and `message`, and either
of these inside `error` or `message`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus

from functions.errors import (
    AuthenticationFailed,
    ProvisioningError,
    UnintelligibleReply,
)
from functions.errors.codes import meaning
from functions.transport.calls import Call, Reply

_CODES = ("error_code", "errorCode", "code")
_MESSAGES = ("error_msg", "errorMsg", "errorMessage", "message", "details")
_WRAPPERS = ("error", "message")
_MESSAGE_LENGTH = 300
_LENGTH = 200
_SKEW_SECONDS = 60.0


def document(call: Call, reply: Reply) -> Mapping[str, object]:
    """Return the JSON object of a success.

    Raises: the error that the reply is; UnintelligibleReply for a success that is no
    JSON object, or that carries an error's code (LTS documents such an answer).
    """
    check(call, reply)
    if not isinstance(reply.document, Mapping):
        raise unintelligible(call, reply, "is no JSON object")
    code = _first(reply.document, _CODES[:2])
    if code:
        raise unintelligible(call, reply, "carries an error's code", code=code)
    return reply.document


def check(call: Call, reply: Reply) -> None:
    """Let a success pass, whatever is in it.

    Raises: the error that the reply is.
    """
    if failure := failure_of(call, reply):
        raise failure


def failure_of(call: Call, reply: Reply) -> ProvisioningError | None:
    """Return the error that a reply is, or None for a success (2xx)."""
    if HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    code, message = _said(reply.document)
    kind, remedy = meaning(reply.status, code)
    said = f": {message}" if message else ", without saying why"
    return kind(
        f"{call.service} answered {call.operation} with {reply.status}{said}"
        f"{_skew(reply) if kind is AuthenticationFailed else ''}",
        code=code,
        service=call.service,
        upstream_status=reply.status,
        request_id=request_id(reply),
        retry_after=reply.retry_after,
        remedy=remedy,
    )


def _skew(reply: Reply) -> str:
    """Return what is to be said of a clock so wrong that signatures fail by it."""
    if abs(reply.clock_ahead) < _SKEW_SECONDS:
        return ""
    where = "ahead of" if reply.clock_ahead > 0 else "behind"
    seconds = f"{abs(reply.clock_ahead):.0f}"
    return f" (this function's clock is {seconds} seconds {where} the cloud's)"


def unintelligible(
    call: Call, reply: Reply, fault: str, code: str | None = None
) -> UnintelligibleReply:
    """Return the error for a success that is of no use; `fault` says why it is not."""
    return UnintelligibleReply(
        f"{call.service} answered {call.operation} with {reply.status}, but the answer "
        f"{fault}",
        code=code,
        service=call.service,
        upstream_status=reply.status,
        request_id=request_id(reply),
    )


def request_id(reply: Reply) -> str | None:
    """Return the id by which the cloud's support finds the call, if it gave one."""
    told = reply.request_id and clean(reply.request_id)
    return told or _first(reply.document, ("request_id",))


def identifier(found: Mapping[str, object], name: str) -> str | None:
    """Return a field that must be a filled text of sane characters, None if not.

    It may become a segment of a path: two full stops would lead out of it.
    """
    value = found.get(name)
    if not isinstance(value, str) or not value.isprintable() or value in {".", ".."}:
        return None
    return value if 0 < len(value) <= _LENGTH else None


def _said(body: object) -> tuple[str | None, str | None]:
    """Return the code and the message of an error's body, each where it has one."""
    code = message = None
    for level in _levels(body):
        code = code or _first(level, _CODES)
        message = message or _first(level, _MESSAGES, _MESSAGE_LENGTH)
    return code, message


def _levels(body: object) -> Iterator[Mapping[str, object]]:
    """Yield the object itself, then those that are known to be inside it."""
    if isinstance(body, Mapping):
        yield body
        for name in _WRAPPERS:
            if isinstance(body.get(name), Mapping):
                yield body[name]


def _first(level: object, names: tuple[str, ...], length: int = _LENGTH) -> str | None:
    """Return the first of these fields that holds text or a whole number, as text."""
    if not isinstance(level, Mapping):
        return None
    for name in names:
        value = level.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value:
            return clean(str(value), length)
    return None


def clean(text: str, length: int = _LENGTH) -> str:
    """Return a text from outside on one line, printable, and not too long."""
    line = " ".join(text.split())[:length]
    if line.isprintable():
        return line
    return "".join(each if each.isprintable() else "?" for each in line)
