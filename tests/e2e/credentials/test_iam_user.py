"""The tokens of an IAM user: requested by scope, kept, and renewed early."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from functions.errors import AuthenticationFailed
from tests.e2e.credentials.wholes import put, user_of
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    assert_one_of_each,
    expect_error,
    operations,
    send,
)
from tests.emulator import Emulator

RENEWAL_SECONDS = 300
"""A token is renewed this long before it expires."""


@pytest.fixture
def user(keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud that is called with the credentials of its IAM user."""
    put(monkeypatch, user_of(keyless_cloud))
    return keyless_cloud


def unique_event() -> dict[str, object]:
    """Return an event for a unique listener."""
    return {"resource_id": uuid4().hex}


def scopes(cloud: Emulator) -> list[dict[str, object]]:
    """Return the scopes of the requested tokens."""
    calls = [call for call in cloud.calls if call["operation"] == "CreateToken"]
    return [call["request_body"]["auth"]["scope"] for call in calls]


def test_each_service_gets_a_token_with_the_required_scope(user: Emulator) -> None:
    """LTS gets a project token and GA a domain token, and no request is signed."""
    assert_one_of_each(user, send("bootstrap", EVENT))
    assert operations(user) == [
        "CreateToken",
        "CreateLogStream",
        "CreateToken",
        "CreateLogtank",
    ]
    expected = [{"project": {"id": user.project_id}}, {"domain": {"name": user.domain}}]
    assert scopes(user) == expected
    assert not [c for c in user.calls if "authorization" in c["request_headers"]]


def test_tokens_are_kept_between_invocations(user: Emulator) -> None:
    """Later events make no calls to IAM, regardless of the entry."""
    send("bootstrap", unique_event())
    send("bootstrap", unique_event())
    send("create_log_stream", {"log_stream_name": "edge"})
    assert operations(user).count("CreateToken") == 2


def test_a_token_is_renewed_before_it_expires(user: Emulator) -> None:
    """A token is renewed five minutes early, while the old one is still valid."""
    user.reset(token_seconds=RENEWAL_SECONDS + 0.5)
    send("create_log_stream", {"log_stream_name": "edge"})
    send("create_log_stream", {"log_stream_name": "wing"})
    assert operations(user).count("CreateToken") == 1
    time.sleep(0.6)
    send("create_log_stream", {"log_stream_name": "tail"})
    assert operations(user).count("CreateToken") == 2
    assert 401 not in [call["status"] for call in user.calls]


def test_a_token_that_expires_soon_is_used_for_the_call_it_was_requested_for(
    user: Emulator,
) -> None:
    """A very short lifetime causes more token requests but no errors."""
    user.reset(token_seconds=20)
    assert_one_of_each(user, send("bootstrap", EVENT))
    send("bootstrap", unique_event())
    assert 401 not in [call["status"] for call in user.calls]


def test_a_revoked_token_is_replaced_once(user: Emulator) -> None:
    """Each service rejects the next event once, and the event still succeeds."""
    send("bootstrap", EVENT)
    assert user.revoke_tokens() == 2
    before = len(user.calls)
    send("bootstrap", unique_event())
    assert [(call["operation"], call["status"]) for call in user.calls[before:]] == [
        ("CreateLogStream", 401),
        ("CreateToken", 201),
        ("CreateLogStream", 201),
        ("CreateLogtank", 401),
        ("CreateToken", 201),
        ("CreateLogtank", 201),
    ]


@pytest.mark.parametrize(
    ("service", "made"), [("LTS", []), ("GA", ["CreateToken", "CreateLogStream"])]
)
def test_a_service_that_rejects_every_token_is_called_twice(
    user: Emulator, service: str, made: list[str]
) -> None:
    """The token is renewed only once, in this invocation and the next."""
    user.fail({"operation": service, "status": 401, "times": None})
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, AuthenticationFailed)
    create = "CreateLogStream" if service == "LTS" else "CreateLogtank"
    assert operations(user) == [*made, *["CreateToken", create] * 2]
    before = operations(user).count("CreateToken")
    again = expect_error("bootstrap", unique_event())
    assert again.retryable
    assert operations(user).count(create) == 2
    assert operations(user).count("CreateToken") == before


def test_a_403_does_not_renew_the_token(user: Emulator) -> None:
    """Only a 401 means that the token is invalid."""
    user.fail({"operation": "LTS", "status": 403, "times": None})
    expect_error("bootstrap", EVENT)
    assert operations(user).count("CreateToken") == 1


def test_concurrent_requests_share_one_token_per_scope(
    user: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Concurrent requests wait for the first token request."""
    monkeypatch.setenv("MAX_CONCURRENCY", "16")
    user.reset(latency_seconds=0.03)
    send("bootstrap", [unique_event() for _ in range(16)])
    assert len(scopes(user)) == 2
    assert len(user.logtanks) == 16


def test_concurrent_requests_replace_a_revoked_token_once(
    user: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first 401 of each service renews the token for all requests."""
    monkeypatch.setenv("MAX_CONCURRENCY", "16")
    send("bootstrap", EVENT)
    user.reset(latency_seconds=0.03)
    send("bootstrap", [unique_event() for _ in range(16)])
    assert len(scopes(user)) == 2
    assert [call["status"] for call in user.calls].count(401) == 2


def test_a_failed_token_request_is_retried(user: Emulator) -> None:
    """The create is still sent only once."""
    user.fail({"operation": "CreateToken", "status": 500})
    assert_one_of_each(user, send("bootstrap", EVENT))
    assert operations(user).count("CreateLogStream") == 1


def test_nothing_is_created_while_iam_is_unavailable(user: Emulator) -> None:
    """No other service is called without a token, and the next event succeeds."""
    user.fail({"operation": "CreateToken", "status": 503, "times": 2})
    error = expect_error("bootstrap", EVENT)
    assert (error.service, error.retryable) == ("IAM", True)
    assert set(operations(user)) == {"CreateToken"}
    assert_one_of_each(user, send("bootstrap", EVENT))


def test_each_project_has_its_own_token(user: Emulator) -> None:
    """IAM rejects the project of another account, and the user's own project works."""
    other = {"log_stream_name": "edge", "project_id": "other-account"}
    expect_error("create_log_stream", other)
    event = {"log_stream_name": "edge", "project_id": user.project_id}
    send("create_log_stream", event)
    projects = [{"project": {"id": each["project_id"]}} for each in (other, event)]
    assert scopes(user) == projects
    assert LISTENER not in str(user.streams)
