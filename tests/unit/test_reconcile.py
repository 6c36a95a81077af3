"""The access logs of a whole account are planned and applied, then reported."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from functions import contracts, errors
from functions.errors import Result
from functions.invocation import summaries
from functions.provisioning import account
from functions.transport.calls import Reply
from tests.unit.script import Line, refusal
from tests.unit.scripted_cloud import (
    DELETED,
    LIST_LISTENERS,
    LIST_STREAMS,
    LIST_TANKS,
    NO_LISTENER,
    NO_TANKS,
    OLD,
    POST_STREAM,
    POST_TANK,
    STREAM_MADE,
    ScriptedCloud,
    described,
    ga_listener,
    groups,
    listeners,
    no_streams,
    streams,
    tank,
    tanks,
)

A, B = ga_listener("a"), ga_listener("b")
EVENT: dict[str, object] = {"log_group_id": "g", "log_stream_name": "n"}
NAMED: dict[str, object] = {"log_group_name": "logs", "log_stream_name": "n"}
LISTS = [LIST_LISTENERS, LIST_TANKS, LIST_STREAMS]
FORBIDDEN = refusal(403, "LTS.0107")


def of(listener_id: str, identifier: str = "t", **fields: object) -> dict[str, object]:
    """Return a logtank of a listener, as GA describes it."""
    return {**described(identifier), "resource_id": listener_id, **fields}


def reconcile(stage: ScriptedCloud, event: Result, **fields: object) -> Any:  # noqa: ANN401 # a result is JSON
    """Return the result of `reconcile`, which matches its schema."""
    result = account.reconcile({**event, **fields}, stage.cloud)
    contracts.check("reconcile.result", json.loads(json.dumps(result)))
    assert stage.script.spent
    return result


def failure(
    stage: ScriptedCloud, event: Result, **fields: object
) -> errors.ProvisioningError:
    """Return the error raised by `reconcile`, which matches its schema."""
    with pytest.raises(errors.ProvisioningError) as raised:
        account.reconcile({**event, **fields}, stage.cloud)
    contracts.check("error", json.loads(json.dumps(raised.value.as_document())))
    assert stage.script.spent
    return raised.value


def test_a_plan_changes_nothing() -> None:
    """Each change and each skipped item has a log line of its own."""
    frozen = ga_listener("f", frozen_info={"status": 1})
    stage = ScriptedCloud(listeners(A, B, frozen), tanks(of("b")), streams(OLD))

    result = reconcile(stage, EVENT)

    assert not result["applied"]
    (change,) = result["changes"]
    assert (change["action"], change["resource_id"]) == ("create", "a")
    (skipped,) = result["skipped"]
    assert skipped == {
        "resource_id": "f",
        "listener_name": "web",
        "reason": "the listener is frozen",
        "logtanks": [],
    }
    assert result["unchanged"] == 1
    assert stage.operations == LISTS
    assert stage.logged == [("INFO", "skipped", skipped), ("INFO", "planned", change)]
    numbers = summaries.reconcile(result)
    assert (numbers["changes"], numbers["skipped"], numbers["unchanged"]) == (1, 1, 1)
    assert summaries.is_incomplete(result)


def test_apply_executes_what_the_plan_shows() -> None:
    """A listener whose stream is new takes two calls."""
    lists = [listeners(A), NO_TANKS, no_streams()]
    planned = reconcile(ScriptedCloud(*lists), EVENT)
    stage = ScriptedCloud(*lists, STREAM_MADE, tank(resource_id="a"))

    result = reconcile(stage, EVENT, apply=True)

    (change,) = planned["changes"]
    (made,) = result["changes"]
    assert made == made | change
    assert (result["applied"], made["created"]) == (True, ["log_stream", "logtank"])
    assert stage.operations == [*LISTS, POST_STREAM, POST_TANK]
    assert not summaries.is_incomplete(result)


def test_a_request_sees_the_log_group_that_an_earlier_one_created() -> None:
    """Two requests of one event name the same new group; the second one is a rerun."""
    first = [groups(), listeners(A), NO_TANKS, Reply(201, {"log_group_id": "g"})]
    created = [STREAM_MADE, tank(resource_id="a")]
    second = [listeners(A), tanks(of("a")), streams()]
    stage = ScriptedCloud(*first, *created, *second)

    account.reconcile({**NAMED, "apply": True}, stage.cloud)
    result = reconcile(stage, NAMED, apply=True, repoint=True)

    assert (result["changes"], result["skipped"], result["unchanged"]) == ([], [], 1)


def test_a_second_run_has_nothing_to_do() -> None:
    """All listeners are unchanged."""
    stage = ScriptedCloud(listeners(A), tanks(of("a")), streams())

    result = reconcile(stage, EVENT, apply=True)
    assert (result["changes"], result["skipped"], result["unchanged"]) == ([], [], 1)
    assert stage.operations == LISTS


def with_room(stage: ScriptedCloud, limit: int) -> ScriptedCloud:
    """Return the stage, with this many streams in a group."""
    stage.cloud = stage.cloud._replace(streams_per_group=limit)
    return stage


def test_what_does_not_fit_is_a_quota_error_after_the_rest_was_applied() -> None:
    """A plan never raises it; the document is the same in both."""
    event = {**EVENT, "log_stream_name": "n-{resource_id}"}
    lists = [listeners(A, B), NO_TANKS, streams()]
    planned = reconcile(with_room(ScriptedCloud(*lists), 3), event)
    stage = ScriptedCloud(*lists, STREAM_MADE, tank(resource_id="a"))

    error = failure(with_room(stage, 3), event, apply=True)

    assert isinstance(error, errors.QuotaExceeded)
    document = error.as_document()
    assert document["skipped"] == planned["skipped"]
    assert document["applied"]
    (change,) = cast("list[Result]", document["changes"])
    assert change["created"] == ["log_stream", "logtank"]
    assert error.service == "LTS"
    assert str(error) == (
        "The log group has no room for the streams of 1 listeners (QuotaExceeded). Use "
        "a log_stream_name without {resource_id}, another log group, or a higher quota "
        "of LTS and LOG_STREAMS_PER_GROUP."
    )


def test_a_change_that_fails_is_a_failed_batch() -> None:
    """Even if it is the only one; the plan is in the document."""
    stage = ScriptedCloud(
        listeners(A, B), tanks(of("b")), no_streams(), STREAM_MADE, FORBIDDEN
    )

    error = failure(stage, EVENT, apply=True, listeners={"resource_ids": ["a"]})

    assert isinstance(error, errors.BatchFailed)
    document = error.as_document()
    assert (document["applied"], document["unchanged"]) == (True, 0)
    (change,) = cast("list[Any]", document["changes"])
    assert (change["action"], change["resource_id"]) == ("create", "a")
    assert change["error"]["step"] == "create_logtank"
    assert change["error"]["log_stream_id"] == "s"


def test_a_change_that_fails_is_reported_in_its_place() -> None:
    """It has a log line of its own, and what was skipped has its logtanks."""
    elsewhere = of("c", "u", log_stream_id="o")
    stage = ScriptedCloud(
        listeners(A, B, ga_listener("c")),
        tanks(elsewhere),
        no_streams(),
        STREAM_MADE,
        tank(resource_id="a"),
        FORBIDDEN,
    )

    document = failure(stage, EVENT, apply=True).as_document()

    done, failed = cast("list[Any]", document["changes"])
    assert (done["resource_id"], done["logtank_id"]) == ("a", "t")
    assert (failed["resource_id"], failed["error"]["step"]) == ("b", "create_logtank")
    (skipped,) = cast("list[Any]", document["skipped"])
    assert [each["logtank_id"] for each in skipped["logtanks"]] == ["u"]
    lines = {line[:2]: line[2] for line in stage.logged}
    assert [*lines] == [
        ("INFO", "skipped"),
        ("INFO", "applied"),
        ("ERROR", "change failed"),
    ]
    assert lines["INFO", "skipped"] == skipped
    assert lines["INFO", "applied"] == done
    assert lines["ERROR", "change failed"] == failed


@pytest.mark.parametrize(
    "lines",
    [
        [FORBIDDEN, NO_TANKS],
        [listeners(A), FORBIDDEN],
        [listeners(A), tanks(of("x")), FORBIDDEN],
        [listeners(A), NO_TANKS, FORBIDDEN],
        [listeners(A), NO_TANKS, refusal(404, "LTS.0201")],
    ],
)
def test_nothing_is_changed_after_an_incomplete_survey(lines: list[Line]) -> None:
    """The error's step is the survey."""
    error = failure(ScriptedCloud(*lines), EVENT, apply=True)

    assert error.step == "survey"
    is_of_group = len(lines) == len(LISTS) and lines[1] is NO_TANKS
    assert error.log_group_id == ("g" if is_of_group else None)


def test_an_orphan_is_pruned_on_request() -> None:
    """Its stream is kept."""
    lists = [listeners(A), tanks(of("a"), of("x", "o")), NO_LISTENER, streams()]

    (skipped,) = reconcile(ScriptedCloud(*lists), EVENT)["skipped"]
    assert (skipped["resource_id"], len(skipped["logtanks"])) == ("x", 1)
    assert "listener_name" not in skipped
    result = reconcile(ScriptedCloud(*lists, DELETED), EVENT, apply=True, prune=True)
    (change,) = result["changes"]
    assert change == {
        "action": "delete",
        "resource_id": "x",
        "log_stream_name": "n",
        "logtank_id": "o",
    }
