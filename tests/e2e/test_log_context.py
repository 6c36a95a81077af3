"""Log lines can be matched to the message, the webhook and the listener."""

from __future__ import annotations

import json

import pytest

from tests.e2e.driving import EVENT, HANDLERS, LISTENER, expect_error, listener_id, send
from tests.e2e.output import Output
from tests.emulator import Emulator
from tests.unit.invocations import from_queue, post

SNS = {"EventSource": "aws:sns", "Sns": {"MessageId": "m-1"}}
SMN = {"message_id": "m-1"}
REQUEST = json.dumps(EVENT)


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize(
    "event",
    [
        {"Records": [{**SNS, "Sns": {**SNS["Sns"], "Message": REQUEST}}]},  # type: ignore[dict-item]
        {"record": [{"smn": {**SMN, "message": REQUEST}}]},
        {"id": "m-1", "detail-type": "Access Log Wanted", "detail": EVENT},
        {"id": "m-1", "specversion": "1.0", "data": EVENT},
    ],
    ids=["SNS", "SMN", "EventBridge", "EventGrid"],
)
def test_every_line_of_a_request_names_its_message(
    output: Output, event: dict[str, object]
) -> None:
    """Calls and results have the ID of the message or event, and the listener's."""
    send("bootstrap", event)
    lines = output.lines()
    assert len(lines) == 3
    assert {line["message_id"] for line in lines} == {"m-1"}
    assert {line["resource_id"] for line in lines} == {LISTENER}


@pytest.mark.usefixtures("cloud")
def test_each_message_of_a_queue_is_named(output: Output) -> None:
    """A failed message, a successful one and a duplicate can each be found."""
    other = {"resource_id": listener_id(1)}
    response = send_raw(from_queue(EVENT, {"resource_id": 1}, other, EVENT))
    assert response == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    done = {line["message_id"] for line in output.lines("request done")}
    (failed,) = output.lines("request failed")
    (same,) = output.lines("same request")
    assert done == {"0", "2"}
    assert (failed["message_id"], failed["code"]) == ("1", "InvalidEvent")
    assert "resource_id" not in failed
    assert (same["message_id"], same["same_as_item"]) == ("3", 0)


def send_raw(event: dict[str, object]) -> object:
    """Return the response to an event that is not a result."""
    return HANDLERS["bootstrap"](event, None)


@pytest.mark.usefixtures("cloud")
@pytest.mark.parametrize("auth", ["platform", "signature"])
def test_every_line_of_a_webhook_has_its_id(
    output: Output, monkeypatch: pytest.MonkeyPatch, auth: str
) -> None:
    """That is so even if the request is rejected; control characters are left out."""
    monkeypatch.setenv("WEBHOOK_AUTH", auth)
    monkeypatch.setenv("WEBHOOK_SECRETS", f"whsec_{'QUJD' * 11}")
    send_raw(post(EVENT, **{"webhook-id": "msg\n_1" + "x" * 200}))
    found = {line["webhook_id"] for line in output.lines()}
    assert found == {"msg_1" + "x" * 122}
    assert len(output.lines()) == (3 if auth == "platform" else 1)


@pytest.mark.usefixtures("cloud")
def test_parallel_requests_of_a_webhook_have_its_id(
    output: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The threads that process an array know what it belongs to."""
    monkeypatch.setenv("WEBHOOK_AUTH", "platform")
    events = [{"resource_id": listener_id(place)} for place in range(9)]
    send_raw(post(events, **{"webhook-id": "w"}))
    assert {line["webhook_id"] for line in output.lines()} == {"w"}
    for line in output.lines():
        assert line["resource_id"] == listener_id(line["item"])


def test_the_lines_of_a_change_name_its_listener(
    cloud: Emulator, output: Output
) -> None:
    """In a run of `reconcile`, each call for a listener has its ID."""
    ids = {listener_id(place) for place in range(5)}
    cloud.seed(listeners=[{"id": each} for each in sorted(ids)])
    send("reconcile", {"apply": True})
    logtanks = [x for x in output.lines("call") if x["operation"] == "CreateLogtank"]
    assert {line["resource_id"] for line in logtanks} == ids
    assert {line["resource_id"] for line in output.lines("applied")} == ids


@pytest.mark.usefixtures("mature")
def test_an_expected_refusal_is_no_warning(output: Output) -> None:
    """Sending an event again is normal operation."""
    send("bootstrap", EVENT)
    send("bootstrap", EVENT)
    codes = {line["code"]: line["level"] for line in output.lines() if "code" in line}
    assert codes == {"LTS.0205": "INFO"}
    assert {line["level"] for line in output.lines()} == {"INFO"}


def test_a_failure_has_both_request_ids(cloud: Emulator, output: Output) -> None:
    """The platform's and the cloud's have names of their own."""
    cloud.fail({"operation": "CreateLogStream", "status": 403, "times": None})
    error = expect_error("bootstrap", EVENT)
    (failed,) = output.lines("request failed")
    assert failed["cloud_request_id"] == error.request_id
    assert failed["code"] == error.code
    assert failed.get("request_id") != error.request_id
