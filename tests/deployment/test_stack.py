"""The stack, created from the template in moto's server, and its queues in use.

The AWS CLI creates it and works with it. moto's CloudFormation creates the queues with
their redrive policies, the functions, the event source mappings, the event rules, the
roles, the log group and the dashboard. moto runs no function, so the tests do what
Lambda's event source does: they receive from a queue, invoke the built archive in AWS's
runtime emulator, and delete the messages that are not in `batchItemFailures`.

Not covered, because moto does not create them or only stores them: function URLs and
the permissions for them, alarms and the metric filter, schedules, queue policies, the
configuration of asynchronous invocations (so a failed event is put into its queue here
as Lambda would put it), concurrency limits, layers and secrets, the effect of the
roles, the rules of the template, and the time limits of queues.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.deployment import moto, sam
from tests.deployment.execution import executing
from tests.deployment.moto import ACCOUNT, REGION, Stack
from tests.deployment.test_template import QUEUES
from tests.e2e.samples import sample
from tests.emulator import Emulator

CREATED = {
    "AWS::CloudWatch::Dashboard",
    "AWS::Events::Rule",
    "AWS::IAM::Role",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Logs::LogGroup",
    "AWS::SQS::Queue",
}
"""The types of resources that moto creates."""
GOOD = json.dumps(sample("bootstrap.json"))
INCOMPLETE = json.dumps(
    {"resource_id": "0f6f1e0a-0000-4000-8000-000000000002", "log_stream_name": "shop-2"}
)
"""Fails until the setting LOG_GROUP_ID supplies the log group."""


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the endpoint of moto's server."""
    with moto.serving(tmp_path_factory.mktemp("moto")) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def stack(
    endpoint: str, archive: Path, tmp_path_factory: pytest.TempPathFactory
) -> Stack:
    """Return the stack, whose queue is received from by these tests alone."""
    made = moto.create(endpoint, archive, tmp_path_factory.mktemp("stack"))
    for each in mappings(made).values():
        if each["State"] == "Enabled":  # or moto would try to run the function
            switch(made, each["UUID"], "--no-enabled")
    return made


def mappings(stack: Stack) -> dict[str, dict[str, Any]]:
    """Return the event source mappings of a stack, by ID."""
    found = stack.aws("lambda", "list-event-source-mappings")["EventSourceMappings"]
    return {each["UUID"]: each for each in found}


def switch(stack: Stack, uuid: str, option: str) -> None:
    """Enable or disable an event source mapping."""
    stack.aws("lambda", "update-event-source-mapping", "--uuid", uuid, option)


def settings(cloud: Emulator, stack: Stack, entry: str, **more: str) -> dict[str, str]:
    """Return the variables of a function that has its name in the stack."""
    name = {"AWS_LAMBDA_FUNCTION_NAME": stack.outputs[f"{sam.NAMES[entry]}Name"]}
    return {**cloud.environment(), **name, **more}


def destination_record(function: str, payload: object) -> str:
    """Return the record that Lambda sends for a failed event.

    Source: *AWS Lambda Developer Guide*, "Capturing records of Lambda asynchronous
    invocations".
    """
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{function}:$LATEST"
    context = {"functionArn": arn, "condition": "RetriesExhausted"}
    return json.dumps({"requestContext": context, "requestPayload": payload})


def test_the_resources_exist(stack: Stack) -> None:
    """Everything that moto can create was created, under the names of the template."""
    command = ("list-stack-resources", "--stack-name", moto.STACK)
    listed = stack.aws("cloudformation", *command)["StackResourceSummaries"]
    found = {
        each["LogicalResourceId"]
        for each in listed
        if each.get("ResourceType") in CREATED
    }

    resources = sam.stack()["Resources"].items()
    assert found == {name for name, each in resources if each["Type"] in CREATED}


