"""Settings fill in only what an event omits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from functions import settings
from functions.errors import Misconfigured
from functions.invocation import defaults
from functions.invocation.defaults import Defaults

Event = dict[str, object]
NAME = "log_stream_name"
OWN, OWN_GROUP = {NAME: "own"}, {"log_group_id": "own"}
BY_NAME: dict[str, Any] = {"log_group_name": "g", "log_group_ttl_in_days": 7}
TTL = {"log_group_ttl_in_days": 7}


def given(group: str | None, name: str | None) -> Defaults:
    """Return the defaults with this group's ID and this stream's name."""
    return Defaults(log_group_id=group, log_stream_name=name)


def test_the_defaults_are_taken_from_the_settings() -> None:
    """Each has the name of the field that it fills in."""
    variables = {
        "HUAWEICLOUD_AUTH_TOKEN": "t",
        "LOG_GROUP_NAME": "g",
        "LOG_GROUP_TTL_IN_DAYS": "7",
        "LOG_STREAM_NAME": "n",
    }

    found = Defaults.from_settings(settings.read(variables.get, frozenset()))

    assert found == Defaults(**BY_NAME, log_stream_name="n")


@pytest.mark.parametrize(
    ("event", "group", "name", "expected"),
    [
        ({}, None, None, {}),
        ({}, "g", "n", {"log_group_id": "g", "log_stream_name": "n"}),
        ({"log_group_id": "own"}, "g", None, {"log_group_id": "own"}),
        (OWN, None, "n", OWN),
        ({"log_group_id": ""}, "g", None, {"log_group_id": ""}),
        ({"ttl_in_days": 7}, None, None, {"ttl_in_days": 7}),
        (OWN, None, "ga-{resource_id}", OWN),
    ],
)
def test_a_log_stream_gets_its_group_and_name(
    event: Event, group: str | None, name: str | None, expected: Event
) -> None:
    """Values in the event are kept, even if they are invalid."""
    assert defaults.log_stream(event, given(group, name)) == expected


def test_a_template_with_a_listener_is_invalid_for_a_log_stream() -> None:
    """The error is in the setting, and not in the event."""
    with pytest.raises(Misconfigured, match="LOG_STREAM_NAME contains"):
        defaults.log_stream({}, given("g", "ga-{resource_id}"))


@pytest.mark.parametrize(
    ("event", "group", "name", "expected"),
    [
        ({"resource_id": "l"}, None, None, {"log_stream_name": "ga-l"}),
        ({"resource_id": "l"}, None, "{resource_id}-{resource_id}", {NAME: "l-l"}),
        ({"resource_id": "l"}, "g", "n", {"log_group_id": "g", NAME: "n"}),
        (OWN, None, "n", OWN),
        ({"resource_id": 7}, None, None, {"log_stream_name": "ga-"}),
        ({}, None, None, {"log_stream_name": "ga-"}),
        ({"resource_id": "{resource_id}"}, None, None, {NAME: "ga-{resource_id}"}),
    ],
)
def test_bootstrap_names_the_stream_after_the_listener(
    event: Event, group: str | None, name: str | None, expected: Event
) -> None:
    """The default template is used if no setting has one."""
    assert defaults.bootstrap(event, given(group, name)) == {**event, **expected}


@pytest.mark.parametrize(
    ("event", "setting", "expected"),
    [
        ({}, BY_NAME, BY_NAME),
        ({}, {"log_group_id": "i", **TTL}, {"log_group_id": "i"}),
        ({}, TTL, {}),
        ({"log_group_name": "own"}, BY_NAME, {"log_group_name": "own", **TTL}),
        (
            {"log_group_name": "own"},
            {"log_group_id": "i", **TTL},
            {"log_group_name": "own", **TTL},
        ),
        (OWN_GROUP, BY_NAME, OWN_GROUP),
        ({"log_group_id": None}, BY_NAME, {"log_group_id": None}),
        (
            {"log_group_ttl_in_days": 1},
            BY_NAME,
            {**BY_NAME, "log_group_ttl_in_days": 1},
        ),
        (
            {"log_group_ttl_in_days": 1},
            {"log_group_id": "i"},
            {"log_group_ttl_in_days": 1, "log_group_id": "i"},
        ),
        (
            {"log_group_name": "own", **OWN_GROUP},
            BY_NAME,
            {"log_group_name": "own", **OWN_GROUP},
        ),
    ],
)
@pytest.mark.parametrize(
    "fill", [defaults.bootstrap, defaults.log_stream, defaults.reconcile]
)
def test_a_log_group_is_the_events_or_else_the_settings(
    fill: Callable[[Event, Defaults], Event],
    event: Event,
    setting: dict[str, Any],
    expected: Event,
) -> None:
    """The retention in the settings belongs to a name, the event's or the settings'."""
    filled = fill({**OWN, **event}, Defaults(**setting))

    assert filled == {**OWN, **expected}


@pytest.mark.parametrize(
    ("event", "name", "expected"),
    [
        ({"apply": True}, None, {"apply": True, NAME: "ga-{resource_id}"}),
        ({}, "all", {NAME: "all"}),
        ({}, "{resource_id}-x", {NAME: "{resource_id}-x"}),
        (OWN, "all", OWN),
        ({"resource_id": "l"}, None, {"resource_id": "l", NAME: "ga-{resource_id}"}),
    ],
)
def test_reconcile_keeps_the_template_of_a_name(
    event: Event, name: str | None, expected: Event
) -> None:
    """It is expanded for each listener later."""
    assert defaults.reconcile(event, given(None, name)) == expected


def test_no_defaults_leave_an_event_as_it_is() -> None:
    """This is for functions whose events have no field that a setting supplies."""
    event: Event = {"resource_id": "l"}

    assert defaults.none(event, given("g", "n")) == event


@pytest.mark.parametrize(
    ("event", "group", "expected"),
    [
        ({"logtank": {}}, "g", {"logtank": {"log_group_id": "g"}}),
        ({"logtank": OWN_GROUP}, "g", {"logtank": OWN_GROUP}),
        ({"logtank": {"a": 1}, "b": 2}, None, {"logtank": {"a": 1}, "b": 2}),
        ({"logtank": "text"}, "g", {"logtank": "text"}),
        ({}, "g", {}),
    ],
)
def test_a_logtank_gets_its_group(
    event: Event, group: str | None, expected: Event
) -> None:
    """A value that is not a logtank is rejected later, by the schema."""
    assert defaults.logtank(event, given(group, "ga-{resource_id}")) == expected


def test_the_event_is_not_modified() -> None:
    """The defaults are added to a copy."""
    event: Event = {"resource_id": "l"}
    inner: Event = {}

    defaults.bootstrap(event, given("g", None))
    defaults.log_stream(event, given("g", None))
    defaults.logtank({"logtank": inner}, given("g", None))

    assert event == {"resource_id": "l"}
    assert inner == {}
