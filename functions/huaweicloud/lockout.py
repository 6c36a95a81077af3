"""Stops using a rejected credential, so that the access key does not get locked.

Five bad signatures in a row lock a key. Therefore, until an endpoint has accepted a
credential, the calls of an invocation wait for the reply to the first one, and after a
rejection nothing is sent to that endpoint for five minutes.

A request may name another project than the credential's own (a foreign project). If the
credential has no access to it, the reply is a rejection too, which blocks only that
project. As such a reply does not show whether the credential is valid, no more than
MAX_FOREIGN_PROJECTS are tried until another call shows it.
"""

from __future__ import annotations

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

MAX_FOREIGN_PROJECTS = 2
_MAX_REMEMBERED = 64

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
    """Whether one endpoint accepts one credential, as far as this process knows."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rejections: dict[str | None, tuple[float, AuthenticationFailed]] = {}
        self._is_accepted = False

    @contextmanager
    def exclusive(
        self, call: Call, remaining_seconds: Callable[[], float]
    ) -> Iterator[None]:
        """Make the other calls with this credential wait.

        Raises: DeadlineExceeded if another call does not end before the deadline.
        """
        if not self._lock.acquire(timeout=max(0.0, remaining_seconds())):
            raise DeadlineExceeded(
                f"The function's time ran out while {call.operation} waited for "
                "another call to show whether the credential is accepted",
                service=call.service,
            )
        try:
            yield
        finally:
            self._lock.release()

    def reject(self, project: str | None, rejection: AuthenticationFailed) -> None:
        """Remember a rejection, of the credential itself if the project is None."""
        self._rejections.pop(project, None)
        self._rejections[project] = self._clock() + LOCKOUT_SECONDS, rejection
        if project is None:
            self._is_accepted = False
        if len(self._rejections) > _MAX_REMEMBERED:
            del self._rejections[next(iter(self._rejections))]

    def accept(self) -> None:
        """Remember that the endpoint has accepted the credential."""
        self._is_accepted = True

    def is_active(self, project: str | None) -> bool:
        """Whether calls for a project are blocked."""
        return self._blocking(project) is not None

    def check(self, project: str | None) -> None:
        """Raise if a rejection blocks calls for the project.

        Raises: AuthenticationFailed, retryable, with the seconds until it is forgotten.
        """
        if not (blocking := self._blocking(project)):
            return
        ends_at, rejection = blocking
        seconds = ends_at - self._clock()
        again = AuthenticationFailed(
            f"{rejection.detail}; nothing is sent with this credential for "
            f"{seconds:.0f} seconds",
            retry_after=seconds,
            **rejection.cloud_facts(),
        )
        again.retryable = True
        raise again

    def _blocking(
        self, project: str | None
    ) -> tuple[float, AuthenticationFailed] | None:
        """Return the rejection that blocks a project, and when that ends."""
        now = self._clock()
        live = {
            key: each for key, each in self._rejections.copy().items() if now < each[0]
        }
        if blocking := live.get(project) or live.get(None):
            return blocking
        is_tried = len(live) >= MAX_FOREIGN_PROJECTS and not self._is_accepted
        return next(iter(live.values())) if is_tried and project is not None else None


Lockouts = Cache[tuple[str, str], Lockout]
"""The lockouts, by endpoint and fingerprint of the credential."""


class Guard:
    """Sends calls one at a time until their endpoint accepts the credential.

    `credential` is a fingerprint; `own_project` returns its ID, if known.
    `accepted` is shared by the calls of one invocation only: until the next one, the
    key may have been revoked.
    """

    def __init__(
        self,
        send: Send,
        *,
        lockouts: Lockouts,
        endpoints: Mapping[str, str],
        credential: str,
        own_project: Callable[[], str | None],
        remaining_seconds: Callable[[], float],
        accepted: set[Lockout],
    ) -> None:
        self._send = send
        self._lockouts = lockouts
        self._endpoints = endpoints
        self._credential = credential
        self._own_project = own_project
        self._remaining_seconds = remaining_seconds
        self._accepted = accepted

    def __call__(self, call: Call) -> Reply:
        """Send the call.

        Raises: AuthenticationFailed while a rejection is remembered; DeadlineExceeded;
        the errors of `send`.
        """
        address = f"{call.address} {self._endpoints[call.address]}"
        lockout = self._lockouts[address, self._credential]
        project = None if call.project == self._own_project() else call.project
        if not self._is_open(lockout, project):
            with lockout.exclusive(call, self._remaining_seconds):
                if not self._is_open(lockout, project):
                    lockout.check(project)
                    return self._sent(call, lockout, project)
        return self._sent(call, lockout, project)

    def _is_open(self, lockout: Lockout, project: str | None) -> bool:
        return lockout in self._accepted and not lockout.is_active(project)

    def _sent(self, call: Call, lockout: Lockout, project: str | None) -> Reply:
        try:
            reply = self._send(call)
        except ProvisioningError as error:
            if error.service == call.service:  # not IAM, before this call was sent
                self._record(error, lockout, project)
            raise
        self._accept(lockout)
        return reply

    def _record(
        self, error: ProvisioningError, lockout: Lockout, project: str | None
    ) -> None:
        if isinstance(error, AuthenticationFailed):
            lockout.reject(project, error)
        elif isinstance(error, _ACCEPTED_BUT_REFUSED):
            self._accept(lockout)

    def _accept(self, lockout: Lockout) -> None:
        lockout.accept()
        self._accepted.add(lockout)
