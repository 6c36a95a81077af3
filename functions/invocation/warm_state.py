"""What outlives an invocation, as one value."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from functions.settings import Parser
from functions.settings.aws_secret import SecretCache

if TYPE_CHECKING:
    from functions.huaweicloud.client import Client


class WarmState:
    """What the later invocations of a process reuse.

    `secrets` are the settings in AWS secrets, and `parser` keeps the settings that it
    parsed last; the client keeps connections, tokens, rejected credentials and
    looked-up projects.
    """

    def __init__(self) -> None:
        self.secrets = SecretCache()
        self.parser = Parser()
        self._lock = threading.Lock()
        self._client: Client | None = None

    def client(self) -> Client:
        """Return the client, made for the first event that needs the clouds.

        It imports requests, which takes longer than to refuse an invalid event.
        """
        from functions.huaweicloud.client import Client  # noqa: PLC0415

        with self._lock:
            if self._client is None:
                self._client = Client()
            return self._client
