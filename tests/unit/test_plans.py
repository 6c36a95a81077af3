"""Errors with the changes of a plan: what was done is not lost in a failure."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from functions import contracts
from functions.errors import (
    BatchFailed,
    Plan,
    ProvisioningError,
    QuotaExceeded,
    Result,
    ServiceFailed,
    Throttled,
)


def broken() -> ServiceFailed:
    """Return the error of a change."""
    return ServiceFailed("It broke.", code="LTS.0202", service="LTS", retry_after=3.0)


def changed(name: str) -> Result:
    """Return a change that creates a logtank, with what it created."""
    return {
        "action": "create",
        "resource_id": name,
        "log_stream_name": f"ga-{name}",
        "log_stream_id": "s",
        "created": ["log_stream", "logtank"],
    }


PLANNED: Result = {"action": "delete", "resource_id": "o", "logtank_id": "t"}
SKIPPED: Result = {"resource_id": "f", "reason": "it is frozen", "logtanks": []}


def plan(errors: Mapping[int, ProvisioningError]) -> Plan:
    """Return a plan of two changes that was applied with these errors."""
    return Plan(
        applied=True,
        changes=[changed("l"), PLANNED],
        skipped=[SKIPPED],
        unchanged=7,
        errors=errors,
    )


def test_the_result_of_a_plan_has_the_errors_in_their_places() -> None:
    """Each change that failed has its own, in full."""
    error = broken()

    result = plan({1: error}).as_result()

    failed = {**PLANNED, "error": error.as_document()}
    assert result["changes"] == [changed("l"), failed]


def test_a_plan_without_errors_is_a_result() -> None:
    """It is what `reconcile` returns."""
    result = plan({}).as_result()

    contracts.check("reconcile.result", result)
    assert result == {
        "applied": True,
        "changes": [changed("l"), PLANNED],
        "skipped": [SKIPPED],
        "unchanged": 7,
    }


def test_a_failed_plan_has_the_outcome_of_each_change() -> None:
    """A failed change has its error, and the others have their results."""
    batch = BatchFailed.from_plan(plan({1: broken()}))

    document = batch.as_document()

    contracts.check("error", document)
    assert document["changes"] == [
        changed("l"),
        {**PLANNED, "error": broken().as_document()},
    ]
    assert document["applied"]
    assert document["skipped"] == [SKIPPED]
    assert document["unchanged"] == 7
    assert document["detail"] == "1 of 2 changes failed (counted from 0): 1"
    assert (batch.status, batch.retryable, batch.retry_after) == (502, True, 3.0)
    assert "results" not in document


def test_the_text_of_a_failed_plan_has_only_the_failures() -> None:
    """What succeeded, was skipped or is unchanged is not in it."""
    shown = json.loads(str(BatchFailed.from_plan(plan({1: broken()}))))

    contracts.check("error", shown)
    assert shown["changes"] == [{**PLANNED, "error": broken().as_document()}]
    assert not {"skipped", "unchanged", "results"} & shown.keys()


def test_an_error_can_have_a_plan_in_its_document() -> None:
    """Its text and its summary, which is logged, have no list of changes."""
    error = QuotaExceeded("The log group has no room for 3 streams")
    error.plan = plan({})

    document = error.as_document()

    contracts.check("error", document)
    assert document == error.as_summary() | plan({}).as_result()
    assert "changes" not in error.as_summary()
    assert str(error) == str(QuotaExceeded("The log group has no room for 3 streams"))


def test_a_summary_of_a_batch_has_no_results() -> None:
    """It is the document without its lists."""
    summary = BatchFailed([broken()]).as_summary()

    contracts.check("error", summary)
    assert "results" not in summary


def test_a_batch_shows_a_plan_with_its_failures_alone() -> None:
    """An event may have several requests for `reconcile`."""
    failed = BatchFailed.from_plan(plan({1: broken()}))
    shown = json.loads(str(BatchFailed([{"created": True}, failed])))

    contracts.check("error", shown)
    assert shown["results"] == [failed.failures_alone()]


def test_a_failed_plan_has_a_remedy_of_its_own() -> None:
    """What has been changed stays so."""
    assert BatchFailed.from_plan(plan({1: broken()})).remedy == (
        "Do what the remedy of each failure says, and send the event again: what has "
        "been changed already stays changed."
    )


@pytest.mark.parametrize(
    ("pauses", "longest"), [([None], None), ([None, 0.5], 0.5), ([7.0, 3.0], 7.0)]
)
def test_a_failed_batch_asks_for_the_longest_pause(
    pauses: list[float | None], longest: float | None
) -> None:
    """None if no failure asks for one."""
    batch = BatchFailed([Throttled("x", retry_after=pause) for pause in pauses])

    assert batch.retry_after == longest
