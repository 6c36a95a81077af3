"""The vendor's SDK manages log groups, and the retention and tags of log streams."""

from typing import Any

import pytest

from tests.contract.emulator_client import UNKNOWN_ID, Client, outcome
from tests.contract.emulator_sdk import Sdk

INVALID = (400, "LTS.0009")
TAKEN = (400, "LTS.0101")
NO_GROUP = (400, "LTS.0201")
NO_STREAM = (400, "LTS.0208")
BAD_TTL = (400, "LTS.0106")
BAD_TAGS = (400, "LTS.1836")
TAGS = [{"key": "team", "value": "edge"}]
OTHER_PROJECT = "0" * 32

ACCOUNT: dict[str, list[dict[str, Any]]] = {
    "log_groups": [
        {"log_group_id": "g", "log_group_name": "new-name", "original_name": "old"},
        {"log_group_id": "aliased", "log_group_name_alias": "alias"},
        *({"log_group_id": each} for each in ("transferred", "accessed", "shipped")),
    ],
    "log_streams": [
        {"log_stream_id": "s", "log_group_id": "g", "tags": TAGS},
        {
            "log_stream_id": "t",
            "log_group_id": "transferred",
            "used_by": ["transfer"],
        },
        {
            "log_stream_id": "a",
            "log_group_id": "accessed",
            "used_by": ["access_config"],
        },
        {"log_stream_id": "l", "log_group_id": "shipped"},
    ],
    "logtanks": [{"log_stream_id": "l", "log_group_id": "shipped"}],
}


@pytest.fixture
def account(sdk: Sdk) -> Sdk:
    """Return the SDK for an account with several log groups."""
    sdk.cloud.seed(**ACCOUNT)
    return sdk


def test_a_group_is_created_changed_and_deleted(sdk: Sdk) -> None:
    """The tags of lists are a mapping; a change of retention is for its streams too."""
    body = {"log_group_name": "edge", "ttl_in_days": 5, "tags": TAGS}
    created = sdk.call("LTS", "CreateLogGroup", body=body).log_group_id
    stream = {"log_stream_name": "inherits"}
    sdk.call("LTS", "CreateLogStream", log_group_id=created, body=stream)
    changed = sdk.call(
        "LTS", "UpdateLogGroup", log_group_id=created, body={"ttl_in_days": 9}
    )
    _, group = sdk.call("LTS", "ListLogGroups").log_groups
    [shown] = sdk.call("LTS", "ListLogStream", log_group_id=created).log_streams
    assert (changed.log_group_name, changed.ttl_in_days) == ("edge", 9)
    assert (group.log_group_id, group.ttl_in_days) == (created, 9)
    assert group.tag == {"_sys_enterprise_project_id": "0", "team": "edge"}
    assert shown.ttl_in_days == 9
    deleted = sdk.call("LTS", "DeleteLogGroup", log_group_id=created)
    assert deleted.status_code == 204
    assert sdk.cloud.streams == []
    sdk.call("LTS", "CreateLogGroup", body=body)


def test_a_group_can_belong_to_an_enterprise_project(client: Client) -> None:
    """The query parameter is not in all editions of the page."""
    path = f"/v2/{client.cloud.project_id}/groups"
    body = {"log_group_name": "edge", "ttl_in_days": 5}
    response = client.call("POST", f"{path}?enterprise_project_id=e-1", body)
    group = client.cloud.state()["log_groups"][1]
    assert response.status_code == 201
    assert group["tag"] == {"_sys_enterprise_project_id": "e-1"}


def _group(**body: object) -> dict[str, Any]:
    return {"body": {"log_group_name": "new", "ttl_in_days": 7, **body}}


def _stream(group_id: str, stream_id: str, **body: object) -> dict[str, Any]:
    path = {"log_group_id": group_id, "log_stream_id": stream_id}
    return {**path, **({"body": body} if body else {})}


