"""Reads settings that the environment lacks from a secret in AWS Secrets Manager.

The Parameters and Secrets extension, a Lambda layer that listens on loopback, fetches
the secret with the function's role, so the bundle needs no AWS SDK.
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
from functions.runtime import Variables, trimmed
from functions.secret import Masks, Secret
from functions.transport.calls import Call, Reply

NAME = "HUAWEICLOUD_SECRET_ARN"
_TIMEOUT_SECONDS = 5.0
_CACHE_SECONDS = 300.0
_MAX_CHARACTERS = 65_536
"""The maximum length of a secret in Secrets Manager."""


class SecretCache:
    """The settings in a secret, cached for as long as the extension caches them."""

    def __init__(
        self,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._environ = environ
        self._clock = clock
        self._kept: dict[str, tuple[Mapping[str, str], float]] = {}

    def with_secret_fallback(
        self, variables: Variables, remaining_seconds: Callable[[], float]
    ) -> Variables:
        """Return `variables` that falls back to the secret, if one is set.

        Raises: Misconfigured if the secret cannot be fetched or read; retryable if the
        extension may succeed later.
        """
        arn = trimmed(variables(NAME))
        if not arn:
            return variables
        found, expires_at = self._kept.get(arn, ({}, 0.0))
        if expires_at <= self._clock():
            found = _settings(_fetch(arn, remaining_seconds, self._environ))
            expires_at = self._clock() + _cache_seconds(self._environ)
            self._kept = {arn: (found, expires_at)}
        return lambda name: _if_set(variables(name)) or found.get(name)


def _if_set(text: str | None) -> str | None:
    return text if trimmed(text) else None


def _cache_seconds(environ: Mapping[str, str]) -> float:
    """Return how long the extension itself keeps a secret."""
    ttl = environ.get("SECRETS_MANAGER_TTL", "")
    return float(ttl) if ttl.isdecimal() else _CACHE_SECONDS


def _fetch(
    arn: str, remaining_seconds: Callable[[], float], environ: Mapping[str, str]
) -> object:
    """Return the extension's reply; the first attempt may fail while it starts.

    Raises: Misconfigured.
    """
    for attempts_left in (1, 0):
        fault, is_transient = "did not answer", True
        with suppress(ProvisioningError):
            reply = _ask(arn, remaining_seconds, environ)
            if reply.status == HTTPStatus.OK:
                return reply.document
            fault = f"answered {reply.status}"
            is_transient = _is_transient(reply.status)
        if not attempts_left or not is_transient or remaining_seconds() <= 0:
            break
    failure = Misconfigured(
        f"{NAME}: the extension {fault}",
        remedy="Add the AWS Parameters and Secrets extension to the function's layers, "
        "and allow the function's role secretsmanager:GetSecretValue on the secret.",
    )
    failure.retryable = is_transient
    raise failure


def _is_transient(status: int) -> bool:
    return (
        status == HTTPStatus.BAD_REQUEST or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    )


def _ask(
    arn: str, remaining_seconds: Callable[[], float], environ: Mapping[str, str]
) -> Reply:
    # imports requests, which takes long, and only functions with a secret need it here
    from functions.transport.session import Connections, Session  # noqa: PLC0415

    port = environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2773")
    token = environ.get("AWS_SESSION_TOKEN", "")
    service = "SecretsManager"
    send = Session(
        Connections(environ),
        endpoints={service: f"http://localhost:{port}"},
        masks=Masks([Secret(token)]),
        timeout=_TIMEOUT_SECONDS,
        remaining_seconds=lambda: remaining_seconds() / 2,  # half for a second attempt
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


def _settings(document: object) -> Mapping[str, str]:
    """Return the settings in a secret: its strings and numbers.

    Raises: Misconfigured, which never quotes the secret.
    """
    text = document.get("SecretString") if isinstance(document, Mapping) else None
    if not isinstance(text, str) or len(text) > _MAX_CHARACTERS:
        text = "null"
    try:
        found = json.loads(trimmed(text))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        raise Misconfigured(
            f"{NAME}: the secret is not a JSON object of settings",
            remedy="Store the secret as key/value pairs whose keys are settings.",
        )
    return {
        name: str(value)
        for name, value in found.items()
        if isinstance(value, str | int | float) and not isinstance(value, bool)
    }
