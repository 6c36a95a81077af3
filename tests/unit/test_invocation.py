"""One event's way through the bundle: read, check, do, reply, or raise."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from functions import bootstrap, create_log_stream, create_logtank, invocation
from functions.errors import (
    BatchFailed,
    DeadlineExceeded,
    InvalidEvent,
    Malfunction,
    Misconfigured,
    NotFound,
    ProvisioningError,
)
from functions.invocation import tasks
from tests.byte_server import Answer, answer, document
from tests.unit.invoking import (
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

BAD: dict[str, object] = {"log_stream_name": ".n"}
ONE, TWO = {"log_stream_name": "one"}, {"log_stream_name": "two"}


def with_time_left(milliseconds: int) -> SimpleNamespace:
    """Return a context that tells so much time."""
    remaining = {"getRemainingTimeInMilliSeconds": lambda: milliseconds}
    return SimpleNamespace(**{**vars(context()), **remaining})


@pytest.mark.parametrize(
    ("handler", "event", "answers", "made"),
    [
        (
            bootstrap.handler,
            {"resource_id": "l"},
            [STREAM, TANK],
            {
                "log_group_id": "g",
                "log_stream_id": "s",
                "logtank_id": "t",
                "resource_type": "LISTENER",
                "resource_id": "l",
                "status": "ACTIVE",
                "created": ["log_stream", "logtank"],
            },
        ),
        (
            create_log_stream.handler,
            {"log_stream_name": "n"},
            [STREAM],
            {"log_stream_id": "s", "created": True},
        ),
        (
            create_logtank.handler,
            {
                "logtank": {
                    "resource_type": "LISTENER",
                    "resource_id": "l",
                    "log_stream_id": "s",
                }
            },
            [TANKS],
            {"logtank": DESCRIBED, "created": False},
        ),
    ],
)
def test_an_entry_does_what_its_event_asks_for(
    handler: Handler, event: object, answers: list[Answer], made: object
) -> None:
    """Defaults are filled in, the action is done, and its result returned."""
    assert invoked(handler, event, *answers) == made


def test_an_array_has_an_array_of_results() -> None:
    """In order, and for a single request as well."""
    other = document({"log_stream_id": "s2"})

    assert invoked(create_log_stream.handler, [ONE, TWO, ONE], STREAM, other) == [
        {"log_stream_id": "s", "created": True},
        {"log_stream_id": "s2", "created": True},
        {"log_stream_id": "s", "created": True},
    ]
    assert len(invoked(create_log_stream.handler, [ONE], STREAM)) == 1
    assert invoked(create_log_stream.handler, []) == []


@pytest.mark.parametrize("event", [None, "text", BAD, [BAD]])
def test_an_event_that_breaks_its_schema_is_refused(
    event: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is sent; a lone one raises its own error, in an array too."""
    with pytest.raises(InvalidEvent) as raised:
        create_log_stream.handler(event, context())

    (line,) = lines(capsys)
    assert line["level"] == "ERROR"
    assert line["function"] == "create_log_stream"
    assert line["request_id"] == "graph-1"
    assert line["error"] == raised.value.as_document()


def test_a_lone_failure_is_raised_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """It tells the step, and stands in the log."""
    with pytest.raises(NotFound) as raised:
        invoked(create_log_stream.handler, ONE, GONE)

    (line,) = lines(capsys)
    assert line["message"] == "request failed"
    assert line["error"] == raised.value.as_document()
    assert line["error"]["step"] == "create_log_stream"


def test_an_array_in_which_some_fail_is_done_in_full(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Then it fails as a whole, with every outcome in its place."""
    with pytest.raises(BatchFailed) as raised:
        invoked(create_log_stream.handler, [BAD, ONE, TWO], STREAM, GONE)

    kinds = [type(each).__name__ for each in raised.value.outcomes]
    assert kinds == ["InvalidEvent", "dict", "NotFound"]
    assert [line["message"] for line in lines(capsys)] == [
        "request failed",
        "request done",
        "request failed",
    ]


def test_an_array_in_which_all_are_invalid_sends_nothing() -> None:
    """Each has its own refusal."""
    with pytest.raises(BatchFailed) as raised:
        create_log_stream.handler([BAD, {**BAD, "ttl_in_days": 0}], context())

    assert raised.value.status == 400
    assert len(raised.value.failures) == 2


def test_settings_that_make_no_sense_fail_every_event(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Before the event is looked at, and in the log."""
    with pytest.raises(Misconfigured, match="RETRY_ATTEMPTS") as raised:
        bootstrap.handler(BAD, context(RETRY_ATTEMPTS="many"))

    (line,) = lines(capsys)
    assert line["error"] == raised.value.as_document()


def test_a_default_that_cannot_be_filled_in_is_a_setting_at_fault() -> None:
    """A stream's name that needs a listener is of no use without one."""
    with pytest.raises(Misconfigured, match="LOG_STREAM_NAME"):
        create_log_stream.handler({}, context(LOG_STREAM_NAME="ga-{resource_id}"))


def test_the_log_level_holds_for_the_invocation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At ERROR, what went well leaves no line."""
    invoked(create_log_stream.handler, ONE, STREAM, LOG_LEVEL="ERROR")

    assert capsys.readouterr().out == ""


def test_no_secret_is_in_any_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Even if the cloud quotes it."""
    said = answer(b'{"error_msg": "bad invocation-token"}', "400 Bad Request")

    with pytest.raises(ProvisioningError) as raised:
        invoked(create_log_stream.handler, ONE, said)

    assert "bad ***" in str(raised.value)
    assert "invocation-token" not in capsys.readouterr().out


def test_a_defect_is_an_outcome_as_any_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It costs the other requests nothing, and its text is not repeated."""

    def act(request: Mapping[str, object], _cloud: object) -> dict[str, object]:
        return {"made": 1 // len(str(request["log_stream_name"]).removeprefix("n"))}

    task = tasks.CREATE_LOG_STREAM._replace(action=act)
    requests = [{"log_stream_name": "n"}, {"log_stream_name": "nn"}]

    with pytest.raises(BatchFailed) as raised:
        invocation.run(task, requests, context())

    failure, made = raised.value.outcomes
    assert isinstance(failure, Malfunction)
    assert failure.detail.startswith("ZeroDivisionError in act, line ")
    assert made == {"made": 1}
    assert len(lines(capsys)) == 2


def test_without_time_nothing_is_begun() -> None:
    """Not even a check."""
    with pytest.raises(DeadlineExceeded, match="Not begun"):
        create_log_stream.handler(BAD, with_time_left(900))


def test_several_need_more_time_than_one() -> None:
    """One is tried with what is left, of several none is begun."""
    with pytest.raises(BatchFailed) as raised:
        create_log_stream.handler([ONE, TWO], with_time_left(1500))

    details = {str(each) for each in raised.value.outcomes}
    assert len(details) == 1
    assert details.pop().startswith("Not begun: too little of the function's time")
