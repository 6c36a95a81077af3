"""Nobody gets through an HTTP trigger to the cloud who has not signed the request."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from functions.errors import InvalidEvent
from tests.commands import ENTRIES
from tests.e2e.answering import answered
from tests.e2e.driving import EVENT, HANDLERS, LISTENER, refused
from tests.e2e.samples import REQUESTS, sample, sent, signed, with_body
from tests.emulator import Emulator
from tests.unit.hooks import OTHER, SECRET, secret
from tests.unit.hooks import signed as signature_of

Forge = Callable[[str], dict[str, Any]]
REMOVED = secret("r")
STALE_SECONDS = 305
API, MULTI, BASE64 = (
    f"http-{name}.json" for name in ("api-gateway-v2", "alb-multi-value", "apig")
)
BODY = json.dumps(EVENT)
FORGERIES: dict[str, Forge] = {
    "unsigned": sample,
    "too old": lambda name: signed(name, late=STALE_SECONDS),
    "too new": lambda name: signed(name, late=-STALE_SECONDS),
    "replayed with another body": lambda name: with_body(
        signed(name), json.dumps({"resource_id": LISTENER})
    ),
    "replayed with the same body spelt otherwise": lambda name: with_body(
        signed(name), sent(sample(name)) + " "
    ),
    "signed with a secret that was removed": lambda name: signed(name, REMOVED),
}
FORGED = [
    *((forgery, API, "bootstrap") for forgery in FORGERIES),
    *(("replayed with another body", name, "bootstrap") for name in REQUESTS),
    *(("unsigned", MULTI, entry) for entry in ENTRIES),
]


@pytest.fixture(autouse=True)
def locked(bare: pytest.MonkeyPatch) -> None:
    """Have two secrets, as while one is being replaced."""
    bare.setenv("WEBHOOK_SECRETS", f"{OTHER.reveal()} {SECRET.reveal()}")


def assert_says_nothing(told: dict[str, Any], kind: str, status: int) -> None:
    """Check that the caller learns what kind of failure it is, and no more."""
    assert told.keys() == {"type", "title", "status"}
    assert told["type"].endswith(f"/{kind}")
    assert told["status"] == status


def request(body: str, headers: dict[str, str], **more: object) -> dict[str, Any]:
    """Return a request with these headers, as API Gateway hands it on."""
    event = {"httpMethod": "POST", "isBase64Encoded": False, "body": body, **more}
    return event | {"headers": {"content-type": "application/json", **headers}}


@pytest.mark.parametrize(
    ("forgery", "name", "entry"), FORGED, ids=[", ".join(each) for each in FORGED]
)
def test_an_unauthenticated_caller_is_refused_and_nothing_is_called(
    cloud: Emulator, forgery: str, name: str, entry: str
) -> None:
    """Whichever gateway the request came through."""
    answer = answered(entry, FORGERIES[forgery](name))

    assert answer.status == 401
    assert_says_nothing(answer.told, "Unauthenticated", 401)
    assert cloud.calls == []


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("name", [API, MULTI])
def test_an_unauthenticated_caller_gets_a_challenge(name: str) -> None:
    """In the form of headers that the gateway wants."""
    reply: Any = HANDLERS["bootstrap"](sample(name), None)
    headers = reply.get("headers") or reply["multiValueHeaders"]

    assert headers["www-authenticate"] in ("StandardWebhooks", ["StandardWebhooks"])


def test_both_secrets_are_accepted_while_one_is_being_replaced(
    mature: Emulator, bare: pytest.MonkeyPatch
) -> None:
    """Until the old one is removed: then only the new one is."""
    old, new = signed(API, SECRET), signed(API, OTHER)
    assert answered("bootstrap", old).status == 201
    assert answered("bootstrap", new).status == 200

    bare.setenv("WEBHOOK_SECRETS", OTHER.reveal())
    before = len(mature.calls)
    assert answered("bootstrap", old).status == 401
    assert len(mature.calls) == before
    assert answered("bootstrap", new).status == 200


@pytest.mark.parametrize(
    ("setting", "value"),
    [("SECRETS", ""), ("SECRETS", " "), ("AUTH", "Platform!")],
    ids=["no secret", "a blank secret", "a misspelt setting"],
)
def test_a_function_that_is_set_up_badly_lets_nobody_in(
    cloud: Emulator, bare: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    """The function is at fault, and says no more than that."""
    bare.setenv(f"WEBHOOK_{setting}", value)
    for event in (sample(API), signed(API)):
        assert_says_nothing(answered("bootstrap", event).told, "Misconfigured", 500)

    assert cloud.calls == []


@pytest.mark.parametrize("secrets", ["", SECRET.reveal()])
def test_the_gateways_own_authoriser_is_enough_where_it_is_trusted(
    cloud: Emulator, bare: pytest.MonkeyPatch, secrets: str
) -> None:
    """No signature is asked for then, whether a secret is set or not."""
    bare.setenv("WEBHOOK_AUTH", "platform")
    bare.setenv("WEBHOOK_SECRETS", secrets)

    assert answered("bootstrap", sample(API)).status == 201
    assert len(cloud.logtanks) == 1


def test_a_stale_message_cannot_be_cut_anew(cloud: Emulator) -> None:
    """Full stops join what is signed; no other cut makes a fresh request of it."""
    now = int(time.time())
    then = now - 4_000
    body = json.dumps({**EVENT, "log_stream_name": f"a.{now}.b", "ttl_in_days": 7})
    for identifier in ("m", f"m.{now}", f"{now}.{now}", f"m.{now}.{{"):
        headers = signature_of(body, SECRET, then, identifier)
        text = f"{identifier}.{then}.{body}"
        statuses = set()
        for found in re.finditer(r"\.(?=([0-9]+)\.)", text):
            name, moment = text[: found.start()], found[1]
            cut = {**headers, "webhook-id": name, "webhook-timestamp": moment}
            rest = text[found.end() :].removeprefix(f"{moment}.")
            statuses.add(answered("bootstrap", request(rest, cut)).status)
        assert statuses == {400, 401}  # no JSON, or too old
    assert cloud.calls == []


@pytest.mark.parametrize(
    "name", ["webhook-id", "webhook-timestamp", "webhook-signature"]
)
def test_a_header_that_comes_twice_is_not_accepted(cloud: Emulator, name: str) -> None:
    """Which of the two counts is for nobody to choose."""
    event = signed(MULTI)
    values = event["multiValueHeaders"]
    for doubled in ([*values[name], "x"], ["x", *values[name]], values[name] * 2, []):
        twice = {**event, "multiValueHeaders": {**values, name: doubled}}
        assert answered("bootstrap", twice).status == 401
    assert cloud.calls == []


@pytest.mark.parametrize("flag", [1, "true", {"a": 1}, None])
def test_a_flag_that_is_not_true_decodes_nothing(cloud: Emulator, flag: object) -> None:
    """What was signed is the decoded body, so that nobody is let in."""
    event = signed(BASE64)
    assert event["isBase64Encoded"] is True

    assert answered("bootstrap", {**event, "isBase64Encoded": flag}).status == 401
    assert cloud.calls == []


@pytest.mark.parametrize(
    "more",
    [
        EVENT,
        {"detail-type": "t", "detail": EVENT},
        {"Records": [{"eventSource": "aws:sqs", "body": BODY}]},
        {"trigger_type": "TIMER", "user_event": BODY},
        {"cts": {}},
    ],
    ids=["a request", "EventBridge", "SQS", "TIMER", "CTS"],
)
def test_what_lies_beside_an_unsigned_request_is_not_taken(
    cloud: Emulator, more: dict[str, object]
) -> None:
    """An HTTP request is one whatever else it resembles."""
    assert answered("bootstrap", request(BODY, {}, **more)).status == 401
    assert cloud.calls == []


UNSAFE = [
    *(".", "..", "../x", "a/b", "a\\b", "%2e%2e", "a?b", "a#b", "a;b", "a@b"),
    *("a\r\nX-Evil: 1", "a\n", "..\n", "\0", "a b", "\uff0e\uff0e", "a&b", "a,b"),
]


@pytest.mark.parametrize("field", ["log_group_id", "project_id", "resource_id"])
def test_an_id_cannot_leave_its_place_in_a_call(cloud: Emulator, field: str) -> None:
    """Not in a path, not in a query, not in a header: it is refused before."""
    for value in UNSAFE:
        error = refused("bootstrap", {**EVENT, "log_stream_name": "n", field: value})
        assert isinstance(error, InvalidEvent)
        assert next(problem.pointer for problem in error.problems) == f"/{field}"
    assert cloud.calls == []


def test_a_pause_of_an_age_is_handed_on_as_a_day(cloud: Emulator) -> None:
    """An authenticated caller gets a reply, and a number that they can read."""
    fault = {"status": 429, "headers": {"Retry-After": "9" * 400}}
    cloud.fail({"operation": "CreateLogStream", "times": None, **fault})

    reply: Any = HANDLERS["bootstrap"](signed(API), None)

    assert (reply["statusCode"], reply["headers"]["retry-after"]) == (503, "86400")


@pytest.mark.parametrize(
    "event",
    [
        {
            "routeArn": "arn",
            "body": BODY,
            "requestContext": {"http": {"method": "POST"}},
        },
        {"requestContext": {"connectionId": "c", "eventType": "MESSAGE"}, "body": BODY},
        {"method": "POST", "raw_path": "/", "headers": {}, "body": BODY},
    ],
    ids=["an authorizer's question", "a WebSocket's message", "VPC Lattice"],
)
def test_a_request_of_an_unknown_form_is_rejected(
    cloud: Emulator, event: object
) -> None:
    """Its body is not taken for a request."""
    assert isinstance(refused("bootstrap", event), InvalidEvent)
    assert cloud.calls == []


def test_a_message_that_is_sent_again_creates_nothing(cloud: Emulator) -> None:
    """For five minutes anybody may replay it, which is a delivery like any other."""
    event = signed(API)
    first, again = answered("bootstrap", event), answered("bootstrap", event)

    assert (first.status, again.status) == (201, 200)
    assert again.told == {**first.told, "created": []}
    assert len(cloud.streams) == len(cloud.logtanks) == 1
