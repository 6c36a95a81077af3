"""Errors of the services: codes, statuses, messages and body formats.

Source: the error code tables of LTS, GA and the API gateway, and the error examples of
IAM.  If documents disagree on a status, the newest one applies.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from tests.emulator.http_messages import Document, Reply, json_reply

IAM_FAULT = "Incorrect IAM authentication information: "

# code -> (HTTP status, message; each %s is a placeholder)
SERVICE_ERRORS: Mapping[str, tuple[int, str]] = {
    "LTS.0001": (403, "Invalid projectId"),
    "LTS.0003": (401, "Invalid token"),
    "LTS.0007": (400, "The request body format must be json"),
    "LTS.0009": (400, "Failed to validate the request body"),
    "LTS.0010": (500, "The system encountered an internal error"),
    "LTS.0101": (400, "Failed to create log group, the group name has been existed"),
    "LTS.0102": (500, "Failed to create log group"),
    "LTS.0103": (500, "Failed to delete log group"),
    "LTS.0104": (
        400,
        "Failed to create log group, the number of log groups exceeds the quota",
    ),
    "LTS.0105": (400, "Log group is associated by transfer"),
    "LTS.0106": (400, "The log group TTL day must be integer and between 1 and 365"),
    "LTS.0201": (400, "The log group is not existed"),
    "LTS.0202": (500, "Failed to create Log stream"),
    "LTS.0203": (500, "Failed to delete Log stream"),
    "LTS.0204": (500, "Failed to update log stream"),
    "LTS.0205": (400, "The log stream name has been existed"),
    "LTS.0206": (
        400,
        "Failed to create log stream, the number of Log streams exceeds the quota",
    ),
    "LTS.0207": (400, "Log stream is associated by transfer"),
    "LTS.0208": (400, "The log stream does not existed"),
    "LTS.1836": (400, "Failed to validate the tag action"),
    "GA.9001": (400, "Invalid %s: %s"),
    "GA.9002": (404, "Not found: %s"),
    "GA.9004": (400, "Resource %s is in %s status no operation allowed"),
    "GA.9005": (409, "Found %s is associated by %s"),
    "GA.9006": (400, "Resource %s is frozen"),
    "GA.9103": (400, "Quota exceeded for %s"),
    "GA.9104": (400, "Resource %s is already exists"),
    "SYS.0403": (403, "Forbidden"),
    "SYS.0500": (500, "There was an internal server errorr"),
    "APIGW.0101": (
        404,
        "The API does not exist or has not been published in the environment.",
    ),
    "APIGW.0201": (400, "API request error."),
    "APIGW.0301": (401, IAM_FAULT + "%s"),
    "APIGW.0308": (
        429,
        "The throttling threshold has been reached: policy user over ratelimit",
    ),
    "IAM.0003": (403, "Policy doesn't allow the action to be performed."),
    "IAM.0004": (404, "Could not find %s: %s."),
    "IAM.0011": (400, "Request body is invalid."),
    "Keystone": (401, "The username or password is wrong."),
}


def _flat(_status: int, code: str, text: str, _request_id: str) -> Document:
    return {"error_code": code, "error_msg": text}


def _with_request_id(_status: int, code: str, text: str, request_id: str) -> Document:
    return {"error_msg": text, "error_code": code, "request_id": request_id}


def _keystone(status: int, _code: str, text: str, _request_id: str) -> Document:
    title = HTTPStatus(status).phrase
    return {"error": {"message": text, "code": status, "title": title}}


SHAPES: Mapping[str, Callable[[int, str, str, str], Document]] = {
    "LTS": _flat,
    "IAM": _flat,
    "Keystone": _keystone,
    "GA": _with_request_id,
    "SYS": _with_request_id,
    "APIGW": _with_request_id,
}


class ServiceError(Exception):
    """An error of a service; the caller turns it into a reply.

    ``code`` is a key of :data:`SERVICE_ERRORS`, ``details`` fill the placeholders of
    its message; ``status`` and ``text`` override the table.
    """

    def __init__(
        self, code: str, *details: str, status: int | None = None, text: str = ""
    ) -> None:
        """Look up the code; an unknown code is a bug in the emulator."""
        default_status, template = SERVICE_ERRORS[code]
        self.code = code
        self.status = status or default_status
        self.text = text or (template % details if details else template)
        super().__init__(f"{code}: {self.text}")

    def reply(self, request_id: str) -> Reply:
        """Return the documented error reply of the service."""
        shape = SHAPES[self.code.partition(".")[0]]
        document = shape(self.status, self.code, self.text, request_id)
        return json_reply(self.status, document)
