"""An emulator for each test, with a clock that tests can set, and a client."""

import time
from collections.abc import Iterator

import pytest

from tests.contract.emulator_client import Client, Clock
from tests.contract.emulator_sdk import Sdk, connect
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


@pytest.fixture
def sdk(cloud: Emulator, clock: Clock) -> Sdk:
    """Return the vendor's SDK with valid keys; it signs with the machine's time."""
    clock.now = time.time()
    return connect(cloud, cloud.secret_key)
