"""Adds the credential to calls: a token, or a signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from functions.errors import AuthenticationFailed
from functions.huaweicloud import iam, lts, request_signing
from functions.secret import Secret
from functions.settings.credentials import Keys, Tokens
from functions.transport.calls import Call, Reply, Send

GetToken = Callable[[iam.Scope], Secret]


def with_tokens(send: Send, tokens: Tokens) -> Send:
    """Return `send` that adds the project's token to calls of LTS, or the domain's."""

    def sent(call: Call) -> Reply:
        is_project = call.service == lts.SERVICE
        return send(_with_token(call, tokens.project if is_project else tokens.domain))

    return sent


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


def with_keys(
    send: Send,
    keys: Keys,
    endpoints: Mapping[str, str],
    clock: Callable[[], datetime] = _utc_now,
) -> Send:
    """Return `send` that signs each attempt, for the host that receives it."""

    def sent(call: Call) -> Reply:
        headers = dict(call.headers)
        if keys.security_token:
            headers["X-Security-Token"] = keys.security_token.reveal()
        host = endpoints[call.address].partition("://")[2]
        request = request_signing.Request(
            call.method, host, call.path, call.query, headers, call.content()
        )
        date = request_signing.timestamp(clock())
        signed = request_signing.sign(
            request, keys.access.reveal(), keys.secret.reveal(), date
        )
        return send(call._replace(headers=tuple(signed.items())))

    return sent


def with_user(
    send: Send, get_token: GetToken, forget: Callable[[iam.Scope, Secret], None]
) -> Send:
    """Return `send` that adds a token of the call's scope.

    A rejected token may have been revoked early, so another one is requested once.
    """

    def sent(call: Call) -> Reply:
        scope = iam.scope_of(call)
        token = get_token(scope)
        try:
            return send(_with_token(call, token))
        except AuthenticationFailed:
            forget(scope, token)
        return send(_with_token(call, get_token(scope)))

    return sent


def _with_token(call: Call, token: Secret) -> Call:
    return call._replace(headers=(*call.headers, ("X-Auth-Token", token.reveal())))
