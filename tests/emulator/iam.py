"""IAM: tokens for a user's password, and the account's projects.

Source: "Obtaining a User Token Through Password Authentication" and "Querying Project
Information"; both shapes of error body occur.  All functions run while the world's lock
is held.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from tests.emulator.exchange import Answer, Document, Request, answer_json
from tests.emulator.refusals import Refusal
from tests.emulator.world import Token, World

TOKEN_BYTES = 96


def create_token(world: World, request: Request) -> Answer:
    """CreateToken: 201, the token in the header X-Subject-Token."""
    user, scope, place = _read_grant(request)
    _check_user(world, user)
    _check_place(world, scope, place)
    text = secrets.token_urlsafe(TOKEN_BYTES)
    now = world.clock()
    world.tokens[text] = Token(scope, now + world.options.token_seconds)
    document = _token_document(world, scope, world.tokens[text], now)
    return answer_json(201, {"token": document}, {"X-Subject-Token": text})


def _read_grant(request: Request) -> tuple[Document, str, Document]:
    """Return the user, "project" or "domain", and which one: a scope has but one."""
    try:
        grant = request.json()["auth"]
        user = grant["identity"]["password"]["user"]
        named = {"name": user["name"], "password": user["password"]}
        named["domain"] = user["domain"]["name"]
        [(scope, place)] = grant["scope"].items()
        well_formed = grant["identity"]["methods"] == ["password"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refusal("IAM.0011") from error
    if not (well_formed and scope in PLACES and isinstance(place, dict)):
        raise Refusal("IAM.0011")
    return named, scope, place


def _check_user(world: World, user: Document) -> None:
    identity = world.identity
    known = {"name": identity.user, "password": identity.password}
    known["domain"] = identity.domain
    if user != known:
        raise Refusal("Keystone")


def _project(world: World) -> Document:
    return {"id": world.identity.project_id, "name": world.identity.region}


def _domain(world: World) -> Document:
    return {"id": world.identity.domain_id, "name": world.identity.domain}


PLACES: Mapping[str, Callable[[World], Document]] = {
    "project": _project,
    "domain": _domain,
}


def _check_place(world: World, scope: str, place: Document) -> None:
    known = PLACES[scope](world)
    given = {name: place[name] for name in known if name in place}
    if not given:
        raise Refusal("IAM.0011")
    if any(known[name] != value for name, value in given.items()):
        raise Refusal("IAM.0004", scope, str(next(iter(given.values()))))


def _moment(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _token_document(world: World, scope: str, token: Token, now: float) -> Document:
    identity, domain = world.identity, _domain(world)
    place = PLACES[scope](world)
    return {
        "methods": ["password"],
        "issued_at": _moment(now),
        "expires_at": _moment(token.expires),
        "user": {"id": identity.user_id, "name": identity.user, "domain": domain},
        scope: {**place, "domain": domain} if scope == "project" else place,
        "roles": [{"id": "0", "name": "te_admin"}],
        "catalog": [],
    }


def list_projects(world: World, request: Request) -> Answer:
    """ListProjects: the one project, unless the query asks for another name."""
    identity, project = world.identity, _project(world)
    wanted = request.arguments().get("name", [project["name"]])
    more = {"domain_id": identity.domain_id, "parent_id": identity.domain_id}
    flags = {"enabled": True, "is_domain": False, "description": ""}
    found = [{**project, **more, **flags}] if project["name"] in wanted else []
    links = {"self": f"{request.path}", "next": None, "previous": None}
    return answer_json(200, {"projects": found, "links": links})
