"""Tokens of IAM users, kept between warm invocations until shortly before their end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from functions.errors import DeadlineExceeded
from functions.huaweicloud.iam import SERVICE, Scope, Token
from functions.secret import Secret

SPARE_SECONDS = 300.0
"""A token is given up so long before its end."""


class TokenCache:
    """One user's tokens, by scope; two who need one at once ask for it once."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        """Keep nothing yet; `clock` is in seconds."""
        self._clock = clock
        self._turn = threading.Lock()
        self._kept: dict[Scope, tuple[Secret, float]] = {}

    def get(
        self,
        scope: Scope,
        ask: Callable[[Scope], Token],
        remaining_seconds: Callable[[], float],
    ) -> Secret:
        """Return the scope's token, asking for one if none is kept.

        Raises: what asking comes to; DeadlineExceeded if the turn does not come in
        time.
        """
        if not self._turn.acquire(timeout=max(0.0, remaining_seconds())):
            raise DeadlineExceeded(
                "The function's time ran out while it waited for a token",
                service=SERVICE,
            )
        try:
            text, until = self._kept.get(scope, (None, 0.0))
            if text is None or until <= self._clock():
                began = self._clock()
                token = ask(scope)
                text, until = token.text, began + token.seconds - SPARE_SECONDS
                self._kept[scope] = (text, until)
            return text
        finally:
            self._turn.release()

    def forget(self, scope: Scope, text: Secret) -> None:
        """Drop a token that was refused, unless another has taken its place."""
        with self._turn:
            if self._kept.get(scope, (None, 0.0))[0] == text:
                del self._kept[scope]
