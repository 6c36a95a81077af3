"""Errors refer to the source of the invalid value: the event or the settings."""

from __future__ import annotations

import pytest

from functions import settings
from functions.errors import InvalidEvent, Misconfigured, ProvisioningError
from functions.invocation import validation
from functions.invocation.tasks import TASKS

LISTENER = {"resource_id": "78d425da-4d5f-422f-b13b-40aa3f49bc55"}
LOGTANK = {"resource_type": "LISTENER", "log_stream_id": "s", **LISTENER}
STREAM, BOOTSTRAP, TANK = "create_log_stream", "bootstrap", "create_logtank"


def completed(
    task: str, given: object, group: str = "g", name: str = "", **more: str
) -> object:
    """Return a request completed with this log group and stream name as settings."""
    variables = {
        "HUAWEICLOUD_AUTH_TOKEN": "t",
        "LOG_GROUP_ID": group,
        "LOG_STREAM_NAME": name,
        **more,
    }
    configured = settings.read(variables.get, frozenset())
    return validation.complete(TASKS[task], given, configured, 100)


def failure(
    task: str, given: object, group: str, name: str, **more: str
) -> ProvisioningError:
    """Return the error of a request that cannot be completed."""
    with pytest.raises(ProvisioningError) as raised:
        completed(task, given, group, name, **more)
    return raised.value


@pytest.mark.parametrize(
    ("task", "given", "name", "message"),
    [
        (STREAM, {}, ".n", "must not begin with a period or an underscore"),
        (STREAM, {}, "n.", "must not end with a period"),
        (STREAM, {}, "a b", "may contain only English letters, "),
        (STREAM, {"ttl_in_days": 1}, "n" * 65, "must have at most 64 characters"),
        (BOOTSTRAP, LISTENER, "_{resource_id}", "must not begin with a period or an u"),
        (BOOTSTRAP, LISTENER, "{resource_id}" * 2, "must have at most 64 characters"),
        (BOOTSTRAP, LISTENER, "a/{resource_id}", "may contain only English letters, "),
        (BOOTSTRAP, {"resource_id": "l"}, "n" * 40 + "{resource_id}", None),
        (BOOTSTRAP, {"resource_id": "l"}, "{resource_id}:", "may contain only Eng"),
    ],
)
def test_an_invalid_setting_is_misconfigured(
    task: str, given: object, name: str, message: str | None
) -> None:
    """The error names the setting; a template can be valid for shorter IDs only."""
    if message is None:
        assert completed(task, given, name=name)
        return
    error = failure(task, given, "g", name)

    assert isinstance(error, Misconfigured)
    assert error.detail.startswith(f"LOG_STREAM_NAME {message}")
    assert error.status == 500


@pytest.mark.parametrize(
    ("task", "given", "name", "detail"),
    [
        (STREAM, {"log_stream_name": ".n"}, ".n", "/log_stream_name must not begin"),
        (STREAM, {"ttl_in_days": 0}, ".n", "/ttl_in_days must be at least 1"),
        (STREAM, {"log_group_id": ""}, "n", "/log_group_id must not be empty"),
        (BOOTSTRAP, {"resource_id": "l" * 62}, "", "/resource_id is part of the strea"),
        (BOOTSTRAP, {"resource_id": "l."}, "", "/resource_id is part of the stream's"),
        (BOOTSTRAP, {"resource_id": "l l"}, "", "/resource_id may contain only lett"),
        (BOOTSTRAP, {"resource_id": 7}, ".n", "/resource_id must be a string"),
        (BOOTSTRAP, {}, "a b", "/resource_id is required"),
        (
            TANK,
            {"logtank": {**LOGTANK, "log_group_id": 7}},
            "",
            "/logtank/log_group_id",
        ),
        (TANK, {"logtank": 7}, "", "/logtank must be an object"),
        (TANK, 7, ".n", "the event must be an object"),
    ],
)
def test_an_event_that_violates_a_rule_is_invalid(
    task: str, given: object, name: str, detail: str
) -> None:
    """The event's own problems are reported even if a setting is invalid, too."""
    error = failure(task, given, "g", name)

    assert isinstance(error, InvalidEvent)
    assert error.detail.startswith(detail)
    assert error.status == 400


@pytest.mark.parametrize(
    ("task", "given", "detail"),
    [
        (
            STREAM,
            {},
            (
                "/log_group_id is required, unless the setting LOG_GROUP_ID or "
                "LOG_GROUP_NAME supplies it; /log_stream_name is required, unless the "
                "setting LOG_STREAM_NAME supplies it"
            ),
        ),
        (
            BOOTSTRAP,
            LISTENER,
            (
                "/log_group_id is required, unless the setting LOG_GROUP_ID or "
                "LOG_GROUP_NAME supplies it"
            ),
        ),
        (
            TANK,
            {"logtank": {**LISTENER, "resource_type": "LISTENER"}},
            (
                "/logtank/log_group_id is required, unless the setting LOG_GROUP_ID "
                "supplies it; /logtank/log_stream_id is required"
            ),
        ),
    ],
)
def test_a_missing_field_is_reported_with_the_setting_that_can_supply_it(
    task: str, given: object, detail: str
) -> None:
    """Some fields have no such setting."""
    assert failure(task, given, "", "").detail == detail


