"""An emulator for each test, with a clock that tests can set, and a client."""

from collections.abc import Iterator

import pytest

from tests.contract.emulator_client import Client, Clock
from tests.emulator import Emulator


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the emulator."""
    return Clock()


@pytest.fixture
def cloud(clock: Clock) -> Iterator[Emulator]:
    """Return a new emulator."""
    with Emulator(clock=clock) as emulator:
        yield emulator


@pytest.fixture
def client(cloud: Emulator) -> Client:
    """Return a client with a token that both services accept."""
    return Client(cloud)
