"""A listener that is still being built is waited for, as long as time allows."""

from __future__ import annotations

import time
from typing import Any

import pytest

from functions.errors import Busy, DeadlineExceeded, ProvisioningError
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    STREAM_NAME,
    assert_one_of_each,
    logtank_event,
    refused,
    send,
)
from tests.e2e.faults import BRIEF_SECONDS, LOGTANK, recover, suffer, times
from tests.e2e.output import Output
from tests.emulator import Emulator

BUSY: dict[str, Any] = {
    "operation": LOGTANK.create,
    "status": 400,
    "body": {"error_code": "GA.9004", "error_msg": "Resource is in PENDING status"},
}
EXISTS: dict[str, Any] = {
    "operation": LOGTANK.create,
    "status": 400,
    "body": {"error_code": "GA.9104", "error_msg": "Resource is already exists"},
}


@pytest.mark.parametrize("fault", [BUSY, EXISTS], ids=["GA.9004", "GA.9104 unlisted"])
def test_a_busy_listener_is_tried_more_often_than_there_are_attempts(
    mature: Emulator, fault: dict[str, Any]
) -> None:
    """And it is looked up before each further attempt."""
    mature.fail(fault | {"times": 7})
    result = send("bootstrap", EVENT, LambdaContext(BRIEF_SECONDS))
    assert_one_of_each(mature, result)
    assert result["created"] == ["log_stream", "logtank"]
    assert times(mature, LOGTANK.create) == 8


def test_a_listener_that_stays_busy_takes_all_the_time_there_is(
    mature: Emulator, output: Output
) -> None:
    """And no more: the stream is named, and the next event finds it."""
    mature.fail(EXISTS | {"times": None})
    began = time.monotonic()
    error = suffer(mature, LOGTANK, output, seconds=1.4)
    assert 0.2 < time.monotonic() - began < 1.4
    assert (type(error), error.status, error.retryable) == (DeadlineExceeded, 504, True)
    assert isinstance(error.__cause__, ProvisioningError)
    assert times(mature, LOGTANK.create) > 2
    assert mature.logtanks == []


def test_the_end_is_told_with_what_was_waited_for(
    mature: Emulator, output: Output
) -> None:
    """At whatever moment it comes: in a pause, before a call, or in the middle of one.

    More time for the function would be the wrong advice. Where the end cuts a create
    short, that comes first: it may have worked.
    """
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    event = logtank_event(mature, stream["log_stream_id"])
    mature.fail(BUSY | {"times": None})
    told = []
    for seconds in (*(1.03 + each / 500 for each in range(12)), 1.25, 1.26, 1.27):
        seen = len(output.lines())
        error = refused("create_logtank", event, LambdaContext(seconds))
        codes = [line.get("code") for line in output.lines()[seen:]]
        assert type(error) is DeadlineExceeded
        if "GA.9004" in codes:
            assert isinstance(error.__cause__, ProvisioningError)
        if error.code == "GA.9004":
            told.append(error.remedy)
    assert told, "the end has always cut a call short"
    assert set(told) == {Busy.remedy}


def test_a_busy_listener_that_says_when_is_left_at_once(
    mature: Emulator, output: Output
) -> None:
    """If that is later than the function's end: Busy, with what to do."""
    mature.fail(BUSY | {"headers": {"Retry-After": "600"}})
    error = suffer(mature, LOGTANK, output)
    assert (type(error), error.status, error.retryable) == (Busy, 503, True)
    assert (error.code, error.retry_after) == ("GA.9004", 600)
    recover(mature)


def test_a_logtank_refused_because_it_is_there_is_adopted(mature: Emulator) -> None:
    """Between the look and the create somebody else was here."""
    made = send("bootstrap", EVENT)
    empty = {"logtanks": [], "page_info": {"current_count": 0}}
    mature.fail({"operation": LOGTANK.look, "status": 200, "body": empty})
    event = logtank_event(mature, made["log_stream_id"])
    result = send("create_logtank", event)
    assert result["logtank"]["id"] == made["logtank_id"]
    assert result["created"] is False
    assert times(mature, LOGTANK.create) == 2


def test_a_wanted_logtank_that_is_being_deleted_is_busy_until_the_end(
    mature: Emulator,
) -> None:
    """Nothing is made beside it."""
    stream = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    event = logtank_event(mature, stream["log_stream_id"])
    inner: Any = event["logtank"]
    going = {**inner, "id": "an-old-one", "status": "DELETING"}
    mature.fail(
        {
            "operation": LOGTANK.look,
            "times": None,
            "status": 200,
            "body": {"logtanks": [going], "page_info": {"current_count": 1}},
        }
    )
    error = refused("create_logtank", event, LambdaContext(1.15))
    assert type(error) is DeadlineExceeded
    assert isinstance(error.__cause__, ProvisioningError)
    assert error.log_stream_id == stream["log_stream_id"]
    assert times(mature, LOGTANK.create) == 0


def test_other_listeners_logtanks_do_not_count(mature: Emulator) -> None:
    """Not even where the cloud's filter lets them through."""
    send("bootstrap", EVENT)
    other = {"log_stream_name": STREAM_NAME, "resource_id": f"{LISTENER}-2"}
    everything = {"logtanks": mature.logtanks, "page_info": {"current_count": 1}}
    fault = {"operation": LOGTANK.look, "status": 200, "body": everything}
    mature.fail(fault | {"times": 2})
    result = send("bootstrap", other, LambdaContext(BRIEF_SECONDS))
    assert result["created"] == ["logtank"]
    assert len({each["id"] for each in mature.logtanks}) == 2
