"""Settings can be stored in an AWS secret, as a fallback for the environment."""

from __future__ import annotations

import json

import pytest

from functions import runtime
from functions.errors import Misconfigured
from functions.runtime import Variables
from functions.settings.aws_secret import SecretCache
from tests.byte_server import HANG_UP, Answer, answer, document, serving
from tests.unit.script import Clock, plenty

STORED = document({"SecretString": json.dumps({"A": "held", "B": "held", "N": 7})})
NOT_READY = answer(b"not ready to serve traffic", "400 Bad Request")
ARN = "arn:aws:secret/1"


def settings(**more: str) -> dict[str, str]:
    """Return settings with the ARN of a secret."""
    return {"HUAWEICLOUD_SECRET_ARN": ARN, **more}


def cache(port: int, clock: Clock | None = None, **more: str) -> SecretCache:
    """Return the cache of a process with an extension on this port."""
    environ = {
        "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": str(port),
        "AWS_SESSION_TOKEN": "session",
        **more,
    }
    return SecretCache(environ, clock or Clock())


def look_up_with_secret(port: int, variables: dict[str, str]) -> Variables:
    """Return a lookup of settings that falls back to the secret."""
    return cache(port).with_secret_fallback(variables.get, plenty)


def test_without_an_arn_the_extension_is_not_called() -> None:
    """The settings are looked up unchanged."""
    look_up = {"A": "set"}.get

    assert SecretCache({}).with_secret_fallback(look_up, plenty) is look_up


def test_a_setting_takes_precedence_over_the_secret() -> None:
    """The secret provides settings that are missing or empty."""
    with serving(STORED) as server:
        look_up = look_up_with_secret(server.port, settings(A="set", B=""))

    assert [look_up(name) for name in "ABNX"] == ["set", "held", "7", None]


@pytest.mark.parametrize("around", ["{}", "\ufeff{}", " \r\n{}\n", "\u00a0{}\u00a0"])
def test_white_space_pasted_with_a_secret_is_ignored(around: str) -> None:
    """It may surround the text, its values or the ARN; a blank setting is not set."""
    text = around.format(json.dumps({"A": around.format("held"), "B": "held"}))
    with serving(document({"SecretString": text})) as server:
        variables = {
            "HUAWEICLOUD_SECRET_ARN": around.format(ARN),
            "B": around.format(""),
        }
        look_up = look_up_with_secret(server.port, variables)

    assert server.requests[0].query == {"secretId": [ARN]}
    assert [runtime.trimmed(look_up(name)) for name in "AB"] == ["held", "held"]


def test_the_request_has_the_arn_and_the_session_token() -> None:
    """The ARN is encoded, and the token authenticates the request."""
    variables = settings()
    arn = variables["HUAWEICLOUD_SECRET_ARN"].replace(":", "%3A").replace("/", "%2F")
    with serving(STORED) as server:
        look_up_with_secret(server.port, variables)

    request = server.requests[0].decode()
    assert request.startswith(f"GET /secretsmanager/get?secretId={arn} HTTP/1.1\r\n")
    assert "X-Aws-Parameters-Secrets-Token: session\r\n" in request


@pytest.mark.parametrize(
    ("more", "elapsed", "request_count"),
    [
        ({}, 299, 1),
        ({}, 300, 2),
        ({"SECRETS_MANAGER_TTL": "10"}, 9, 1),
        ({"SECRETS_MANAGER_TTL": "10"}, 10, 2),
        ({"SECRETS_MANAGER_TTL": "soon"}, 299, 1),
    ],
)
def test_a_secret_is_cached_as_long_as_by_the_extension(
    more: dict[str, str], elapsed: float, request_count: int
) -> None:
    """The default is five minutes."""
    clock = Clock()
    with serving(STORED, STORED) as server:
        secret_cache = cache(server.port, clock, **more)
        for _ in "12":
            secret_cache.with_secret_fallback(settings().get, plenty)
            clock.now += elapsed

    assert len(server.requests) == request_count


def test_an_extension_that_has_just_started_is_called_twice() -> None:
    """It may answer the first request with an error."""
    with serving(NOT_READY, STORED) as server:
        look_up = look_up_with_secret(server.port, settings())

    assert look_up("A") == "held"


@pytest.mark.parametrize(
    ("reply", "message"), [(NOT_READY, "answered 400"), (HANG_UP, "did not answer")]
)
def test_a_failing_extension_is_misconfigured(reply: Answer, message: str) -> None:
    """The error says how the extension failed, and is retryable."""
    with serving(reply, reply) as server, pytest.raises(Misconfigured) as raised:
        look_up_with_secret(server.port, settings())

    assert raised.value.detail == f"HUAWEICLOUD_SECRET_ARN: the extension {message}"
    assert raised.value.retryable
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found"])
def test_a_refusal_of_the_extension_is_final(status: str) -> None:
    """The remedy names the layer and the permission."""
    reply = answer(b"{}", status)
    with serving(reply, reply) as server, pytest.raises(Misconfigured) as raised:
        look_up_with_secret(server.port, settings())

    assert not raised.value.retryable
    assert len(server.requests) == 1
    assert raised.value.remedy == (
        "Add the AWS Parameters and Secrets extension to the function's layers, and "
        "allow the function's role secretsmanager:GetSecretValue on the secret."
    )


@pytest.mark.parametrize(
    "body",
    [
        b"hush",
        b'{"Secret": "hush"}',
        b'{"SecretString": "hush"}',
        b'{"SecretString": "[\\"hush\\"]"}',
        json.dumps({"SecretString": '{"A": "hush"}' + " " * 65_536}).encode(),
    ],
)
def test_a_secret_without_settings_is_misconfigured(body: bytes) -> None:
    """The error does not quote the secret."""
    with serving(answer(body)) as server, pytest.raises(Misconfigured) as raised:
        look_up_with_secret(server.port, settings())

    assert str(raised.value) == (
        "HUAWEICLOUD_SECRET_ARN: the secret is not a JSON object of settings "
        "(Misconfigured). Store the secret as key/value pairs whose keys are settings."
    )
    assert "hush" not in json.dumps(raised.value.as_document())
    assert raised.value.__cause__ is None
