"""How a call says who is calling: by a token, or by a signature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from functions.credentials import Credential, Tokens
from functions.huaweicloud import signing
from functions.huaweicloud.calls import Call
from functions.huaweicloud.transport import Authorise

USER_AGENT = "ga-access-log"


def _utc() -> datetime:
    return datetime.now(timezone.utc)


def authoriser(
    credential: Credential, clock: Callable[[], datetime] = _utc
) -> Authorise:
    """Return what gives each attempt of a call its headers, with this credential."""

    def authorise(call: Call, host: str, body: bytes) -> Mapping[str, str]:
        headers = {"User-Agent": USER_AGENT, **dict(call.headers)}
        if isinstance(credential, Tokens):
            token = credential.domain if call.service == "GA" else credential.project
            return headers | {"X-Auth-Token": token.reveal()}
        if credential.security_token:
            headers["X-Security-Token"] = credential.security_token.reveal()
        return signing.sign(
            signing.Request(call.method, host, call.path, call.query, headers, body),
            credential.access.reveal(),
            credential.secret.reveal(),
            signing.timestamp(clock()),
        )

    return authorise
