"""Calls about log groups match LTS's API reference, and its replies are validated."""

from __future__ import annotations

import pytest

from functions.errors import AlreadyExists, UnintelligibleReply
from functions.huaweicloud import log_groups
from functions.huaweicloud.log_groups import Group, NewGroup
from functions.transport.calls import Call, Reply

NEW = NewGroup("p/1", "n", 30)
CALL = Call(
    "LTS",
    "ListLogGroups",
    "GET",
    "/v2/p%2F1/groups",
    headers=(
        ("Content-Type", "application/json;charset=utf8"),
        ("X-Project-Id", "p/1"),
    ),
    project="p/1",
)


def test_the_calls_match_the_api_reference() -> None:
    """The project is in the path and in a header."""
    assert log_groups.list_groups("p/1") == CALL
    assert log_groups.create_group(NEW) == CALL._replace(
        operation="CreateLogGroup",
        method="POST",
        body={"log_group_name": "n", "ttl_in_days": 30},
        expected=(AlreadyExists,),
    )


def test_a_created_group_is_as_requested() -> None:
    """The reply contains nothing but the ID."""
    reply = Reply(201, {"log_group_id": "g"})

    assert log_groups.created_group(NEW, CALL, reply) == Group("g", "n", 30)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, Group("g")),
        ({"log_group_name": "n", "ttl_in_days": 7}, Group("g", "n", 7)),
        ({"log_group_name": 7, "ttl_in_days": "7"}, Group("g")),
        (
            {"tag": {"k": "v", "e": None, "_sys_x": "y"}},
            Group("g", tags={"k": "v", "e": ""}),
        ),
        ({"tag": None}, Group("g")),
    ],
)
def test_a_listed_group_is_read(fields: dict[str, object], expected: Group) -> None:
    """What cannot be read is unknown; tags of the system are left out."""
    reply = Reply(200, {"log_groups": [{"log_group_id": "g", **fields}]})

    assert log_groups.groups(CALL, reply) == [expected]


@pytest.mark.parametrize("listed", [{}, None, "g", {"log_group_id": ""}])
def test_a_listed_group_without_an_id_is_unintelligible(listed: object) -> None:
    """It makes the whole list unusable."""
    document = {"log_groups": [{"log_group_id": "g"}, listed]}

    _is_unintelligible(document, "has a log group without an ID")


@pytest.mark.parametrize("document", [{}, {"log_groups": {}}])
def test_a_reply_without_a_list_is_unintelligible(document: object) -> None:
    """No conclusion is drawn from an unexpected document."""
    _is_unintelligible(document, "has no log_groups")


def test_a_create_reply_without_an_id_is_unintelligible() -> None:
    """Such a reply does not show whether the group was created."""
    with pytest.raises(UnintelligibleReply) as raised:
        log_groups.created_group(NEW, CALL, Reply(201, {}, "r"))

    assert raised.value.request_id == "r"
    with pytest.raises(UnintelligibleReply, match="is not a JSON object"):
        log_groups.created_group(NEW, CALL, Reply(201, []))
    assert raised.value.detail == (
        "LTS answered ListLogGroups with 201, but the reply has no log_group_id"
    )


def _is_unintelligible(document: object, fault: str) -> None:
    with pytest.raises(UnintelligibleReply) as raised:
        log_groups.groups(CALL, Reply(200, document, "r"))
    error = raised.value
    assert (error.service, error.request_id) == ("LTS", "r")
    assert error.detail == f"LTS answered ListLogGroups with 200, but the reply {fault}"
