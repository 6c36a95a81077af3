"""Logtanks are deleted, and streams only on request and if nothing else uses them."""

from __future__ import annotations

import pytest

from functions import contracts, errors
from functions.provisioning import removal
from functions.transport.calls import Reply
from tests.unit.script import LISTENER_ID, Line, refusal
from tests.unit.scripted_cloud import (
    BUSY,
    DELETE_STREAM,
    DELETE_TANK,
    DELETED,
    FAILED,
    LIST_TANKS,
    NO_LISTENER,
    NO_TANKS,
    ScriptedCloud,
    described,
    tanks,
)

EVENT: dict[str, object] = {"resource_id": LISTENER_ID}
WITH_STREAM = {**EVENT, "delete_log_stream": True}
NOTHING: dict[str, object] = {
    "resource_id": LISTENER_ID,
    "deleted": [],
    "logtank_ids": [],
    "log_stream_ids": [],
    "kept": [],
}
MINE, SECOND = described("t"), described("u", "s2", log_group_id="g2")
OTHER = described("o", resource_id="another")
IN_OTHER_PROJECT = described("t", project_id="q")
HERE_STILL = tanks(described("t", status="DELETING", project_id="p"))
FORBIDDEN = refusal(403, "SYS.0403")
OK_WITH_ERROR = refusal(200, "GA.9201")
NO_API = refusal(404, "APIGW.0101")
ONE_DELETED = {**NOTHING, "deleted": ["logtank"], "logtank_ids": ["t"]}
BOTH_DELETED = {
    **NOTHING,
    "deleted": ["logtank", "log_stream"],
    "logtank_ids": ["t"],
    "log_stream_ids": ["s"],
}


def kept(reason: str, stream: str = "s") -> dict[str, object]:
    """Return the part of a result that says why a stream was kept."""
    return {"kept": [{"log_stream_id": stream, "reason": reason}]}


def delete(stage: ScriptedCloud, event: dict[str, object]) -> dict[str, object]:
    """Return the result, which matches the schema, after the whole script was used."""
    result = removal.delete(event, stage.cloud)
    contracts.check("delete_logtank.result", result)
    assert stage.script.spent
    return result


