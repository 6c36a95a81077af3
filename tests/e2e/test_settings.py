"""What settings add to an event, and where they come from."""

from __future__ import annotations

import json

import pytest

from functions.errors import InvalidEvent, Misconfigured
from tests.e2e.contexts import REQUEST_ID, FunctionGraphContext, LambdaContext
from tests.e2e.driving import EVENT, LISTENER, STREAM_NAME, refused, send
from tests.e2e.faults import BRIEF_SECONDS
from tests.e2e.output import Output
from tests.emulator import Emulator


@pytest.mark.parametrize(
    ("setting", "given", "name"),
    [
        (None, {}, STREAM_NAME),
        ("edge-{resource_id}-log", {}, f"edge-{LISTENER}-log"),
        ("edge-{resource_id}", {"log_stream_name": "mine"}, "mine"),
    ],
    ids=[
        "the built-in name serves where nothing else is set",
        "a placeholder becomes the listener's id",
        "an event's own name goes first",
    ],
)
def test_a_stream_is_named_by_event_setting_or_built_in_template(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    setting: str | None,
    given: dict[str, object],
    name: str,
) -> None:
    """In that order."""
    if setting:
        monkeypatch.setenv("LOG_STREAM_NAME", setting)
    send("bootstrap", EVENT | given)
    assert cloud.streams[0]["log_stream_name"] == name


def test_a_stream_alone_is_named_by_the_setting(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An empty event will do."""
    monkeypatch.setenv("LOG_STREAM_NAME", "edge")
    send("create_log_stream", {})
    assert cloud.streams[0]["log_stream_name"] == "edge"


def test_a_stream_alone_has_no_built_in_name(cloud: Emulator) -> None:
    """The refusal points at the field that is missing."""
    error = refused("create_log_stream", {})
    assert isinstance(error, InvalidEvent)
    pointers = [problem.pointer for problem in error.problems]
    assert (pointers, cloud.calls) == (["/log_stream_name"], [])


def test_a_name_that_needs_a_listener_serves_no_stream_alone(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting is named, and nothing is sent."""
    monkeypatch.setenv("LOG_STREAM_NAME", "edge-{resource_id}")
    error = refused("create_log_stream", {})
    assert isinstance(error, Misconfigured)
    assert "LOG_STREAM_NAME" in error.detail
    assert cloud.calls == []


@pytest.mark.parametrize("entry", ["bootstrap", "create_logtank"])
def test_a_group_that_nobody_names_is_missed_where_it_belongs(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    """No event field, no setting: the refusal points at the field."""
    monkeypatch.delenv("LOG_GROUP_ID")
    events = {
        "bootstrap": EVENT,
        "create_logtank": {"logtank": {}},
    }
    error = refused(entry, events[entry])
    place = "/logtank" if entry == "create_logtank" else ""
    assert isinstance(error, InvalidEvent)
    assert f"{place}/log_group_id" in [each.pointer for each in error.problems]
    assert cloud.calls == []


def test_a_logtanks_group_comes_from_the_setting_too(cloud: Emulator) -> None:
    """The field stands inside the event's logtank."""
    stream = send("create_log_stream", {"log_stream_name": "edge"})
    inner = {
        "resource_type": "LISTENER",
        "resource_id": LISTENER,
        "log_stream_id": stream["log_stream_id"],
    }
    send("create_logtank", {"logtank": inner}, LambdaContext(BRIEF_SECONDS))
    assert cloud.logtanks[0]["log_group_id"] == cloud.log_group_id


def test_a_project_comes_from_the_event_where_no_setting_names_one(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both services are told whose resources are meant."""
    monkeypatch.delenv("HUAWEICLOUD_SDK_PROJECT_ID")
    send("bootstrap", EVENT | {"project_id": cloud.project_id})
    told = [call["request_headers"].get("x-project-id") for call in cloud.calls]
    assert told == [cloud.project_id, cloud.project_id]


def test_an_events_project_goes_before_the_setting(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stream is made in it."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "another-project")
    event = {"log_stream_name": "edge", "project_id": cloud.project_id}
    send("create_log_stream", event)
    assert len(cloud.streams) == 1


def test_a_project_that_nobody_names_is_misconfigured(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The setting is named, and nothing is sent."""
    monkeypatch.delenv("HUAWEICLOUD_SDK_PROJECT_ID")
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert "HUAWEICLOUD_SDK_PROJECT_ID" in error.detail
    assert cloud.calls == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HUAWEICLOUD_LTS_ENDPOINT", "http://lts.example"),
        ("HUAWEICLOUD_GA_ENDPOINT", "https://host/path"),
        ("HUAWEICLOUD_REGION", "North 4"),
        ("HTTP_TIMEOUT_SECONDS", "soon"),
        ("RETRY_ATTEMPTS", "4000"),
        ("LOG_STREAM_NAME", "edge-{name}"),
        ("LOG_LEVEL", "LOUD"),
        ("HUAWEICLOUD_SDK_SK", "a key\nwith a line break"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    name: str,
    value: str,
) -> None:
    """By its name, never by its value; nothing is sent."""
    monkeypatch.setenv(name, value)
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert (error.status, error.retryable) == (500, False)
    assert name in error.detail
    assert value not in str(error) + output.text()
    assert output.lines("request failed")[0]["error"] == error.as_document()
    assert cloud.calls == []


def test_user_data_is_where_functiongraph_keeps_the_settings(
    cloud: Emulator, bare: pytest.MonkeyPatch
) -> None:
    """The context alone is enough, and it goes before the environment."""
    for name in cloud.environment():
        bare.delenv(name)
    bare.setenv("LOG_STREAM_NAME", "of-the-environment")
    data = cloud.environment() | {"LOG_STREAM_NAME": "of-the-user-data"}
    send("bootstrap", EVENT, FunctionGraphContext(30, data))
    assert cloud.streams[0]["log_stream_name"] == "of-the-user-data"


def test_user_data_is_read_from_the_runtimes_variable_too(
    cloud: Emulator, bare: pytest.MonkeyPatch
) -> None:
    """FunctionGraph documents it as RUNTIME_USERDATA, an object in JSON."""
    for name in cloud.environment():
        bare.delenv(name)
    bare.setenv("RUNTIME_USERDATA", json.dumps(cloud.environment()))
    send("bootstrap", EVENT, FunctionGraphContext(30))
    assert len(cloud.logtanks) == 1


@pytest.mark.parametrize(
    "kind",
    [LambdaContext, FunctionGraphContext],
    ids=["AWS Lambda", "FunctionGraph"],
)
@pytest.mark.usefixtures("cloud")
def test_either_platforms_request_id_stands_in_every_line(
    output: Output, kind: type[LambdaContext | FunctionGraphContext]
) -> None:
    """So that a line is found by the invocation it belongs to."""
    send("bootstrap", EVENT, kind(30))
    lines = output.lines()
    assert [line["request_id"] for line in lines] == [REQUEST_ID] * 3
    assert {line["function"] for line in lines} == {"bootstrap"}