def test_the_functions_have_the_built_code(stack: Stack, archive: Path) -> None:
    """They have the archive, the handlers and the settings of the template."""
    digest = hashlib.sha256(archive.read_bytes()).digest()
    found = {
        each["FunctionName"]: each
        for each in stack.aws("lambda", "list-functions")["Functions"]
    }

    for entry, name in sam.NAMES.items():
        function = found.pop(stack.outputs[f"{name}Name"])
        assert function["Handler"] == f"functions.{entry}.handler"
        assert function["CodeSha256"] == base64.b64encode(digest).decode()
        assert function["Environment"]["Variables"][sam.SECRET_ARN] == moto.SECRET
    assert found == {}


@pytest.mark.parametrize(("entry", "queue"), QUEUES.items())
def test_a_queue_refers_to_the_failed_events_of_its_function(
    stack: Stack, entry: str, queue: str
) -> None:
    """The redrive policy names the queue whose URL is in the outputs."""
    url = stack.outputs[f"{queue}Url"]
    command = ("get-queue-attributes", "--queue-url", url, "--attribute-names", "All")
    policy = json.loads(stack.aws("sqs", *command)["Attributes"]["RedrivePolicy"])
    failures = sam.failure_queues()[sam.NAMES[entry]]

    target = policy["deadLetterTargetArn"].rpartition(":")[2]
    assert target == stack.outputs[f"{failures}Url"].rpartition("/")[2]


def test_a_failed_message_is_kept_and_can_be_moved_back(
    stack: Stack, bundle: Path, cloud: Emulator
) -> None:
    """It leaves the queue after five deliveries; the good one next to it is done.

    Once the missing setting is supplied, it is received, sent again, and succeeds.
    """
    for body in (GOOD, INCOMPLETE):
        stack.send("RequestsUrl", body)
    incomplete = settings(cloud, stack, "bootstrap", LOG_GROUP_ID="")
    with executing(bundle, "bootstrap", incomplete) as broken:
        failed = [stack.deliver("RequestsUrl", broken) for _ in range(6)]

    assert failed == [[INCOMPLETE]] * 5 + [[]]
    (kept,) = stack.receive("FailuresUrl")
    assert kept["Body"] == INCOMPLETE
    assert len(cloud.logtanks) == 1

    stack.send("RequestsUrl", kept["Body"])
    stack.delete("FailuresUrl", kept)
    with executing(bundle, "bootstrap", settings(cloud, stack, "bootstrap")) as working:
        assert stack.deliver("RequestsUrl", working) == []
    assert stack.receive("RequestsUrl") == stack.receive("FailuresUrl") == []
    assert len(cloud.logtanks) == 2


def test_two_commands_send_failed_events_again(
    stack: Stack, bundle: Path, cloud: Emulator
) -> None:
    """While it is enabled, the mapping hands the events to the function that failed.

    What fails again, such as another function's event, stays in the queue.
    """
    name, queue = stack.outputs["CreateLogStreamName"], "CreateLogStreamFailuresUrl"
    own = destination_record(name, sample("create_log_stream.json"))
    other = destination_record("other", sample("create_log_stream.json"))
    retry = stack.outputs["CreateLogStreamRetry"]
    for body in (own, other):
        stack.send(queue, body)
    known = settings(cloud, stack, "create_log_stream")

    switch(stack, retry, "--enabled")
    mapping = mappings(stack)[retry]
    with executing(bundle, "create_log_stream", known) as function:
        failed = stack.deliver(queue, function)
    switch(stack, retry, "--no-enabled")

    assert mapping["State"] == "Enabled"
    assert mapping["FunctionArn"].endswith(f":{name}")
    assert mapping["EventSourceArn"].rpartition(":")[2] in stack.outputs[queue]
    assert failed == [other]
    assert [each["Body"] for each in stack.receive(queue)] == [other]
    assert len(cloud.streams) == 1
    assert mappings(stack)[retry]["State"] == "Disabled"
