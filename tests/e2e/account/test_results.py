"""How a partly failed or an oversized result gets out of each kind of trigger."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions.errors import ProvisioningError
from tests.e2e.answering import SQS, Outcome, invoke
from tests.e2e.driving import expect_error, send
from tests.e2e.samples import sample, sign, with_body
from tests.emulator import Emulator
from tests.unit.signed_webhooks import SECRET

APPLY: dict[str, object] = {"apply": True}
LISTENERS = 4
TOO_MANY = 2_000
TRIGGERS = ("http-alb.json", "http-alb-multi-value.json", "http-api-gateway-v2.json")


@pytest.fixture
def account(mature: Emulator, clean_environment: pytest.MonkeyPatch) -> Emulator:
    """Return an account with listeners without logs; webhooks have a secret."""
    clean_environment.setenv("WEBHOOK_SECRETS", SECRET.reveal())
    mature.seed(listeners=[{"count": LISTENERS, "id": "{n:032x}"}])
    return mature


def webhook(name: str, request: dict[str, object], entry: str = "reconcile") -> Outcome:
    """Return the outcome of a signed webhook."""
    return invoke(entry, sign(with_body(sample(name), json.dumps(request))))


def queue_event(*requests: dict[str, object]) -> dict[str, Any]:
    """Return an event of a queue with these messages."""
    record = sample("sqs.json")["Records"][0]
    return {
        "Records": [
            {**record, "messageId": f"m-{place}", "body": json.dumps(request)}
            for place, request in enumerate(requests)
        ]
    }


@pytest.mark.parametrize("name", TRIGGERS)
def test_a_webhook_is_told_which_changes_were_made(
    account: Emulator, name: str
) -> None:
    """Of the one that failed it gets what it may know, and every ID."""
    account.fail({"operation": "CreateLogtank", "status": 403})
    outcome = webhook(name, APPLY)
    assert outcome.status == 502
    made = [each for each in outcome.document["changes"] if "error" not in each]
    (failed,) = (each for each in outcome.document["changes"] if "error" in each)
    assert {each["logtank_id"] for each in made} == {
        each["id"] for each in account.logtanks
    }
    assert len(made) == LISTENERS - 1
    assert "detail" not in failed["error"]
    assert failed["error"]["log_stream_id"] in {
        each["log_stream_id"] for each in account.streams
    }


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("name", TRIGGERS)
def test_a_webhook_is_told_what_does_not_fit(
    clean_environment: pytest.MonkeyPatch, name: str
) -> None:
    """That is the caller's to change, so it gets the whole document."""
    clean_environment.setenv("LOG_STREAMS_PER_GROUP", "1")
    outcome = webhook(name, APPLY)
    assert outcome.status == 409
    assert "{resource_id}" in outcome.document["remedy"]
    assert len(outcome.document["changes"]) == 1
    assert len(outcome.document["skipped"]) == LISTENERS - 1
    plan = webhook(name, {})
    assert (plan.status, plan.document["applied"]) == (200, False)


def test_a_queue_gets_back_only_the_message_that_failed(account: Emulator) -> None:
    """Its redelivery does what is left."""
    ids = {"listeners": {"resource_ids": [f"{0:032x}"]}}
    event = queue_event(APPLY | ids, {"x": 1}, APPLY)
    account.fail({"operation": "CreateLogtank", "status": 403, "times": 2})
    outcome = invoke("reconcile", event)
    assert outcome.kind == SQS
    failed = [each["itemIdentifier"] for each in outcome.document["batchItemFailures"]]
    assert "m-1" in failed
    assert len(failed) >= 2
    again = invoke("reconcile", queue_event(APPLY | ids, APPLY))
    assert again.document == {"batchItemFailures": []}
    assert len(account.logtanks) == LISTENERS


@pytest.mark.parametrize("name", ["timer-empty.json", "http-alb.json"])
def test_a_result_that_is_too_large_is_an_error_and_never_cut(
    account: Emulator, name: str
) -> None:
    """It says to ask for fewer listeners, which then works."""
    account.seed(listeners=[{"count": 3 * TOO_MANY, "id": "{n:032x}"}])
    if name.startswith("http"):
        outcome = webhook(name, {}, "status")
        assert outcome.status == 413
        remedy = outcome.document["remedy"]
    else:
        error: ProvisioningError = expect_error("status", sample(name))
        remedy = error.remedy
    assert "listeners" in remedy
    request = {"listeners": {"resource_ids": [f"{n:032x}" for n in range(20)]}}
    assert len(send("status", request)["listeners"]) == 20
