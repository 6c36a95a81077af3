"""Events of every trigger are processed, and answered in the trigger's format."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

from functions import (
    bootstrap,
    create_log_stream,
    create_logtank,
    status,
    triggers,
)
from functions.errors import InvalidEvent, Malfunction, ResultTooLarge
from functions.invocation import run
from functions.invocation.warm_state import WarmState
from functions.settings.aws_secret import SecretCache
from tests.byte_server import document, serving
from tests.unit.invocations import (
    GONE,
    STREAM,
    Handler,
    context,
    from_queue,
    invoked,
    lines,
    partial_batch_response,
    post,
)
from tests.unit.signed_webhooks import OTHER, SECRET, signed

ID = "78d425da-4d5f-422f-b13b-40aa3f49bc55"
REQUEST = {"log_stream_name": "n"}
RESULT = {"log_group_id": "g", "log_stream_id": "s", "created": True}
SIGNED = {"WEBHOOK_SECRETS": SECRET.reveal()}
UNSIGNED = {"WEBHOOK_AUTH": "platform"}


@pytest.mark.parametrize(
    ("handler", "event"),
    [
        (bootstrap.handler, {"key": "value"}),
        (bootstrap.handler, [{"key": "value"}]),
        (create_log_stream.handler, {"resource_id": ID}),
        (create_logtank.handler, {"resource_id": ID}),
        (bootstrap.handler, None),
    ],
)
def test_an_unrecognized_event_gets_a_general_remedy(
    handler: Handler, event: object
) -> None:
    """The remedy names the schema and every supported trigger."""
    with pytest.raises(InvalidEvent) as raised:
        handler(event, context())

    name = handler.__module__.rpartition(".")[2]
    assert raised.value.remedy == triggers.remedy(f"{name}.event")


@pytest.mark.parametrize("event", [{"resource_id": 7}, {"key": 1, "wait_seconds": 1}])
def test_an_event_with_a_known_field_gets_the_schemas_remedy(event: object) -> None:
    """It was meant as a request, so the remedy does not mention triggers."""
    with pytest.raises(InvalidEvent) as raised:
        bootstrap.handler(event, context())

    assert raised.value.remedy == InvalidEvent.remedy


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ({"key": 1}, "direct"),
        ({"cts": {}}, "CTS"),
        (from_queue({}), "SQS"),
        (post({}), "HTTP"),
    ],
)
def test_every_log_line_names_the_trigger(
    event: object, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The name is that of the row in the trigger table."""
    outcomes: list[object] = []
    try:
        outcomes.append(bootstrap.handler(event, context()))
    except InvalidEvent as error:
        outcomes.append(error)

    assert len(outcomes) == 1
    assert {line["trigger"] for line in lines(capsys)} == {name}


def fail(*_arguments: object) -> NoReturn:
    """Raise an unexpected exception."""
    raise RuntimeError("hush-hush!")


def failing_context() -> SimpleNamespace:
    """Return a context in which every method raises an exception."""
    return SimpleNamespace(**dict.fromkeys(vars(context()), fail))


def test_a_signed_request_is_processed() -> None:
    """The response has the status 201."""
    hook = signed(json.dumps(REQUEST), moment=int(time.time()))
    settings = {"WEBHOOK_SECRETS": f"{OTHER.reveal()} {SECRET.reveal()}"}

    reply = invoked(
        create_log_stream.handler, post(REQUEST, **hook), STREAM, **settings
    )

    assert reply["statusCode"] == 201
    assert json.loads(reply["body"]) == RESULT


@pytest.mark.parametrize(
    ("event", "settings", "status"),
    [
        (post(REQUEST), {}, 500),
        (post(REQUEST), {"WEBHOOK_SECRETS": "whsec_short"}, 500),
        (post(REQUEST), SIGNED, 401),
        (post(REQUEST), {**SIGNED, "RETRY_ATTEMPTS": "0"}, 500),
        (post(REQUEST) | {"httpMethod": "GET"}, {}, 405),
        (post(REQUEST, **{"content-type": "text/plain"}), UNSIGNED, 415),
        (post("x" * 262_143), UNSIGNED, 413),
        (post({"key": 1}), UNSIGNED, 400),
        (post({"cts": {}}), UNSIGNED, 200),
        (post([]), UNSIGNED, 200),
    ],
)
def test_an_http_error_is_a_response_and_not_an_exception(
    event: object, settings: dict[str, str], status: int
) -> None:
    """Invalid requests and settings get a status, and no request is sent."""
    with serving() as server:
        reply: Any = create_log_stream.handler(
            event, context(server.endpoint, **settings)
        )

    assert reply["statusCode"] == status
    assert server.requests == []


