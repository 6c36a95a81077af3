"""Several requests in one event: in order, equal ones once, each with its outcome."""

from __future__ import annotations

import json

import pytest

from functions.errors import BatchFailed, InvalidEvent, ServiceFailed
from tests.e2e.driving import EVENT, operations, refused, send
from tests.e2e.output import Output
from tests.emulator import Emulator


def listeners(number: int) -> list[dict[str, object]]:
    """Return events for so many listeners."""
    return [{"resource_id": f"listener-{place}"} for place in range(number)]


def test_results_come_in_the_order_of_the_requests(cloud: Emulator) -> None:
    """However the work on them went."""
    cloud.fail({"operation": "CreateLogStream", "delay": 0.2})
    events = listeners(6)
    results = send("bootstrap", events)
    assert [each["resource_id"] for each in results] == [
        each["resource_id"] for each in events
    ]
    assert len({each["log_stream_id"] for each in results}) == 6
    assert len(cloud.logtanks) == 6


def test_equal_requests_are_done_once(cloud: Emulator) -> None:
    """Whatever the order of their fields; each place still has its result."""
    one, other = {**EVENT, "ttl_in_days": 7}, {"ttl_in_days": 7, **EVENT}
    results = send("bootstrap", [one, *listeners(1), other, one])
    assert results[0] == results[2] == results[3]
    assert results[1]["resource_id"] == "listener-0"
    assert operations(cloud).count("CreateLogStream") == 2


def test_the_shape_of_the_answer_is_that_of_the_event(cloud: Emulator) -> None:
    """An array of one has an array of one, and an empty one asks for nothing."""
    assert send("bootstrap", []) == []
    assert cloud.calls == []
    (result,) = send("bootstrap", [EVENT])
    assert result["logtank_id"] == cloud.logtanks[0]["id"]


def test_one_bad_request_leaves_the_good_ones_alone(
    cloud: Emulator, output: Output
) -> None:
    """All are done; then the failure is raised, with every outcome in its place."""
    good, bad = listeners(2), {"resource_id": "x", "ttl_in_days": 0, "colour": "red"}
    error = refused("bootstrap", [good[0], bad, good[1]])
    assert isinstance(error, BatchFailed)
    results = json.loads(json.dumps(error.as_document()))["results"]
    assert [each.get("resource_id") for each in results] == [
        "listener-0",
        None,
        "listener-1",
    ]
    pointers = [each["pointer"] for each in results[1]["errors"]]
    assert pointers == ["/colour", "/ttl_in_days"]
    assert (error.status, error.retryable) == (400, False)
    assert len(cloud.logtanks) == 2
    assert len(output.lines("request done")) == 2
    assert len(output.lines("request failed")) == 1


def test_what_a_platform_shows_of_a_batch_are_its_failures(cloud: Emulator) -> None:
    """As JSON, without the results."""
    cloud.reset(stream_quota=2)
    error = refused("bootstrap", [*listeners(3), {}])
    shown = json.loads(str(error))
    assert [each["code"] for each in shown["results"]] == ["LTS.0206", "InvalidEvent"]
    assert shown["title"] == "Batch failed"
    assert len(cloud.logtanks) == 2


def test_a_batchs_status_is_its_highest_and_it_may_be_sent_again(
    cloud: Emulator,
) -> None:
    """A sender must see that something is left to do."""
    cloud.fail({"operation": "CreateLogtank", "times": 2, "status": 503})
    error = refused("bootstrap", [EVENT, {}])
    assert isinstance(error, BatchFailed)
    assert (error.status, error.retryable) == (502, True)


def test_a_lone_failing_request_raises_its_own_error(cloud: Emulator) -> None:
    """In an array of one too."""
    cloud.fail({"operation": "CreateLogStream", "times": 4, "status": 500})
    for event in (EVENT, [EVENT]):
        assert type(refused("bootstrap", event)) is ServiceFailed


@pytest.mark.parametrize(
    "event", [None, "text", 7, {}, {"logtank": None}, {"resource_id": None}], ids=repr
)
def test_what_is_no_request_is_refused(cloud: Emulator, event: object) -> None:
    """Alone or in an array, with a pointer into it; nothing is sent."""
    for wrapped in (event, [event]):
        error = refused("bootstrap", wrapped)
        assert isinstance(error, InvalidEvent)
        assert (error.status, error.retryable) == (400, False)
        assert error.problems
    assert cloud.calls == []


def test_a_value_is_never_quoted_in_its_refusal(
    cloud: Emulator, output: Output
) -> None:
    """A wrong field may hold what nobody else should read."""
    event = {"resource_id": "a/private/thing", "tags": [{"key": "sysprivate"}]}
    error = refused("bootstrap", event)
    told = json.dumps(error.as_document()) + str(error) + output.text()
    assert "private" not in told
    assert cloud.calls == []


@pytest.mark.parametrize(
    ("field", "pointer"),
    [
        ({"enterprise_project_name": "\ud800"}, "/enterprise_project_name"),
        ({"tags": [{"key": "a", "value": "\udfff"}]}, "/tags/0/value"),
    ],
    ids=["a name", "a tag"],
)
def test_half_a_character_is_refused(
    cloud: Emulator, field: dict[str, object], pointer: str
) -> None:
    """JSON can escape one, and no request can carry it."""
    error = refused("bootstrap", EVENT | field)
    assert isinstance(error, InvalidEvent)
    assert [problem.pointer for problem in error.problems] == [pointer]
    assert cloud.calls == []
