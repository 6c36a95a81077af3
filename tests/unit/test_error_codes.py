"""Codes and statuses come to the classes that the clouds' documents suggest."""

from __future__ import annotations

import pytest

from functions.errors import (
    AlreadyExists,
    AuthenticationFailed,
    Busy,
    Conflict,
    InvalidProject,
    InvalidRequest,
    NotFound,
    NotTakenUp,
    OutcomeUnknown,
    PermissionDenied,
    ProvisioningError,
    QuotaExceeded,
    Redirected,
    Refused,
    ServiceFailed,
    Throttled,
    Unsure,
)
from functions.errors.codes import CODES, HUNDREDS, STATUSES, meaning

Row = tuple[str | None, int, type[ProvisioningError]]

BY_CODE: list[Row] = [
    ("LTS.0001", 403, InvalidProject),
    ("LTS.0001", 400, InvalidProject),
    ("LTS.0003", 401, AuthenticationFailed),
    ("LTS.0003", 400, AuthenticationFailed),
    ("LTS.0003", 403, AuthenticationFailed),
    ("LTS.0007", 400, InvalidRequest),
    ("LTS.0009", 400, InvalidRequest),
    ("LTS.0010", 500, ServiceFailed),
    ("LTS.0010", 400, ServiceFailed),
    ("LTS.0011", 400, InvalidProject),
    ("LTS.0011", 403, InvalidProject),
    ("LTS.0014", 400, ServiceFailed),
    ("LTS.0104", 400, QuotaExceeded),
    ("LTS.0201", 400, NotFound),
    ("LTS.0201", 404, NotFound),
    ("LTS.0202", 500, ServiceFailed),
    ("LTS.0202", 400, ServiceFailed),
    ("LTS.0203", 500, ServiceFailed),
    ("LTS.0205", 400, AlreadyExists),
    ("LTS.0206", 400, QuotaExceeded),
    ("LTS.0208", 400, NotFound),
    ("LTS.0603", 400, NotFound),
    ("GA.9001", 400, InvalidRequest),
    ("GA.9002", 404, NotFound),
    ("GA.9002", 400, NotFound),
    ("GA.9004", 400, Busy),
    ("GA.9005", 409, Conflict),
    ("GA.9006", 400, PermissionDenied),
    ("GA.9103", 400, QuotaExceeded),
    ("GA.9104", 400, AlreadyExists),
    ("GA.9201", 500, ServiceFailed),
    ("GA.9206", 500, ServiceFailed),
    ("GA.9207", 500, ServiceFailed),
    ("GA.9209", 400, ServiceFailed),
    ("GA.9299", 409, ServiceFailed),
    ("SYS.0403", 403, PermissionDenied),
    ("SYS.0404", 404, NotFound),
    ("SYS.0500", 500, ServiceFailed),
    ("APIGW.0101", 404, NotFound),
    ("APIGW.0301", 401, AuthenticationFailed),
    ("APIGW.0308", 429, Throttled),
    ("APIG.0101", 404, NotFound),
    ("APIG.0301", 401, AuthenticationFailed),
    ("APIG.0308", 429, Throttled),
]
BY_STATUS: list[Row] = [
    (None, 300, Redirected),
    (None, 302, Redirected),
    (None, 304, Redirected),
    (None, 400, InvalidRequest),
    (None, 401, AuthenticationFailed),
    (None, 403, PermissionDenied),
    (None, 404, NotFound),
    (None, 405, InvalidRequest),
    (None, 406, InvalidRequest),
    (None, 407, InvalidRequest),
    (None, 408, OutcomeUnknown),
    (None, 409, Conflict),
    (None, 413, InvalidRequest),
    (None, 429, Throttled),
    (None, 500, ServiceFailed),
    (None, 502, ServiceFailed),
    (None, 503, ServiceFailed),
    (None, 504, ServiceFailed),
    (None, 599, ServiceFailed),
    ("", 404, NotFound),
    ("401", 401, AuthenticationFailed),
    ("LTS.0002", 401, AuthenticationFailed),
    ("LTS.0002", 400, InvalidRequest),
    ("LTS.0102", 500, ServiceFailed),
    ("LTS.0414", 401, AuthenticationFailed),
    ("GA.9101", 400, InvalidRequest),
    ("GA.9110", 400, InvalidRequest),
    ("GA.92", 400, InvalidRequest),
    ("GA.93", 500, ServiceFailed),
    ("IAM.0004", 404, NotFound),
    ("APIGW.0201", 413, InvalidRequest),
    ("APIGW.0302", 401, AuthenticationFailed),
    ("APIGW.0601", 500, ServiceFailed),
    ("APIG.0602", 400, InvalidRequest),
    ("xx", 404, NotFound),
]


@pytest.mark.parametrize(("code", "status", "kind"), BY_CODE)
def test_a_known_code_decides_whatever_the_status(
    code: str, status: int, kind: type[ProvisioningError]
) -> None:
    """The documents give one code different statuses; the code is the surer sign."""
    assert meaning(status, code).kind is kind


@pytest.mark.parametrize(("code", "status", "kind"), BY_STATUS)
def test_an_unknown_code_leaves_it_to_the_status(
    code: str | None, status: int, kind: type[ProvisioningError]
) -> None:
    """Without a code that the table knows, the status decides."""
    assert meaning(status, code).kind is kind


def test_every_row_of_the_tables_is_tested() -> None:
    """No code and no status is in the tables without a row here."""
    codes = {code for code, _, _ in BY_CODE}
    statuses = {status for _, status, _ in BY_STATUS}

    assert set(CODES) - codes == {"GA.92xx"}
    assert not set(STATUSES) - statuses
    assert set(HUNDREDS) <= {status // 100 for status in statuses}


def test_a_remedy_of_a_code_is_a_sentence() -> None:
    """Where a code has a remedy of its own, it reads like one."""
    remedies = [each.remedy for each in CODES.values() if each.remedy]

    assert remedies
    assert all(remedy[0].isupper() and remedy.endswith(".") for remedy in remedies)


def test_a_missing_log_group_is_told_apart_from_other_things_missing() -> None:
    """The remedy of LTS.0201 names the log group and the regions that GA serves."""
    remedy = meaning(404, "LTS.0201").remedy or ""

    assert "log_group_id" in remedy
    assert "cn-north-4" in remedy


def test_every_answer_is_refused_not_taken_up_or_unsure() -> None:
    """All statuses but successes have a class whose branch decides on repeating."""
    branches = (Refused, NotTakenUp, Unsure)

    assert all(issubclass(meaning(n, None).kind, branches) for n in range(300, 600))
