"""No more refused requests than need be: five bad signatures in a row lock a key.

Until a service has accepted a credential, calls side by side wait for the first one's
answer. Once it refuses, no call is sent for five minutes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from functions.errors import AuthenticationFailed, DeadlineExceeded
from functions.huaweicloud import replies
from functions.huaweicloud.calls import Call, Reply, Send

REFUSED_SECONDS = 300.0
"""How long a refusal is remembered; the gateway's own lock lasts as long."""


class Gate:
    """What one service has said of one credential, in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Know nothing yet."""
        self._clock = clock
        self._turn = threading.Lock()
        self._accepted = False
        self._refused_until = 0.0
        self._refusal: AuthenticationFailed | None = None

    def pass_through(self, call: Call, send: Send, left: Callable[[], float]) -> Reply:
        """Send the call, alone if the credential is not known to be good.

        Raises: AuthenticationFailed, retryable, while a refusal is remembered;
        DeadlineExceeded if the turn does not come in time.
        """
        if self._is_open():
            return self._judged(call, send)
        if not self._turn.acquire(timeout=max(0.0, left())):
            raise DeadlineExceeded(
                f"The function's time ran out while {call.operation} waited to learn "
                "whether the credential is accepted",
                service=call.service,
            )
        try:
            if not self._is_open():
                self._require_no_refusal()
                return self._judged(call, send)
        finally:
            self._turn.release()
        return self._judged(call, send)

    def _is_open(self) -> bool:
        return self._accepted

    def _judged(self, call: Call, send: Send) -> Reply:
        reply = send(call)
        failure = replies.failure_of(call, reply)
        if isinstance(failure, AuthenticationFailed):
            self._accepted, self._refusal = False, failure
            self._refused_until = self._clock() + REFUSED_SECONDS
        elif failure is None or not failure.retryable:
            self._accepted = True
        return reply

    def _require_no_refusal(self) -> None:
        seconds = self._refused_until - self._clock()
        if self._refusal is None or seconds <= 0:
            return
        again = AuthenticationFailed(
            f"{self._refusal.detail}; not sent again for {seconds:.0f} seconds, so "
            "that the key is not locked",
            code=self._refusal.code,
            service=self._refusal.service,
            upstream_status=self._refusal.upstream_status,
            request_id=self._refusal.request_id,
            retry_after=seconds,
        )
        again.retryable = True
        raise again


_gates: dict[tuple[str, str], Gate] = {}
"""By address and credential's fingerprint, for the life of the process."""


def guarded(
    send: Send,
    endpoints: Mapping[str, str],
    credential: str,
    left: Callable[[], float],
) -> Send:
    """Return `send` behind the gate of each call's address and this credential.

    `credential` is its fingerprint.
    """

    def guard(call: Call) -> Reply:
        about = (f"{call.address} {endpoints[call.address]}", credential)
        return _gates.setdefault(about, Gate()).pass_through(call, send, left)

    return guard
