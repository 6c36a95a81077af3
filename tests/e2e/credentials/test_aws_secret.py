"""Settings in a secret of AWS, which the extension on this machine gives."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from urllib.parse import quote

import pytest

from functions.errors import Misconfigured
from tests.e2e.credentials.conftest import Quiet
from tests.e2e.credentials.desk import Desk, said
from tests.e2e.credentials.extension import (
    ARN,
    PORT,
    SESSION,
    TTL,
    arn,
    holding,
    in_turn,
    install,
)
from tests.e2e.credentials.memory import held
from tests.e2e.credentials.wholes import (
    AK,
    SK,
    fresh,
    keys_of,
    other_keys_of,
    put,
    token_of,
    user_of,
)
from tests.e2e.driving import EVENT, STREAM_NAME, assert_one_of_each, refused, send
from tests.emulator import Emulator


def listener() -> dict[str, object]:
    """Return an event for a listener of its own."""
    return {"resource_id": fresh("listener")}


KINDS = {
    "token": token_of,
    "keys": keys_of,
    "keys of the API pages": other_keys_of,
    "user": user_of,
}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_secret_may_hold_any_kind_of_credential(
    stranger: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    kind: Callable[[Emulator], dict[str, str]],
) -> None:
    """The extension is asked as its documentation says, once."""
    with Desk(in_turn(holding(kind(stranger)))) as desk:
        told = install(monkeypatch, desk)
        assert_one_of_each(stranger, send("bootstrap", EVENT))
    (asked,) = desk.asked
    target = f"/secretsmanager/get?secretId={quote(told[ARN], safe='')}"
    assert (asked.method, asked.target) == ("GET", target)
    assert asked.headers["x-aws-parameters-secrets-token"] == told[SESSION]


def test_the_environment_goes_before_the_secret(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Setting by setting; an empty one is not set."""
    values = {**keys_of(stranger), SK: fresh("wrong"), "LOG_STREAM_NAME": "of-secret"}
    put(monkeypatch, {SK: stranger.secret_key, AK: "", "LOG_STREAM_NAME": ""})
    with Desk(in_turn(holding(values))) as desk:
        install(monkeypatch, desk)
        send("bootstrap", EVENT)
    assert [s["log_stream_name"] for s in stranger.streams] == ["of-secret"]


def test_numbers_in_a_secret_are_settings_as_well(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there and is no setting does no harm."""
    values = {**keys_of(stranger), "HTTP_TIMEOUT_SECONDS": 7, "engine": {"a": [1]}}
    monkeypatch.delenv("HTTP_TIMEOUT_SECONDS")
    with Desk(in_turn(holding(values))) as desk:
        install(monkeypatch, desk)
        send("bootstrap", EVENT)
    assert stranger.streams[0]["log_stream_name"] == STREAM_NAME


@pytest.mark.parametrize("value", [None, {}, [], ["a"], {"a": "b"}, True])
def test_a_value_that_is_no_text_is_no_credential(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, value: object
) -> None:
    """A null is not set; nothing of Python's own spelling is sent as a token."""
    with Desk(in_turn(holding({"HUAWEICLOUD_AUTH_TOKEN": value}))) as desk:
        install(monkeypatch, desk)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert stranger.calls == []


def test_a_secret_is_kept_as_long_as_the_extension_keeps_it(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then it is asked for again, and may be another one."""
    rotated = {AK: stranger.access_key, SK: fresh("rotated")}
    with Desk(in_turn(holding(keys_of(stranger)), holding(rotated))) as desk:
        install(monkeypatch, desk, **{TTL: "1"})
        send("bootstrap", listener())
        send("bootstrap", listener())
        assert len(desk.asked) == 1
        time.sleep(1.05)
        error = refused("bootstrap", listener())
    assert (len(desk.asked), error.upstream_status) == (2, 401)


@pytest.mark.parametrize(("ttl", "asked"), [("0", 3), ("", 1), ("soon", 1)])
def test_the_time_to_live_is_what_is_set(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, ttl: str, asked: int
) -> None:
    """Five minutes where it is no number."""
    with Desk(in_turn(holding(keys_of(stranger)))) as desk:
        install(monkeypatch, desk, **{TTL: ttl})
        for _ in range(3):
            send("bootstrap", listener())
    assert len(desk.asked) == asked


def test_another_secret_is_another_question(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is kept by ARN."""
    with Desk(in_turn(holding(keys_of(stranger)))) as desk:
        install(monkeypatch, desk)
        send("bootstrap", listener())
        monkeypatch.setenv(ARN, arn())
        send("bootstrap", listener())
    assert len(desk.asked) == 2


@pytest.mark.parametrize("status", [400, 500])
def test_an_extension_that_was_not_ready_is_asked_once_more(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    """It may refuse the first question of an instance."""
    answers = in_turn(said(status, {}), holding(keys_of(stranger)))
    with Desk(answers) as desk:
        install(monkeypatch, desk)
        assert_one_of_each(stranger, send("bootstrap", EVENT))
    assert len(desk.asked) == 2


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_an_extension_that_refuses_is_misconfigured(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, quiet: Quiet, status: int
) -> None:
    """After two questions at most; the error says what to add, and quotes nothing."""
    value = fresh("value")
    with Desk(in_turn(said(status, {"message": value}))) as desk:
        told = install(monkeypatch, desk)
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert f"{ARN}: the extension answered {status}" in error.detail
    assert "secretsmanager:GetSecretValue" in error.remedy
    assert 1 <= len(desk.asked) <= 2
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
    with Desk(in_turn(holding({**keys_of(stranger), "more": kept}))) as desk:
        install(monkeypatch, desk)
        send("bootstrap", EVENT)
    assert held([kept, fresh("unknown")]) == {kept}


def test_a_second_failure_does_not_outlive_the_first(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went wrong is not kept: the next event finds the extension ready."""
    refusal = said(400, {})
    with Desk(in_turn(refusal, refusal, holding(keys_of(stranger)))) as desk:
        install(monkeypatch, desk)
        assert refused("bootstrap", EVENT).retryable
        assert_one_of_each(stranger, send("bootstrap", EVENT))
