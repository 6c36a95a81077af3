"""What is there already is kept: found by name or listener, adopted, reported."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import AlreadyExists, Conflict, LogtankFailed
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    NOWHERE,
    STREAM_NAME,
    assert_one_of_each,
    logtank_event,
    operations,
    refused,
    send,
)
from tests.e2e.faults import BRIEF_SECONDS, LOGTANK, STREAM, suffer, times
from tests.e2e.output import Output
from tests.emulator import Emulator

EXISTING: dict[str, object] = {
    "log_stream_name": STREAM_NAME,
    "ttl_in_days": 7,
    "tags": [{"key": "team", "value": "edge"}],
    "log_stream_name_alias": "edge",
}


@pytest.mark.parametrize(
    ("wanted", "differs"),
    [
        ({}, None),
        (EXISTING, None),
        ({"tags": [{"key": "team"}]}, ["tags"]),
        (
            {"log_stream_name_alias": "other", "tags": [], "ttl_in_days": 1},
            ["ttl_in_days", "tags", "log_stream_name_alias"],
        ),
    ],
    ids=[
        "what an event leaves out cannot differ",
        "what is as it should be does not differ",
        "a tag's other value is named",
        "all that differs is named",
    ],
)
def test_an_adopted_stream_tells_how_it_differs_from_the_wanted_one(
    cloud: Emulator, wanted: dict[str, object], differs: list[str] | None
) -> None:
    """And it is left as it is."""
    send("create_log_stream", EXISTING)
    before = cloud.streams
    result = send("create_log_stream", {"log_stream_name": STREAM_NAME} | wanted)
    assert result.get("differs") == differs
    assert result["created"] is False
    assert cloud.streams == before


def test_a_stream_left_behind_is_adopted_by_bootstrap(mature: Emulator) -> None:
    """Its listener is looked up first; how the stream differs does not matter."""
    send("create_log_stream", EXISTING)
    event = EVENT | {"ttl_in_days": 30}
    result = send("bootstrap", event, LambdaContext(BRIEF_SECONDS))
    assert (result["differs"], result["created"]) == (["ttl_in_days"], ["logtank"])
    assert operations(mature)[1:5] == [
        "CreateLogStream",
        "ListLogStream",
        "ListLogtanks",
        "CreateLogtank",
    ]
    assert_one_of_each(mature, result)


def test_a_name_is_found_among_similar_ones(cloud: Emulator) -> None:
    """Only the exact name counts."""
    for name in (f"{STREAM_NAME}-2", STREAM_NAME.upper(), STREAM_NAME):
        send("create_log_stream", {"log_stream_name": name})
    result = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    assert result["log_stream_id"] == cloud.streams[2]["log_stream_id"]


def test_a_name_taken_elsewhere_is_refused(cloud: Emulator, output: Output) -> None:
    """The cloud says it exists, and the group has no such stream: nothing to adopt."""
    taken = {"error_code": "LTS.0205", "error_msg": "the name has been existed"}
    cloud.fail({"operation": STREAM.create, "status": 400, "body": taken})
    error = suffer(cloud, STREAM, output)
    assert isinstance(error, AlreadyExists)
    assert (error.code, error.status, error.retryable) == ("LTS.0205", 409, False)
    assert error.log_stream_id is None
    assert times(cloud, STREAM.create) == 1


def test_an_alias_that_is_another_streams_is_refused(cloud: Emulator) -> None:
    """The other stream is not adopted for it."""
    send("create_log_stream", {"log_stream_name": "other"})
    event = {"log_stream_name": "mine", "log_stream_name_alias": "other"}
    error = refused("create_log_stream", event)
    assert isinstance(error, AlreadyExists)
    assert len(cloud.streams) == 1


def test_a_listener_that_ships_elsewhere_is_a_conflict(mature: Emulator) -> None:
    """The error names the logtank in the way, and nothing is changed."""
    event = EVENT | {"log_stream_name": "elsewhere"}
    elsewhere = send("bootstrap", event)["logtank_id"]
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Conflict)
    assert (error.status, error.retryable) == (409, False)
    assert elsewhere in error.detail + error.remedy
    assert error.step == LOGTANK.name
    assert error.log_stream_id == stream["log_stream_id"]
    assert [each["id"] for each in mature.logtanks] == [elsewhere]


def test_a_new_stream_for_a_listener_that_ships_elsewhere_is_named(
    cloud: Emulator, output: Output
) -> None:
    """The cloud refuses the second logtank; the new, empty stream is not hidden."""
    send("bootstrap", EVENT | {"log_stream_name": "elsewhere"})
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Conflict)
    assert error.log_stream_id == cloud.streams[1]["log_stream_id"]
    assert error.log_stream_name == STREAM_NAME
    assert len(output.lines("request failed")) == 1


def _listed(cloud: Emulator, status: str, stream_id: str) -> dict[str, Any]:
    logtank = {
        "id": "an-old-one",
        "status": status,
        "resource_id": LISTENER,
        "resource_type": "LISTENER",
        "log_group_id": cloud.log_group_id,
        "log_stream_id": stream_id,
        "created_at": "2019-01-08T01:21:37Z",
    }
    return {
        "operation": "ListLogtanks",
        "status": 200,
        "body": {"logtanks": [logtank], "page_info": {"current_count": 1}},
    }


def test_a_logtank_that_goes_from_elsewhere_is_gone(mature: Emulator) -> None:
    """It hinders nobody."""
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    mature.fail(_listed(mature, "DELETING", NOWHERE))
    event = logtank_event(mature, stream["log_stream_id"])
    result = send("create_logtank", event, LambdaContext(BRIEF_SECONDS))
    assert result["created"] is True
    assert result["logtank"]["id"] == mature.logtanks[0]["id"]


def test_a_logtank_that_goes_from_here_is_waited_for(mature: Emulator) -> None:
    """Once it has gone, a new one is made."""
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    going = _listed(mature, "DELETING", stream["log_stream_id"])
    mature.fail(going | {"times": 5})
    event = logtank_event(mature, stream["log_stream_id"])
    result = send("create_logtank", event, LambdaContext(BRIEF_SECONDS))
    assert operations(mature)[1:8] == ["ListLogtanks"] * 6 + ["CreateLogtank"]
    assert result["logtank"]["id"] == mature.logtanks[0]["id"]


def test_a_logtank_that_failed_is_an_error_made_or_adopted(cloud: Emulator) -> None:
    """The remedy names the logtank to delete; it is never deleted for anybody."""
    cloud.reset(final_status="ERROR")
    made, adopted = (refused("bootstrap", EVENT) for _ in range(2))
    (failed,) = cloud.logtanks
    for error in (made, adopted):
        assert isinstance(error, LogtankFailed)
        assert failed["id"] in error.remedy
        assert error.logtank_id == failed["id"]
        assert error.log_stream_id == failed["log_stream_id"]
        assert error.step == LOGTANK.name
        assert error.retryable is False


def test_a_listeners_logtank_is_found_on_a_later_page(mature: Emulator) -> None:
    """GA pages its lists, and its filter is not relied upon."""
    mature.reset(list_page_size=1, second_logtank="allow")
    ids = [
        send("bootstrap", EVENT | {"log_stream_name": name})["logtank_id"]
        for name in ("first", "second", "third")
    ]
    again = send("bootstrap", EVENT | {"log_stream_name": "third"})
    assert again["logtank_id"] == ids[2]
    assert times(mature, "ListLogtanks") == 3
