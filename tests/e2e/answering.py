"""Invoke an entry with any event and validate its outcome against the schemas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from functions import contracts
from functions.errors import ProvisioningError
from tests.e2e.driving import HANDLERS

RESULT, RAISED = "result", "raised"
HTTP, ALB, SQS = "http.reply", "alb.reply", "sqs.reply"
"""The kinds of outcome; the kind of a response is the name of its schema."""
_PUBLIC = contracts.validator("error").evolve(
    schema={"$ref": "error.schema.json#/$defs/public"}
)
_BODIES = {True: "application/problem+json", False: "application/json"}


class Outcome(NamedTuple):
    """An outcome that matches its schemas.

    `document` is the result, the partial batch response, the parsed body of an HTTP
    response, or the document of the raised error. `status` is the status of the HTTP
    response or of the error, otherwise 0.
    """

    kind: str
    document: Any
    status: int = 0
    error: ProvisioningError | None = None


def invoke(entry: str, event: object, context: object = None) -> Outcome:
    """Return the outcome of an event, whether it is a result, a response or an error.

    Raises: AssertionError, InvalidEvent or ValidationError if the outcome is not
    a documented one.
    """
    try:
        outcome = HANDLERS[entry](event, context)
    except ProvisioningError as error:
        document = json.loads(json.dumps(error.as_document()))
        contracts.check("error", document)
        return Outcome(RAISED, document, error.status, error)
    outcome = json.loads(json.dumps(outcome))
    if isinstance(outcome, Mapping) and "statusCode" in outcome:
        return _response(entry, outcome)
    if isinstance(outcome, Mapping) and "batchItemFailures" in outcome:
        contracts.check(SQS, outcome)
        return Outcome(SQS, outcome)
    _check_results(entry, outcome)
    return Outcome(RESULT, outcome)


def _response(entry: str, response: Mapping[str, Any]) -> Outcome:
    kind = ALB if "statusDescription" in response else HTTP
    contracts.check(kind, response)
    status, document = response["statusCode"], json.loads(response["body"])
    headers = response.get("headers") or {
        name: text for name, (text,) in response["multiValueHeaders"].items()
    }
    assert headers["content-type"] == _BODIES[status >= 400]
    assert ("retry-after" in headers) or status != 503
    if status >= 400:
        _PUBLIC.validate(document)
        assert document["status"] == status
    elif document != {"status": "ok"}:
        _check_results(entry, document)
    return Outcome(kind, document, status)


def _check_results(entry: str, document: object) -> None:
    """Check a result or an array of results, any of which may be an ignored event."""
    for each in document if isinstance(document, list) else [document]:
        is_ignored = isinstance(each, Mapping) and "ignored" in each
        contracts.check("ignored.result" if is_ignored else f"{entry}.result", each)
