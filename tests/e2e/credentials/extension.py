"""What stands in the place of AWS's Parameters and Secrets extension."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.e2e.credentials.desk import Asked, Desk, Said, said
from tests.e2e.credentials.wholes import fresh, put

ARN = "HUAWEICLOUD_SECRET_ARN"
PORT = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT"
SESSION = "AWS_SESSION_TOKEN"
TTL = "SECRETS_MANAGER_TTL"


def arn() -> str:
    """Return the ARN of a secret that was never asked for."""
    return f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{fresh('ga/keys')}"


def holding(values: object) -> bytes:
    """Return the answer for a secret that holds these values."""
    return said(200, {"ARN": "arn", "SecretString": json.dumps(values)})


def in_turn(*answers: Said) -> Callable[[Asked], Said]:
    """Return what gives these answers, the last of them for ever."""
    rest = list(answers)
    return lambda _asked: rest.pop(0) if len(rest) > 1 else rest[0]


def install(environment: pytest.MonkeyPatch, desk: Desk, **more: str) -> dict[str, str]:
    """Point the settings to a secret that this desk gives; return what was set."""
    values = {ARN: arn(), PORT: str(desk.port), SESSION: fresh("session"), **more}
    put(environment, values)
    return values
