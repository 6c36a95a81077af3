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
    YOUNG,
    ScriptedCloud,
    described,
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
