"""An answer has the form of its trigger: a reply, a queue's failures, or a raise."""

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
    OutcomeUnknown,
    PayloadTooLarge,
    Problem,
    ProvisioningError,
    ServiceFailed,
    Throttled,
    Unauthenticated,
)
from functions.triggers import responses
from functions.triggers.delivery import Delivery, Message
from functions.triggers.responses import Outcome

GATEWAY: dict[str, object] = {"httpMethod": "POST", "headers": {}}
ELB: dict[str, object] = {"httpMethod": "POST", "requestContext": {"elb": {}}}
MADE: dict[str, object] = {"log_stream_id": "s", "created": True}
THERE: dict[str, object] = {"log_stream_id": "s", "created": False}
IGNORED: dict[str, object] = {"ignored": "why"}
LONE = Delivery([Message([{}])])
INVALID = InvalidEvent(Problem("/a", "is required"))


def several(count: int = 2) -> Delivery:
    """Return what brought an array of so many requests."""
    return Delivery([Message([{}] * count, is_array=True)])


def reply(*outcomes: Outcome, event: dict[str, object] = GATEWAY) -> Any:  # noqa: ANN401 # JSON
    """Return the reply to a lone request, or to an array if there are several."""
    delivery = LONE if len(outcomes) == 1 else several(len(outcomes))
    return responses.reply(event, delivery, outcomes)


@pytest.mark.parametrize("event", [GATEWAY, {**GATEWAY, "multiValueHeaders": {}}])
def test_a_gateway_has_headers_and_a_body_of_text(event: dict[str, object]) -> None:
    """Four keys, of which none may be missing on either platform."""
    assert reply(MADE, event=event) == {
        "statusCode": 201,
        "headers": {"content-type": "application/json"},
        "body": '{"log_stream_id": "s", "created": true}',
        "isBase64Encoded": False,
    }


def test_a_load_balancer_has_the_status_in_words_too() -> None:
    """Else it answers with an error of its own."""
    assert reply(THERE, event={**ELB, "headers": {}}) == {
        "statusCode": 200,
        "statusDescription": "200 OK",
        "headers": {"content-type": "application/json"},
        "body": '{"log_stream_id": "s", "created": false}',
        "isBase64Encoded": False,
    }


def test_a_load_balancer_gets_headers_in_the_form_it_sent() -> None:
    """Lists in place of texts, and never both."""
    event = {**ELB, "multiValueHeaders": {}}

    made = responses.refusal(event, Throttled("x", retry_after=2.0))

    assert made["statusDescription"] == "503 Service Unavailable"
    assert "headers" not in made
    assert made["multiValueHeaders"] == {
        "content-type": ["application/problem+json"],
        "retry-after": ["2"],
    }


def test_a_health_check_is_answered() -> None:
    """In the form of its gateway."""
    made = responses.health({**ELB, "multiValueHeaders": {}})

    assert (made["statusCode"], made["body"]) == (200, '{"status": "ok"}')
    assert made["multiValueHeaders"] == {"content-type": ["application/json"]}


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        ([MADE], 201),
        ([THERE], 200),
        ([{"created": ["log_stream"]}], 201),
        ([{"created": []}], 200),
        ([IGNORED], 200),
        ([THERE, MADE], 201),
        ([THERE, IGNORED], 200),
        ([], 200),
        ([MADE, NotFound("x")], 404),
    ],
)
def test_the_status_says_whether_something_was_made(
    outcomes: list[Outcome], status: int
) -> None:
    """201 if anything was, 200 if all was there or nothing was asked for."""
    assert reply(*outcomes)["statusCode"] == status


@pytest.mark.parametrize(
    ("delivery", "outcomes", "body"),
    [
        (LONE, [MADE], MADE),
        (several(1), [MADE], [MADE]),
        (several(2), [MADE, THERE], [MADE, THERE]),
        (
            Delivery([Message([{}]), Message([{}], is_array=True)]),
            [MADE, THERE],
            [MADE, THERE],
        ),
        (several(0), [], []),
    ],
)
def test_an_array_is_answered_with_an_array(
    delivery: Delivery, outcomes: list[Outcome], body: object
) -> None:
    """In the body of a reply as in what a direct call returns."""
    made: Any = responses.reply(GATEWAY, delivery, outcomes)

    assert json.loads(made["body"]) == body
    assert responses.result_or_raise({}, delivery, outcomes) == body


@pytest.mark.parametrize("error", [INVALID, Busy("x"), OutcomeUnknown("x")])
def test_a_failure_is_a_problem_document(error: ProvisioningError) -> None:
    """RFC 9457, with the status twice; a load balancer has it in words as well."""
    made = reply(error, event=ELB)

    assert made["statusCode"] == error.status
    phrase = HTTPStatus(error.status).phrase
    assert made["statusDescription"] == f"{error.status} {phrase}"
    assert made["headers"]["content-type"] == "application/problem+json"
    assert json.loads(made["body"])["status"] == error.status


def test_a_lone_failure_is_told_as_itself_and_several_as_one() -> None:
    """In an array of one as well."""
    alone = json.loads(reply(INVALID)["body"])
    in_array: Any = responses.reply(GATEWAY, several(1), [INVALID])
    of_two = json.loads(reply(THERE, INVALID)["body"])

    assert alone == INVALID.as_document() == json.loads(in_array["body"])
    assert of_two["code"] == "BatchFailed"
    assert of_two["results"] == [THERE, INVALID.as_document()]


