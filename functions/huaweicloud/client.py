"""Combines authorization, lockout, classification, logging and sending of calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

from functions.errors import ProvisioningError
from functions.huaweicloud import authorization, iam, replies
from functions.huaweicloud.cache import Cache
from functions.huaweicloud.lockout import Guard, Lockout, Lockouts
from functions.huaweicloud.projects import Project, unknown_project
from functions.huaweicloud.retry import repeat
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.huaweicloud.tokens import TokenCache
from functions.secret import Masks, Secret
from functions.settings import Settings
from functions.settings.credentials import Keys, Tokens, User, fingerprint
from functions.transport.calls import Call, Reply, Send
from functions.transport.session import Connections, Session

Log = Callable[..., None]
"""Takes a level, a message, and facts by name."""


class Client:
    """Calls LTS, GA and IAM.

    It keeps connections, tokens, rejected credentials, and looked-up projects for later
    invocations.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._connections = Connections()
        self._lockouts: Lockouts = Cache(partial(Lockout, clock))
        self._tokens: Cache[tuple[str, str], TokenCache] = Cache(TokenCache)
        self._projects: Cache[tuple[str, str], Project] = Cache(Project)

    def connect(
        self,
        settings: Settings,
        policy: RetryPolicy,
        log: Log,
        record_duration: Callable[[float], None],
    ) -> Send:
        """Return the function that sends the calls of one invocation.

        `record_duration` is called with the seconds that each call took.
        """
        masks = Masks(settings.secrets)
        session = Session(
            self._connections,
            settings.endpoints,
            masks,
            settings.http_timeout_seconds,
            policy.remaining_seconds,
        )
        send = _logged(replies.classified(session), log, record_duration)
        guard = partial(
            Guard,
            lockouts=self._lockouts,
            endpoints=settings.endpoints,
            credential=fingerprint(settings.credential),
            own_project=lambda: settings.project_id or self._project(settings).known_id,
            remaining_seconds=policy.remaining_seconds,
            accepted=set(),
        )
        return guard(self._authorized(send, guard, settings, policy, masks))

    def _authorized(
        self,
        send: Send,
        guard: Callable[[Send], Send],
        settings: Settings,
        policy: RetryPolicy,
        masks: Masks,
    ) -> Send:
        """Return `send` that adds the credential to each call."""
        endpoints, credential = settings.endpoints, settings.credential
        if isinstance(credential, Tokens):
            return authorization.with_tokens(send, credential)
        if isinstance(credential, Keys):
            return authorization.with_keys(send, credential, endpoints)
        cache = self._tokens[fingerprint(credential), endpoints[iam.SERVICE]]
        get_token = _token_getter(cache, credential, guard(send), policy, masks)
        return authorization.with_user(send, get_token, cache.forget)

    def find_project(self, settings: Settings, send: Send, policy: RetryPolicy) -> str:
        """Return the ID of the credential's project in the region.

        Raises: Misconfigured if no region is set; the errors of `Project.id`.
        """
        if not settings.region:
            raise unknown_project(
                "and neither is HUAWEICLOUD_REGION, which is needed to look it up"
            )
        return self._project(settings).id(
            settings.region, lambda call, read: repeat(call, read, send, policy)
        )

    def _project(self, settings: Settings) -> Project:
        region = settings.region or ""
        return self._projects[fingerprint(settings.credential), region]


def _token_getter(
    cache: TokenCache,
    user: User,
    send: Send,
    policy: RetryPolicy,
    masks: Masks,
) -> authorization.GetToken:
    """Return a function that returns a scope's token, which is masked from then on."""

    def ask(scope: iam.Scope) -> iam.Token:
        return repeat(iam.create_token(user, scope), iam.token, send, policy)

    def get_token(scope: iam.Scope) -> Secret:
        token = cache.get(scope, ask, policy.remaining_seconds)
        masks.add(token)
        return token

    return get_token


def _logged(send: Send, log: Log, record_duration: Callable[[float], None]) -> Send:
    """Return `send` with a log line for each call made."""

    def logged(call: Call) -> Reply:
        about = {name: getattr(call, name) for name in _LOGGED}
        log("DEBUG", "call begins", **about)
        began = time.monotonic()
        try:
            outcome: Reply | ProvisioningError = send(call)
        except ProvisioningError as error:
            outcome = error
        seconds = time.monotonic() - began
        record_duration(seconds)
        is_normal = not isinstance(outcome, ProvisioningError) or (
            isinstance(outcome, call.expected)
        )
        level, milliseconds = (
            "INFO" if is_normal else "WARNING",
            round(1e3 * seconds, 1),
        )
        log(level, "call", **about, milliseconds=milliseconds, **_facts(outcome))
        if isinstance(outcome, ProvisioningError):
            raise outcome
        return outcome

    return logged


_LOGGED = ("service", "operation", "attempt")


def _facts(outcome: Reply | ProvisioningError) -> dict[str, object]:
    if isinstance(outcome, ProvisioningError):
        return {
            "status": outcome.upstream_status,
            "code": outcome.code,
            "cloud_request_id": outcome.request_id,
        }
    return {
        "status": outcome.status,
        "cloud_request_id": replies.request_id(outcome),
    }
