"""A wrong credential is sent to the cloud no more than twice."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from uuid import uuid4

import pytest

from functions.errors import AuthenticationFailed, BatchFailed, ProvisioningError
from tests.byte_server import ByteServer, in_turn
from tests.e2e.credentials.agency import ACCESS, SECRET, SECURITY, AgencyContext
from tests.e2e.credentials.conftest import LeakCheck
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
    keys_of,
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

LOCKOUT_SECONDS = 300
WrongCredential = Callable[[Emulator], dict[str, str]]

KINDS: dict[str, WrongCredential] = {
    "two tokens": lambda _: {TOKEN: unique(), GA_TOKEN: unique()},
    "a wrong secret key": lambda cloud: {AK: cloud.access_key, SK: unique()},
    "a temporary key": lambda cloud: {
        AK: cloud.access_key,
        SK: unique(),
        SECURITY_TOKEN: unique(),
    },
    "a wrong password": lambda cloud: {
        DOMAIN: cloud.domain,
        USER: cloud.user,
        PASSWORD: unique(),
    },
}
for_each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
TWO_KINDS = {name: KINDS[name] for name in ("a wrong secret key", "a wrong password")}
for_two_kinds = pytest.mark.parametrize("kind", TWO_KINDS.values(), ids=TWO_KINDS)


def fifty_events() -> list[object]:
    """Return events for fifty unique listeners."""
    return [{"resource_id": uuid4().hex} for _ in range(50)]


def rejected_calls(cloud: Emulator) -> int:
    """Return the number of calls that were rejected with a 401."""
    return [call["status"] for call in cloud.calls].count(401)


def assert_not_locked(cloud: Emulator, environment: pytest.MonkeyPatch) -> None:
    """Check that the valid key of the account works immediately."""
    for name in (TOKEN, GA_TOKEN, SECURITY_TOKEN, DOMAIN, USER, PASSWORD):
        environment.delenv(name, raising=False)
    put(environment, keys_of(cloud))
    assert_one_of_each(cloud, send("bootstrap", EVENT))


def assert_lockout(error: ProvisioningError) -> None:
    """Check that an error is retryable and says how long the credential is unused."""
    assert isinstance(error, AuthenticationFailed)
    assert error.retryable
    (seconds,) = re.findall(r"for (\d+) seconds", error.detail)
    assert LOCKOUT_SECONDS - 20 < int(seconds) <= LOCKOUT_SECONDS
    assert error.retry_after is not None
    assert math.isclose(error.retry_after, int(seconds), abs_tol=1)


@for_each_kind
def test_a_wrong_credential_is_sent_no_more_than_twice(
    keyless_cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    assert_no_leak: LeakCheck,
    kind: WrongCredential,
) -> None:
    """One event, then fifty, then another do not lock the key."""
    monkeypatch.setenv("MAX_CONCURRENCY", "64")
    wrong = kind(keyless_cloud)
    put(monkeypatch, wrong)
    first = expect_error("bootstrap", EVENT)
    assert isinstance(first, AuthenticationFailed)
    many = expect_error("bootstrap", fifty_events())
    assert isinstance(many, BatchFailed)
    assert len(many.failures) == 50
    for error in (*many.failures.values(), expect_error("bootstrap", EVENT)):
        assert_lockout(error)
    assert many.retryable
    assert 1 <= rejected_calls(keyless_cloud) <= 2
    assert len(keyless_cloud.calls) <= 2
    secrets = [wrong[name] for name in wrong if name not in (AK, DOMAIN, USER)]
    assert_no_leak(first, secrets)
    assert_no_leak(many, secrets)
    assert_not_locked(keyless_cloud, monkeypatch)


@for_two_kinds
def test_fifty_concurrent_requests_send_a_wrong_credential_no_more_than_twice(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch, kind: WrongCredential
) -> None:
    """This holds for the first event of a process, even if the replies are slow."""
    keyless_cloud.reset(latency_seconds=0.02)
    monkeypatch.setenv("MAX_CONCURRENCY", "64")
    put(monkeypatch, kind(keyless_cloud))
    error = expect_error("bootstrap", fifty_events())
    assert isinstance(error, BatchFailed)
    assert {type(each) for each in error.failures.values()} == {AuthenticationFailed}
    assert 1 <= len(keyless_cloud.calls) <= 2
    assert_not_locked(keyless_cloud, monkeypatch)


@for_two_kinds
def test_a_rejected_project_lookup_counts_too(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch, kind: WrongCredential
) -> None:
    """Some of the events contain a project and others need a lookup."""
    monkeypatch.setenv("MAX_CONCURRENCY", "64")
    monkeypatch.setenv("HUAWEICLOUD_REGION", "cn-north-4")
    monkeypatch.delenv(PROJECT)
    put(monkeypatch, kind(keyless_cloud))
    named = {"project_id": keyless_cloud.project_id, "log_stream_name": "edge"}
    events = [named | {"log_stream_name": unique("n")} for _ in range(6)]
    events += [{"log_stream_name": unique("u")} for _ in range(6)]
    for _ in "12":
        expect_error("create_log_stream", events)
    assert 1 <= len(keyless_cloud.calls) <= 2


@for_two_kinds
def test_create_logtank_sends_a_wrong_credential_no_more_than_twice(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch, kind: WrongCredential
) -> None:
    """This holds for six consecutive events."""
    put(monkeypatch, kind(keyless_cloud))
    for _ in range(6):
        event = logtank_event(keyless_cloud, unique("s"), unique("l"))
        error = expect_error("create_logtank", event)
        assert isinstance(error, AuthenticationFailed)
    assert_lockout(error)
    assert 1 <= len(keyless_cloud.calls) <= 2


def test_rejected_keys_of_an_agency_are_not_sent_again(keyless_cloud: Emulator) -> None:
    """New keys of the agency are used immediately."""
    bad = {ACCESS: keyless_cloud.access_key, SECRET: unique(), SECURITY: unique()}
    for _ in range(2):
        error = expect_error("bootstrap", fifty_events(), AgencyContext({**bad}))
        assert isinstance(error, BatchFailed)
    assert 1 <= len(keyless_cloud.calls) <= 2
    good = {**bad, SECRET: keyless_cloud.secret_key}
    assert_one_of_each(keyless_cloud, send("bootstrap", EVENT, AgencyContext({**good})))


def test_rejected_keys_in_a_secret_are_not_sent_again(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This holds even if the secret is read again each time."""
    bad = {AK: keyless_cloud.access_key, SK: unique()}
    with ByteServer(in_turn(holding(bad))) as server:
        install(monkeypatch, server, SECRETS_MANAGER_TTL="0")
        for _ in range(6):
            assert isinstance(expect_error("bootstrap", EVENT), AuthenticationFailed)
    assert 1 <= len(keyless_cloud.calls) <= 2


@pytest.mark.parametrize("service", ["LTS", "GA"])
def test_keys_that_one_service_rejects_are_sent_to_it_once(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    """Success at the other service does not reset the lockout, in any invocation.

    Other keys are not affected.
    """
    put(monkeypatch, keys_of(keyless_cloud))
    keyless_cloud.fail({"operation": service, "status": 401, "times": None})
    for _ in range(2):
        expect_error("bootstrap", fifty_events()[:16])
    assert rejected_calls(keyless_cloud) == 1
    keyless_cloud.reset()
    monkeypatch.setenv(SECURITY_TOKEN, "of-new-temporary-keys")
    assert send("bootstrap", {"resource_id": uuid4().hex})["created"]
