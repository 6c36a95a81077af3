"""Answers that are not what the pages promise: never believed, never fatal."""

from __future__ import annotations

import time
from typing import Any

import pytest

from functions.errors import UnintelligibleReply
from tests.e2e.driving import (
    EVENT,
    STREAM_NAME,
    assert_one_of_each,
    operations,
    refused,
    send,
)
from tests.e2e.output import Output, assert_nothing_secret
from tests.e2e.weather import (
    ATTEMPTS,
    LOGTANK,
    STREAM,
    Row,
    Step,
    for_both_steps,
    for_each,
    recover,
    suffer,
    times,
)
from tests.emulator import Emulator

MEGABYTE = 1_000_000
DEEP = "[" * 100_000
STRANGE = [
    Row("HTML", {"body": "<html>Sign in</html>"}, UnintelligibleReply),
    Row("a list", {"body": []}, UnintelligibleReply),
    Row("null", {"body": None}, UnintelligibleReply),
    Row("a number", {"body": 7}, UnintelligibleReply),
    Row("no id", {"body": {}}, UnintelligibleReply),
    Row(
        "another encoding",
        {"body": "ä", "body_encoding": "latin-1"},
        UnintelligibleReply,
    ),
    Row(
        "an empty id",
        {"body": {"log_stream_id": "", "logtank": {"id": ""}}},
        UnintelligibleReply,
    ),
    Row(
        "an id that is no text",
        {"body": {"log_stream_id": 7, "logtank": {"id": ["7"]}}},
        UnintelligibleReply,
    ),
    Row("a logtank that is no object", {"body": {"logtank": "7"}}, UnintelligibleReply),
    Row("nesting beyond reason", {"body": DEEP}, UnintelligibleReply),
]


@for_both_steps
@for_each(STRANGE)
def test_a_success_that_names_nothing_is_looked_into(
    mature: Emulator, output: Output, step: Step, row: Row
) -> None:
    """It may have worked; what it says is not believed."""
    fault = {"operation": step.create, "times": ATTEMPTS, "status": 201}
    mature.fail(fault | row.fault)
    error = suffer(mature, step, output)
    assert (type(error), error.status, error.retryable) == (row.kind, 502, True)
    assert error.upstream_status == 201
    assert (times(mature, step.create), times(mature, step.look)) == (2, 2)
    recover(mature)


@for_both_steps
def test_a_success_of_50_megabytes_is_not_read_to_its_end(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output, step: Step
) -> None:
    """Nobody's memory is filled by it."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    mature.fail({"operation": step.create, "size": 50 * MEGABYTE})
    error = suffer(mature, step, output)
    assert (type(error), error.retryable) == (UnintelligibleReply, True)
    assert (times(mature, step.create), times(mature, step.look)) == (1, 1)
    recover(mature)


@for_each(STRANGE)
def test_a_success_that_names_nothing_may_be_one(mature: Emulator, row: Row) -> None:
    """Then the look finds what was made, and it is made once."""
    fault = {"status": 201, "work": True, **row.fault}
    mature.fail({"operation": STREAM.create, **fault})
    mature.fail({"operation": LOGTANK.create, **fault})
    event = {"log_stream_name": STREAM_NAME}
    assert send("create_log_stream", event)["created"] is True
    result = send("bootstrap", EVENT)
    assert_one_of_each(mature, result)
    assert result["created"] == ["logtank"]
    assert times(mature, LOGTANK.create) == 1


@for_both_steps
@pytest.mark.parametrize("name", ["error_code", "errorCode"])
def test_a_success_with_an_errors_code_is_none(
    mature: Emulator, output: Output, step: Step, name: str
) -> None:
    """LTS documents such answers; the code is kept, and an id beside it not trusted."""
    body = {
        name: "LTS.0202",
        "error_msg": "failed",
        "log_stream_id": "a-lie",
        "logtank": {"id": "a-lie"},
    }
    fault = {"operation": step.create, "status": 200, "body": body}
    mature.fail(fault | {"times": ATTEMPTS})
    error = suffer(mature, step, output)
    assert (type(error), error.code) == (UnintelligibleReply, "LTS.0202")
    assert error.retryable is True
    assert times(mature, step.create) == times(mature, step.look) == 2
    recover(mature)


@for_each(
    [
        Row("a list", {"body": []}, UnintelligibleReply),
        Row("no list inside", {"body": {}}, UnintelligibleReply),
        Row(
            "something else than lists",
            {"body": {"log_streams": {}, "logtanks": "none"}},
            UnintelligibleReply,
        ),
        Row("HTML", {"body": "<html>Sign in</html>"}, UnintelligibleReply),
        Row("9 MB", {"size": 9 * MEGABYTE}, UnintelligibleReply),
        Row(
            "an error's code",
            {"body": {"error_code": "LTS.0202", "log_streams": [], "logtanks": []}},
            UnintelligibleReply,
        ),
    ]
)
def test_a_list_that_cannot_be_read_is_no_empty_list(
    mature: Emulator, output: Output, row: Row
) -> None:
    """What could not be looked for is not made a second time."""
    stream = send("bootstrap", EVENT)["log_stream_id"]
    fault = {"operation": LOGTANK.look, "times": ATTEMPTS, "status": 200}
    mature.fail(fault | row.fault)
    error = suffer(mature, LOGTANK, output)
    assert (type(error), error.retryable) == (row.kind, True)
    assert error.log_stream_id == stream
    assert times(mature, LOGTANK.create) == 1
    recover(mature)


def test_a_list_without_end_is_left(
    mature: Emulator, output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every page promises another one."""
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    send("create_log_stream", {"log_stream_name": "edge"})
    page: dict[str, Any] = {
        "logtanks": [],
        "page_info": {"next_marker": "once more", "current_count": 0},
    }
    mature.fail({"operation": LOGTANK.look, "times": None, "status": 200, "body": page})
    began = time.monotonic()
    error = refused("bootstrap", EVENT | {"log_stream_name": "edge"})
    assert type(error) is UnintelligibleReply
    assert_nothing_secret(mature, error, output)
    assert time.monotonic() - began < 5
    assert operations(mature).count(LOGTANK.create) == 0
