"""The triggers of the Terraform template, applied without the provider."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.deployment import applied
from tests.deployment.applied import Deployment

pytestmark = applied.needs_terraform

GROUP = {"log_group_id": "b6b9332b-091f-4b22-b810-264318d2d664"}
TOPIC = "urn:smn:cn-north-4:0a:requests"
CHANNEL = {
    "channel_id": "c",
    "channel_name": "default",
    "source_name": "HC.GA",
    "event_types": ["GA:CloudTrace:ApiCall"],
}
GATEWAY = {"instance_id": "i", "group_id": "g", "env_id": "e", "sl_domain": "d"}
ALL: dict[str, object] = {
    **GROUP,
    "timer_listener": "a-listener",
    "reconcile_schedule": "1d",
    "smn_topic_urn": TOPIC,
    "audit_trail": True,
    "deletion_trail": "CTS",
    "apig_group": GATEWAY,
    "eventgrid": CHANNEL,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder in which the module applies the template."""
    return tmp_path_factory.mktemp("terraform")


@pytest.fixture(scope="module")
def deployment(folder: Path) -> Deployment:
    """Return what is deployed with every trigger."""
    return applied.apply(folder, **ALL)


def trigger(deployment: Deployment, name: str) -> tuple[str, str, Any]:
    """Return a trigger's type, the name of its function, and its data."""
    found = deployment.of_kind("fgs_function_trigger")[name]
    function = found["function_urn"].split(":")[-2]
    return found["type"], function, json.loads(found["event_data"])


@pytest.mark.parametrize(
    ("name", "kind", "function"),
    [
        ("timer[0]", "TIMER", "bootstrap"),
        ("reconcile[0]", "TIMER", "reconcile"),
        ("smn[0]", "SMN", "bootstrap"),
        ("audit_trail[0]", "CTS", "bootstrap"),
        ("deletion_cts[0]", "CTS", "delete-logtank"),
        ("eventgrid[0]", "EVENTGRID", "bootstrap"),
        ('apig["bootstrap"]', "DEDICATEDGATEWAY", "bootstrap"),
    ],
)
def test_a_trigger_sends_its_events_to_its_function(
    deployment: Deployment, name: str, kind: str, function: str
) -> None:
    """Creations reach bootstrap, deletions delete_logtank."""
    found_kind, found_function, _ = trigger(deployment, name)

    assert (found_kind, found_function) == (kind, f"ga-access-log-{function}")


def test_traces_of_deletions_alone_reach_delete_logtank(deployment: Deployment) -> None:
    """Neither function gets the other's traces through CTS."""
    _, _, created = trigger(deployment, "audit_trail[0]")
    _, _, deleted = trigger(deployment, "deletion_cts[0]")

    assert created["operations"] == ["GA:listener:createListener"]
    assert deleted["operations"] == ["GA:listener:deleteListener"]


def test_deletions_can_be_reported_by_eventgrid(tmp_path: Path) -> None:
    """Through a subscription of its own to the channel."""
    deployment = applied.apply(tmp_path, deletion_trail="EVENTGRID", eventgrid=CHANNEL)
    kind, function, data = trigger(deployment, "deletion_eventgrid[0]")
    _, _, created = trigger(deployment, "eventgrid[0]")

    assert (kind, function) == ("EVENTGRID", "ga-access-log-delete-logtank")
    assert data["agency"] == "ga-access-log-platform"
    assert data["trigger_name"] != created["trigger_name"]


def test_webhooks_reach_only_what_creates(deployment: Deployment) -> None:
    """The functions that can delete are exposed only if a variable names them."""
    exposed = {
        name
        for name in deployment.of_kind("fgs_function_trigger")
        if name.startswith("apig")
    }

    assert exposed == {
        'apig["bootstrap"]',
        'apig["create_log_stream"]',
        'apig["create_logtank"]',
    }


def test_timers_run_asynchronously(deployment: Deployment) -> None:
    """So a run that fails is retried, and then kept."""
    for name in ("timer[0]", "reconcile[0]"):
        _, _, data = trigger(deployment, name)
        assert data["sync_execution"] is False


def test_the_schedule_plans_by_default(deployment: Deployment) -> None:
    """Nothing is created unless a variable says so."""
    _, _, data = trigger(deployment, "reconcile[0]")

    assert json.loads(data["user_event"]) == {"apply": False}
    assert (data["schedule_type"], data["schedule"]) == ("Rate", "1d")


def test_a_schedule_may_apply_and_be_a_cron_expression(tmp_path: Path) -> None:
    """Anything that is not a rate is one."""
    deployment = applied.apply(
        tmp_path,
        log_group_name="access-logs",
        reconcile_schedule="0 0 3 * * ?",
        reconcile_apply=True,
    )
    _, _, data = trigger(deployment, "reconcile[0]")

    assert json.loads(data["user_event"]) == {"apply": True}
    assert (data["schedule_type"], data["schedule"]) == ("Cron", "0 0 3 * * ?")


def test_nothing_changes_without_a_change(folder: Path, deployment: Deployment) -> None:
    """A second plan with the same variables is empty."""
    assert deployment
    assert applied.changes(folder, **ALL) == {}


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("timer[0]", {"timer": "2h"}),
        ("timer[0]", {"timer_listener": "another"}),
        ("reconcile[0]", {"reconcile_schedule": "2h"}),
        ("reconcile[0]", {"reconcile_apply": True}),
        ("smn[0]", {"smn_topic_urn": f"{TOPIC}-2"}),
        ("eventgrid[0]", {"eventgrid": {**CHANNEL, "source_name": "HC.CTS"}}),
        ('apig["bootstrap"]', {"apig_group": {**GATEWAY, "group_id": "other"}}),
    ],
)
def test_a_changed_trigger_is_replaced(
    folder: Path, deployment: Deployment, name: str, changed: dict[str, object]
) -> None:
    """Its data is ignored only as far as the service changes it."""
    assert deployment
    changes = applied.changes(folder, **{**ALL, **changed})

    assert changes[f"huaweicloud_fgs_function_trigger.{name}"] == ["delete", "create"]
