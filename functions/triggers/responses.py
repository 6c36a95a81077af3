"""How an answer gets out: a reply to HTTP, a queue's failures, a result or a raise.

Each way has two functions: one answers with the outcomes of all requests, in order;
one refuses an event as a whole.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
from types import MappingProxyType

from functions.errors import (
    BatchFailed,
    MethodNotAllowed,
    ProvisioningError,
    Unauthenticated,
)
from functions.triggers import records, redaction, webhook
from functions.triggers.delivery import Delivery

Result = dict[str, object]
Outcome = Result | ProvisioningError
Event = Mapping[str, object]

_PAUSE_SECONDS = 5
"""Asked for before another try where nothing says how long."""


def reply(event: Event, delivery: Delivery, outcomes: Sequence[Outcome]) -> Result:
    """Return an HTTP reply: 201 if something was made, 200 if all was there."""
    if error := _failure(outcomes):
        return _problem(event, error, redaction.document(error))
    made = any(isinstance(each, dict) and each.get("created") for each in outcomes)
    status = HTTPStatus.CREATED if made else HTTPStatus.OK
    return _http(event, status, _result(delivery, outcomes), "application/json")


def refusal(event: Event, error: ProvisioningError) -> Result:
    """Return the HTTP reply to a sender who was not let in, or not listened to."""
    return _problem(event, error, redaction.for_unauthenticated_caller(error))


def health(event: Event) -> Result:
    """Return the reply to a load balancer's health check."""
    return _http(event, HTTPStatus.OK, {"status": "ok"}, "application/json")


def partial_batch_response(
    _event: Event, delivery: Delivery, outcomes: Sequence[Outcome]
) -> Result:
    """Return which messages of an SQS queue are to come again.

    A message is done if all that is in it is; of a FIFO queue, everything from the
    first one on that is not comes again.
    """
    rest = iter(outcomes)
    done = [
        len(told := list(islice(rest, len(message.items)))) == len(message.items)
        and not _failures(told)
        for message in delivery.messages
    ]
    if delivery.in_order and not all(done):
        first = done.index(False)
        done[first:] = [False] * (len(done) - first)
    pairs = zip(delivery.messages, done, strict=True)
    return _items(message.id for message, is_done in pairs if not is_done)


def fail_entire_batch(event: Event, _error: ProvisioningError) -> Result:
    """Return that all messages of an SQS queue are to come again."""
    return _items(records.sqs_ids(event))


def result_or_raise(
    _event: Event, delivery: Delivery, outcomes: Sequence[Outcome]
) -> object:
    """Return the results: platforms see a failure in what is raised alone.

    Raises: the error of a lone request; BatchFailed if there are several.
    """
    if error := _failure(outcomes):
        raise error
    return _result(delivery, outcomes)


def raise_it(_event: Event, error: ProvisioningError) -> object:
    """Raise what an event was refused for."""
    raise error


def _failures(outcomes: Sequence[Outcome]) -> list[ProvisioningError]:
    return [each for each in outcomes if isinstance(each, ProvisioningError)]


def _failure(outcomes: Sequence[Outcome]) -> ProvisioningError | None:
    """Return what all failures come to: a lone request's is its own."""
    failures = _failures(outcomes)
    if not failures:
        return None
    return failures[0] if len(outcomes) == 1 else BatchFailed(outcomes)


def _result(delivery: Delivery, outcomes: Sequence[Outcome]) -> object:
    return list(outcomes) if delivery.is_array() else outcomes[0]


def _items(ids: Iterable[str]) -> Result:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}


def _problem(event: Event, error: ProvisioningError, document: Result) -> Result:
    """Return an error's reply (RFC 9457), with what its status asks for besides."""
    return _http(
        event, error.status, document, "application/problem+json", _advice(error)
    )


def _advice(error: ProvisioningError) -> Mapping[str, str]:
    """Return the headers that RFC 9110 wants with a status (10.2.1, 10.2.3, 11.6.1)."""
    if isinstance(error, MethodNotAllowed):
        return {"allow": "POST"}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": "StandardWebhooks"}
    if error.retry_after or error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"retry-after": str(math.ceil(error.retry_after or _PAUSE_SECONDS))}
    return {}


def _http(
    event: Event,
    status: int,
    document: object,
    media_type: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Result:
    """Return a reply in the form of the gateway that the request came from.

    A load balancer wants the status in words, and headers in the form it sent them.
    """
    headers = {"content-type": media_type, **more}
    made: Result = {
        "statusCode": int(status),
        "headers": headers,
        "body": json.dumps(document),
        "isBase64Encoded": False,
    }
    if webhook.is_of_load_balancer(event):
        made["statusDescription"] = f"{status:d} {HTTPStatus(status).phrase}"
        if "multiValueHeaders" in event:
            del made["headers"]
            made["multiValueHeaders"] = {n: [v] for n, v in headers.items()}
    return made
