"""Calls to LTS match its API reference, and its replies are validated."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from functions.errors import AlreadyExists, Conflict, NotFound, UnintelligibleReply
from functions.huaweicloud import lts
from functions.provisioning import stream_differences
from functions.transport.calls import Call, Reply

EVENT: dict[str, object] = {
    "log_group_id": "g",
    "log_stream_name": "n",
    "ttl_in_days": 7,
    "tags": [{"key": "a", "value": "1"}, {"key": "b"}],
    "log_stream_name_alias": "alias",
    "enterprise_project_name": "edge",
}
NEW = lts.NewStream.from_request(EVENT, "p", "g")
CALL = lts.list_streams("p", "g")
HEADERS = (("Content-Type", "application/json;charset=utf8"), ("X-Project-Id", "p"))


def new_stream(**fields: object) -> lts.NewStream:
    """Return a stream to be created, with these optional fields."""
    return lts.NewStream("p", "g", {"log_stream_name": "n", **fields})


def list_reply(*streams: object) -> Reply:
    """Return the reply that lists these streams."""
    return Reply(200, {"log_streams": list(streams)})


def test_the_create_request_matches_the_api_reference() -> None:
    """Path, headers and body are those of Tables 1 to 4."""
    assert lts.create_stream(NEW) == Call(
        service="LTS",
        operation="CreateLogStream",
        method="POST",
        path="/v2/p/groups/g/streams",
        headers=HEADERS,
        body={name: EVENT[name] for name in EVENT if name != "log_group_id"},
        project="p",
        expected=(AlreadyExists,),
    )


def test_the_list_request_has_the_group_and_no_body() -> None:
    """The API has neither paging nor filters."""
    path = "/v2/p/groups/g/streams"
    assert lts.list_streams("p", "g") == Call(
        "LTS", "ListLogStream", "GET", path, (), HEADERS, project="p"
    )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            partial(lts.update_ttl, "p", "g/1", "s/1", 7),
            Call(
                "LTS",
                "UpdateLogStream",
                "PUT",
                "/v2/p/groups/g%2F1/streams-ttl/s%2F1",
                body={"ttl_in_days": 7},
            ),
        ),
        (
            partial(lts.change_tags, "p", "s/1", "create", {"a": "1"}),
            Call(
                "LTS",
                "CreateTags",
                "POST",
                "/v1/p/topics/s%2F1/tags/action",
                body={"action": "create", "tags": [{"key": "a", "value": "1"}]},
            ),
        ),
        (
            partial(lts.delete_stream, "p", "g/1", "s/1"),
            Call(
                "LTS",
                "DeleteLogStream",
                "DELETE",
                "/v2/p/groups/g%2F1/streams/s%2F1",
                expected=(NotFound, Conflict),
            ),
        ),
    ],
)
def test_calls_about_a_stream_match_the_api_reference(
    call: Callable[[], Call], expected: Call
) -> None:
    """Each ID is one segment of the path."""
    assert call() == expected._replace(headers=HEADERS, project="p")


def test_listed_streams_are_read_completely() -> None:
    """One without an ID makes the whole list unusable; a name may be missing."""
    listed = {"log_stream_id": "s", "ttl_in_days": 7}
    reply = Reply(200, {"log_streams": [listed]}, date=5.0)

    assert lts.streams(CALL, reply) == [lts.Stream("s", "", None, 5.0, listed)]
    with pytest.raises(UnintelligibleReply) as raised:
        lts.streams(CALL, Reply(200, {"log_streams": [listed, "s"]}, "r"))
    assert raised.value.request_id == "r"
    assert raised.value.detail == (
        "LTS answered ListLogStream with 200, but the reply has a stream without an ID"
    )


def test_ids_are_encoded_as_path_segments() -> None:
    """A slash in an ID does not change the path."""
    new = lts.NewStream("p/1", "g?2", {"log_stream_name": "n"})

    assert lts.create_stream(new).path == "/v2/p%2F1/groups/g%3F2/streams"


def test_the_body_has_only_documented_fields() -> None:
    """Other fields of the event, such as the listener, are not sent to LTS."""
    event = {"log_group_id": "g", "log_stream_name": "n", "project_id": "q"}

    new = lts.NewStream.from_request({**event, "resource_id": "l"}, "p", "g")

    assert new == lts.NewStream("p", "g", {"log_stream_name": "n"})
    assert new.name == "n"


def test_an_integer_written_as_a_decimal_is_sent_as_an_integer() -> None:
    """JSON Schema accepts 30.0 as an integer; LTS receives 30."""
    new = lts.NewStream.from_request({**EVENT, "ttl_in_days": 30.0}, "p", "g")

    assert lts.create_stream(new).content().count(b'"ttl_in_days":30,') == 1


def test_the_created_stream_has_the_id_from_the_reply() -> None:
    """The reply contains nothing but the ID."""
    stream = lts.created_stream(NEW, CALL, Reply(201, {"log_stream_id": "s"}))

    assert stream == lts.Stream("s", "n")


@pytest.mark.parametrize("read", [lts.streams, partial(lts.created_stream, NEW)])
def test_a_reply_that_is_not_an_object_is_unintelligible(
    read: Callable[[Call, Reply], object],
) -> None:
    """The error names the call."""
    with pytest.raises(UnintelligibleReply) as raised:
        read(CALL, Reply(200, []))

    assert raised.value.detail == (
        "LTS answered ListLogStream with 200, but the reply is not a JSON object"
    )


@pytest.mark.parametrize("body", [{}, {"log_stream_id": ""}, {"log_stream_id": 7}])
def test_a_create_reply_without_an_id_is_unintelligible(body: object) -> None:
    """Such a reply does not show whether the stream was created."""
    with pytest.raises(UnintelligibleReply, match="has no log_stream_id"):
        lts.created_stream(NEW, CALL, Reply(201, body))


def test_a_stream_is_found_by_its_exact_name() -> None:
    """Names are compared in full, and all listed fields of the stream are kept."""
    mine = {"log_stream_name": "n", "log_stream_id": "s", "creation_time": 1_500}
    others = [
        {"log_stream_name": "N", "log_stream_id": "1"},
        {"log_stream_name": "n2", "log_stream_id": "2"},
        {"log_stream_name_alias": "n", "log_stream_id": "3"},
        {"log_stream_id": "4"},
        "n",
        None,
    ]

    found = lts.stream_of_name("n", CALL, list_reply(*others, mine))

    assert found == lts.Stream("s", "n", 1.5, described=mine)


@pytest.mark.parametrize("name", ["n" * 1_000_000, "a\nb", 7, None])
def test_a_name_that_no_stream_can_have_is_not_passed_on(name: object) -> None:
    """It would become part of results and log lines."""
    listed = Reply(
        200, {"log_streams": [{"log_stream_id": "s", "log_stream_name": name}]}
    )

    assert [each.name for each in lts.streams(CALL, listed)] == [""]


@pytest.mark.parametrize("streams", [[], [{"log_stream_name": "m"}]])
def test_an_unknown_stream_name_gives_none(streams: list[object]) -> None:
    """An unknown name is not an error."""
    assert lts.stream_of_name("n", CALL, list_reply(*streams)) is None


@pytest.mark.parametrize("body", [{}, {"log_streams": None}, {"log_streams": {}}])
def test_a_list_reply_without_streams_is_unintelligible(body: object) -> None:
    """No conclusion is drawn from an unexpected document."""
    with pytest.raises(UnintelligibleReply, match="has no log_streams"):
        lts.stream_of_name("n", CALL, Reply(200, body))


@pytest.mark.parametrize("identifier", [None, "", 7])
def test_a_listed_stream_without_an_id_is_unintelligible(identifier: object) -> None:
    """The stream with the requested name must have an ID."""
    stream = {"log_stream_name": "n", "log_stream_id": identifier}

    with pytest.raises(UnintelligibleReply, match="without an ID"):
        lts.stream_of_name("n", CALL, list_reply(stream))


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (1_767_323_045_500, 1_767_323_045.5),
        (None, None),
        ("1500", None),
        (0, 0.0),
        (1, 0.001),
        (-1, None),
        (True, None),
        (4_102_415_999_999, 4_102_415_999.999),
        (4_102_416_000_000, None),
        (10**30, None),
    ],
)
def test_the_creation_time_is_converted_from_milliseconds(
    value: object, seconds: float | None
) -> None:
    """An invalid `creation_time` counts as unknown."""
    stream = {"log_stream_name": "n", "log_stream_id": "s", "creation_time": value}

    found = lts.stream_of_name("n", CALL, list_reply(stream))

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
def test_differences_are_fields_with_values_on_both_sides(
    fields: dict[str, Any], described: dict[str, Any], differs: list[str]
) -> None:
    """Only fields that the event sets and the list returns are compared."""
    stream = lts.Stream("s", "n", described=described)

    assert stream_differences.differences(new_stream(**fields), stream, None) == differs


def test_a_stream_known_only_by_id_has_no_differences() -> None:
    """Without a description there is nothing to compare."""
    assert stream_differences.differences(NEW, lts.Stream("s", "n"), None) == []
