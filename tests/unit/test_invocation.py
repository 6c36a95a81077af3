"""An invocation validates the event, performs the action, and returns or raises."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from functions import bootstrap, create_log_stream, create_logtank, settings
from functions.errors import (
    BatchFailed,
    DeadlineExceeded,
    InvalidEvent,
    Malfunction,
    Misconfigured,
    NotFound,
    ProvisioningError,
)
from functions.invocation import run
from functions.invocation.requests import Requests
from functions.invocation.tasks import TASKS
from functions.invocation.warm_state import WarmState
from functions.runtime import Log
from functions.triggers.delivery import Delivery, Message
from tests.byte_server import Answer, answer, document, serving
from tests.unit.invocations import (
    DESCRIBED,
    GONE,
    STREAM,
    TANK,
    TANKS,
    Handler,
    context,
    invoked,
    lines,
)
from tests.unit.script import LISTENER_ID, plenty

DESCRIBED_PLACE = {
    "resource_type": "LISTENER",
    "log_group_id": "g",
    "log_stream_id": "s",
}
INVALID: dict[str, object] = {"log_stream_name": ".n"}
ONE, TWO = {"log_stream_name": "one"}, {"log_stream_name": "two"}


def with_remaining_time(milliseconds: int) -> SimpleNamespace:
    """Return a context with this remaining time."""
    remaining = {"getRemainingTimeInMilliSeconds": lambda: milliseconds}
    return SimpleNamespace(**{**vars(context()), **remaining})


@pytest.mark.parametrize(
    ("handler", "event", "answers", "result"),
    [
        (
            bootstrap.handler,
            {"resource_id": LISTENER_ID},
            [STREAM, TANK],
            {
                "log_group_id": "g",
                "log_stream_id": "s",
                "logtank_id": "t",
                "resource_type": "LISTENER",
                "resource_id": LISTENER_ID,
                "status": "ACTIVE",
                "created": ["log_stream", "logtank"],
            },
        ),
        (
            create_log_stream.handler,
            {"log_stream_name": "n"},
            [STREAM],
            {"log_group_id": "g", "log_stream_id": "s", "created": True},
        ),
        (
            create_logtank.handler,
            {
                "logtank": {
                    "resource_type": "LISTENER",
                    "resource_id": LISTENER_ID,
                    "log_stream_id": "s",
                }
            },
            [TANKS],
            {"logtank": DESCRIBED, "created": False},
        ),
    ],
)
def test_an_entry_point_performs_its_action(
    handler: Handler, event: object, answers: list[Answer], result: object
) -> None:
    """Defaults are filled in, the action runs, and its result is returned."""
    assert invoked(handler, event, *answers) == result


def test_an_array_gets_an_array_of_results() -> None:
    """The results keep the order, and an array of one request gets an array, too."""
    other = document({"log_stream_id": "s2"})
    made = invoked(create_log_stream.handler, [ONE, TWO, ONE], STREAM, other)

    assert [each["created"] for each in made] == [True] * 3
    assert {each["log_stream_id"] for each in made} == {"s", "s2"}
    assert made[0] == made[2] != made[1]
    assert len(invoked(create_log_stream.handler, [ONE], STREAM)) == 1
    assert invoked(create_log_stream.handler, []) == []


@pytest.mark.parametrize("event", [None, "text", INVALID, [INVALID]])
def test_an_invalid_event_is_rejected(
    event: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """No request is sent; a single request raises its own error, even in an array."""
    with pytest.raises(InvalidEvent) as raised:
        create_log_stream.handler(event, context())

    (line,) = lines(capsys)
    assert line["level"] == "ERROR"
    assert line["function"] == "create_log_stream"
    assert line["request_id"] == "graph-1"
    assert line["error"] == raised.value.as_document()


def test_a_single_failure_is_raised_unchanged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The error has the step, and is logged."""
    with pytest.raises(NotFound) as raised:
        invoked(create_log_stream.handler, ONE, GONE)

    (line,) = lines(capsys)
    assert line["message"] == "request failed"
    assert line["error"] == raised.value.as_document()
    assert line["error"]["step"] == "create_log_stream"


