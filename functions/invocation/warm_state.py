"""The state that later invocations of the same process reuse."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.settings import Parser
from functions.settings.aws_secret import SecretCache

if TYPE_CHECKING:
    from functions.huaweicloud.client import Client


class WarmState:
    """The state that later invocations of a process reuse.

    `secrets` are the settings in AWS secrets, and `parser` keeps the settings that it
    parsed last; the client keeps connections, tokens, rejected credentials and
    looked-up projects. `clock` and `sleep` measure the time of invocations, and pass
    it.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self.secrets = SecretCache()
        self.parser = Parser()
        self._lock = threading.Lock()
        self._client: Client | None = None

    def client(self) -> Client:
        """Return the client, made for the first event that needs the clouds.

        It imports requests, which takes longer than rejecting an invalid event.
        """
        from functions.huaweicloud.client import Client  # noqa: PLC0415

        with self._lock:
            if self._client is None:
                self._client = Client(self.clock)
            return self._client
