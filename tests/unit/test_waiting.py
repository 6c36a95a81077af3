"""A logtank that is PENDING is watched until it is settled or the wait is over."""

from __future__ import annotations

import pytest

from functions.errors import LogtankFailed
from functions.huaweicloud.ga import Logtank
from functions.provisioning import waiting
from tests.unit.script import Line, refusal
from tests.unit.stage import FAILED, SHOW_TANK, THROTTLED, Stage, tank

PENDING = Logtank("t", status="PENDING")
STILL = tank(status="PENDING")


@pytest.mark.parametrize(
    ("lines", "seconds", "status", "pauses"),
    [
        ([], 0, "PENDING", []),
        ([tank()], 30, "ACTIVE", [0.5]),
        ([STILL, STILL, tank()], 30, "ACTIVE", [0.5, 1, 2]),
        ([STILL, STILL], 0.8, "PENDING", [0.5, 0.3]),
        ([STILL] * 5, 11.5, "PENDING", [0.5, 1, 2, 4, 4]),
        ([STILL, tank(status="DELETING")], 30, "DELETING", [0.5, 1]),
        ([STILL, THROTTLED, tank()], 30, "ACTIVE", [0.5, 1, 0.2]),
        ([FAILED] * 4, 30, "PENDING", [0.5, 0.2, 0.4, 0.8]),
    ],
)
def test_a_pending_logtank_is_watched(
    lines: list[Line], seconds: float, status: str, pauses: list[float]
) -> None:
    """Pauses grow to four seconds; a watch that fails leaves what was seen last."""
    stage = Stage(*lines)

    found = waiting.until_active(PENDING, stage.cloud, seconds)

    assert found.status == status
    assert stage.clock.pauses == pauses
    assert stage.operations == [SHOW_TANK] * len(lines)


@pytest.mark.parametrize("status", ["ACTIVE", "DELETING", None])
def test_a_settled_logtank_is_not_watched(status: str | None) -> None:
    """Only PENDING is waited for."""
    stage = Stage()

    found = waiting.until_active(Logtank("t", status=status), stage.cloud, 600)

    assert found.status == status
    assert stage.operations == []


def test_the_functions_time_goes_before_the_wait() -> None:
    """A pause that does not fit ends the watch, and not as an error."""
    stage = Stage(STILL, limit=1.2)

    assert waiting.until_active(PENDING, stage.cloud, 600).status == "PENDING"
    assert stage.clock.pauses == [0.5]


def test_a_logtank_that_failed_is_no_result() -> None:
    """Its error names it."""
    stage = Stage(tank(status="ERROR"))

    with pytest.raises(LogtankFailed) as raised:
        waiting.until_active(PENDING, stage.cloud, 30)

    assert raised.value.logtank_id == "t"


@pytest.mark.parametrize("line", [refusal(404, "GA.9002"), refusal(403, "SYS.0403")])
def test_a_look_that_is_refused_ends_the_watch(line: Line) -> None:
    """What was made is made; it is returned as it was last seen."""
    assert waiting.until_active(PENDING, Stage(line).cloud, 30) == PENDING
