"""Calls to IAM match its API reference, and its replies are validated."""

from __future__ import annotations

import pytest

from functions.errors import UnintelligibleReply
from functions.huaweicloud import iam
from functions.secret import Secret
from functions.settings.credentials import User
from functions.settings.endpoints import IAM_GLOBAL
from functions.transport.calls import Call, Reply

USER = User("account", "user-name", Secret("password"))
PROJECT, DOMAIN = iam.Scope("p"), iam.Scope()
CREATE = iam.create_token(USER, PROJECT)
LIST = iam.list_projects("cn-north-4")
TOKEN = Secret("token")
TIMES = {
    "issued_at": "2026-01-02T03:04:05.000000Z",
    "expires_at": "2026-01-03T03:04:05.000000Z",
}


@pytest.mark.parametrize(
    ("scope", "expected", "endpoint"),
    [
        (PROJECT, {"project": {"id": "p"}}, ""),
        (DOMAIN, {"domain": {"name": "account"}}, IAM_GLOBAL),
    ],
)
def test_the_token_request_matches_the_api_reference(
    scope: iam.Scope, expected: object, endpoint: str
) -> None:
    """A domain token is requested from the global endpoint and valid everywhere."""
    user = {"name": "user-name", "password": "password", "domain": {"name": "account"}}
    identity = {"methods": ["password"], "password": {"user": user}}

    assert iam.create_token(USER, scope) == Call(
        service="IAM",
        operation="CreateToken",
        method="POST",
        path="/v3/auth/tokens",
        query=(("nocatalog", "true"),),
        headers=(("Content-Type", "application/json;charset=utf8"),),
        body={"auth": {"identity": identity, "scope": expected}},
        endpoint=endpoint,
        project=scope.project_id,
    )


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        ({"token": TIMES}, 86_400.0),
        ({"token": {**TIMES, "expires_at": "2026-01-02T03:04:06.500000Z"}}, 1.5),
        ({"token": {**TIMES, "expires_at": "tomorrow"}}, 600.0),
        ({"token": {"expires_at": TIMES["expires_at"]}}, 600.0),
        ({"token": None}, 600.0),
    ],
)
def test_a_token_is_read_from_its_header_with_its_lifetime(
    body: object, seconds: float
) -> None:
    """The lifetime is measured by IAM's clock; the default is ten minutes."""
    found = iam.token(CREATE, Reply(201, body, subject_token=TOKEN))

    assert found == iam.Token(TOKEN, seconds)


def test_a_reply_that_is_not_an_object_is_unintelligible() -> None:
    """The error names the call."""
    with pytest.raises(UnintelligibleReply) as raised:
        iam.token(CREATE, Reply(201, [], subject_token=Secret("t")))

    assert raised.value.detail == (
        f"IAM answered {CREATE.operation} with 201, but the reply is not a JSON object"
    )


def test_a_reply_without_a_token_is_unintelligible() -> None:
    """A token in the document does not count."""
    with pytest.raises(UnintelligibleReply, match="X-Subject-Token"):
        iam.token(CREATE, Reply(201, {"token": TIMES}))


@pytest.mark.parametrize("text", [" a", "\xe9"])
def test_a_token_that_a_header_cannot_carry_is_unintelligible(text: str) -> None:
    """The error is attributed to IAM, and not to a setting."""
    reply = Reply(201, {"token": TIMES}, subject_token=Secret(text))

    with pytest.raises(UnintelligibleReply, match="a header cannot carry"):
        iam.token(CREATE, reply)


def test_projects_are_listed_by_the_name_of_the_region() -> None:
    """The credential determines the account."""
    assert iam.list_projects("cn-north-4") == Call(
        "IAM", "ListProjects", "GET", "/v3/projects", (("name", "cn-north-4"),)
    )


@pytest.mark.parametrize(
    ("projects", "ids"), [([], []), ([{"id": "a"}, {"id": "c"}], ["a", "c"])]
)
def test_project_ids_are_read_from_the_list(projects: object, ids: list[str]) -> None:
    """They keep their order."""
    assert iam.project_ids(LIST, Reply(200, {"projects": projects})) == ids


@pytest.mark.parametrize("project", [{}, "b", {"id": 7}, {"id": ".."}, {"id": "a/b"}])
def test_a_project_without_a_valid_id_is_unintelligible(project: object) -> None:
    """The ID would be used in paths and headers."""
    with pytest.raises(
        UnintelligibleReply, match="has a project whose ID is not a valid ID"
    ):
        iam.project_ids(LIST, Reply(200, {"projects": [{"id": "a"}, project]}))


@pytest.mark.parametrize("body", [{}, {"projects": None}])
def test_a_list_without_projects_is_unintelligible(body: object) -> None:
    """No conclusion is drawn from an unexpected document."""
    with pytest.raises(UnintelligibleReply, match="has no projects"):
        iam.project_ids(LIST, Reply(200, body))


@pytest.mark.parametrize(
    ("service", "scope"), [("LTS", PROJECT), ("GA", DOMAIN), ("IAM", DOMAIN)]
)
def test_the_scope_of_a_call_depends_on_its_service(
    service: str, scope: iam.Scope
) -> None:
    """LTS requires a token for the project, the other services one for the domain."""
    call = Call(service, "Op", "GET", "/", headers=(("X-Project-Id", "p"),))

    assert iam.scope_of(call) == scope
