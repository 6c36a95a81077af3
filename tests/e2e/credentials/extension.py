"""What stands in the place of AWS's Parameters and Secrets extension."""

from __future__ import annotations

import json

import pytest

from tests.byte_server import Answer, ByteServer, document
from tests.e2e.credentials.wholes import fresh, put

ARN = "HUAWEICLOUD_SECRET_ARN"
PORT = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"
SESSION = "AWS_SESSION_TOKEN"
TTL = "SECRETS_MANAGER_TTL"


def arn() -> str:
    """Return the ARN of a secret that was never asked for."""
    return f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{fresh('ga/keys')}"


def holding(values: object) -> Answer:
    """Return the answer for a secret that holds these values."""
    return document({"ARN": "arn", "SecretString": json.dumps(values)})


def install(
    environment: pytest.MonkeyPatch, server: ByteServer, **more: str
) -> dict[str, str]:
    """Point the settings to a secret that this server gives; return what was set."""
    port = str(server.port)
    values = {ARN: arn(), PORT: port, SESSION: fresh("session"), **more}
    put(environment, values)
    return values
