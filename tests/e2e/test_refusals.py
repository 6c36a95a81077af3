"""Refused for good: raised at once, after one request, and nothing is repeated."""

from __future__ import annotations

import pytest

from functions.errors import (
    AuthenticationFailed,
    Conflict,
    InvalidProject,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    QuotaExceeded,
    Redirected,
)
from tests.e2e.driving import EVENT, LISTENER, NOWHERE, refused, send
from tests.e2e.output import Output, assert_nothing_secret
from tests.e2e.weather import (
    LOGTANK,
    STREAM,
    Row,
    Step,
    for_both_steps,
    for_each,
    recover,
    suffer,
    times,
)
from tests.emulator import Emulator

BY_STATUS = [
    Row("300 is a redirection", {"status": 300}, Redirected),
    Row("302 is a redirection", {"status": 302}, Redirected),
    Row("304 is a redirection", {"status": 304}, Redirected),
    Row("400 is an invalid request", {"status": 400}, InvalidRequest),
    Row("403 is a lack of permission", {"status": 403}, PermissionDenied),
    Row("404 is something that is not there", {"status": 404}, NotFound),
    Row("405 is an invalid request", {"status": 405}, InvalidRequest),
    Row("409 is a conflict", {"status": 409}, Conflict),
]


@for_both_steps
@for_each(BY_STATUS)
def test_a_refusal_without_a_word_is_judged_by_its_status(
    mature: Emulator, output: Output, step: Step, row: Row
) -> None:
    """One request, one error; what is mended meanwhile is found mended."""
    away = {"Location": f"{mature.url}/elsewhere", "Retry-After": "0"}
    fault = {"operation": step.create, "body": "", "headers": away}
    mature.fail(fault | row.fault)
    error = suffer(mature, step, output)
    assert type(error) is row.kind
    assert error.code == row.kind.__name__
    assert error.upstream_status == row.fault["status"]
    assert error.retryable is False
    assert (times(mature, step.create), times(mature, step.look)) == (1, 0)
    assert not [call for call in mature.calls if call["operation"] is None]
    recover(mature)


@pytest.mark.parametrize(
    "case",
    [
        (STREAM, 400, "LTS.0001", InvalidProject),
        (STREAM, 403, "LTS.0001", InvalidProject),
        (STREAM, 400, "LTS.0003", AuthenticationFailed),
        (STREAM, 400, "LTS.0007", InvalidRequest),
        (STREAM, 500, "LTS.0009", InvalidRequest),
        (STREAM, 403, "LTS.0011", InvalidProject),
        (STREAM, 400, "LTS.0201", NotFound),
        (STREAM, 400, "LTS.0206", QuotaExceeded),
        (STREAM, 404, "APIGW.0101", NotFound),
        (LOGTANK, 400, "GA.9001", InvalidRequest),
        (LOGTANK, 400, "GA.9002", NotFound),
        (LOGTANK, 409, "GA.9005", Conflict),
        (LOGTANK, 400, "GA.9103", QuotaExceeded),
        (LOGTANK, 400, "APIGW.0301", AuthenticationFailed),
        (LOGTANK, 400, "SYS.0403", PermissionDenied),
    ],
    ids=lambda case: f"{case[2]} with {case[1]}",
)
def test_a_code_goes_before_the_status(
    cloud: Emulator, output: Output, case: tuple[Step, int, str, type]
) -> None:
    """The clouds' documents give one code different statuses."""
    step, status, code, kind = case
    body = {"error_code": code, "error_msg": "as documented", "request_id": "r-1"}
    cloud.fail({"operation": step.create, "status": status, "body": body})
    error = suffer(cloud, step, output)
    assert type(error) is kind
    assert (error.code, error.upstream_status) == (code, status)
    assert code in str(error)
    assert "as documented" in error.detail
    assert times(cloud, step.create) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"error_code": "LTS.0201", "error_msg": "no group"},
        {"errorCode": "LTS.0201", "errorMsg": "no group"},
        {"errorCode": "LTS.0201", "errorMessage": "no group"},
        {"code": "LTS.0201", "message": "no group"},
        {"error": {"code": "LTS.0201", "message": "no group"}},
        {"message": {"code": "LTS.0201", "details": "no group"}},
    ],
    ids=" ".join,
)
def test_an_error_is_read_in_every_shape_that_is_known(
    cloud: Emulator, output: Output, body: dict[str, object]
) -> None:
    """Code and message, wherever they stand."""
    cloud.fail({"operation": STREAM.create, "status": 400, "body": body})
    error = suffer(cloud, STREAM, output)
    assert (type(error), error.code) == (NotFound, "LTS.0201")
    assert "no group" in error.detail


