"""The log group of a plan is found, created or compared with, in its project."""

from __future__ import annotations

import pytest

from functions import errors
from functions.huaweicloud.ga import Owner
from functions.transport.calls import Reply
from tests.unit.scripted_cloud import (
    FAILED,
    LIST_GROUPS,
    LIST_LISTENERS,
    LIST_TANKS,
    NO_TANKS,
    OLD,
    POST_GROUP,
    POST_STREAM,
    POST_TANK,
    STREAM_MADE,
    ScriptedCloud,
    group,
    groups,
    listeners,
    no_streams,
    streams,
    tank,
    tanks,
)
from tests.unit.test_reconcile import (
    EVENT,
    FORBIDDEN,
    LISTS,
    NAMED,
    A,
    B,
    failure,
    of,
    reconcile,
)


def test_an_error_of_the_groups_list_is_one_of_the_survey() -> None:
    """Nothing else is called."""
    assert failure(ScriptedCloud(FORBIDDEN), NAMED).step == "survey"


def test_a_group_that_is_missing_is_created_only_if_something_needs_it() -> None:
    """Its name is looked up once, before anything is changed."""
    lists = [groups(), listeners(A), NO_TANKS]
    looked = [LIST_GROUPS, LIST_LISTENERS, LIST_TANKS]
    assert len(reconcile(ScriptedCloud(*lists), NAMED)["changes"]) == 1
    made = Reply(201, {"log_group_id": "g"})
    stage = ScriptedCloud(*lists, made, STREAM_MADE, tank(resource_id="a"))
    nothing = ScriptedCloud(groups(), listeners(), NO_TANKS)

    (change,) = reconcile(stage, NAMED, apply=True)["changes"]

    assert change["created"] == ["log_group", "log_stream", "logtank"]
    assert stage.operations == [*looked, POST_GROUP, POST_STREAM, POST_TANK]
    assert reconcile(nothing, NAMED, apply=True)["changes"] == []
    assert nothing.operations == looked


@pytest.mark.parametrize(
    ("found", "differs"),
    [
        (groups(group("x", ttl_in_days=7)), None),
        (groups(group("x", ttl_in_days=30)), "its stream differs in: ttl_in_days"),
    ],
)
def test_the_groups_are_listed_once_if_a_comparison_needs_them(
    found: Reply, differs: str | None
) -> None:
    """A stream with the retention -1 has that of its group."""
    both = tanks(of("a"), of("b", "u"))
    lists = [listeners(A, B), both, streams(OLD, ttl_in_days=-1), found]
    stage = ScriptedCloud(*lists)

    result = reconcile(stage, EVENT, ttl_in_days=7)

    reasons = [each["reason"] for each in result["skipped"]]
    assert reasons == ([differs] * 2 if differs else [])
    assert stage.operations == [*LISTS, LIST_GROUPS]


def test_groups_that_cannot_be_listed_are_asked_for_once() -> None:
    """However many listeners need the comparison, nothing fails."""
    both = tanks(of("a"), of("b", "u"))
    inherited = streams(OLD, ttl_in_days=-1)
    stage = ScriptedCloud(listeners(A, B), both, inherited, *[FAILED] * 4)

    assert reconcile(stage, EVENT, ttl_in_days=7)["unchanged"] == 2


def test_an_update_needs_the_groups_that_a_comparison_depends_on() -> None:
    """Without them, tags might be deleted that are the group's."""
    inherited = streams(OLD, ttl_in_days=-1)
    stage = ScriptedCloud(listeners(A), tanks(of("a")), inherited, *[FAILED] * 4)

    error = failure(stage, EVENT, ttl_in_days=7, update_stream=True)

    assert isinstance(error, errors.ServiceFailed)


def test_an_inherited_retention_is_updated() -> None:
    """The comparison with the group is that of the plan."""
    stage = ScriptedCloud(
        listeners(A),
        tanks(of("a")),
        streams(OLD, ttl_in_days=-1),
        groups(group("x", ttl_in_days=30)),
        Reply(200, {}),
        streams(OLD, ttl_in_days=7),
    )

    result = reconcile(stage, EVENT, ttl_in_days=7, update_stream=True, apply=True)

    (change,) = result["changes"]
    assert (change["action"], change["updated"]) == ("update", ["ttl_in_days"])


def test_a_group_is_found_by_its_name() -> None:
    """Its streams are listed."""
    found = groups(group("other", "o"), group("logs"))
    stage = ScriptedCloud(found, listeners(A), tanks(of("a")), streams())

    assert reconcile(stage, NAMED)["unchanged"] == 1
    assert stage.script.calls[-1].path == "/v2/p/groups/g/streams"


def test_the_project_is_looked_up_before_the_first_call() -> None:
    """It identifies the owner in calls to GA; a failed look-up is one of the survey."""
    stage = ScriptedCloud(listeners(), NO_TANKS, no_streams())
    stage.cloud = stage.cloud._replace(owner=Owner())

    def lost() -> str:
        raise errors.Misconfigured("HUAWEICLOUD_SDK_PROJECT_ID is not set")

    assert reconcile(stage, EVENT)["changes"] == []
    assert ("X-Project-Id", "found") in stage.script.calls[0].headers
    stage.cloud = stage.cloud._replace(find_project=lost)
    assert failure(stage, EVENT).step == "survey"
