"""A survey has everything that was asked for, or it is an error."""

from __future__ import annotations

import pytest

from functions import errors
from functions.provisioning.survey import Selection, Survey, Unlisted, gather
from functions.transport.calls import Reply
from tests.unit.script import Line, refusal
from tests.unit.scripted_cloud import (
    FAILED,
    LIST_LISTENERS,
    LIST_STREAMS,
    LIST_TANKS,
    NO_LISTENER,
    NO_TANKS,
    SHOW_LISTENER,
    ScriptedCloud,
    described,
    ga_listener,
    listeners,
    no_streams,
    shown_listener,
    streams,
    tanks,
)

A, B = ga_listener("a"), ga_listener("b")
LISTED = [LIST_LISTENERS, LIST_TANKS]
FORBIDDEN = refusal(403, "LTS.0107")


def of(listener_id: str, identifier: str = "t", **fields: object) -> dict[str, object]:
    """Return a logtank of a listener."""
    return described(identifier, "s", "ACTIVE", resource_id=listener_id, **fields)


def surveyed(stage: ScriptedCloud, **filters: object) -> Survey:
    """Return the survey, after the whole script was used."""
    found = gather({"listeners": filters} if filters else {}, stage.cloud)
    assert stage.script.spent
    return found


def ids(found: Survey) -> list[str]:
    """Return the IDs of the selected listeners."""
    return [each.id for each in found.listeners]


def test_an_account_without_logs_takes_two_calls() -> None:
    """No group is listed, as nothing ships anywhere."""
    stage = ScriptedCloud(listeners(A, B), NO_TANKS)

    found = surveyed(stage)
    assert (ids(found), found.logtanks, found.streams) == (["a", "b"], {}, {})
    assert (found.project_id, found.any_listener) == ("p", True)
    assert stage.operations == LISTED


def test_every_page_is_followed_and_every_item_counts_once() -> None:
    """Pages may overlap if something is created meanwhile."""
    stage = ScriptedCloud(
        listeners(A, marker="m"),
        listeners(A, B),
        tanks(of("a"), marker="n"),
        tanks(of("a"), of("b", "u")),
        streams(),
    )

    found = surveyed(stage)

    assert ids(found) == ["a", "b"]
    tank_ids = {key: [t.id for t in each] for key, each in found.logtanks.items()}
    assert tank_ids == {"a": ["t"], "b": ["u"]}
    markers = [dict(call.query).get("marker") for call in stage.script.calls[:4]]
    assert markers == [None, "m", None, "n"]


def test_the_oldest_listeners_come_first() -> None:
    """Those of an unknown age come last."""
    stage = ScriptedCloud(
        listeners(
            ga_listener("z"),
            ga_listener("c", created_at="2026-01-02T03:04:05Z"),
            ga_listener("b", created_at="2026-01-02T03:04:05Z"),
            ga_listener("y", created_at="2025-01-02T03:04:05Z"),
        ),
        NO_TANKS,
    )

    assert ids(surveyed(stage)) == ["y", "b", "c", "z"]


def test_each_group_is_listed_once() -> None:
    """A group of another project cannot be listed with this one's ID."""
    stage = ScriptedCloud(
        listeners(A, B),
        tanks(
            of("a"),
            of("b", "u"),
            of("b", "v", log_group_id="g2", project_id="p"),
            of("b", "w", log_group_id="g3", project_id="q"),
        ),
        streams(),
        no_streams(),
    )

    found = surveyed(stage)

    assert set(found.streams) == {"g", "g2"}
    assert stage.operations == [*LISTED, LIST_STREAMS, LIST_STREAMS]


@pytest.mark.parametrize(
    ("reply", "reason", "is_missing"),
    [
        (refusal(404, "LTS.0201"), "its log group does not exist", True),
        (FORBIDDEN, "its log group may not be listed", False),
    ],
)
def test_a_group_may_be_missing_or_forbidden(
    reply: Reply, reason: str, *, is_missing: bool
) -> None:
    """That is a finding, and not an error."""
    stage = ScriptedCloud(listeners(A), tanks(of("a")), reply)

    unlisted = surveyed(stage).streams["g"]

    assert isinstance(unlisted, Unlisted)
    assert (unlisted.reason, unlisted.is_missing) == (reason, is_missing)


@pytest.mark.parametrize(
    ("shown", "listed", "gone"),
    [
        (shown_listener("x"), ["a", "x"], set()),
        (NO_LISTENER, ["a"], {"x"}),
    ],
)
def test_a_listener_that_the_list_lacks_is_asked_for(
    shown: Reply, listed: list[str], gone: set[str]
) -> None:
    """One that exists is treated as listed; one that is gone leaves an orphan."""
    stage = ScriptedCloud(listeners(A), tanks(of("x")), shown, streams())

    found = surveyed(stage)

    assert (ids(found), found.gone) == (listed, frozenset(gone))
    assert [each.id for each in found.orphans()] == ["t"] * len(gone)
    assert stage.operations == [*LISTED, SHOW_LISTENER, LIST_STREAMS]


def test_a_requested_listener_that_the_list_lacks_is_asked_for() -> None:
    """Each missing one is asked for once."""
    stage = ScriptedCloud(
        listeners(A, B), tanks(of("y")), NO_LISTENER, shown_listener("y"), streams()
    )

    found = surveyed(stage, resource_ids=["a", "x", "y"])

    assert (ids(found), found.gone) == (["a", "y"], frozenset("x"))


