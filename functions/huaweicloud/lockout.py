"""No more refused requests than need be: five bad signatures in a row lock a key.

Until a service has accepted a credential, an invocation's calls wait for the first
one's answer. Once it refuses, no call is sent for five minutes.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from functions.errors import (
    AlreadyExists,
    AuthenticationFailed,
    Busy,
    Conflict,
    DeadlineExceeded,
    InvalidProject,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ProvisioningError,
    QuotaExceeded,
)
from functions.huaweicloud import replies
from functions.transport.calls import Call, Reply, Send

REFUSED_SECONDS = 300.0
"""How long a refusal is remembered; the gateway's own lock lasts as long."""


_UNDERSTOOD = (
    PermissionDenied,
    InvalidProject,
    InvalidRequest,
    NotFound,
    AlreadyExists,
    QuotaExceeded,
    Conflict,
    Busy,
)
"""Refusals by a service that has accepted the credential."""


class Gate:
    """What one address has said of one credential, in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Know nothing yet."""
        self._clock = clock
        self._turn = threading.Lock()
        self._refused_until = -math.inf
        self._refusal: AuthenticationFailed | None = None

    @contextmanager
    def turn(
        self, call: Call, remaining_seconds: Callable[[], float]
    ) -> Iterator[None]:
        """Keep every other call of this gate waiting meanwhile.

        Raises: DeadlineExceeded if the turn does not come in time.
        """
        if not self._turn.acquire(timeout=max(0.0, remaining_seconds())):
            raise DeadlineExceeded(
                f"The function's time ran out while {call.operation} waited to learn "
                "whether the credential is accepted",
                service=call.service,
            )
        try:
            yield
        finally:
            self._turn.release()

    def learn(self, answer: ProvisioningError | None) -> None:
        """Remember an answer that refuses the credential."""
        if isinstance(answer, AuthenticationFailed):
            self._refusal = answer
            self._refused_until = self._clock() + REFUSED_SECONDS

    def is_refused(self) -> bool:
        """Whether a refusal is remembered."""
        return self._clock() < self._refused_until

    def require_no_refusal(self) -> None:
        """Let a call pass while no refusal is remembered.

        Raises: AuthenticationFailed, retryable, with the seconds that are left of it.
        """
        if self._refusal is None or not self.is_refused():
            return
        seconds = self._refused_until - self._clock()
        again = AuthenticationFailed(
            f"{self._refusal.detail}; nothing is sent with this credential for "
            f"{seconds:.0f} seconds",
            retry_after=seconds,
            **self._refusal.cloud_facts(),
        )
        again.retryable = True
        raise again


_gates: dict[tuple[str, str], Gate] = {}
"""By address and credential's fingerprint, for the life of the process."""


class Guard:
    """Sends calls through the gates of their addresses.

    What was accepted counts for one invocation alone: by the next one, the key may
    have been revoked.
    """

    def __init__(
        self,
        send: Send,
        endpoints: Mapping[str, str],
        credential: str,
        remaining_seconds: Callable[[], float],
        accepted: set[Gate] | None = None,
    ) -> None:
        """Take a credential's fingerprint, and what the invocation's others know."""
        self._send = send
        self._endpoints = endpoints
        self._credential = credential
        self._left = remaining_seconds
        self._accepted = set() if accepted is None else accepted

    def __call__(self, call: Call) -> Reply:
        """Send the call: alone, if the credential is not yet known to be good.

        Raises: AuthenticationFailed while a refusal is remembered; DeadlineExceeded.
        """
        about = (f"{call.address} {self._endpoints[call.address]}", self._credential)
        gate = _gates.setdefault(about, Gate())
        if not self._is_open(gate):
            with gate.turn(call, self._left):
                if not self._is_open(gate):
                    gate.require_no_refusal()
                    return self._sent(call, gate)
        return self._sent(call, gate)

    def _is_open(self, gate: Gate) -> bool:
        return gate in self._accepted and not gate.is_refused()

    def _sent(self, call: Call, gate: Gate) -> Reply:
        reply = self._send(call)
        answer = replies.failure_of(call, reply)
        gate.learn(answer)
        if answer is None or isinstance(answer, _UNDERSTOOD):
            self._accepted.add(gate)
        return reply
