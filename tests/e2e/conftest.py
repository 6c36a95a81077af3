"""Fixtures: an emulated cloud, and settings that point only to it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from functions.settings.table import TABLE
from tests.e2e.driving import process
from tests.e2e.output import Output
from tests.emulator import Emulator

MINUTES_BEHIND = 2
FAST_SETTINGS = {
    "RETRY_ATTEMPTS": "2",
    "RETRY_BASE_SECONDS": "0.01",
    "RETRY_CAP_SECONDS": "0.05",
    "HTTP_TIMEOUT_SECONDS": "5",
}
OTHER_VARIABLES = ("HUAWEICLOUD_IAM_ENDPOINT", "RUNTIME_USERDATA", "NETRC")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    """Start every test with an empty warm state."""
    process.restart()


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Clear every setting and every proxy variable."""
    names = [setting.name for setting in TABLE]
    for name in (*names, *OTHER_VARIABLES, *PROXIES, *map(str.upper, PROXIES)):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def cloud(clean_environment: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Return an emulated cloud that the settings point to."""
    yield from _running(clean_environment, time.time)


@pytest.fixture
def mature(clean_environment: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Return a cloud whose clock is behind, so that all its log streams seem old.

    An invocation that adopts a recently created log stream waits two seconds, so that
    the creator can create the logtank.
    """
    yield from _running(clean_environment, lambda: time.time() - MINUTES_BEHIND * 60)


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Output:
    """Return the captured output of the functions."""
    return Output(capsys)


def _running(
    environment: pytest.MonkeyPatch, clock: Callable[[], float]
) -> Iterator[Emulator]:
    """Run an emulator, with settings that point there."""
    with Emulator(clock=clock) as emulator:
        for name, value in {**emulator.environment(), **FAST_SETTINGS}.items():
            environment.setenv(name, value)
        yield emulator
