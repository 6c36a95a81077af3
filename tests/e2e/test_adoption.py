"""Existing resources are kept: found by name or listener, adopted and reported."""

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
    expect_error,
    logtank_event,
    operations,
    send,
)
from tests.e2e.faults import (
    BRIEF_SECONDS,
    LOGTANK,
    STREAM,
    call_count,
    expect_step_failure,
)
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
        "omitted fields do not differ",
        "equal fields do not differ",
        "a different tag value is reported",
        "every difference is reported",
    ],
)
def test_an_adopted_stream_reports_how_it_differs_from_the_event(
    cloud: Emulator, wanted: dict[str, object], differs: list[str] | None
) -> None:
    """The result lists the fields that differ, and the log stream is not changed."""
    send("create_log_stream", EXISTING)
    before = cloud.streams
    result = send("create_log_stream", {"log_stream_name": STREAM_NAME} | wanted)
    assert result.get("differs") == differs
    assert result["created"] is False
    assert cloud.streams == before


def test_bootstrap_adopts_an_existing_stream(mature: Emulator) -> None:
    """The listener's logtanks are looked up first, and differences are reported."""
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


def test_only_an_exact_name_matches(cloud: Emulator) -> None:
    """Log streams with similar names are not adopted."""
    for name in (f"{STREAM_NAME}-2", STREAM_NAME.upper(), STREAM_NAME):
        send("create_log_stream", {"log_stream_name": name})
    result = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    assert result["log_stream_id"] == cloud.streams[2]["log_stream_id"]


def test_a_name_that_exists_outside_the_group_is_an_error(
    cloud: Emulator, output: Output
) -> None:
    """The cloud reports a duplicate name, but the log group has no such stream."""
    taken = {"error_code": "LTS.0205", "error_msg": "the name has been existed"}
    cloud.fail({"operation": STREAM.create, "status": 400, "body": taken})
    error = expect_step_failure(cloud, STREAM, output)
    assert isinstance(error, AlreadyExists)
    assert (error.code, error.status, error.retryable) == ("LTS.0205", 409, False)
    assert error.log_stream_id is None
    assert call_count(cloud, STREAM.create) == 1


def test_an_alias_of_another_stream_is_an_error(cloud: Emulator) -> None:
    """The log stream with that alias is not adopted."""
    send("create_log_stream", {"log_stream_name": "other"})
    event = {"log_stream_name": "mine", "log_stream_name_alias": "other"}
    error = expect_error("create_log_stream", event)
    assert isinstance(error, AlreadyExists)
    assert len(cloud.streams) == 1


def test_a_listener_with_a_logtank_to_another_stream_raises_conflict(
    mature: Emulator,
) -> None:
    """The error names the conflicting logtank, and nothing is changed."""
    event = EVENT | {"log_stream_name": "elsewhere"}
    elsewhere = send("bootstrap", event)["logtank_id"]
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Conflict)
    assert (error.status, error.retryable) == (409, False)
    assert elsewhere in error.detail + error.remedy
    assert error.step == LOGTANK.name
    assert error.log_stream_id == stream["log_stream_id"]
    assert [each["id"] for each in mature.logtanks] == [elsewhere]


def test_a_conflict_names_the_new_stream(cloud: Emulator, output: Output) -> None:
    """If the cloud rejects a second logtank, the error names the new, empty stream."""
    send("bootstrap", EVENT | {"log_stream_name": "elsewhere"})
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Conflict)
    assert error.log_stream_id == cloud.streams[1]["log_stream_id"]
    assert error.log_stream_name == STREAM_NAME
    assert len(output.lines("request failed")) == 1


def _listed(cloud: Emulator, status: str, stream_id: str) -> dict[str, Any]:
    logtank = {
        "id": "old-logtank",
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


def test_a_logtank_to_another_stream_that_is_being_deleted_is_ignored(
    mature: Emulator,
) -> None:
    """It does not prevent the creation of a new logtank."""
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    mature.fail(_listed(mature, "DELETING", NOWHERE))
    event = logtank_event(mature, stream["log_stream_id"])
    result = send("create_logtank", event, LambdaContext(BRIEF_SECONDS))
    assert result["created"] is True
    assert result["logtank"]["id"] == mature.logtanks[0]["id"]


def test_the_deletion_of_a_logtank_to_the_same_stream_is_awaited(
    mature: Emulator,
) -> None:
    """Once the old logtank is deleted, a new one is created."""
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    deleting = _listed(mature, "DELETING", stream["log_stream_id"])
    mature.fail(deleting | {"times": 5})
    event = logtank_event(mature, stream["log_stream_id"])
    result = send("create_logtank", event, LambdaContext(BRIEF_SECONDS))
    assert operations(mature)[1:8] == ["ListLogtanks"] * 6 + ["CreateLogtank"]
    assert result["logtank"]["id"] == mature.logtanks[0]["id"]


def test_a_failed_logtank_is_an_error_whether_new_or_existing(cloud: Emulator) -> None:
    """The remedy names the logtank to delete; the function never deletes it."""
    cloud.reset(final_status="ERROR")
    made, adopted = (expect_error("bootstrap", EVENT) for _ in range(2))
    (failed,) = cloud.logtanks
    for error in (made, adopted):
        assert isinstance(error, LogtankFailed)
        assert failed["id"] in error.remedy
        assert error.logtank_id == failed["id"]
        assert error.log_stream_id == failed["log_stream_id"]
        assert error.step == LOGTANK.name
        assert error.retryable is False


def test_a_logtank_on_a_later_page_is_found(mature: Emulator) -> None:
    """All pages of the list are read."""
    mature.reset(list_page_size=1, second_logtank="allow")
    ids = [
        send("bootstrap", EVENT | {"log_stream_name": name})["logtank_id"]
        for name in ("first", "second", "third")
    ]
    again = send("bootstrap", EVENT | {"log_stream_name": "third"})
    assert again["logtank_id"] == ids[2]
    assert call_count(mature, "ListLogtanks") == 3
