"""`delete_logtank` after a listener's deletion: only what is left behind is deleted."""

from __future__ import annotations

from typing import Any

import pytest

from functions.errors import (
    Busy,
    DeadlineExceeded,
    NotFound,
    PermissionDenied,
    ProvisioningError,
    ServiceFailed,
)
from tests.e2e.account.accounts import calls, resources
from tests.e2e.account.test_delete_logtank import EVENT, NOTHING, plant
from tests.e2e.answering import invoke
from tests.e2e.contexts import LambdaContext
from tests.e2e.driving import LISTENER, expect_error, operations, send
from tests.e2e.samples import sample
from tests.emulator import Emulator

IF_GONE: dict[str, object] = EVENT | {"only_if_listener_is_gone": True}


@pytest.mark.parametrize("status", ["ACTIVE", "PENDING", "ERROR"])
def test_nothing_is_deleted_while_ga_has_the_listener(
    cloud: Emulator, status: str
) -> None:
    """The result says so if that was asked for; otherwise it is deleted."""
    plant(cloud, listener={"status": status})
    before = resources(cloud)
    result = send("delete_logtank", IF_GONE)
    assert result == {
        "resource_id": LISTENER,
        **NOTHING,
        "reason": f"the listener still exists, in status {status}",
    }
    assert resources(cloud) == before
    assert operations(cloud) == ["ShowListener"]
    assert send("delete_logtank", EVENT)["deleted"] == ["logtank"]


def test_the_logtank_of_a_listener_that_is_gone_is_deleted(cloud: Emulator) -> None:
    """GA says so with a 404 and a code of its own."""
    plant(cloud)
    cloud.remove(LISTENER)
    assert send("delete_logtank", IF_GONE)["logtank_ids"] == ["t"]
    assert operations(cloud) == ["ShowListener", "ListLogtanks", "DeleteLogtank"]


def test_a_listener_that_is_being_deleted_is_waited_for(cloud: Emulator) -> None:
    """The trace of its deletion may arrive early."""
    plant(cloud, listener={"status": "DELETING", "status_seconds": 0.3})
    result = send("delete_logtank", IF_GONE, LambdaContext(10))
    assert result["deleted"] == ["logtank"]
    assert calls(cloud)["ShowListener"] > 1


def test_a_listener_that_stays_in_deletion_is_retryable(cloud: Emulator) -> None:
    """The platform delivers the event again."""
    plant(cloud, listener={"status": "DELETING"})
    error = expect_error("delete_logtank", IF_GONE, LambdaContext(1.5))
    assert isinstance(error, Busy | DeadlineExceeded)
    assert error.retryable
    assert cloud.logtanks != []


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"status": 404, "body": {"error_code": "APIGW.0101"}}, NotFound),
        ({"status": 403}, PermissionDenied),
        ({"status": 500}, ServiceFailed),
    ],
)
def test_a_listener_whose_existence_is_unknown_keeps_its_logtank(
    cloud: Emulator, fault: dict[str, Any], expected: type[ProvisioningError]
) -> None:
    """Only GA's own 404 says that it is gone."""
    plant(cloud)
    cloud.remove(LISTENER)
    cloud.fail({"operation": "ShowListener", "times": None, **fault})
    assert isinstance(expect_error("delete_logtank", IF_GONE), expected)
    assert cloud.logtanks != []


def deletion_trace(listener: str = LISTENER) -> Any:  # noqa: ANN401 # JSON
    """Return the trace of a listener's deletion, whose response is empty."""
    trace = sample("cts.json")["cts"] | {"trace_name": "deleteListener", "code": "204"}
    return {"cts": {**trace, "resource_id": listener, "response": ""}}


@pytest.mark.parametrize(
    ("listener", "outcome"),
    [
        (None, ["logtank"]),
        ({"status": "ACTIVE"}, []),
        ({"status": "DELETING", "status_seconds": 0.2}, ["logtank"]),
    ],
    ids=["gone", "still there", "in deletion"],
)
def test_a_trace_of_a_deletion_deletes_only_what_is_left_behind(
    cloud: Emulator, listener: dict[str, Any] | None, outcome: list[str]
) -> None:
    """A trace is not enough: GA must say that the listener is gone."""
    plant(cloud, listener=listener)
    if listener is None:
        cloud.remove(LISTENER)
    result = send("delete_logtank", deletion_trace(), LambdaContext(10))
    assert result["deleted"] == outcome
    assert len(cloud.streams) == 1
    assert len(cloud.logtanks) == 1 - len(outcome)


def test_a_trace_that_a_function_does_not_serve_is_ignored(cloud: Emulator) -> None:
    """A creation is for `bootstrap` alone, a deletion for `delete_logtank` alone."""
    plant(cloud)
    served = {"createListener": "bootstrap", "deleteListener": "delete_logtank"}
    traces = {"createListener": sample("cts.json"), "deleteListener": deletion_trace()}
    for name, trace in traces.items():
        for entry in ("bootstrap", "create_log_stream", "create_logtank", "status"):
            if served[name] != entry:
                assert invoke(entry, trace).document.keys() == {"ignored"}
        other = "delete_logtank" if name == "createListener" else "reconcile"
        assert invoke(other, trace).document.keys() == {"ignored"}
    assert cloud.calls == []
