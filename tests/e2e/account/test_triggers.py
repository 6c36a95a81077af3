"""Each trigger that fits can start `status`, `reconcile` and `delete_logtank`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from functions.errors import InvalidEvent
from tests.e2e.account.accounts import IDS, calls, plant
from tests.e2e.answering import HTTP, SQS, invoke
from tests.e2e.contexts import FunctionGraphContext, LambdaContext
from tests.e2e.driving import LISTENER, expect_error, listener_id, send
from tests.e2e.samples import HTTP_REQUESTS, sample, sign, with_body
from tests.emulator import Emulator
from tests.unit.signed_webhooks import SECRET

Json = Any
ORPHAN = listener_id(900)
REQUESTS: dict[str, dict[str, object]] = {
    "status": {},
    "reconcile": {"apply": True},
    "delete_logtank": {"resource_id": ORPHAN, "only_if_listener_is_gone": True},
}
CONTEXTS = {"status": LambdaContext, "reconcile": FunctionGraphContext}


def _eventbridge(request: Json, kind: str = "Access Log Wanted") -> Json:
    return {**sample("eventbridge.json"), "detail-type": kind, "detail": request}


def _sns(request: Json) -> Json:
    record = sample("sns.json")["Records"][0]
    return {
        "Records": [
            {**record, "Sns": {**record["Sns"], "Message": json.dumps(request)}}
        ]
    }


def _dms(request: Json) -> Json:
    event = sample("dms-kafka.json")
    event["records"] = [{**event["records"][0], "messages": [json.dumps(request)]}]
    return event


def _sqs(request: Json) -> Json:
    record = sample("sqs.json")["Records"][0]
    return {"Records": [{**record, "body": json.dumps(request)}]}


ENVELOPES: dict[str, Callable[[Json], Json]] = {
    "direct": lambda request: request,
    "TIMER": lambda request: {
        **sample("timer.json"),
        "user_event": json.dumps(request),
    },
    "an EventBridge rule": _eventbridge,
    "EventGrid": lambda request: {**sample("eventgrid.json"), "data": request},
    "SNS": _sns,
    "SMN": lambda request: {"record": [{"smn": {"message": json.dumps(request)}}]},
    "DMS": _dms,
}
SEVERAL = ("SNS", "SMN", "DMS")
"""Triggers that may deliver several requests, so that the result is an array."""


@pytest.fixture(autouse=True)
def account(mature: Emulator, clean_environment: pytest.MonkeyPatch) -> Emulator:
    """Return the account with the listeners; webhooks have a secret."""
    clean_environment.setenv("WEBHOOK_SECRETS", SECRET.reveal())
    plant(mature)
    return mature


def assert_done(account: Emulator, entry: str, result: Json) -> None:
    """Check that a function did what its request asks for."""
    if entry == "status":
        assert len(result["listeners"]) == len(IDS)
    if entry == "reconcile":
        assert result["applied"] is True
        planned = [kind for kind in IDS.values() if kind.planned == "create"]
        assert len(result["changes"]) == len(planned)
    if entry == "delete_logtank":
        assert result["deleted"] == ["logtank"]
        assert ORPHAN not in {each["resource_id"] for each in account.logtanks}


@pytest.mark.parametrize("entry", REQUESTS)
@pytest.mark.parametrize("trigger", ENVELOPES)
def test_a_function_is_started_by_a_trigger(
    account: Emulator, entry: str, trigger: str
) -> None:
    """The result is that of a direct call, in an array if there may be several."""
    context = CONTEXTS.get(entry, LambdaContext)(60)
    result = send(entry, ENVELOPES[trigger](REQUESTS[entry]), context)
    if trigger in SEVERAL:
        (result,) = result
    assert_done(account, entry, result)


@pytest.mark.parametrize("entry", REQUESTS)
@pytest.mark.parametrize("name", HTTP_REQUESTS)
def test_a_webhook_gets_a_200(account: Emulator, entry: str, name: str) -> None:
    """That something was created does not change the status."""
    event = sign(with_body(sample(name), json.dumps(REQUESTS[entry])))
    outcome = invoke(entry, event)
    assert outcome.status == 200
    assert_done(account, entry, outcome.document)


@pytest.mark.parametrize("entry", REQUESTS)
def test_a_queue_gets_nothing_back(account: Emulator, entry: str) -> None:
    """The message is done."""
    outcome = invoke(entry, _sqs(REQUESTS[entry]))
    assert (outcome.kind, outcome.document) == (SQS, {"batchItemFailures": []})
    if entry == "reconcile":
        assert len(calls(account)) > 4


@pytest.mark.parametrize("entry", ["status", "reconcile"])
@pytest.mark.parametrize(
    "name",
    ["timer-empty.json", "eventbridge-schedule.json", "scheduler-without-input.json"],
)
def test_a_schedule_without_a_payload_reads_only(
    account: Emulator, entry: str, name: str
) -> None:
    """Without `apply`, `reconcile` returns a plan."""
    before = account.state()["logtanks"]
    result = send(entry, sample(name))
    assert account.state()["logtanks"] == before
    assert result.get("applied", False) is False


def test_a_schedule_without_a_payload_deletes_nothing(account: Emulator) -> None:
    """A deletion needs a listener."""
    error = expect_error("delete_logtank", sample("timer-empty.json"))
    assert isinstance(error, InvalidEvent)
    assert error.detail == "/resource_id is required"
    assert calls(account) == {}


def test_eventbridge_events_announce_listeners(account: Emulator) -> None:
    """On AWS they take the place of audit traces."""
    wanted = _eventbridge({"resource_id": LISTENER}, "Access Log Wanted")
    account.seed(listeners=[{"id": LISTENER}])
    assert send("bootstrap", wanted)["created"] == ["log_stream", "logtank"]
    unwanted = {"resource_id": LISTENER, "only_if_listener_is_gone": True}
    event = _eventbridge(unwanted, "Access Log Unwanted")
    assert send("delete_logtank", event)["deleted"] == []
    account.remove(LISTENER)
    assert send("delete_logtank", event)["deleted"] == ["logtank"]


@pytest.mark.parametrize("entry", ["status", "reconcile"])
@pytest.mark.parametrize("trace", ["createListener", "deleteListener"])
def test_traces_are_ignored(account: Emulator, entry: str, trace: str) -> None:
    """They are for `bootstrap` and `delete_logtank`."""
    event = sample("cts.json")
    event["cts"]["trace_name"] = trace
    assert invoke(entry, event).document.keys() == {"ignored"}
    assert calls(account) == {}


def test_a_webhook_that_takes_too_long_gets_a_504_with_what_was_done(
    account: Emulator, clean_environment: pytest.MonkeyPatch
) -> None:
    """The sender can send it again, and the rest is done."""
    clean_environment.setenv("HTTP_RESPONSE_SECONDS", "3")
    clean_environment.setenv("MAX_CONCURRENCY", "1")
    account.reset(latency_seconds=0.1)
    account.seed(listeners=[{"count": 20, "id": "{n:032x}"}])
    request = with_body(sample("http-api-gateway-v2.json"), '{"apply": true}')
    first = invoke("reconcile", sign(request))
    assert (first.kind, first.status) == (HTTP, 504)
    assert first.document["retryable"] is True
    done = len(account.logtanks)
    assert 0 < done < 20
    invoke("reconcile", sign(request))
    assert len(account.logtanks) > done
