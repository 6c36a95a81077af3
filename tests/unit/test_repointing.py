"""A listener that ships elsewhere is sent to the requested stream on request."""

from __future__ import annotations

import pytest

from functions import errors
from functions.huaweicloud.ga import NewLogtank
from functions.provisioning import logtank
from functions.provisioning.agreement import Agreed
from functions.provisioning.lease import Lease
from functions.provisioning.repointing import target
from tests.unit.script import LISTENER_ID, Line, refusal
from tests.unit.scripted_cloud import (
    BUSY,
    FAILED,
    LIST_TANKS,
    NO_TANKS,
    POST_TANK,
    ScriptedCloud,
    described,
    tank,
    tanks,
)

PUT = "UpdateLogtank"
NEW = NewLogtank("LISTENER", LISTENER_ID, "g", "s")
HERE, THERE = described("t"), described("t", "there", log_group_id="h")
DELETING = described("x", "there", "DELETING")
CHANGED = tank("t", status="PENDING")


def ensure(stage: ScriptedCloud) -> Agreed:
    """Ensure that the listener ships to the stream, with a valid lease."""
    return logtank.ensure(NEW, stage.cloud, Lease(1000.0), repoint=True)


@pytest.mark.parametrize(
    ("lines", "operations"),
    [
        ([tanks(THERE), CHANGED], [LIST_TANKS, PUT]),
        ([tanks(THERE, DELETING), CHANGED], [LIST_TANKS, PUT]),
        ([tanks(THERE), FAILED, CHANGED], [LIST_TANKS, PUT, PUT]),
        ([tanks(THERE), BUSY, tanks(THERE), CHANGED], [LIST_TANKS, PUT] * 2),
        ([tanks(marker="m"), tanks(THERE), CHANGED], [LIST_TANKS, LIST_TANKS, PUT]),
    ],
)
def test_the_only_logtank_is_updated(lines: list[Line], operations: list[str]) -> None:
    """An update may be repeated; the result has the previous stream."""
    stage = ScriptedCloud(*lines)

    found = ensure(stage)

    assert (found.logtank.id, found.logtank.status) == ("t", "PENDING")
    assert not found.created
    assert found.repointed is not None
    before = {"log_group_id": "h", "log_stream_id": "there"}
    assert target(found.repointed) == before
    assert stage.operations == operations
    assert stage.script.calls[-1].body == {
        "logtank": {"log_group_id": "g", "log_stream_id": "s"}
    }
    (line,) = stage.logged
    assert line[:2] == ("INFO", "logtank repointed")


@pytest.mark.parametrize(
    ("lines", "operations", "created"),
    [
        ([NO_TANKS, tank()], [LIST_TANKS, POST_TANK], True),
        ([tanks(HERE)], [LIST_TANKS], False),
        ([tanks(DELETING), tank()], [LIST_TANKS, POST_TANK], True),
    ],
)
def test_nothing_is_repointed_if_nothing_ships_elsewhere(
    lines: list[Line], operations: list[str], *, created: bool
) -> None:
    """It lists before it creates, and creates or adopts as without repoint."""
    stage = ScriptedCloud(*lines)

    found = ensure(stage)

    assert (found.created, found.repointed) == (created, None)
    assert stage.operations == operations


@pytest.mark.parametrize(
    "listed", [[HERE, described("u", "there")], [THERE, described("u", "there")]]
)
def test_several_logtanks_are_a_conflict(listed: list[dict[str, object]]) -> None:
    """It is not known which of them is meant."""
    stage = ScriptedCloud(tanks(*listed))

    with pytest.raises(errors.Conflict, match="has several logtanks: t, u") as raised:
        ensure(stage)

    assert stage.operations == [LIST_TANKS]
    assert raised.value.step == "create_logtank"


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([refusal(403, "SYS.0403")], errors.PermissionDenied),
        ([tank("t", log_stream_id="there")], errors.UnintelligibleReply),
        ([FAILED] * 4, errors.ServiceFailed),
    ],
)
def test_a_failed_update_names_its_step_and_logtank(
    lines: list[Line], kind: type[errors.ProvisioningError]
) -> None:
    """A logtank that still ships elsewhere is not a success."""
    stage = ScriptedCloud(tanks(THERE), *lines)

    with pytest.raises(kind) as raised:
        ensure(stage)

    assert (raised.value.step, raised.value.logtank_id) == ("update_logtank", "t")
    assert stage.script.spent
