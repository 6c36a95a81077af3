"""Tokens that are set, and keys that sign."""

from __future__ import annotations

import json

import pytest

from functions.errors import AuthenticationFailed
from tests.byte_server import Answer, ByteServer, Request, document
from tests.e2e.contexts import LambdaContext
from tests.e2e.credentials.wholes import (
    AK,
    GA_TOKEN,
    OTHER_AK,
    OTHER_SK,
    PROJECT,
    SECURITY_TOKEN,
    SK,
    TOKEN,
    at,
    fresh,
    issued,
    other_keys_of,
    put,
)
from tests.e2e.driving import EVENT, assert_one_of_each, logtank_event, refused, send
from tests.emulator import Emulator


def test_each_service_gets_the_token_of_its_scope(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project's goes to LTS, the domain's to GA; nothing is signed."""
    monkeypatch.setenv(
        TOKEN, issued(stranger, {"project": {"id": stranger.project_id}})
    )
    monkeypatch.setenv(
        GA_TOKEN, issued(stranger, {"domain": {"name": stranger.domain}})
    )
    assert_one_of_each(stranger, send("bootstrap", EVENT))
    for call in stranger.calls[2:]:
        assert "x-auth-token" in call["request_headers"]
        assert "authorization" not in call["request_headers"]


def test_tokens_of_swapped_scopes_are_refused_by_the_first_service(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is made, and the remedy says which scope each service wants."""
    monkeypatch.setenv(TOKEN, issued(stranger, {"domain": {"name": stranger.domain}}))
    monkeypatch.setenv(
        GA_TOKEN, issued(stranger, {"project": {"id": stranger.project_id}})
    )
    error = refused("bootstrap", EVENT)
    assert isinstance(error, AuthenticationFailed)
    assert "scope" in error.remedy
    assert stranger.streams == stranger.logtanks == []


def test_a_projects_token_alone_is_refused_by_global_accelerator(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error tells what was made before."""
    monkeypatch.setenv(
        TOKEN, issued(stranger, {"project": {"id": stranger.project_id}})
    )
    error = refused("bootstrap", EVENT)
    assert isinstance(error, AuthenticationFailed)
    assert (error.service, error.step) == ("GA", "create_logtank")
    assert error.log_stream_id == stranger.streams[0]["log_stream_id"]


def answering(asked: Request) -> Answer:
    """Create whatever is asked for."""
    if asked.path == "/v1/logtanks":
        wanted = json.loads(asked.body)["logtank"]
        return document({"logtank": {"id": "tank", "status": "ACTIVE", **wanted}})
    return document({"log_stream_id": "stream"})


KEY_PAIRS = {"HUAWEICLOUD_SDK": (AK, SK), "CLOUD_SDK": (OTHER_AK, OTHER_SK)}


@pytest.mark.parametrize("names", KEY_PAIRS.values(), ids=KEY_PAIRS)
@pytest.mark.usefixtures("alone")
def test_a_signature_names_its_key_and_never_its_secret(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    """Both services are sent the key's name; the secret key goes nowhere."""
    access, secret = fresh("AK"), fresh("SK")
    with ByteServer(answering) as server:
        put(
            monkeypatch,
            at(server.endpoint) | dict(zip(names, (access, secret), strict=True)),
        )
        send("bootstrap", EVENT)
    assert server.paths()[1] == "/v1/logtanks"
    for asked in server.requests:
        authorization = asked.headers["authorization"]
        assert authorization.startswith(f"SDK-HMAC-SHA256 Access={access}, ")
        assert "x-auth-token" not in asked.headers
        assert secret not in asked.text


@pytest.mark.usefixtures("alone")
def test_a_security_token_travels_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It stands in its header as it was set, and among the signed headers."""
    token = fresh("token")
    keys = {AK: fresh("AK"), SK: fresh("SK"), SECURITY_TOKEN: token}
    with ByteServer(answering) as server:
        put(monkeypatch, at(server.endpoint) | keys)
        send("bootstrap", EVENT)
    for asked in server.requests:
        assert asked.headers["x-security-token"] == token
        assert "x-security-token" in asked.headers["authorization"]


@pytest.mark.usefixtures("alone")
def test_an_empty_security_token_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """No header without a value is sent; a permanent key stays one."""
    keys = {AK: fresh("AK"), SK: fresh("SK"), SECURITY_TOKEN: ""}
    with ByteServer(answering) as server:
        put(monkeypatch, at(server.endpoint) | keys)
        send("bootstrap", EVENT)
    assert len(server.requests) == 2
    for asked in server.requests:
        assert "x-security-token" not in asked.headers
        assert "x-security-token" not in asked.headers["authorization"]


def test_either_half_is_signed_as_well(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The emulator verifies every signature, also that of a project's question."""
    put(monkeypatch, other_keys_of(stranger) | {"HUAWEICLOUD_REGION": "cn-north-4"})
    monkeypatch.delenv(PROJECT)
    stream = send("create_log_stream", {"log_stream_name": "edge"})["log_stream_id"]
    event = logtank_event(stranger, stream)
    send("create_logtank", event, LambdaContext(1.3))
    assert {call["status"] for call in stranger.calls} == {200, 201}
