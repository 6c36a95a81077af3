"""Settings in a secret of AWS, which the extension on this machine gives."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import quote

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
from tests.e2e.credentials.conftest import Quiet
from tests.e2e.credentials.extension import (
    ARN,
    PORT,
    SESSION,
    TTL,
    arn,
    holding,
    install,
)
from tests.e2e.credentials.memory import held
from tests.e2e.credentials.wholes import (
    AK,
    SK,
    fresh,
    keys_of,
    put,
    user_of,
)
from tests.e2e.driving import EVENT, STREAM_NAME, assert_one_of_each, refused, send
from tests.emulator import Emulator


def listener() -> dict[str, object]:
    """Return an event for a listener of its own."""
    return {"resource_id": fresh("listener")}


def test_a_secret_may_hold_a_credential(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The extension is asked as its documentation says, once."""
    with ByteServer(in_turn(holding(user_of(stranger)))) as server:
        told = install(monkeypatch, server)
        assert_one_of_each(stranger, send("bootstrap", EVENT))
    (asked,) = server.requests
    target = f"/secretsmanager/get?secretId={quote(told[ARN], safe='')}"
    assert asked.startswith(f"GET {target} HTTP/1.1\r\n".encode())
    assert asked.headers["x-aws-parameters-secrets-token"] == told[SESSION]