def failure(stage: ScriptedCloud, event: dict[str, object]) -> errors.ProvisioningError:
    """Return the error raised, after the whole script was used."""
    with pytest.raises(errors.ProvisioningError) as raised:
        removal.delete(event, stage.cloud)
    assert stage.script.spent
    contracts.check("error", raised.value.as_document())
    return raised.value


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([NO_TANKS], {**NOTHING, "reason": removal.NO_LOGTANK}),
        ([tanks(MINE), DELETED], ONE_DELETED),
        ([tanks(MINE, OTHER), DELETED], ONE_DELETED),
        (
            [tanks(MINE, marker="m"), tanks(SECOND), DELETED, DELETED],
            {**ONE_DELETED, "logtank_ids": ["t", "u"]},
        ),
        ([tanks(described("t", status="DELETING"))], NOTHING),
        ([tanks(MINE), NO_LISTENER], NOTHING),
        ([tanks(MINE), FAILED, NO_LISTENER], ONE_DELETED),
        ([tanks(MINE), BUSY, DELETED], ONE_DELETED),
        ([tanks(MINE), OK_WITH_ERROR, DELETED], ONE_DELETED),
    ],
)
def test_all_logtanks_of_the_listener_are_deleted(
    lines: list[Line], expected: dict[str, object]
) -> None:
    """A 404 means deleted only if an earlier attempt may have done it."""
    assert delete(ScriptedCloud(*lines), EVENT) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([NO_TANKS], {**NOTHING, "reason": removal.STREAM_UNKNOWN}),
        ([tanks(MINE), DELETED, NO_TANKS, DELETED], BOTH_DELETED),
        (
            [tanks(MINE), DELETED, NO_TANKS, FAILED, refusal(400, "LTS.0208")],
            BOTH_DELETED,
        ),
        (
            [tanks(MINE, marker="m"), tanks(OTHER), DELETED, NO_TANKS],
            {**ONE_DELETED, **kept(removal.OTHER_LOGTANK)},
        ),
        (
            [tanks(MINE), DELETED, NO_TANKS._replace(document=tanks(OTHER).document)],
            {**ONE_DELETED, **kept(removal.OTHER_LOGTANK)},
        ),
        (
            [tanks(MINE, {**OTHER, "status": "DELETING"}), DELETED, NO_TANKS, DELETED],
            BOTH_DELETED,
        ),
        (
            [tanks(described("t", project_id="p")), DELETED, HERE_STILL, DELETED],
            BOTH_DELETED,
        ),
        (
            [tanks(IN_OTHER_PROJECT), DELETED, NO_TANKS],
            {**ONE_DELETED, **kept(removal.OTHER_PROJECT)},
        ),
        (
            [tanks(MINE), DELETED, NO_TANKS, refusal(400, "LTS.0207")],
            {**ONE_DELETED, **kept(removal.TRANSFER)},
        ),
        (
            [tanks(MINE), DELETED, NO_TANKS, refusal(200, "LTS.0207")],
            {**ONE_DELETED, **kept(removal.TRANSFER)},
        ),
        (
            [tanks(MINE), DELETED, NO_TANKS, Reply(400)],
            {**ONE_DELETED, **kept(removal.ACCESS_CONFIGURATION)},
        ),
        (
            [tanks(MINE, described("v")), *[DELETED] * 2, NO_TANKS, DELETED],
            {**BOTH_DELETED, "logtank_ids": ["t", "v"]},
        ),
        (
            [tanks(MINE, SECOND, OTHER), *[DELETED] * 2, NO_TANKS, DELETED],
            {
                **BOTH_DELETED,
                "logtank_ids": ["t", "u"],
                "log_stream_ids": ["s2"],
                **kept(removal.OTHER_LOGTANK),
            },
        ),
    ],
)
def test_a_stream_is_deleted_unless_something_else_uses_it(
    lines: list[Line], expected: dict[str, object]
) -> None:
    """Other logtanks are looked for on all pages, before and after the deletion."""
    assert delete(ScriptedCloud(*lines), WITH_STREAM) == expected


@pytest.mark.parametrize("unknown", [MINE, OTHER])
def test_nothing_is_deleted_if_it_is_not_listed_where_a_logtank_ships(
    unknown: dict[str, object],
) -> None:
    """That logtank may use the stream."""
    listed = tanks(MINE, {**unknown, "id": "v", "log_stream_id": None})

    error = failure(ScriptedCloud(listed), WITH_STREAM)

    assert isinstance(error, errors.UnintelligibleReply)
    assert error.deleted is None


def test_other_users_are_checked_before_the_logtank_is_deleted() -> None:
    """The logtank goes first, then its stream, in the group that it names."""
    stage = ScriptedCloud(tanks(SECOND), DELETED, NO_TANKS, DELETED)

    delete(stage, WITH_STREAM)

    expected = [LIST_TANKS, DELETE_TANK, LIST_TANKS, DELETE_STREAM]
    assert stage.operations == expected
    assert stage.script.calls[-1].path == "/v2/p/groups/g2/streams/s2"
    facts = {"resource_id": LISTENER_ID, "logtank_id": "u", "log_stream_id": "s2"}
    place = {"log_group_id": "g2", "log_stream_id": "s2"}
    assert stage.logged == [
        ("INFO", "logtank deleted", facts),
        ("INFO", "log stream deleted", place),
    ]


