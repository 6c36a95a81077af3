"""What template.yaml watches: logs, alarms and the dashboard."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.deployment import sam
from tests.deployment.test_template import QUEUES

FUNCTION_ALARMS = {
    "DeliveryAlarm": "DestinationDeliveryFailures",
    "ErrorsAlarm": "Errors",
    "RejectedWebhooksAlarm": "Url4xxCount",
    "ThrottlesAlarm": "Throttles",
    "WebhooksAlarm": "Url5xxCount",
}
"""The metric of each alarm that watches all functions."""
EXPECTED_WIDGETS = {
    "Requests by outcome",
    "Failures by error code",
    "Duration (longest)",
    "Throttled calls",
    "Errors",
    "Waiting requests",
    "Age of the oldest request (seconds)",
    "Failed events",
}


def alarm(name: str) -> dict[str, Any]:
    """Return the properties of an alarm."""
    found: dict[str, Any] = sam.resources("AWS::CloudWatch::Alarm")[name]
    return found


def metrics(name: str) -> list[dict[str, Any]]:
    """Return the metrics that an alarm adds up or compares."""
    return [
        each["MetricStat"]["Metric"]
        for each in alarm(name)["Metrics"]
        if "MetricStat" in each
    ]


def watched_queues(name: str, metric: str) -> set[str]:
    """Return the queues of which an alarm watches a metric."""
    found = metrics(name)
    assert {each["MetricName"] for each in found} == {metric}
    return {each["Dimensions"][0]["Value"]["Fn::GetAtt"][0] for each in found}


def widgets() -> dict[str, dict[str, Any]]:
    """Return the widgets of the dashboard, with names instead of expressions."""
    (dashboard,) = sam.resources("AWS::CloudWatch::Dashboard").values()
    text = dashboard["DashboardBody"]["Fn::Sub"]
    named = json.loads(re.sub(r"\$\{([A-Za-z:.]+)\}", r"\1", text))
    return {each["properties"]["title"]: each for each in named["widgets"]}


def shown(title: str) -> set[str]:
    """Return the functions or queues of which a widget shows a metric."""
    rows = widgets()[title]["properties"]["metrics"]
    return {row[-2].removesuffix(".QueueName") for row in rows}


def test_all_functions_log_to_one_log_group() -> None:
    """Logs are JSON and are kept for 30 days."""
    (group,) = sam.resources("AWS::Logs::LogGroup").values()
    logging = [each["LoggingConfig"] for each in sam.functions().values()]

    assert [(each["LogFormat"], each["LogGroup"]) for each in logging] == [
        ("JSON", {"Ref": "Logs"})
    ] * len(sam.NAMES)
    assert group["RetentionInDays"] == 30


@pytest.mark.parametrize(("name", "metric"), FUNCTION_ALARMS.items())
def test_alarms_watch_every_function(name: str, metric: str) -> None:
    """Each alarm has a metric for each function."""
    watched = {each["Dimensions"][0]["Value"]["Ref"] for each in metrics(name)}

    assert {each["MetricName"] for each in metrics(name)} == {metric}
    assert watched == set(sam.NAMES.values())


def test_failed_events_raise_an_alarm() -> None:
    """It watches the queue of failed events of every function."""
    found = watched_queues("FailuresAlarm", "ApproximateNumberOfMessagesVisible")

    assert found == set(sam.failure_queues().values())


def test_requests_that_wait_too_long_raise_an_alarm() -> None:
    """It is too long if five deliveries, after which a request has failed, are over."""
    found = watched_queues("BacklogAlarm", "ApproximateAgeOfOldestMessage")
    queues = [sam.resources("AWS::SQS::Queue")[name] for name in found]

    assert found == set(QUEUES.values())
    assert {
        each["VisibilityTimeout"] * each["RedrivePolicy"]["maxReceiveCount"]
        for each in queues
    } == {alarm("BacklogAlarm")["Threshold"]}


def test_rejected_webhooks_raise_an_alarm_above_a_parameter() -> None:
    """By default, one rejected webhook does."""
    assert alarm("RejectedWebhooksAlarm")["Threshold"] == {"Ref": "RejectedWebhooks"}
    assert sam.stack()["Parameters"]["RejectedWebhooks"]["Default"] == 0


def test_open_changes_of_a_scheduled_reconcile_raise_an_alarm() -> None:
    """It watches for the last log line of a run, if that is a WARNING."""
    (log_filter,) = sam.resources("AWS::Logs::MetricFilter").values()
    (made,) = log_filter["MetricTransformations"]
    watched = alarm("ReconcileAlarm")
    compared = re.findall(r'\$\.(\w+) = "([^"]+)"', log_filter["FilterPattern"])

    assert dict(compared) == {
        "function": "reconcile",
        "level": "WARNING",
        "message": "request done",
    }
    assert log_filter["LogGroupName"] == {"Ref": "Logs"}
    assert (watched["Namespace"], watched["MetricName"]) == (
        made["MetricNamespace"],
        made["MetricName"],
    )


def test_alarms_notify_the_topic_and_are_quiet_without_data() -> None:
    """Every alarm goes off at the first value above its threshold."""
    for each in sam.resources("AWS::CloudWatch::Alarm").values():
        condition, topic, _nothing = each["AlarmActions"]["Fn::If"]
        assert (condition, topic) == ("HasAlarmTopic", [{"Ref": "AlarmTopicArn"}])
        assert each["TreatMissingData"] == "notBreaching"
        assert each["ComparisonOperator"] == "GreaterThanThreshold"
        assert each["EvaluationPeriods"] == 1


def test_the_dashboard_shows_every_function_and_queue() -> None:
    """It shows outcomes, duration, throttling, waiting requests and failed events."""
    assert set(widgets()) == EXPECTED_WIDGETS
    for title in ("Duration (longest)", "Throttled calls", "Errors"):
        assert shown(title) == set(sam.NAMES.values())
    for title in ("Waiting requests", "Age of the oldest request (seconds)"):
        assert shown(title) == set(QUEUES.values())
    assert shown("Failed events") == set(sam.failure_queues().values())


def test_the_widgets_of_the_dashboard_do_not_overlap() -> None:
    """They fill rows of 24 columns."""
    taken = [
        (column, row)
        for each in widgets().values()
        for column in range(each["x"], each["x"] + each["width"])
        for row in range(each["y"], each["y"] + each["height"])
    ]

    assert len(taken) == len(set(taken)) == 24 * 18
