"""Error codes and statuses map to the error classes that the documentation suggests."""

from __future__ import annotations

import pytest

from functions import errors
from functions.errors.codes import CODES, HUNDREDS, STATUSES, meaning

Kind = type[errors.ProvisioningError]

KIND_BY_CODE: dict[str, Kind] = {
    "LTS.0001": errors.InvalidProject,
    "LTS.0003": errors.AuthenticationFailed,
    "LTS.0007": errors.InvalidRequest,
    "LTS.0009": errors.InvalidRequest,
    "LTS.0010": errors.ServiceFailed,
    "LTS.0011": errors.InvalidProject,
    "LTS.0014": errors.ServiceFailed,
    "LTS.0104": errors.QuotaExceeded,
    "LTS.0201": errors.NotFound,
    "LTS.0202": errors.ServiceFailed,
    "LTS.0203": errors.ServiceFailed,
    "LTS.0205": errors.AlreadyExists,
    "LTS.0206": errors.QuotaExceeded,
    "LTS.0208": errors.NotFound,
    "LTS.0603": errors.NotFound,
    "GA.9001": errors.InvalidRequest,
    "GA.9002": errors.NotFound,
    "GA.9004": errors.Busy,
    "GA.9005": errors.Conflict,
    "GA.9006": errors.PermissionDenied,
    "GA.9103": errors.QuotaExceeded,
    "GA.9104": errors.AlreadyExists,
    "GA.9200": errors.ServiceFailed,
    "GA.9299": errors.ServiceFailed,
    "SYS.0403": errors.PermissionDenied,
    "SYS.0404": errors.NotFound,
    "SYS.0500": errors.ServiceFailed,
    "APIGW.0101": errors.NotFound,
    "APIGW.0301": errors.AuthenticationFailed,
    "APIGW.0308": errors.Throttled,
    "APIG.0301": errors.AuthenticationFailed,
}
KIND_BY_STATUS: dict[int, Kind] = {
    300: errors.Redirected,
    399: errors.Redirected,
    400: errors.InvalidRequest,
    401: errors.AuthenticationFailed,
    403: errors.PermissionDenied,
    404: errors.NotFound,
    405: errors.InvalidRequest,
    408: errors.OutcomeUnknown,
    409: errors.Conflict,
    429: errors.Throttled,
    499: errors.InvalidRequest,
    500: errors.ServiceFailed,
    503: errors.ServiceFailed,
    599: errors.ServiceFailed,
}
UNKNOWN_CODES = (None, "", "401", "xx", "LTS.0002", "GA.9101", "GA.92", "APIG.0302")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(code, kind, id=f"{code} is {kind.__name__}")
        for code, kind in KIND_BY_CODE.items()
    ],
)
def test_a_known_code_takes_precedence_over_the_status(code: str, kind: Kind) -> None:
    """The status documented for a code varies, so the code is more reliable."""
    for status in (302, 400, 401, 404, 409, 500):
        assert meaning(status, code).kind is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(status, kind, id=f"a {status} without a code is {kind.__name__}")
        for status, kind in KIND_BY_STATUS.items()
    ],
)
def test_an_unknown_code_falls_back_to_the_status(status: int, kind: Kind) -> None:
    """This includes a missing or empty code."""
    for code in UNKNOWN_CODES:
        assert meaning(status, code) == (kind, None)


def test_every_row_of_the_tables_is_tested() -> None:
    """Each code and status in the tables has a row in these tests."""
    assert set(CODES) - set(KIND_BY_CODE) == {"GA.92xx"}
    assert not set(STATUSES) - set(KIND_BY_STATUS)
    assert set(HUNDREDS) <= {status // 100 for status in KIND_BY_STATUS}


def test_the_remedy_of_a_code_is_a_sentence() -> None:
    """Only some codes have a remedy of their own."""
    remedies = [each.remedy for each in CODES.values() if each.remedy]

    assert remedies
    assert all(remedy[0].isupper() and remedy.endswith(".") for remedy in remedies)


def test_a_missing_log_group_has_a_specific_remedy() -> None:
    """The remedy of LTS.0201 names the log group and the regions that GA supports."""
    remedy = meaning(404, "LTS.0201").remedy or ""

    assert "log_group_id" in remedy
    assert "cn-north-4" in remedy


def test_every_error_status_is_refused_not_processed_or_maybe_processed() -> None:
    """The base class decides whether a call can be repeated."""
    branches = (errors.Refused, errors.NotProcessed, errors.MaybeProcessed)

    assert all(issubclass(meaning(n, None).kind, branches) for n in range(300, 600))
