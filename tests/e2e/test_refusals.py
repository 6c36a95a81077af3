"""Permanent errors: raised after one call, without a retry."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from functions.errors import (
    InvalidProject,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ProvisioningError,
    QuotaExceeded,
    Redirected,
)
from tests.e2e.driving import EVENT, LISTENER, NOWHERE, send
from tests.e2e.faults import (
    LOGTANK,
    STREAM,
    FaultCase,
    Step,
    assert_recovers,
    call_count,
    expect_step_failure,
    for_each_fault_in_step,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

CODED = {"error_code": "LTS.0009", "error_msg": "as documented"}
PERMANENT = [
    FaultCase("a 403 without a body", {"status": 403, "body": ""}, PermissionDenied),
    FaultCase("a redirect", {"status": 302, "body": ""}, Redirected),
    FaultCase(
        "a 500 with the code of a permanent error", {"status": 500}, InvalidRequest
    ),
]


@for_each_fault_in_step(PERMANENT)
def test_a_permanent_error_is_raised_after_one_call(
    mature: Emulator, output: Output, step: Step, case: FaultCase
) -> None:
    """The code decides, otherwise the status; the event succeeds after a correction."""
    headers = {"Location": f"{mature.url}/elsewhere", "Retry-After": "0"}
    fault = {"operation": step.create, "body": CODED, "headers": headers}
    mature.fail(fault | case.fault)
    error = expect_step_failure(mature, step, output)
    code = (
        case.error_type.__name__
        if case.fault.get("body") == ""
        else CODED["error_code"]
    )
    assert (type(error), error.code) == (case.error_type, code)
    assert error.upstream_status == case.fault["status"]
    assert error.retryable is False
    assert code in str(error)
    assert (call_count(mature, step.create), call_count(mature, step.lookup)) == (1, 0)
    assert not [call for call in mature.calls if call["operation"] is None]
    assert_recovers(mature)


class AccountProblem(NamedTuple):
    """A problem in the account: how to cause it, and the error that reports it."""

    options: dict[str, Any]
    event: dict[str, object]
    step: Step
    error_type: type[ProvisioningError]
    code: str
    words: str


ACCOUNT_PROBLEMS = {
    "nonexistent listener": AccountProblem(
        {"listeners": ["another"]}, {}, LOGTANK, NotFound, "GA.9002", LISTENER
    ),
    "nonexistent log group": AccountProblem(
        {}, {"log_group_id": NOWHERE}, STREAM, NotFound, "LTS.0201", "log_group_id"
    ),
    "project of another account": AccountProblem(
        {}, {"project_id": "another"}, STREAM, InvalidProject, "LTS.0001", "project"
    ),
    "log stream quota reached": AccountProblem(
        {"stream_quota": 1}, {}, STREAM, QuotaExceeded, "LTS.0206", "100"
    ),
}


@pytest.mark.parametrize("problem", ACCOUNT_PROBLEMS.values(), ids=ACCOUNT_PROBLEMS)
def test_a_problem_in_the_account_is_reported(
    cloud: Emulator, output: Output, problem: AccountProblem
) -> None:
    """The detail or the remedy says what to correct."""
    cloud.reset(**problem.options)
    if "stream_quota" in problem.options:
        send("create_log_stream", {"log_stream_name": "the-only-one"})
    before = call_count(cloud, problem.step.create)
    error = expect_step_failure(cloud, problem.step, output, EVENT | problem.event)
    assert (type(error), error.code) == (problem.error_type, problem.code)
    assert problem.words in error.detail + error.remedy
    assert call_count(cloud, problem.step.create) == before + 1
