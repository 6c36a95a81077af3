"""A plan is applied in waves, and every logtank that it creates is confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from functions import errors
from functions.errors import Outcome, ProvisioningError
from functions.huaweicloud.lts import Stream
from functions.provisioning import log_group
from functions.provisioning.agreement import SETTLE_SECONDS
from functions.provisioning.application import Application, Pending
from functions.provisioning.plan import Wanted, decide
from functions.provisioning.survey import Survey
from functions.transport.calls import Reply
from tests.unit.script import Line, refusal
from tests.unit.scripted_cloud import (
    BUSY,
    DELETE_TANK,
    DELETED,
    FAILED,
    LIST_TANKS,
    NO_LISTENER,
    NO_TANKS,
    NOW,
    OLD,
    POST_STREAM,
    POST_TANK,
    STREAM_MADE,
    ScriptedCloud,
    described,
    tank,
    tanks,
)
from tests.unit.surveys import listener, survey, wanted
from tests.unit.surveys import tank as logtank

FORBIDDEN = refusal(403, "SYS.0403")
EXISTING = Stream("s", "n", OLD, NOW, {"ttl_in_days": 7})
EARLIER = "2026-01-02T03:04:04Z"
PUT_TTL, PUT_TANK = "UpdateLogStream", "UpdateLogtank"


def of(listener_id: str, identifier: str = "t", **fields: object) -> dict[str, object]:
    """Return a logtank of a listener, as GA describes it."""
    return {**described(identifier), "resource_id": listener_id, **fields}


def made(listener_id: str, identifier: str = "t") -> Reply:
    """Return the reply to the create of a listener's logtank."""
    return tank(identifier, resource_id=listener_id)


def applied(stage: ScriptedCloud, found: Survey, want: Wanted) -> list[Outcome]:
    """Return the outcomes of the plan, after the whole script was used."""
    ensure_group = partial(
        log_group.ensure, {"log_group_id": "g"}, found.project_id, stage.cloud
    )
    application = Application(found, want.group, ensure_group, stage.cloud, Pending())
    outcomes = application.apply(decide(found, want))
    assert stage.script.spent
    return outcomes


def summary(outcomes: list[Outcome]) -> list[object]:
    """Return each outcome in short."""
    return [
        type(each).__name__
        if isinstance(each, ProvisioningError)
        else each.get("created", each["action"])
        for each in outcomes
    ]


def test_a_listener_with_a_new_stream_takes_two_calls() -> None:
    """The stream's creator needs no list and no confirmation."""
    stage = ScriptedCloud(STREAM_MADE, made("l"))

    (result,) = applied(stage, survey([listener("l")]), wanted())

    assert result == {
        "action": "create",
        "resource_id": "l",
        "listener_name": "name-l",
        "log_stream_name": "n",
        "log_group_id": "g",
        "log_stream_id": "s",
        "logtank_id": "t",
        "status": "ACTIVE",
        "resource_type": "LISTENER",
        "created": ["log_stream", "logtank"],
    }
    assert stage.operations == [POST_STREAM, POST_TANK]
    assert stage.slept == 0


def test_a_shared_stream_is_created_once() -> None:
    """Only the first listener reports it as created, and nobody waits for it."""
    stage = ScriptedCloud(STREAM_MADE, *(made(each, f"t{each}") for each in "abc"))

    outcomes = applied(stage, survey(map(listener, "abc")), wanted())

    first = ["log_stream", "logtank"]
    assert summary(outcomes) == [first, ["logtank"], ["logtank"]]
    assert stage.operations == [POST_STREAM, *[POST_TANK] * 3]
    assert stage.slept == 0


def test_what_differs_in_a_stream_that_existed_is_reported() -> None:
    """It is not changed without update_stream."""
    stage = ScriptedCloud(made("l"), tanks(of("l")))

    want = wanted(EXISTING, body={"ttl_in_days": 30})
    (result,) = applied(stage, survey([listener("l")]), want)

    assert isinstance(result, dict)
    assert result["differs"] == ["ttl_in_days"]


def test_logtanks_to_a_stream_that_existed_are_confirmed_by_one_list() -> None:
    """It is requested once for all, after the second of their creation."""
    listed = tanks(of("a", "ta"), of("b", "tb"))
    stage = ScriptedCloud(made("a", "ta"), made("b", "tb"), listed)

    outcomes = applied(stage, survey(map(listener, "ab")), wanted(EXISTING))

    assert summary(outcomes) == [["logtank"], ["logtank"]]
    assert stage.operations == [POST_TANK, POST_TANK, LIST_TANKS]
    assert stage.slept == 1.0


@pytest.mark.parametrize("answer", [DELETED, NO_LISTENER])
def test_another_callers_older_logtank_wins(answer: Reply) -> None:
    """The younger one, which this run created, is deleted and not reported."""
    older = of("a", "z", created_at=EARLIER)
    stage = ScriptedCloud(
        made("a", "ta"),
        made("b", "tb"),
        tanks(of("a", "ta"), older, of("b", "tb")),
        answer,
    )

    first, second = applied(stage, survey(map(listener, "ab")), wanted(EXISTING))

    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert (first["logtank_id"], first["created"]) == ("z", [])
    assert (second["logtank_id"], second["created"]) == ("tb", ["logtank"])
    assert stage.operations == [POST_TANK, POST_TANK, LIST_TANKS, DELETE_TANK]
    assert stage.script.calls[-1].path.endswith("/ta")


