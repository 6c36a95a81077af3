"""The vendor's SDK manages accelerators, listeners, their tags and their logtanks."""

from typing import Any

import pytest

from tests.contract.emulator_client import UNKNOWN_ID, Clock
from tests.contract.emulator_sdk import Sdk, SdkObject

PORTS = [{"from_port": 443, "to_port": 443}]
IP_SETS = [{"ip_type": "IPV4", "area": "CM"}]
TAGS = [{"key": "team", "value": "edge"}]
GONE = (404, "GA.9002")
BUSY = (400, "GA.9004")
IN_USE = (409, "GA.9005")


def new_accelerator(sdk: Sdk, **fields: object) -> SdkObject:
    """Create an accelerator, and return it."""
    option = {"name": "edge", "ip_sets": IP_SETS, **fields}
    body = {"accelerator": option}
    return sdk.call("GA", "CreateAccelerator", body=body).accelerator


def new_listener(sdk: Sdk, accelerator_id: str, **fields: object) -> SdkObject:
    """Create a listener, and return it."""
    option = {
        "name": "web",
        "protocol": "TCP",
        "port_ranges": PORTS,
        "accelerator_id": accelerator_id,
        **fields,
    }
    return sdk.call("GA", "CreateListener", body={"listener": option}).listener


def test_accelerators_and_listeners_change_status_until_they_are_gone(
    sdk: Sdk, clock: Clock
) -> None:
    """Both are PENDING, ACTIVE, DELETING and gone; a busy one accepts nothing."""
    sdk.cloud.reset(listener_pending_seconds=10, deleting_seconds=5)
    accelerator = new_accelerator(sdk, tags=TAGS)
    accelerator_path = {"accelerator_id": accelerator.id}
    option = {"name": "web", "protocol": "UDP", "port_ranges": PORTS}
    body = {"listener": {**option, **accelerator_path}}
    assert accelerator.status == "PENDING"
    assert sdk.refusal("GA", "CreateListener", body=body) == BUSY
    assert sdk.refusal("GA", "DeleteAccelerator", **accelerator_path) == BUSY
    clock.now += 10
    shown = sdk.call("GA", "ShowAccelerator", **accelerator_path).accelerator
    assert (shown.status, shown.ip_sets[0].area) == ("ACTIVE", "CM")
    assert shown.tags[0].key == "team"
    listener = new_listener(sdk, accelerator.id, tags=TAGS)
    listener_path = {"listener_id": listener.id}
    assert (listener.status, listener.frozen_info.status) == ("PENDING", 0)
    assert sdk.refusal("GA", "DeleteListener", **listener_path) == BUSY
    clock.now += 10
    shown = sdk.call("GA", "ShowListener", **listener_path).listener
    assert (shown.status, shown.accelerator_id) == ("ACTIVE", accelerator.id)
    assert (shown.tags[0].value, shown.port_ranges[0].from_port) == ("edge", 443)
    assert sdk.refusal("GA", "DeleteAccelerator", **accelerator_path) == IN_USE
    sdk.call("GA", "DeleteListener", **listener_path)
    shown = sdk.call("GA", "ShowListener", **listener_path).listener
    assert shown.status == "DELETING"
    assert sdk.refusal("GA", "DeleteListener", **listener_path) == BUSY
    clock.now += 5
    assert sdk.refusal("GA", "ShowListener", **listener_path) == GONE
    sdk.call("GA", "DeleteAccelerator", **accelerator_path)
    clock.now += 5
    assert sdk.refusal("GA", "ShowAccelerator", **accelerator_path) == GONE


def _accelerator(**fields: object) -> dict[str, Any]:
    option = {"name": "edge", "ip_sets": IP_SETS, **fields}
    return {"body": {"accelerator": option}}


def _listener(**fields: object) -> dict[str, Any]:
    option = {"name": "w", "protocol": "TCP", "port_ranges": PORTS, **fields}
    return {"body": {"listener": {"accelerator_id": "a", **option}}}


def _tags(resource_type: str, resource_id: str, **body: object) -> dict[str, Any]:
    path = {"resource_type": resource_type, "resource_id": resource_id}
    return {**path, **({"body": body} if body else {})}


def _target(group_id: str, stream_id: str) -> dict[str, Any]:
    target = {"log_group_id": group_id, "log_stream_id": stream_id}
    return {"body": {"logtank": target}}


