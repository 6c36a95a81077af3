"""Clock skew: a frequent cause of rejected signatures."""

from __future__ import annotations

import re
import time
from email.utils import formatdate

import pytest

from functions.errors import AuthenticationFailed
from tests.e2e.credentials.wholes import put
from tests.e2e.driving import EVENT, expect_error, send
from tests.emulator import Emulator

NEAR_SECONDS = 20


def reported_skew(detail: str) -> float:
    """Return the reported skew in seconds, positive if the function is ahead."""
    seconds, where = re.findall(r"clock is (\d+) seconds (ahead of|behind)", detail)[0]
    return float(seconds) if where == "ahead of" else -float(seconds)


@pytest.mark.parametrize(
    ("status", "seconds_behind"),
    [(401, NEAR_SECONDS), (401, None), (403, 901)],
    ids=["small skew", "invalid date", "other error"],
)
def test_the_clock_is_not_mentioned_if_it_cannot_be_the_cause(
    cloud: Emulator, status: int, seconds_behind: int | None
) -> None:
    """The error of the cloud is raised without a remark on the clock."""
    date = "Thu, 99 Foo 2026 99:99:99 GMT"
    if seconds_behind is not None:
        date = formatdate(time.time() - seconds_behind, usegmt=True)
    cloud.fail({"operation": "LTS", "status": status, "headers": {"Date": date}})
    error = expect_error("bootstrap", EVENT)
    assert error.upstream_status == status
    assert "clock" not in error.detail


@pytest.mark.parametrize("clock_ahead", [-1200, 1200], ids=["behind", "ahead"])
@pytest.mark.usefixtures("isolated")
def test_a_signature_rejected_for_clock_skew_reports_the_skew(
    monkeypatch: pytest.MonkeyPatch, clock_ahead: int
) -> None:
    """The cloud rejects signatures that are off by more than fifteen minutes."""
    clock = lambda: time.time() - clock_ahead  # noqa: E731 - used once
    with Emulator(clock=clock, own_date=True) as cloud:
        put(monkeypatch, cloud.environment())
        for _ in "12":
            error = expect_error("bootstrap", EVENT)
            assert isinstance(error, AuthenticationFailed)
            assert abs(reported_skew(error.detail) - clock_ahead) < NEAR_SECONDS
        assert len(cloud.calls) == 1


@pytest.mark.usefixtures("isolated")
def test_clock_skew_within_the_tolerance_of_the_cloud_is_accepted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A clock that is ten minutes slow causes no error."""
    slow = Emulator(clock=lambda: time.time() - 600, own_date=True)
    with slow as cloud:
        put(monkeypatch, cloud.environment())
        send("bootstrap", EVENT)
        assert len(cloud.logtanks) == 1
