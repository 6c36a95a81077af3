"""A stack in moto's server, and the AWS CLI as its client, installed separately."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from tests.deployment import sam
from tests.deployment.built import ROOT
from tests.deployment.execution import Execution, free_port, wait_for

TOOLS = ROOT / ".venv/moto/bin"
REGION = "eu-central-1"
ACCOUNT = "123456789012"
"""The account that moto plays."""
STACK = "ga-access-log"
SECRET = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:ga-a1b2c3"
EXTENSION = (
    f"arn:aws:lambda:{REGION}:187925254637:layer:"
    "AWS-Parameters-and-Secrets-Lambda-Extension:11"
)
PARAMETERS = {"SecretArn": SECRET, "SecretsExtensionArn": EXTENSION}


class Stack(NamedTuple):
    """A created stack; `outputs` has the values of its outputs, by name."""

    endpoint: str
    outputs: dict[str, str]

    def aws(self, *arguments: str) -> Any:  # noqa: ANN401 # JSON
        """Return what the AWS CLI prints for a command."""
        return aws(self.endpoint, *arguments)

    def send(self, queue: str, body: str) -> None:
        """Send a message to the queue in an output."""
        url = self.outputs[queue]
        self.aws("sqs", "send-message", "--queue-url", url, "--message-body", body)

    def receive(self, queue: str) -> list[dict[str, Any]]:
        """Return the messages of the queue in an output; they stay visible."""
        found = self.aws(
            *("sqs", "receive-message", "--queue-url", self.outputs[queue]),
            *("--attribute-names", "All", "--max-number-of-messages", "10"),
            *("--visibility-timeout", "0"),
        )
        messages: list[dict[str, Any]] = (found or {}).get("Messages", [])
        return messages

    def delete(self, queue: str, message: dict[str, Any]) -> None:
        """Delete a received message."""
        self.aws(
            *("sqs", "delete-message", "--queue-url", self.outputs[queue]),
            *("--receipt-handle", message["ReceiptHandle"]),
        )

    def deliver(self, queue: str, function: Execution) -> list[str]:
        """Do what Lambda's event source does: invoke, and delete what has not failed.

        Returns the bodies of the messages that the function reported as failed.
        """
        messages = self.receive(queue)
        if not messages:
            return []
        response = function.invoke({"Records": [_record(each) for each in messages]})
        failed = {each["itemIdentifier"] for each in response["batchItemFailures"]}
        for each in messages:
            if each["MessageId"] not in failed:
                self.delete(queue, each)
        return [each["Body"] for each in messages if each["MessageId"] in failed]


def _record(message: dict[str, Any]) -> dict[str, Any]:
    """Return a message as Lambda hands it to a function."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{ACCOUNT}:queue",
        "awsRegion": REGION,
    }


def variables(endpoint: str) -> dict[str, str]:
    """Return the environment variables that point the AWS CLI to an endpoint."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_DEFAULT_OUTPUT": "json",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def aws(endpoint: str, *arguments: str) -> Any:  # noqa: ANN401 # JSON
    """Run the AWS CLI against an endpoint, and return the document that it prints."""
    # the option also takes precedence over the address in a queue's URL
    command = [str(TOOLS / "aws"), "--endpoint-url", endpoint, *arguments]
    done = sam.run_command(command, variables(endpoint))
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else None


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Run moto's server, with its log in a folder, and return its endpoint."""
    port = free_port()
    command = [str(TOOLS / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with (
        (folder / "moto.log").open("w") as log,
        subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT) as process,  # noqa: S603 # a fixed command
    ):
        try:
            wait_for(port)
            endpoint = f"http://127.0.0.1:{port}"
            _answer_invocations(endpoint)
            yield endpoint
        finally:
            process.terminate()


def _answer_invocations(endpoint: str) -> None:
    """Make moto answer invocations without running the function, which needs Docker."""
    configuration = json.dumps({"lambda": {"use_docker": False}}).encode()
    request = Request(f"{endpoint}/moto-api/config", configuration)  # noqa: S310 # moto
    with urlopen(request):  # noqa: S310 # moto
        pass


def create(endpoint: str, archive: Path, folder: Path, **parameters: str) -> Stack:
    """Upload the bundle, and create the stack with the given and needed parameters."""
    location = f"LocationConstraint={REGION}"
    bucket = ("--bucket", "bucket")  # where the transformed template expects the code
    configuration = ("--create-bucket-configuration", location)
    aws(endpoint, "s3api", "create-bucket", *bucket, *configuration)
    upload = ("--key", "key", "--body", str(archive))
    aws(endpoint, "s3api", "put-object", *bucket, *upload)
    template = folder / "stack.json"
    template.write_text(sam.stack_text(), "utf-8")
    given = [
        f"ParameterKey={name},ParameterValue={value}"
        for name, value in {**PARAMETERS, **parameters}.items()
    ]
    aws(
        endpoint,
        *("cloudformation", "create-stack", "--stack-name", STACK),
        *("--template-body", f"file://{template}"),
        *("--capabilities", "CAPABILITY_IAM", "--parameters", *given),
    )
    (found,) = aws(endpoint, "cloudformation", "describe-stacks")["Stacks"]
    assert found["StackStatus"] == "CREATE_COMPLETE", found
    outputs = {
        each["OutputKey"]: each["OutputValue"]
        for each in found["Outputs"]
        if "OutputKey" in each
    }
    return Stack(endpoint, outputs)