def test_a_health_check_needs_no_settings(capsys: pytest.CaptureFixture[str]) -> None:
    """It is answered even if the context is broken, and is not logged."""
    agent = {"user-agent": "ELB-HealthChecker/2.0"}
    event = {"httpMethod": "GET", "requestContext": {"elb": {}}, "headers": agent}

    reply: Any = bootstrap.handler(event, failing_context())

    assert reply["statusDescription"] == "200 OK"
    assert lines(capsys) == []


def test_a_queue_response_lists_the_failed_messages() -> None:
    """For a FIFO queue it also lists all messages after the first failed one."""
    requests = [{"log_stream_name": name} for name in "abc"]
    answers = (STREAM, GONE, STREAM)
    handler = create_log_stream.handler

    unordered, fifo = from_queue(*requests), from_queue(*requests, queue="q.fifo")
    assert invoked(handler, unordered, *answers) == partial_batch_response("1")
    assert invoked(handler, fifo, *answers) == partial_batch_response("1", "2")


def test_a_fifo_batch_stops_at_the_first_failure(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The log has the number of requests that were held back."""
    event = from_queue(REQUEST, [{"key": 1}, REQUEST], {"cts": {}}, {}, queue="q.fifo")

    assert invoked(create_log_stream.handler, event, STREAM) == partial_batch_response(
        "1", "2", "3"
    )
    logged = [(line["message"], line.get("requests")) for line in lines(capsys)]
    assert sorted(logged, key=str) == [
        ("not begun", 3),
        ("request done", None),
        ("request failed", None),
    ]


def test_failures_of_unauthenticated_callers_are_only_warnings(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Internet scanners must not trigger an alarm."""
    bootstrap.handler(post(REQUEST), context(**SIGNED))
    bootstrap.handler(post(REQUEST), context())

    assert [(line["level"], line["error"]["title"]) for line in lines(capsys)] == [
        ("WARNING", "Unauthenticated"),
        ("ERROR", "Misconfigured"),
    ]


def test_the_largest_response_fits_within_the_load_balancers_limit() -> None:
    """With many invalid requests, each error has fewer details, to stay below 1 MB."""
    bad: dict[str, int] = {f"f{number}": 1 for number in range(20)}
    document = [{**bad, f"n{number}": 1} for number in range(1000)]
    event = post(document, **signed(json.dumps(document), moment=int(time.time())))

    reply: Any = bootstrap.handler(event, context(**SIGNED))

    assert reply["statusCode"] == 400
    assert len(json.loads(reply["body"])["results"]) == 1000
    assert len(reply["body"]) < 1_000_000


def test_an_error_outside_of_requests_is_a_malfunction(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is raised or returned in the trigger's format, without the original text."""
    state = WarmState()
    state.secrets = SecretCache(clock=fail)
    with_secret = context(HUAWEICLOUD_SECRET_ARN="arn")

    def outcome(event: object) -> Any:  # noqa: ANN401 # JSON
        return run("bootstrap", event, with_secret, state)

    with pytest.raises(Malfunction, match=r"^RuntimeError in fail, line [0-9]+ "):
        outcome({})
    reply = outcome(post(REQUEST))
    assert outcome(from_queue({}, {})) == partial_batch_response("0", "1")

    assert reply["statusCode"] == 502
    assert set(json.loads(reply["body"])) == {"type", "title", "status"}
    written = lines(capsys)
    assert [line["error"]["code"] for line in written] == ["Malfunction"] * 3
    assert "hush-hush!" not in json.dumps(written)


def test_a_result_over_the_limit_of_its_trigger_is_an_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A timer's result may have 256 KB; the work is done, and is in the log."""
    every = [{"id": f"{number:032x}"} for number in range(4000)]
    replies = document({"listeners": every}), document({"logtanks": []})
    event = {"trigger_type": "TIMER", "user_event": "{}"}

    with pytest.raises(ResultTooLarge, match="262144"):
        invoked(status.handler, event, *replies)

    done, refused = lines(capsys)
    assert (done["message"], done["result"]["counts"]) == (
        "request done",
        {"off": 4000},
    )
    assert (refused["level"], refused["code"]) == ("WARNING", "ResultTooLarge")
