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
    facts = {"resource_id": LISTENER_ID, "logtank_id": "t", "repointed_from": before}
    assert stage.logged == [("INFO", "logtank repointed", facts)]


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
    ("listed", "named"),
    [
        ([HERE, described("u", "there")], "t, u"),
        ([described("u", "there"), THERE], "t, u"),
        (
            [described(each, "there") for each in "kjihgfedcba"],
            "a, b, c, d, e, f, g, h, i, j",
        ),
    ],
)
def test_several_logtanks_are_a_conflict(
    listed: list[dict[str, object]], named: str
) -> None:
    """It is not known which of them is meant; at most ten are named."""
    stage = ScriptedCloud(tanks(*listed))

    with pytest.raises(errors.Conflict) as raised:
        ensure(stage)

    assert stage.operations == [LIST_TANKS]
    assert (raised.value.step, raised.value.service) == ("create_logtank", "GA")
    assert str(raised.value) == (
        f"Listener {LISTENER_ID} has several logtanks: {named} (Conflict). Delete all "
        "of the listener's logtanks but one, and send the event again."
    )


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
    """The step is not that of a create."""
    stage = ScriptedCloud(tanks(THERE), *lines)

    with pytest.raises(kind) as raised:
        ensure(stage)

    assert (raised.value.step, raised.value.logtank_id) == ("update_logtank", "t")
    assert stage.script.spent


def test_a_logtank_that_still_ships_elsewhere_is_not_a_success() -> None:
    """The error has GA's request ID, by which its support finds the call."""
    stage = ScriptedCloud(tanks(THERE), tank("t", log_stream_id="there"))

    with pytest.raises(errors.UnintelligibleReply) as raised:
        ensure(stage)

    assert (raised.value.service, raised.value.request_id) == ("GA", "r")
    expected = "GA answered UpdateLogtank with a logtank to another stream"
    assert raised.value.detail == expected
