"""Templates of streams' names, which `reconcile` expands for each listener."""

from __future__ import annotations

import pytest

from functions import settings
from functions.errors import InvalidEvent, Misconfigured, ProvisioningError
from functions.invocation import defaults, validation
from functions.invocation.tasks import TASKS

RECONCILE = TASKS["create_log_stream"]._replace(
    name="reconcile", with_defaults=defaults.reconcile
)


def completed(given: object, name: str) -> object:
    """Return a request completed with this stream's name, and a group, as settings."""
    variables = {
        "HUAWEICLOUD_AUTH_TOKEN": "t",
        "LOG_GROUP_NAME": "g",
        "LOG_STREAM_NAME": name,
    }
    configured = settings.read(variables.get, frozenset())
    return validation.complete(RECONCILE, given, configured, 100)


@pytest.mark.parametrize(
    ("given", "name", "expected"),
    [
        ({"apply": True}, "", "ga-{resource_id}"),
        ({}, "all", "all"),
        ({"log_stream_name": "n-{resource_id}"}, "all", "n-{resource_id}"),
    ],
)
def test_reconcile_needs_no_field_that_a_setting_supplies(
    given: dict[str, object], name: str, expected: str
) -> None:
    """The stream's name is the template that the listeners' names are made of."""
    request = completed(given, name)

    assert request == {**given, "log_group_name": "g", "log_stream_name": expected}


@pytest.mark.parametrize(
    ("given", "name", "kind", "detail"),
    [
        (
            {"log_stream_name": "{listener}"},
            "",
            InvalidEvent,
            (
                "/log_stream_name may contain only English letters, Chinese "
                "characters, digits, hyphens, underscores, periods and the placeholder "
                "{resource_id}"
            ),
        ),
        (
            {},
            "_{resource_id}",
            Misconfigured,
            "LOG_STREAM_NAME must not begin with a period or an underscore",
        ),
        ({}, "n" * 65, Misconfigured, "LOG_STREAM_NAME must have at most 64 characte"),
    ],
)
def test_a_template_that_violates_a_rule_is_rejected(
    given: object, name: str, kind: type[ProvisioningError], detail: str
) -> None:
    """The error is in the event or in the setting, wherever the template is from."""
    with pytest.raises(kind) as raised:
        completed(given, name)

    assert str(raised.value).startswith(detail)


@pytest.mark.parametrize(
    ("template", "listener", "name"),
    [
        ("ga-{resource_id}", "l", "ga-l"),
        ("all", "l", "all"),
        ("{resource_id}", "l", "l"),
    ],
)
def test_a_template_is_expanded(template: str, listener: str, name: str) -> None:
    """A template without a placeholder is the name of all listeners' stream."""
    assert validation.stream_name(template, listener, setting=None) == name


@pytest.mark.parametrize(
    ("setting", "detail"),
    [
        (None, "/log_stream_name becomes a name that must have at most 64 characters"),
        ("x", "/log_stream_name becomes a name that must have at most 64 characters"),
        (
            "n" * 52 + "{resource_id}",
            "LOG_STREAM_NAME becomes a name that must have at most 64 characters",
        ),
    ],
)
def test_a_name_that_breaks_a_rule_is_that_of_the_event_or_of_the_setting(
    setting: str | None, detail: str
) -> None:
    """The listener whose ID makes it invalid is named."""
    template = "n" * 52 + "{resource_id}"
    kind = Misconfigured if setting == template else InvalidEvent

    with pytest.raises(kind) as raised:
        validation.stream_name(template, "a-listener-id", setting=setting)

    assert raised.value.detail == f"{detail}, for listener a-listener-id"
