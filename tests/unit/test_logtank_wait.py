"""A PENDING logtank is polled until its status changes or the wait is over."""

from __future__ import annotations

import pytest

from functions.errors import LogtankFailed
from functions.huaweicloud.ga import Logtank
from functions.provisioning import logtank
from tests.unit.script import Line, refusal
from tests.unit.scripted_cloud import FAILED, SHOW_TANK, THROTTLED, ScriptedCloud, tank

PENDING = Logtank("t", status="PENDING")
STILL_PENDING = tank(status="PENDING")


@pytest.mark.parametrize(
    ("lines", "seconds", "status", "pauses"),
    [
        ([], 0, "PENDING", []),
        ([tank()], 30, "ACTIVE", [0.5]),
        ([STILL_PENDING, STILL_PENDING, tank()], 30, "ACTIVE", [0.5, 1, 2]),
        ([STILL_PENDING, STILL_PENDING], 0.8, "PENDING", [0.5, 0.3]),
        ([STILL_PENDING] * 5, 11.5, "PENDING", [0.5, 1, 2, 4, 4]),
        ([STILL_PENDING, tank(status="DELETING")], 30, "DELETING", [0.5, 1]),
        ([STILL_PENDING, THROTTLED, tank()], 30, "ACTIVE", [0.5, 1, 0.05]),
        ([FAILED] * 4, 30, "PENDING", [0.5, 0.2, 0.4, 0.8]),
    ],
)
def test_a_pending_logtank_is_polled(
    lines: list[Line], seconds: float, status: str, pauses: list[float]
) -> None:
    """Pauses grow to four seconds; if polling fails, the last known state is kept."""
    stage = ScriptedCloud(*lines)

    found = logtank.until_active(PENDING, stage.cloud, seconds)

    assert found.status == status
    assert stage.clock.pauses == pauses
    assert stage.operations == [SHOW_TANK] * len(lines)


@pytest.mark.parametrize("status", ["ACTIVE", "DELETING", None])
def test_a_logtank_with_another_status_is_not_polled(status: str | None) -> None:
    """Only PENDING is waited for."""
    stage = ScriptedCloud()

    found = logtank.until_active(Logtank("t", status=status), stage.cloud, 600)

    assert found.status == status
    assert stage.operations == []


def test_the_deadline_takes_precedence_over_the_wait() -> None:
    """A pause that would exceed the deadline ends the wait without an error."""
    stage = ScriptedCloud(STILL_PENDING, limit=1.2)

    assert logtank.until_active(PENDING, stage.cloud, 600).status == "PENDING"
    assert stage.clock.pauses == [0.5]


def test_a_failed_logtank_is_an_error() -> None:
    """The error has the logtank's ID."""
    stage = ScriptedCloud(tank(status="ERROR"))

    with pytest.raises(LogtankFailed) as raised:
        logtank.until_active(PENDING, stage.cloud, 30)

    assert raised.value.logtank_id == "t"


@pytest.mark.parametrize("line", [refusal(404, "GA.9002"), refusal(403, "SYS.0403")])
def test_a_refused_poll_ends_the_wait(line: Line) -> None:
    """The logtank exists, so its last known state is returned."""
    assert logtank.until_active(PENDING, ScriptedCloud(line).cloud, 30) == PENDING
