"""Identity and Access Management: calls as values, and the values in replies.

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
_DEFAULT_SECONDS = 600.0  # assumed of a token without dates


class Scope(NamedTuple):
    """What a token is valid for: a project, or the user's domain if it is None."""

    project_id: str | None = None


def scope_of(call: Call) -> Scope:
    """Return the scope that a call needs: LTS its project, GA and IAM the domain."""
    return Scope(dict(call.headers)["X-Project-Id"] if call.service == "LTS" else None)


class Token(NamedTuple):
    """A token, and the number of seconds for which it is valid."""

    text: Secret
    seconds: float


def create_token(user: User, scope: Scope) -> Call:
    """Return the call that issues a token; earlier tokens remain valid."""
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
        project=scope.project_id,
    )


def token(call: Call, reply: Reply) -> Token:
    """Return the token in a reply, from its header.

    Raises: UnintelligibleReply if there is none, or one that is invalid in a header.
    """
    document = replies.document(call, reply)
    if reply.subject_token is None:
        raise replies.unintelligible(call, reply, "has no X-Subject-Token")
    try:
        text = parsers.header(reply.subject_token.reveal())
    except ValueError as error:
        fault = f"has an X-Subject-Token that {error}"
        raise replies.unintelligible(call, reply, fault) from None
    return Token(text, _lifetime(document.get("token")))


def list_projects(region: str) -> Call:
    """Return the call that lists the credential's projects named after a region."""
    return Call(
        service=SERVICE,
        operation="ListProjects",
        method="GET",
        path="/v3/projects",
        query=(("name", region),),
    )


def project_ids(call: Call, reply: Reply) -> list[str]:
    """Return the IDs of the listed projects.

    Raises: UnintelligibleReply if the reply is not a list of projects.
    """
    projects = replies.array(call, reply, "projects")
    return [_project_id(each, call, reply) for each in projects]


def _project_id(project: object, call: Call, reply: Reply) -> str:
    """Return a project's ID, which will be used in paths and headers."""
    try:
        found = project.get("id") if isinstance(project, Mapping) else None
        return parsers.identifier(found if isinstance(found, str) else "")
    except ValueError as error:
        raise replies.unintelligible(
            call, reply, f"has a project whose ID {error}"
        ) from None


def _lifetime(described: object) -> float:
    """Return a token's lifetime in seconds, from two times of the cloud's clock."""
    if not isinstance(described, Mapping):
        return _DEFAULT_SECONDS
    issued = dates.of_document(described.get("issued_at"))
    expires = dates.of_document(described.get("expires_at"))
    return _DEFAULT_SECONDS if issued is None or expires is None else expires - issued
