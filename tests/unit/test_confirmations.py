"""Subscription confirmations are rejected with a remedy."""

from __future__ import annotations

import json

import pytest

from functions.errors import InvalidEvent
from functions.triggers import envelopes
from functions.triggers.delivery import Message


def eventbridge(detail: object) -> dict[str, object]:
    """Return an EventBridge event."""
    return {"version": "0", "detail-type": "t", "source": "s", "detail": detail}


def text(payload: object) -> str:
    """Return a payload as JSON."""
    return json.dumps(payload)


SNS_CONFIRMATION = {
    "Type": "SubscriptionConfirmation",
    "TopicArn": "arn:aws:sns:eu-central-1:123456789012:t",
    "Message": "You have chosen to subscribe to the topic.",
    "SubscribeURL": "https://sns.eu-central-1.amazonaws.com/?Action=Confirm",
    "Token": "t",
}


SMN_CONFIRMATION = {
    "type": "SubscriptionConfirmation",
    "topic_urn": "urn:smn:cn-north-4:p:t",
    "message": "You are invited to subscribe to topic.",
    "subscribe_url": "https://console.huaweicloud.com/smn/subscribe",
}


@pytest.mark.parametrize(
    "found",
    [
        SNS_CONFIRMATION,
        text(SNS_CONFIRMATION),
        {**SNS_CONFIRMATION, "Type": "UnsubscribeConfirmation"},
        SMN_CONFIRMATION,
        eventbridge(SMN_CONFIRMATION),
        [SMN_CONFIRMATION],
    ],
)
def test_a_subscription_confirmation_is_rejected_with_a_remedy(found: object) -> None:
    """It is not treated as an invalid request."""
    (item,) = envelopes.message(found).items

    assert isinstance(item, InvalidEvent)
    assert "is a topic's subscription confirmation, not a request" in item.detail
    assert "Confirm the subscription" in (item.remedy or "")


@pytest.mark.parametrize("kind", [[], {}, None, 7, "subscriptionconfirmation"])
def test_other_types_are_not_confirmations(kind: object) -> None:
    """The schema rejects such an event later."""
    assert envelopes.message({"Type": kind}) == Message([{"Type": kind}])
