"""A stream gets the requested retention and tags once; differences are reported."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from functions import errors
from functions.errors import ServiceFailed
from functions.huaweicloud.log_groups import Group
from functions.huaweicloud.lts import NewStream, Stream
from functions.provisioning import log_stream, stream_update
from functions.transport.calls import Reply
from tests.unit.script import Line, refusal
from tests.unit.scripted_cloud import (
    FAILED,
    LIST_GROUPS,
    LIST_STREAMS,
    OLD,
    POST_STREAM,
    STREAM_TAKEN,
    ScriptedCloud,
    group,
    groups,
    no_streams,
    streams,
)

OK = Reply(200, {})
PUT_TTL, TAGS = "UpdateLogStream", "CreateTags"
BODY = {
    "log_stream_name": "n",
    "ttl_in_days": 7,
    "tags": [{"key": "a", "value": "1"}, {"key": "b"}],
    "log_stream_name_alias": "alias",
}
NEW = NewStream("p", "g", BODY)
FOUND: dict[str, object] = {
    "ttl_in_days": 30,
    "tag": {"a": "2", "old": "x", "from": "group", "_sys_owner": "lts"},
    "log_stream_name_alias": "other",
}
RIGHT: dict[str, object] = {
    "ttl_in_days": 7,
    "tag": {"a": "1", "b": None, "from": "group", "_sys_owner": "lts"},
    "log_stream_name_alias": "other",
}
GROUP = Group("g", "name", 30, {"from": "group"})
GROUPS = groups(group("name", ttl_in_days=30, tag={"from": "group"}))
ALL = ["ttl_in_days", "tags", "log_stream_name_alias"]


def update(stage: ScriptedCloud) -> tuple[list[str], list[str]]:
    """Update the stream, and return what was updated and what differs."""
    stream = Stream("s", "n", described=FOUND)
    return stream_update.update(stream, NEW, GROUP, stage.cloud)


def test_what_differs_is_sent_and_then_looked_at() -> None:
    """A tag with another value is deleted before it is created."""
    stage = ScriptedCloud(OK, OK, OK, streams(OLD, **RIGHT))

    expected = (["ttl_in_days", "tags"], ["log_stream_name_alias"])
    assert update(stage) == expected
    assert stage.operations == [PUT_TTL, TAGS, TAGS, LIST_STREAMS]
    assert [call.body for call in stage.script.calls[:3]] == [
        {"ttl_in_days": 7},
        {
            "action": "delete",
            "tags": [{"key": "a", "value": "2"}, {"key": "old", "value": "x"}],
        },
        {
            "action": "create",
            "tags": [{"key": "a", "value": "1"}, {"key": "b", "value": ""}],
        },
    ]


def test_tags_of_the_system_and_of_the_group_are_kept() -> None:
    """All others are replaced, down to none."""
    stream = Stream("s", "n", described=FOUND)
    none = NewStream("p", "g", {"log_stream_name": "n", "tags": []})

    (call,) = stream_update.calls(stream, none, GROUP, ["tags"])

    tags = [{"key": "a", "value": "2"}, {"key": "old", "value": "x"}]
    assert call.body == {"action": "delete", "tags": tags}


def test_all_tags_are_the_streams_own_if_the_group_is_unknown() -> None:
    """Only those of the system are kept."""
    stream = Stream("s", "n", described=FOUND)
    none = NewStream("p", "g", {"log_stream_name": "n", "tags": []})

    (call,) = stream_update.calls(stream, none, None, ["tags"])

    tags = [("a", "2"), ("from", "group"), ("old", "x")]
    assert call.body == {
        "action": "delete",
        "tags": [{"key": key, "value": value} for key, value in tags],
    }


@pytest.mark.parametrize("differing", [[], ["log_stream_name_alias"]])
def test_an_alias_cannot_be_updated(differing: list[str]) -> None:
    """LTS has no call for it."""
    stream = Stream("s", "n", described=FOUND)

    assert stream_update.calls(stream, NEW, GROUP, differing) == []
    assert stream_update.updatable(ALL) == ["ttl_in_days", "tags"]


def test_a_stream_is_updated_once_for_all_requests() -> None:
    """What still differs afterwards stays so, and is not sent again."""
    stage = ScriptedCloud(OK, OK, OK, streams(OLD, **{**RIGHT, "ttl_in_days": 30}))

    expected = (["tags"], ["ttl_in_days", "log_stream_name_alias"])
    assert [update(stage), update(stage)] == [expected, expected]
    assert stage.script.spent


@pytest.mark.parametrize(
    ("stream", "body"),
    [
        (Stream("other", "n", described=FOUND), {}),
        (Stream("s", "n", described=FOUND), {"ttl_in_days": 8}),
    ],
)
def test_another_stream_or_request_is_another_update(
    stream: Stream, body: dict[str, object]
) -> None:
    """Only the same update is not sent again."""
    done = streams(OLD, **RIGHT)
    stage = ScriptedCloud(OK, OK, OK, done, OK, OK, OK, done)
    update(stage)

    new = NEW._replace(body={**BODY, **body})
    stream_update.update(stream, new, GROUP, stage.cloud)

    assert stage.operations == [PUT_TTL, TAGS, TAGS, LIST_STREAMS] * 2


def test_a_stream_that_is_not_listed_afterwards_counts_as_not_updated() -> None:
    """What differed before is reported."""
    stage = ScriptedCloud(OK, OK, OK, no_streams())

    assert update(stage) == ([], ALL)
    assert stage.script.spent


@pytest.mark.parametrize(
    "lines",
    [
        [refusal(403, "LTS.0107")],
        [OK, refusal(400, "LTS.1836")],
        [OK, OK, OK, refusal(403, "LTS.0107")],
    ],
)
def test_a_failed_update_names_its_step_and_stream(lines: list[Line]) -> None:
    """The stream exists nevertheless."""
    stage = ScriptedCloud(*lines)

    with pytest.raises(errors.ProvisioningError) as raised:
        update(stage)

    assert raised.value.step == "update_log_stream"
    assert raised.value.log_stream_id == "s"
    assert stage.script.spent


def test_an_adopted_stream_is_updated_on_request() -> None:
    """Without the request, the differences are reported."""
    stage = ScriptedCloud(
        STREAM_TAKEN, streams(OLD, **FOUND), GROUPS, *[OK] * 3, streams(OLD, **RIGHT)
    )

    found = log_stream.ensure(NEW, stage.cloud, update=True)

    assert found.updated == ("ttl_in_days", "tags")
    assert found.differs == ("log_stream_name_alias",)
    adoption = [POST_STREAM, LIST_STREAMS, LIST_GROUPS]
    assert stage.operations == [*adoption, PUT_TTL, TAGS, TAGS, LIST_STREAMS]


@pytest.mark.parametrize(
    ("body", "found", "lines"),
    [
        ({}, FOUND, []),
        ({"ttl_in_days": 30}, FOUND, []),
        ({"log_stream_name_alias": "x"}, FOUND, []),
        ({"ttl_in_days": 30}, {"ttl_in_days": -1}, [GROUPS]),
        ({"tags": [{"key": "k", "value": "v"}]}, {"tag": {"k": "v"}}, []),
        (
            {"tags": [{"key": "k", "value": "v"}]},
            {"tag": {"k": "v", "from": "group"}},
            [GROUPS],
        ),
    ],
)
def test_a_stream_that_is_as_requested_is_not_updated(
    body: dict[str, object], found: dict[str, object], lines: list[Line]
) -> None:
    """Groups are listed only if the comparison needs them."""
    stage = ScriptedCloud(STREAM_TAKEN, streams(OLD, **found), *lines)
    new = NewStream("p", "g", {"log_stream_name": "n", **body})

    assert log_stream.ensure(new, stage.cloud, update=True).updated == ()
    assert stage.script.spent


@pytest.mark.parametrize(("update", "kind"), [(False, None), (True, ServiceFailed)])
def test_a_stream_is_not_updated_if_its_group_cannot_be_read(
    kind: type[Exception] | None, *, update: bool
) -> None:
    """Without an update, nothing fails: the retention is not compared."""
    stage = ScriptedCloud(STREAM_TAKEN, streams(OLD, ttl_in_days=-1), *[FAILED] * 4)
    new = NewStream("p", "g", {"log_stream_name": "n", "ttl_in_days": 7})

    with pytest.raises(kind) if kind else nullcontext():
        assert log_stream.ensure(new, stage.cloud, update=update).differs == ()

    assert stage.script.spent
