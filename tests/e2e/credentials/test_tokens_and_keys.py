"""Configured tokens, and requests signed with keys."""

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
    issue_token,
    other_keys_of,
    put,
    unique,
)
from tests.e2e.driving import (
    EVENT,
    assert_one_of_each,
    expect_error,
    logtank_event,
    send,
)
from tests.emulator import Emulator


def test_each_service_gets_the_token_with_its_scope(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """LTS gets the project token and GA the domain token, and nothing is signed."""
    monkeypatch.setenv(
        TOKEN, issue_token(keyless_cloud, {"project": {"id": keyless_cloud.project_id}})
    )
    monkeypatch.setenv(
        GA_TOKEN, issue_token(keyless_cloud, {"domain": {"name": keyless_cloud.domain}})
    )
    assert_one_of_each(keyless_cloud, send("bootstrap", EVENT))
    for call in keyless_cloud.calls[2:]:
        assert "x-auth-token" in call["request_headers"]
        assert "authorization" not in call["request_headers"]


def test_tokens_with_swapped_scopes_are_rejected_by_the_first_service(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is created, and the remedy names the required scope of each service."""
    monkeypatch.setenv(
        TOKEN, issue_token(keyless_cloud, {"domain": {"name": keyless_cloud.domain}})
    )
    monkeypatch.setenv(
        GA_TOKEN,
        issue_token(keyless_cloud, {"project": {"id": keyless_cloud.project_id}}),
    )
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, AuthenticationFailed)
    assert "scope" in error.remedy
    assert keyless_cloud.streams == keyless_cloud.logtanks == []


def test_a_project_token_is_rejected_by_global_accelerator(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the log stream that was created before."""
    monkeypatch.setenv(
        TOKEN, issue_token(keyless_cloud, {"project": {"id": keyless_cloud.project_id}})
    )
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, AuthenticationFailed)
    assert (error.service, error.step) == ("GA", "create_logtank")
    assert error.log_stream_id == keyless_cloud.streams[0]["log_stream_id"]


def create_everything(request: Request) -> Answer:
    """Reply to every create with a success."""
    if request.path == "/v1/logtanks":
        requested = json.loads(request.body)["logtank"]
        return document({"logtank": {"id": "tank", "status": "ACTIVE", **requested}})
    return document({"log_stream_id": "stream"})


KEY_PAIRS = {"HUAWEICLOUD_SDK": (AK, SK), "CLOUD_SDK": (OTHER_AK, OTHER_SK)}


@pytest.mark.parametrize("names", KEY_PAIRS.values(), ids=KEY_PAIRS)
@pytest.mark.usefixtures("isolated")
def test_a_signed_request_contains_the_access_key_but_not_the_secret_key(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, str]
) -> None:
    """Both services get the access key ID, and the secret key is never sent."""
    access, secret = unique("AK"), unique("SK")
    with ByteServer(create_everything) as server:
        put(
            monkeypatch,
            at(server.endpoint) | dict(zip(names, (access, secret), strict=True)),
        )
        send("bootstrap", EVENT)
    assert server.paths()[1] == "/v1/logtanks"
    for request in server.requests:
        authorization = request.headers["authorization"]
        assert authorization.startswith(f"SDK-HMAC-SHA256 Access={access}, ")
        assert "x-auth-token" not in request.headers
        assert secret not in request.text


@pytest.mark.usefixtures("isolated")
def test_a_security_token_is_sent_and_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its header contains the unchanged token and is one of the signed headers."""
    token = unique("token")
    keys = {AK: unique("AK"), SK: unique("SK"), SECURITY_TOKEN: token}
    with ByteServer(create_everything) as server:
        put(monkeypatch, at(server.endpoint) | keys)
        send("bootstrap", EVENT)
    for request in server.requests:
        assert request.headers["x-security-token"] == token
        assert "x-security-token" in request.headers["authorization"]


@pytest.mark.usefixtures("isolated")
def test_an_empty_security_token_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A permanent key with an empty token setting is signed without the header."""
    keys = {AK: unique("AK"), SK: unique("SK"), SECURITY_TOKEN: ""}
    with ByteServer(create_everything) as server:
        put(monkeypatch, at(server.endpoint) | keys)
        send("bootstrap", EVENT)
    assert len(server.requests) == 2
    for request in server.requests:
        assert "x-security-token" not in request.headers
        assert "x-security-token" not in request.headers["authorization"]


def test_the_single_steps_are_signed(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The emulator verifies every signature, including that of the project lookup."""
    put(
        monkeypatch, other_keys_of(keyless_cloud) | {"HUAWEICLOUD_REGION": "cn-north-4"}
    )
    monkeypatch.delenv(PROJECT)
    stream = send("create_log_stream", {"log_stream_name": "edge"})["log_stream_id"]
    event = logtank_event(keyless_cloud, stream)
    send("create_logtank", event, LambdaContext(1.3))
    assert {call["status"] for call in keyless_cloud.calls} == {200, 201}
