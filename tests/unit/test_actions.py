"""The actions that create, from a checked event to a result that fits its schema."""

from __future__ import annotations

import pytest

from functions import contracts
from functions.errors import (
    Conflict,
    LogtankFailed,
    Misconfigured,
    NotFound,
    ProvisioningError,
)
from functions.huaweicloud.ga import Owner
from functions.provisioning import actions
from functions.transport.calls import Reply
from tests.unit.script import LISTENER_ID, Line, refusal
from tests.unit.scripted_cloud import (
    BUSY,
    FAILED,
    LIST_STREAMS,
    LIST_TANKS,
    NO_LISTENER,
    NO_TANKS,
    OLD,
    POST_STREAM,
    POST_TANK,
    SHOW_LISTENER,
    SHOW_TANK,
    STREAM_MADE,
    STREAM_TAKEN,
    TANK_TAKEN,
    YOUNG,
    ScriptedCloud,
    described,
    group,
    groups,
    shown_listener,
    streams,
    tank,
    tanks,
)

STREAM: dict[str, object] = {"log_group_id": "g", "log_stream_name": "n"}
EVENT = {**STREAM, "resource_id": LISTENER_ID}
HERE = tanks(described())
ADOPTED = [POST_STREAM, LIST_STREAMS]
NO_GROUP, FAILED_TANK = refusal(400, "LTS.0201"), tank(status="ERROR")
LOGTANK: dict[str, object] = {
    "logtank": {
        "resource_type": "LISTENER",
        "resource_id": LISTENER_ID,
        "log_group_id": "g",
        "log_stream_id": "s",
    }
}


def bootstrap(stage: ScriptedCloud, **fields: object) -> dict[str, object]:
    """Return the result of bootstrap, which must match its schema."""
    result = actions.bootstrap({**EVENT, **fields}, stage.cloud)
    contracts.check("bootstrap.result", result)
    return result


def test_bootstrap_makes_two_calls() -> None:
    """It creates the log stream and the logtank, and returns all IDs."""
    stage = ScriptedCloud(STREAM_MADE, tank())

    assert bootstrap(stage) == {
        "log_group_id": "g",
        "log_stream_id": "s",
        "logtank_id": "t",
        "resource_type": "LISTENER",
        "resource_id": LISTENER_ID,
        "status": "ACTIVE",
        "created": ["log_stream", "logtank"],
    }
    assert stage.operations == [POST_STREAM, POST_TANK]
    assert stage.slept == 0


@pytest.mark.parametrize(
    ("lines", "operations", "created"),
    [
        ([STREAM_TAKEN, streams(OLD), HERE], [*ADOPTED, LIST_TANKS], []),
        (
            [STREAM_TAKEN, streams(OLD), NO_TANKS, tank(), HERE],
            [*ADOPTED, LIST_TANKS, POST_TANK, LIST_TANKS],
            ["logtank"],
        ),
        ([FAILED, streams(YOUNG), HERE], [*ADOPTED, LIST_TANKS], ["log_stream"]),
        (
            [STREAM_TAKEN, streams(YOUNG), *[NO_TANKS] * 2, HERE],
            [*ADOPTED, *[LIST_TANKS] * 3],
            [],
        ),
        (
            [STREAM_MADE, BUSY, NO_TANKS, tank(), HERE],
            [POST_STREAM, POST_TANK, LIST_TANKS, POST_TANK, LIST_TANKS],
            ["log_stream", "logtank"],
        ),
    ],
)
def test_bootstrap_adopts_existing_resources(
    lines: list[Line], operations: list[str], created: list[str]
) -> None:
    """`created` lists what this call created, and is empty if everything existed."""
    stage = ScriptedCloud(*lines)

    result = bootstrap(stage)

    assert result["created"] == created
    assert (result["log_stream_id"], result["logtank_id"]) == ("s", "t")
    assert stage.operations == operations


def test_a_listener_with_an_unusual_id_is_looked_up_first() -> None:
    """What no listener has must not leave a stream behind."""
    there = ScriptedCloud(shown_listener("x"), STREAM_MADE, tank(resource_id="x"))
    missing = ScriptedCloud(NO_LISTENER)

    assert bootstrap(there, resource_id="x")["resource_id"] == "x"
    assert there.operations == [SHOW_LISTENER, POST_STREAM, POST_TANK]
    assert there.script.calls[0].path == "/v1/listeners/x"
    with pytest.raises(NotFound) as raised:
        bootstrap(missing, resource_id="x")
    assert missing.script.spent
    assert (raised.value.step, raised.value.resource_id) == ("create_logtank", "x")


