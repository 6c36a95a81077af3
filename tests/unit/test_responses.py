"""Each trigger gets its response format: HTTP, a partial batch, or a raised error."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

import pytest

from functions.errors import (
    BatchFailed,
    Busy,
    InvalidEvent,
    MethodNotAllowed,
    Misconfigured,
    NotFound,
    Outcome,
    OutcomeUnknown,
    PayloadTooLarge,
    Problem,
    ProvisioningError,
    ServiceFailed,
    Throttled,
    Unauthenticated,
)
from functions.triggers import http_request, responses
from functions.triggers.delivery import Delivery, Message

GATEWAY: dict[str, object] = {"httpMethod": "POST", "headers": {}}
ELB: dict[str, object] = {"httpMethod": "POST", "requestContext": {"elb": {}}}
CREATED: dict[str, object] = {"log_stream_id": "s", "created": True}
EXISTING: dict[str, object] = {"log_stream_id": "s", "created": False}
IGNORED: dict[str, object] = {"ignored": "why"}
REQUEST = http_request.parse(GATEWAY)
SINGLE = Delivery([Message([{}])])
MIXED = Delivery([Message([{}]), Message([{}], is_array=True)])
INVALID = InvalidEvent(Problem("/a", "is required"))


def array_of(count: int = 2) -> Delivery:
    """Return the delivery of one array with this many requests."""
    return Delivery([Message([{}] * count, is_array=True)])


def respond(*outcomes: Outcome, event: dict[str, object] = GATEWAY) -> Any:  # noqa: ANN401 # JSON
    """Return the HTTP response to one request, or to an array if there are several."""
    delivery = SINGLE if len(outcomes) == 1 else array_of(len(outcomes))
    return responses.http(http_request.parse(event), delivery, outcomes)


@pytest.mark.parametrize("event", [GATEWAY, {**GATEWAY, "multiValueHeaders": {}}])
def test_a_gateway_gets_headers_and_a_text_body(event: dict[str, object]) -> None:
    """The response has the four keys that both platforms require."""
    assert respond(CREATED, event=event) == {
        "statusCode": 201,
        "headers": {"content-type": "application/json"},
        "body": '{"log_stream_id": "s", "created": true}',
        "isBase64Encoded": False,
    }


def test_a_load_balancer_response_has_a_status_description() -> None:
    """Without it, the load balancer answers with an error of its own."""
    assert respond(EXISTING, event={**ELB, "headers": {}}) == {
        "statusCode": 200,
        "statusDescription": "200 OK",
        "headers": {"content-type": "application/json"},
        "body": '{"log_stream_id": "s", "created": false}',
        "isBase64Encoded": False,
    }


def test_a_load_balancer_gets_headers_in_the_format_that_it_sent() -> None:
    """The response has multi-value headers instead of plain ones, and never both."""
    event = {**ELB, "multiValueHeaders": {}}

    request, error = http_request.parse(event), Throttled("x", retry_after=2.0)
    response = responses.http_refusal(request, error)

    assert response["statusDescription"] == "503 Service Unavailable"
    assert "headers" not in response
    assert response["multiValueHeaders"] == {
        "content-type": ["application/problem+json"],
        "retry-after": ["2"],
    }


def test_a_health_check_is_answered() -> None:
    """The response has the format of its gateway."""
    checker = {"User-Agent": ["ELB-HealthChecker/2.0"]}
    event = {**ELB, "httpMethod": "GET", "multiValueHeaders": checker}
    response = responses.health_check(http_request.parse(event))

    assert response is not None
    assert (response["statusCode"], response["body"]) == (200, '{"status": "ok"}')
    assert response["multiValueHeaders"] == {"content-type": ["application/json"]}
    assert responses.health_check(http_request.parse(ELB)) is None


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([CREATED], 201),
        ([EXISTING], 200),
        ([{"created": ["log_stream"]}], 201),
        ([{"created": []}], 200),
        ([IGNORED], 200),
        ([EXISTING, CREATED], 201),
        ([EXISTING, IGNORED], 200),
        ([], 200),
        ([CREATED, NotFound("x")], 404),
    ],
)
def test_the_status_says_whether_something_was_created(
    outcomes: list[Outcome], status: int
) -> None:
    """The status is 201 if anything was created, otherwise 200."""
    assert respond(*outcomes)["statusCode"] == status


@pytest.mark.parametrize(
    ("delivery", "outcomes", "body"),
    [
        (SINGLE, [CREATED], CREATED),
        (array_of(1), [CREATED], [CREATED]),
        (array_of(2), [CREATED, EXISTING], [CREATED, EXISTING]),
        (MIXED, [CREATED, EXISTING], [CREATED, EXISTING]),
        (array_of(0), [], []),
    ],
)
def test_an_array_request_gets_an_array_response(
    delivery: Delivery, outcomes: list[Outcome], body: object
) -> None:
    """This holds for HTTP response bodies and for results of direct calls."""
    response: Any = responses.http(REQUEST, delivery, outcomes)

    assert json.loads(response["body"]) == body
    assert responses.result_or_raise({}, delivery, outcomes) == body


@pytest.mark.parametrize("error", [INVALID, Busy("x"), OutcomeUnknown("x")])
def test_a_failure_is_a_problem_document(error: ProvisioningError) -> None:
    """The document follows RFC 9457; load balancers also get a description."""
    response = respond(error, event=ELB)

    assert response["statusCode"] == error.status
    phrase = HTTPStatus(error.status).phrase
    assert response["statusDescription"] == f"{error.status} {phrase}"
    assert response["headers"]["content-type"] == "application/problem+json"
    assert json.loads(response["body"])["status"] == error.status


def test_a_single_failure_is_returned_directly_and_several_as_a_batch() -> None:
    """The only request of an array is also answered with its own error."""
    alone = json.loads(respond(INVALID)["body"])
    in_array: Any = responses.http(REQUEST, array_of(1), [INVALID])
    of_two = json.loads(respond(EXISTING, INVALID)["body"])

    assert alone == INVALID.as_document() == json.loads(in_array["body"])
    assert of_two["code"] == "BatchFailed"
    assert of_two["results"] == [EXISTING, INVALID.as_document()]


def test_authenticated_callers_get_more_details() -> None:
    """The response to an unauthenticated caller has only type, title and status."""
    error = Misconfigured("X is not set")

    authenticated = respond(error)
    unauthenticated: Any = responses.http_refusal(REQUEST, error)

    public = {"type", "title", "status"}
    assert set(json.loads(unauthenticated["body"])) == public
    more = {"code", "remedy", "retryable"}
    assert set(json.loads(authenticated["body"])) == public | more
    assert authenticated["statusCode"] == unauthenticated["statusCode"] == 500


@pytest.mark.parametrize(
    ("error", "seconds"),
    [
        (Throttled("x", retry_after=2.0), "2"),
        (Throttled("x", retry_after=0.2), "1"),
        (Throttled("x", retry_after=2.001), "3"),
        (Throttled("x"), "5"),
        (Throttled("x", retry_after=0.0), "5"),
        (ServiceFailed("x", retry_after=7.0), "7"),
        (BatchFailed([Throttled("x", retry_after=9), Busy("x", retry_after=3)]), "9"),
        (BatchFailed([Busy("x"), NotFound("x")]), "5"),
        (ServiceFailed("x"), None),
        (NotFound("x"), None),
    ],
)
def test_retry_after_is_in_whole_seconds(
    error: ProvisioningError, seconds: str | None
) -> None:
    """It is sent if a pause is known, and always with 503 (RFC 9110 10.2.3)."""
    assert respond(error)["headers"].get("retry-after") == seconds


@pytest.mark.parametrize(
    ("error", "allow", "challenge"),
    [
        (MethodNotAllowed(Problem("", "x")), "POST", None),
        (Unauthenticated("x"), None, "StandardWebhooks"),
        (PayloadTooLarge(Problem("", "x")), None, None),
        (Misconfigured("x"), None, None),
    ],
)
def test_a_refusal_has_the_headers_that_its_status_requires(
    error: ProvisioningError, allow: str | None, challenge: str | None
) -> None:
    """405 has `Allow`, and 401 a challenge (RFC 9110 10.2.1 and 11.6.1)."""
    response: Any = responses.http_refusal(REQUEST, error)

    assert response["statusCode"] == error.status
    assert response["headers"].get("allow") == allow
    assert response["headers"].get("www-authenticate") == challenge


def test_other_triggers_raise_the_failure() -> None:
    """A single request raises its own error, several requests raise a BatchFailed."""
    failure = NotFound("x")

    with pytest.raises(NotFound) as raised:
        responses.result_or_raise({}, SINGLE, [failure])
    assert raised.value is failure
    with pytest.raises(BatchFailed) as batch:
        responses.result_or_raise({}, array_of(), [CREATED, failure])
    assert batch.value.outcomes == (CREATED, failure)
    with pytest.raises(Misconfigured):
        responses.raise_error({}, Misconfigured("x"))
