"""Authentication and authorization: signatures, tokens, scopes and locked keys.

LTS requires a project token, GA a domain token ("Authentication" of GA); both accept
requests signed with the account's key pair.
"""

from collections.abc import Mapping
from datetime import datetime, timezone

from tests.emulator.account_state import State
from tests.emulator.http_messages import Request
from tests.emulator.service_errors import ServiceError
from tests.emulator.signature_check import Authorization, is_valid, parse_authorization

LOCK_SECONDS = 5 * 60
LOCKED = "AK access failed to reach the limit,forbidden."

# service -> token scopes that it accepts
SCOPES: Mapping[str, tuple[str, ...]] = {
    "LTS": ("project",),
    "GA": ("domain",),
    "IAM": ("project", "domain"),
}
# service -> error code for a foreign project or domain
FOREIGN_CODES: Mapping[str, str] = {
    "LTS": "LTS.0001",
    "GA": "SYS.0403",
    "IAM": "IAM.0003",
}


def admit(state: State, service: str, request: Request) -> None:
    """Check the request's credential, project and domain.

    Raises:
        ServiceError: 401 for an invalid credential, 403 for a foreign project.

    """
    if "authorization" in request.headers:
        _check_signature(state, request)
    else:
        _check_token(state, service, request)
    _check_project_and_domain(state, service, request)


def _unauthorised(reason: str) -> ServiceError:
    return ServiceError("APIGW.0301", reason)


def _check_signature(state: State, request: Request) -> None:
    if not state.options.signatures:
        return
    authorization = parse_authorization(request.headers["authorization"])
    if authorization is None:
        raise _unauthorised("verify aksk signature fail")
    if authorization.access_key != state.identity.access_key:
        raise _unauthorised(f"ak {authorization.access_key} not exist")
    _check_key(state, request, authorization)


def _check_key(state: State, request: Request, authorization: Authorization) -> None:
    now, key = state.clock(), authorization.access_key
    if state.locked.get(key, 0) > now:
        raise _unauthorised(LOCKED)
    if is_valid(request, authorization, state.identity.secret_key, now):
        state.failures[key] = 0
        return
    _count_failure(state, key, now)
    raise _unauthorised("verify aksk signature fail")


def _count_failure(state: State, key: str, now: float) -> None:
    state.failures[key] = state.failures.get(key, 0) + 1
    if state.failures[key] >= state.options.key_lock_after:
        state.failures[key] = 0
        state.locked[key] = now + LOCK_SECONDS


def _check_token(state: State, service: str, request: Request) -> None:
    token = request.headers.get("x-auth-token")
    if token is None:
        raise _unauthorised("x-auth-token not found")
    problem = _token_problem(state, service, token)
    if problem is None:
        return
    if service == "LTS":
        raise ServiceError("LTS.0003")
    raise _unauthorised(problem)


def _token_problem(state: State, service: str, token: str) -> str | None:
    if token == state.identity.token:
        return None
    issued = state.tokens.get(token)
    if issued is None or issued.scope not in SCOPES[service]:
        return "decrypt token fail"
    if issued.expires <= state.clock():
        moment = datetime.fromtimestamp(issued.expires, timezone.utc)
        return f"token expires, expires_at: {moment:%Y-%m-%dT%H:%M:%S.%fZ}"
    return None


def _check_project_and_domain(state: State, service: str, request: Request) -> None:
    identity, headers = state.identity, request.headers
    projects = {request.params.get("project_id"), headers.get("x-project-id")}
    domains = {headers.get("x-domain-id")}
    if projects - {None, identity.project_id} or domains - {None, identity.domain_id}:
        raise ServiceError(FOREIGN_CODES[service])