INVALID = (400, "GA.9001")
# an account with one resource of each kind and status, by its ID
ACCOUNT: dict[str, list[dict[str, Any]]] = {
    "accelerators": [
        *({"id": each} for each in ("a", "empty")),
        {"id": "pending", "status": "PENDING"},
        {"id": "frozen", "frozen": True},
    ],
    "listeners": [
        {"id": "used", "accelerator_id": "a"},
        {"id": "pending", "accelerator_id": "a", "status": "PENDING"},
        {"id": "deleting", "accelerator_id": "a", "status": "DELETING"},
        {"id": "frozen", "accelerator_id": "a", "frozen": True},
    ],
    "log_groups": [{"log_group_id": "g", "log_group_name": "new name"}],
    "log_streams": [{"log_stream_id": "s", "log_group_id": "g"}],
    "logtanks": [
        {"id": "t", "resource_id": "used"},
        {"id": "pending", "status": "PENDING"},
        {"id": "deleting", "status": "DELETING"},
    ],
}
INVALID_ACCELERATORS: list[dict[str, Any]] = [
    *({"name": name} for name in ("", "a b", "a_b", "x" * 65, 7)),
    *({"ip_sets": sets} for sets in ([], [{"ip_type": "IPV5"}], ["IPV4"])),
    *({"description": text} for text in ("<b>", "x" * 256, 7)),
    {"tags": [{"key": "_sys_a"}]},
]
INVALID_LISTENERS: list[dict[str, Any]] = [
    {"name": "a.b"},
    {"protocol": "HTTP"},
    {"client_affinity": "ANY"},
    *({"port_ranges": ranges} for ranges in ([], ["443"], [{"from_port": 1}])),
    {"port_ranges": [{"from_port": 2, "to_port": 1}]},
    {"port_ranges": [{"from_port": 1, "to_port": 65536}]},
]
GA_REFUSALS: list[tuple[str, dict[str, Any], tuple[int, str]]] = [
    ("CreateAccelerator", {"body": {}}, INVALID),
    *(
        ("CreateAccelerator", _accelerator(**each), INVALID)
        for each in INVALID_ACCELERATORS
    ),
    ("ShowAccelerator", {"accelerator_id": UNKNOWN_ID}, GONE),
    ("DeleteAccelerator", {"accelerator_id": UNKNOWN_ID}, GONE),
    ("DeleteAccelerator", {"accelerator_id": "a"}, IN_USE),
    ("DeleteAccelerator", {"accelerator_id": "pending"}, BUSY),
    ("DeleteAccelerator", {"accelerator_id": "frozen"}, (400, "GA.9006")),
    *(("CreateListener", _listener(**each), INVALID) for each in INVALID_LISTENERS),
    ("CreateListener", _listener(accelerator_id=UNKNOWN_ID), GONE),
    ("CreateListener", _listener(accelerator_id="pending"), BUSY),
    ("CreateListener", _listener(accelerator_id="frozen"), (400, "GA.9006")),
    ("ShowListener", {"listener_id": UNKNOWN_ID}, GONE),
    ("DeleteListener", {"listener_id": UNKNOWN_ID}, GONE),
    ("DeleteListener", {"listener_id": "used"}, IN_USE),
    ("DeleteListener", {"listener_id": "pending"}, BUSY),
    ("DeleteListener", {"listener_id": "deleting"}, BUSY),
    ("DeleteListener", {"listener_id": "frozen"}, (400, "GA.9006")),
    ("UpdateLogtank", {"logtank_id": UNKNOWN_ID, **_target("g", "s")}, GONE),
    ("UpdateLogtank", {"logtank_id": "t", **_target(UNKNOWN_ID, "s")}, GONE),
    ("UpdateLogtank", {"logtank_id": "t", **_target("g", UNKNOWN_ID)}, GONE),
    ("UpdateLogtank", {"logtank_id": "t", **_target("", "s")}, INVALID),
    ("UpdateLogtank", {"logtank_id": "pending", **_target("g", "s")}, BUSY),
    ("UpdateLogtank", {"logtank_id": "deleting", **_target("g", "s")}, BUSY),
    ("DeleteLogtank", {"logtank_id": UNKNOWN_ID}, GONE),
    ("DeleteLogtank", {"logtank_id": "pending"}, BUSY),
    ("DeleteLogtank", {"logtank_id": "deleting"}, BUSY),
    ("CreateTags", _tags("ga-listeners", UNKNOWN_ID, tags=TAGS), GONE),
    ("CreateTags", _tags("ga-logtanks", "t", tags=TAGS), INVALID),
    ("CreateTags", _tags("ga-listeners", "used", tags=[{"key": ""}]), INVALID),
    ("DeleteTags", _tags("ga-listeners", "used", tags=[{"value": "v"}]), INVALID),
    ("ShowResourceTags", _tags("ga-accelerators", UNKNOWN_ID), GONE),
]


