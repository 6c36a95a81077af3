"""With only_if_listener_is_gone, GA is asked before anything is deleted."""

from __future__ import annotations

import pytest

from functions import errors
from functions.transport.calls import Reply
from tests.unit.script import refusal
from tests.unit.scripted_cloud import (
    DELETE_TANK,
    DELETED,
    LIST_TANKS,
    NO_LISTENER,
    SHOW_LISTENER,
    ScriptedCloud,
    shown_listener,
    tanks,
)
from tests.unit.test_removal import (
    EVENT,
    FORBIDDEN,
    MINE,
    NOTHING,
    ONE_DELETED,
    delete,
    failure,
)

IF_GONE = {**EVENT, "only_if_listener_is_gone": True}


@pytest.mark.parametrize("status", ["ACTIVE", "PENDING", "ERROR"])
def test_nothing_is_deleted_while_the_listener_exists(status: str) -> None:
    """A trace alone does not prove that it is gone."""
    stage = ScriptedCloud(shown_listener(status=status))

    result = delete(stage, IF_GONE)

    reason = f"the listener still exists, in status {status}"
    assert result == {**NOTHING, "reason": reason}


def test_the_logtanks_of_a_listener_that_is_gone_are_deleted() -> None:
    """GA says so with 404 and its own code."""
    stage = ScriptedCloud(NO_LISTENER, tanks(MINE), DELETED)

    assert delete(stage, IF_GONE) == ONE_DELETED
    assert stage.operations == [SHOW_LISTENER, LIST_TANKS, DELETE_TANK]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(404, "APIGW.0101"), errors.ProvisioningError),
        (Reply(404), errors.NotFound),
        (FORBIDDEN, errors.PermissionDenied),
    ],
)
def test_another_answer_does_not_mean_that_the_listener_is_gone(
    answer: Reply, kind: type[errors.ProvisioningError]
) -> None:
    """A gateway's 404 says nothing about the listener."""
    error = failure(ScriptedCloud(answer), IF_GONE)

    assert isinstance(error, kind)
    assert error.step == "delete_logtank"


def test_a_listener_that_is_being_deleted_is_waited_for() -> None:
    """The trace of its deletion may arrive early."""
    deleting = shown_listener(status="DELETING")
    stage = ScriptedCloud(deleting, deleting, NO_LISTENER, tanks(MINE), DELETED)

    assert delete(stage, IF_GONE) == ONE_DELETED
    assert stage.slept > 0


def test_a_listener_that_stays_in_deletion_is_a_retryable_error() -> None:
    """Time is up before GA has deleted it, so the event must be sent again."""
    stage = ScriptedCloud(*[shown_listener(status="DELETING")] * 2, limit=0.5)

    error = failure(stage, IF_GONE)

    assert error.retryable
    assert isinstance(error, errors.DeadlineExceeded)
    expected = "The function's time ran out: The listener is being deleted"
    assert (error.detail, error.service) == (expected, "GA")
