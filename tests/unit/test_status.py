"""The state of every listener's access log, as `status` reports it."""

from __future__ import annotations

import json
from typing import Any

from functions import contracts
from functions.invocation import summaries
from functions.provisioning import account
from tests.unit.script import refusal
from tests.unit.scripted_cloud import (
    NO_LISTENER,
    ScriptedCloud,
    described,
    ga_listener,
    listeners,
    streams,
    tanks,
)

A, B = ga_listener("a", accelerator_id="x"), ga_listener("b")
FORBIDDEN = refusal(403, "LTS.0107")


def of(listener_id: str, identifier: str = "t", **fields: object) -> dict[str, object]:
    """Return a logtank of a listener, as GA describes it."""
    return {**described(identifier), "resource_id": listener_id, **fields}


def status(stage: ScriptedCloud, **filters: object) -> Any:  # noqa: ANN401 # a result is JSON
    """Return the result of `status`, which matches its schema."""
    result = account.status({"listeners": filters}, stage.cloud)
    contracts.check("status.result", json.loads(json.dumps(result)))
    assert stage.script.spent
    return result


def test_status_describes_every_listener() -> None:
    """Logtanks have the names of their streams, and the states are counted."""
    orphan = of("gone", "o", log_group_id="g2")
    stage = ScriptedCloud(
        listeners(A, B), tanks(of("a"), orphan), NO_LISTENER, streams(), FORBIDDEN
    )

    result = status(stage)

    logtank = {
        "logtank_id": "t",
        "status": "ACTIVE",
        "log_group_id": "g",
        "log_stream_id": "s",
        "log_stream_name": "n",
    }
    assert result["listeners"] == [
        {
            "resource_id": "a",
            "listener_name": "web",
            "accelerator_id": "x",
            "listener_status": "ACTIVE",
            "state": "shipping",
            "logtanks": [logtank],
        },
        {
            "resource_id": "b",
            "listener_name": "web",
            "listener_status": "ACTIVE",
            "state": "off",
            "logtanks": [],
        },
    ]
    assert [each["logtank_id"] for each in result["orphans"]] == ["o"]
    assert result["orphans"][0]["resource_id"] == "gone"
    assert result["counts"] == {"off": 1, "shipping": 1}
    numbers = {"counts": result["counts"], "orphans": 1}
    assert summaries.status(result) == numbers


def test_a_requested_listener_that_does_not_exist_is_gone() -> None:
    """Its logtanks are shown; orphans are reported only if everything is requested."""
    stage = ScriptedCloud(listeners(A), tanks(of("x")), NO_LISTENER, streams())

    result = status(stage, resource_ids=["x"])

    (only,) = result["listeners"]
    assert (only["resource_id"], only["state"]) == ("x", "gone")
    assert [each["logtank_id"] for each in only["logtanks"]] == ["t"]
    assert "orphans" not in result


def test_a_state_has_a_reason_if_there_is_more_to_say() -> None:
    """What is in another project cannot be looked at."""
    stage = ScriptedCloud(listeners(A), tanks(of("a", project_id="q")))

    (only,) = status(stage)["listeners"]

    reason = "its log group is in another project"
    assert (only["state"], only["reason"]) == ("shipping", reason)


def test_surplus_logtanks_are_named_in_a_warning() -> None:
    """They ship the same log to the same stream."""
    stage = ScriptedCloud(listeners(A), tanks(of("a"), of("a", "u")), streams())

    assert status(stage)["counts"] == {"several": 1}
    facts = {"resource_id": "a", "log_stream_id": "s", "logtank_ids": ["t", "u"]}
    message = "surplus logtanks: the log is shipped more than once"
    assert stage.logged == [("WARNING", message, facts)]


def test_the_summary_counts_no_orphans_if_a_selection_has_none() -> None:
    """A log line has the numbers alone."""
    result: dict[str, object] = {"counts": {"gone": 1}, "listeners": [{}]}

    assert summaries.status(result) == {"counts": {"gone": 1}, "orphans": 0}
