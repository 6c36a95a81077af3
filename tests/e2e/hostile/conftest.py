"""Settings of functions that give up soon."""

from __future__ import annotations

import pytest

from tests.e2e.credentials.wholes import put
from tests.emulator import Emulator

HASTY = {
    "RETRY_ATTEMPTS": "2",
    "RETRY_BASE_SECONDS": "0.002",
    "RETRY_CAP_SECONDS": "0.004",
    "HTTP_TIMEOUT_SECONDS": "0.1",
}


@pytest.fixture
def victim(mature: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud that somebody is going to speak for, to hasty functions."""
    put(monkeypatch, HASTY)
    return mature
