"""What an entry answers to an event of any trigger, held against its schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from functions import contracts
from functions.contracts import schema_files
from functions.errors import ProvisioningError
from tests.e2e.driving import HANDLERS

RESULT, RAISED = "result", "raised"
HTTP, ALB, SQS = "http.reply", "alb.reply", "sqs.reply"
"""The kinds of answer; of a reply, the name of its schema."""
_PUBLIC = contracts.validator("error").evolve(
    schema={"$ref": f"{schema_files.BASE}error.schema.json#/$defs/public"}
)
_BODIES = {True: "application/problem+json", False: "application/json"}


class Answer(NamedTuple):
    """An answer that keeps its schemas.

    `told` is the result, the reply to a queue, or the document of a reply's body or of
    the error that was raised; `status` is an HTTP reply's or an error's, else 0.
    """

    kind: str
    told: Any
    status: int = 0
    error: ProvisioningError | None = None


def answered(entry: str, event: object, context: object = None) -> Answer:
    """Return an entry's answer to an event, whichever it is.

    Raises: AssertionError, InvalidEvent or ValidationError if it is none of those that
    are documented.
    """
    try:
        answer = HANDLERS[entry](event, context)
    except ProvisioningError as error:
        document = json.loads(json.dumps(error.as_document()))
        contracts.check("error", document)
        return Answer(RAISED, document, error.status, error)
    answer = json.loads(json.dumps(answer))
    if isinstance(answer, Mapping) and "statusCode" in answer:
        return _reply(entry, answer)
    if isinstance(answer, Mapping) and "batchItemFailures" in answer:
        contracts.check(SQS, answer)
        return Answer(SQS, answer)
    _check_results(entry, answer)
    return Answer(RESULT, answer)


def _reply(entry: str, reply: Mapping[str, Any]) -> Answer:
    kind = ALB if "statusDescription" in reply else HTTP
    contracts.check(kind, reply)
    status, told = reply["statusCode"], json.loads(reply["body"])
    headers = reply.get("headers") or {
        name: text for name, (text,) in reply["multiValueHeaders"].items()
    }
    assert headers["content-type"] == _BODIES[status >= 400]
    assert ("retry-after" in headers) or status != 503
    if status >= 400:
        _PUBLIC.validate(told)
        assert told["status"] == status
    elif told != {"status": "ok"}:
        _check_results(entry, told)
    return Answer(kind, told, status)


def _check_results(entry: str, told: object) -> None:
    """Let a result pass, or an array of them, of which some may ask for nothing."""
    for each in told if isinstance(told, list) else [told]:
        is_ignored = isinstance(each, Mapping) and "ignored" in each
        contracts.check("ignored.result" if is_ignored else f"{entry}.result", each)
