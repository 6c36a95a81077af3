"""Another IAM than the emulator's, made from the words of its page alone."""

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
from tests.e2e.credentials.conftest import PROJECT_ID, Quiet
from tests.e2e.credentials.wholes import DOMAIN, PASSWORD, USER, at, fresh, put
from tests.e2e.driving import EVENT, refused, send

TOKENS = "/v3/auth/tokens"
TIMES = {
    "issued_at": "2020-01-04T09:05:22.701000Z",
    "expires_at": "2020-01-05T09:05:22.701000Z",
}
ODD_PASSWORD = 'pä"ss\\wörd \t日志'


class Iam:
    """Plays IAM, and an LTS and a GA that take what IAM has given out.

    `token_answer`, where it is set, is what the next questions for a token get.
    """

    def __init__(self, user: dict[str, str]) -> None:
        """Know one user."""
        self.user = user
        self.tokens: dict[str, str] = {}
        self.token_answer: Answer | None = None
        self.server = ByteServer(self.answer)

    def answer(self, asked: Request) -> Answer:
        """Answer as the pages of the three services say."""
        if asked.path == TOKENS:
            return self.token_answer or self._token(asked)
        scope = "domain" if asked.path.startswith("/v1/") else "project"
        if self.tokens.get(asked.headers.get("x-auth-token", "")) != scope:
            return document({"error_code": "APIGW.0301"}, 401)
        if scope == "project":
            return document({"log_stream_id": "stream"}, 201)
        wanted = json.loads(asked.body)["logtank"]
        tank = {"id": "tank", "status": "ACTIVE", **wanted}
        return document({"logtank": tank}, 201)

    def _token(self, asked: Request) -> Answer:
        assert asked.startswith(b"POST ")
        auth = json.loads(asked.body)["auth"]
        (scope,) = auth["scope"]
        token = f"MIIToken{uuid4().hex}"
        self.tokens[token] = scope
        described = {"methods": ["password"], **TIMES}
        return document({"token": described}, 201, X_Subject_Token=token)

    def questions(self) -> list[Request]:
        """Return the questions for a token."""
        return [each for each in self.server.requests if each.path == TOKENS]


@pytest.fixture
def iam(alone: pytest.MonkeyPatch) -> Iterator[Iam]:
    """Return an IAM that the settings point to, with one user."""
    user = {DOMAIN: "Ä-account", USER: "somebody", PASSWORD: fresh(ODD_PASSWORD)}
    played = Iam(user)
    with played.server as server:
        put(alone, at(server.endpoint) | user)
        yield played


def test_the_questions_for_both_scopes_are_as_the_page_has_them(
    iam: Iam,
) -> None:
    """Body, query and header to the letter; both go to the endpoint that is set."""
    send("bootstrap", EVENT)
    domain = {"name": iam.user[DOMAIN]}
    user = {"name": iam.user[USER], "password": iam.user[PASSWORD], "domain": domain}
    identity = {"methods": ["password"], "password": {"user": user}}
    places: list[object] = [
        {"project": {"id": PROJECT_ID}},
        {"domain": domain},
    ]
    assert [json.loads(asked.body) for asked in iam.questions()] == [
        {"auth": {"identity": identity, "scope": place}} for place in places
    ]
    for asked in iam.questions():
        assert asked.query["nocatalog"] != [""]
        assert asked.headers["content-type"] == "application/json;charset=utf8"
        assert "x-auth-token" not in asked.headers
        assert "authorization" not in asked.headers
        assert int(asked.headers["content-length"]) == len(asked.body)


def test_the_token_of_the_header_is_shown_to_the_service_of_its_scope(
    iam: Iam,
) -> None:
    """It is used as it came, and kept for the next invocation."""
    for _ in range(3):
        send("bootstrap", EVENT)
    assert len(iam.questions()) == 2
    for asked in iam.server.requests:
        if asked.path != TOKENS:
            scope = "domain" if asked.path.startswith("/v1/") else "project"
            assert iam.tokens[asked.headers["x-auth-token"]] == scope


FLAT: dict[str, object] = {
    "error_msg": "Request body is invalid.",
    "error_code": "IAM.0011",
}


def _keystone(code: int, title: str) -> dict[str, object]:
    return {"error": {"message": "so it is", "code": code, "title": title}}


REFUSALS: dict[str, tuple[int, object, type[ProvisioningError], str]] = {
    "as Keystone has them": (401, _keystone(401, "No"), AuthenticationFailed, "401"),
    "flat": (403, FLAT | {"error_code": "IAM.3"}, PermissionDenied, "IAM.3"),
    "failed": (500, _keystone(500, "No"), ServiceFailed, "500"),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_both_shapes_of_iams_errors_are_read(
    iam: Iam,
    quiet: Quiet,
    refusal: tuple[int, object, type[ProvisioningError], str],
) -> None:
    """Code, class and message are the refusal's; nothing else is sent."""
    status, body, kind, code = refusal
    iam.token_answer = document(body, status)
    error = refused("bootstrap", EVENT)
    assert type(error) is kind
    assert (error.code, error.service, error.upstream_status) == (code, "IAM", status)
    assert "so it is" in error.detail or "Request body is invalid" in error.detail
    assert error.remedy
    assert set(iam.server.paths()) == {TOKENS}
    assert len(iam.questions()) == (2 if kind is ServiceFailed else 1)
    quiet(error, [iam.user[PASSWORD]])


USELESS: dict[str, Answer] = {
    "no header": document({"token": TIMES}, 201),
    "HTML": answer(b"<html>Login</html>", 201),
    "an error's code": document(FLAT, 201, X_Subject_Token="MIIGarbage"),
}


@pytest.mark.parametrize("useless", USELESS.values(), ids=USELESS)
def test_a_success_without_a_token_is_unintelligible(
    iam: Iam, quiet: Quiet, useless: Answer
) -> None:
    """It is asked again as any question is, and nothing is created without one."""
    iam.token_answer = useless
    error = refused("bootstrap", EVENT)
    assert isinstance(error, UnintelligibleReply)
    assert (error.service, error.retryable) == ("IAM", True)
    assert set(iam.server.paths()) == {TOKENS}
    quiet(error, [iam.user[PASSWORD]])


DESCRIPTIONS: dict[str, object] = {
    "no description": None,
    "words for times": {"issued_at": "now", "expires_at": "later"},
    "an end that never comes": {**TIMES, "expires_at": "9999-12-31T23:59:59.999999Z"},
}


@pytest.mark.parametrize("described", DESCRIPTIONS.values(), ids=DESCRIPTIONS)
def test_an_odd_description_does_not_spoil_a_token(iam: Iam, described: object) -> None:
    """The token is what counts; how long it is kept is our own affair."""
    token = fresh("MIIToken")
    iam.tokens[token] = "project"
    iam.token_answer = document({"token": described}, 201, X_Subject_Token=token)
    send("create_log_stream", {"log_stream_name": "edge"})
    assert len(iam.questions()) == 1
