"""The reply of a fault, with a given, documented or placeholder body."""

from collections.abc import Mapping
from http.client import responses

from tests.emulator.faults import Fault
from tests.emulator.http_messages import (
    JSON_TYPE,
    Reply,
    json_bytes,
    json_reply,
    merge_headers,
)
from tests.emulator.operations import Operation
from tests.emulator.service_errors import SERVICE_ERRORS, ServiceError

PLACEHOLDER = {"emulator": "this reply is simulated; the operation was not run"}
FIRST_ERROR = 400
FIRST_SERVER_ERROR = 500

# (operation or service, status) -> code; entries of an operation take precedence
CODES: Mapping[tuple[str, int], str] = {
    ("CreateLogStream", 500): "LTS.0202",
    ("DeleteLogStream", 500): "LTS.0203",
    ("UpdateLogStream", 500): "LTS.0204",
    ("CreateLogGroup", 500): "LTS.0102",
    ("UpdateLogGroup", 500): "LTS.0103",
    ("DeleteLogGroup", 500): "LTS.0103",
    ("LTS", 400): "LTS.0009",
    ("LTS", 401): "LTS.0003",
    ("LTS", 403): "LTS.0001",
    ("LTS", 404): "LTS.0201",
    ("LTS", 500): "LTS.0010",
    ("GA", 400): "GA.9001",
    ("GA", 401): "APIGW.0301",
    ("GA", 403): "SYS.0403",
    ("GA", 404): "GA.9002",
    ("GA", 409): "GA.9005",
    ("GA", 500): "SYS.0500",
    ("IAM", 400): "IAM.0011",
    ("IAM", 401): "Keystone",
    ("IAM", 403): "IAM.0003",
    ("IAM", 404): "IAM.0004",
    ("IAM", 500): "Keystone",
}
GATEWAY_CODES: Mapping[int, str] = {413: "APIGW.0201", 429: "APIGW.0308"}


def _code(operation: Operation | None, status: int) -> str:
    if status in GATEWAY_CODES or operation is None:
        return GATEWAY_CODES.get(status, "APIGW.0201")
    family = FIRST_SERVER_ERROR if status >= FIRST_SERVER_ERROR else FIRST_ERROR
    keys = [(operation.name, status), (operation.service, status)]
    known = [CODES[key] for key in keys if key in CODES]
    return known[0] if known else CODES[operation.service, family]


def documented(operation: Operation | None, status: int, request_id: str) -> Reply:
    """Return the documented error for an operation and a status.

    A status without an entry gets the service's code for 400 or 500.
    """
    code = _code(operation, status)
    template = SERVICE_ERRORS[code][1]
    text = template.replace("%s", "(simulated)")
    if code == "Keystone":
        text = responses.get(status, "Unknown")
    return ServiceError(code, status=status, text=text).reply(request_id)


def faulty_reply(
    fault: Fault, operation: Operation | None, actual: Reply | None, request_id: str
) -> Reply:
    """Return the reply of a fault, before any corruption on the connection.

    ``actual`` is the genuine reply if the operation was run.
    """
    reply = _without_size(fault, operation, actual, request_id)
    headers = merge_headers(reply.headers, fault.headers)
    body = reply.body
    if fault.size is not None:
        body = body[: fault.size].ljust(fault.size)
    return Reply(reply.status, body, headers)


def _without_size(
    fault: Fault, operation: Operation | None, actual: Reply | None, request_id: str
) -> Reply:
    original = actual or json_reply(
        operation.success if operation else 200, PLACEHOLDER
    )
    status = original.status if fault.status is None else fault.status
    if fault.has_body:
        return _given_body(fault, status)
    if fault.status is not None and status >= FIRST_ERROR:
        return documented(operation, status, request_id)
    return Reply(status, original.body, original.headers)


def _given_body(fault: Fault, status: int) -> Reply:
    if isinstance(fault.body, str):
        kind = f"text/plain; charset={fault.body_encoding}"
        body = fault.body.encode(fault.body_encoding)
        return Reply(status, body, {"Content-Type": kind})
    return Reply(status, json_bytes(fault.body), {"Content-Type": JSON_TYPE})
