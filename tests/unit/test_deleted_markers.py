"""A list in pages, when the item that a marker names is deleted while it is read."""

from __future__ import annotations

import pytest

from functions.errors import InvalidRequest, ProvisioningError
from functions.provisioning import listing
from functions.transport.calls import Reply
from tests.unit.script import refusal
from tests.unit.scripted_cloud import LIST_TANKS, ScriptedCloud, described, tanks

FIRST, LAST = tanks(described("a"), marker="a"), tanks(described("b"))
REFUSED = refusal(400, "GA.9001")


@pytest.mark.parametrize("refused", [REFUSED, refusal(404, "GA.9002")])
def test_a_list_begins_again_if_the_item_of_a_marker_is_gone(refused: Reply) -> None:
    """What was listed before that does not count any more."""
    stage = ScriptedCloud(FIRST, refused, LAST)

    assert [each.id for each in listing.all_logtanks(stage.cloud)] == ["b"]
    assert stage.operations == [LIST_TANKS] * 3


def test_markers_may_be_met_again_after_a_new_beginning() -> None:
    """Otherwise the list would seem to repeat itself."""
    stage = ScriptedCloud(FIRST, REFUSED, FIRST, LAST)

    assert [each.id for each in listing.all_logtanks(stage.cloud)] == ["a", "b"]
    assert stage.operations == [LIST_TANKS] * 4


def test_a_list_begins_again_three_times_at_most() -> None:
    """Then the refusal is raised."""
    stage = ScriptedCloud(*[FIRST, REFUSED] * 4)

    with pytest.raises(InvalidRequest):
        listing.all_logtanks(stage.cloud)
    assert stage.operations == [LIST_TANKS] * 8


@pytest.mark.parametrize("replies", [[REFUSED], [FIRST, refusal(403, "SYS.0403")]])
def test_other_refusals_are_raised(replies: list[Reply]) -> None:
    """Neither a first page that is refused, nor a lack of permission, will change."""
    stage = ScriptedCloud(*replies)

    with pytest.raises(ProvisioningError):
        listing.all_logtanks(stage.cloud)
    assert stage.operations == [LIST_TANKS] * len(replies)