def test_an_array_with_failures_is_processed_completely(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The batch then fails, with each outcome at the position of its request."""
    with pytest.raises(BatchFailed) as raised:
        invoked(create_log_stream.handler, [INVALID, ONE, TWO], GONE, GONE)

    kinds = [type(each).__name__ for each in raised.value.outcomes]
    assert kinds == ["InvalidEvent", "NotFound", "NotFound"]
    logged = sorted((line["item"], line["message"]) for line in lines(capsys))
    assert logged == [(place, "request failed") for place in range(3)]


def test_an_array_of_invalid_requests_sends_nothing() -> None:
    """Each request has its own error."""
    with pytest.raises(BatchFailed) as raised:
        create_log_stream.handler([INVALID, {**INVALID, "ttl_in_days": 0}], context())

    assert raised.value.status == 400
    assert len(raised.value.failures) == 2


def test_invalid_settings_fail_every_event(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The event is not examined, and the error is logged."""
    with pytest.raises(Misconfigured, match="RETRY_ATTEMPTS") as raised:
        bootstrap.handler(INVALID, context(RETRY_ATTEMPTS="many"))

    (line,) = lines(capsys)
    assert line["error"] == raised.value.as_document()


def test_a_default_that_cannot_be_applied_is_misconfigured() -> None:
    """A stream name with {resource_id} is not usable without a listener."""
    with pytest.raises(Misconfigured, match="LOG_STREAM_NAME"):
        create_log_stream.handler({}, context(LOG_STREAM_NAME="ga-{resource_id}"))


def test_the_log_level_applies_to_the_invocation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At ERROR, a successful request is not logged."""
    invoked(create_log_stream.handler, ONE, STREAM, LOG_LEVEL="ERROR")

    assert capsys.readouterr().out == ""


def test_a_log_line_names_the_listener_of_its_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The field stands where the request has it."""
    tank = {**DESCRIBED_PLACE, "resource_id": LISTENER_ID}
    invoked(create_logtank.handler, {"logtank": tank}, TANKS)
    invoked(bootstrap.handler, {"resource_id": LISTENER_ID}, STREAM, TANK)

    written = lines(capsys)
    assert [line["message"] for line in written] == ["request done"] * 2
    assert [line["resource_id"] for line in written] == [LISTENER_ID] * 2
    assert [line["result"]["created"] for line in written] == [
        False,
        ["log_stream", "logtank"],
    ]


def test_a_request_to_ga_names_the_account_of_the_settings() -> None:
    """The domain comes before the project."""
    event = {"logtank": {**DESCRIBED_PLACE, "resource_id": LISTENER_ID}}
    with serving(TANKS) as server:
        given = context(server.endpoint, HUAWEICLOUD_SDK_DOMAIN_ID="d")
        run("create_logtank", event, given, WarmState())

    assert "\r\nX-Domain-Id: d\r\n" in server.requests[0].text


def test_no_log_line_contains_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    """A secret quoted by the cloud is masked, too."""
    rejection = answer(b'{"error_msg": "bad invocation-token"}', "400 Bad Request")

    with pytest.raises(ProvisioningError) as raised:
        invoked(create_log_stream.handler, ONE, rejection)

    assert "bad ***" in str(raised.value)
    assert "invocation-token" not in capsys.readouterr().out


def test_an_unexpected_exception_is_an_outcome(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Other requests are not affected, and the exception's text is not repeated."""

    def act(request: Mapping[str, object], _cloud: object) -> dict[str, object]:
        return {"made": 1 // len(str(request["log_stream_name"]).removeprefix("n"))}

    work = Requests(
        task=TASKS["create_log_stream"]._replace(action=act),
        configured=settings.read(context().getUserData, frozenset()),
        state=WarmState(),
        remaining_seconds=plenty,
        log=Log("create_log_stream", None, "direct"),
    )

    requests = [{"log_stream_name": n} for n in ("n", "nn")]
    failure, result = work.outcomes(Delivery([Message(requests)]))

    assert isinstance(failure, Malfunction)
    assert failure.detail.startswith("ZeroDivisionError in act, line ")
    assert result == {"made": 1}
    assert len(lines(capsys)) == 2


def test_without_remaining_time_nothing_is_processed() -> None:
    """Not even the validation is performed."""
    with pytest.raises(DeadlineExceeded, match="Not started"):
        create_log_stream.handler(INVALID, with_remaining_time(900))


def test_several_requests_need_more_time_than_one() -> None:
    """One request runs with this remaining time, but none of several is begun."""
    with pytest.raises(BatchFailed) as raised:
        create_log_stream.handler([ONE, TWO], with_remaining_time(1500))

    details = {str(each) for each in raised.value.outcomes}
    assert len(details) == 1
    assert details.pop().startswith("Not started: too little of the function's time")
