"""A wrong credential is told to the cloud twice at most, whatever comes in."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest

from functions.errors import AuthenticationFailed, BatchFailed, ProvisioningError
from tests.byte_server import ByteServer, in_turn
from tests.e2e.credentials.agency import ACCESS, SECRET, SECURITY, AgencyContext
from tests.e2e.credentials.conftest import Quiet
from tests.e2e.credentials.extension import holding, install
from tests.e2e.credentials.wholes import (
    AK,
    DOMAIN,
    GA_TOKEN,
    PASSWORD,
    PROJECT,
    SECURITY_TOKEN,
    SK,
    TOKEN,
    USER,
    fresh,
    keys_of,
    put,
)
from tests.e2e.driving import EVENT, assert_one_of_each, logtank_event, refused, send
from tests.emulator import Emulator

REFUSED_SECONDS = 300
Wrong = Callable[[Emulator], dict[str, str]]

KINDS: dict[str, Wrong] = {
    "two tokens": lambda _: {TOKEN: fresh(), GA_TOKEN: fresh()},
    "a wrong secret key": lambda cloud: {AK: cloud.access_key, SK: fresh()},
    "a temporary key": lambda cloud: {
        AK: cloud.access_key,
        SK: fresh(),
        SECURITY_TOKEN: fresh(),
    },
    "a wrong password": lambda cloud: {
        DOMAIN: cloud.domain,
        USER: cloud.user,
        PASSWORD: fresh(),
    },
}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
SOME = {name: KINDS[name] for name in ("a wrong secret key", "a wrong password")}
each_way = pytest.mark.parametrize("kind", SOME.values(), ids=SOME)


def fifty() -> list[object]:
    """Return events for fifty listeners."""
    return [{"resource_id": fresh("listener")} for _ in range(50)]


def told_off(cloud: Emulator) -> int:
    """Return how many requests were refused for their credential."""
    return [call["status"] for call in cloud.calls].count(401)


def assert_not_locked(cloud: Emulator, environment: pytest.MonkeyPatch) -> None:
    """Let the account's own key be served at once."""
    for name in (TOKEN, GA_TOKEN, SECURITY_TOKEN, DOMAIN, USER, PASSWORD):
        environment.delenv(name, raising=False)
    put(environment, keys_of(cloud))
    assert_one_of_each(cloud, send("bootstrap", EVENT))


def assert_waits(error: ProvisioningError) -> None:
    """Let an error say for how long nothing is sent, and be retryable then."""
    assert isinstance(error, AuthenticationFailed)
    assert error.retryable
    (seconds,) = re.findall(r"for (\d+) seconds", error.detail)
    assert REFUSED_SECONDS - 20 < int(seconds) <= REFUSED_SECONDS
    assert error.retry_after is not None
    assert math.isclose(error.retry_after, int(seconds), abs_tol=1)


@each_kind
def test_no_credential_is_refused_more_than_twice(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, quiet: Quiet, kind: Wrong
) -> None:
    """One event, then fifty, then more: the key is not locked for anybody."""
    monkeypatch.setenv("MAX_CONCURRENCY", "64")
    wrong = kind(stranger)
    put(monkeypatch, wrong)
    first = refused("bootstrap", EVENT)
    assert isinstance(first, AuthenticationFailed)
    many = refused("bootstrap", fifty())
    assert isinstance(many, BatchFailed)
    assert len(many.failures) == 50
    for error in (*many.failures.values(), refused("bootstrap", EVENT)):
        assert_waits(error)
    assert many.retryable
    assert 1 <= told_off(stranger) <= 2
    assert len(stranger.calls) <= 2
    secrets = [wrong[name] for name in wrong if name not in (AK, DOMAIN, USER)]
    quiet(first, secrets)
    quiet(many, secrets)
    assert_not_locked(stranger, monkeypatch)


@each_way
def test_fifty_at_once_are_refused_twice_at_most(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, kind: Wrong
) -> None:
    """In the very first event, while nothing is known; the answers are slow."""
    stranger.reset(latency_seconds=0.02)
    monkeypatch.setenv("MAX_CONCURRENCY", "64")
    put(monkeypatch, kind(stranger))
    error = refused("bootstrap", fifty())
    assert isinstance(error, BatchFailed)
    assert {type(each) for each in error.failures.values()} == {AuthenticationFailed}
    assert 1 <= len(stranger.calls) <= 2
    assert_not_locked(stranger, monkeypatch)


@each_way
def test_the_question_for_the_project_counts_as_well(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, kind: Wrong
) -> None:
    """Some of the events name their project and others do not."""
    monkeypatch.setenv("MAX_CONCURRENCY", "64")
    monkeypatch.setenv("HUAWEICLOUD_REGION", "cn-north-4")
    monkeypatch.delenv(PROJECT)
    put(monkeypatch, kind(stranger))
    named = {"project_id": stranger.project_id, "log_stream_name": "edge"}
    events = [named | {"log_stream_name": fresh("n")} for _ in range(6)]
    events += [{"log_stream_name": fresh("u")} for _ in range(6)]
    for _ in "12":
        refused("create_log_stream", events)
    assert 1 <= len(stranger.calls) <= 2


@each_way
def test_the_second_half_alone_is_refused_twice_at_most(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, kind: Wrong
) -> None:
    """Six events one after the other."""
    put(monkeypatch, kind(stranger))
    for _ in range(6):
        event = logtank_event(stranger, fresh("s"), fresh("l"))
        error = refused("create_logtank", event)
        assert isinstance(error, AuthenticationFailed)
    assert_waits(error)
    assert 1 <= len(stranger.calls) <= 2


def test_an_agencys_refused_keys_are_not_sent_again(stranger: Emulator) -> None:
    """Until it gives others."""
    bad = {ACCESS: stranger.access_key, SECRET: fresh(), SECURITY: fresh()}
    for _ in range(2):
        error = refused("bootstrap", fifty(), AgencyContext({**bad}))
        assert isinstance(error, BatchFailed)
    assert 1 <= len(stranger.calls) <= 2
    good = {**bad, SECRET: stranger.secret_key}
    assert_one_of_each(stranger, send("bootstrap", EVENT, AgencyContext({**good})))


def test_a_secrets_refused_keys_are_not_sent_again(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the secret is read."""
    bad = {AK: stranger.access_key, SK: fresh()}
    with ByteServer(in_turn(holding(bad))) as server:
        install(monkeypatch, server, SECRETS_MANAGER_TTL="0")
        for _ in range(6):
            assert isinstance(refused("bootstrap", EVENT), AuthenticationFailed)
    assert 1 <= len(stranger.calls) <= 2


@pytest.mark.parametrize("service", ["LTS", "GA"])
def test_keys_that_one_service_refuses_are_refused_once(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    """The other's acceptance opens no door there, in any invocation.

    Other keys are not refused for them.
    """
    put(monkeypatch, keys_of(stranger))
    stranger.fail({"operation": service, "status": 401, "times": None})
    for _ in range(2):
        refused("bootstrap", fifty()[:16])
    assert told_off(stranger) == 1
    stranger.reset()
    monkeypatch.setenv(SECURITY_TOKEN, "of-new-temporary-keys")
    assert send("bootstrap", {"resource_id": fresh("listener")})["created"]
