"""Settings: their effect on an event, and their sources."""

from __future__ import annotations

import json

import pytest

from functions.errors import InvalidEvent, Misconfigured
from tests.e2e.contexts import REQUEST_ID, FunctionGraphContext, LambdaContext
from tests.e2e.driving import EVENT, LISTENER, STREAM_NAME, expect_error, send
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
        "default name",
        "setting with a placeholder",
        "event takes precedence",
    ],
)
def test_the_stream_name_comes_from_the_event_the_setting_or_the_default(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    setting: str | None,
    given: dict[str, object],
    name: str,
) -> None:
    """The event takes precedence over the setting, and the setting over the default."""
    if setting:
        monkeypatch.setenv("LOG_STREAM_NAME", setting)
    send("bootstrap", EVENT | given)
    assert cloud.streams[0]["log_stream_name"] == name


def test_create_log_stream_uses_the_name_in_the_setting(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With LOG_STREAM_NAME, an empty event is sufficient."""
    monkeypatch.setenv("LOG_STREAM_NAME", "edge")
    send("create_log_stream", {})
    assert cloud.streams[0]["log_stream_name"] == "edge"


def test_create_log_stream_has_no_default_name(cloud: Emulator) -> None:
    """The error points to the missing field."""
    error = expect_error("create_log_stream", {})
    assert isinstance(error, InvalidEvent)
    pointers = [problem.pointer for problem in error.problems]
    assert (pointers, cloud.calls) == (["/log_stream_name"], [])


def test_a_name_with_a_listener_placeholder_is_invalid_for_create_log_stream(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the setting, and nothing is sent."""
    monkeypatch.setenv("LOG_STREAM_NAME", "edge-{resource_id}")
    error = expect_error("create_log_stream", {})
    assert isinstance(error, Misconfigured)
    assert "LOG_STREAM_NAME" in error.detail
    assert cloud.calls == []


@pytest.mark.parametrize("entry", ["bootstrap", "create_logtank"])
def test_a_missing_log_group_is_reported_at_its_field(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    """With neither a field nor a setting, the error points to the field."""
    monkeypatch.delenv("LOG_GROUP_ID")
    events = {
        "bootstrap": EVENT,
        "create_logtank": {"logtank": {}},
    }
    error = expect_error(entry, events[entry])
    place = "/logtank" if entry == "create_logtank" else ""
    assert isinstance(error, InvalidEvent)
    assert f"{place}/log_group_id" in [each.pointer for each in error.problems]
    assert cloud.calls == []


def test_create_logtank_uses_the_log_group_in_the_setting(cloud: Emulator) -> None:
    """The setting replaces the field inside `logtank`."""
    stream = send("create_log_stream", {"log_stream_name": "edge"})
    inner = {
        "resource_type": "LISTENER",
        "resource_id": LISTENER,
        "log_stream_id": stream["log_stream_id"],
    }
    send("create_logtank", {"logtank": inner}, LambdaContext(BRIEF_SECONDS))
    assert cloud.logtanks[0]["log_group_id"] == cloud.log_group_id


def test_the_project_comes_from_the_event_if_no_setting_names_one(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both services get the project ID of the event."""
    monkeypatch.delenv("HUAWEICLOUD_SDK_PROJECT_ID")
    send("bootstrap", EVENT | {"project_id": cloud.project_id})
    project_ids = [call["request_headers"].get("x-project-id") for call in cloud.calls]
    assert project_ids == [cloud.project_id, cloud.project_id]


def test_the_project_in_the_event_takes_precedence_over_the_setting(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log stream is created in the project of the event."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_PROJECT_ID", "another-project")
    event = {"log_stream_name": "edge", "project_id": cloud.project_id}
    send("create_log_stream", event)
    assert len(cloud.streams) == 1


def test_a_missing_project_raises_misconfigured(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the setting, and nothing is sent."""
    monkeypatch.delenv("HUAWEICLOUD_SDK_PROJECT_ID")
    error = expect_error("bootstrap", EVENT)
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
def test_an_invalid_setting_is_named(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    name: str,
    value: str,
) -> None:
    """The error contains the name of the setting but not its value."""
    monkeypatch.setenv(name, value)
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert (error.status, error.retryable) == (500, False)
    assert name in error.detail
    assert value not in str(error) + output.text()
    assert output.lines("request failed")[0]["error"] == error.as_document()
    assert cloud.calls == []


def test_settings_are_read_from_the_user_data_of_functiongraph(
    cloud: Emulator, clean_environment: pytest.MonkeyPatch
) -> None:
    """The context is sufficient and takes precedence over the environment."""
    for name in cloud.environment():
        clean_environment.delenv(name)
    clean_environment.setenv("LOG_STREAM_NAME", "from-environment")
    data = cloud.environment() | {"LOG_STREAM_NAME": "from-user-data"}
    send("bootstrap", EVENT, FunctionGraphContext(30, data))
    assert cloud.streams[0]["log_stream_name"] == "from-user-data"


def test_user_data_is_also_read_from_the_runtime_variable(
    cloud: Emulator, clean_environment: pytest.MonkeyPatch
) -> None:
    """FunctionGraph documents RUNTIME_USERDATA as a JSON object."""
    for name in cloud.environment():
        clean_environment.delenv(name)
    clean_environment.setenv("RUNTIME_USERDATA", json.dumps(cloud.environment()))
    send("bootstrap", EVENT, FunctionGraphContext(30))
    assert len(cloud.logtanks) == 1


@pytest.mark.parametrize(
    "kind",
    [LambdaContext, FunctionGraphContext],
    ids=["AWS Lambda", "FunctionGraph"],
)
@pytest.mark.usefixtures("cloud")
def test_every_log_line_contains_the_request_id_of_the_platform(
    output: Output, kind: type[LambdaContext | FunctionGraphContext]
) -> None:
    """The lines of an invocation can be found by its request ID on both platforms."""
    send("bootstrap", EVENT, kind(30))
    lines = output.lines()
    assert [line["request_id"] for line in lines] == [REQUEST_ID] * 3
    assert {line["function"] for line in lines} == {"bootstrap"}