def test_only_a_listener_can_leave_an_orphan() -> None:
    """Another resource is not a listener that is gone, so nothing is asked about it."""
    stage = ScriptedCloud(listeners(A), tanks(of("x", resource_type="ENDPOINT")))

    assert surveyed(stage).orphans() == []


def test_no_listener_at_all_is_noticed() -> None:
    """Then the list itself may be wrong."""
    stage = ScriptedCloud(listeners(), tanks(of("x")), NO_LISTENER, streams())

    assert not surveyed(stage).any_listener


@pytest.mark.parametrize(
    "lines",
    [
        [*[FAILED] * 4, tanks()],
        [FORBIDDEN, tanks()],
        [listeners(A, marker="m"), *[FAILED] * 4, tanks()],
        [listeners(A, marker="m"), listeners(B, marker="m"), tanks()],
        [Reply(200, {}), tanks()],
        [Reply(200, {"listeners": [{}]}), tanks()],
        [listeners(A), *[FAILED] * 4],
        [listeners(A), tanks(of("a"), marker="m"), *[FAILED] * 4],
        [listeners(A), tanks(of("a"), marker="m"), tanks(marker="m")],
        [listeners(A), tanks(of("a", log_stream_id=None))],
        [listeners(A), tanks({**of("a"), "resource_id": None})],
        [listeners(A), tanks(of("x")), shown_listener("a")],
        [listeners(A), tanks(of("x")), *[FAILED] * 4],
        [listeners(A), tanks(of("x")), Reply(404)],
        [listeners(A), tanks(of("x")), refusal(404, "APIGW.0101")],
        [listeners(A), tanks(of("x")), FORBIDDEN],
        [listeners(A), tanks(of("a")), *[FAILED] * 4],
        [listeners(A), tanks(of("a")), refusal(404, "APIGW.0101")],
        [listeners(A), tanks(of("a")), Reply(200, {"log_streams": [{}]})],
    ],
)
def test_a_list_that_cannot_be_read_to_its_end_is_an_error(lines: list[Line]) -> None:
    """A reply that was not received never means that something does not exist."""
    replies = [
        line for line in lines for _ in range(4 if _is_unintelligible(line) else 1)
    ]
    stage = ScriptedCloud(*replies)

    with pytest.raises(errors.ProvisioningError):
        gather({}, stage.cloud)

    assert stage.script.spent


def test_a_logtank_without_a_stream_is_named() -> None:
    """It is not known where it ships."""
    stage = ScriptedCloud(listeners(A), tanks(of("a", log_stream_id=None)))

    with pytest.raises(errors.UnintelligibleReply) as raised:
        gather({}, stage.cloud)

    assert raised.value.service == "GA"
    assert (
        raised.value.detail
        == "GA lists logtank t without its resource or its log stream"
    )


def _is_unintelligible(line: Line) -> bool:
    """Whether a call is repeated because its reply cannot be used."""
    return isinstance(line, Reply) and line.document in (
        {},
        {"listeners": [{}]},
        {"log_streams": [{}]},
    )


TAGGED = ga_listener(
    "a",
    accelerator_id="x",
    tags=[{"key": "team", "value": "web"}, {"key": "log", "value": ""}],
)


@pytest.mark.parametrize(
    ("filters", "is_selected"),
    [
        ({}, True),
        ({"resource_ids": ["a", "b"]}, True),
        ({"resource_ids": ["b"]}, False),
        ({"accelerator_ids": ["x"]}, True),
        ({"accelerator_ids": ["y"]}, False),
        ({"resource_ids": ["a"], "accelerator_ids": ["y"]}, False),
        ({"tags": [{"key": "team"}]}, True),
        ({"tags": [{"key": "team", "value": "web"}]}, True),
        ({"tags": [{"key": "team", "value": "shop"}]}, False),
        ({"tags": [{"key": "team", "value": ""}]}, False),
        ({"tags": [{"key": "log", "value": ""}]}, True),
        ({"tags": [{"key": "Team"}]}, False),
        ({"tags": [{"key": "team"}, {"key": "log"}]}, True),
        ({"tags": [{"key": "team"}, {"key": "other"}]}, False),
        ({"resource_ids": ["a"], "tags": [{"key": "other"}]}, False),
    ],
)
def test_a_listener_must_match_every_filter(
    filters: dict[str, object], *, is_selected: bool
) -> None:
    """It must have all tags; a tag without a value means any value."""
    selection = Selection.from_request({"listeners": filters})
    found = gather({}, ScriptedCloud(listeners(TAGGED), NO_TANKS).cloud)

    assert selection.includes(found.listeners[0]) is is_selected
    assert selection.is_everything is (filters == {})


def test_orphans_belong_to_all_listeners_or_to_a_requested_one() -> None:
    """Their listener has no tags and no accelerator that could match."""
    found = gather(
        {}, ScriptedCloud(listeners(A), tanks(of("x")), NO_LISTENER, streams()).cloud
    )

    for filters, number in (
        ({}, 1),
        ({"resource_ids": ["x"]}, 1),
        ({"resource_ids": ["a"]}, 0),
        ({"tags": [{"key": "k"}]}, 0),
    ):
        selection = Selection.from_request({"listeners": filters})
        assert len(found._replace(selection=selection).orphans()) == number
