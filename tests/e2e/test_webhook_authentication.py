"""HTTP triggers reject every request without a valid signature."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from functions.errors import InvalidEvent
from functions.invocation.tasks import TASKS
from tests.e2e.answering import invoke
from tests.e2e.driving import EVENT, HANDLERS, LISTENER, expect_error
from tests.e2e.samples import HTTP_REQUESTS, decoded_body, sample, signed, with_body
from tests.emulator import Emulator
from tests.unit.signed_webhooks import OTHER, SECRET, secret
from tests.unit.signed_webhooks import signed as signature_of

Forge = Callable[[str], dict[str, Any]]
REMOVED_SECRET = secret("r")
STALE_SECONDS = 305
API, MULTI, BASE64 = (
    f"http-{name}.json" for name in ("api-gateway-v2", "alb-multi-value", "apig")
)
BODY = json.dumps(EVENT)
FORGERIES: dict[str, Forge] = {
    "unsigned": sample,
    "too old": lambda name: signed(name, age_seconds=STALE_SECONDS),
    "too new": lambda name: signed(name, age_seconds=-STALE_SECONDS),
    "replayed with another body": lambda name: with_body(
        signed(name), json.dumps({"resource_id": LISTENER})
    ),
    "replayed with the same body formatted differently": lambda name: with_body(
        signed(name), decoded_body(sample(name)) + " "
    ),
    "signed with a removed secret": lambda name: signed(name, REMOVED_SECRET),
}
FORGED = [
    *((forgery, API, "bootstrap") for forgery in FORGERIES),
    *(("replayed with another body", name, "bootstrap") for name in HTTP_REQUESTS),
    *(("unsigned", MULTI, entry) for entry in TASKS),
]


@pytest.fixture(autouse=True)
def _two_secrets(clean_environment: pytest.MonkeyPatch) -> None:
    """Set two secrets, as during a rotation."""
    clean_environment.setenv("WEBHOOK_SECRETS", f"{OTHER.reveal()} {SECRET.reveal()}")


def assert_only_generic_error(document: dict[str, Any], kind: str, status: int) -> None:
    """Check that the response contains only the type, title and status of the error."""
    assert document.keys() == {"type", "title", "status"}
    assert document["type"].endswith(f"/{kind}")
    assert document["status"] == status


def request(body: str, headers: dict[str, str], **more: object) -> dict[str, Any]:
    """Return a request with these headers in the format of API Gateway."""
    event = {"httpMethod": "POST", "isBase64Encoded": False, "body": body, **more}
    return event | {"headers": {"content-type": "application/json", **headers}}


@pytest.mark.parametrize(
    ("forgery", "name", "entry"), FORGED, ids=[", ".join(each) for each in FORGED]
)
def test_an_unauthenticated_request_is_rejected_without_calling_the_cloud(
    cloud: Emulator, forgery: str, name: str, entry: str
) -> None:
    """A forged request through any gateway gets a 401, and nothing is called."""
    outcome = invoke(entry, FORGERIES[forgery](name))

    assert outcome.status == 401
    assert_only_generic_error(outcome.document, "Unauthenticated", 401)
    assert cloud.calls == []


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("name", [API, MULTI])
def test_a_401_response_contains_a_www_authenticate_header(name: str) -> None:
    """The challenge uses the header format of the gateway."""
    response: Any = HANDLERS["bootstrap"](sample(name), None)
    headers = response.get("headers") or response["multiValueHeaders"]

    assert headers["www-authenticate"] in ("StandardWebhooks", ["StandardWebhooks"])


def test_both_secrets_are_accepted_during_a_rotation(
    mature: Emulator, clean_environment: pytest.MonkeyPatch
) -> None:
    """During a rotation both secrets are valid; afterwards only the new one is."""
    old, new = signed(API, SECRET), signed(API, OTHER)
    assert invoke("bootstrap", old).status == 201
    assert invoke("bootstrap", new).status == 200

    clean_environment.setenv("WEBHOOK_SECRETS", OTHER.reveal())
    before = len(mature.calls)
    assert invoke("bootstrap", old).status == 401
    assert len(mature.calls) == before
    assert invoke("bootstrap", new).status == 200


@pytest.mark.parametrize(
    ("setting", "value"),
    [("SECRETS", ""), ("SECRETS", " "), ("AUTH", "Platform!")],
    ids=["no secret", "a blank secret", "an invalid setting"],
)
def test_a_misconfigured_function_rejects_every_request(
    cloud: Emulator, clean_environment: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    """Signed and unsigned requests get a 500 without details."""
    clean_environment.setenv(f"WEBHOOK_{setting}", value)
    for event in (sample(API), signed(API)):
        assert_only_generic_error(
            invoke("bootstrap", event).document, "Misconfigured", 500
        )

    assert cloud.calls == []


@pytest.mark.parametrize("secrets", ["", SECRET.reveal()])
def test_no_signature_is_required_if_the_platform_authenticates(
    cloud: Emulator, clean_environment: pytest.MonkeyPatch, secrets: str
) -> None:
    """WEBHOOK_AUTH=platform accepts any request, whether or not a secret is set."""
    clean_environment.setenv("WEBHOOK_AUTH", "platform")
    clean_environment.setenv("WEBHOOK_SECRETS", secrets)

    assert invoke("bootstrap", sample(API)).status == 201
    assert len(cloud.logtanks) == 1


def test_a_stale_message_cannot_be_split_differently(cloud: Emulator) -> None:
    """A signed message split at other dots is not a valid request."""
    now = int(time.time())
    then = now - 4_000
    body = json.dumps({**EVENT, "log_stream_name": f"a.{now}.b", "ttl_in_days": 7})
    for identifier in ("m", f"m.{now}", f"{now}.{now}", f"m.{now}.{{"):
        headers = signature_of(body, SECRET, then, identifier)
        text = f"{identifier}.{then}.{body}"
        statuses = set()
        for found in re.finditer(r"\.(?=([0-9]+)\.)", text):
            name, timestamp = text[: found.start()], found[1]
            split = {**headers, "webhook-id": name, "webhook-timestamp": timestamp}
            rest = text[found.end() :].removeprefix(f"{timestamp}.")
            statuses.add(invoke("bootstrap", request(rest, split)).status)
        assert statuses == {400, 401}  # invalid JSON or too old
    assert cloud.calls == []


WEBHOOK_HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"]
HttpEvent = dict[str, Any]
Change = Callable[[HttpEvent, str], HttpEvent]


def _with_value(field: str, change: Callable[[Any], Any]) -> Change:
    """Return a function that changes the value of a header in a field of an event."""
    return lambda event, name: {
        **event,
        field: {**event[field], name: change(event[field][name])},
    }


def _with_title_case(field: str) -> Change:
    """Return a function that adds a header again, with its name in title case."""
    return lambda event, name: {
        **event,
        field: {**event[field], name.title(): event[field][name]},
    }


DUPLICATES = {
    "second in a list": _with_value("multiValueHeaders", lambda values: ["x", *values]),
    "first in a list": _with_value("multiValueHeaders", lambda values: [*values, "x"]),
    "equal values in a list": _with_value(
        "multiValueHeaders", lambda values: values * 2
    ),
    "null in a list": _with_value("multiValueHeaders", lambda values: [*values, None]),
    "an empty list": _with_value("multiValueHeaders", lambda _: []),
    "a different value in a list": _with_value("multiValueHeaders", lambda _: ["x"]),
    "a different value": _with_value("headers", lambda value: f"{value}x"),
    "a list instead of a string": _with_value("headers", lambda value: [value, value]),
    "values joined by a comma": _with_value(
        "headers", lambda value: f"{value},{value}"
    ),
    "a name in title case": _with_title_case("headers"),
    "a list with a name in title case": _with_title_case("multiValueHeaders"),
}
"""Changes to one of the header fields of an event, by what they add."""


@pytest.mark.parametrize("header", WEBHOOK_HEADERS)
@pytest.mark.parametrize("name", HTTP_REQUESTS)
def test_a_duplicate_signature_header_is_rejected(
    cloud: Emulator, name: str, header: str
) -> None:
    """Several values, or header fields that disagree, get a 401 from every gateway."""
    event = signed(name)
    tested = 0
    for description, change in DUPLICATES.items():
        with suppress(KeyError):  # an event may have only one of the two header fields
            status = invoke("bootstrap", change(event, header)).status
            assert status == 401, description
            tested += 1
    assert tested >= 4
    assert cloud.calls == []


@pytest.mark.parametrize("name", HTTP_REQUESTS)
def test_other_headers_may_be_duplicates(mature: Emulator, name: str) -> None:
    """Gateways and proxies may add headers that are not used for authentication."""
    event = signed(name)
    for field, value in (("headers", "b"), ("multiValueHeaders", ["a", "b"])):
        if field in event:
            event[field]["x-forwarded-for"] = value
    assert invoke("bootstrap", event).status == 201
    assert len(mature.logtanks) == 1


@pytest.mark.parametrize("flag", [1, "true", {"a": 1}, None])
def test_a_base64_flag_other_than_true_does_not_decode_the_body(
    cloud: Emulator, flag: object
) -> None:
    """The signature covers the decoded body, so the request is rejected."""
    event = signed(BASE64)
    assert event["isBase64Encoded"] is True

    assert invoke("bootstrap", {**event, "isBase64Encoded": flag}).status == 401
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
    ids=["direct request", "EventBridge", "SQS", "TIMER", "CTS"],
)
def test_an_unsigned_http_request_cannot_pose_as_another_trigger(
    cloud: Emulator, more: dict[str, object]
) -> None:
    """An event with HTTP fields is authenticated even if it also has other fields."""
    assert invoke("bootstrap", request(BODY, {}, **more)).status == 401
    assert cloud.calls == []


UNSAFE = [
    *(".", "..", "../x", "a/b", "a\\b", "%2e%2e", "a?b", "a#b", "a;b", "a@b"),
    *("a\r\nX-Evil: 1", "a\n", "..\n", "\0", "a b", "\uff0e\uff0e", "a&b", "a,b"),
]


@pytest.mark.parametrize("field", ["log_group_id", "project_id", "resource_id"])
def test_an_id_cannot_inject_into_a_call(cloud: Emulator, field: str) -> None:
    """IDs that are unsafe in a path, query or header are rejected before any call."""
    for value in UNSAFE:
        error = expect_error(
            "bootstrap", {**EVENT, "log_stream_name": "n", field: value}
        )
        assert isinstance(error, InvalidEvent)
        assert next(problem.pointer for problem in error.problems) == f"/{field}"
    assert cloud.calls == []


def test_an_enormous_retry_after_is_limited_to_one_day(cloud: Emulator) -> None:
    """The response to an authenticated caller limits `retry-after` to 86400 seconds."""
    fault = {"status": 429, "headers": {"Retry-After": "9" * 400}}
    cloud.fail({"operation": "CreateLogStream", "times": None, **fault})

    response: Any = HANDLERS["bootstrap"](signed(API), None)

    assert (response["statusCode"], response["headers"]["retry-after"]) == (
        503,
        "86400",
    )


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
    ids=["authorizer request", "WebSocket message", "VPC Lattice"],
)
def test_a_request_in_an_unknown_format_is_rejected(
    cloud: Emulator, event: object
) -> None:
    """The body of an unsupported HTTP event is not processed."""
    assert isinstance(expect_error("bootstrap", event), InvalidEvent)
    assert cloud.calls == []


def test_a_replayed_message_creates_nothing(cloud: Emulator) -> None:
    """A replay within five minutes is processed like any redelivery."""
    event = signed(API)
    first, again = invoke("bootstrap", event), invoke("bootstrap", event)

    assert (first.status, again.status) == (201, 200)
    assert again.document == {**first.document, "created": []}
    assert len(cloud.streams) == len(cloud.logtanks) == 1
