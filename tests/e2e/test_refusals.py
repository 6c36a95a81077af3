"""Refused for good: raised at once, after one request, and nothing is repeated."""

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
    Row,
    Step,
    for_each_in_a_step,
    recover,
    suffer,
    times,
)
from tests.e2e.output import Output
from tests.emulator import Emulator

CODED = {"error_code": "LTS.0009", "error_msg": "as documented"}
REFUSED = [
    Row("a refusal without a word", {"status": 403, "body": ""}, PermissionDenied),
    Row("a redirection", {"status": 302, "body": ""}, Redirected),
    Row("a failure whose code is a refusal's", {"status": 500}, InvalidRequest),
]


@for_each_in_a_step(REFUSED)
def test_a_refusal_is_raised_after_one_request(
    mature: Emulator, output: Output, step: Step, row: Row
) -> None:
    """Judged by its code, else by its status; what is mended meanwhile is found so."""
    away = {"Location": f"{mature.url}/elsewhere", "Retry-After": "0"}
    fault = {"operation": step.create, "body": CODED, "headers": away}
    mature.fail(fault | row.fault)
    error = suffer(mature, step, output)
    code = row.kind.__name__ if row.fault.get("body") == "" else CODED["error_code"]
    assert (type(error), error.code) == (row.kind, code)
    assert error.upstream_status == row.fault["status"]
    assert error.retryable is False
    assert code in str(error)
    assert (times(mature, step.create), times(mature, step.look)) == (1, 0)
    assert not [call for call in mature.calls if call["operation"] is None]
    recover(mature)


class Lack(NamedTuple):
    """What the account lacks: how it comes about, and the error that names it."""

    options: dict[str, Any]
    event: dict[str, object]
    step: Step
    kind: type[ProvisioningError]
    code: str
    words: str


LACKS = {
    "a listener that does not exist": Lack(
        {"listeners": ["another"]}, {}, LOGTANK, NotFound, "GA.9002", LISTENER
    ),
    "a group that does not exist": Lack(
        {}, {"log_group_id": NOWHERE}, STREAM, NotFound, "LTS.0201", "log_group_id"
    ),
    "another account's project": Lack(
        {}, {"project_id": "another"}, STREAM, InvalidProject, "LTS.0001", "project"
    ),
    "a group that is full": Lack(
        {"stream_quota": 1}, {}, STREAM, QuotaExceeded, "LTS.0206", "100"
    ),
}


@pytest.mark.parametrize("lack", LACKS.values(), ids=LACKS)
def test_what_the_account_lacks_is_named_by_the_cloud(
    cloud: Emulator, output: Output, lack: Lack
) -> None:
    """The error says what to mend, in the cloud's words or in ours."""
    cloud.reset(**lack.options)
    if "stream_quota" in lack.options:
        send("create_log_stream", {"log_stream_name": "the-only-one"})
    before = times(cloud, lack.step.create)
    error = suffer(cloud, lack.step, output, EVENT | lack.event)
    assert (type(error), error.code) == (lack.kind, lack.code)
    assert lack.words in error.detail + error.remedy
    assert times(cloud, lack.step.create) == before + 1
