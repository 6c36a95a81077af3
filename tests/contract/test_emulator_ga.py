"""The emulated GA follows the pages "Creating a Log" and "Querying Logs"."""

from typing import Any

import pytest
import requests

from tests.contract.emulator_client import (
    LISTENER,
    UNKNOWN_ID,
    Client,
    Clock,
    outcome,
)


def test_a_logtank_has_all_documented_fields(client: Client) -> None:
    """The reply has the fields of Tables 4 and 5, with times in whole seconds."""
    stream_id = client.new_stream()
    response = client.create_logtank(stream_id, more="tolerated")
    detail = response.json()["logtank"]
    assert response.status_code == 201
    assert response.json()["request_id"] == response.headers["X-Request-Id"]
    assert detail.pop("id") in {tank["id"] for tank in client.cloud.logtanks}
    assert detail == {
        "domain_id": client.cloud.domain_id,
        "project_id": client.cloud.project_id,
        "resource_type": "LISTENER",
        "resource_id": LISTENER,
        "log_group_id": client.cloud.log_group_id,
        "log_stream_id": stream_id,
        "status": "ACTIVE",
        "created_at": "2027-01-15T08:00:00Z",
        "updated_at": "2027-01-15T08:00:00Z",
    }


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"resource_type": "ELB"}, 400, "GA.9001"),
        ({"resource_type": None}, 400, "GA.9001"),
        ({"resource_id": ""}, 400, "GA.9001"),
        ({"resource_id": 7}, 400, "GA.9001"),
        ({"log_group_id": UNKNOWN_ID}, 404, "GA.9002"),
        ({"log_stream_id": UNKNOWN_ID}, 404, "GA.9002"),
        ({"resource_id": "unknown-listener"}, 404, "GA.9002"),
    ],
    ids=repr,
)
def test_a_logtank_needs_valid_fields_and_existing_resources(
    client: Client, fields: dict[str, Any], status: int, code: str
) -> None:
    """The code is GA.9001 for an invalid value, GA.9002 for a missing resource."""
    client.cloud.reset(listeners=[LISTENER])
    response = client.create_logtank(client.new_stream(), **fields)
    assert outcome(response) == (status, code)
    assert response.json()["request_id"]
    assert client.cloud.logtanks == []


def test_a_body_that_is_not_json_is_rejected(client: Client) -> None:
    """The error code is GA.9001."""
    url = f"{client.cloud.url}/v1/logtanks"
    response = requests.post(url, data=b"{", headers=client.headers, timeout=5)
    assert outcome(response) == (400, "GA.9001")


@pytest.mark.parametrize("body", [{}, [], {"logtank": []}, {"logtank": {}}], ids=repr)
def test_a_body_without_logtank_fields_is_rejected(
    client: Client, body: object
) -> None:
    """The error code is GA.9001."""
    assert outcome(client.call("POST", "/v1/logtanks", body)) == (400, "GA.9001")


def test_a_second_logtank_for_a_listener_can_be_allowed(client: Client) -> None:
    """GA's behaviour is undocumented, so both are configurable."""
    client.cloud.reset(second_logtank="allow")
    stream_id = client.new_stream()
    created = [client.create_logtank(stream_id).status_code for _ in range(2)]
    assert created == [201, 201]


def test_a_new_logtank_is_pending(client: Client, clock: Clock) -> None:
    """It is PENDING for the configured time, then has the configured status."""
    client.cloud.reset(pending_seconds=10, final_status="ERROR")
    stream_id = client.new_stream()
    created = client.create_logtank(stream_id).json()["logtank"]
    target = {"log_group_id": client.cloud.log_group_id, "log_stream_id": stream_id}
    path = f"/v1/logtanks/{created['id']}"
    busy = client.call("PUT", path, {"logtank": target})
    assert (created["status"], outcome(busy)) == ("PENDING", (400, "GA.9004"))
    clock.now += 10
    assert client.call("GET", path).json()["logtank"]["status"] == "ERROR"
    assert client.list_logtanks("?status=PENDING").json()["logtanks"] == []


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "limit=-1", "marker=nothing"]
)
def test_invalid_paging_parameters_are_rejected(client: Client, query: str) -> None:
    """The error code is GA.9001."""
    assert outcome(client.list_logtanks(f"?{query}")) == (400, "GA.9001")


def test_the_page_size_can_be_limited(client: Client) -> None:
    """list_page_size overrides a larger limit; a marker needs a limit."""
    client.cloud.reset(list_page_size=1, second_logtank="allow")
    stream_id = client.new_stream()
    for _ in range(2):
        client.create_logtank(stream_id)
    first = client.list_logtanks("?limit=500").json()
    marker = first["page_info"]["next_marker"]
    last = client.list_logtanks(f"?limit=500&marker={marker}").json()
    assert [len(first["logtanks"]), len(last["logtanks"])] == [1, 1]
    assert last["page_info"] == {"current_count": 1}
    without_limit = client.list_logtanks(f"?marker={marker}")
    assert outcome(without_limit) == (400, "GA.9001")