@pytest.mark.parametrize(
    ("task", "given", "name", "expected"),
    [
        (STREAM, {}, "n", {"log_group_id": "g", "log_stream_name": "n"}),
        (
            STREAM,
            {"log_stream_name": "own", "log_group_id": "h"},
            ".n",
            {"log_group_id": "h", "log_stream_name": "own"},
        ),
        (
            BOOTSTRAP,
            {"resource_id": "l"},
            "",
            {"log_group_id": "g", "log_stream_name": "ga-l", "resource_id": "l"},
        ),
        (
            TANK,
            {"logtank": LOGTANK},
            ".n",
            {"logtank": {**LOGTANK, "log_group_id": "g"}},
        ),
    ],
)
def test_a_request_is_completed(
    task: str, given: object, name: str, expected: object
) -> None:
    """An invalid setting has no effect if it is not used."""
    assert completed(task, given, name=name) == expected


TTL_WITH_ID = (
    "/log_group_ttl_in_days must not be given if the log group is given by its ID: it "
    "applies to a group that is created by its name"
)
BOTH_GROUPS = {"log_group_id": "h", "log_group_name": "n"}


@pytest.mark.parametrize(
    ("given", "more", "detail"),
    [
        (
            BOTH_GROUPS,
            {},
            "/log_group_id must not be given together with log_group_name",
        ),
        (
            {**BOTH_GROUPS, "log_group_ttl_in_days": 7},
            {"LOG_GROUP_NAME": "own", "LOG_GROUP_TTL_IN_DAYS": "3"},
            "/log_group_id must not be given together with log_group_name",
        ),
        (
            {"log_group_id": "h", "log_group_ttl_in_days": 7},
            {"LOG_GROUP_NAME": "own"},
            TTL_WITH_ID,
        ),
        (
            {"log_group_ttl_in_days": 7},
            {"LOG_GROUP_ID": "h"},
            TTL_WITH_ID,
        ),
        (
            {"log_group_ttl_in_days": 7},
            {},
            (
                "/log_group_id is required, unless the setting LOG_GROUP_ID or "
                "LOG_GROUP_NAME supplies it"
            ),
        ),
        (
            {"log_group_name": "_n"},
            {"LOG_GROUP_TTL_IN_DAYS": "3"},
            "/log_group_name must not begin with a period or an underscore",
        ),
        (
            {"log_group_name": "n", "log_group_ttl_in_days": 0},
            {"LOG_GROUP_TTL_IN_DAYS": "3"},
            "/log_group_ttl_in_days must be at least 1",
        ),
    ],
)
def test_a_log_group_is_given_by_its_id_or_by_its_name(
    given: dict[str, object], more: dict[str, str], detail: str
) -> None:
    """The problem names the field that the sender has to remove or correct."""
    for task, request in ((BOOTSTRAP, LISTENER), (STREAM, {"log_stream_name": "n"})):
        error = failure(task, {**request, **given}, "", "", **more)

        assert isinstance(error, InvalidEvent)
        assert error.detail == detail


@pytest.mark.parametrize(
    ("given", "more"),
    [
        ({}, {"LOG_GROUP_NAME": "n", "LOG_GROUP_TTL_IN_DAYS": "7"}),
        ({"log_group_name": "n"}, {"LOG_GROUP_TTL_IN_DAYS": "7", "LOG_GROUP_ID": "h"}),
        ({"log_group_ttl_in_days": 7}, {"LOG_GROUP_NAME": "n"}),
    ],
)
def test_the_settings_supply_the_name_of_a_log_group(
    given: dict[str, object], more: dict[str, str]
) -> None:
    """They supply its retention, too, unless the event has one."""
    expected = {**LISTENER, "log_group_name": "n", "log_group_ttl_in_days": 7}

    request = completed(BOOTSTRAP, {**LISTENER, **given}, "", "s", **more)

    assert request == {**expected, "log_stream_name": "s"}


def test_the_number_of_reported_problems_is_limited() -> None:
    """The others are counted."""
    configured = settings.read({"HUAWEICLOUD_AUTH_TOKEN": "t"}.get, frozenset())
    unknown = {f"f{number}": 1 for number in range(9)}

    with pytest.raises(InvalidEvent) as raised:
        validation.complete(TASKS[STREAM], unknown, configured, 3)

    assert len(raised.value.problems) <= 3
