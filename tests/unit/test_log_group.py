"""A log group is found by its name, or created, and never changed."""

from __future__ import annotations

import pytest

from functions import errors
from functions.provisioning import log_group
from functions.provisioning.log_group import EnsuredGroup
from functions.transport.calls import Reply
from tests.unit.script import Line, refusal
from tests.unit.scripted_cloud import (
    FAILED,
    LIST_GROUPS,
    POST_GROUP,
    THROTTLED,
    ScriptedCloud,
    group,
    groups,
)

EVENT: dict[str, object] = {"log_group_name": "n"}
MADE = Reply(201, {"log_group_id": "g"})
TAKEN = refusal(400, "LTS.0101")
NONE, FOUND = groups(group("m", "x")), groups(group("m", "x"), group("n"))
LOOKED, CREATED = [LIST_GROUPS], [LIST_GROUPS, POST_GROUP]
OLD, NEW = EnsuredGroup("g"), EnsuredGroup("g", created=True)


def ensure(stage: ScriptedCloud, **fields: object) -> EnsuredGroup:
    """Ensure that the group exists."""
    return log_group.ensure({**EVENT, **fields}, "p", stage.cloud)


def test_a_group_with_an_id_needs_no_call() -> None:
    """It is not looked up."""
    stage = ScriptedCloud()

    found = log_group.ensure({"log_group_id": "g"}, "p", stage.cloud)
    assert (found, stage.operations) == (OLD, [])


@pytest.mark.parametrize(
    ("lines", "expected", "operations"),
    [
        ([FOUND], OLD, LOOKED),
        ([NONE, MADE], NEW, CREATED),
        ([FAILED, NONE, THROTTLED, MADE], NEW, [*LOOKED, *CREATED, POST_GROUP]),
        ([NONE, TAKEN, FOUND], OLD, [*CREATED, *LOOKED]),
        ([NONE, TAKEN, NONE, NONE, FOUND], OLD, [*CREATED, *LOOKED * 3]),
        ([NONE, FAILED, FOUND], NEW, [*CREATED, *LOOKED]),
        ([NONE, Reply(201, {}), FOUND], NEW, [*CREATED, *LOOKED]),
        ([NONE, FAILED, NONE, MADE], NEW, [*CREATED, *CREATED]),
        ([NONE, FAILED, NONE, TAKEN, FOUND], NEW, [*CREATED, *CREATED, *LOOKED]),
        ([groups(group("N"), group("n2")), MADE], NEW, CREATED),
    ],
)
def test_a_missing_group_is_created_once(
    lines: list[Line], expected: EnsuredGroup, operations: list[str]
) -> None:
    """It is looked up before, and after any attempt whose outcome is unknown."""
    stage = ScriptedCloud(*lines)

    assert ensure(stage) == expected
    assert stage.operations == operations
    line = ("INFO", "log group created", {"log_group_id": "g"})
    assert stage.logged == ([line] if expected.created else [])


@pytest.mark.parametrize(("days", "sent"), [(None, 30), (7, 7), (7.0, 7)])
def test_a_new_group_gets_the_requested_retention(
    days: float | None, sent: int
) -> None:
    """It is mandatory in the call; the default is 30 days."""
    stage = ScriptedCloud(NONE, MADE)

    assert ensure(stage, log_group_ttl_in_days=days) == NEW
    assert stage.script.calls[1].body == {"log_group_name": "n", "ttl_in_days": sent}


@pytest.mark.parametrize(
    ("requested", "listed", "differs"),
    [(None, 7, False), (7, 7, False), (30, 7, True), (30, None, False)],
)
def test_a_group_that_exists_is_compared_and_never_changed(
    requested: int | None, listed: int | None, *, differs: bool
) -> None:
    """What the list does not say, and what was not requested, is not compared."""
    stage = ScriptedCloud(groups(group("n", ttl_in_days=listed)))

    found = ensure(stage, log_group_ttl_in_days=requested)
    assert found == EnsuredGroup("g", differs=differs)
    assert stage.operations == LOOKED


def test_a_name_is_looked_up_once_for_all_requests_of_an_event() -> None:
    """Only the first one reports it as created; another retention is a difference."""
    stage = ScriptedCloud(NONE, MADE)

    found = [ensure(stage, log_group_ttl_in_days=days) for days in (7, 7, 30)]

    assert found == [NEW, OLD, OLD._replace(differs=True)]
    assert stage.operations == CREATED


@pytest.mark.parametrize("lines", [[NONE, MADE], [NONE, TAKEN, FOUND]])
def test_a_new_group_is_added_to_the_list_of_the_event(lines: list[Line]) -> None:
    """Later requests of the event find it there."""
    stage = ScriptedCloud(*lines)

    ensure(stage)

    found = log_group.named("n", log_group.listed("p", stage.cloud))
    assert found
    assert found.id == "g"
    assert stage.script.spent


def test_another_name_or_project_is_another_group() -> None:
    """The groups of a project are listed once."""
    stage = ScriptedCloud(groups(group("n"), group("m", "h")), NONE, MADE)

    assert ensure(stage).id == "g"
    assert ensure(stage, log_group_name="m").id == "h"
    assert log_group.ensure(EVENT, "q", stage.cloud) == NEW
    assert stage.script.calls[-1].path == "/v2/q/groups"


def test_a_name_that_is_taken_by_no_listed_group_is_an_error() -> None:
    """It is another group's original name; this is found out once."""
    stage = ScriptedCloud(NONE, TAKEN, *[NONE] * 3)

    for _ in range(3):
        with pytest.raises(errors.AlreadyExists) as raised:
            ensure(stage)

    assert (raised.value.step, raised.value.log_group_name) == ("create_log_group", "n")
    assert "log_group_name" in raised.value.remedy
    assert "another log group's original name" in raised.value.remedy
    assert stage.operations == [*CREATED, *LOOKED * 3]


def test_a_name_is_not_looked_up_again_if_there_is_no_time_for_the_pause() -> None:
    """The error of the create says more than one of the time."""
    stage = ScriptedCloud(NONE, TAKEN, NONE, limit=log_group.LAG_PAUSES[0])

    with pytest.raises(errors.AlreadyExists):
        ensure(stage)

    assert stage.operations == [*CREATED, *LOOKED]


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([refusal(403, "LTS.0107")], errors.PermissionDenied),
        ([NONE, refusal(400, "LTS.0104")], errors.QuotaExceeded),
        ([NONE, *[FAILED, NONE] * 4], errors.ServiceFailed),
        ([NONE, FAILED, refusal(403, "LTS.0107")], errors.ServiceFailed),
    ],
)
def test_a_failure_names_the_group(
    lines: list[Line], kind: type[errors.ProvisioningError]
) -> None:
    """An unreadable list never means that the group does not exist."""
    stage = ScriptedCloud(*lines)

    with pytest.raises(kind) as raised:
        ensure(stage)

    assert (raised.value.step, raised.value.log_group_name) == ("create_log_group", "n")
    assert stage.script.spent


def test_a_failure_that_may_pass_is_tried_again_by_the_next_request() -> None:
    """The group that the failed attempt may have created is found and adopted."""
    stage = ScriptedCloud(NONE, *[FAILED, NONE] * 4, TAKEN, FOUND)

    with pytest.raises(errors.ServiceFailed):
        ensure(stage)

    assert ensure(stage) == OLD
