"""Failing lookups: nothing is created again without a successful lookup."""

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
    FaultCase,
    Step,
    assert_recovers,
    call_count,
    expect_step_failure,
    for_each_fault,
    for_each_fault_in_step,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

FAILED_LOOKUPS = [
    FaultCase("a forbidden lookup", {"status": 403, "body": ""}, PermissionDenied),
    FaultCase("a failed lookup", {"status": 500}, ServiceFailed),
    FaultCase("a lookup without a reply", {"connection": "refuse_answer"}, Unreachable),
    FaultCase("a truncated reply", {"connection": "cut"}, Unreachable),
    FaultCase("an unexpected reply", {"status": 200, "body": []}, UnintelligibleReply),
]
THROTTLED_LOOKUP = FaultCase("a throttled lookup", {"status": 429}, Throttled)
"""Not in the table, because a throttled call is retried until the deadline."""
UNREADABLE = [
    FaultCase(description, {"status": 200, "body": body}, UnintelligibleReply)
    for description, body in {
        "no list": {},
        "an array instead of an object": [],
        "a string instead of a list": {"logtanks": "none"},
        "HTML": "<html>Sign in</html>",
        "an error code and an empty list": {"error_code": "LTS.0202", "logtanks": []},
    }.items()
]


@for_each_fault_in_step(FAILED_LOOKUPS)
def test_a_failed_lookup_raises_the_error_of_the_create(
    mature: Emulator, output: Output, step: Step, case: FaultCase
) -> None:
    """The error of the lookup is its cause, and the next event finds the resource."""
    is_retried = case.error_type is not PermissionDenied
    lookups = ATTEMPTS if is_retried else 1
    mature.fail(
        {"operation": step.create, "status": 500, "work": True},
        {"operation": step.lookup, "times": lookups, **case.fault},
    )
    error = expect_step_failure(mature, step, output)
    assert (type(error), error.retryable) == (ServiceFailed, True)
    assert type(error.__cause__) is case.error_type
    assert (call_count(mature, step.create), call_count(mature, step.lookup)) == (
        1,
        lookups,
    )
    assert_recovers(mature)


@for_each_fault_in_step([*FAILED_LOOKUPS[1:], THROTTLED_LOOKUP])
def test_a_lookup_has_its_own_attempts(
    mature: Emulator, step: Step, case: FaultCase
) -> None:
    """The second attempt of the lookup succeeds, and the create is not retried."""
    mature.fail(
        {"operation": step.create, "status": 500, "work": True},
        {"operation": step.lookup, **case.fault},
    )
    if step is STREAM:
        result = send("create_log_stream", {"log_stream_name": "edge"})
        assert result["log_stream_id"] == mature.streams[0]["log_stream_id"]
    else:
        assert_one_of_each(mature, send("bootstrap", EVENT))
    assert (call_count(mature, step.create), call_count(mature, step.lookup)) == (1, 2)


@for_each_fault([*FAILED_LOOKUPS[:2], UNREADABLE[0]])
def test_an_existing_stream_is_adopted_after_a_failed_lookup(
    mature: Emulator, output: Output, case: FaultCase
) -> None:
    """The same event succeeds once the lookup works again."""
    send("bootstrap", EVENT)
    lookups = 1 if case.error_type is PermissionDenied else ATTEMPTS
    mature.fail({"operation": STREAM.lookup, "times": lookups, **case.fault})
    error = expect_step_failure(mature, STREAM, output)
    assert isinstance(error, (case.error_type, AlreadyExists))
    assert call_count(mature, STREAM.create) == 2
    assert_recovers(mature)


@for_each_fault([FAILED_LOOKUPS[0], FAILED_LOOKUPS[1], FAILED_LOOKUPS[3], *UNREADABLE])
def test_nothing_is_created_if_the_first_lookup_fails(
    mature: Emulator, output: Output, case: FaultCase
) -> None:
    """With an adopted log stream, no logtank is created before a lookup succeeds."""
    send("create_log_stream", {"log_stream_name": "ga-" + str(EVENT["resource_id"])})
    lookups = 1 if case.error_type is PermissionDenied else ATTEMPTS
    mature.fail({"operation": LOGTANK.lookup, "times": lookups, **case.fault})
    error = expect_step_failure(mature, LOGTANK, output)
    assert type(error) is case.error_type
    assert error.retryable is (case.error_type is not PermissionDenied)
    assert call_count(mature, LOGTANK.create) == 0
    assert_recovers(mature)


def test_the_error_of_a_failed_final_lookup_names_the_logtank(
    mature: Emulator, output: Output
) -> None:
    """The created logtank may not be the only one, so the error names it."""
    mature.fail(
        {"operation": LOGTANK.create, "status": 503},
        {"operation": LOGTANK.lookup, "skip": 1, "times": ATTEMPTS, "status": 503},
    )
    error = expect_step_failure(mature, LOGTANK, output, seconds=BRIEF_SECONDS)
    assert error.retryable is True
    assert error.logtank_id == mature.logtanks[0]["id"]
    result = send("bootstrap", EVENT, LambdaContext(BRIEF_SECONDS))
    assert_one_of_each(mature, result)
