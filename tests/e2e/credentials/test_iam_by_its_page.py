"""An IAM that is independent of the emulator and follows only the documentation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import uuid4

import pytest

from functions.errors import (
    AuthenticationFailed,
    PermissionDenied,
    ProvisioningError,
    ServiceFailed,
    UnintelligibleReply,
)
from tests.byte_server import Answer, ByteServer, Request, answer, document
from tests.e2e.credentials.conftest import PROJECT_ID, LeakCheck
from tests.e2e.credentials.wholes import DOMAIN, PASSWORD, USER, at, put, unique
from tests.e2e.driving import EVENT, expect_error, send

TOKENS = "/v3/auth/tokens"
TIMES = {
    "issued_at": "2020-01-04T09:05:22.701000Z",
    "expires_at": "2020-01-05T09:05:22.701000Z",
}
SPECIAL_PASSWORD = 'pä"ss\\wörd \t日志'


class Iam:
    """A fake IAM with an LTS and a GA that accept the tokens it has issued.

    If `token_reply` is set, it is the reply to every token request.
    """

    def __init__(self, user: dict[str, str]) -> None:
        """Create an IAM with one user."""
        self.user = user
        self.tokens: dict[str, str] = {}
        self.token_reply: Answer | None = None
        self.server = ByteServer(self.answer)

    def answer(self, request: Request) -> Answer:
        """Reply as the documentation of the three services says."""
        if request.path == TOKENS:
            return self.token_reply or self._token(request)
        scope = "domain" if request.path.startswith("/v1/") else "project"
        if self.tokens.get(request.headers.get("x-auth-token", "")) != scope:
            return document({"error_code": "APIGW.0301"}, 401)
        if scope == "project":
            return document({"log_stream_id": "stream"}, 201)
        requested = json.loads(request.body)["logtank"]
        tank = {"id": "tank", "status": "ACTIVE", **requested}
        return document({"logtank": tank}, 201)

    def _token(self, request: Request) -> Answer:
        assert request.startswith(b"POST ")
        auth = json.loads(request.body)["auth"]
        (scope,) = auth["scope"]
        token = f"MIIToken{uuid4().hex}"
        self.tokens[token] = scope
        description = {"methods": ["password"], **TIMES}
        return document({"token": description}, 201, X_Subject_Token=token)

    def token_requests(self) -> list[Request]:
        """Return the token requests received so far."""
        return [each for each in self.server.requests if each.path == TOKENS]


@pytest.fixture
def iam(isolated: pytest.MonkeyPatch) -> Iterator[Iam]:
    """Return an IAM with one user, which the settings point to."""
    user = {DOMAIN: "Ä-account", USER: "user", PASSWORD: unique(SPECIAL_PASSWORD)}
    fake = Iam(user)
    with fake.server as server:
        put(isolated, at(server.endpoint) | user)
        yield fake


def test_the_token_requests_for_both_scopes_are_as_documented(
    iam: Iam,
) -> None:
    """The body, query and headers match, and both go to the configured endpoint."""
    send("bootstrap", EVENT)
    domain = {"name": iam.user[DOMAIN]}
    user = {"name": iam.user[USER], "password": iam.user[PASSWORD], "domain": domain}
    identity = {"methods": ["password"], "password": {"user": user}}
    expected_scopes: list[object] = [
        {"project": {"id": PROJECT_ID}},
        {"domain": domain},
    ]
    assert [json.loads(request.body) for request in iam.token_requests()] == [
        {"auth": {"identity": identity, "scope": scope}} for scope in expected_scopes
    ]
    for request in iam.token_requests():
        assert request.query["nocatalog"] != [""]
        assert request.headers["content-type"] == "application/json;charset=utf8"
        assert "x-auth-token" not in request.headers
        assert "authorization" not in request.headers
        assert int(request.headers["content-length"]) == len(request.body)


def test_the_token_in_the_header_is_sent_to_the_service_of_its_scope(
    iam: Iam,
) -> None:
    """The token is sent unchanged and kept for the next invocation."""
    for _ in range(3):
        send("bootstrap", EVENT)
    assert len(iam.token_requests()) == 2
    for request in iam.server.requests:
        if request.path != TOKENS:
            scope = "domain" if request.path.startswith("/v1/") else "project"
            assert iam.tokens[request.headers["x-auth-token"]] == scope


FLAT: dict[str, object] = {
    "error_msg": "Request body is invalid.",
    "error_code": "IAM.0011",
}


def _keystone(code: int, title: str) -> dict[str, object]:
    return {"error": {"message": "from Keystone", "code": code, "title": title}}


ERRORS: dict[str, tuple[int, object, type[ProvisioningError], str]] = {
    "Keystone format": (401, _keystone(401, "No"), AuthenticationFailed, "401"),
    "flat format": (403, FLAT | {"error_code": "IAM.3"}, PermissionDenied, "IAM.3"),
    "server error": (500, _keystone(500, "No"), ServiceFailed, "500"),
}


@pytest.mark.parametrize("reply", ERRORS.values(), ids=ERRORS)
def test_both_error_formats_of_iam_are_parsed(
    iam: Iam,
    assert_no_leak: LeakCheck,
    reply: tuple[int, object, type[ProvisioningError], str],
) -> None:
    """The error has the code and message of the reply; nothing else is called."""
    status, body, kind, code = reply
    iam.token_reply = document(body, status)
    error = expect_error("bootstrap", EVENT)
    assert type(error) is kind
    assert (error.code, error.service, error.upstream_status) == (code, "IAM", status)
    assert "from Keystone" in error.detail or "Request body is invalid" in error.detail
    assert error.remedy
    assert set(iam.server.paths()) == {TOKENS}
    assert len(iam.token_requests()) == (2 if kind is ServiceFailed else 1)
    assert_no_leak(error, [iam.user[PASSWORD]])


INVALID: dict[str, Answer] = {
    "no token header": document({"token": TIMES}, 201),
    "HTML": answer(b"<html>Login</html>", 201),
    "error code": document(FLAT, 201, X_Subject_Token="MIIGarbage"),
}


@pytest.mark.parametrize("reply", INVALID.values(), ids=INVALID)
def test_a_success_reply_without_a_token_raises_unintelligible_reply(
    iam: Iam, assert_no_leak: LeakCheck, reply: Answer
) -> None:
    """The error is retryable, and nothing is created without a token."""
    iam.token_reply = reply
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, UnintelligibleReply)
    assert (error.service, error.retryable) == ("IAM", True)
    assert set(iam.server.paths()) == {TOKENS}
    assert_no_leak(error, [iam.user[PASSWORD]])


DESCRIPTIONS: dict[str, object] = {
    "no description": None,
    "invalid times": {"issued_at": "now", "expires_at": "later"},
    "distant expiry": {**TIMES, "expires_at": "9999-12-31T23:59:59.999999Z"},
}


@pytest.mark.parametrize("description", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_an_invalid_token_description_is_ignored(iam: Iam, description: object) -> None:
    """Only the token in the header is required."""
    token = unique("MIIToken")
    iam.tokens[token] = "project"
    iam.token_reply = document({"token": description}, 201, X_Subject_Token=token)
    send("create_log_stream", {"log_stream_name": "edge"})
    assert len(iam.token_requests()) == 1
