"""An IAM user's tokens: got by scope, kept, renewed before their end and once."""

from __future__ import annotations

import time

import pytest

from functions.errors import AuthenticationFailed
from tests.e2e.credentials.wholes import fresh, put, user_of
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    assert_one_of_each,
    operations,
    refused,
    send,
)
from tests.emulator import Emulator

SPARE_SECONDS = 300
"""A token is renewed so long before its end."""


@pytest.fixture
def user(stranger: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud that is called in the name of its IAM user."""
    put(monkeypatch, user_of(stranger))
    return stranger


def another() -> dict[str, object]:
    """Return an event for a listener that no other event is for."""
    return {"resource_id": fresh("listener")}


def scopes(cloud: Emulator) -> list[dict[str, object]]:
    """Return the scopes of the tokens that were asked for."""
    calls = [call for call in cloud.calls if call["operation"] == "CreateToken"]
    return [call["request_body"]["auth"]["scope"] for call in calls]


def test_each_service_gets_a_token_of_the_scope_it_wants(user: Emulator) -> None:
    """LTS one of the project, GA one of the domain; no request is signed."""
    assert_one_of_each(user, send("bootstrap", EVENT))
    assert operations(user) == [
        "CreateToken",
        "CreateLogStream",
        "CreateToken",
        "CreateLogtank",
    ]
    wanted = [{"project": {"id": user.project_id}}, {"domain": {"name": user.domain}}]
    assert scopes(user) == wanted
    assert not [c for c in user.calls if "authorization" in c["request_headers"]]


def test_tokens_are_kept_between_warm_invocations(user: Emulator) -> None:
    """The second event and the third make no call to IAM, whatever their entry."""
    send("bootstrap", another())
    send("bootstrap", another())
    send("create_log_stream", {"log_stream_name": "edge"})
    assert operations(user).count("CreateToken") == 2


def test_a_token_is_renewed_before_its_end(user: Emulator) -> None:
    """Five minutes before, when the old one would still be accepted."""
    user.reset(token_seconds=SPARE_SECONDS + 0.5)
    send("create_log_stream", {"log_stream_name": "edge"})
    send("create_log_stream", {"log_stream_name": "wing"})
    assert operations(user).count("CreateToken") == 1
    time.sleep(0.6)
    send("create_log_stream", {"log_stream_name": "tail"})
    assert operations(user).count("CreateToken") == 2
    assert 401 not in [call["status"] for call in user.calls]


def test_a_token_that_is_about_to_end_serves_the_call_it_was_got_for(
    user: Emulator,
) -> None:
    """A very short life costs questions, not failures."""
    user.reset(token_seconds=20)
    assert_one_of_each(user, send("bootstrap", EVENT))
    send("bootstrap", another())
    assert 401 not in [call["status"] for call in user.calls]


def test_a_revoked_token_is_replaced_once(user: Emulator) -> None:
    """The next event is refused once by each service, and done all the same."""
    send("bootstrap", EVENT)
    assert user.revoke_tokens() == 2
    before = len(user.calls)
    send("bootstrap", another())
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
def test_a_service_that_refuses_every_token_is_asked_twice(
    user: Emulator, service: str, made: list[str]
) -> None:
    """One new token is got, and never a third, in this invocation or the next."""
    user.fail({"operation": service, "status": 401, "times": None})
    error = refused("bootstrap", EVENT)
    assert isinstance(error, AuthenticationFailed)
    create = "CreateLogStream" if service == "LTS" else "CreateLogtank"
    assert operations(user) == [*made, *["CreateToken", create] * 2]
    before = operations(user).count("CreateToken")
    again = refused("bootstrap", another())
    assert again.retryable
    assert operations(user).count(create) == 2
    assert operations(user).count("CreateToken") == before


def test_another_refusal_renews_nothing(user: Emulator) -> None:
    """Only a 401 speaks against the token."""
    user.fail({"operation": "LTS", "status": 403, "times": None})
    refused("bootstrap", EVENT)
    assert operations(user).count("CreateToken") == 1


def test_many_at_once_ask_for_one_token_of_each_scope(
    user: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those side by side wait for it."""
    monkeypatch.setenv("MAX_CONCURRENCY", "16")
    user.reset(latency_seconds=0.03)
    send("bootstrap", [another() for _ in range(16)])
    assert len(scopes(user)) == 2
    assert len(user.logtanks) == 16


def test_many_at_once_replace_a_revoked_token_once(
    user: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first of them finds out, for all the others."""
    monkeypatch.setenv("MAX_CONCURRENCY", "16")
    send("bootstrap", EVENT)
    user.reset(latency_seconds=0.03)
    send("bootstrap", [another() for _ in range(16)])
    assert len(scopes(user)) == 2
    assert [call["status"] for call in user.calls].count(401) == 2


def test_iam_that_fails_is_asked_again(user: Emulator) -> None:
    """A question may be repeated; the create is sent once."""
    user.fail({"operation": "CreateToken", "status": 500})
    assert_one_of_each(user, send("bootstrap", EVENT))
    assert operations(user).count("CreateLogStream") == 1


def test_iam_that_is_away_leaves_nothing_behind(user: Emulator) -> None:
    """Without a token nothing is created or looked for; the next event gets one."""
    user.fail({"operation": "CreateToken", "status": 503, "times": 2})
    error = refused("bootstrap", EVENT)
    assert (error.service, error.retryable) == ("IAM", True)
    assert set(operations(user)) == {"CreateToken"}
    assert_one_of_each(user, send("bootstrap", EVENT))


def test_each_project_has_a_token_of_its_own(user: Emulator) -> None:
    """One that is not the user's is refused by IAM, and the other is served."""
    other = {"log_stream_name": "edge", "project_id": "of-somebody-else"}
    refused("create_log_stream", other)
    event = {"log_stream_name": "edge", "project_id": user.project_id}
    send("create_log_stream", event)
    projects = [{"project": {"id": each["project_id"]}} for each in (other, event)]
    assert scopes(user) == projects
    assert LISTENER not in str(user.streams)
