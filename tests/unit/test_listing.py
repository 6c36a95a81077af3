"""Surplus logtanks, which send one log to one stream several times, are reported."""

from __future__ import annotations

import pytest

from functions.provisioning import listing
from tests.unit.script import LISTENER_ID
from tests.unit.scripted_cloud import ScriptedCloud, described, tanks

MESSAGE = "surplus logtanks: the log is shipped more than once"


def surplus(stream: str, *logtanks: str) -> tuple[object, ...]:
    """Return the log line about a stream with these logtanks."""
    facts = {
        "resource_id": LISTENER_ID,
        "log_stream_id": stream,
        "logtank_ids": [*logtanks],
    }
    return ("WARNING", MESSAGE, facts)


@pytest.mark.parametrize(
    ("logtanks", "lines"),
    [
        ([], []),
        ([described("a"), described("b", "other")], []),
        ([described("a"), described("b", status="DELETING")], []),
        ([described("a"), described("b", resource_id="another")], []),
        ([described("b"), described("a")], [surplus("s", "a", "b")]),
        (
            [described("a", status="PENDING"), described("b", status="ERROR")],
            [surplus("s", "a", "b")],
        ),
        (
            [described(each, "s" if each in "ac" else "t") for each in "abcd"],
            [surplus("s", "a", "c"), surplus("t", "b", "d")],
        ),
    ],
)
def test_surplus_logtanks_are_listed_in_a_warning(
    logtanks: list[dict[str, object]], lines: list[tuple[object, ...]]
) -> None:
    """Only this listener's logtanks to the same stream count, unless being deleted."""
    stage = ScriptedCloud(tanks(*logtanks))

    listing.logtanks_of(LISTENER_ID, stage.cloud)

    assert stage.logged == lines


def test_surplus_logtanks_on_several_pages_give_one_warning() -> None:
    """They are only found by comparing all pages."""
    stage = ScriptedCloud(tanks(described("b"), marker="m"), tanks(described("a")))

    listing.logtanks_of(LISTENER_ID, stage.cloud)

    assert stage.logged == [surplus("s", "a", "b")]
