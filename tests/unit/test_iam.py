"""The calls to IAM are as its pages say, and its answers are read with care."""

from __future__ import annotations

import pytest

from functions.errors import AuthenticationFailed, UnintelligibleReply
from functions.huaweicloud import iam
from functions.secret import Secret
from functions.settings.credentials import User
from functions.settings.endpoints import IAM_GLOBAL
from functions.transport.calls import Call, Reply

USER = User("account", "somebody", Secret("password"))
PROJECT, DOMAIN = iam.Scope("p"), iam.Scope()
CREATE = iam.create_token(USER, PROJECT)
LIST = iam.list_projects("cn-north-4")
TOKEN = Secret("token")
TIMES = {
    "issued_at": "2026-01-02T03:04:05.000000Z",
    "expires_at": "2026-01-03T03:04:05.000000Z",
}


@pytest.mark.parametrize(
    ("scope", "wanted", "endpoint"),
    [
        (PROJECT, {"project": {"id": "p"}}, ""),
        (DOMAIN, {"domain": {"name": "account"}}, IAM_GLOBAL),
    ],
)
def test_a_token_is_asked_for_as_its_page_says(
    scope: iam.Scope, wanted: object, endpoint: str
) -> None:
    """The domain's comes from the global address, which is good everywhere."""
    user = {"name": "somebody", "password": "password", "domain": {"name": "account"}}
    identity = {"methods": ["password"], "password": {"user": user}}

    assert iam.create_token(USER, scope) == Call(
        service="IAM",
        operation="CreateToken",
        method="POST",
        path="/v3/auth/tokens",
        query=(("nocatalog", "true"),),
        headers=(("Content-Type", "application/json;charset=utf8"),),
        body={"auth": {"identity": identity, "scope": wanted}},
        endpoint=endpoint,
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
def test_a_token_stands_in_a_header_and_says_how_long_it_lasts(
    body: object, seconds: float
) -> None:
    """By the cloud's own clock; ten minutes if it does not say."""
    found = iam.token(CREATE, Reply(201, body, subject_token=TOKEN))

    assert found == iam.Token(TOKEN, seconds)


def test_an_answer_without_a_token_is_unintelligible() -> None:
    """A refusal is its own error."""
    with pytest.raises(UnintelligibleReply, match="X-Subject-Token"):
        iam.token(CREATE, Reply(201, {"token": TIMES}))
    with pytest.raises(AuthenticationFailed):
        iam.token(CREATE, Reply(401, {"error": {"code": 401, "message": "no"}}))


@pytest.mark.parametrize("text", [" a", "\xe9"])
def test_a_token_that_no_header_can_carry_is_unintelligible(text: str) -> None:
    """It is the cloud's fault, not a setting's."""
    reply = Reply(201, {"token": TIMES}, subject_token=Secret(text))

    with pytest.raises(UnintelligibleReply, match="a header cannot carry"):
        iam.token(CREATE, reply)


def test_projects_are_listed_by_the_regions_name() -> None:
    """Whose project it is, the credential says."""
    assert iam.list_projects("cn-north-4") == Call(
        "IAM", "ListProjects", "GET", "/v3/projects", (("name", "cn-north-4"),)
    )


@pytest.mark.parametrize(
    ("projects", "ids"), [([], []), ([{"id": "a"}, {"id": "c"}], ["a", "c"])]
)
def test_the_listed_projects_ids_are_read(projects: object, ids: list[str]) -> None:
    """In their order."""
    assert iam.project_ids(LIST, Reply(200, {"projects": projects})) == ids


@pytest.mark.parametrize("project", [{}, "b", {"id": 7}, {"id": ".."}, {"id": "a/b"}])
def test_a_project_without_a_sane_id_is_unintelligible(project: object) -> None:
    """It would go into paths and headers."""
    with pytest.raises(UnintelligibleReply, match="has a project that is no id"):
        iam.project_ids(LIST, Reply(200, {"projects": [{"id": "a"}, project]}))


@pytest.mark.parametrize("body", [{}, {"projects": None}])
def test_a_list_without_projects_is_unintelligible(body: object) -> None:
    """Nothing follows from another document."""
    with pytest.raises(UnintelligibleReply, match="has no projects"):
        iam.project_ids(LIST, Reply(200, body))


@pytest.mark.parametrize(
    ("service", "scope"), [("LTS", PROJECT), ("GA", DOMAIN), ("IAM", DOMAIN)]
)
def test_a_call_wants_the_scope_of_its_service(service: str, scope: iam.Scope) -> None:
    """LTS wants its project's token, all others the domain's."""
    call = Call(service, "Op", "GET", "/", headers=(("X-Project-Id", "p"),))

    assert iam.scope_of(call) == scope
