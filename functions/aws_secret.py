"""Settings that a secret of AWS Secrets Manager holds, beneath the environment's.

It is read from the Parameters and Secrets extension, a layer that listens on loopback
and asks Secrets Manager by the function's role; so there is no need for AWS's SDK.
Source: *AWS Lambda Developer Guide*, "Use Secrets Manager secrets in Lambda functions".
"""

from __future__ import annotations

import http.client
import json
import os
import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote

from functions.errors import Misconfigured

NAME = "HUAWEICLOUD_SECRET_ARN"
_TIMEOUT_SECONDS = 5.0
_CACHE_SECONDS = 300.0
_kept: dict[str, tuple[Mapping[str, str], float]] = {}
"""By ARN, with the moment until which it is kept."""

LookUp = Callable[[str], str | None]


def beneath(
    look_up: LookUp,
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.time,
) -> LookUp:
    """Return what looks a setting up as before, and then in the secret if one is set.

    Raises: Misconfigured if the secret cannot be had or read; retryable where the
    extension may do better later.
    """
    arn = look_up(NAME)
    if not arn:
        return look_up
    held, until = _kept.get(arn, ({}, 0.0))
    if until <= clock():
        held = _held(_asked_twice(arn, environ))
        _kept[arn] = held, clock() + _cache_seconds(environ)
    return lambda name: look_up(name) or held.get(name)


def _cache_seconds(environ: Mapping[str, str]) -> float:
    """Return for how long the extension keeps a secret, which is set for it."""
    told = environ.get("SECRETS_MANAGER_TTL", "")
    return float(told) if told.isdecimal() else _CACHE_SECONDS


def _asked_twice(arn: str, environ: Mapping[str, str]) -> bytes:
    """Return the extension's answer; when it has just started it may refuse the first.

    Raises: Misconfigured.
    """
    status, body = _asked(arn, environ)
    if status != HTTPStatus.OK:
        status, body = _asked(arn, environ)
    if status == HTTPStatus.OK:
        return body
    said = f"answered {status}" if status else "did not answer"
    failure = Misconfigured(
        f"{NAME}: the extension {said}",
        remedy="Add the AWS Parameters and Secrets extension to the function's layers, "
        "and allow the function's role secretsmanager:GetSecretValue on the secret.",
    )
    failure.retryable = True
    raise failure


def _asked(arn: str, environ: Mapping[str, str]) -> tuple[int, bytes]:
    """Return the status and body of one answer, 0 where there was none."""
    port = environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2773")
    connection = http.client.HTTPConnection(
        f"localhost:{port}", timeout=_TIMEOUT_SECONDS
    )
    token = {"X-Aws-Parameters-Secrets-Token": environ.get("AWS_SESSION_TOKEN", "")}
    try:
        path = f"/secretsmanager/get?secretId={quote(arn, safe='')}"
        connection.request("GET", path, headers=token)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException):
        return 0, b""
    finally:
        connection.close()


def _held(answer: bytes) -> Mapping[str, str]:
    """Return the settings in a secret.

    Raises: Misconfigured, which never quotes it.
    """
    try:
        held = json.loads(json.loads(answer)["SecretString"])
        return {name: str(value) for name, value in held.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise Misconfigured(
            f"{NAME}: the secret is no JSON object of settings",
            remedy="Store the secret as key/value pairs, with settings for keys.",
        ) from None
