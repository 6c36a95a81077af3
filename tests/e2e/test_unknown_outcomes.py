"""Nobody knows whether a create happened: look first, and repeat only if it did not."""

from __future__ import annotations

import time
from typing import Any

import pytest

from functions.errors import OutcomeUnknown, ServiceFailed, UnintelligibleReply
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import EVENT, STREAM_NAME, assert_one_of_each, operations, send
from tests.e2e.faults import (
    ATTEMPTS,
    BRIEF_SECONDS,
    LOGTANK,
    SILENT,
    STREAM,
    Row,
    Step,
    for_both_steps,
    for_each,
    for_each_in_a_step,
    recover,
    suffer,
    times,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

_MALFORMED: dict[str, dict[str, Any]] = {
    "no body": {"body": ""},
    "HTML": {"body": "<html>Sign in</html>"},
    "another encoding": {"body": "ä", "body_encoding": "latin-1"},
    "a list": {"body": []},
    "no id": {"body": {"logtank": {}}},
    "an id that is no text": {"body": {"log_stream_id": 7, "logtank": {"id": ["7"]}}},
    "an error's code beside an id": {
        "body": {"error_code": "LTS.0202", "logtank": {"id": "a-lie"}}
    },
    "nesting beyond reason": {"body": "[" * 100_000},
}
LOST = [
    Row("a 500 may have worked", {"status": 500}, ServiceFailed),
    Row("a 502 of a proxy may have", {"status": 502, "body": "<html>"}, ServiceFailed),
    Row(
        "a 503 that asks to wait may have",
        {"status": 503, "body": "", "headers": {"Retry-After": "0"}},
        ServiceFailed,
    ),
    Row(
        "a 400 that is an internal error may have",
        {"status": 400, "body": {"error_code": "LTS.0010", "error_msg": "oops"}},
        ServiceFailed,
    ),
    Row("a 408 may have worked", {"status": 408, "body": ""}, OutcomeUnknown),
    Row("a close without a byte", {"connection": "refuse_answer"}, OutcomeUnknown),
    Row("a reply that breaks off", {"connection": "cut"}, OutcomeUnknown),
    Row("a reset", {"connection": "reset"}, OutcomeUnknown),
    Row("bytes that are no HTTP", {"connection": "garbage"}, OutcomeUnknown),
    Row("headers without end", {"connection": "endless_headers"}, OutcomeUnknown),
    *(
        Row(f"a success with {sentence}", {"status": 201, **fault}, UnintelligibleReply)
        for sentence, fault in _MALFORMED.items()
    ),
    Row("a success of 9 MB", {"size": 9_000_000}, UnintelligibleReply),
]


@for_each_in_a_step(LOST)
def test_what_did_not_happen_is_looked_for_and_repeated(
    mature: Emulator, output: Output, step: Step, row: Row
) -> None:
    """A look after every attempt, the last included; then the error is raised."""
    mature.fail({"operation": step.create, "times": ATTEMPTS, **row.fault})
    error = suffer(mature, step, output)
    assert (type(error), error.retryable) == (row.kind, True)
    assert error.status == (504 if row.kind is OutcomeUnknown else 502)
    assert error.logtank_id is None
    if "status" in row.fault:
        assert error.upstream_status == row.fault["status"]
    assert (times(mature, step.create), times(mature, step.look)) == (2, 2)
    recover(mature)


@pytest.fixture
def impatient(mature: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud whose answers are not waited for long."""
    monkeypatch.setenv("HTTP_TIMEOUT_SECONDS", "0.2")
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    return mature


@for_each_in_a_step(SILENT)
def test_silence_is_ended_by_the_timeout(
    impatient: Emulator, output: Output, step: Step, row: Row
) -> None:
    """Dripping is no answer either: a call is timed from its first byte to its last."""
    impatient.fail({"operation": step.create, **row.fault})
    error = suffer(impatient, step, output)
    assert (type(error), error.status, error.retryable) == (OutcomeUnknown, 504, True)
    (late,) = output.lines("call")[-2:-1]
    assert 200 <= late["milliseconds"] < 1500
    assert (times(impatient, step.create), times(impatient, step.look)) == (1, 1)
    recover(impatient)


def test_what_was_made_in_silence_is_found(
    impatient: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made once."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "2")
    fault = {"connection": "drip_body", "work": True}
    impatient.fail({"operation": LOGTANK.create, **fault})
    assert_one_of_each(impatient, send("bootstrap", EVENT))
    assert times(impatient, LOGTANK.create) == 1


@for_each(LOST[:1])
def test_a_stream_that_was_made_is_found(mature: Emulator, row: Row) -> None:
    """It is made once, and counts as created: it may well be ours."""
    mature.fail({"operation": STREAM.create, "work": True, **row.fault})
    result = send("create_log_stream", {"log_stream_name": STREAM_NAME})
    (stream,) = mature.streams
    assert result == {"log_stream_id": stream["log_stream_id"], "created": True}
    assert operations(mature) == [STREAM.create, STREAM.look]


@for_each(LOST)
def test_a_logtank_that_was_made_is_found(mature: Emulator, row: Row) -> None:
    """Likewise; the next delivery makes nothing."""
    mature.fail({"operation": LOGTANK.create, "work": True, **row.fault})
    result = send("bootstrap", EVENT)
    assert_one_of_each(mature, result)
    assert result["created"] == ["log_stream", "logtank"]
    assert operations(mature) == [STREAM.create, LOGTANK.create, LOGTANK.look]
    assert send("bootstrap", EVENT) == result | {"created": []}


@for_both_steps
def test_what_lands_before_the_next_attempt_is_found(
    mature: Emulator, step: Step
) -> None:
    """The repeated create is refused for it; the look then names it."""
    lost = {"connection": "refuse_answer", "land_after": 0.1}
    mature.fail(
        {"operation": step.create, **lost},
        {"operation": step.create, "delay": 0.2},
    )
    result = send("bootstrap", EVENT, LambdaContext(BRIEF_SECONDS))
    assert_one_of_each(mature, result)
    assert result["created"] == ["log_stream", "logtank"]
    assert times(mature, step.create) == 2


@for_both_steps
def test_what_lands_after_the_next_attempt_changes_nothing(
    mature: Emulator, step: Step
) -> None:
    """The repeated create has won: the cloud refuses the late one."""
    lost = {"connection": "refuse_answer", "land_after": 0.15}
    mature.fail({"operation": step.create, **lost})
    result = send("bootstrap", EVENT, LambdaContext(BRIEF_SECONDS))
    time.sleep(0.2)
    assert_one_of_each(mature, result)
    assert send("bootstrap", EVENT) == result | {"created": []}


@for_both_steps
def test_what_lands_after_everybody_gave_up_is_found_by_the_next_event(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output, step: Step
) -> None:
    """The error says that it may be sent again; so it is."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    lost = {"connection": "refuse_answer", "land_after": 0.3}
    mature.fail({"operation": step.create, **lost})
    error = suffer(mature, step, output)
    assert (type(error), error.retryable) == (OutcomeUnknown, True)
    _wait_for(mature, step)
    recover(mature)


def test_a_late_logtank_where_a_second_one_is_allowed_leaves_one(
    mature: Emulator,
) -> None:
    """The uncertain creator looks again: the oldest wins, and every answer names it."""
    mature.reset(second_logtank="allow")
    lost: dict[str, Any] = {"connection": "refuse_answer", "land_after": 0.1}
    mature.fail(
        {"operation": "CreateLogtank", **lost},
        {"operation": "CreateLogtank", "delay": 0.2},
    )
    event = EVENT | {"log_stream_name": "edge"}
    result = send("bootstrap", event, LambdaContext(BRIEF_SECONDS))
    again = send("bootstrap", event)
    assert again["logtank_id"] == result["logtank_id"]
    assert result["logtank_id"] in [each["id"] for each in mature.logtanks]
    assert len(mature.logtanks) <= 2


def test_a_create_is_sent_as_often_as_the_setting_says(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """And each time it is looked for, after the last one too."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "5")
    mature.fail({"operation": STREAM.create, "times": None, "status": 503})
    suffer(mature, STREAM, output)
    assert (times(mature, STREAM.create), times(mature, STREAM.look)) == (5, 5)


def _wait_for(cloud: Emulator, step: Step) -> None:
    """Wait until what was asked for late has landed, two seconds at most."""
    deadline = time.monotonic() + 2
    while not (cloud.streams if step is STREAM else cloud.logtanks):
        assert time.monotonic() < deadline
        time.sleep(0.01)
