"""An emulated cloud for every test, and settings that point there and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from functions.settings.table import TABLE
from tests.e2e.output import Output
from tests.e2e.ports import running
from tests.emulator import Emulator

MINUTES_BEHIND = 2
QUICK = {
    "RETRY_ATTEMPTS": "2",
    "RETRY_BASE_SECONDS": "0.01",
    "RETRY_CAP_SECONDS": "0.05",
    "HTTP_TIMEOUT_SECONDS": "5",
}
OTHERS = ("HUAWEICLOUD_IAM_ENDPOINT", "RUNTIME_USERDATA", "NETRC")
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Clear every setting and every proxy."""
    names = [setting.name for setting in TABLE]
    for name in (*names, *OTHERS, *PROXIES, *map(str.upper, PROXIES)):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def cloud(bare: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Return an emulated cloud that the settings point to."""
    yield from _running(bare, time.time)


@pytest.fixture
def mature(bare: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """Return one whose clock is slow, so that no stream in it looks young.

    Whoever adopts a young stream leaves its creator two seconds for the logtank.
    """
    yield from _running(bare, lambda: time.time() - MINUTES_BEHIND * 60)


@pytest.fixture
def output(capsys: pytest.CaptureFixture[str]) -> Output:
    """Return what the functions write."""
    return Output(capsys)


def _running(
    environment: pytest.MonkeyPatch, clock: Callable[[], float]
) -> Iterator[Emulator]:
    """Run an emulator at an address of its own, with settings that point there."""
    with running(Emulator(clock=clock)) as emulator:
        for name, value in {**emulator.environment(), **QUICK}.items():
            environment.setenv(name, value)
        yield emulator