def test_bootstrap_repoints_on_request() -> None:
    """Without the request, a listener that ships elsewhere is a conflict."""
    stage = ScriptedCloud(STREAM_MADE, tanks(described("t", "there")), tank())

    result = bootstrap(stage, repoint=True)

    before = {"log_group_id": "g", "log_stream_id": "there"}
    assert (result["repointed_from"], result["created"]) == (before, ["log_stream"])


def test_bootstrap_reports_differences_of_an_adopted_stream() -> None:
    """Fields with other values are listed but not changed."""
    stage = ScriptedCloud(STREAM_TAKEN, streams(OLD, ttl_in_days=30), HERE)

    assert bootstrap(stage, ttl_in_days=7)["differs"] == ["ttl_in_days"]


def test_bootstrap_waits_for_the_logtank_up_to_wait_seconds() -> None:
    """Only a logtank with the status PENDING is waited for."""
    stage = ScriptedCloud(STREAM_MADE, tank(status="PENDING"), tank(status="ACTIVE"))

    assert bootstrap(stage, wait_seconds=30)["status"] == "ACTIVE"
    assert stage.operations == [POST_STREAM, POST_TANK, SHOW_TANK]


@pytest.mark.parametrize("status", ["PENDING", None])
def test_bootstrap_returns_a_pending_logtank(status: str | None) -> None:
    """Without a wait, PENDING is a valid result; a missing status counts as PENDING."""
    assert (
        bootstrap(ScriptedCloud(STREAM_MADE, tank(status=status)))["status"]
        == "PENDING"
    )


@pytest.mark.parametrize(
    ("lines", "kind", "facts"),
    [
        ([NO_GROUP], NotFound, ("create_log_stream", None, None)),
        (
            [STREAM_TAKEN, streams(OLD), tanks(described("e", "there"))],
            Conflict,
            ("create_logtank", "s", None),
        ),
        ([STREAM_MADE, FAILED_TANK], LogtankFailed, ("create_logtank", "s", "t")),
        (
            [STREAM_MADE, tank(status="PENDING"), FAILED_TANK],
            LogtankFailed,
            ("create_logtank", "s", "t"),
        ),
    ],
)
def test_an_error_of_bootstrap_has_the_step_and_existing_ids(
    lines: list[Line], kind: type[ProvisioningError], facts: tuple[str | None, ...]
) -> None:
    """Step, stream name and the IDs of existing resources are known for any error."""
    stage = ScriptedCloud(*lines)

    with pytest.raises(kind) as raised:
        actions.bootstrap({**EVENT, "wait_seconds": 30}, stage.cloud)

    error = raised.value
    assert (error.step, error.log_stream_id, error.logtank_id) == facts
    assert (error.log_group_id, error.log_stream_name) == ("g", "n")
    assert error.resource_id == LISTENER_ID
    contracts.check("error", error.as_document())


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


def test_a_project_that_is_not_configured_is_looked_up() -> None:
    """The project found also identifies the owner in calls to GA."""
    stage = ScriptedCloud(STREAM_MADE, tank())
    cloud = stage.cloud._replace(owner=Owner())

    actions.bootstrap(EVENT, cloud)

    assert stage.script.calls[0].path == "/v2/found/groups/g/streams"
    assert ("X-Project-Id", "found") in stage.script.calls[1].headers


def test_a_failed_project_lookup_is_an_error_of_the_first_step() -> None:
    """No request is sent."""

    def lost() -> str:
        raise Misconfigured("HUAWEICLOUD_SDK_PROJECT_ID is not set")

    cloud = ScriptedCloud().cloud._replace(owner=Owner(), find_project=lost)

    for action, event in (
        (actions.create_log_stream, STREAM),
        (actions.bootstrap, EVENT),
    ):
        with pytest.raises(Misconfigured) as raised:
            action(event, cloud)
        assert raised.value.step == "create_log_stream"


def test_an_error_of_create_logtank_names_the_listener() -> None:
    """It is known before the first call."""
    stage = ScriptedCloud(refusal(403, "SYS.0403"))

    with pytest.raises(ProvisioningError) as raised:
        actions.create_logtank(LOGTANK, stage.cloud)

    error = raised.value
    assert (error.step, error.resource_id) == ("create_logtank", LISTENER_ID)
