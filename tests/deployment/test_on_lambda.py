"""The built bundle in AWS's own runtime: triggers, warm starts and failures."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from functions import contracts, errors
from tests.byte_server import serving
from tests.deployment.execution import Execution, executing
from tests.e2e.credentials.extension import ARN, PORT, holding
from tests.e2e.samples import sample
from tests.emulator import Emulator
from tests.unit.signed_webhooks import SECRET, signed

EVENTS = Path(__file__).parents[1] / "events"
WEBHOOK_SETTINGS = {"WEBHOOK_SECRETS": SECRET.reveal()}
SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ga-a1b2c3"
PLATFORM_LINES = ("START ", "END ", "REPORT ")
LISTENER = "78d425da-4d5f-422f-b13b-40aa3f49bc55"


def webhook(**headers: str) -> dict[str, Any]:
    """Return the sample event of an HTTP API with additional headers."""
    event: dict[str, Any] = sample("http-api-gateway-v2.json")
    event["headers"] |= headers
    return event


def test_repeating_an_event_creates_nothing_new(
    bootstrap: Execution, cloud: Emulator
) -> None:
    """The second result has the same IDs and an empty `created`."""
    event = sample("bootstrap.json")

    first, second = bootstrap.invoke(event), bootstrap.invoke(event)

    contracts.check("bootstrap.result", first)
    assert first["created"] == ["log_stream", "logtank"]
    assert second == first | {"created": []}
    assert [each["id"] for each in cloud.logtanks] == [first["logtank_id"]]


def test_both_steps_can_be_invoked_separately(bundle: Path, cloud: Emulator) -> None:
    """Each step is a separate function."""
    with executing(bundle, "create_log_stream", cloud.environment()) as one:
        stream = one.invoke(sample("create_log_stream.json"))
    event = sample("create_logtank.json")
    event["logtank"]["log_stream_id"] = stream["log_stream_id"]
    with executing(bundle, "create_logtank", cloud.environment()) as other:
        result = other.invoke(event)

    contracts.check("create_log_stream.result", stream)
    contracts.check("create_logtank.result", result)
    assert [each["id"] for each in cloud.logtanks] == [result["logtank"]["id"]]


def test_a_webhook_is_authenticated_by_its_signature(
    bundle: Path, cloud: Emulator
) -> None:
    """An unsigned request gets 401 and causes no calls."""
    event = webhook()
    signature = signed(event["body"], moment=int(time.time()))
    with executing(
        bundle, "bootstrap", cloud.environment() | WEBHOOK_SETTINGS
    ) as function:
        refused = function.invoke(event)
        calls = list(cloud.calls)
        first, second = (function.invoke(webhook(**signature)) for _ in range(2))

    assert (refused["statusCode"], calls) == (401, [])
    assert (first["statusCode"], second["statusCode"]) == (201, 200)
    assert json.loads(first["body"])["created"] == ["log_stream", "logtank"]


def test_one_aws_secret_holds_the_keys_and_the_webhook_secret(
    bundle: Path, cloud: Emulator
) -> None:
    """Both are read with one request to the extension, here a local server."""
    settings = cloud.environment()
    keys = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
    held = {name: settings.pop(name) for name in keys} | WEBHOOK_SETTINGS
    event = webhook()
    signature = signed(event["body"], moment=int(time.time()))
    with serving(holding(held)) as extension:
        location = {ARN: SECRET_ARN, PORT: str(extension.port)}
        with executing(bundle, "bootstrap", settings | location) as function:
            first, second = (function.invoke(webhook(**signature)) for _ in range(2))

    assert (first["statusCode"], second["statusCode"]) == (201, 200)
    assert len(extension.requests) == 1


def test_a_schedule_needs_only_a_listener(
    bootstrap: Execution,
) -> None:
    """The settings complete the event that the schedule in the template sends."""
    result = bootstrap.invoke({"resource_id": LISTENER})

    assert result["created"] == ["log_stream", "logtank"]


def test_a_queue_gets_a_partial_batch_response(bootstrap: Execution) -> None:
    """Only the failed message is listed."""
    event = sample("sqs.json")
    event["Records"][1]["body"] = '{"resource_id": 7}'

    response = bootstrap.invoke(event)

    contracts.check("sqs.reply", response)
    bad = event["Records"][1]["messageId"]
    assert response == {"batchItemFailures": [{"itemIdentifier": bad}]}


def test_an_error_has_a_remedy_and_the_instance_keeps_working(
    bootstrap: Execution, cloud: Emulator
) -> None:
    """The platform reports the message, and the log has the error document."""
    event = sample("bootstrap.json")
    raised = bootstrap.invoke(event | {"log_group_id": "nowhere"})
    result = bootstrap.invoke(event)

    assert raised["errorType"] == "NotFound"
    assert "(LTS.0201). Create the log group" in raised["errorMessage"]
    (line,) = bootstrap.lines("request failed")
    contracts.check("error", line["error"])
    assert line["request_id"] == raised["requestId"]
    assert result["created"] == ["log_stream", "logtank"]
    assert cloud.secret_key not in bootstrap.log()


def test_the_function_reports_an_error_before_its_timeout(
    bundle: Path, cloud: Emulator
) -> None:
    """The error names the existing log stream, and the platform kills nothing."""
    cloud.fail({"operation": "GA", "times": None, "delay": 30})
    settings = cloud.environment()
    with executing(bundle, "bootstrap", settings, seconds=4) as function:
        raised = function.invoke(sample("bootstrap.json"))
        (line,) = function.lines("request failed")

    assert raised["errorType"] in {"DeadlineExceeded", "OutcomeUnknown"}
    (stream,) = cloud.streams
    assert line["error"]["log_stream_id"] == stream["log_stream_id"]


@pytest.mark.parametrize("function", ["bootstrap", "create_log_stream"])
def test_every_sample_event_is_handled(
    bundle: Path, cloud: Emulator, function: str
) -> None:
    """Each event gets a result, a response, or a documented error."""
    with executing(bundle, function, cloud.environment() | WEBHOOK_SETTINGS) as warm:
        outcomes = {
            path.stem: warm.invoke(json.loads(path.read_text("utf-8")))
            for path in sorted(EVENTS.glob("*.json"))
        }
        failures = warm.lines("request failed")

    raised = {
        each["errorType"]
        for each in outcomes.values()
        if isinstance(each, dict) and "errorType" in each
    }
    assert "InvalidEvent" in raised
    assert raised <= set(vars(errors)) - {"Malfunction"}
    assert {line["error"]["title"] for line in failures} >= {"Unauthenticated"}


def test_every_log_line_is_json(bootstrap: Execution) -> None:
    """The platform stores log lines unchanged."""
    bootstrap.invoke(sample("bootstrap.json"))

    written = bootstrap.log().splitlines()
    own = [line for line in written if not line.startswith(PLATFORM_LINES)]
    assert [json.loads(line)["message"] for line in own] == [
        "call",
        "call",
        "request done",
    ]