@pytest.mark.parametrize(
    ("lines", "deleted", "step", "group", "by_hand"),
    [
        ([FORBIDDEN], None, "delete_logtank", None, None),
        ([tanks(MINE), FORBIDDEN], None, "delete_logtank", "g", None),
        (
            [tanks(MINE, SECOND), DELETED, FORBIDDEN],
            ["logtank"],
            "delete_logtank",
            "g2",
            "stream s of log group g",
        ),
        (
            [tanks(MINE), DELETED, FORBIDDEN],
            ["logtank"],
            "delete_logtank",
            "g",
            "stream s of log group g",
        ),
        (
            [tanks(MINE), DELETED, NO_TANKS, FORBIDDEN],
            ["logtank"],
            "delete_log_stream",
            "g",
            "stream s of log group g",
        ),
        (
            [tanks(MINE), DELETED, NO_TANKS, refusal(400, "LTS.0009")],
            ["logtank"],
            "delete_log_stream",
            "g",
            "stream s of log group g",
        ),
        (
            [tanks(MINE), DELETED, NO_TANKS, *[FAILED] * 4],
            ["logtank"],
            "delete_log_stream",
            "g",
            "stream s of log group g",
        ),
        (
            [tanks(MINE, SECOND), DELETED, DELETED, NO_TANKS, DELETED, FORBIDDEN],
            ["logtank", "log_stream"],
            "delete_log_stream",
            "g2",
            "stream s2 of log group g2",
        ),
        (
            [tanks(MINE, SECOND), DELETED, DELETED, NO_TANKS, FORBIDDEN],
            ["logtank"],
            "delete_log_stream",
            "g",
            "stream s of log group g, stream s2 of log group g2",
        ),
        (
            [tanks(MINE, described("v")), DELETED, FORBIDDEN],
            ["logtank"],
            "delete_logtank",
            "g",
            None,
        ),
        (
            [tanks(MINE, SECOND, OTHER), DELETED, FORBIDDEN],
            ["logtank"],
            "delete_logtank",
            "g2",
            None,
        ),
    ],
)
def test_an_error_names_what_was_deleted_and_what_can_no_longer_be_found(
    lines: list[Line],
    deleted: list[str] | None,
    step: str,
    group: str | None,
    by_hand: str | None,
) -> None:
    """Once a logtank is gone, nothing but this error knows its stream."""
    error = failure(ScriptedCloud(*lines), WITH_STREAM)

    assert (error.deleted, error.step) == (deleted, step)
    assert error.resource_id == LISTENER_ID
    assert (error.log_group_id, error.log_stream_id) == (
        group,
        {"g": "s", "g2": "s2"}.get(str(group)),
    )
    remedy = (
        f"Delete {by_hand} by hand: once the logtank is gone, another delivery of the "
        "event cannot find it. "
    )
    assert error.remedy == (remedy if by_hand else "") + type(error).remedy


@pytest.mark.parametrize(
    "lines",
    [[NO_API], [Reply(404)], [FAILED, NO_API], [refusal(200, "GA.9005")]],
    ids=["gateway", "no code", "gateway after a failure", "error with 200"],
)
def test_a_stream_is_kept_if_its_logtank_may_still_exist(lines: list[Line]) -> None:
    """Only the service itself can say that there is nothing to delete."""
    stage = ScriptedCloud(tanks(MINE), *lines)

    error = failure(stage, WITH_STREAM)

    assert (error.step, error.deleted, error.logtank_id) == (
        "delete_logtank",
        None,
        "t",
    )
    assert stage.operations == [LIST_TANKS, *[DELETE_TANK] * len(lines)]


@pytest.mark.parametrize("event", [EVENT, WITH_STREAM])
def test_a_logtank_that_cannot_be_deleted_is_named(event: dict[str, object]) -> None:
    """The error also has the stream, as the logtank may be gone nevertheless."""
    error = failure(ScriptedCloud(tanks(MINE), *[FAILED] * 4), event)

    assert isinstance(error, errors.ServiceFailed)
    assert (error.logtank_id, error.log_group_id, error.log_stream_id) == (
        "t",
        "g",
        "s",
    )


@pytest.mark.parametrize(
    ("lines", "deleted"),
    [([FORBIDDEN], None), ([tanks(MINE, SECOND), DELETED, FORBIDDEN], ["logtank"])],
)
def test_an_error_names_what_was_deleted_without_the_streams(
    lines: list[Line], deleted: list[str] | None
) -> None:
    """Its remedy is that of its class, as another delivery goes on from there."""
    error = failure(ScriptedCloud(*lines), EVENT)

    assert (error.step, error.deleted) == ("delete_logtank", deleted)
    assert error.remedy == errors.PermissionDenied.remedy