def _tags(kind: str, resource_id: str, **body: object) -> dict[str, Any]:
    path = {"resource_type": kind, "resource_id": resource_id}
    return {**path, "body": {"action": "create", "tags": TAGS, **body}}


REFUSALS: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
    ("CreateLogGroup", {"body": {"log_group_name": "new"}}, INVALID),
    ("CreateLogGroup", {"body": {"ttl_in_days": 7}}, INVALID),
    ("CreateLogGroup", _group(ttl_in_days=True), INVALID),
    ("CreateLogGroup", _group(log_group_name=".new"), INVALID),
    ("CreateLogGroup", _group(log_group_name="x" * 65), INVALID),
    ("CreateLogGroup", _group(tags=[{"key": "sys"}]), INVALID),
    ("CreateLogGroup", _group(ttl_in_days=0), BAD_TTL),
    ("CreateLogGroup", _group(ttl_in_days=366), BAD_TTL),
    ("CreateLogGroup", _group(log_group_name="ga-access-logs"), TAKEN),
    ("CreateLogGroup", _group(log_group_name="new-name"), TAKEN),
    ("CreateLogGroup", _group(log_group_name="old"), TAKEN),
    ("CreateLogGroup", _group(log_group_name="alias"), TAKEN),
    ("CreateLogGroup", _group(log_group_name_alias="old"), TAKEN),
    ("UpdateLogGroup", {"log_group_id": UNKNOWN_ID, "body": {}}, NO_GROUP),
    ("UpdateLogGroup", {"log_group_id": "g", "body": {"ttl_in_days": 0}}, BAD_TTL),
    ("UpdateLogGroup", {"log_group_id": "g", "body": {"tags": 1}}, INVALID),
    (
        "UpdateLogGroup",
        {"log_group_id": "g", "body": {"log_group_name_alias": "alias"}},
        TAKEN,
    ),
    ("DeleteLogGroup", {"log_group_id": UNKNOWN_ID}, NO_GROUP),
    ("DeleteLogGroup", {"log_group_id": "transferred"}, (400, "LTS.0105")),
    ("DeleteLogGroup", {"log_group_id": "shipped"}, (400, "LTS.0105")),
    ("DeleteLogGroup", {"log_group_id": "accessed"}, (400, "400")),
    ("ListLogStream", {"log_group_id": "another-projects"}, NO_GROUP),
    ("UpdateLogStream", _stream(UNKNOWN_ID, "s", ttl_in_days=7), NO_GROUP),
    ("UpdateLogStream", _stream("g", UNKNOWN_ID, ttl_in_days=7), NO_STREAM),
    ("UpdateLogStream", _stream("transferred", "s", ttl_in_days=7), NO_STREAM),
    ("UpdateLogStream", _stream("g", "s", ttl_in_days=366), INVALID),
    ("UpdateLogStream", _stream("g", "s", whether_log_storage=1), INVALID),
    ("UpdateLogStream", _stream("g", "s", tags=[{}]), INVALID),
    ("DeleteLogStream", _stream(UNKNOWN_ID, "s"), NO_GROUP),
    ("DeleteLogStream", _stream("g", UNKNOWN_ID), NO_STREAM),
    ("DeleteLogStream", _stream("transferred", "t"), (400, "LTS.0207")),
    ("DeleteLogStream", _stream("shipped", "l"), (400, "LTS.0207")),
    ("DeleteLogStream", _stream("accessed", "a"), (400, "400")),
    ("CreateTags", _tags("topics", UNKNOWN_ID), NO_STREAM),
    ("CreateTags", _tags("groups", UNKNOWN_ID), NO_GROUP),
    ("CreateTags", _tags("streams", "s"), BAD_TAGS),
    ("CreateTags", _tags("topics", "s", action="update"), BAD_TAGS),
    ("CreateTags", _tags("topics", "s", tags=[{"key": ""}]), BAD_TAGS),
    (
        "CreateTags",
        _tags("topics", "s", tags=[{"key": str(n)} for n in range(20)]),
        BAD_TAGS,
    ),
]


