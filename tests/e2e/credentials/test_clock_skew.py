"""A clock that is wrong is what a refused signature is often about."""

from __future__ import annotations

import re
import time
from email.utils import formatdate

import pytest

from functions.errors import AuthenticationFailed
from tests.e2e.credentials.wholes import put
from tests.e2e.driving import EVENT, refused, send
from tests.e2e.ports import running
from tests.emulator import Emulator

NEAR_SECONDS = 20


def ahead(detail: str) -> float:
    """Return by how many seconds this function's clock is told to be ahead."""
    seconds, where = re.findall(r"clock is (\d+) seconds (ahead of|behind)", detail)[0]
    return float(seconds) if where == "ahead of" else -float(seconds)


@pytest.mark.parametrize(
    ("status", "date"),
    [
        (401, formatdate(time.time() - NEAR_SECONDS, usegmt=True)),
        (401, "Thu, 99 Foo 2026 99:99:99 GMT"),
        (403, formatdate(time.time() - 901, usegmt=True)),
    ],
    ids=["a clock that is nearly right", "no date", "another refusal"],
)
def test_a_clock_that_cannot_be_the_reason_is_not_spoken_of(
    cloud: Emulator, status: int, date: str
) -> None:
    """The refusal is what it was."""
    cloud.fail({"operation": "LTS", "status": status, "headers": {"Date": date}})
    error = refused("bootstrap", EVENT)
    assert error.upstream_status == status
    assert "clock" not in error.detail


@pytest.mark.parametrize("clock_ahead", [-1200, 1200], ids=["behind", "ahead"])
@pytest.mark.usefixtures("alone")
def test_right_keys_with_a_wrong_clock_are_refused_and_told_why(
    monkeypatch: pytest.MonkeyPatch, clock_ahead: int
) -> None:
    """The cloud takes no signature that is more than fifteen minutes off."""
    clock = lambda: time.time() - clock_ahead  # noqa: E731 - it has no other name
    with running(Emulator(clock=clock, own_date=True)) as cloud:
        put(monkeypatch, cloud.environment())
        for _ in "12":
            error = refused("bootstrap", EVENT)
            assert isinstance(error, AuthenticationFailed)
            assert abs(ahead(error.detail) - clock_ahead) < NEAR_SECONDS
        assert len(cloud.calls) == 1


@pytest.mark.usefixtures("alone")
def test_a_clock_within_the_clouds_tolerance_does_no_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten minutes off are accepted, and nobody speaks of them."""
    slow = Emulator(clock=lambda: time.time() - 600, own_date=True)
    with running(slow) as cloud:
        put(monkeypatch, cloud.environment())
        send("bootstrap", EVENT)
        assert len(cloud.logtanks) == 1
