"""`reconcile` says what it did before a failure, and the next run does the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.errors import (
    BatchFailed,
    DeadlineExceeded,
    InvalidProject,
    ProvisioningError,
    QuotaExceeded,
    ServiceFailed,
)
from tests.e2e.account.accounts import REQUEST, calls, plant, resources
from tests.e2e.answering import RAISED, invoke
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import expect_error, listener_id, send
from tests.emulator import Emulator

APPLY: dict[str, object] = {"apply": True}
LISTENERS = 6
WRITING = {"CreateLogStream", "CreateLogtank", "UpdateLogtank", "DeleteLogtank"}


def plant_listeners(cloud: Emulator, number: int = LISTENERS) -> None:
    """Put listeners without logs into the account, the oldest first."""
    cloud.seed(
        listeners=[
            {"id": listener_id(each), "created_at": f"2026-01-01T00:{each:02}:00Z"}
            for each in range(number)
        ]
    )


def assert_finished(cloud: Emulator, number: int = LISTENERS) -> None:
    """Check that another run does what is left, and that a third one does nothing."""
    send("reconcile", APPLY, LambdaContext(30))
    assert sorted(each["resource_id"] for each in cloud.logtanks) == [
        listener_id(each) for each in range(number)
    ]
    result = send("reconcile", APPLY, LambdaContext(30))
    assert (result["changes"], result["unchanged"]) == ([], number)


@pytest.mark.parametrize(
    "operation", ["ListListeners", "ListLogtanks", "ShowListener", "ListLogStream"]
)
@pytest.mark.parametrize("event", [{}, APPLY], ids=["plan", "application"])
def test_an_incomplete_survey_changes_nothing(
    cloud: Emulator, operation: str, event: dict[str, object]
) -> None:
    """Each call of the survey must succeed before anything is changed."""
    plant(cloud)
    before = resources(cloud)
    cloud.fail({"operation": operation, "status": 500, "times": None})
    error = expect_error("reconcile", REQUEST | event)
    assert isinstance(error, ServiceFailed)
    assert (error.step, error.retryable) == ("survey", True)
    assert resources(cloud) == before


@pytest.mark.parametrize("operation", ["ListListeners", "ListLogtanks"])
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 500},
        {"status": 403},
        {"connection": "refuse_answer"},
        {"status": 200, "body": {}},
        {"status": 200, "body": "no JSON"},
    ],
    ids=["500", "403", "no reply", "no list", "no JSON"],
)
def test_a_missing_page_changes_nothing(
    cloud: Emulator, operation: str, fault: dict[str, object]
) -> None:
    """What is on the page that failed is unknown, so nothing counts as missing."""
    plant(cloud, list_page_size=17)
    before = resources(cloud)
    cloud.fail({"operation": operation, "skip": 1, "times": None, **fault})
    error = expect_error("reconcile", REQUEST | APPLY)
    assert error.step == "survey"
    assert resources(cloud) == before


def test_the_groups_must_be_listed_before_a_group_counts_as_missing(
    cloud: Emulator,
) -> None:
    """The wanted log group is looked up first."""
    plant_listeners(cloud)
    cloud.fail({"operation": "ListLogGroups", "status": 403, "times": None})
    error = expect_error("reconcile", APPLY | {"log_group_name": "edge"})
    assert isinstance(error, InvalidProject)
    assert calls(cloud) == {"ListLogGroups": 1}


def failed_change(document: dict[str, Any]) -> dict[str, Any]:
    """Return the only change that failed."""
    (change,) = (each for each in document["changes"] if each.get("error"))
    found: dict[str, Any] = change
    return found


@pytest.mark.parametrize(
    ("operation", "step"),
    [("CreateLogStream", "create_log_stream"), ("CreateLogtank", "create_logtank")],
)
def test_a_change_that_fails_does_not_keep_the_others_from_being_made(
    cloud: Emulator, operation: str, step: str
) -> None:
    """The error has the whole document, and the next run does what is left."""
    plant_listeners(cloud)
    cloud.seed(listeners=[{"id": "f" * 32, "frozen": True}])
    cloud.fail({"operation": operation, "status": 400})
    outcome = invoke("reconcile", APPLY)
    document = outcome.document
    assert outcome.kind == RAISED
    assert isinstance(outcome.error, BatchFailed)
    assert document["applied"] is True
    assert len(document["changes"]) == LISTENERS
    assert [each["reason"] for each in document["skipped"]] == [
        "the listener is frozen"
    ]
    assert document["unchanged"] == 0
    failed = failed_change(document)
    assert failed["action"] == "create"
    assert failed["error"]["step"] == step
    assert failed["error"]["resource_id"] == failed["resource_id"]
    assert failed["error"]["log_stream_name"] == failed["log_stream_name"]
    tanks = {each["id"] for each in cloud.logtanks}
    rest = [each for each in document["changes"] if each is not failed]
    assert {each["logtank_id"] for each in rest} == tanks
    assert len(rest) == LISTENERS - 1
    cloud.remove("f" * 32)
    assert_finished(cloud)


def test_a_single_failed_change_raises_the_whole_document(cloud: Emulator) -> None:
    """Even a single change has its error inside the list of changes."""
    plant_listeners(cloud, 1)
    cloud.fail({"operation": "CreateLogtank", "status": 403})
    error = expect_error("reconcile", APPLY)
    assert isinstance(error, BatchFailed)
    shown = json.loads(str(error))
    assert shown["applied"] is True
    assert failed_change(shown)["error"]["title"] == "Permission denied"
    assert error.retryable is False


def test_after_five_failures_in_a_row_no_further_change_is_begun(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The changes that were not begun say why, and can be made by the next run."""
    monkeypatch.setenv("MAX_CONCURRENCY", "1")
    monkeypatch.setenv("RETRY_ATTEMPTS", "1")
    plant_listeners(cloud, 12)
    cloud.fail({"operation": "CreateLogStream", "status": 500, "times": None})
    error = expect_error("reconcile", APPLY)
    assert isinstance(error, BatchFailed)
    details = [each.detail for each in error.failures.values()]
    assert len(details) == 12
    assert sum(each.startswith("Not started") for each in details) == 7
    assert calls(cloud)["CreateLogStream"] == 5
    assert error.retryable
    cloud.settle()
    assert_finished(cloud, 12)


