"""Stops using a rejected credential, so that the access key does not get locked.

Five bad signatures in a row lock a key. So until an endpoint has accepted a credential,
an invocation's calls wait for the first one's reply, and after a rejection nothing is
sent there for five minutes.
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
from functions.huaweicloud.cache import Cache
from functions.transport.calls import Call, Reply, Send

LOCKOUT_SECONDS = 300.0
"""How long a rejection is remembered; the gateway's own lock lasts as long."""

_ACCEPTED_BUT_REFUSED = (
    PermissionDenied,
    InvalidProject,
    InvalidRequest,
    NotFound,
    AlreadyExists,
    QuotaExceeded,
    Conflict,
    Busy,
)
"""Errors by which a service shows that it has accepted the credential."""


class Lockout:
    """What one endpoint has said of one credential, in this process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._ends_at = -math.inf
        self._rejection: AuthenticationFailed | None = None

    @contextmanager
    def exclusive(
        self, call: Call, remaining_seconds: Callable[[], float]
    ) -> Iterator[None]:
        """Keep the other calls of this credential waiting meanwhile.

        Raises: DeadlineExceeded if the others take until the deadline.
        """
        if not self._lock.acquire(timeout=max(0.0, remaining_seconds())):
            raise DeadlineExceeded(
                f"The function's time ran out while {call.operation} waited to learn "
                "whether the credential is accepted",
                service=call.service,
            )
        try:
            yield
        finally:
            self._lock.release()

    def record(self, rejection: AuthenticationFailed) -> None:
        """Remember that the credential was rejected."""
        self._rejection = rejection
        self._ends_at = self._clock() + LOCKOUT_SECONDS

    def is_active(self) -> bool:
        """Whether a rejection is remembered."""
        return self._clock() < self._ends_at

    def check(self) -> None:
        """Do nothing unless a rejection is remembered.

        Raises: AuthenticationFailed, retryable, with the seconds until it is forgotten.
        """
        if self._rejection is None or not self.is_active():
            return
        seconds = self._ends_at - self._clock()
        again = AuthenticationFailed(
            f"{self._rejection.detail}; nothing is sent with this credential for "
            f"{seconds:.0f} seconds",
            retry_after=seconds,
            **self._rejection.cloud_facts(),
        )
        again.retryable = True
        raise again


Lockouts = Cache[tuple[str, str], Lockout]
"""By endpoint and the credential's fingerprint."""


class Guard:
    """Sends a call alone until its endpoint accepts the credential.

    `credential` is a fingerprint. `accepted` is shared by the calls of one invocation
    only: until the next one, the key may have been revoked.
    """

    def __init__(
        self,
        send: Send,
        *,
        lockouts: Lockouts,
        endpoints: Mapping[str, str],
        credential: str,
        remaining_seconds: Callable[[], float],
        accepted: set[Lockout],
    ) -> None:
        self._send = send
        self._lockouts = lockouts
        self._endpoints = endpoints
        self._credential = credential
        self._remaining_seconds = remaining_seconds
        self._accepted = accepted

    def __call__(self, call: Call) -> Reply:
        """Send the call.

        Raises: AuthenticationFailed while a rejection is remembered; DeadlineExceeded;
        the errors of `send`.
        """
        address = f"{call.address} {self._endpoints[call.address]}"
        lockout = self._lockouts[address, self._credential]
        if not self._is_open(lockout):
            with lockout.exclusive(call, self._remaining_seconds):
                if not self._is_open(lockout):
                    lockout.check()
                    return self._sent(call, lockout)
        return self._sent(call, lockout)

    def _is_open(self, lockout: Lockout) -> bool:
        return lockout in self._accepted and not lockout.is_active()

    def _sent(self, call: Call, lockout: Lockout) -> Reply:
        try:
            reply = self._send(call)
        except ProvisioningError as error:
            if error.service == call.service:  # not IAM, before this call was sent
                self._record(error, lockout)
            raise
        self._accepted.add(lockout)
        return reply

    def _record(self, error: ProvisioningError, lockout: Lockout) -> None:
        if isinstance(error, AuthenticationFailed):
            lockout.record(error)
        elif isinstance(error, _ACCEPTED_BUT_REFUSED):
            self._accepted.add(lockout)
