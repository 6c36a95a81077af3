"""Who may come in: signatures, tokens and their scopes, and keys that are locked.

LTS wants a project's token, GA a domain's ("Authentication" of GA); requests signed
with the account's key pair are good for both.
"""

from collections.abc import Mapping
from datetime import datetime, timezone

from tests.emulator.exchange import Request
from tests.emulator.refusals import Refusal
from tests.emulator.signatures import Claim, is_genuine, read_claim
from tests.emulator.world import World

LOCK_SECONDS = 5 * 60
LOCKED = "AK access failed to reach the limit,forbidden."

# service -> scopes of the tokens it takes
SCOPES: Mapping[str, tuple[str, ...]] = {
    "LTS": ("project",),
    "GA": ("domain",),
    "IAM": ("project", "domain"),
}
# service -> what it says to a foreign project or domain
FOREIGN: Mapping[str, str] = {"LTS": "LTS.0001", "GA": "SYS.0403", "IAM": "IAM.0003"}


def admit(world: World, service: str, request: Request) -> None:
    """Let the request in, or refuse it.

    Raises:
        Refusal: 401 for a credential that is not valid, 403 for a foreign project.

    """
    if "authorization" in request.headers:
        _check_signature(world, request)
    else:
        _check_token(world, service, request)
    _check_place(world, service, request)


def _unauthorised(reason: str) -> Refusal:
    return Refusal("APIGW.0301", reason)


def _check_signature(world: World, request: Request) -> None:
    if not world.options.signatures:
        return
    claim = read_claim(request.headers["authorization"])
    if claim is None:
        raise _unauthorised("verify aksk signature fail")
    if claim.access_key != world.identity.access_key:
        raise _unauthorised(f"ak {claim.access_key} not exist")
    _check_key(world, request, claim)


def _check_key(world: World, request: Request, claim: Claim) -> None:
    now, key = world.clock(), claim.access_key
    if world.locked.get(key, 0) > now:
        raise _unauthorised(LOCKED)
    if is_genuine(request, claim, world.identity.secret_key, now):
        world.failures[key] = 0
        return
    _count_failure(world, key, now)
    raise _unauthorised("verify aksk signature fail")


def _count_failure(world: World, key: str, now: float) -> None:
    world.failures[key] = world.failures.get(key, 0) + 1
    if world.failures[key] >= world.options.key_lock_after:
        world.failures[key] = 0
        world.locked[key] = now + LOCK_SECONDS


def _check_token(world: World, service: str, request: Request) -> None:
    token = request.headers.get("x-auth-token")
    if token is None:
        raise _unauthorised("x-auth-token not found")
    flaw = _flaw_of(world, service, token)
    if flaw is None:
        return
    if service == "LTS":
        raise Refusal("LTS.0003")
    raise _unauthorised(flaw)


def _flaw_of(world: World, service: str, token: str) -> str | None:
    if token == world.identity.token:
        return None
    issued = world.tokens.get(token)
    if issued is None or issued.scope not in SCOPES[service]:
        return "decrypt token fail"
    if issued.expires <= world.clock():
        moment = datetime.fromtimestamp(issued.expires, timezone.utc)
        return f"token expires, expires_at: {moment:%Y-%m-%dT%H:%M:%S.%fZ}"
    return None


def _check_place(world: World, service: str, request: Request) -> None:
    identity, headers = world.identity, request.headers
    projects = {request.params.get("project_id"), headers.get("x-project-id")}
    domains = {headers.get("x-domain-id")}
    if projects - {None, identity.project_id} or domains - {None, identity.domain_id}:
        raise Refusal(FOREIGN[service])
