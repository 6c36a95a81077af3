"""Formats responses: over HTTP, as failed messages of a queue, returned, or raised.

Each kind has two functions: one takes the outcomes of all requests in order, the other
the error for which a whole event is rejected.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType

from functions.errors import (
    BatchFailed,
    MethodNotAllowed,
    Outcome,
    Problem,
    ProvisioningError,
    Result,
    ResultTooLarge,
    Unauthenticated,
    as_json,
)
from functions.triggers import records, redaction
from functions.triggers.delivery import Delivery, Event
from functions.triggers.http_request import HttpRequest

MAX_BYTES = 6 * 1024 * 1024 - 1024
"""The limit of both platforms for a synchronous result, less a margin."""
MAX_ASYNCHRONOUS_BYTES = 256 * 1024
"""FunctionGraph's limit; a larger result never reaches the destination."""
_MAX_LOAD_BALANCER_BYTES = 1024 * 1024
_PAUSE_SECONDS = 5
"""The default for Retry-After."""


def http(
    request: HttpRequest, delivery: Delivery, outcomes: Sequence[Outcome | None]
) -> Result:
    """Return an HTTP response: 201 if anything was created, else 200."""
    if error := _failure(outcomes):
        return _problem(request, error, redaction.for_authenticated_caller(error))
    created = any(isinstance(each, dict) and each.get("created") for each in outcomes)
    status = HTTPStatus.CREATED if created else HTTPStatus.OK
    return _response(request, status, _result(delivery, outcomes), "application/json")


def max_http_bytes(request: HttpRequest) -> int:
    """Return the largest response that a request's gateway accepts."""
    return _MAX_LOAD_BALANCER_BYTES if request.is_from_load_balancer else MAX_BYTES


def require_size(result: object, max_bytes: int) -> None:
    """Raise unless a result is within its trigger's limit.

    Raises: ResultTooLarge.
    """
    if (size := len(as_json(result).encode())) > max_bytes:
        raise ResultTooLarge(
            Problem("", f"has a result of {size} bytes; the limit is {max_bytes}")
        )


def http_refusal(request: HttpRequest, error: ProvisioningError) -> Result:
    """Return the response to a request that was not admitted, or could not be read."""
    return _problem(request, error, redaction.for_unauthenticated_caller(error))


def health_check(request: HttpRequest) -> Result | None:
    """Return the response to a load balancer's health check, None to other requests."""
    if not request.is_health_check():
        return None
    return _response(request, HTTPStatus.OK, {"status": "ok"}, "application/json")


def partial_batch_response(
    _event: object, delivery: Delivery, outcomes: Sequence[Outcome | None]
) -> Result:
    """Return which messages of an SQS queue have to be delivered again.

    A message is done if all of its items succeeded. In a FIFO queue, a message that is
    not done and all later ones of its group are delivered again.
    """
    rest = iter(outcomes)
    failed: list[str] = []
    failed_groups: set[str] = set()
    for message in delivery.messages:
        ended = [next(rest) for _ in message.items]
        if all(isinstance(each, dict) for each in ended) and (
            message.group not in failed_groups
        ):
            continue
        failed.append(message.id)
        if message.group is not None:
            failed_groups.add(message.group)
    return _items(failed)


def fail_entire_batch(event: Event, _error: ProvisioningError) -> Result:
    """Return all messages of an SQS queue as failed, so that they are redelivered."""
    return _items(records.sqs_ids(event))


def result_or_raise(
    _event: object, delivery: Delivery, outcomes: Sequence[Outcome | None]
) -> object:
    """Return the results, or raise, because platforms recognize only raised failures.

    Raises: the error of the only request; BatchFailed if there are several.
    """
    if error := _failure(outcomes):
        raise error
    return _result(delivery, outcomes)


def raise_error(_event: object, error: ProvisioningError) -> object:
    """Raise the error for which an event is refused."""
    raise error


def _failures(outcomes: Sequence[Outcome | None]) -> list[ProvisioningError]:
    return [each for each in outcomes if isinstance(each, ProvisioningError)]


def _failure(outcomes: Sequence[Outcome | None]) -> ProvisioningError | None:
    """Return one error for all failures: the only request's own, or BatchFailed."""
    failures = _failures(outcomes)
    if not failures:
        return None
    tried = [each for each in outcomes if each is not None]
    return failures[0] if len(outcomes) == 1 else BatchFailed(tried)


def _result(delivery: Delivery, outcomes: Sequence[Outcome | None]) -> object:
    return list(outcomes) if delivery.is_array() else outcomes[0]


def _items(ids: Iterable[str]) -> Result:
    return {"batchItemFailures": [{"itemIdentifier": each} for each in ids]}


def _problem(
    request: HttpRequest, error: ProvisioningError, document: Result
) -> Result:
    """Return an error's response (RFC 9457), with the headers that its status needs."""
    media_type = "application/problem+json"
    return _response(request, error.status, document, media_type, _advice(error))


def _advice(error: ProvisioningError) -> Mapping[str, str]:
    """Return the headers that RFC 9110 requires with a status (10.2.1, 11.6.1)."""
    if isinstance(error, MethodNotAllowed):
        return {"allow": "POST"}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": "StandardWebhooks"}
    if error.retry_after or error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"retry-after": str(math.ceil(error.retry_after or _PAUSE_SECONDS))}
    return {}


def _response(
    request: HttpRequest,
    status: int,
    document: object,
    media_type: str,
    more: Mapping[str, str] = MappingProxyType({}),
) -> Result:
    """Return a response in the form of the gateway that sent the request.

    A load balancer requires the status in words, and headers in the form of its event.
    """
    headers = {"content-type": media_type, **more}
    response: Result = {
        "statusCode": int(status),
        "headers": headers,
        "body": as_json(document),
        "isBase64Encoded": False,
    }
    if request.is_from_load_balancer:
        response["statusDescription"] = f"{status:d} {HTTPStatus(status).phrase}"
        if request.has_multi_value_headers:
            del response["headers"]
            response["multiValueHeaders"] = {n: [v] for n, v in headers.items()}
    return response
