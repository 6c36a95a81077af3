"""A look that fails: without sight nothing is made a second time."""

from __future__ import annotations

from functions.errors import (
    AlreadyExists,
    PermissionDenied,
    ServiceFailed,
    Throttled,
    UnintelligibleReply,
    Unreachable,
)
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import EVENT, assert_one_of_each, send
from tests.e2e.faults import (
    ATTEMPTS,
    BRIEF_SECONDS,
    LOGTANK,
    STREAM,
    Row,
    Step,
    for_each,
    for_each_in_a_step,
    recover,
    suffer,
    times,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

BLIND = [
    Row("a look that is refused", {"status": 403, "body": ""}, PermissionDenied),
    Row("a look that fails", {"status": 500}, ServiceFailed),
    Row("a look that is throttled", {"status": 429}, Throttled),
    Row("a look without an answer", {"connection": "refuse_answer"}, Unreachable),
    Row("a look that breaks off", {"connection": "cut"}, Unreachable),
    Row("a look at something else", {"status": 200, "body": []}, UnintelligibleReply),
]


UNREADABLE = [
    Row(sentence, {"status": 200, "body": body}, UnintelligibleReply)
    for sentence, body in {
        "no list inside": {},
        "a list that is no object": [],
        "a text for a list": {"logtanks": "none"},
        "HTML": "<html>Sign in</html>",
        "a code beside an empty list": {"error_code": "LTS.0202", "logtanks": []},
    }.items()
]


@for_each_in_a_step(BLIND)
def test_a_blind_creator_raises_the_creates_own_error(
    mature: Emulator, output: Output, step: Step, row: Row
) -> None:
    """From the look's, after one create; what it made is found by the next event."""
    repeated = row.kind is not PermissionDenied
    looks = ATTEMPTS if repeated else 1
    mature.fail(
        {"operation": step.create, "status": 500, "work": True},
        {"operation": step.look, "times": looks, **row.fault},
    )
    error = suffer(mature, step, output)
    assert (type(error), error.retryable) == (ServiceFailed, True)
    assert type(error.__cause__) is row.kind
    assert (times(mature, step.create), times(mature, step.look)) == (1, looks)
    recover(mature)


@for_each_in_a_step(BLIND[1:])
def test_a_look_has_attempts_of_its_own(mature: Emulator, step: Step, row: Row) -> None:
    """The second one sees."""
    mature.fail(
        {"operation": step.create, "status": 500, "work": True},
        {"operation": step.look, **row.fault},
    )
    if step is STREAM:
        result = send("create_log_stream", {"log_stream_name": "edge"})
        assert result["log_stream_id"] == mature.streams[0]["log_stream_id"]
    else:
        assert_one_of_each(mature, send("bootstrap", EVENT))
    assert (times(mature, step.create), times(mature, step.look)) == (1, 2)


@for_each([*BLIND[:2], UNREADABLE[0]])
def test_an_existing_stream_that_cannot_be_looked_up_is_no_dead_end(
    mature: Emulator, output: Output, row: Row
) -> None:
    """Whatever the error, the same event succeeds once the list can be read again."""
    send("bootstrap", EVENT)
    looks = 1 if row.kind is PermissionDenied else ATTEMPTS
    mature.fail({"operation": STREAM.look, "times": looks, **row.fault})
    error = suffer(mature, STREAM, output)
    assert isinstance(error, (row.kind, AlreadyExists))
    assert times(mature, STREAM.create) == 2
    recover(mature)


@for_each([BLIND[0], BLIND[1], BLIND[4], *UNREADABLE])
def test_a_first_look_that_fails_creates_nothing(
    mature: Emulator, output: Output, row: Row
) -> None:
    """Who adopted the stream must see the listener's logtanks before making one."""
    send("create_log_stream", {"log_stream_name": "ga-" + str(EVENT["resource_id"])})
    looks = 1 if row.kind is PermissionDenied else ATTEMPTS
    mature.fail({"operation": LOGTANK.look, "times": looks, **row.fault})
    error = suffer(mature, LOGTANK, output)
    assert type(error) is row.kind
    assert error.retryable is (row.kind is not PermissionDenied)
    assert times(mature, LOGTANK.create) == 0
    recover(mature)


def test_a_last_look_that_fails_does_not_hide_the_logtank(
    mature: Emulator, output: Output
) -> None:
    """It was made, and nobody knows whether it is the only one: the error names it."""
    mature.fail(
        {"operation": LOGTANK.create, "status": 503},
        {"operation": LOGTANK.look, "skip": 1, "times": ATTEMPTS, "status": 503},
    )
    error = suffer(mature, LOGTANK, output, seconds=BRIEF_SECONDS)
    assert error.retryable is True
    assert error.logtank_id == mature.logtanks[0]["id"]
    result = send("bootstrap", EVENT, LambdaContext(BRIEF_SECONDS))
    assert_one_of_each(mature, result)
