"""`delete_logtank` deletes logtanks, and on request streams that nothing else uses."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import (
    PermissionDenied,
    ServiceFailed,
)
from tests.e2e.account.accounts import calls
from tests.e2e.driving import (
    LISTENER,
    NOWHERE,
    expect_error,
    listener_id,
    operations,
    send,
)
from tests.emulator import Emulator

EVENT: dict[str, object] = {"resource_id": LISTENER}
WITH_STREAM = EVENT | {"delete_log_stream": True}
TANK = {"id": "t", "resource_id": LISTENER, "log_stream_id": "s"}
NOTHING: dict[str, Any] = {
    "deleted": [],
    "logtank_ids": [],
    "log_stream_ids": [],
    "kept": [],
}


def plant(cloud: Emulator, *, listener: dict[str, Any] | None = None) -> None:
    """Put a listener, its stream and its logtank into the account."""
    cloud.seed(
        listeners=[{"id": LISTENER} | (listener or {}), {"id": listener_id(1)}],
        log_streams=[{"log_stream_id": "s", "log_stream_name": "edge"}],
        logtanks=[TANK],
    )


def test_the_logtank_is_deleted_and_its_stream_is_kept(cloud: Emulator) -> None:
    """It takes a list and a deletion; a redelivery finds nothing."""
    plant(cloud)
    assert send("delete_logtank", EVENT) == {
        "resource_id": LISTENER,
        "deleted": ["logtank"],
        "logtank_ids": ["t"],
        "log_stream_ids": [],
        "kept": [],
    }
    assert operations(cloud) == ["ListLogtanks", "DeleteLogtank"]
    assert (cloud.logtanks, len(cloud.streams)) == ([], 1)
    again = send("delete_logtank", EVENT)
    assert again == {
        "resource_id": LISTENER,
        **NOTHING,
        "reason": "the listener has no logtank",
    }


def test_the_stream_is_deleted_on_request(cloud: Emulator) -> None:
    """The log group stays."""
    plant(cloud)
    groups = cloud.state()["log_groups"]
    result = send("delete_logtank", WITH_STREAM)
    assert (result["deleted"], result["log_stream_ids"]) == (
        ["logtank", "log_stream"],
        ["s"],
    )
    assert (cloud.logtanks, cloud.streams) == ([], [])
    assert cloud.state()["log_groups"] == groups


@pytest.mark.parametrize(
    ("planted", "reason"),
    [
        (
            {"logtanks": [{"log_stream_id": "s", "count": 3}]},
            "another logtank ships to it",
        ),
        (
            {"log_streams": [{"log_stream_id": "s", "used_by": ["transfer"]}]},
            "a log transfer uses it",
        ),
        (
            {"log_streams": [{"log_stream_id": "s", "used_by": ["access_config"]}]},
            "LTS refused to delete it: an access configuration may use it",
        ),
        (
            {"logtanks": [{**TANK, "project_id": "0" * 32}]},
            "it is in another project",
        ),
    ],
    ids=["another logtank", "a transfer", "an access configuration", "another project"],
)
def test_a_stream_that_something_else_uses_is_kept(
    cloud: Emulator, planted: dict[str, Any], reason: str
) -> None:
    """The result says why; other logtanks are looked for on every page."""
    cloud.reset(list_page_size=1)
    plant(cloud)
    cloud.seed(**planted)
    result = send("delete_logtank", WITH_STREAM)
    assert result["deleted"] == ["logtank"]
    assert result["kept"] == [{"log_stream_id": "s", "reason": reason}]
    assert [each["log_stream_id"] for each in cloud.streams] == ["s"]
    assert "t" not in {each["id"] for each in cloud.logtanks}


def test_a_stream_that_comes_into_use_meanwhile_is_kept(
    clean_environment: pytest.MonkeyPatch,
) -> None:
    """The other logtanks are listed again once the listener's own is deleted."""

    def use_stream(call: dict[str, Any]) -> None:
        if call["operation"] == "DeleteLogtank":
            cloud.seed(logtanks=[{"id": "late", "log_stream_id": "s"}])

    with Emulator(on_call=use_stream) as cloud:
        for name, value in cloud.environment().items():
            clean_environment.setenv(name, value)
        plant(cloud)
        result = send("delete_logtank", WITH_STREAM)
    assert result["logtank_ids"] == ["t"]
    assert [each["reason"] for each in result["kept"]] == [
        "another logtank ships to it"
    ]


