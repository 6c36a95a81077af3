"""Seeding puts an account of any shape into the emulator."""

import pytest
import requests

from tests.contract.emulator_client import LISTENER, Client, outcome

OTHER_PROJECT = "0" * 32


def test_an_account_can_be_seeded_in_any_state(client: Client) -> None:
    """Statuses, tags, times and dangling references are as given."""
    cloud = client.cloud
    statuses = ["ACTIVE", "PENDING", "ERROR", "DELETING"]
    seeded = cloud.seed(
        listeners=[
            *({"status": status, "name": status} for status in statuses),
            {"frozen": True, "tags": [{"key": "team", "value": "a/b"}]},
            {"created_at": "2026-01-02T03:04:05Z"},
        ],
        logtanks=[
            *({"status": status} for status in statuses),
            {"project_id": OTHER_PROJECT, "log_group_id": "another-projects"},
            {"count": 2, "resource_id": LISTENER},
        ],
        log_groups=[{"log_group_id": "second", "ttl_in_days": 7}],
        log_streams=[
            {"log_stream_id": "s", "whether_log_storage": False, "tags": []},
            {"log_group_id": "second", "ttl_in_days": 1, "creation_time": 5},
            {"log_group_id": "a-third"},
        ],
    )
    listeners, tanks = cloud.listeners, cloud.logtanks
    assert (listeners, tanks) == (seeded["listeners"], seeded["logtanks"])
    assert [each["status"] for each in listeners] == [*statuses, "ACTIVE", "ACTIVE"]
    assert [each["status"] for each in tanks] == [*statuses, *("ACTIVE",) * 3]
    assert listeners[4]["frozen_info"]["status"] == 1
    assert listeners[4]["tags"] == [{"key": "team", "value": "a/b"}]
    assert listeners[5]["created_at"] == "2026-01-02T03:04:05Z"
    assert tanks[4]["project_id"] == OTHER_PROJECT
    assert [tank["resource_id"] for tank in tanks[5:]] == [LISTENER] * 2
    storing, other, third = cloud.streams
    groups = [group["log_group_id"] for group in cloud.state()["log_groups"]]
    assert groups[1:] == ["second", third["log_group_id"]]
    assert (storing["whether_log_storage"], storing["ttl_in_days"]) == (False, 30)
    assert (other["log_group_id"], other["creation_time"]) == ("second", 5)


def test_copies_are_numbered_and_spread_over_accelerators(client: Client) -> None:
    """200 listeners get 20 accelerators, as many as an account has by default."""
    copies = {"count": 200, "id": "{n:032x}", "name": "web-{n}"}
    client.cloud.seed(listeners=[copies])
    listeners = client.cloud.listeners
    assert [each["id"] for each in listeners[9:11]] == [f"{n:032x}" for n in (9, 10)]
    assert listeners[199]["name"] == "web-199"
    assert len({each["accelerator_id"] for each in listeners}) == 20
    assert len(client.cloud.state()["accelerators"]) == 20


def test_resources_can_be_seeded_replaced_and_removed_over_http(
    client: Client,
) -> None:
    """A seeded ID replaces the resource; remove returns how many there were."""
    url = f"{client.cloud.url}/_emulator"
    body = {"listeners": [{"id": LISTENER, "name": "one"}]}
    for status in ("ACTIVE", "ERROR"):
        body["listeners"][0]["status"] = status
        added = requests.post(f"{url}/seed", json=body, timeout=5).json()
    assert added["listeners"] == client.cloud.listeners
    assert [each["status"] for each in client.cloud.listeners] == ["ERROR"]
    group_id = client.cloud.log_group_id
    stream_id = client.new_stream()
    ids = [LISTENER, "unknown", group_id, stream_id]
    removed = requests.post(f"{url}/remove", json=ids, timeout=5).json()
    assert removed == {"removed": 2}
    assert (client.cloud.listeners, client.cloud.streams) == ([], [])


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("seed", [], "an object of lists"),
        ("seed", {"streams": []}, "unknown resources 'streams'"),
        ("seed", {"listeners": {}}, "must be a list of objects"),
        ("seed", {"listeners": [7]}, "must be a list of objects"),
        ("seed", {"listeners": [{"state": 1}]}, "unknown field 'state'"),
        ("seed", {"listeners": [{}, {"status": "GONE"}]}, "'status' has an invalid"),
        ("seed", {"log_streams": [{"used_by": ["me"]}]}, "'used_by' has an invalid"),
        ("seed", {"logtanks": [{"count": -1}]}, "'count' must be"),
        ("seed", {"listeners": [{}], "logtanks": [{"id": ""}]}, "'id' has an invalid"),
        ("remove", {}, "a list of strings"),
        ("remove", [7], "a list of strings"),
    ],
)
def test_invalid_seeds_are_rejected_as_a_whole(
    client: Client, path: str, body: object, reason: str
) -> None:
    """The status is 400, and nothing is added."""
    url = f"{client.cloud.url}/_emulator/{path}"
    response = requests.post(url, json=body, timeout=5)
    assert response.status_code == 400
    assert reason in response.json()["error_msg"]
    assert client.cloud.listeners == []


@pytest.mark.parametrize(
    ("listener", "expected"),
    [
        ({"status": "ACTIVE"}, (201, "")),
        ({"status": "PENDING"}, (400, "GA.9004")),
        ({"status": "ERROR"}, (400, "GA.9004")),
        ({"status": "DELETING"}, (400, "GA.9004")),
        ({"frozen": True}, (400, "GA.9006")),
        ({"id": "another"}, (404, "GA.9002")),
    ],
    ids=repr,
)
def test_only_a_usable_listener_gets_a_logtank(
    client: Client, listener: dict[str, object], expected: tuple[int, str]
) -> None:
    """As soon as a listener exists, a logtank's listener must exist and be ACTIVE."""
    client.cloud.seed(listeners=[{"id": LISTENER, **listener}])
    assert outcome(client.create_logtank(client.new_stream())) == expected


def test_an_empty_account_accepts_any_listener_id(client: Client) -> None:
    """ShowListener finds it too, until the account has or had a listener."""
    path = f"/v1/listeners/{LISTENER}"
    assert client.call("GET", path).json()["listener"]["id"] == LISTENER
    seeded = client.cloud.seed(listeners=[{}])["listeners"][0]["id"]
    assert client.cloud.remove(seeded) == 1
    assert outcome(client.call("GET", path)) == (404, "GA.9002")
