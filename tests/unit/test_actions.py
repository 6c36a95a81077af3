"""The three actions, from a checked event to a result that fits its schema."""

from __future__ import annotations

import pytest

from functions import contracts, provisioning
from functions.errors import (
    Conflict,
    LogtankFailed,
    Misconfigured,
    NotFound,
    ProvisioningError,
)
from functions.huaweicloud.ga import Owner
from tests.unit.script import Line, refusal
from tests.unit.stage import (
    BUSY,
    FAILED,
    LIST_STREAMS,
    LIST_TANKS,
    NO_TANKS,
    OLD,
    POST_STREAM,
    POST_TANK,
    SHOW_TANK,
    STREAM_MADE,
    STREAM_TAKEN,
    YOUNG,
    Stage,
    described,
    streams,
    tank,
    tanks,
)

STREAM: dict[str, object] = {"log_group_id": "g", "log_stream_name": "n"}
EVENT = {**STREAM, "resource_id": "l"}
HERE = tanks(described())
ADOPTED = [POST_STREAM, LIST_STREAMS]
NO_GROUP, FAILED_TANK = refusal(400, "LTS.0201"), tank(status="ERROR")
LOGTANK: dict[str, object] = {
    "logtank": {
        "resource_type": "LISTENER",
        "resource_id": "l",
        "log_group_id": "g",
        "log_stream_id": "s",
    }
}


def bootstrap(stage: Stage, **fields: object) -> dict[str, object]:
    """Return what bootstrap comes to; it fits its schema."""
    result = provisioning.bootstrap({**EVENT, **fields}, stage.cloud)
    contracts.check("bootstrap.result", result)
    return result


def test_bootstrap_takes_two_calls() -> None:
    """POST stream, POST logtank, and all ids are in the result."""
    stage = Stage(STREAM_MADE, tank())

    assert bootstrap(stage) == {
        "log_group_id": "g",
        "log_stream_id": "s",
        "logtank_id": "t",
        "resource_type": "LISTENER",
        "resource_id": "l",
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
def test_bootstrap_adopts_what_is_there(
    lines: list[Line], operations: list[str], created: list[str]
) -> None:
    """`created` lists what this call made, nothing if all was there."""
    stage = Stage(*lines)

    result = bootstrap(stage)

    assert result["created"] == created
    assert (result["log_stream_id"], result["logtank_id"]) == ("s", "t")
    assert stage.operations == operations


def test_bootstrap_says_how_an_adopted_stream_differs() -> None:
    """Fields that are otherwise are named, and left as they are."""
    stage = Stage(STREAM_TAKEN, streams(OLD, ttl_in_days=30), HERE)

    assert bootstrap(stage, ttl_in_days=7)["differs"] == ["ttl_in_days"]


def test_bootstrap_waits_for_the_logtank_as_long_as_the_event_says() -> None:
    """`wait_seconds` is for a logtank that is PENDING."""
    stage = Stage(STREAM_MADE, tank(status="PENDING"), tank(status="ACTIVE"))

    assert bootstrap(stage, wait_seconds=30)["status"] == "ACTIVE"
    assert stage.operations == [POST_STREAM, POST_TANK, SHOW_TANK]


@pytest.mark.parametrize("status", ["PENDING", None])
def test_bootstrap_returns_a_pending_logtank_as_such(status: str | None) -> None:
    """Without a wait it is a result; a status that GA left out counts as PENDING."""
    assert bootstrap(Stage(STREAM_MADE, tank(status=status)))["status"] == "PENDING"


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
def test_an_error_of_bootstrap_tells_how_far_it_came(
    lines: list[Line], kind: type[ProvisioningError], facts: tuple[str | None, ...]
) -> None:
    """Step, name and what exists already are known, whatever fails."""
    stage = Stage(*lines)

    with pytest.raises(kind) as raised:
        provisioning.bootstrap({**EVENT, "wait_seconds": 30}, stage.cloud)

    error = raised.value
    assert (error.step, error.log_stream_id, error.logtank_id) == facts
    assert error.log_stream_name == "n"
    contracts.check("error", error.as_document())


def test_create_log_stream_returns_the_stream() -> None:
    """One call makes it."""
    stage = Stage(STREAM_MADE)

    result = provisioning.create_log_stream(STREAM, stage.cloud)

    assert result == {"log_stream_id": "s", "created": True}
    assert stage.operations == [POST_STREAM]


def test_create_log_stream_adopts_and_compares() -> None:
    """An adopted stream is not created, and its differences are named."""
    stage = Stage(STREAM_TAKEN, streams(OLD, log_stream_name_alias="b"))
    event = {**STREAM, "log_stream_name_alias": "a"}

    result = provisioning.create_log_stream(event, stage.cloud)

    contracts.check("create_log_stream.result", result)
    differs = {"differs": ["log_stream_name_alias"]}
    assert result == {"log_stream_id": "s", "created": False, **differs}


def test_create_logtank_looks_once_then_creates() -> None:
    """Whether somebody else is at it is not known, so it looks before and after."""
    stage = Stage(NO_TANKS, tank(), HERE)

    result = provisioning.create_logtank(LOGTANK, stage.cloud)

    contracts.check("create_logtank.result", result)
    assert result == {"logtank": described(), "request_id": "r", "created": True}
    assert stage.operations == [LIST_TANKS, POST_TANK, LIST_TANKS]


def test_create_logtank_without_a_request_id_says_none() -> None:
    """What GA did not tell is left out."""
    result = provisioning.create_logtank(LOGTANK, Stage(HERE).cloud)

    assert result == {"logtank": described(), "created": False}


@pytest.mark.parametrize(("event", "project"), [({}, "p"), ({"project_id": "q"}, "q")])
def test_the_events_project_goes_before_the_settings(
    event: dict[str, object], project: str
) -> None:
    """The project of the event is in path and header of the calls to LTS."""
    stage = Stage(STREAM_MADE)

    provisioning.create_log_stream({**STREAM, **event}, stage.cloud)

    call = stage.script.calls[0]
    assert call.path == f"/v2/{project}/groups/g/streams"
    assert ("X-Project-Id", project) in call.headers


def test_a_project_that_nobody_named_is_asked_for() -> None:
    """It then stands for the owner as well, where GA wants one."""
    stage = Stage(STREAM_MADE, tank())
    cloud = stage.cloud._replace(owner=Owner())

    provisioning.bootstrap(EVENT, cloud)

    assert stage.script.calls[0].path == "/v2/found/groups/g/streams"
    assert ("X-Project-Id", "found") in stage.script.calls[1].headers


def test_a_project_that_cannot_be_found_is_an_error_of_the_first_step() -> None:
    """Nothing is sent."""

    def lost() -> str:
        raise Misconfigured("HUAWEICLOUD_SDK_PROJECT_ID is not set")

    cloud = Stage().cloud._replace(owner=Owner(), find_project=lost)

    with pytest.raises(Misconfigured) as raised:
        provisioning.create_log_stream(STREAM, cloud)

    assert raised.value.step == "create_log_stream"