def test_whoever_was_let_in_is_told_more() -> None:
    """A refusal at the door says as little as it can."""
    error = Misconfigured("X is not set")

    inside, outside = reply(error), responses.refusal(GATEWAY, error)

    least = {"type", "title", "status"}
    assert set(json.loads(str(outside["body"]))) == least
    assert set(json.loads(inside["body"])) == {*least, "code", "remedy", "retryable"}
    assert inside["statusCode"] == outside["statusCode"] == 500


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
def test_a_pause_is_told_in_whole_seconds(
    error: ProvisioningError, seconds: str | None
) -> None:
    """Where one is known, and always with 503 (RFC 9110 10.2.3)."""
    assert reply(error)["headers"].get("retry-after") == seconds


@pytest.mark.parametrize(
    ("error", "allow", "challenge"),
    [
        (MethodNotAllowed(Problem("", "x")), "POST", None),
        (Unauthenticated("x"), None, "StandardWebhooks"),
        (PayloadTooLarge(Problem("", "x")), None, None),
        (Misconfigured("x"), None, None),
    ],
)
def test_a_refusal_tells_what_its_status_demands(
    error: ProvisioningError, allow: str | None, challenge: str | None
) -> None:
    """The methods with 405, a challenge with 401 (RFC 9110 10.2.1 and 11.6.1)."""
    made: Any = responses.refusal(GATEWAY, error)

    assert made["statusCode"] == error.status
    assert made["headers"].get("allow") == allow
    assert made["headers"].get("www-authenticate") == challenge


def test_elsewhere_a_failure_is_raised() -> None:
    """A lone request's as it is, several requests' as one."""
    failure = NotFound("x")

    with pytest.raises(NotFound) as raised:
        responses.result_or_raise({}, LONE, [failure])
    assert raised.value is failure
    with pytest.raises(BatchFailed) as batch:
        responses.result_or_raise({}, several(), [MADE, failure])
    assert batch.value.outcomes == (MADE, failure)
    with pytest.raises(Misconfigured):
        responses.raise_it({}, Misconfigured("x"))


LETTERS: dict[str, Outcome] = {"+": MADE, "i": IGNORED, "-": NotFound("x")}


def failures(
    outcomes: str,
    sizes: tuple[int, ...] = (1, 1, 1),
    ids: str = "abc",
    *,
    in_order: bool = False,
) -> str:
    """Return the ids, a letter each, of messages that are to come again.

    The messages have so many requests each; outcomes are a letter of LETTERS each.
    """
    messages = [
        Message([{}] * size, is_array=size != 1, id=each)
        for size, each in zip(sizes, ids, strict=True)
    ]
    delivery = Delivery(messages, is_batch=True, in_order=in_order)
    told = responses.partial_batch_response(
        {}, delivery, [LETTERS[each] for each in outcomes]
    )
    items = told["batchItemFailures"]
    assert isinstance(items, list)
    again = "".join(item["itemIdentifier"] for item in items)
    assert told == {"batchItemFailures": [{"itemIdentifier": each} for each in again]}
    return again


@pytest.mark.parametrize(
    ("outcomes", "sizes", "again", "again_in_order"),
    [
        ("+++", (1, 1, 1), "", ""),
        ("i+i", (1, 1, 1), "", ""),
        ("+-+", (1, 1, 1), "b", "bc"),
        ("-+-", (1, 1, 1), "ac", "abc"),
        ("++-", (1, 1, 1), "c", "c"),
        ("++", (1, 1, 1), "c", "c"),
        ("-", (1, 1, 1), "abc", "abc"),
        ("++++", (3, 0, 1), "", ""),
        ("-+++", (3, 0, 1), "a", "abc"),
        ("++-+", (3, 0, 1), "a", "abc"),
        ("+++-", (3, 0, 1), "c", "c"),
        ("+-", (1, 2, 1), "bc", "bc"),
        ("-", (0, 1, 0), "b", "bc"),
        ("", (0, 1, 0), "b", "bc"),
        ("", (0, 0, 0), "", ""),
    ],
)
def test_a_queue_is_told_which_messages_are_to_come_again(
    outcomes: str, sizes: tuple[int, ...], again: str, again_in_order: str
) -> None:
    """Those not done in full; of a FIFO queue also all that follow the first of them.

    A request that was not begun has no outcome, and its message is not done.
    """
    assert failures(outcomes, sizes) == again
    assert failures(outcomes, sizes, in_order=True) == again_in_order


def test_messages_of_one_id_are_told_as_often_as_they_came() -> None:
    """Which of them failed makes no difference to the queue."""
    assert failures("+--", ids="aaa") == "aa"


def test_an_event_that_fails_as_a_whole_comes_again_as_a_whole() -> None:
    """A message without an id has the empty one, which makes all of them come again."""
    event = {"Records": [{"messageId": "a"}, {}, None]}

    assert responses.fail_entire_batch(event, Misconfigured("x")) == {
        "batchItemFailures": [{"itemIdentifier": each} for each in ("a", "", "")]
    }
