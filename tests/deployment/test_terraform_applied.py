"""template.tf and its parts, applied by Terraform without the provider."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.deployment import applied
from tests.deployment.applied import Deployment

pytestmark = applied.needs_terraform

GROUP = {"log_group_id": "b6b9332b-091f-4b22-b810-264318d2d664"}
TOPIC, OTHER_TOPIC = "urn:smn:cn-north-4:0a:one", "urn:smn:cn-north-4:0a:other"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the module applies the template."""
    return tmp_path_factory.mktemp("terraform")


@pytest.fixture(scope="module")
def default(folder: Path) -> Deployment:
    """Return what is deployed with all variables at their defaults."""
    return applied.apply(folder)


def functions(deployment: Deployment) -> dict[str, dict[str, Any]]:
    """Return the arguments of each function, by its name in the template."""
    return {
        address.split('"')[1]: arguments
        for address, arguments in deployment.of_kind("fgs_function").items()
    }


def failures(deployment: Deployment, function: str) -> tuple[str, dict[str, Any]]:
    """Return kind and parameters of the destination of a function's failed events."""
    configurations = deployment.of_kind("fgs_async_invoke_configuration")
    (destination,) = configurations[f'this["{function}"]']["on_failure"]
    return destination["destination"], json.loads(destination["param"])


def test_reconcile_has_fifteen_minutes_and_runs_one_at_a_time(
    default: Deployment,
) -> None:
    """It has one instance, which gets one event at a time; the others have several."""
    limits = {
        name: (each["timeout"], each["max_instance_num"])
        for name, each in functions(default).items()
    }

    assert limits.pop("reconcile") == (900, "1")
    assert set(limits.values()) == {(60, "5")}


def test_no_trigger_is_created_by_default(default: Deployment) -> None:
    """The functions can be called directly alone."""
    assert default.of_kind("fgs_function_trigger") == {}


def test_own_log_lines_are_kept_by_default(default: Deployment) -> None:
    """Each function has a log stream of its own, in a group that is created."""
    streams = {each["log_stream_id"] for each in functions(default).values()}

    assert all(each["enable_lts_log"] for each in functions(default).values())
    assert len(streams) == len(functions(default))
    assert default.of_kind("lts_group")["own[0]"]["ttl_in_days"] == 30


def test_own_log_lines_go_to_a_given_stream(tmp_path: Path) -> None:
    """Then neither a group nor a stream is created."""
    own = {"own_log_group_id": "group", "own_log_stream_id": "stream"}
    deployment = applied.apply(tmp_path, **own)

    assert deployment.of_kind("lts_group") == deployment.of_kind("lts_stream") == {}
    for each in functions(deployment).values():
        assert (each["log_group_id"], each["log_stream_id"]) == ("group", "stream")


def test_own_log_lines_can_be_disabled(tmp_path: Path) -> None:
    """Then FunctionGraph collects none, and nothing is created for them."""
    deployment = applied.apply(tmp_path, own_logs=False)

    assert not any(each["enable_lts_log"] for each in functions(deployment).values())
    assert deployment.of_kind("lts_group") == {}


def test_failed_events_are_kept_per_function_by_default(default: Deployment) -> None:
    """They are kept for 30 days, under their function, in a bucket that is created."""
    (bucket,) = default.of_kind("obs_bucket").values()

    for name in functions(default):
        kept = {"bucket": bucket["bucket"], "prefix": name, "expires": 30}
        assert failures(default, name) == ("OBS", kept)


@pytest.mark.parametrize(
    ("variables", "kind", "place"),
    [
        ({"failure_bucket": "mine"}, "OBS", ("bucket", "mine")),
        ({"failure_topic_urn": TOPIC}, "SMN", ("topic_urn", TOPIC)),
    ],
    ids=["bucket", "topic"],
)
def test_failed_events_go_to_a_given_place(
    tmp_path: Path, variables: dict[str, str], kind: str, place: tuple[str, str]
) -> None:
    """Then no bucket is created."""
    deployment = applied.apply(tmp_path, **variables)
    destination, parameters = failures(deployment, "bootstrap")

    assert deployment.of_kind("obs_bucket") == {}
    assert destination == kind
    assert place in parameters.items()


