"""Settings in an AWS secret, which the local Lambda extension provides."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import quote
from uuid import uuid4

import pytest

from functions.errors import Misconfigured
from tests.byte_server import (
    SILENCE,
    Answer,
    ByteServer,
    answer,
    cut,
    document,
    dripped,
    in_turn,
)
from tests.e2e.contexts import LambdaContext
from tests.e2e.credentials.conftest import LeakCheck
from tests.e2e.credentials.extension import (
    ARN,
    PORT,
    SESSION,
    TTL,
    arn,
    holding,
    install,
)
from tests.e2e.credentials.memory import find_in_memory
from tests.e2e.credentials.wholes import (
    AK,
    SK,
    keys_of,
    put,
    unique,
    user_of,
)
from tests.e2e.driving import EVENT, STREAM_NAME, assert_one_of_each, expect_error, send
from tests.emulator import Emulator


def listener() -> dict[str, object]:
    """Return an event for a unique listener."""
    return {"resource_id": uuid4().hex}


def test_a_secret_can_contain_a_credential(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extension gets one request, in the documented format."""
    with ByteServer(in_turn(holding(user_of(keyless_cloud)))) as server:
        variables = install(monkeypatch, server)
        assert_one_of_each(keyless_cloud, send("bootstrap", EVENT))
    (request,) = server.requests
    target = f"/secretsmanager/get?secretId={quote(variables[ARN], safe='')}"
    assert request.startswith(f"GET {target} HTTP/1.1\r\n".encode())
    assert request.headers["x-aws-parameters-secrets-token"] == variables[SESSION]


