"""Settings may lie in a secret of AWS, beneath those of the environment."""

from __future__ import annotations

import json
from itertools import count

import pytest

from functions.errors import Misconfigured
from functions.settings import aws_secret
from tests.byte_server import HANG_UP, Answer, answer, document, serving
from tests.unit.script import Clock, plenty

HELD = document({"SecretString": json.dumps({"A": "held", "B": "held", "N": 7})})
REFUSED = answer(b"not ready to serve traffic", "400 Bad Request")
_arns = count()


def settings(**more: str) -> dict[str, str]:
    """Return settings that name a secret of their own."""
    return {"HUAWEICLOUD_SECRET_ARN": f"arn:aws:secret/{next(_arns)}", **more}


def with_secret_fallback(
    port: int,
    variables: dict[str, str],
    clock: Clock | None = None,
    **more: str,
) -> aws_secret.LookUp:
    """Return what looks settings up, beside an extension on this port."""
    environ = {
        "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT": str(port),
        "AWS_SESSION_TOKEN": "session",
        **more,
    }
    return aws_secret.with_secret_fallback(
        variables.get, plenty, environ, clock or Clock()
    )


def test_without_a_secret_nothing_is_asked() -> None:
    """The settings are as they are."""
    look_up = {"A": "set"}.get

    assert aws_secret.with_secret_fallback(look_up, plenty, {}) is look_up


def test_what_is_set_goes_before_the_secret() -> None:
    """The secret fills in what is not set, empty settings among them."""
    with serving(HELD) as server:
        look_up = with_secret_fallback(server.port, settings(A="set", B=""))

    assert [look_up(name) for name in "ABNX"] == ["set", "held", "7", None]


def test_the_extension_is_asked_by_arn_with_the_functions_token() -> None:
    """The ARN is encoded; the session's token shows who asks."""
    variables = settings()
    arn = variables["HUAWEICLOUD_SECRET_ARN"].replace(":", "%3A").replace("/", "%2F")
    with serving(HELD) as server:
        with_secret_fallback(server.port, variables)

    request = server.requests[0].decode()
    assert request.startswith(f"GET /secretsmanager/get?secretId={arn} HTTP/1.1\r\n")
    assert "X-Aws-Parameters-Secrets-Token: session\r\n" in request


@pytest.mark.parametrize(
    ("more", "later", "asked"),
    [
        ({}, 299, 1),
        ({}, 300, 2),
        ({"SECRETS_MANAGER_TTL": "10"}, 9, 1),
        ({"SECRETS_MANAGER_TTL": "10"}, 10, 2),
        ({"SECRETS_MANAGER_TTL": "soon"}, 299, 1),
    ],
)
def test_a_secret_is_kept_for_as_long_as_the_extension_does(
    more: dict[str, str], later: float, asked: int
) -> None:
    """Five minutes unless told otherwise."""
    clock, variables = Clock(), settings()
    with serving(HELD, HELD) as server:
        for _ in "12":
            with_secret_fallback(server.port, variables, clock, **more)
            clock.now += later

    assert len(server.requests) == asked


def test_an_extension_that_has_just_started_is_asked_twice() -> None:
    """Its first answer may be a refusal."""
    with serving(REFUSED, HELD) as server:
        look_up = with_secret_fallback(server.port, settings())

    assert look_up("A") == "held"


@pytest.mark.parametrize(
    ("said", "words"), [(REFUSED, "answered 400"), (HANG_UP, "did not answer")]
)
def test_an_extension_that_gives_nothing_is_misconfigured(
    said: Answer, words: str
) -> None:
    """The error says what to add, and may pass by itself."""
    with serving(said, said) as server, pytest.raises(Misconfigured) as raised:
        with_secret_fallback(server.port, settings())

    assert raised.value.detail == f"HUAWEICLOUD_SECRET_ARN: the extension {words}"
    assert raised.value.retryable
    assert len(server.requests) == 2


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
def test_a_secret_that_holds_no_settings_is_misconfigured(body: bytes) -> None:
    """The error does not quote it."""
    with serving(answer(body)) as server, pytest.raises(Misconfigured) as raised:
        with_secret_fallback(server.port, settings())

    assert "is no JSON object of settings" in raised.value.detail
    assert "hush" not in json.dumps(raised.value.as_document())
    assert raised.value.__cause__ is None