def test_all_logtanks_of_the_listener_are_deleted(cloud: Emulator) -> None:
    """Each stream is deleted once."""
    plant(cloud)
    cloud.seed(
        log_streams=[{"log_stream_id": "s2"}],
        logtanks=[
            {"id": "t2", "resource_id": LISTENER, "log_stream_id": "s"},
            {"id": "t3", "resource_id": LISTENER, "log_stream_id": "s2"},
        ],
    )
    result = send("delete_logtank", WITH_STREAM)
    assert sorted(result["logtank_ids"]) == ["t", "t2", "t3"]
    assert sorted(result["log_stream_ids"]) == ["s", "s2"]
    assert (cloud.logtanks, cloud.streams) == ([], [])


def test_a_listener_without_a_logtank_has_an_unknown_stream(cloud: Emulator) -> None:
    """If GA has removed the logtank already, the result says so."""
    plant(cloud)
    cloud.remove("t")
    result = send("delete_logtank", WITH_STREAM)
    assert result["deleted"] == []
    assert result["reason"].endswith("so the log stream that it shipped to is unknown")
    assert calls(cloud).keys() == {"ListLogtanks"}


def test_a_used_stream_is_known_before_the_logtank_is_deleted(cloud: Emulator) -> None:
    """If the other logtanks cannot be listed, nothing is deleted."""
    plant(cloud)
    cloud.fail({"operation": "ListLogtanks", "status": 500, "times": None})
    assert isinstance(expect_error("delete_logtank", WITH_STREAM), ServiceFailed)
    assert "DeleteLogtank" not in calls(cloud)


@pytest.mark.parametrize(
    ("fault", "is_deleted"),
    [
        ([{"status": 404}], False),
        ([{"status": 500, "work": True}], True),
        ([{"connection": "refuse_answer", "work": True}], True),
        ([{"status": 500}], True),
        ([{"status": 429}], True),
        ([{"status": 400, "body": {"error_code": "GA.9004"}}], True),
    ],
    ids=[
        "not there",
        "a 500 although it was done",
        "no reply although it was done",
        "a 500",
        "throttled",
        "busy",
    ],
)
def test_a_deletion_counts_if_this_call_may_have_done_it(
    cloud: Emulator, fault: list[dict[str, Any]], *, is_deleted: bool
) -> None:
    """A 404 to a repeated deletion counts as deleted, to a first one as not there."""
    plant(cloud)
    cloud.fail(*({"operation": "DeleteLogtank", **each} for each in fault))
    result = send("delete_logtank", EVENT)
    assert result["logtank_ids"] == (["t"] if is_deleted else [])


def test_a_stream_that_cannot_be_deleted_is_named_in_the_error(cloud: Emulator) -> None:
    """Another delivery cannot find it, since the logtank is gone."""
    plant(cloud)
    forbidden = {"status": 403, "body": {"error_code": "LTS.0003"}}
    cloud.fail({"operation": "DeleteLogStream", "times": None, **forbidden})
    error = expect_error("delete_logtank", WITH_STREAM)
    assert isinstance(error, PermissionDenied)
    assert (error.step, error.deleted) == ("delete_log_stream", ["logtank"])
    assert (error.log_group_id, error.log_stream_id) == (cloud.log_group_id, "s")
    assert f"Delete stream s of log group {cloud.log_group_id} by hand" in error.remedy
    assert cloud.logtanks == []


def test_a_stream_that_is_gone_already_counts_like_a_logtank(cloud: Emulator) -> None:
    """LTS.0208 is not a failure, and the stream does not count as deleted."""
    plant(cloud)
    cloud.remove("s")
    result = send("delete_logtank", WITH_STREAM)
    assert (result["deleted"], result["log_stream_ids"]) == (["logtank"], [])
    assert result["kept"] == []


@pytest.mark.parametrize("lost", [{"connection": "refuse_answer"}, {"status": 500}])
def test_a_stream_whose_deletion_got_no_reply_counts_as_deleted(
    cloud: Emulator, lost: dict[str, Any]
) -> None:
    """The repeated deletion finds nothing."""
    plant(cloud)
    cloud.fail({"operation": "DeleteLogStream", "work": True, **lost})
    assert send("delete_logtank", WITH_STREAM)["log_stream_ids"] == ["s"]


def test_a_later_logtank_that_cannot_be_deleted_is_named(cloud: Emulator) -> None:
    """The error says that one was deleted before."""
    plant(cloud)
    cloud.seed(logtanks=[{**TANK, "id": "t2"}])
    cloud.fail({"operation": "DeleteLogtank", "status": 403, "skip": 1, "times": None})
    error = expect_error("delete_logtank", EVENT)
    assert (error.step, error.logtank_id) == ("delete_logtank", "t2")
    assert error.deleted == ["logtank"]


def test_a_listener_that_never_existed_has_nothing_to_delete(cloud: Emulator) -> None:
    """The result is the same as for a redelivery."""
    plant(cloud)
    result = send("delete_logtank", {"resource_id": NOWHERE})
    assert result["reason"] == "the listener has no logtank"
