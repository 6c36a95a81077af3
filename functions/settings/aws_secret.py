"""Settings that a secret of AWS Secrets Manager holds, beneath the environment's.

It is read from the Parameters and Secrets extension, a layer that listens on loopback
and asks Secrets Manager by the function's role; so there is no need for AWS's SDK.
Source: *AWS Lambda Developer Guide*, "Use Secrets Manager secrets in Lambda functions".
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus

from functions.errors import Misconfigured, ProvisioningError
from functions.secret import Secret
from functions.transport.calls import Call, Reply

NAME = "HUAWEICLOUD_SECRET_ARN"
_TIMEOUT_SECONDS = 5.0
_CACHE_SECONDS = 300.0
_MOST_CHARACTERS = 65_536
"""Of a secret, as Secrets Manager has it."""
_kept: dict[str, tuple[Mapping[str, str], float]] = {}
"""By ARN, with the moment until which it is kept."""

LookUp = Callable[[str], str | None]


def with_secret_fallback(
    look_up: LookUp,
    remaining_seconds: Callable[[], float],
    environ: Mapping[str, str] = os.environ,
    clock: Callable[[], float] = time.time,
) -> LookUp:
    """Return what looks a setting up as before, and then in the secret if one is set.

    `left` tells the seconds to work in.

    Raises: Misconfigured if the secret cannot be had or read; retryable where the
    extension may do better later.
    """
    arn = look_up(NAME)
    if not arn:
        return look_up
    held, until = _kept.get(arn, ({}, 0.0))
    if until <= clock():
        held = _held(_answer(arn, remaining_seconds, environ))
        _kept[arn] = held, clock() + _cache_seconds(environ)
    return lambda name: look_up(name) or held.get(name)


def _cache_seconds(environ: Mapping[str, str]) -> float:
    """Return for how long the extension keeps a secret, which is set for it."""
    told = environ.get("SECRETS_MANAGER_TTL", "")
    return float(told) if told.isdecimal() else _CACHE_SECONDS


def _answer(
    arn: str, remaining_seconds: Callable[[], float], environ: Mapping[str, str]
) -> object:
    """Return the extension's answer; when it has just started it may refuse the first.

    Raises: Misconfigured.
    """
    for tries in (2, 1):
        said, may_pass = "did not answer", True
        with suppress(ProvisioningError):
            reply = _asked(arn, remaining_seconds, environ)
            if reply.status == HTTPStatus.OK:
                return reply.document
            said, may_pass = f"answered {reply.status}", _may_pass(reply.status)
        if tries == 1 or not may_pass or remaining_seconds() <= 0:
            break
    failure = Misconfigured(
        f"{NAME}: the extension {said}",
        remedy="Add the AWS Parameters and Secrets extension to the function's layers, "
        "and allow the function's role secretsmanager:GetSecretValue on the secret.",
    )
    failure.retryable = may_pass
    raise failure


def _may_pass(status: int) -> bool:
    """Whether the extension may do better next time."""
    return (
        status == HTTPStatus.BAD_REQUEST or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def _asked(
    arn: str, remaining_seconds: Callable[[], float], environ: Mapping[str, str]
) -> Reply:
    # only a function that has such a secret needs it before its event is checked
    from functions.transport.session import Transport  # noqa: PLC0415

    port = environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2773")
    token = environ.get("AWS_SESSION_TOKEN", "")
    service = "SecretsManager"
    send = Transport(
        endpoints={service: f"http://localhost:{port}"},
        secrets=[Secret(token)],
        timeout=_TIMEOUT_SECONDS,
        remaining_seconds=lambda: (
            remaining_seconds() / 2
        ),  # the other half is for the second try
    )
    return send(
        Call(
            service=service,
            operation="GetSecretValue",
            method="GET",
            path="/secretsmanager/get",
            query=(("secretId", arn),),
            headers=(("X-Aws-Parameters-Secrets-Token", token),),
        )
    )


def _held(answer: object) -> Mapping[str, str]:
    """Return the settings in a secret: its texts and numbers.

    Raises: Misconfigured, which never quotes it.
    """
    text = answer.get("SecretString") if isinstance(answer, Mapping) else None
    if not isinstance(text, str) or len(text) > _MOST_CHARACTERS:
        text = "null"
    try:
        held = json.loads(text)
    except (ValueError, RecursionError):
        held = None
    if not isinstance(held, Mapping):
        raise Misconfigured(
            f"{NAME}: the secret is no JSON object of settings",
            remedy="Store the secret as key/value pairs, with settings for keys.",
        )
    return {
        name: str(value)
        for name, value in held.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }
