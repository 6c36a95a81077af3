"""`prune` deletes orphaned and surplus logtanks, and is kept from doing harm."""

from __future__ import annotations

import pytest

from functions.errors import BatchFailed
from tests.e2e.account.accounts import calls
from tests.e2e.driving import NOWHERE, expect_error, listener_id, send
from tests.emulator import Emulator

PRUNE: dict[str, object] = {"prune": True, "apply": True}
LISTENER, OTHER = listener_id(0), listener_id(1)
GONE = listener_id(900)


@pytest.fixture
def account(cloud: Emulator) -> Emulator:
    """Return an account with two listeners, one in order, and an orphaned logtank."""
    cloud.seed(
        listeners=[{"id": LISTENER}, {"id": OTHER, "accelerator_id": "a"}],
        log_streams=[{"log_stream_id": "s", "log_stream_name": f"ga-{LISTENER}"}],
        logtanks=[
            {"id": "in-order", "resource_id": LISTENER, "log_stream_id": "s"},
            {"id": "orphan", "resource_id": GONE, "log_stream_id": "s"},
        ],
    )
    return cloud


def deleted(account: Emulator, event: dict[str, object]) -> set[str]:
    """Return the IDs of the logtanks that an event deletes."""
    before = {each["id"] for each in account.logtanks}
    send("reconcile", event)
    return before - {each["id"] for each in account.logtanks}


@pytest.mark.parametrize(
    ("listeners", "expected"),
    [
        (None, {"orphan"}),
        ({}, {"orphan"}),
        ({"resource_ids": [GONE]}, {"orphan"}),
        ({"resource_ids": [GONE, LISTENER]}, {"orphan"}),
        ({"resource_ids": [LISTENER]}, set()),
        ({"resource_ids": [NOWHERE]}, set()),
        ({"accelerator_ids": ["a"]}, set()),
        ({"tags": [{"key": "team"}]}, set()),
    ],
)
def test_an_orphan_is_deleted_only_if_it_was_requested(
    account: Emulator, listeners: dict[str, object] | None, expected: set[str]
) -> None:
    """All listeners, or the ID that it refers to; a filter might just not match."""
    event = PRUNE if listeners is None else PRUNE | {"listeners": listeners}
    assert deleted(account, event) == expected
    assert account.streams[0]["log_stream_id"] == "s"


def test_a_deletion_names_the_logtank_and_its_stream(account: Emulator) -> None:
    """The name of a stream in another log group is not known."""
    account.seed(logtanks=[{"id": "lost", "resource_id": GONE, "log_group_id": "far"}])
    changes = send("reconcile", {"prune": True})["changes"]
    found = [each for each in changes if each["action"] == "delete"]
    assert found == [
        {
            "action": "delete",
            "resource_id": GONE,
            "log_stream_name": f"ga-{LISTENER}",
            "logtank_id": "orphan",
        },
        {"action": "delete", "resource_id": GONE, "logtank_id": "lost"},
    ]


def test_nothing_is_deleted_without_prune(account: Emulator) -> None:
    """The orphan is reported."""
    result = send("reconcile", {"apply": True})
    (skipped,) = result["skipped"]
    assert (skipped["resource_id"], skipped["logtanks"][0]["logtank_id"]) == (
        GONE,
        "orphan",
    )
    assert "DeleteLogtank" not in calls(account)


def test_a_listener_that_ga_does_not_list_but_knows_keeps_its_logtank(
    account: Emulator,
) -> None:
    """An absence from a list is not enough."""
    empty = {"listeners": [], "page_info": {"current_count": 0}}
    account.fail({"operation": "ListListeners", "status": 200, "body": empty})
    result = send("reconcile", PRUNE)
    ids = [each["logtank_id"] for each in result["changes"]]
    assert ids == ["orphan"]
    assert [each["id"] for each in account.logtanks] == ["in-order"]


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 404, "body": {"error_code": "APIGW.0101"}},
        {"status": 404, "body": {}},
        {"status": 403},
        {"status": 500},
        {"connection": "refuse_answer"},
    ],
)
def test_a_listener_that_cannot_be_looked_up_is_not_gone(
    account: Emulator, fault: dict[str, object]
) -> None:
    """Nothing at all is changed."""
    account.fail({"operation": "ShowListener", "times": None, **fault})
    assert expect_error("reconcile", PRUNE).step == "survey"
    assert "DeleteLogtank" not in calls(account)
    assert len(account.logtanks) == 2


def test_nothing_is_pruned_while_no_listener_is_visible(cloud: Emulator) -> None:
    """A credential of another account sees none."""
    cloud.reset(listeners=[])
    cloud.seed(logtanks=[{"count": 3, "resource_id": "{n:032x}"}])
    result = send("reconcile", PRUNE)
    assert (result["changes"], len(result["skipped"])) == ([], 3)
    assert {each["reason"] for each in result["skipped"]} == {
        "no listener is visible, so nothing is pruned"
    }
    assert len(cloud.logtanks) == 3


def surplus(cloud: Emulator, *streams: str) -> None:
    """Give the other listener one logtank to each of these streams."""
    cloud.seed(
        log_streams=[{"log_stream_id": "own", "log_stream_name": f"ga-{OTHER}"}],
        logtanks=[
            {
                "id": f"t{place}",
                "resource_id": OTHER,
                "log_stream_id": stream,
                "created_at": f"2026-01-01T00:00:{20 - place:02}Z",
            }
            for place, stream in enumerate(streams)
        ],
    )


def test_surplus_logtanks_to_one_stream_are_deleted_except_the_oldest(
    account: Emulator,
) -> None:
    """The listener then is in order."""
    surplus(account, "own", "own", "own")
    ids = {"listeners": {"resource_ids": [OTHER]}}
    assert deleted(account, PRUNE | ids) == {"t0", "t1"}
    assert send("reconcile", PRUNE | ids)["unchanged"] == 1


def test_logtanks_to_different_streams_are_not_surplus(account: Emulator) -> None:
    """Only a person knows which of them is wanted."""
    surplus(account, "own", "s")
    assert deleted(account, PRUNE) == {"orphan"}


def test_surplus_elsewhere_is_pruned_before_the_oldest_is_repointed(
    account: Emulator,
) -> None:
    """One run is enough."""
    account.seed(log_streams=[{"log_stream_id": "elsewhere"}])
    surplus(account, "elsewhere", "elsewhere")
    result = send("reconcile", PRUNE | {"repoint": True})
    actions = [each["action"] for each in result["changes"]]
    assert sorted(actions) == ["delete", "delete", "repoint"]
    tank = next(each for each in account.logtanks if each["resource_id"] == OTHER)
    assert (tank["id"], tank["log_stream_id"]) == ("t1", "own")
    assert send("reconcile", PRUNE | {"repoint": True})["changes"] == []


def test_a_logtank_that_somebody_else_has_deleted_is_no_failure(
    account: Emulator,
) -> None:
    """GA answers that it does not exist."""
    account.fail({"operation": "DeleteLogtank", "status": 404})
    assert [each["action"] for each in send("reconcile", PRUNE)["changes"]].count(
        "delete"
    ) == 1


@pytest.mark.parametrize("lost", [{"connection": "refuse_answer"}, {"status": 500}])
def test_a_deletion_whose_reply_is_lost_is_repeated(
    account: Emulator, lost: dict[str, object]
) -> None:
    """A 404 to the repetition means that it was done."""
    account.fail({"operation": "DeleteLogtank", "work": True, **lost})
    assert deleted(account, PRUNE) == {"orphan"}


def test_a_deletion_that_is_refused_is_a_failed_change(account: Emulator) -> None:
    """The listeners get their logs nevertheless."""
    account.fail({"operation": "DeleteLogtank", "status": 403, "times": None})
    error = expect_error("reconcile", PRUNE)
    assert isinstance(error, BatchFailed)
    (failure,) = error.failures.values()
    assert (failure.step, failure.logtank_id) == ("delete_logtank", "orphan")
    assert failure.resource_id == GONE
    assert OTHER in {each["resource_id"] for each in account.logtanks}
