"""Settings fill in only what an event omits."""

from __future__ import annotations

import pytest

from functions.errors import Misconfigured
from functions.invocation import defaults

Event = dict[str, object]
NAME = "log_stream_name"
OWN, OWN_GROUP = {NAME: "own"}, {"log_group_id": "own"}


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
    assert defaults.log_stream(event, group, name) == expected


def test_a_template_with_a_listener_is_invalid_for_a_log_stream() -> None:
    """The error is in the setting, and not in the event."""
    with pytest.raises(Misconfigured, match="LOG_STREAM_NAME contains"):
        defaults.log_stream({}, "g", "ga-{resource_id}")


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
    assert defaults.bootstrap(event, group, name) == {**event, **expected}


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
    assert defaults.logtank(event, group, "ga-{resource_id}") == expected


def test_the_event_is_not_modified() -> None:
    """The defaults are added to a copy."""
    event: Event = {"resource_id": "l"}
    inner: Event = {}

    defaults.bootstrap(event, "g", None)
    defaults.log_stream(event, "g", None)
    defaults.logtank({"logtank": inner}, "g", None)

    assert event == {"resource_id": "l"}
    assert inner == {}