@pytest.mark.parametrize(
    ("operation", "fields", "expected"),
    REFUSALS,
    ids=[f"{name} {fields}" for name, fields, _ in REFUSALS],
)
def test_lts_refuses_with_its_documented_codes(
    account: Sdk, operation: str, fields: dict[str, Any], expected: tuple[int, str]
) -> None:
    """Nothing changes; what an access configuration uses gives a 400 without a code."""
    before = account.cloud.state()
    assert account.refusal("LTS", operation, **fields) == expected
    assert account.cloud.state() == before


def test_the_group_quota_is_enforced(sdk: Sdk) -> None:
    """The 101st log group of an account gets LTS.0104."""
    sdk.cloud.seed(log_groups=[{"count": 99, "log_group_name": "group-{n}"}])
    refused = sdk.refusal("LTS", "CreateLogGroup", **_group())
    assert refused == (400, "LTS.0104")


@pytest.mark.parametrize(
    "path", ["groups", "groups/g/streams", "log-streams"], ids=repr
)
def test_another_projects_groups_are_not_listed(client: Client, path: str) -> None:
    """The reply is 403 LTS.0001."""
    response = client.call("GET", f"/v2/{OTHER_PROJECT}/{path}")
    assert outcome(response) == (403, "LTS.0001")


def test_a_streams_retention_tags_and_storage_are_changed(account: Sdk) -> None:
    """Fields that are not given stay the same; the reply uses the names of topics."""
    changes: list[dict[str, Any]] = [
        {"ttl_in_days": 90},
        {"tags": [{"key": "team"}]},
        {"whether_log_storage": False},
    ]
    for change in changes:
        changed = account.call("LTS", "UpdateLogStream", **_stream("g", "s", **change))
        assert (changed.log_topic_id, changed.ttl_in_days) == ("s", 90)
    [shown] = account.call("LTS", "ListLogStream", log_group_id="g").log_streams
    assert (shown.ttl_in_days, shown.whether_log_storage) == (90, False)
    assert shown.tag["team"] == ""
    assert changed.log_topic_name == shown.log_stream_name


@pytest.mark.parametrize(("kind", "resource_id"), [("topics", "s"), ("groups", "g")])
def test_tags_are_added_and_deleted(account: Sdk, kind: str, resource_id: str) -> None:
    """A key that exists gets a new value; the statuses are 200 and 201."""
    added = [{"key": "team", "value": "new"}, {"key": "more"}]
    more = _tags(kind, resource_id, tags=added)
    fewer = _tags(kind, resource_id, action="delete", tags=[{"key": "more"}])
    statuses = [
        account.call("LTS", "CreateTags", **each).status_code for each in (more, fewer)
    ]
    state = account.cloud.state()
    everything = [*state["log_groups"], *state["log_streams"]]
    [tags] = [
        each["tag"]
        for each in everything
        if each.get("log_stream_id", each["log_group_id"]) == resource_id
    ]
    assert statuses == [200, 201]
    assert tags == {"_sys_enterprise_project_id": "0", "team": "new"}


@pytest.mark.parametrize(
    ("shown_as", "days", "hot_days"), [("days", 30, 0), ("-1", -1, -1)]
)
def test_inherited_retention_is_shown_in_days_or_as_minus_one(
    sdk: Sdk, shown_as: str, days: int, hot_days: int
) -> None:
    """Retention of a stream's own is always shown in days."""
    sdk.cloud.reset(inherited_ttl=shown_as)
    sdk.create_stream("inherits")
    sdk.create_stream("own", ttl_in_days=30)
    inherits, own = sdk.list_streams()
    assert (inherits.ttl_in_days, inherits.hot_storage_days) == (days, hot_days)
    assert (own.ttl_in_days, own.hot_storage_days) == (30, 0)