def test_the_environment_goes_before_the_secret(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Setting by setting; an empty one is not set."""
    values = {**keys_of(stranger), SK: fresh("wrong"), "LOG_STREAM_NAME": "of-secret"}
    put(monkeypatch, {SK: stranger.secret_key, AK: "", "LOG_STREAM_NAME": ""})
    with ByteServer(in_turn(holding(values))) as server:
        install(monkeypatch, server)
        send("bootstrap", EVENT)
    assert [s["log_stream_name"] for s in stranger.streams] == ["of-secret"]


def test_numbers_in_a_secret_are_settings_as_well(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there and is no setting does no harm."""
    values = {**keys_of(stranger), "HTTP_TIMEOUT_SECONDS": 7, "engine": {"a": [1]}}
    monkeypatch.delenv("HTTP_TIMEOUT_SECONDS")
    with ByteServer(in_turn(holding(values))) as server:
        install(monkeypatch, server)
        send("bootstrap", EVENT)
    assert stranger.streams[0]["log_stream_name"] == STREAM_NAME


@pytest.mark.parametrize("value", [None, ["a"], True])
def test_a_value_that_is_no_text_is_no_credential(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    """A null is not set; nothing of Python's own spelling is sent as a token."""
    with ByteServer(in_turn(holding({"HUAWEICLOUD_AUTH_TOKEN": value}))) as server:
        install(monkeypatch, server)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert stranger.calls == []


def test_a_secret_that_lives_for_no_time_is_not_kept(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each invocation asks for it, and may get another one."""
    rotated = {AK: stranger.access_key, SK: fresh("rotated")}
    with ByteServer(in_turn(holding(keys_of(stranger)), holding(rotated))) as server:
        install(monkeypatch, server, **{TTL: "0"})
        send("bootstrap", listener())
        error = refused("bootstrap", listener())
    assert (len(server.requests), error.upstream_status) == (2, 401)


def test_another_secret_is_another_question(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is kept by ARN."""
    with ByteServer(in_turn(holding(keys_of(stranger)))) as server:
        install(monkeypatch, server)
        send("bootstrap", listener())
        send("bootstrap", listener())
        assert len(server.requests) == 1
        monkeypatch.setenv(ARN, arn())
        send("bootstrap", listener())
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 403])
def test_an_extension_that_refuses_is_misconfigured(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, quiet: Quiet, status: int
) -> None:
    """After two questions at most; the error says what to add, and quotes nothing."""
    value = fresh("value")
    with ByteServer(in_turn(document({"message": value}, status))) as server:
        told = install(monkeypatch, server)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert f"{ARN}: the extension answered {status}" in error.detail
    assert "secretsmanager:GetSecretValue" in error.remedy
    assert 1 <= len(server.requests) <= 2
    assert stranger.calls == []
    quiet(error, [value, told[SESSION]])


def test_an_extension_that_is_not_there_is_misconfigured(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, quiet: Quiet
) -> None:
    """A layer was forgotten: the error says which."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    session = fresh("session")
    put(monkeypatch, {ARN: arn(), PORT: port, SESSION: session})
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert "did not answer" in error.detail
    assert "layers" in error.remedy
    assert stranger.calls == []
    quiet(error, [session])


def test_what_is_kept_of_a_secret_is_found_by_the_search_in_memory(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the search which finds nothing elsewhere is known to work."""
    kept = fresh("kept")
    with ByteServer(in_turn(holding({**keys_of(stranger), "more": kept}))) as server:
        install(monkeypatch, server)
        send("bootstrap", EVENT)
    assert held([kept, fresh("unknown")]) == {kept}


def test_an_extension_that_was_not_ready_is_asked_once_more(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went wrong is not kept: a later event finds the extension ready."""
    refusals = [document({}, 400)] * 3
    with ByteServer(in_turn(*refusals, holding(keys_of(stranger)))) as server:
        install(monkeypatch, server)
        assert refused("bootstrap", EVENT).retryable
        assert_one_of_each(stranger, send("bootstrap", EVENT))
    assert len(server.requests) == 4


VALUE = fresh("value")
STRING = json.dumps({"SecretString": json.dumps({AK: VALUE})}).encode()
OK = "HTTP/1.1 200 OK\r\n"
USELESS: dict[str, Answer] = {
    "nothing": answer(b""),
    "no text": answer(b"\xff\xfe" + VALUE.encode()),
    "a list": document([VALUE]),
    "a binary secret": document({"SecretBinary": VALUE}),
    "a SecretString of no text": document({"SecretString": {AK: VALUE}}),
    "a plain password": document({"SecretString": VALUE}),
    "a number in it": document({"SecretString": "7", "Name": VALUE}),
    "JSON that is very deep": answer(b'["' + VALUE.encode() + b'",' + b"[" * 10**5),
    "deep JSON in it": document({"SecretString": "[" * 10**5, "Name": VALUE}),
    "a redirection": answer(STRING, 302, Location=f"http://127.0.0.1/{VALUE}"),
    "half an answer": cut(answer(STRING).pieces[0][:-9]),
    "no HTTP": cut(f"{VALUE}\r\n\r\n".encode()),
    "a status of words": cut(f"HTTP/1.1 {VALUE} OK\r\n\r\n".encode()),
    "a length of words": cut(f"{OK}Content-Length: {VALUE}\r\n\r\n".encode()),
    "an unknown coding": cut(
        f"{OK}Transfer-Encoding: chunked\r\n\r\n{VALUE}\r\n".encode()
    ),
}


@pytest.mark.parametrize("useless", USELESS.values(), ids=USELESS)
def test_what_is_no_secret_of_settings_is_misconfigured(
    alone: pytest.MonkeyPatch, quiet: Quiet, useless: Answer
) -> None:
    """Whatever it is, it is not quoted, and nothing is sent."""
    with ByteServer(in_turn(useless)) as server:
        told = install(alone, server)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert ARN in error.detail
    assert 1 <= len(server.requests) <= 2
    quiet(error, [VALUE, told[SESSION]])


@pytest.mark.parametrize("session", ["line\nbreak", "日志"])
def test_an_odd_session_token_is_no_reason_to_break(
    alone: pytest.MonkeyPatch, quiet: Quiet, session: str
) -> None:
    """It ends in our error, which does not quote it."""
    whole = f"{fresh('session')}{session}"
    with ByteServer(in_turn(document({}, 403))) as server:
        install(alone, server, **{SESSION: whole})
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    quiet(error, [whole, whole.split("\n", maxsplit=1)[0]])


@pytest.mark.parametrize(
    "slow",
    [SILENCE, dripped(answer(b" " * 4000).pieces[0], 0.05)],
    ids=["silent", "a byte at a time"],
)
def test_an_extension_that_hangs_does_not_take_the_functions_time(
    alone: pytest.MonkeyPatch, slow: Answer
) -> None:
    """The error comes while there is time for a reply."""
    with ByteServer(in_turn(slow)) as server:
        install(alone, server)
        began = time.monotonic()
        refused("bootstrap", EVENT, LambdaContext(1.2))
        assert time.monotonic() - began < 1.2


@pytest.mark.parametrize("name", [SK, "HUAWEICLOUD_IAM_PASSWORD"])
def test_a_wrong_setting_in_a_secret_is_named_and_not_quoted(
    alone: pytest.MonkeyPatch, quiet: Quiet, name: str
) -> None:
    """A line break was pasted with it, or its other half was forgotten."""
    value = fresh("value")
    broken = value if "PASSWORD" in name else f"{value}\n"
    held = {AK: fresh(), SK: fresh(), name: broken}
    with ByteServer(in_turn(holding(held))) as server:
        install(alone, server)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert name in error.detail
    quiet(error, [value])
