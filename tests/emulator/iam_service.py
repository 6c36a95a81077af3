"""IAM: tokens for a user's password, and the account's projects.

Source: "Obtaining a User Token Through Password Authentication" and "Querying Project
Information"; errors have two formats.  All functions run while the state's
lock is held.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from tests.emulator.account_state import State, Token
from tests.emulator.http_messages import Document, Reply, Request, json_reply
from tests.emulator.service_errors import ServiceError

TOKEN_BYTES = 96


def create_token(state: State, request: Request) -> Reply:
    """CreateToken: 201, the token in the header X-Subject-Token."""
    user, scope, place = _read_grant(request)
    _check_user(state, user)
    _check_scope(state, scope, place)
    text = secrets.token_urlsafe(TOKEN_BYTES)
    now = state.clock()
    state.tokens[text] = Token(scope, now + state.options.token_seconds)
    document = _token_document(state, scope, state.tokens[text], now)
    return json_reply(201, {"token": document}, {"X-Subject-Token": text})


def _read_grant(request: Request) -> tuple[Document, str, Document]:
    """Return the user, the kind of scope ("project" or "domain"), and its document."""
    try:
        grant = request.json()["auth"]
        user = grant["identity"]["password"]["user"]
        named = {"name": user["name"], "password": user["password"]}
        named["domain"] = user["domain"]["name"]
        [(scope, place)] = grant["scope"].items()
        well_formed = grant["identity"]["methods"] == ["password"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ServiceError("IAM.0011") from error
    if not (well_formed and scope in SCOPES and isinstance(place, dict)):
        raise ServiceError("IAM.0011")
    return named, scope, place


def _check_user(state: State, user: Document) -> None:
    identity = state.identity
    known = {"name": identity.user, "password": identity.password}
    known["domain"] = identity.domain
    if user != known:
        raise ServiceError("Keystone")


def _project(state: State) -> Document:
    return {"id": state.identity.project_id, "name": state.identity.region}


def _domain(state: State) -> Document:
    return {"id": state.identity.domain_id, "name": state.identity.domain}


SCOPES: Mapping[str, Callable[[State], Document]] = {
    "project": _project,
    "domain": _domain,
}


def _check_scope(state: State, scope: str, place: Document) -> None:
    known = SCOPES[scope](state)
    given = {name: place[name] for name in known if name in place}
    if not given:
        raise ServiceError("IAM.0011")
    if any(known[name] != value for name, value in given.items()):
        raise ServiceError("IAM.0004", scope, str(next(iter(given.values()))))


def _timestamp(seconds: float) -> str:
    time = datetime.fromtimestamp(seconds, timezone.utc)
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _token_document(state: State, scope: str, token: Token, now: float) -> Document:
    identity, domain = state.identity, _domain(state)
    place = SCOPES[scope](state)
    return {
        "methods": ["password"],
        "issued_at": _timestamp(now),
        "expires_at": _timestamp(token.expires),
        "user": {"id": identity.user_id, "name": identity.user, "domain": domain},
        scope: {**place, "domain": domain} if scope == "project" else place,
        "roles": [{"id": "0", "name": "te_admin"}],
        "catalog": [],
    }


def list_projects(state: State, request: Request) -> Reply:
    """ListProjects: the account's project, unless the query has another name."""
    identity, project = state.identity, _project(state)
    names = request.arguments().get("name", [project["name"]])
    more = {"domain_id": identity.domain_id, "parent_id": identity.domain_id}
    flags = {"enabled": True, "is_domain": False, "description": ""}
    found = [{**project, **more, **flags}] if project["name"] in names else []
    links = {"self": f"{request.path}", "next": None, "previous": None}
    return json_reply(200, {"projects": found, "links": links})
