"""How many calls `reconcile` makes."""

from __future__ import annotations

import pytest

from tests.e2e.account.accounts import calls, stream_name
from tests.e2e.driving import send
from tests.emulator import Emulator

LISTENERS = 12
SURVEY = {"ListListeners": 1, "ListLogtanks": 1, "ListLogStream": 1}
APPLY: dict[str, object] = {"apply": True}


def plant(cloud: Emulator, number: int = LISTENERS) -> None:
    """Put listeners without logs into the account."""
    cloud.seed(listeners=[{"count": number, "id": "{n:032x}"}])


def test_a_listener_whose_stream_is_created_takes_two_calls(cloud: Emulator) -> None:
    """Creating its stream shows that no other caller works on its logtank."""
    plant(cloud)
    send("reconcile", APPLY)
    creates = {"CreateLogStream": LISTENERS, "CreateLogtank": LISTENERS}
    assert calls(cloud) == SURVEY | creates


def test_a_listener_whose_stream_exists_takes_one_call(mature: Emulator) -> None:
    """One further list confirms all new logtanks at once."""
    plant(mature)
    stream = {"log_stream_name": stream_name("{n:032x}"), "count": LISTENERS}
    mature.seed(log_streams=[stream])
    send("reconcile", APPLY)
    made = calls(mature)
    assert made == SURVEY | {"CreateLogtank": LISTENERS, "ListLogtanks": 2}
    assert made.total() - 3 <= 4 * LISTENERS


@pytest.mark.parametrize("exists", [False, True])
def test_a_log_group_by_name_takes_one_list_of_groups(
    cloud: Emulator, *, exists: bool
) -> None:
    """A new group has no streams to list."""
    plant(cloud)
    if exists:
        cloud.seed(log_groups=[{"log_group_name": "edge"}])
    send("reconcile", APPLY | {"log_group_name": "edge"})
    creates = {"CreateLogStream": LISTENERS, "CreateLogtank": LISTENERS}
    group = {"ListLogStream": 1} if exists else {"CreateLogGroup": 1}
    assert calls(cloud) == {
        "ListListeners": 1,
        "ListLogtanks": 1,
        "ListLogGroups": 1,
        **group,
        **creates,
    }


@pytest.mark.parametrize(
    ("stream", "request_", "needs_groups"),
    [
        ({}, {}, False),
        ({"ttl_in_days": 30}, {"ttl_in_days": 30}, False),
        ({}, {"ttl_in_days": 30}, True),
    ],
    ids=["nothing to compare", "a retention of its own", "the group's retention"],
)
def test_groups_are_listed_only_if_a_comparison_needs_them(
    cloud: Emulator,
    stream: dict[str, object],
    request_: dict[str, object],
    *,
    needs_groups: bool,
) -> None:
    """All listeners in order take the two lists and that of the streams."""
    cloud.reset(inherited_ttl="-1")
    plant(cloud)
    named = {"log_stream_id": "s{n}", "log_stream_name": stream_name("{n:032x}")}
    tank = {"resource_id": "{n:032x}", "log_stream_id": "s{n}", "count": LISTENERS}
    cloud.seed(log_streams=[{**named, **stream, "count": LISTENERS}], logtanks=[tank])
    result = send("reconcile", APPLY | request_)
    assert (result["unchanged"], result["changes"]) == (LISTENERS, [])
    assert calls(cloud) == SURVEY | ({"ListLogGroups": 1} if needs_groups else {})


def test_a_stream_that_200_listeners_share_is_created_once(cloud: Emulator) -> None:
    """Each listener gets one logtank, with one call for each and a few for all."""
    plant(cloud, 200)
    event = APPLY | {"log_stream_name": "shared"}
    result = send("reconcile", event)
    made = calls(cloud)
    assert (made["CreateLogStream"], made["CreateLogtank"]) == (1, 200)
    assert made.total() <= 200 + 6
    assert len({each["resource_id"] for each in cloud.logtanks}) == 200
    assert len(cloud.logtanks) == 200
    created = [each["created"] for each in result["changes"]]
    assert created.count(["log_stream", "logtank"]) == 1
    assert created.count(["logtank"]) == 199
    assert send("reconcile", event)["unchanged"] == 200