def test_the_environment_takes_precedence_over_the_secret(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Precedence applies to each setting, and an empty variable counts as not set."""
    values = {
        **keys_of(keyless_cloud),
        SK: unique("wrong"),
        "LOG_STREAM_NAME": "from-secret",
    }
    put(monkeypatch, {SK: keyless_cloud.secret_key, AK: "", "LOG_STREAM_NAME": ""})
    with ByteServer(in_turn(holding(values))) as server:
        install(monkeypatch, server)
        send("bootstrap", EVENT)
    assert [s["log_stream_name"] for s in keyless_cloud.streams] == ["from-secret"]


def test_numbers_in_a_secret_are_valid_settings(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fields of the secret that are not settings are ignored."""
    values = {**keys_of(keyless_cloud), "HTTP_TIMEOUT_SECONDS": 7, "engine": {"a": [1]}}
    monkeypatch.delenv("HTTP_TIMEOUT_SECONDS")
    with ByteServer(in_turn(holding(values))) as server:
        install(monkeypatch, server)
        send("bootstrap", EVENT)
    assert keyless_cloud.streams[0]["log_stream_name"] == STREAM_NAME


@pytest.mark.parametrize("value", [None, ["a"], True])
def test_a_value_that_is_not_a_string_is_not_a_credential(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    """Null counts as not set, and no Python representation is sent as a token."""
    with ByteServer(in_turn(holding({"HUAWEICLOUD_AUTH_TOKEN": value}))) as server:
        install(monkeypatch, server)
        error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert keyless_cloud.calls == []


def test_a_secret_with_a_ttl_of_zero_is_not_cached(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each invocation requests the secret, and a rotated key takes effect."""
    rotated = {AK: keyless_cloud.access_key, SK: unique("rotated")}
    with ByteServer(
        in_turn(holding(keys_of(keyless_cloud)), holding(rotated))
    ) as server:
        install(monkeypatch, server, **{TTL: "0"})
        send("bootstrap", listener())
        error = expect_error("bootstrap", listener())
    assert (len(server.requests), error.upstream_status) == (2, 401)


def test_another_secret_is_requested_separately(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache key is the ARN."""
    with ByteServer(in_turn(holding(keys_of(keyless_cloud)))) as server:
        install(monkeypatch, server)
        send("bootstrap", listener())
        send("bootstrap", listener())
        assert len(server.requests) == 1
        monkeypatch.setenv(ARN, arn())
        send("bootstrap", listener())
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 403])
def test_an_error_reply_of_the_extension_raises_misconfigured(
    keyless_cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    assert_no_leak: LeakCheck,
    status: int,
) -> None:
    """The remedy names the missing permission, and no value is quoted."""
    value = unique("value")
    with ByteServer(in_turn(document({"message": value}, status))) as server:
        variables = install(monkeypatch, server)
        error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert f"{ARN}: the extension answered {status}" in error.detail
    assert "secretsmanager:GetSecretValue" in error.remedy
    assert 1 <= len(server.requests) <= 2
    assert keyless_cloud.calls == []
    assert_no_leak(error, [value, variables[SESSION]])


def test_a_missing_extension_raises_misconfigured(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch, assert_no_leak: LeakCheck
) -> None:
    """The remedy says that the layer is missing."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    session = unique("session")
    put(monkeypatch, {ARN: arn(), PORT: port, SESSION: session})
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert "did not answer" in error.detail
    assert "layers" in error.remedy
    assert keyless_cloud.calls == []
    assert_no_leak(error, [session])


def test_the_memory_search_finds_a_cached_secret(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This shows that the search used by other tests works."""
    cached = unique("cached")
    with ByteServer(
        in_turn(holding({**keys_of(keyless_cloud), "more": cached}))
    ) as server:
        install(monkeypatch, server)
        send("bootstrap", EVENT)
    assert find_in_memory([cached, unique("unknown")]) == {cached}


def test_an_extension_that_was_not_ready_is_called_again(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure is not cached, so the next event succeeds."""
    refusals = [document({}, 400)] * 3
    with ByteServer(in_turn(*refusals, holding(keys_of(keyless_cloud)))) as server:
        install(monkeypatch, server)
        assert expect_error("bootstrap", EVENT).retryable
        assert_one_of_each(keyless_cloud, send("bootstrap", EVENT))
    assert len(server.requests) == 4


VALUE = unique("value")
STRING = json.dumps({"SecretString": json.dumps({AK: VALUE})}).encode()
OK = "HTTP/1.1 200 OK\r\n"
INVALID: dict[str, Answer] = {
    "empty body": answer(b""),
    "invalid UTF-8": answer(b"\xff\xfe" + VALUE.encode()),
    "array": document([VALUE]),
    "binary secret": document({"SecretBinary": VALUE}),
    "SecretString is not a string": document({"SecretString": {AK: VALUE}}),
    "SecretString is not JSON": document({"SecretString": VALUE}),
    "SecretString is a number": document({"SecretString": "7", "Name": VALUE}),
    "deeply nested JSON": answer(b'["' + VALUE.encode() + b'",' + b"[" * 10**5),
    "deeply nested SecretString": document(
        {"SecretString": "[" * 10**5, "Name": VALUE}
    ),
    "redirect": answer(STRING, 302, Location=f"http://127.0.0.1/{VALUE}"),
    "truncated reply": cut(answer(STRING).pieces[0][:-9]),
    "not HTTP": cut(f"{VALUE}\r\n\r\n".encode()),
    "invalid status": cut(f"HTTP/1.1 {VALUE} OK\r\n\r\n".encode()),
    "invalid content length": cut(f"{OK}Content-Length: {VALUE}\r\n\r\n".encode()),
    "invalid chunk": cut(f"{OK}Transfer-Encoding: chunked\r\n\r\n{VALUE}\r\n".encode()),
}


@pytest.mark.parametrize("reply", INVALID.values(), ids=INVALID)
def test_an_invalid_reply_of_the_extension_raises_misconfigured(
    isolated: pytest.MonkeyPatch, assert_no_leak: LeakCheck, reply: Answer
) -> None:
    """The error names the setting and does not quote the reply."""
    with ByteServer(in_turn(reply)) as server:
        variables = install(isolated, server)
        error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert ARN in error.detail
    assert 1 <= len(server.requests) <= 2
    assert_no_leak(error, [VALUE, variables[SESSION]])


@pytest.mark.parametrize("session", ["line\nbreak", "日志"])
def test_an_invalid_session_token_raises_misconfigured(
    isolated: pytest.MonkeyPatch, assert_no_leak: LeakCheck, session: str
) -> None:
    """The error does not quote the token."""
    token = f"{unique('session')}{session}"
    with ByteServer(in_turn(document({}, 403))) as server:
        install(isolated, server, **{SESSION: token})
        error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert_no_leak(error, [token, token.split("\n", maxsplit=1)[0]])


@pytest.mark.parametrize(
    "slow",
    [SILENCE, dripped(answer(b" " * 4000).pieces[0], 0.05)],
    ids=["no reply", "one byte at a time"],
)
def test_an_extension_that_hangs_does_not_exceed_the_deadline(
    isolated: pytest.MonkeyPatch, slow: Answer
) -> None:
    """The error is raised in time for a response."""
    with ByteServer(in_turn(slow)) as server:
        install(isolated, server)
        began = time.monotonic()
        expect_error("bootstrap", EVENT, LambdaContext(1.2))
        assert time.monotonic() - began < 1.2


@pytest.mark.parametrize("name", [SK, "HUAWEICLOUD_IAM_PASSWORD"])
def test_an_invalid_setting_in_a_secret_is_named_but_not_quoted(
    isolated: pytest.MonkeyPatch, assert_no_leak: LeakCheck, name: str
) -> None:
    """The value contains a line break, or a related setting is missing."""
    value = unique("value")
    invalid = value if "PASSWORD" in name else f"{value}\nx"
    values = {AK: unique(), SK: unique(), name: invalid}
    with ByteServer(in_turn(holding(values))) as server:
        install(isolated, server)
        error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert name in error.detail
    assert_no_leak(error, [value])
