"""`update_stream` gives an adopted stream the requested retention and tags."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import BatchFailed, PermissionDenied, ServiceFailed
from tests.e2e.account.accounts import calls
from tests.e2e.driving import (
    EVENT,
    LISTENER,
    STREAM_NAME,
    expect_error,
    listeners,
    operations,
    send,
)
from tests.e2e.faults import call_count
from tests.emulator import Emulator

UPDATE: dict[str, object] = {"log_stream_name": STREAM_NAME, "update_stream": True}
UPDATE_TTL, CHANGE_TAGS = "UpdateLogStream", "CreateTags"
SYSTEM_TAG = "_sys_enterprise_project_id"


def tag(key: str, value: str = "") -> dict[str, str]:
    """Return a tag."""
    return {"key": key, "value": value}


def plant(cloud: Emulator, **fields: object) -> None:
    """Put the listener's stream into the account."""
    cloud.seed(
        log_streams=[{"log_stream_id": "s", "log_stream_name": STREAM_NAME} | fields]
    )


def stream(cloud: Emulator) -> dict[str, Any]:
    """Return the stream."""
    return cloud.streams[0]


@pytest.mark.parametrize(
    ("found", "requested", "updated"),
    [
        ({"ttl_in_days": 7}, {"ttl_in_days": 14}, ["ttl_in_days"]),
        ({"ttl_in_days": 7}, {"ttl_in_days": 7}, None),
        ({"ttl_in_days": 7}, {}, None),
        ({}, {"tags": [tag("team", "edge")]}, ["tags"]),
        ({"tags": [tag("team", "shop")]}, {"tags": [tag("team", "edge")]}, ["tags"]),
        ({"tags": [tag("old"), tag("team", "a")]}, {"tags": [tag("team")]}, ["tags"]),
        ({"tags": [tag("old")]}, {"tags": []}, ["tags"]),
        ({"tags": [tag("team", "a")]}, {"tags": [tag("team", "a")]}, None),
        (
            {"ttl_in_days": 7, "tags": [tag("old")]},
            {"ttl_in_days": 8, "tags": [tag("new")]},
            ["ttl_in_days", "tags"],
        ),
    ],
)
def test_what_differs_is_updated(
    cloud: Emulator,
    found: dict[str, object],
    requested: dict[str, Any],
    updated: list[str] | None,
) -> None:
    """All tags are replaced except the system's, and a second run changes nothing."""
    plant(cloud, **found)
    result = send("create_log_stream", UPDATE | requested)
    assert (result["created"], result.get("updated")) == (False, updated)
    assert "differs" not in result
    after = stream(cloud)
    if "ttl_in_days" in requested:
        assert after["ttl_in_days"] == requested["ttl_in_days"]
    if "tags" in requested:
        assert SYSTEM_TAG in after["tag"]
        own = {key: value for key, value in after["tag"].items() if key != SYSTEM_TAG}
        assert own == {each["key"]: each["value"] for each in requested["tags"]}
    made = len(cloud.calls)
    assert "updated" not in send("create_log_stream", UPDATE | requested)
    assert not {UPDATE_TTL, CHANGE_TAGS} & set(operations(cloud)[made:])


def test_without_the_request_differences_are_only_reported(cloud: Emulator) -> None:
    """The stream is not changed."""
    plant(cloud, ttl_in_days=7)
    before = stream(cloud)
    event = {"log_stream_name": STREAM_NAME, "ttl_in_days": 8}
    assert send("create_log_stream", event)["differs"] == ["ttl_in_days"]
    assert stream(cloud) == before


def test_an_alias_cannot_be_updated(cloud: Emulator) -> None:
    """It stays in `differs`, and the rest is updated."""
    plant(cloud, ttl_in_days=7, log_stream_name_alias="old")
    event = UPDATE | {"ttl_in_days": 8, "log_stream_name_alias": "new"}
    result = send("create_log_stream", event)
    assert result["updated"] == ["ttl_in_days"]
    assert result["differs"] == ["log_stream_name_alias"]


@pytest.mark.parametrize(
    ("days", "updated"), [(30, None), (7, ["ttl_in_days"])], ids=["equal", "different"]
)
def test_a_stream_that_inherits_its_retention_is_compared_with_its_group(
    cloud: Emulator, days: int, updated: list[str] | None
) -> None:
    """A listed retention of -1 means that of the group; the groups are listed once."""
    cloud.reset(inherited_ttl="-1")
    plant(cloud)
    result = send("create_log_stream", UPDATE | {"ttl_in_days": days})
    assert result.get("updated") == updated
    assert call_count(cloud, "ListLogGroups") == 1
    assert call_count(cloud, UPDATE_TTL) == (1 if updated else 0)


def test_the_tags_of_the_group_do_not_differ(cloud: Emulator) -> None:
    """LTS copies them to the streams; they are neither compared nor deleted."""
    group = {"log_group_id": "g", "tags": [tag("owner", "platform")]}
    own, inherited = tag("team", "edge"), tag("owner", "platform")
    cloud.seed(log_groups=[group])
    plant(cloud, log_group_id="g", tags=[own, inherited])
    event = UPDATE | {"log_group_id": "g", "tags": [own]}
    result = send("create_log_stream", event)
    assert "updated" not in result
    assert "differs" not in result
    other = {"tags": [tag("team", "shop")]}
    assert send("create_log_stream", event | other)["updated"] == ["tags"]
    assert stream(cloud)["tag"] == {
        SYSTEM_TAG: "0",
        "team": "shop",
        "owner": "platform",
    }