def test_what_the_deadline_leaves_undone_is_done_by_the_next_run(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every change is in the document: with its result or as not started."""
    monkeypatch.setenv("MAX_CONCURRENCY", "2")
    cloud.reset(latency_seconds=0.1)
    plant_listeners(cloud, 30)
    error = expect_error("reconcile", APPLY, LambdaContext(3.5))
    assert isinstance(error, BatchFailed)
    assert {type(each) for each in error.failures.values()} == {DeadlineExceeded}
    assert error.retryable
    document = error.as_document()
    done = [each for each in document["changes"] if "logtank_id" in each]  # type: ignore[attr-defined]
    assert 0 < len(done) < 30
    assert len(cloud.logtanks) == len(done)
    cloud.settle()
    monkeypatch.setenv("MAX_CONCURRENCY", "8")
    assert_finished(cloud, 30)


@pytest.mark.parametrize("lost", ["CreateLogStream", "CreateLogtank"])
@pytest.mark.parametrize("second_logtank", ["refuse", "allow"])
def test_a_lost_reply_creates_nothing_twice(
    mature: Emulator, lost: str, second_logtank: str
) -> None:
    """The create is looked up before it is repeated."""
    mature.reset(second_logtank=second_logtank)
    plant_listeners(mature)
    mature.fail({"operation": lost, "work": True, "connection": "refuse_answer"})
    result = send("reconcile", APPLY)
    assert len(result["changes"]) == len(mature.logtanks) == LISTENERS
    assert len(mature.streams) == LISTENERS
    assert_finished(mature)


def room(monkeypatch: pytest.MonkeyPatch, streams: int) -> None:
    """Allow a log group this number of streams."""
    monkeypatch.setenv("LOG_STREAMS_PER_GROUP", str(streams))


def reasons(document: dict[str, Any]) -> dict[str, str]:
    """Return why listeners were skipped, by their IDs."""
    return {each["resource_id"]: each["reason"] for each in document["skipped"]}


def test_a_plan_reports_listeners_for_whose_streams_there_is_no_room(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The streams of the group count, and the oldest listeners come first."""
    room(monkeypatch, 5)
    plant_listeners(cloud)
    cloud.seed(log_streams=[{"count": 2}])
    result = send("reconcile", {})
    assert [each["resource_id"] for each in result["changes"]] == [
        listener_id(each) for each in range(3)
    ]
    assert reasons(result).keys() == {listener_id(each) for each in (3, 4, 5)}
    assert all("LOG_STREAMS_PER_GROUP" in each for each in reasons(result).values())


def test_an_application_makes_what_fits_and_raises_quota_exceeded(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error has the document of the run, and a rerun finds nothing that fits."""
    room(monkeypatch, 5)
    plant_listeners(cloud)
    cloud.seed(log_streams=[{"count": 2}])
    outcome = invoke("reconcile", APPLY)
    assert isinstance(outcome.error, QuotaExceeded)
    assert (outcome.status, outcome.error.retryable) == (409, False)
    document = outcome.document
    assert document["applied"] is True
    assert len(document["changes"]) == len(cloud.logtanks) == 3
    assert len(document["skipped"]) == 3
    again = invoke("reconcile", APPLY)
    assert again.document["changes"] == []
    assert again.document["unchanged"] == 3
    monkeypatch.delenv("LOG_STREAMS_PER_GROUP")
    assert_finished(cloud)


def test_a_shared_stream_needs_room_once(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream that exists needs none."""
    room(monkeypatch, 1)
    plant_listeners(cloud)
    for _ in range(2):
        assert send("reconcile", APPLY | {"log_stream_name": "shared"})["skipped"] == []
    assert len(cloud.streams) == 1


@pytest.mark.parametrize("event", [{}, APPLY])
def test_a_group_without_any_room_is_full(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, event: dict[str, object]
) -> None:
    """A plan still is a result, and an application an error without changes."""
    room(monkeypatch, 1)
    plant_listeners(cloud, 2)
    cloud.seed(log_streams=[{"count": 3}])
    try:
        document = send("reconcile", event)
    except ProvisioningError as error:
        document = error.as_document()
    assert (document["changes"], len(document["skipped"])) == ([], 2)
    assert ("title" in document) is bool(event)
    assert calls(cloud).keys().isdisjoint(WRITING)