@for_both_steps
@pytest.mark.parametrize("kind", ["keys", "token"])
def test_a_refused_credential_is_sent_once_and_then_remembered(
    cloud: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    output: Output,
    step: Step,
    kind: str,
) -> None:
    """Five bad signatures lock a key, so the next event is refused without a call."""
    if kind == "token":
        monkeypatch.delenv("HUAWEICLOUD_SDK_AK")
        monkeypatch.delenv("HUAWEICLOUD_SDK_SK")
        monkeypatch.setenv("HUAWEICLOUD_AUTH_TOKEN", cloud.token)
    cloud.fail({"operation": step.create, "status": 401})
    error = suffer(cloud, step, output)
    assert type(error) is AuthenticationFailed
    assert (error.upstream_status, error.retryable) == (401, False)
    assert times(cloud, step.create) == 1
    before = [call for call in cloud.calls if call["service"] == error.service]
    again = suffer(cloud, step, output)
    after = [call for call in cloud.calls if call["service"] == error.service]
    assert after == before
    assert (type(again), again.code) == (AuthenticationFailed, error.code)
    assert again.retryable is True
    assert again.retry_after is not None
    assert 290 < again.retry_after <= 300


@for_both_steps
def test_new_keys_are_not_refused_for_the_old_ones(
    mature: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output, step: Step
) -> None:
    """What is remembered is remembered of one credential."""
    mature.fail({"operation": step.create, "status": 401})
    suffer(mature, step, output)
    monkeypatch.setenv("HUAWEICLOUD_SDK_SECURITY_TOKEN", "of-new-temporary-keys")
    recover(mature)


def test_a_wrong_secret_key_is_one_failed_signature(
    cloud: Emulator, monkeypatch: pytest.MonkeyPatch, output: Output
) -> None:
    """However often the event comes; and the key is not shown."""
    wrong = "notTheSecretKeyThatBelongsToTheAccessKey"
    monkeypatch.setenv("HUAWEICLOUD_SDK_SK", wrong)
    for _ in range(6):
        error = refused("bootstrap", EVENT)
        assert isinstance(error, AuthenticationFailed)
        assert_nothing_secret(cloud, error, output, wrong)
    assert len(cloud.calls) == 1


def test_a_listener_that_is_not_there_is_named_by_the_cloud(
    cloud: Emulator, output: Output
) -> None:
    """The stream made for it is named too, and found once the listener is there."""
    cloud.reset(listeners=["another"])
    error = suffer(cloud, LOGTANK, output)
    assert (type(error), error.code) == (NotFound, "GA.9002")
    assert LISTENER in error.detail
    assert error.log_stream_id == cloud.streams[0]["log_stream_id"]


def test_a_group_that_is_not_there_is_not_found(
    cloud: Emulator, output: Output
) -> None:
    """The remedy tells what to mend."""
    error = suffer(cloud, STREAM, output, EVENT | {"log_group_id": NOWHERE})
    assert (type(error), error.code) == (NotFound, "LTS.0201")
    assert "log_group_id" in error.remedy


def test_a_foreign_project_is_refused(cloud: Emulator, output: Output) -> None:
    """Nothing is made in it."""
    error = suffer(cloud, STREAM, output, EVENT | {"project_id": "another"})
    assert (type(error), error.code) == (InvalidProject, "LTS.0001")
    assert times(cloud, STREAM.create) == 1


def test_a_full_group_is_a_quota(cloud: Emulator, output: Output) -> None:
    """The remedy says how many streams a group may have."""
    cloud.reset(stream_quota=1)
    send("create_log_stream", {"log_stream_name": "the-only-one"})
    error = suffer(cloud, STREAM, output)
    assert (type(error), error.code) == (QuotaExceeded, "LTS.0206")
    assert "100" in error.remedy
