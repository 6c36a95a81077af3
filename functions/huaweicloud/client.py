"""The way to the clouds, put together: signed, sent, logged, and behind the gate."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from functions.errors import ProvisioningError
from functions.huaweicloud import replies
from functions.huaweicloud.authorisation import authoriser
from functions.huaweicloud.calls import Call, Reply, Send
from functions.huaweicloud.gate import guarded
from functions.huaweicloud.transport import Transport
from functions.settings import Settings

Log = Callable[..., None]
"""Takes a level, a message, and facts by name."""


def connect(
    settings: Settings,
    left: Callable[[], float],
    log: Log,
    pace: Callable[[float], None],
) -> Send:
    """Return the port to LTS and GA; `pace` is told how long each call took."""
    transport = Transport(
        endpoints=settings.endpoints,
        authorise=authoriser(settings.credential),
        secrets=settings.secrets,
        timeout=settings.http_timeout_seconds,
        left=left,
    )
    send = _logged(transport, log, pace)
    return guarded(send, settings.endpoints, settings.credential, left)


def _logged(send: Send, log: Log, pace: Callable[[float], None]) -> Send:
    """Return `send` with a log line for each call made."""

    def logged(call: Call) -> Reply:
        began = time.monotonic()
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
                **_facts(call, reply, failure, seconds),
            )
        return reply

    return logged


def _facts(
    call: Call, reply: Reply | None, failure: ProvisioningError | None, seconds: float
) -> dict[str, Any]:
    return {
        "service": call.service,
        "operation": call.operation,
        "attempt": call.attempt,
        "status": reply and reply.status,
        "code": failure and failure.code,
        "milliseconds": round(seconds * 1000, 1),
        "cloud_request_id": reply and replies.request_id(reply),
    }
