"""The error class for each error code and status of the clouds.

A known code decides, with its status if its meaning depends on that; otherwise the
status decides, and never the text of a message. Sources: the error pages of the LTS, GA
and IAM references, the gateway's error codes, and for the statuses the two API pages
("Status Codes").
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import NamedTuple

from functions.errors import upstream
from functions.errors.upstream import (
    AlreadyExists,
    AuthenticationFailed,
    Busy,
    Conflict,
    InvalidProject,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    QuotaExceeded,
    Redirected,
    ServiceFailed,
    Throttled,
)

CloudError = type[upstream.Refused | upstream.NotProcessed | upstream.MaybeProcessed]


class Meaning(NamedTuple):
    """The error class for a code, and a more specific remedy, if there is one."""

    kind: CloudError
    remedy: str | None = None


_TRANSFER = "Remove the stream or group from the log transfer that uses it."
_REGION = (
    "Check HUAWEICLOUD_REGION and the endpoints: the service is not available in this "
    "region, or not to this user."
)
_NEW_KEY = "Create a new access key for the IAM user and store it in the settings."
_PROGRAMMATIC = (
    "Enable the IAM user, with programmatic access, or use the keys of another user."
)

CODES: dict[str, Meaning] = {
    "LTS.0001": Meaning(InvalidProject),
    "LTS.0003": Meaning(AuthenticationFailed),
    "LTS.0007": Meaning(InvalidRequest),
    "LTS.0009": Meaning(InvalidRequest),
    "LTS.0010": Meaning(ServiceFailed),
    "LTS.0011": Meaning(InvalidProject),
    "LTS.0014": Meaning(ServiceFailed),
    "LTS.0101": Meaning(
        AlreadyExists,
        "Choose another log_group_name: it is another log group's original name.",
    ),
    "LTS.0102": Meaning(ServiceFailed),
    "LTS.0103": Meaning(ServiceFailed),
    "LTS.0104": Meaning(
        QuotaExceeded,
        "Delete a log group that is no longer needed (an account may have 100), or "
        "request a higher quota through a support ticket.",
    ),
    "LTS.0105": Meaning(Conflict, _TRANSFER),
    "LTS.0106": Meaning(InvalidRequest),
    "LTS.0107": Meaning(PermissionDenied),
    "LTS.0201": Meaning(
        NotFound,
        "Create the log group, or correct log_group_id: the group must be in the "
        "project and region that the function uses, and GA delivers logs only to LTS "
        "of CN North-Beijing4 (cn-north-4) and AP-Singapore (ap-southeast-3).",
    ),
    "LTS.0202": Meaning(ServiceFailed),
    "LTS.0203": Meaning(ServiceFailed),
    "LTS.0204": Meaning(ServiceFailed),
    "LTS.0205": Meaning(AlreadyExists),
    "LTS.0206": Meaning(
        QuotaExceeded,
        "Delete a log stream that is no longer needed or use another log group (a "
        "group may have 100 streams), or request a higher quota through a support "
        "ticket.",
    ),
    "LTS.0207": Meaning(Conflict, _TRANSFER),
    "LTS.0208": Meaning(NotFound),
    "LTS.0403": Meaning(InvalidProject),
    "LTS.0414": Meaning(AuthenticationFailed),
    "LTS.0603": Meaning(NotFound),
    "LTS.1836": Meaning(InvalidRequest),
    "SVCSTG.ALS.200201": Meaning(InvalidRequest),
    "GA.9001": Meaning(InvalidRequest),
    "GA.9002": Meaning(
        NotFound,
        "Correct the ID that the cloud's message names: the listener must exist in "
        "the credential's account, and the log group and stream in LTS of a region "
        "that GA delivers to (cn-north-4, ap-southeast-3).",
    ),
    "GA.9004": Meaning(Busy),
    "GA.9005": Meaning(Conflict),
    "GA.9006": Meaning(
        PermissionDenied,
        "Unfreeze the accelerator, by paying the outstanding bill or through the "
        "vendor's support, and send the event again.",
    ),
    "GA.9101": Meaning(InvalidRequest),
    "GA.9103": Meaning(QuotaExceeded),
    "GA.9104": Meaning(AlreadyExists),
    "GA.9105": Meaning(InvalidRequest),
    "GA.9106": Meaning(InvalidRequest),
    "GA.9107": Meaning(InvalidRequest),
    "GA.9108": Meaning(InvalidRequest),
    "GA.9109": Meaning(InvalidRequest),
    "GA.9110": Meaning(AlreadyExists),
    "GA.92xx": Meaning(ServiceFailed),
    "SYS.0403": Meaning(PermissionDenied),
    "SYS.0404": Meaning(NotFound),
    "SYS.0500": Meaning(ServiceFailed),
    "APIGW.0101": Meaning(
        NotFound,
        "Correct the service's endpoint or region: the gateway there has no such API.",
    ),
    "APIGW.0103": Meaning(
        NotFound,
        "Correct the service's endpoint or region: the gateway there has no such API.",
    ),
    "APIGW.0104": Meaning(InvalidRequest),
    "APIGW.0105": Meaning(InvalidRequest),
    "APIGW.0106": Meaning(InvalidRequest),
    "APIGW.0301": Meaning(AuthenticationFailed),
    "APIGW.0302": Meaning(PermissionDenied),
    "APIGW.0303": Meaning(
        AuthenticationFailed,
        "Check the access key and its secret key, and the function's clock: the "
        "gateway rejects signatures that are 15 minutes old.",
    ),
    "APIGW.0304": Meaning(PermissionDenied),
    "APIGW.0305": Meaning(AuthenticationFailed),
    "APIGW.0306": Meaning(PermissionDenied),
    "APIGW.0307": Meaning(
        AuthenticationFailed,
        "Renew the token, and check that it is of the region whose endpoint is called.",
    ),
    "APIGW.0308": Meaning(Throttled),
    "APIGW.0310": Meaning(InvalidProject),
    "APIGW.0311": Meaning(AuthenticationFailed),
    "APIGW.0401": Meaning(PermissionDenied),
    "APIGW.0402": Meaning(PermissionDenied),
    "APIGW.0404": Meaning(PermissionDenied),
    "APIGW.0501": Meaning(QuotaExceeded),
    "APIGW.0502": Meaning(PermissionDenied),
    "APIGW.0601": Meaning(ServiceFailed),
    "APIGW.0602": Meaning(InvalidRequest),
    "APIGW.0605": Meaning(ServiceFailed),
    "APIGW.0606": Meaning(ServiceFailed),
    "APIGW.0607": Meaning(InvalidRequest),
    "APIGW.0608": Meaning(ServiceFailed),
    "APIGW.0609": Meaning(ServiceFailed),
    "APIGW.0610": Meaning(ServiceFailed),
    "APIGW.0611": Meaning(ServiceFailed),
    "APIGW.0612": Meaning(ServiceFailed),
    "APIGW.0613": Meaning(ServiceFailed),
    "APIGW.0705": Meaning(ServiceFailed),
    "APIGW.0801": Meaning(PermissionDenied, _REGION),
    "APIGW.0802": Meaning(PermissionDenied, _REGION),
    "IAM.0061": Meaning(
        AuthenticationFailed,
        "Wait until IAM unlocks the user (15 minutes by default), and correct the "
        "password: too many logins with a wrong one have locked the account.",
    ),
    "IAM.0080": Meaning(PermissionDenied, _PROGRAMMATIC),
    "IAM.0081": Meaning(PermissionDenied, _PROGRAMMATIC),
    "IAM.0082": Meaning(PermissionDenied, _PROGRAMMATIC),
    "IAM.0083": Meaning(PermissionDenied, _REGION),
    "IAM.1104": Meaning(AuthenticationFailed, _NEW_KEY),
    "IAM.1105": Meaning(AuthenticationFailed, _NEW_KEY),
    "IAM.1106": Meaning(AuthenticationFailed, _NEW_KEY),
    "IAM.1107": Meaning(
        AuthenticationFailed, "Enable the access key in IAM, or use another one."
    ),
    "IAM.1108": Meaning(
        AuthenticationFailed, "Get a new temporary key: its security token has expired."
    ),
    "IAM.1109": Meaning(InvalidProject),
}
"""The meaning of each code; `xx` at the end stands for any two digits."""

CODES_WITH_STATUS: dict[tuple[str, int], Meaning] = {
    ("LTS.0003", 403): Meaning(PermissionDenied),
}
"""The meanings of codes that depend on the status; they take precedence over CODES."""

STATUSES: dict[int, CloudError] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    409: Conflict,
    429: Throttled,
}
"""The class for these statuses; HUNDREDS has the classes for all others."""

HUNDREDS: dict[int, CloudError] = {
    3: Redirected,
    4: InvalidRequest,
    5: ServiceFailed,
}
"""The class for a status that is not in STATUSES, by its first digit."""


def meaning(status: int, code: str | None) -> Meaning:
    """Return the meaning of a reply with this status (300 to 599) and code.

    With a 408 the outcome is unknown, regardless of the code.
    """
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Meaning(OutcomeUnknown)
    name = (code or "").replace("APIG.", "APIGW.", 1)  # some gateways say APIG
    known = (
        CODES_WITH_STATUS.get((name, status))
        or CODES.get(name)
        or CODES.get(re.sub("[0-9]{2}$", "xx", name))
    )
    by_status = STATUSES.get(status) or HUNDREDS.get(status // 100, ServiceFailed)
    return known or Meaning(by_status)
