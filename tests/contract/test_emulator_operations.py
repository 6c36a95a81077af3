"""Every operation of LTS and GA can fail before and after it has taken effect."""

from typing import Any

import pytest
import requests

from tests.contract.emulator_client import Client
from tests.emulator.operations import OPERATIONS

GROUPS = "/v2/{project}/groups"
TAGS = {"tags": [{"key": "k"}]}
TARGET = {"log_group_id": "g", "log_stream_id": "s"}
NEW_LOGTANK = {"resource_type": "LISTENER", "resource_id": "l", **TARGET}
NEW_ACCELERATOR = {"name": "a", "ip_sets": [{"ip_type": "IPV4"}]}
NEW_LISTENER = {
    "name": "l",
    "protocol": "TCP",
    "port_ranges": [{"from_port": 1, "to_port": 1}],
    "accelerator_id": "a",
}
ACCOUNT: dict[str, list[dict[str, Any]]] = {
    "accelerators": [{"id": "a"}, {"id": "empty"}],
    "listeners": [{"id": "l", "accelerator_id": "a", **TAGS}],
    "log_groups": [{"log_group_id": "g"}, {"log_group_id": "unused"}],
    "log_streams": [{**TARGET, "log_stream_name": "s"}],
    "logtanks": [{"id": "t"}],
}

# operation, method, path, body, code of a status 500 without a body
Row = tuple[str, str, str, dict[str, Any] | None, str]
ROWS: list[Row] = [
    (
        "CreateLogStream",
        "POST",
        f"{GROUPS}/g/streams",
        {"log_stream_name": "n"},
        "LTS.0202",
    ),
    ("ListLogStream", "GET", f"{GROUPS}/g/streams", None, "LTS.0010"),
    ("ListLogStreams", "GET", "/v2/{project}/log-streams", None, "LTS.0010"),
    (
        "UpdateLogStream",
        "PUT",
        f"{GROUPS}/g/streams-ttl/s",
        {"ttl_in_days": 3},
        "LTS.0204",
    ),
    ("DeleteLogStream", "DELETE", f"{GROUPS}/g/streams/s", None, "LTS.0203"),
    (
        "CreateLogGroup",
        "POST",
        GROUPS,
        {"log_group_name": "n", "ttl_in_days": 3},
        "LTS.0102",
    ),
    ("ListLogGroups", "GET", GROUPS, None, "LTS.0010"),
    ("UpdateLogGroup", "POST", f"{GROUPS}/g", {"ttl_in_days": 3}, "LTS.0103"),
    ("DeleteLogGroup", "DELETE", f"{GROUPS}/unused", None, "LTS.0103"),
    (
        "CreateTags",
        "POST",
        "/v1/{project}/topics/s/tags/action",
        {"action": "create", **TAGS},
        "LTS.0010",
    ),
    ("CreateLogtank", "POST", "/v1/logtanks", {"logtank": NEW_LOGTANK}, "SYS.0500"),
    ("ListLogtanks", "GET", "/v1/logtanks", None, "SYS.0500"),
    ("ShowLogtank", "GET", "/v1/logtanks/t", None, "SYS.0500"),
    ("UpdateLogtank", "PUT", "/v1/logtanks/t", {"logtank": TARGET}, "SYS.0500"),
    ("DeleteLogtank", "DELETE", "/v1/logtanks/t", None, "SYS.0500"),
    ("CreateListener", "POST", "/v1/listeners", {"listener": NEW_LISTENER}, "SYS.0500"),
    ("ListListeners", "GET", "/v1/listeners", None, "SYS.0500"),
    ("ShowListener", "GET", "/v1/listeners/l", None, "SYS.0500"),
    ("DeleteListener", "DELETE", "/v1/listeners/l", None, "SYS.0500"),
    (
        "CreateAccelerator",
        "POST",
        "/v1/accelerators",
        {"accelerator": NEW_ACCELERATOR},
        "SYS.0500",
    ),
    ("ListAccelerators", "GET", "/v1/accelerators", None, "SYS.0500"),
    ("ShowAccelerator", "GET", "/v1/accelerators/a", None, "SYS.0500"),
    ("DeleteAccelerator", "DELETE", "/v1/accelerators/empty", None, "SYS.0500"),
    ("CreateTags", "POST", "/v1/ga-accelerators/a/tags/create", TAGS, "SYS.0500"),
    ("DeleteTags", "DELETE", "/v1/ga-listeners/l/tags/delete", TAGS, "SYS.0500"),
    ("ShowResourceTags", "GET", "/v1/ga-listeners/l/tags", None, "SYS.0500"),
]


@pytest.fixture
def account(client: Client) -> Client:
    """Return a client of an account with at least one resource of each kind."""
    client.cloud.seed(**ACCOUNT)
    return client


@pytest.fixture(params=ROWS, ids=[f"{name} {path}" for name, _, path, *_ in ROWS])
def row(request: pytest.FixtureRequest) -> Row:
    """Return one operation after the other."""
    chosen: Row = request.param
    return chosen


def test_the_rows_name_every_operation() -> None:
    """Those of IAM have tests of their own."""
    known = [each.name for each in OPERATIONS if each.service != "IAM"]
    assert sorted(row[0] for row in ROWS) == sorted(known)


def send(client: Client, row: Row) -> requests.Response:
    """Send the request of an operation."""
    _, method, path, body, _ = row
    return client.call(method, path.format(project=client.cloud.project_id), body)


def test_an_operation_fails_with_its_documented_code(account: Client, row: Row) -> None:
    """A fault without work changes nothing."""
    before, operation, code = account.cloud.state(), row[0], row[-1]
    account.cloud.fail({"operation": operation, "status": 500})
    response = send(account, row)
    assert (response.status_code, response.json()["error_code"]) == (500, code)
    assert account.cloud.calls[0]["operation"] == operation
    assert account.cloud.state() == before


def test_the_reply_is_lost_after_an_operation(account: Client, row: Row) -> None:
    """A fault with work changes the account, unless the operation only reads."""
    before, operation, method = account.cloud.state(), row[0], row[1]
    fault = {"operation": operation, "connection": "refuse_answer", "work": True}
    account.cloud.fail(fault)
    with pytest.raises(requests.ConnectionError):
        send(account, row)
    assert (account.cloud.state() != before) == (method != "GET")
