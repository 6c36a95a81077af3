"""The actions that create a stream or a logtank alone."""

from __future__ import annotations

import pytest

from functions import contracts
from functions.errors import (
    ProvisioningError,
)
from functions.provisioning import actions
from functions.transport.calls import Reply
from tests.unit.script import LISTENER_ID, refusal
from tests.unit.scripted_cloud import (
    LIST_TANKS,
    NO_TANKS,
    OLD,
    POST_STREAM,
    POST_TANK,
    STREAM_MADE,
    STREAM_TAKEN,
    TANK_TAKEN,
    ScriptedCloud,
    described,
    group,
    groups,
    streams,
    tank,
)
from tests.unit.test_actions import HERE, LOGTANK, STREAM


def test_create_log_stream_returns_the_stream() -> None:
    """A new stream needs a single call."""
    stage = ScriptedCloud(STREAM_MADE)

    result = actions.create_log_stream(STREAM, stage.cloud)

    assert result == {"log_group_id": "g", "log_stream_id": "s", "created": True}
    assert stage.operations == [POST_STREAM]


def test_create_log_stream_adopts_and_compares() -> None:
    """An adopted stream does not count as created, and differences are listed."""
    stage = ScriptedCloud(STREAM_TAKEN, streams(OLD, log_stream_name_alias="b"))
    event = {**STREAM, "log_stream_name_alias": "a"}

    result = actions.create_log_stream(event, stage.cloud)

    contracts.check("create_log_stream.result", result)
    differs = {"differs": ["log_stream_name_alias"]}
    assert result == {
        "log_group_id": "g",
        "log_stream_id": "s",
        "created": False,
        **differs,
    }


def test_create_log_stream_updates_on_request() -> None:
    """The update's fields are in the result."""
    seven = streams(OLD, ttl_in_days=7)
    stage = ScriptedCloud(
        STREAM_TAKEN, streams(OLD, ttl_in_days=30), Reply(200, {}), seven
    )

    event = {**STREAM, "ttl_in_days": 7, "update_stream": True}
    result = actions.create_log_stream(event, stage.cloud)

    assert result["updated"] == ["ttl_in_days"]
    assert stage.script.spent


def test_create_log_stream_finds_the_group_by_its_name() -> None:
    """It is looked up in the request's project; its retention is compared."""
    stage = ScriptedCloud(groups(group("logs", ttl_in_days=7)), STREAM_MADE)
    event = {
        "log_group_name": "logs",
        "log_group_ttl_in_days": 30,
        "log_stream_name": "n",
    }

    result = actions.create_log_stream(event, stage.cloud)

    assert result == {
        "log_group_id": "g",
        "log_stream_id": "s",
        "created": True,
        "differs": ["log_group_ttl_in_days"],
    }
    assert [call.path for call in stage.script.calls] == [
        "/v2/p/groups",
        "/v2/p/groups/g/streams",
    ]


def test_create_logtank_lists_before_and_after_creating() -> None:
    """Another caller may be active at the same time."""
    stage = ScriptedCloud(NO_TANKS, tank(), HERE)

    result = actions.create_logtank(LOGTANK, stage.cloud)

    contracts.check("create_logtank.result", result)
    assert result == {"logtank": described(), "request_id": "r", "created": True}
    assert stage.operations == [LIST_TANKS, POST_TANK, LIST_TANKS]


def test_create_logtank_adopts_what_another_caller_created() -> None:
    """GA refuses the create, and lists the logtank."""
    stage = ScriptedCloud(NO_TANKS, TANK_TAKEN, HERE)

    result = actions.create_logtank(LOGTANK, stage.cloud)

    contracts.check("create_logtank.result", result)
    assert result == {"logtank": described(), "created": False}


def test_create_logtank_omits_a_missing_request_id() -> None:
    """The result has no field for what GA did not return."""
    result = actions.create_logtank(LOGTANK, ScriptedCloud(HERE).cloud)

    assert result == {"logtank": described(), "created": False}


@pytest.mark.parametrize(("event", "project"), [({}, "p"), ({"project_id": "q"}, "q")])
def test_the_events_project_takes_precedence_over_the_settings(
    event: dict[str, object], project: str
) -> None:
    """Calls to LTS have the event's project ID in path and header."""
    stage = ScriptedCloud(STREAM_MADE)

    actions.create_log_stream({**STREAM, **event}, stage.cloud)

    call = stage.script.calls[0]
    assert call.path == f"/v2/{project}/groups/g/streams"
    assert ("X-Project-Id", project) in call.headers


def test_an_error_of_create_logtank_names_the_listener() -> None:
    """It is known before the first call."""
    stage = ScriptedCloud(refusal(403, "SYS.0403"))

    with pytest.raises(ProvisioningError) as raised:
        actions.create_logtank(LOGTANK, stage.cloud)

    error = raised.value
    assert (error.step, error.resource_id) == ("create_logtank", LISTENER_ID)
