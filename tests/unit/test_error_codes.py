"""Error codes and statuses map to the error classes that the documentation suggests."""

from __future__ import annotations

import pytest

from functions import errors
from functions.errors.codes import CODES, CODES_WITH_STATUS, HUNDREDS, STATUSES, meaning

Kind = type[errors.ProvisioningError]

CODES_BY_KIND: dict[Kind, str] = {
    errors.InvalidProject: "LTS.0001 LTS.0011 LTS.0403 APIGW.0310 IAM.1109",
    errors.InvalidRequest: (
        "LTS.0007 LTS.0009 LTS.0106 LTS.1836 SVCSTG.ALS.200201 GA.9001 GA.9101 "
        "GA.9105 GA.9106 GA.9107 GA.9108 GA.9109 APIGW.0104 APIGW.0105 "
        "APIGW.0106 APIGW.0602 APIGW.0607"
    ),
    errors.AuthenticationFailed: (
        "LTS.0003 LTS.0414 APIGW.0301 APIGW.0303 APIGW.0305 APIGW.0307 "
        "APIGW.0311 APIG.0301 IAM.0061 IAM.1104 IAM.1105 IAM.1106 IAM.1107 "
        "IAM.1108"
    ),
    errors.PermissionDenied: (
        "LTS.0107 GA.9006 SYS.0403 APIGW.0302 APIGW.0304 APIGW.0306 APIGW.0401 "
        "APIGW.0402 APIGW.0404 APIGW.0502 APIGW.0801 APIGW.0802 APIG.0802 "
        "IAM.0080 IAM.0081 IAM.0082 IAM.0083"
    ),
    errors.ServiceFailed: (
        "LTS.0010 LTS.0014 LTS.0102 LTS.0103 LTS.0202 LTS.0203 LTS.0204 GA.9200 "
        "GA.9209 GA.9299 SYS.0500 APIGW.0601 APIGW.0605 APIGW.0606 APIGW.0608 "
        "APIGW.0609 APIGW.0610 APIGW.0611 APIGW.0612 APIGW.0613 APIGW.0705"
    ),
    errors.NotFound: (
        "LTS.0201 LTS.0208 LTS.0603 GA.9002 SYS.0404 APIGW.0101 APIGW.0103"
    ),
    errors.AlreadyExists: "LTS.0101 LTS.0205 GA.9104 GA.9110",
    errors.QuotaExceeded: "LTS.0104 LTS.0206 GA.9103 APIGW.0501",
    errors.Conflict: "LTS.0105 LTS.0207 GA.9005",
    errors.Busy: "GA.9004",
    errors.Throttled: "APIGW.0308",
}
KIND_BY_CODE = {
    code: kind for kind, codes in CODES_BY_KIND.items() for code in codes.split()
}
KIND_BY_CODE_AND_STATUS: dict[tuple[str, int], Kind] = {
    ("LTS.0003", 401): errors.AuthenticationFailed,
    ("LTS.0003", 400): errors.AuthenticationFailed,
    ("LTS.0003", 403): errors.PermissionDenied,
    ("LTS.0002", 401): errors.AuthenticationFailed,
    ("LTS.0002", 400): errors.InvalidRequest,
    ("LTS.0107", 500): errors.PermissionDenied,
    ("LTS.0010", 400): errors.ServiceFailed,
    ("IAM.0001", 401): errors.AuthenticationFailed,
    ("IAM.1104", 400): errors.AuthenticationFailed,
    ("IAM.1101", 400): errors.InvalidRequest,
    ("IAM.0002", 403): errors.PermissionDenied,
    ("IAM.0012", 429): errors.Throttled,
    ("APIGW.0201", 413): errors.InvalidRequest,
    ("APIGW.0201", 502): errors.ServiceFailed,
    ("APIGW.0303", 401): errors.AuthenticationFailed,
    ("APIGW.0801", 403): errors.PermissionDenied,
    ("APIG.0308", 429): errors.Throttled,
}
REMEDIES = {
    "LTS.0101": "log_group_name",
    "LTS.0201": "log_group_id",
    "LTS.0207": "transfer",
    "APIGW.0303": "clock",
    "APIGW.0307": "region",
    "APIGW.0801": "HUAWEICLOUD_REGION",
    "APIGW.0802": "HUAWEICLOUD_REGION",
    "IAM.0061": "Wait",
    "IAM.0081": "programmatic access",
    "IAM.1104": "new access key",
    "IAM.1107": "Enable",
    "IAM.1108": "security token",
}
"""What the remedy of a code mentions."""
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
UNKNOWN_CODES = (None, "", "401", "xx", "LTS.0002", "GA.9102", "GA.92", "APIG.0201")


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
    ("code", "status", "kind"),
    [(*each, kind) for each, kind in KIND_BY_CODE_AND_STATUS.items()],
)
def test_an_ambiguous_code_is_interpreted_with_its_status(
    code: str, status: int, kind: Kind
) -> None:
    """A missing permission is not mistaken for an invalid token."""
    assert meaning(status, code).kind is kind


@pytest.mark.parametrize(
    "code", [None, "LTS.0205", "LTS.0007", "GA.9001", "GA.9104", "APIGW.0308", "x"]
)
def test_after_a_408_the_outcome_is_unknown(code: str | None) -> None:
    """The create may have happened, regardless of the code in the body."""
    assert meaning(408, code) == (errors.OutcomeUnknown, None)


@pytest.mark.parametrize(("code", "text"), REMEDIES.items())
def test_a_code_has_a_specific_remedy(code: str, text: str) -> None:
    """The remedy of the class would not help."""
    remedy = meaning(400, code).remedy or ""

    assert text in remedy
    assert remedy not in {kind.remedy for kind in KIND_BY_CODE.values()}


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
    assert set(CODES_WITH_STATUS) <= set(KIND_BY_CODE_AND_STATUS)
    assert set(HUNDREDS) <= {status // 100 for status in KIND_BY_STATUS}


def test_the_remedy_of_a_code_is_a_sentence() -> None:
    """Only some codes have a remedy of their own."""
    remedies = [each.remedy for each in CODES.values() if each.remedy]

    assert remedies
    assert all(remedy[0].isupper() and remedy.endswith(".") for remedy in remedies)


def test_every_error_status_is_refused_not_processed_or_maybe_processed() -> None:
    """The base class decides whether a call can be repeated."""
    branches = (errors.Refused, errors.NotProcessed, errors.MaybeProcessed)

    assert all(issubclass(meaning(n, None).kind, branches) for n in range(300, 600))