def test_alarms_watch_errors_and_throttling_of_each_function(
    default: Deployment,
) -> None:
    """Cloud Eye knows a function by its application and name."""
    watched = {
        alarm["resources"][0]["dimensions"][0]["value"]: {
            condition["metric_name"] for condition in alarm["condition"]
        }
        for alarm in default.of_kind("ces_alarmrule").values()
    }

    assert watched == {
        f"default-{each['name']}": {"failcount", "rejectcount"}
        for each in functions(default).values()
    }


def test_alarms_notify_a_topic(tmp_path: Path) -> None:
    """Alarms of functions do; the alarm for a plan uses LTS's own rule."""
    deployment = applied.apply(
        tmp_path,
        **GROUP,
        alarm_topic_urn=TOPIC,
        alarm_action_rule="mail",
        reconcile_schedule="1d",
    )
    alarm = deployment.of_kind("ces_alarmrule")['this["reconcile"]']
    plan = deployment.of_kind("lts_keywords_alarm_rule")["plan[0]"]

    assert alarm["alarm_actions"][0]["notification_list"] == [TOPIC]
    assert plan["alarm_action_rule_name"] == "mail"
    assert plan["keywords_requests"][0]["log_stream_id"].endswith("reconcile")


def test_settings_project_and_role_follow_the_region_of_lts(tmp_path: Path) -> None:
    """The functions may be in another region, where the audit trail reports."""
    deployment = applied.apply(
        tmp_path, region="ap-southeast-1", lts_region="ap-southeast-3"
    )
    settings = json.loads(functions(deployment)["bootstrap"]["user_data"])
    agencies = deployment.of_kind("identity_agency")
    projects = {
        name: [role["project"] for role in agency["project_role"]]
        for name, agency in agencies.items()
    }

    assert settings["HUAWEICLOUD_REGION"] == "ap-southeast-3"
    assert settings["HUAWEICLOUD_SDK_PROJECT_ID"] == "project-of-ap-southeast-3"
    assert projects.pop('kind["platform"]') == ["ap-southeast-1"]
    assert set(map(tuple, projects.values())) == {("ap-southeast-3",)}


def test_a_function_in_the_region_of_lts_uses_its_own_project(
    default: Deployment,
) -> None:
    """No project is looked up or set."""
    settings = json.loads(functions(default)["bootstrap"]["user_data"])

    assert "HUAWEICLOUD_SDK_PROJECT_ID" not in settings
    assert default.of_kind("identity_projects") == {}


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "two groups": ({**GROUP, "log_group_name": "g"}, "must not both be set"),
    "characters": ({"webhook_secrets": "x" * 4_000}, "at most 4,096 characters"),
    "own logs": ({"own_log_group_id": "g"}, "must be set together"),
    "two places": (
        {"failure_topic_urn": TOPIC, "failure_bucket": "mine"},
        "must not both be set",
    ),
    "failures as requests": (
        {"failure_topic_urn": TOPIC, "smn_topic_urn": TOPIC},
        "must not be the topic of the trigger",
    ),
    "timer": ({"timer_listener": "l"}, "requires log_group_id or log_group_name"),
    "reconcile": ({"reconcile_schedule": "1d"}, "requires log_group_id"),
    "audit trail": ({"audit_trail": True}, "requires log_group_id"),
    "deletion": ({"deletion_trail": "EVENTGRID"}, "requires eventgrid"),
    "deletion kind": ({"deletion_trail": "SMN"}, "must be CTS, EVENTGRID or empty"),
    "permissions": ({"permissions": "all"}, "must be system or custom"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_wrong_variables_are_refused_before_anything_changes(
    folder: Path, case: str
) -> None:
    """The plan fails, and its message names the variable."""
    variables, message = REFUSED[case]

    with pytest.raises(applied.Refused, match=message):
        applied.changes(folder, **variables)


def test_an_archive_without_code_is_refused(tmp_path: Path) -> None:
    """FunctionGraph would accept it, and then fail at every event."""
    (tmp_path / "bundle.zip").write_bytes(b"")

    with pytest.raises(applied.Refused, match="run `make build`"):
        applied.changes(tmp_path)


def test_different_topics_for_requests_and_failures_are_accepted(folder: Path) -> None:
    """Only one and the same topic would send failures around in a circle."""
    assert applied.changes(folder, failure_topic_urn=TOPIC, smn_topic_urn=OTHER_TOPIC)