@pytest.fixture
def account(sdk: Sdk) -> Sdk:
    """Return the SDK for an account with resources in all states."""
    sdk.cloud.seed(**ACCOUNT)
    return sdk


@pytest.mark.parametrize(
    ("operation", "fields", "expected"),
    GA_REFUSALS,
    ids=[f"{name} {fields}" for name, fields, _ in GA_REFUSALS],
)
def test_ga_refuses_with_its_documented_codes(
    account: Sdk, operation: str, fields: dict[str, Any], expected: tuple[int, str]
) -> None:
    """Nothing changes."""
    before = account.cloud.state()
    assert account.refusal("GA", operation, **fields) == expected
    assert account.cloud.state() == before


@pytest.mark.parametrize(
    ("policy", "left"), [("keep", ["t"]), ("delete", [])], ids=["keep", "delete"]
)
def test_a_deleted_listener_can_keep_or_lose_its_logtanks(
    sdk: Sdk, policy: str, left: list[str]
) -> None:
    """GA's behaviour is undocumented, so it is configurable."""
    sdk.cloud.reset(deleted_listener_logtanks=policy)
    tanks = [{"id": "t", "resource_id": "used"}]
    sdk.cloud.seed(listeners=[{"id": "used"}], logtanks=tanks)
    sdk.call("GA", "DeleteListener", listener_id="used")
    assert sdk.cloud.listeners == []
    assert [tank["id"] for tank in sdk.cloud.logtanks] == left


def test_quotas_bound_accelerators_and_listeners(sdk: Sdk) -> None:
    """The code is GA.9103."""
    sdk.cloud.reset(accelerator_quota=1, listener_quota=1)
    accelerator = new_accelerator(sdk)
    new_listener(sdk, accelerator.id)
    another = _listener(accelerator_id=accelerator.id)
    assert sdk.refusal("GA", "CreateAccelerator", **_accelerator()) == (400, "GA.9103")
    assert sdk.refusal("GA", "CreateListener", **another) == (400, "GA.9103")


def test_a_logtank_is_pending_after_a_change_and_deleting_before_it_is_gone(
    account: Sdk, clock: Clock
) -> None:
    """Its resource cannot be changed; its old stream can be deleted afterwards."""
    account.cloud.reset(pending_seconds=10, deleting_seconds=5)
    account.cloud.seed(**ACCOUNT)
    request = _target("g", "s")
    request["body"]["logtank"]["resource_id"] = "another"
    changed = account.call("GA", "UpdateLogtank", logtank_id="t", **request).logtank
    assert (changed.status, changed.log_stream_id) == ("PENDING", "s")
    assert changed.resource_id == "used"
    clock.now += 10
    shown = account.call("GA", "ShowLogtank", logtank_id="t").logtank
    assert (shown.status, shown.log_group_id) == ("ACTIVE", "g")
    assert account.call("GA", "DeleteLogtank", logtank_id="t").status_code == 204
    stream = {"log_group_id": "g", "log_stream_id": "s"}
    assert account.refusal("LTS", "DeleteLogStream", **stream) == (400, "LTS.0207")
    shown = account.call("GA", "ShowLogtank", logtank_id="t").logtank
    assert shown.status == "DELETING"
    clock.now += 5
    assert account.refusal("GA", "ShowLogtank", logtank_id="t") == GONE
    account.call("LTS", "DeleteLogStream", **stream)


@pytest.mark.parametrize(
    ("resource_type", "resource_id"),
    [("ga-listeners", "used"), ("ga-accelerators", "a")],
)
def test_tags_are_added_and_deleted(
    account: Sdk, resource_type: str, resource_id: str
) -> None:
    """A key that exists gets a new value; unknown keys are ignored."""
    for value in ("old", "new"):
        tags = [{"key": "team", "value": value}, {"key": value}]
        account.call("GA", "CreateTags", **_tags(resource_type, resource_id, tags=tags))
    deleted = [{"key": "old"}, {"key": "unknown"}]
    account.call("GA", "DeleteTags", **_tags(resource_type, resource_id, tags=deleted))
    path = _tags(resource_type, resource_id)
    shown = account.call("GA", "ShowResourceTags", **path).tags
    assert [(tag.key, tag.value) for tag in shown] == [("team", "new"), ("new", "")]
