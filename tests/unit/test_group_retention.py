"""The retention of a stream that inherits it from its group is that of the group."""

from __future__ import annotations

import pytest

from functions.huaweicloud.lts import NewStream
from functions.provisioning import log_stream
from functions.transport.calls import Reply
from tests.unit.script import Line, refusal
from tests.unit.scripted_cloud import (
    LIST_STREAMS,
    POST_STREAM,
    STREAM_TAKEN,
    ScriptedCloud,
    streams,
)

NAMED: dict[str, object] = {"log_stream_name": "n"}
LIST_GROUPS = "ListLogGroups"


def groups(*described: object) -> Reply:
    """Return the list of all groups."""
    return Reply(200, {"log_groups": [*described]})


def group(days: object, identifier: str = "g") -> dict[str, object]:
    """Return a group with this retention, as LTS describes it."""
    return {"log_group_id": identifier, "ttl_in_days": days}


@pytest.mark.parametrize(
    ("listed", "differs"),
    [
        (groups(group(30, "other"), group(7)), []),
        (groups(group(30)), ["ttl_in_days"]),
        (groups(group(7, "other")), []),
        (groups(group("seven")), []),
        (refusal(403, "LTS.0003"), []),
    ],
    ids=[
        "the group has the requested retention",
        "the group has another retention",
        "the group is not listed",
        "the retention is not a number",
        "listing is not allowed",
    ],
)
def test_an_inherited_retention_differs_if_the_groups_does(
    listed: Line, differs: list[str]
) -> None:
    """If the group's is unknown, no difference is reported and nothing fails."""
    stage = ScriptedCloud(STREAM_TAKEN, streams(ttl_in_days=-1), listed)
    new = NewStream("p", "g", {**NAMED, "ttl_in_days": 7})

    ensured = log_stream.ensure(new, stage.cloud)

    assert [*ensured.differs] == differs
    assert stage.operations[:3] == [POST_STREAM, LIST_STREAMS, LIST_GROUPS]


@pytest.mark.parametrize(
    ("requested", "listed", "differs"),
    [
        ({}, -1, []),
        ({"ttl_in_days": 7}, 7, []),
        ({"ttl_in_days": 7}, 8, ["ttl_in_days"]),
    ],
)
def test_groups_are_listed_only_if_the_comparison_needs_them(
    requested: dict[str, object], listed: int, differs: list[str]
) -> None:
    """Without a requested retention, or with the stream's own, they are not."""
    stage = ScriptedCloud(STREAM_TAKEN, streams(ttl_in_days=listed))

    ensured = log_stream.ensure(
        NewStream("p", "g", {**NAMED, **requested}), stage.cloud
    )

    assert [*ensured.differs] == differs
    assert stage.operations == [POST_STREAM, LIST_STREAMS]
