"""The way to the clouds, put together: behind the gate, signed, logged, sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from functions.errors import ProvisioningError
from functions.huaweicloud import authorization, iam, projects, replies
from functions.huaweicloud.lockout import Guard
from functions.huaweicloud.retry import repeat
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.huaweicloud.tokens import TokenCache
from functions.secret import Secret
from functions.settings import Settings
from functions.settings.credentials import Keys, Tokens, User, fingerprint
from functions.transport.calls import Call, Reply, Send
from functions.transport.session import Transport

Log = Callable[..., None]
"""Takes a level, a message, and facts by name."""

_token_caches: dict[str, TokenCache] = {}
"""By the user's fingerprint and IAM's address, for the life of the process."""


def connect(
    settings: Settings,
    retry_policy: RetryPolicy,
    log: Log,
    pace: Callable[[float], None],
) -> Send:
    """Return the port to LTS, GA and IAM; `pace` is told how long each call took."""
    secrets = list(settings.secrets)
    endpoints, credential = settings.endpoints, settings.credential
    transport = Transport(
        endpoints,
        secrets,
        settings.http_timeout_seconds,
        retry_policy.remaining_seconds,
    )
    send = _logged(transport, log, pace)
    guard = partial(
        Guard,
        endpoints=endpoints,
        credential=fingerprint(credential),
        remaining_seconds=retry_policy.remaining_seconds,
        accepted=set(),
    )
    if isinstance(credential, Tokens):
        return guard(authorization.with_tokens(send, credential))
    if isinstance(credential, Keys):
        return guard(authorization.with_keys(send, credential, endpoints))
    key = f"{fingerprint(credential)} {endpoints[iam.SERVICE]}"
    cache = _token_caches.setdefault(key, TokenCache())
    get_token = _token_getter(cache, credential, guard(send), retry_policy, secrets)
    return guard(authorization.with_user(send, get_token, cache.forget))


def _token_getter(
    cache: TokenCache,
    user: User,
    send: Send,
    retry_policy: RetryPolicy,
    secrets: list[Secret],
) -> authorization.GetToken:
    """Return what gets a scope's token, and adds it to the secrets."""

    def ask(scope: iam.Scope) -> iam.Token:
        return repeat(iam.create_token(user, scope), iam.token, send, retry_policy)

    def get_token(scope: iam.Scope) -> Secret:
        secrets.append(cache.get(scope, ask, retry_policy.remaining_seconds))
        return secrets[-1]

    return get_token


def find_project(settings: Settings, send: Send, retry_policy: RetryPolicy) -> str:
    """Return the id of the credential's project in the region.

    Raises: the errors of `projects.find`.
    """
    return projects.find(
        settings.region,
        fingerprint(settings.credential),
        lambda call, read: repeat(call, read, send, retry_policy),
    )


def _logged(send: Send, log: Log, pace: Callable[[float], None]) -> Send:
    """Return `send` with a log line for each call made."""

    def logged(call: Call) -> Reply:
        began = time.monotonic()
        about = {name: getattr(call, name) for name in _ABOUT}
        log("DEBUG", "call begins", **about)
        reply: Reply | None = None
        failure: ProvisioningError | None = None
        try:
            reply = send(call)
            failure = replies.failure_of(call, reply)
        except ProvisioningError as error:
            failure = error
            raise
        finally:
            seconds = time.monotonic() - began
            pace(seconds)
            log(
                "INFO" if failure is None else "WARNING",
                "call",
                **about,
                **_facts(reply, failure, seconds),
            )
        return reply

    return logged


_ABOUT = ("service", "operation", "attempt")


def _facts(
    reply: Reply | None, failure: ProvisioningError | None, seconds: float
) -> dict[str, Any]:
    return {
        "status": reply and reply.status,
        "code": failure and failure.code,
        "milliseconds": round(seconds * 1000, 1),
        "cloud_request_id": reply and replies.request_id(reply),
    }
