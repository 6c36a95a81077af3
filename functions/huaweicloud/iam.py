"""Identity and Access Management: its calls as values, and what its answers say.

Sources: *Obtaining a User Token Through Password Authentication*, *Querying Projects*.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from functions.huaweicloud import replies
from functions.secret import Secret
from functions.settings import parsers
from functions.settings.credentials import User
from functions.settings.endpoints import IAM_GLOBAL
from functions.transport import dates
from functions.transport.calls import Call, Reply

SERVICE = "IAM"
_UNTOLD_SECONDS = 600.0  # how long a token is taken to last that does not say it


class Scope(NamedTuple):
    """What a token is good for: a project by its id, or else the user's domain."""

    project_id: str | None = None


def scope_of(call: Call) -> Scope:
    """Return the scope that a call wants: LTS its project, GA and IAM the domain."""
    return Scope(dict(call.headers)["X-Project-Id"] if call.service == "LTS" else None)


class Token(NamedTuple):
    """A token, and for how many seconds from its issue it is good."""

    text: Secret
    seconds: float


def create_token(user: User, scope: Scope) -> Call:
    """Return the call that gets a token; a new one makes no other invalid."""
    domain = {"name": user.domain}
    password = {"name": user.name, "password": user.password.reveal(), "domain": domain}
    identity = {"methods": ["password"], "password": {"user": password}}
    wanted: dict[str, object] = (
        {"project": {"id": scope.project_id}}
        if scope.project_id
        else {"domain": domain}
    )
    return Call(
        service=SERVICE,
        operation="CreateToken",
        method="POST",
        path="/v3/auth/tokens",
        query=(("nocatalog", "true"),),
        headers=(("Content-Type", "application/json;charset=utf8"),),
        body={"auth": {"identity": identity, "scope": wanted}},
        endpoint="" if scope.project_id else IAM_GLOBAL,
    )


def token(call: Call, reply: Reply) -> Token:
    """Return the token that an answer brings, which stands in a header.

    Raises: the error that the reply is; UnintelligibleReply without a token, or with
    one that could not be shown to anybody.
    """
    answer = replies.document(call, reply)
    if reply.subject_token is None:
        raise replies.unintelligible(call, reply, "has no X-Subject-Token")
    try:
        text = parsers.header(reply.subject_token.reveal())
    except ValueError as error:
        fault = f"has an X-Subject-Token that {error}"
        raise replies.unintelligible(call, reply, fault) from None
    return Token(text, _lifetime(answer.get("token")))


def list_projects(region: str) -> Call:
    """Return the call that lists the credential's projects of a region's name."""
    return Call(
        service=SERVICE,
        operation="ListProjects",
        method="GET",
        path="/v3/projects",
        query=(("name", region),),
    )


def project_ids(call: Call, reply: Reply) -> list[str]:
    """Return the ids of the listed projects.

    Raises: the error that the reply is; UnintelligibleReply for another document.
    """
    projects = replies.document(call, reply).get("projects")
    if not isinstance(projects, list):
        raise replies.unintelligible(call, reply, "has no projects")
    return [_project_id(each, call, reply) for each in projects]


def _project_id(project: object, call: Call, reply: Reply) -> str:
    """Return a project's id, which is to go into paths and headers."""
    try:
        told = project.get("id") if isinstance(project, Mapping) else None
        return parsers.identifier(told if isinstance(told, str) else "")
    except ValueError as error:
        raise replies.unintelligible(
            call, reply, f"has a project that {error}"
        ) from None


def _lifetime(described: object) -> float:
    """Return a token's seconds by the cloud's own clock, ours may be off."""
    if not isinstance(described, Mapping):
        return _UNTOLD_SECONDS
    issued = dates.of_document(described.get("issued_at"))
    expires = dates.of_document(described.get("expires_at"))
    return _UNTOLD_SECONDS if issued is None or expires is None else expires - issued
