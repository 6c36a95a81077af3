"""A stand-in for the AWS Parameters and Secrets Lambda extension."""

from __future__ import annotations

import json

import pytest

from tests.byte_server import Answer, ByteServer, document
from tests.e2e.credentials.wholes import put, unique

ARN = "HUAWEICLOUD_SECRET_ARN"
PORT = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"
SESSION = "AWS_SESSION_TOKEN"
TTL = "SECRETS_MANAGER_TTL"


def arn() -> str:
    """Return a unique secret ARN, which no cache contains."""
    return f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{unique('ga/keys')}"


def holding(values: object) -> Answer:
    """Return the reply for a secret that contains these values."""
    return document({"ARN": "arn", "SecretString": json.dumps(values)})


def install(
    environment: pytest.MonkeyPatch, server: ByteServer, **more: str
) -> dict[str, str]:
    """Point the settings to a secret on this server and return the new variables."""
    port = str(server.port)
    values = {ARN: arn(), PORT: port, SESSION: unique("session"), **more}
    put(environment, values)
    return values
