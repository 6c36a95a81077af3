"""All pages of the list of logtanks are read, and an endless list is rejected."""

from __future__ import annotations

import pytest

from functions import errors
from functions.transport.calls import Reply
from tests.unit.script import LISTENER_ID, Line
from tests.unit.scripted_cloud import (
    ScriptedCloud,
    described,
    tanks,
)
from tests.unit.test_logtank import EARLIER, FULL, HERE, MORE, ensure, failure


def test_all_pages_are_read_and_other_listeners_ignored() -> None:
    """Markers are followed, and logtanks that GA did not filter out are ignored."""
    others = described("a", resource_id="another")
    stage = ScriptedCloud(tanks(others, marker="m"), HERE)

    assert ensure(stage).logtank.id == "t"
    assert ("marker", "m") in stage.script.calls[1].query
    assert ("resource_ids", LISTENER_ID) in stage.script.calls[0].query


@pytest.mark.parametrize(
    "pages",
    [
        [tanks(marker="m")] * 2,
        [tanks(marker=f"m{page}") for page in range(100)],
        [tanks(*FULL, marker="a"), tanks(*MORE, marker="b")],
    ],
    ids=["a repeated marker", "a hundred pages", "a thousand logtanks"],
)
def test_an_endless_list_is_rejected(pages: list[Line]) -> None:
    """No further page is requested, since no listener has so many logtanks."""
    error = failure(ScriptedCloud(*pages))

    assert isinstance(error, errors.UnintelligibleReply)
    assert error.detail == "The list of ListLogtanks repeats itself or is too long"
    assert error.service == "GA"


def test_a_list_that_cannot_be_read_is_named() -> None:
    """The call is repeated first."""
    error = failure(ScriptedCloud(*[Reply(200, {})] * 4))

    assert isinstance(error, errors.UnintelligibleReply)
    assert error.detail == (
        "GA answered ListLogtanks with 200, but the reply has no logtanks"
    )


def test_a_list_just_below_the_limit_is_read_completely() -> None:
    """Up to 999 logtanks are accepted before the last page."""
    stage = ScriptedCloud(tanks(*[*FULL, *MORE][:-1], marker="z"), tanks(EARLIER))

    assert ensure(stage).logtank.id == "u"
    assert stage.script.spent
