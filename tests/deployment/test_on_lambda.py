"""The built bundle in AWS's own runtime: every trigger, cold and warm, well and ill."""

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
from tests.unit.hooks import SECRET, signed

EVENTS = Path(__file__).parents[1] / "events"
DOOR = {"WEBHOOK_SECRETS": SECRET.reveal()}
SECRET_ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ga-a1b2c3"
PLATFORMS_OWN = ("START ", "END ", "REPORT ")
LISTENER = "78d425da-4d5f-422f-b13b-40aa3f49bc55"


def webhook(**more: str) -> dict[str, Any]:
    """Return the sample of an HTTP API with more headers."""
    event: dict[str, Any] = sample("http-api-gateway-v2.json")
    event["headers"] |= more
    return event


def test_the_same_event_cold_and_warm_is_one_bootstrap(
    bootstrap: Execution, cloud: Emulator
) -> None:
    """The second time all is there, and the same ids come back."""
    event = sample("bootstrap.json")

    first, second = bootstrap.invoke(event), bootstrap.invoke(event)

    contracts.check("bootstrap.result", first)
    assert first["created"] == ["log_stream", "logtank"]
    assert second == first | {"created": []}
    assert [each["id"] for each in cloud.logtanks] == [first["logtank_id"]]


def test_the_two_halves_make_what_the_whole_does(bundle: Path, cloud: Emulator) -> None:
    """Each a function of its own."""
    with executing(bundle, "create_log_stream", cloud.environment()) as one:
        stream = one.invoke(sample("create_log_stream.json"))
    event = sample("create_logtank.json")
    event["logtank"]["log_stream_id"] = stream["log_stream_id"]
    with executing(bundle, "create_logtank", cloud.environment()) as other:
        made = other.invoke(event)

    contracts.check("create_log_stream.result", stream)
    contracts.check("create_logtank.result", made)
    assert [each["id"] for each in cloud.logtanks] == [made["logtank"]["id"]]


def test_a_webhook_is_let_in_by_its_signature(bundle: Path, cloud: Emulator) -> None:
    """And by nothing else."""
    event = webhook()
    hook = signed(event["body"], moment=int(time.time()))
    with executing(bundle, "bootstrap", cloud.environment() | DOOR) as function:
        refused = function.invoke(event)
        calls = list(cloud.calls)
        made, again = (function.invoke(webhook(**hook)) for _ in range(2))

    assert (refused["statusCode"], calls) == (401, [])
    assert (made["statusCode"], again["statusCode"]) == (201, 200)
    assert json.loads(made["body"])["created"] == ["log_stream", "logtank"]


def test_the_secret_by_its_arn_is_credential_and_key_of_the_door(
    bundle: Path, cloud: Emulator
) -> None:
    """As the template has it: the extension, here a local server, gives both."""
    settings = cloud.environment()
    keys = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
    held = {name: settings.pop(name) for name in keys} | DOOR
    event = webhook()
    hook = signed(event["body"], moment=int(time.time()))
    with serving(holding(held)) as extension:
        told = {ARN: SECRET_ARN, PORT: str(extension.port)}
        with executing(bundle, "bootstrap", settings | told) as function:
            made, again = (function.invoke(webhook(**hook)) for _ in range(2))

    assert (made["statusCode"], again["statusCode"]) == (201, 200)
    assert len(extension.requests) == 1


def test_a_schedule_needs_a_listener_and_the_settings(
    bootstrap: Execution,
) -> None:
    """They complete what the template has it send."""
    made = bootstrap.invoke({"resource_id": LISTENER})

    assert made["created"] == ["log_stream", "logtank"]


def test_a_queue_gets_back_what_failed(bootstrap: Execution) -> None:
    """And nothing else."""
    event = sample("sqs.json")
    event["Records"][1]["body"] = '{"resource_id": 7}'

    answered = bootstrap.invoke(event)

    contracts.check("sqs.reply", answered)
    bad = event["Records"][1]["messageId"]
    assert answered == {"batchItemFailures": [{"itemIdentifier": bad}]}


def test_a_failure_says_what_to_do_and_leaves_the_function_warm(
    bootstrap: Execution, cloud: Emulator
) -> None:
    """The platform shows the sentence, and the log has the document."""
    event = sample("bootstrap.json")
    raised = bootstrap.invoke(event | {"log_group_id": "nowhere"})
    made = bootstrap.invoke(event)

    assert raised["errorType"] == "NotFound"
    assert "(LTS.0201). Create the log group" in raised["errorMessage"]
    (line,) = bootstrap.lines("request failed")
    contracts.check("error", line["error"])
    assert line["request_id"] == raised["requestId"]
    assert made["created"] == ["log_stream", "logtank"]
    assert cloud.secret_key not in bootstrap.log()


def test_the_function_speaks_before_its_time_is_over(
    bundle: Path, cloud: Emulator
) -> None:
    """So that what exists is named, and the platform ends nothing by force."""
    cloud.fail({"operation": "GA", "times": None, "delay": 30})
    settings = cloud.environment()
    with executing(bundle, "bootstrap", settings, seconds=4) as function:
        raised = function.invoke(sample("bootstrap.json"))
        (line,) = function.lines("request failed")

    assert raised["errorType"] in {"DeadlineExceeded", "OutcomeUnknown"}
    (stream,) = cloud.streams
    assert line["error"]["log_stream_id"] == stream["log_stream_id"]


@pytest.mark.parametrize("function", ["bootstrap", "create_log_stream"])
def test_every_sample_is_answered(bundle: Path, cloud: Emulator, function: str) -> None:
    """By a result, a reply, or an error that is ours."""
    with executing(bundle, function, cloud.environment() | DOOR) as warm:
        answers = {
            path.stem: warm.invoke(json.loads(path.read_text("utf-8")))
            for path in sorted(EVENTS.glob("*.json"))
        }
        failures = warm.lines("request failed")

    raised = {
        each["errorType"]
        for each in answers.values()
        if isinstance(each, dict) and "errorType" in each
    }
    assert "InvalidEvent" in raised
    assert raised <= set(errors.__all__) - {"Malfunction"}
    assert {line["error"]["title"] for line in failures} >= {"Unauthenticated"}


def test_every_line_of_the_log_is_json(bootstrap: Execution) -> None:
    """The platform stores them as they are."""
    bootstrap.invoke(sample("bootstrap.json"))

    every = bootstrap.log().splitlines()
    ours = [line for line in every if not line.startswith(PLATFORMS_OWN)]
    assert [json.loads(line)["message"] for line in ours] == [
        "call",
        "call",
        "request done",
    ]
