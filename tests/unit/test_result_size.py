"""A result over the limit of its trigger is an error, and never cut."""

from __future__ import annotations

import pytest

from functions import triggers
from functions.errors import ResultTooLarge

KB = 1024
HTTP = {"httpMethod": "POST", "headers": {}, "body": ""}
ALB = {**HTTP, "requestContext": {"elb": {}}}
TIMER = {"trigger_type": "TIMER", "user_event": "{}"}
SMN = {"record": [{"smn": {"message": "{}"}}]}
CTS: dict[str, object] = {"cts": {}}
SNS = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "{}"}}]}


@pytest.mark.parametrize(
    ("event", "limit"),
    [
        (ALB, 1024 * KB),
        (HTTP, 6 * 1024 * KB - KB),
        ({}, 6 * 1024 * KB - KB),
        (SNS, 6 * 1024 * KB - KB),
        (TIMER, 256 * KB),
        (SMN, 256 * KB),
        (CTS, 256 * KB),
    ],
    ids=["ALB", "API Gateway", "direct", "SNS", "TIMER", "SMN", "CTS"],
)
def test_a_result_must_fit_its_trigger(event: dict[str, object], limit: int) -> None:
    """The size is that of the JSON in UTF-8, including its quotes."""
    trigger = triggers.trigger_for(event)
    parsed = trigger.parse(event)
    triggers.require_size(trigger, parsed, "x" * (limit - 2))
    with pytest.raises(ResultTooLarge) as caught:
        triggers.require_size(trigger, parsed, "x" * (limit - 1))
    assert str(limit) in caught.value.detail
    assert "`listeners`" in caught.value.remedy