def test_another_callers_younger_logtank_is_left_to_it() -> None:
    """Each call deletes only what it created itself."""
    younger = of("l", "a", created_at="2026-01-02T03:04:06Z")
    stage = ScriptedCloud(made("l"), tanks(of("l"), younger))

    (result,) = applied(stage, survey([listener("l")]), wanted(EXISTING))

    assert isinstance(result, dict)
    assert (result["logtank_id"], result["created"]) == ("t", ["logtank"])


@pytest.mark.parametrize(
    ("lines", "kind", "remedy"),
    [
        ([FORBIDDEN], errors.PermissionDenied, errors.PermissionDenied.remedy),
        ([*[FAILED] * 4], errors.ServiceFailed, errors.ServiceFailed.remedy),
        (
            [tanks(of("l"), of("l", "z", created_at=EARLIER)), FORBIDDEN],
            errors.PermissionDenied,
            "Delete logtank t: logtank z ships the same log.",
        ),
    ],
)
def test_a_confirmation_that_fails_names_the_logtank(
    lines: list[Line], kind: type[ProvisioningError], remedy: str
) -> None:
    """It was created, so the error says so, with its listener and stream."""
    stage = ScriptedCloud(made("l"), *lines)

    (error,) = applied(stage, survey([listener("l")]), wanted(EXISTING))

    assert isinstance(error, kind)
    assert error.remedy == remedy
    assert (error.step, error.resource_id) == ("create_logtank", "l")
    place = (error.log_group_id, error.log_stream_id, error.logtank_id)
    assert place == ("g", "s", "t")


def test_a_logtank_without_rivals_needs_no_time_to_be_confirmed() -> None:
    """The list alone confirms it, even if nothing else may begin any more."""
    stage = ScriptedCloud(made("l"), tanks(of("l")))
    waves = []

    def run_all(works: object) -> list[Outcome]:
        waves.append(works)
        return stage.cloud.run_all(works)  # type: ignore[arg-type] # they are passed on

    ensure_group = partial(log_group.ensure, {"log_group_id": "g"}, "p", stage.cloud)
    found, cloud = survey([listener("l")]), stage.cloud._replace(run_all=run_all)
    application = Application(found, None, ensure_group, cloud, Pending())

    assert summary(application.apply(decide(found, wanted(EXISTING)))) == [["logtank"]]
    assert waves[-1] == []


def test_the_creator_of_a_young_stream_is_waited_for_once() -> None:
    """The survey has just listed the logtanks, so the next list is after the lease."""
    young = EXISTING._replace(created_at=NOW - 10)
    stage = ScriptedCloud(tanks(), made("l"), tanks(of("l")))

    outcomes = applied(stage, survey([listener("l")]), wanted(young))

    assert summary(outcomes) == [["logtank"]]
    assert stage.operations == [LIST_TANKS, POST_TANK, LIST_TANKS]
    assert stage.clock.pauses == [2.0, 1.0]


def test_log_lines_of_a_change_have_its_listener() -> None:
    """An update has none of its own, nor has its error."""
    about: list[object] = []

    @contextmanager
    def recorded(**facts: object) -> Iterator[None]:
        about.append(facts)
        yield

    stage = ScriptedCloud(FORBIDDEN, STREAM_MADE, made("m"))
    stage.cloud = stage.cloud._replace(log_context=recorded)
    found = survey([listener("l"), listener("m")], [logtank("t")])
    by_id = wanted(
        EXISTING._replace(name="n-l"),
        name="n-{}",
        body={"ttl_in_days": 30},
        update_stream=True,
    )

    error, _ = applied(stage, found, by_id)

    assert isinstance(error, errors.PermissionDenied)
    assert (error.step, error.resource_id) == ("update_log_stream", None)
    assert about == [{"resource_id": None}, {"resource_id": "m"}]


def test_a_change_that_fails_does_not_stop_the_others() -> None:
    """Each change has an outcome of its own, with its listener and stream."""
    stage = ScriptedCloud(
        *(Reply(201, {"log_stream_id": "sa"}), FORBIDDEN),
        *(Reply(201, {"log_stream_id": "sb"}), made("b", "tb")),
    )

    first, second = applied(stage, survey(map(listener, "ab")), wanted(name="n-{}"))

    assert isinstance(first, errors.PermissionDenied)
    assert (first.step, first.resource_id) == ("create_logtank", "a")
    assert first.log_group_id == "g"
    assert (first.log_stream_name, first.log_stream_id) == ("n-a", "sa")
    assert isinstance(second, dict)
    assert second["created"] == ["log_stream", "logtank"]
    assert [line[1] for line in stage.logged] == ["applied"]


def test_a_busy_listener_leaves_time_to_confirm_the_other_logtanks() -> None:
    """Otherwise all of them would count as failed, and a rival would stay."""
    waits = [each for _ in range(4) for each in (NO_TANKS, BUSY)]
    stage = ScriptedCloud(made("l"), BUSY, *waits, tanks(of("l")), limit=6.4)
    found = survey([listener("l"), listener("m")])

    outcomes = applied(stage, found, wanted(EXISTING))

    assert summary(outcomes) == [["logtank"], "DeadlineExceeded"]
    assert stage.clock.pauses[-1] == SETTLE_SECONDS
