"""The calls to LTS are as its pages say, and its answers are read with care."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import AlreadyExists, UnintelligibleReply
from functions.huaweicloud import lts
from functions.transport.calls import Call, Reply
from tests.unit.script import refusal

EVENT: dict[str, object] = {
    "log_group_id": "g",
    "log_stream_name": "n",
    "ttl_in_days": 7,
    "tags": [{"key": "a", "value": "1"}, {"key": "b"}],
    "log_stream_name_alias": "alias",
    "enterprise_project_name": "edge",
}
NEW = lts.NewStream.from_event(EVENT, "p")
CALL = lts.list_streams(NEW)
HEADERS = (("Content-Type", "application/json;charset=utf8"), ("X-Project-Id", "p"))


def wanted(**fields: object) -> lts.NewStream:
    """Return a wanted stream with these optional fields."""
    return lts.NewStream("p", "g", {"log_stream_name": "n", **fields})


def listed(*streams: object) -> Reply:
    """Return the answer that lists these streams."""
    return Reply(200, {"log_streams": list(streams)})


def test_a_stream_is_created_as_its_page_says() -> None:
    """Path, headers and body are those of Tables 1 to 4."""
    assert lts.create_stream(NEW) == Call(
        service="LTS",
        operation="CreateLogStream",
        method="POST",
        path="/v2/p/groups/g/streams",
        headers=HEADERS,
        body={name: EVENT[name] for name in EVENT if name != "log_group_id"},
    )


def test_streams_are_listed_by_group_and_without_a_body() -> None:
    """There is no paging and no filter."""
    assert lts.list_streams(NEW) == Call(
        "LTS", "ListLogStream", "GET", "/v2/p/groups/g/streams", (), HEADERS
    )


def test_ids_stay_segments_of_the_path() -> None:
    """A slash in an id does not lead elsewhere."""
    new = lts.NewStream("p/1", "g?2", {"log_stream_name": "n"})

    assert lts.create_stream(new).path == "/v2/p%2F1/groups/g%3F2/streams"


def test_only_the_fields_of_the_page_make_the_body() -> None:
    """What an event has besides, such as the listener, is not sent to LTS."""
    event = {"log_group_id": "g", "log_stream_name": "n", "project_id": "q"}

    new = lts.NewStream.from_event({**event, "resource_id": "l"}, "p")

    assert new == lts.NewStream("p", "g", {"log_stream_name": "n"})
    assert new.name == "n"


def test_a_whole_number_written_as_a_fraction_is_sent_whole() -> None:
    """JSON Schema calls 30.0 an integer; LTS gets 30."""
    new = lts.NewStream.from_event({**EVENT, "ttl_in_days": 30.0}, "p")

    assert lts.create_stream(new).content().count(b'"ttl_in_days":30,') == 1


def test_the_created_stream_is_the_one_that_the_answer_names() -> None:
    """The id is all that the answer has."""
    made = lts.created_stream(NEW, CALL, Reply(201, {"log_stream_id": "s"}))

    assert made == lts.Stream("s", "n")


@pytest.mark.parametrize("body", [{}, {"log_stream_id": ""}, {"log_stream_id": 7}])
def test_a_create_without_an_id_is_unintelligible(body: object) -> None:
    """A success that names nothing may or may not be one."""
    with pytest.raises(UnintelligibleReply, match="has no log_stream_id"):
        lts.created_stream(NEW, CALL, Reply(201, body))


def test_a_refused_create_is_its_error() -> None:
    """The code of the answer decides."""
    with pytest.raises(AlreadyExists):
        lts.created_stream(NEW, CALL, refusal(400, "LTS.0205"))


def test_the_stream_of_exactly_the_name_is_found() -> None:
    """Names are compared in full, and all that is listed of the stream is kept."""
    mine = {"log_stream_name": "n", "log_stream_id": "s", "creation_time": 1_500}
    others = [
        {"log_stream_name": "N", "log_stream_id": "1"},
        {"log_stream_name": "n2", "log_stream_id": "2"},
        {"log_stream_name_alias": "n", "log_stream_id": "3"},
        {"log_stream_id": "4"},
        "n",
        None,
    ]

    found = lts.stream_of_name(NEW, CALL, listed(*others, mine))

    assert found == lts.Stream("s", "n", 1.5, described=mine)


@pytest.mark.parametrize("streams", [[], [{"log_stream_name": "m"}]])
def test_no_stream_of_the_name_is_none(streams: list[object]) -> None:
    """An unknown name is no error."""
    assert lts.stream_of_name(NEW, CALL, listed(*streams)) is None


@pytest.mark.parametrize("body", [{}, {"log_streams": None}, {"log_streams": {}}])
def test_a_list_without_streams_is_unintelligible(body: object) -> None:
    """Nothing follows from another document."""
    with pytest.raises(UnintelligibleReply, match="has no log_streams"):
        lts.stream_of_name(NEW, CALL, Reply(200, body))


@pytest.mark.parametrize("identifier", [None, "", 7])
def test_a_listed_stream_without_an_id_is_unintelligible(identifier: object) -> None:
    """The stream of the name must say which it is."""
    stream = {"log_stream_name": "n", "log_stream_id": identifier}

    with pytest.raises(UnintelligibleReply, match="without its id"):
        lts.stream_of_name(NEW, CALL, listed(stream))


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (1_767_323_045_500, 1_767_323_045.5),
        (None, None),
        ("1500", None),
        (10**30, None),
    ],
)
def test_a_streams_age_is_told_in_milliseconds(
    told: object, seconds: float | None
) -> None:
    """`creation_time` becomes seconds; nonsense counts as not told."""
    stream = {"log_stream_name": "n", "log_stream_id": "s", "creation_time": told}

    found = lts.stream_of_name(NEW, CALL, listed(stream))

    assert found is not None
    assert found.created_at == seconds


@pytest.mark.parametrize(
    ("fields", "described", "differs"),
    [
        ({}, {"ttl_in_days": 30, "tag": {"a": "1"}, "log_stream_name_alias": "x"}, []),
        ({"ttl_in_days": 7}, {"ttl_in_days": 7}, []),
        ({"ttl_in_days": 7}, {"ttl_in_days": 30}, ["ttl_in_days"]),
        ({"ttl_in_days": 7}, {}, []),
        ({"enterprise_project_name": "e"}, {"enterprise_project_name": "f"}, []),
        ({"tags": [{"key": "a", "value": "1"}]}, {"tag": {"a": "2"}}, ["tags"]),
        ({"tags": [{"key": "a", "value": "1"}]}, {"tag": {}}, ["tags"]),
        ({"tags": [{"key": "a", "value": "1"}]}, {}, []),
        ({"tags": [{"key": "a"}]}, {"tag": {"a": None}}, []),
        (
            {"tags": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}]},
            {"tag": {"a": "1", "b": "2", "_sys_x": "y"}},
            [],
        ),
        (
            {"ttl_in_days": 7, "tags": [], "log_stream_name_alias": "a"},
            {"ttl_in_days": 8, "tag": {"a": "1"}, "log_stream_name_alias": ""},
            ["ttl_in_days", "tags", "log_stream_name_alias"],
        ),
    ],
)
def test_a_stream_differs_where_both_sides_speak_and_disagree(
    fields: dict[str, Any], described: dict[str, Any], differs: list[str]
) -> None:
    """Only what the event gave and the list returns is compared."""
    stream = lts.Stream("s", "n", described=described)

    assert stream.differs(wanted(**fields)) == differs


def test_a_stream_of_which_nothing_is_described_does_not_differ() -> None:
    """A stream known by its id alone is taken as it is."""
    assert lts.Stream("s", "n").differs(NEW) == []
