"""Keeps the tokens of IAM users until shortly before they expire."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from functions.errors import DeadlineExceeded
from functions.huaweicloud.cache import MAX_ENTRIES
from functions.huaweicloud.iam import SERVICE, Scope, Token
from functions.secret import Secret

SPARE_SECONDS = 300.0
"""How long before expiry a token is replaced."""


class TokenCache:
    """The tokens of one user by scope; each is requested once for all threads."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[Scope, tuple[Secret, float]] = {}

    def get(
        self,
        scope: Scope,
        ask: Callable[[Scope], Token],
        remaining_seconds: Callable[[], float],
    ) -> Secret:
        """Return the scope's token, a new one if none is kept.

        Raises: the errors of `ask`; DeadlineExceeded if another thread does not get its
        token in time.
        """
        if not self._lock.acquire(timeout=max(0.0, remaining_seconds())):
            raise DeadlineExceeded(
                "The function's time ran out while it waited for a token",
                service=SERVICE,
            )
        try:
            text, expires_at = self._kept.get(scope, (None, 0.0))
            if text is None or expires_at <= self._clock():
                began = self._clock()
                token = ask(scope)
                text, expires_at = token.text, began + token.seconds - SPARE_SECONDS
                self._kept[scope] = (text, expires_at)
                if len(self._kept) > MAX_ENTRIES:
                    del self._kept[next(iter(self._kept))]
            return text
        finally:
            self._lock.release()

    def forget(self, scope: Scope, text: Secret) -> None:
        """Drop a rejected token, unless another one has replaced it."""
        with self._lock:
            if self._kept.get(scope, (None, 0.0))[0] == text:
                del self._kept[scope]
