"""The log: one JSON object per line, per call and per request."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.e2e.driving import EVENT, expect_error, listeners, send
from tests.e2e.output import Output
from tests.emulator import Emulator


def test_each_call_and_the_request_have_a_log_line(
    cloud: Emulator, output: Output
) -> None:
    """The line of a call contains what the support of the cloud asks for."""
    result = send("bootstrap", EVENT)
    calls, (request,) = output.lines("call"), output.lines("request done")
    assert len(output.lines()) == 3
    for line, call in zip(calls, cloud.calls, strict=True):
        for fact in ("service", "operation", "status"):
            assert line[fact] == call[fact]
        assert line["cloud_request_id"] == call["request_id"]
        assert (line["attempt"], line["level"]) == (1, "INFO")
        assert line["milliseconds"] > 0
    assert (request["level"], request["result"]) == ("INFO", result)
    for line in output.lines():
        assert datetime.fromisoformat(line["timestamp"]).utcoffset() is not None


def test_a_failed_call_is_logged_as_a_warning_with_its_code(
    cloud: Emulator, output: Output
) -> None:
    """The line contains the error code and the number of the attempt, from 1."""
    cloud.fail({"operation": "CreateLogStream", "status": 429})
    send("bootstrap", EVENT)
    first, second, _ = output.lines("call")
    assert (first["level"], first["status"], first["code"]) == (
        "WARNING",
        429,
        "APIGW.0308",
    )
    assert (first["attempt"], second["attempt"]) == (1, 2)
    assert "code" not in second


def test_each_request_of_an_array_has_a_log_line(
    cloud: Emulator, output: Output
) -> None:
    """Each call has one too, and lines of concurrent threads do not interleave."""
    send("bootstrap", listeners(20))
    assert len(output.lines("request done")) == 20
    assert len(output.lines("call")) == len(cloud.calls) == 40


def test_every_line_identifies_its_request(cloud: Emulator, output: Output) -> None:
    """The lines of calls, successes and failures contain the index of the request."""
    first, *others = listeners(3)
    expect_error("bootstrap", [first, {}, *others])
    assert sorted(line["item"] for line in output.lines("call")) == [0, 0, 2, 2, 3, 3]
    assert [line["item"] for line in output.lines("request failed")] == [1]
    ids = {line["item"]: line["result"] for line in output.lines("request done")}
    logtanks = {each["resource_id"]: each["id"] for each in cloud.logtanks}
    for item, listener in zip((0, 2, 3), [first, *others], strict=True):
        assert ids[item]["logtank_id"] == logtanks[listener["resource_id"]]


@pytest.mark.parametrize(
    ("level", "messages"),
    [
        ("DEBUG", {"call begins", "call", "request failed"}),
        ("warning", {"call", "request failed"}),
        ("ERROR", {"request failed"}),
    ],
)
def test_the_log_level_selects_the_lines(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    level: str,
    messages: set[str],
) -> None:
    """The level may be written in upper or lower case."""
    monkeypatch.setenv("LOG_LEVEL", level)
    cloud.fail({"operation": "CreateLogStream", "status": 400})
    expect_error("bootstrap", EVENT)
    assert {line["message"] for line in output.lines()} == messages
