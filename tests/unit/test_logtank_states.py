"""The state of a listener's access log follows from its logtanks and their streams."""

from __future__ import annotations

import pytest

from functions.errors import NotFound, PermissionDenied
from functions.huaweicloud.ga import Logtank
from functions.provisioning.logtank_states import OTHER_PROJECT, state
from functions.provisioning.survey import Unlisted
from tests.unit.surveys import stream, survey, tank

STREAMS = {"s": stream(), "mute": stream("m", "mute", whether_log_storage=False)}
NO_GROUP = Unlisted("its log group does not exist", NotFound("x"))
FORBIDDEN = Unlisted("its log group may not be listed", PermissionDenied("x"))
LOST = "its log stream does not exist"
MUTE = "its log stream stores no logs (whether_log_storage is false)"


@pytest.mark.parametrize(
    ("logtanks", "expected"),
    [
        ([], ("off", None)),
        ([tank("t"), tank("u", status="ERROR")], ("several", None)),
        ([tank("t", status="DELETING"), tank("u")], ("several", None)),
        ([tank("t", status="ERROR")], ("failed", None)),
        ([tank("t", stream="lost", status="ERROR")], ("failed", LOST)),
        ([tank("t", status="DELETING")], ("deleting", None)),
        ([tank("t", stream="lost", status="DELETING")], ("deleting", LOST)),
        ([tank("t", stream="lost")], ("broken", LOST)),
        ([tank("t", stream="lost", status="PENDING")], ("broken", LOST)),
        ([tank("t", stream="mute")], ("broken", MUTE)),
        ([tank("t", status="PENDING")], ("pending", None)),
        ([tank("t", status=None)], ("pending", None)),
        ([tank("t")], ("shipping", None)),
        ([tank("t", project_id="p")], ("shipping", None)),
        ([tank("t", log_group_id=None)], ("shipping", "its log group is unknown")),
    ],
)
def test_the_first_state_that_applies_is_reported(
    logtanks: list[Logtank], expected: tuple[str, str | None]
) -> None:
    """Failed precedes deleting, then broken, pending and shipping."""
    assert state(logtanks, survey(streams=STREAMS)) == expected


@pytest.mark.parametrize(
    ("project", "streams", "status", "expected"),
    [
        ("q", None, "ACTIVE", ("shipping", OTHER_PROJECT)),
        ("q", NO_GROUP, "PENDING", ("pending", OTHER_PROJECT)),
        ("p", NO_GROUP, "ACTIVE", ("broken", NO_GROUP.reason)),
        ("p", NO_GROUP, "ERROR", ("failed", NO_GROUP.reason)),
        ("p", FORBIDDEN, "ACTIVE", ("shipping", FORBIDDEN.reason)),
        ("p", FORBIDDEN, "PENDING", ("pending", FORBIDDEN.reason)),
        (None, NO_GROUP, "ACTIVE", ("shipping", NO_GROUP.reason)),
    ],
)
def test_only_what_is_in_this_project_can_be_known_to_be_missing(
    project: str | None,
    streams: Unlisted | None,
    status: str,
    expected: tuple[str, str],
) -> None:
    """Otherwise the logtank's status decides, and a reason is added."""
    logtank = tank("t", status=status, project_id=project)

    assert state([logtank], survey(streams=streams)) == expected
