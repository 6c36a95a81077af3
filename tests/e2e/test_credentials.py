"""Who the bundle says it is, and what it does with half a credential."""

from __future__ import annotations

import pytest

from functions.errors import Misconfigured
from tests.e2e.driving import EVENT, assert_one_of_each, refused, send
from tests.e2e.output import Output, assert_nothing_secret
from tests.emulator import Emulator

KEYS = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")
SECRET = "a-secret-that-nobody-may-read"


@pytest.fixture
def stranger(cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud for which no credential is set."""
    for name in KEYS:
        monkeypatch.delenv(name)
    return cloud


def test_a_token_is_sent_and_nothing_is_signed(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one token serves both services."""
    monkeypatch.setenv("HUAWEICLOUD_AUTH_TOKEN", stranger.token)
    assert_one_of_each(stranger, send("bootstrap", EVENT))
    for call in stranger.calls:
        assert "x-auth-token" in call["request_headers"]
        assert "authorization" not in call["request_headers"]


def test_global_accelerator_may_have_a_token_of_its_own(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one would be refused there, so that it is seen not to be sent."""
    monkeypatch.setenv("HUAWEICLOUD_AUTH_TOKEN", stranger.token)
    monkeypatch.setenv("HUAWEICLOUD_GA_AUTH_TOKEN", SECRET)
    error = refused("bootstrap", EVENT)
    assert [call["status"] for call in stranger.calls] == [201, 401]
    assert (error.service, error.step) == ("GA", "create_logtank")


@pytest.mark.parametrize("prefix", ["HUAWEICLOUD_SDK", "CLOUD_SDK"])
def test_keys_sign_every_request_under_either_name(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, prefix: str
) -> None:
    """The vendor's SDK and its API pages name them differently."""
    monkeypatch.setenv(f"{prefix}_AK", stranger.access_key)
    monkeypatch.setenv(f"{prefix}_SK", stranger.secret_key)
    assert_one_of_each(stranger, send("bootstrap", EVENT))
    for call in stranger.calls:
        assert "authorization" in call["request_headers"]
        assert not {"x-auth-token", "x-security-token"} & call["request_headers"].keys()


def test_temporary_keys_bring_their_security_token(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It travels in its header, and the signature holds."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_SECURITY_TOKEN", SECRET)
    assert_one_of_each(cloud, send("bootstrap", EVENT))
    for call in cloud.calls:
        assert "x-security-token" in call["request_headers"]


def test_a_token_goes_before_keys(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where both are complete."""
    monkeypatch.setenv("HUAWEICLOUD_AUTH_TOKEN", cloud.token)
    send("bootstrap", EVENT)
    for call in cloud.calls:
        assert "x-auth-token" in call["request_headers"]


@pytest.mark.parametrize("beside_a_whole_one", [False, True], ids=["alone", "beside"])
@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("HUAWEICLOUD_GA_AUTH_TOKEN", "HUAWEICLOUD_AUTH_TOKEN"),
        ("CLOUD_SDK_AK", "CLOUD_SDK_SK"),
        ("CLOUD_SDK_SK", "CLOUD_SDK_AK"),
        ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"),
        ("HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_AK"),
        ("HUAWEICLOUD_SDK_SECURITY_TOKEN", "HUAWEICLOUD_SDK_AK"),
    ],
)
def test_half_a_credential_is_misconfigured(
    stranger: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    given: str,
    missing: str,
    *,
    beside_a_whole_one: bool,
) -> None:
    """It is never passed over for another kind, even a complete one."""
    if beside_a_whole_one:
        _set_another_kind(monkeypatch, stranger, given)
    monkeypatch.setenv(given, SECRET)
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert given in error.detail
    assert missing in error.detail
    assert_nothing_secret(stranger, error, output, SECRET)
    assert stranger.calls == []


def test_no_credential_at_all_is_misconfigured(stranger: Emulator) -> None:
    """The error says what may be set."""
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    for name in ("HUAWEICLOUD_AUTH_TOKEN", *KEYS):
        assert name in error.detail
    assert stranger.calls == []


def _set_another_kind(
    environment: pytest.MonkeyPatch, cloud: Emulator, than: str
) -> None:
    if than == "HUAWEICLOUD_GA_AUTH_TOKEN":
        environment.setenv("HUAWEICLOUD_SDK_AK", cloud.access_key)
        environment.setenv("HUAWEICLOUD_SDK_SK", cloud.secret_key)
    else:
        environment.setenv("HUAWEICLOUD_AUTH_TOKEN", cloud.token)
