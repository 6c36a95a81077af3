"""The class of error for each of the clouds' error codes and statuses.

A known code decides, because the documents give one code different statuses; otherwise
the status does, and never the text of a message. Sources: the error
pages of the LTS and GA references, the gateway's error codes, and for the statuses the
two API pages ("Status Codes").
"""

from __future__ import annotations

import re
from typing import NamedTuple

from functions.errors import upstream
from functions.errors.upstream import (
    AlreadyExists,
    AuthenticationFailed,
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
    """What a code means: the class, and perhaps a more exact remedy than its own."""

    kind: CloudError
    remedy: str | None = None


CODES: dict[str, Meaning] = {
    "LTS.0001": Meaning(InvalidProject),
    "LTS.0003": Meaning(AuthenticationFailed),
    "LTS.0007": Meaning(InvalidRequest),
    "LTS.0009": Meaning(InvalidRequest),
    "LTS.0010": Meaning(ServiceFailed),
    "LTS.0011": Meaning(InvalidProject),
    "LTS.0014": Meaning(ServiceFailed),
    "LTS.0104": Meaning(
        QuotaExceeded,
        "Delete a log group that is no longer needed (an account may have 100), or "
        "request a higher quota through a support ticket.",
    ),
    "LTS.0201": Meaning(
        NotFound,
        "Create the log group, or correct log_group_id: the group must be in the "
        "project and region that the function uses, and GA delivers logs only to LTS "
        "of CN North-Beijing4 (cn-north-4) and AP-Singapore (ap-southeast-3).",
    ),
    "LTS.0202": Meaning(ServiceFailed),
    "LTS.0203": Meaning(ServiceFailed),
    "LTS.0205": Meaning(AlreadyExists),
    "LTS.0206": Meaning(
        QuotaExceeded,
        "Delete a log stream that is no longer needed or use another log group (a "
        "group may have 100 streams), or request a higher quota through a support "
        "ticket.",
    ),
    "LTS.0208": Meaning(NotFound),
    "LTS.0603": Meaning(NotFound),
    "GA.9001": Meaning(InvalidRequest),
    "GA.9002": Meaning(
        NotFound,
        "Correct the ID that the cloud's message names: the listener must exist in "
        "the credential's account, and the log group and stream in LTS of a region "
        "that GA delivers to (cn-north-4, ap-southeast-3).",
    ),
    "GA.9004": Meaning(upstream.Busy),
    "GA.9005": Meaning(Conflict),
    "GA.9006": Meaning(
        PermissionDenied,
        "Unfreeze the accelerator, by settling the account or through the vendor's "
        "support, and send the event again.",
    ),
    "GA.9103": Meaning(QuotaExceeded),
    "GA.9104": Meaning(AlreadyExists),
    "GA.92xx": Meaning(ServiceFailed),
    "SYS.0403": Meaning(PermissionDenied),
    "SYS.0404": Meaning(NotFound),
    "SYS.0500": Meaning(ServiceFailed),
    "APIGW.0101": Meaning(
        NotFound,
        "Correct the service's endpoint or region: the gateway there has no such API.",
    ),
    "APIGW.0301": Meaning(AuthenticationFailed),
    "APIGW.0308": Meaning(Throttled),
}
"""By code; `xx` at the end stands for any two digits."""

STATUSES: dict[int, CloudError] = {
    401: AuthenticationFailed,
    403: PermissionDenied,
    404: NotFound,
    408: OutcomeUnknown,
    409: Conflict,
    429: Throttled,
}
"""By status; HUNDREDS has the others."""

HUNDREDS: dict[int, CloudError] = {
    3: Redirected,
    4: InvalidRequest,
    5: ServiceFailed,
}
"""By the first digit of the status."""


def meaning(status: int, code: str | None) -> Meaning:
    """Return what a reply with this status (300 to 599) and code means."""
    name = (code or "").replace("APIG.", "APIGW.", 1)  # some gateways say APIG
    known = CODES.get(name) or CODES.get(re.sub("[0-9]{2}$", "xx", name))
    by_status = STATUSES.get(status) or HUNDREDS.get(status // 100, ServiceFailed)
    return known or Meaning(by_status)
