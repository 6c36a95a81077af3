"""Settings with few retries and short timeouts."""

from __future__ import annotations

import pytest

from tests.e2e.credentials.wholes import put
from tests.emulator import Emulator

FAST_FAILING = {
    "RETRY_ATTEMPTS": "2",
    "RETRY_BASE_SECONDS": "0.002",
    "RETRY_CAP_SECONDS": "0.004",
    "HTTP_TIMEOUT_SECONDS": "0.1",
}


@pytest.fixture
def upstream(mature: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return the real emulator behind the misbehaving server, with fast settings."""
    put(monkeypatch, FAST_FAILING)
    return mature