@pytest.mark.parametrize(
    ("operation", "field"), [(UPDATE_TTL, "ttl_in_days"), (CHANGE_TAGS, "tags")]
)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 403, "body": {"error_code": "LTS.0003"}}, PermissionDenied),
        ({"status": 500}, ServiceFailed),
    ],
    ids=["refused", "failed"],
)
def test_a_refused_update_is_an_error_that_names_the_stream(
    cloud: Emulator,
    operation: str,
    field: str,
    fault: dict[str, Any],
    expected: type[Exception],
) -> None:
    """No logtank is created before the stream is as requested."""
    plant(cloud, ttl_in_days=7)
    cloud.fail({"operation": operation, "times": None, **fault})
    wanted = {"ttl_in_days": 8, "tags": [tag("team")]}
    event = EVENT | UPDATE | {field: wanted[field]}
    error = expect_error("bootstrap", event)
    assert isinstance(error, expected)
    assert (error.step, error.log_stream_id) == ("update_log_stream", "s")
    assert error.log_stream_name == STREAM_NAME
    assert cloud.logtanks == []


@pytest.mark.parametrize(
    "lost",
    [{"connection": "refuse_answer", "work": True}, {"status": 500}, {"status": 429}],
)
def test_an_update_may_be_sent_again(cloud: Emulator, lost: dict[str, Any]) -> None:
    """It is repeated like any call that may be made twice."""
    plant(cloud, ttl_in_days=7)
    event = UPDATE | {"ttl_in_days": 8, "tags": [tag("team")]}
    cloud.fail(*({"operation": each, **lost} for each in (UPDATE_TTL, CHANGE_TAGS)))
    result = send("create_log_stream", event)
    assert sorted(result["updated"]) == ["tags", "ttl_in_days"]


def test_an_update_without_an_effect_is_reported_and_not_repeated(
    cloud: Emulator,
) -> None:
    """What still differs afterwards stays in `differs`."""
    plant(cloud, ttl_in_days=7)
    cloud.fail({"operation": UPDATE_TTL, "status": 200, "body": {"ttl_in_days": 8}})
    result = send("create_log_stream", UPDATE | {"ttl_in_days": 8})
    assert result["differs"] == ["ttl_in_days"]
    assert "updated" not in result
    assert call_count(cloud, UPDATE_TTL) == 1


def test_a_shared_stream_is_updated_once_for_an_event(mature: Emulator) -> None:
    """Each result says what the event has updated."""
    plant(mature, log_stream_name="shared", ttl_in_days=7)
    wanted = {"log_stream_name": "shared", "update_stream": True, "ttl_in_days": 8}
    results = send("bootstrap", [each | wanted for each in listeners(12)])
    assert call_count(mature, UPDATE_TTL) == 1
    assert stream(mature)["ttl_in_days"] == 8
    assert all("differs" not in each for each in results)
    assert any(each.get("updated") == ["ttl_in_days"] for each in results)
    assert len(mature.logtanks) == 12


def test_a_refused_update_is_sent_once_for_an_event(mature: Emulator) -> None:
    """All requests fail with the same refusal."""
    plant(mature, log_stream_name="shared", ttl_in_days=7)
    mature.fail({"operation": UPDATE_TTL, "status": 400, "times": None})
    wanted = {"log_stream_name": "shared", "update_stream": True, "ttl_in_days": 8}
    error = expect_error("bootstrap", [each | wanted for each in listeners(12)])
    assert isinstance(error, BatchFailed)
    assert len(error.failures) == 12
    assert call_count(mature, UPDATE_TTL) == 1


def test_reconcile_updates_a_shared_stream_once(mature: Emulator) -> None:
    """The change names all listeners that ship to it."""
    plant(mature, log_stream_name="shared", ttl_in_days=7)
    tank = {"resource_id": "{n:032x}", "log_stream_id": "s", "count": 5}
    mature.seed(listeners=[{"id": "{n:032x}", "count": 5}], logtanks=[tank])
    event = {"log_stream_name": "shared", "ttl_in_days": 8, "update_stream": True}
    (change,) = send("reconcile", event | {"apply": True})["changes"]
    assert (change["action"], change["updated"]) == ("update", ["ttl_in_days"])
    assert len(change["resource_ids"]) == 5
    assert calls(mature)[UPDATE_TTL] == 1
    assert send("reconcile", event)["unchanged"] == 5


@pytest.mark.parametrize("update", [False, True])
def test_reconcile_reports_how_an_adopted_stream_differs(
    mature: Emulator, *, update: bool
) -> None:
    """A new logtank ships into it nevertheless, as with `bootstrap`."""
    plant(mature, ttl_in_days=7)
    mature.seed(listeners=[{"id": LISTENER}])
    event = {"apply": True, "ttl_in_days": 8, "update_stream": update}
    changes = send("reconcile", event)["changes"]
    created = next(each for each in changes if each["action"] == "create")
    assert created.get("differs") == (None if update else ["ttl_in_days"])
    assert [each["action"] for each in changes][:-1] == ["update"] * update
    again = send("reconcile", event)
    assert (again["changes"], again["unchanged"]) == ([], int(update))


def test_a_new_stream_is_not_updated(cloud: Emulator) -> None:
    """It is created as requested."""
    event = EVENT | UPDATE | {"ttl_in_days": 8, "tags": [tag("team")]}
    result = send("bootstrap", event)
    assert operations(cloud) == ["CreateLogStream", "CreateLogtank"]
    assert "updated" not in result
    assert result["resource_id"] == LISTENER
