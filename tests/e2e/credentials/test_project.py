"""Whose resources: the project's id from event, setting, context, or IAM."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from functions.errors import Misconfigured
from tests.byte_server import Answer, ByteServer, Request, document
from tests.e2e.credentials.agency import AgencyContext, agency_of
from tests.e2e.credentials.wholes import (
    GA_TOKEN,
    PROJECT,
    SECURITY_TOKEN,
    fresh,
    issued,
    keys_of,
    put,
    token_of,
    user_of,
)
from tests.e2e.driving import EVENT, assert_one_of_each, operations, refused, send
from tests.emulator import Emulator

REGION = "HUAWEICLOUD_REGION"
Whole = Callable[[Emulator], dict[str, str]]


def temporary(cloud: Emulator) -> dict[str, str]:
    """Return a key pair that was not seen before: the security token makes it so."""
    return keys_of(cloud) | {SECURITY_TOKEN: fresh("token")}


def domains(cloud: Emulator) -> dict[str, str]:
    """Return tokens that were not seen before."""
    domain = issued(cloud, {"domain": {"name": cloud.domain}})
    return token_of(cloud) | {GA_TOKEN: domain}


KINDS: dict[str, Whole] = {"token": domains, "keys": temporary, "user": user_of}


@pytest.fixture
def homeless(stranger: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """Return a cloud for which keys and a region are set, and no project."""
    monkeypatch.delenv(PROJECT)
    put(monkeypatch, temporary(stranger) | {REGION: "cn-north-4"})
    return stranger


def stream(**more: str) -> dict[str, object]:
    """Return an event for a stream of its own."""
    return {"log_stream_name": fresh("s"), **more}


PLACES = ("event", "setting", "context", "IAM")


@pytest.mark.parametrize("first", range(len(PLACES)), ids=PLACES)
def test_the_projects_id_comes_from_the_first_place_that_has_it(
    homeless: Emulator, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """Those after it are not asked, and would be wrong."""
    ids = [None] * first + [homeless.project_id] + ["wrong"] * 3
    event, setting, context = ids[0], ids[1], ids[2]
    if setting:
        monkeypatch.setenv(PROJECT, setting)
    platform = AgencyContext({}, project=context)
    send(
        "create_log_stream",
        stream(**({"project_id": event} if event else {})),
        platform,
    )
    told = ["ListProjects"] if PLACES[first] == "IAM" else []
    assert operations(homeless) == [*told, "CreateLogStream"]
    assert homeless.calls[-1]["request_headers"]["x-project-id"] == homeless.project_id


def test_a_function_with_an_agency_needs_no_setting_but_the_region(
    homeless: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys and project come from its context; the emulator's address aside."""
    for name in temporary(homeless):
        monkeypatch.delenv(name)
    given = agency_of(homeless, fresh("token"))
    context = AgencyContext(given, project=homeless.project_id)
    assert_one_of_each(homeless, send("bootstrap", EVENT, context))
    assert "ListProjects" not in operations(homeless)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_iam_is_asked_once_for_several_invocations(
    homeless: Emulator, monkeypatch: pytest.MonkeyPatch, kind: Whole
) -> None:
    """By the region's name, with whatever credential there is."""
    for name in temporary(homeless):
        monkeypatch.delenv(name)
    put(monkeypatch, kind(homeless))
    for _ in range(3):
        send("create_log_stream", stream())
    send("bootstrap", EVENT)
    (listed,) = [c for c in homeless.calls if c["operation"] == "ListProjects"]
    assert listed["query"] == {"name": ["cn-north-4"]}
    assert {call["status"] for call in homeless.calls} == {200, 201}


def test_iam_is_asked_once_for_many_at_once(
    homeless: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those side by side have the first one's answer."""
    monkeypatch.setenv("MAX_CONCURRENCY", "16")
    homeless.reset(latency_seconds=0.03)
    send("create_log_stream", [stream() for _ in range(16)])
    assert operations(homeless).count("ListProjects") == 1


def test_another_key_is_another_question(
    homeless: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is kept is kept by credential."""
    send("create_log_stream", stream())
    put(monkeypatch, temporary(homeless))
    send("create_log_stream", stream())
    assert operations(homeless).count("ListProjects") == 2


def test_without_a_region_there_is_nothing_to_ask_by(
    homeless: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both settings are named; either would do."""
    monkeypatch.delenv(REGION)
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert PROJECT in error.detail
    assert REGION in error.detail
    assert homeless.calls == []


LISTS = {
    "none": ([], "no project"),
    "several": ([{"id": "a"}, {"id": "b"}], "several projects"),
}


@pytest.mark.parametrize(("projects", "words"), LISTS.values(), ids=LISTS)
def test_no_project_or_several_are_misconfigured(
    homeless: Emulator,
    projects: list[dict[str, str]],
    words: str,
) -> None:
    """The error says what IAM has, and what to set; it is asked again later."""
    homeless.fail({"operation": "IAM", "status": 200, "body": {"projects": projects}})
    error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    for part in (PROJECT, words, "cn-north-4"):
        assert part in error.detail
    assert error.remedy
    assert operations(homeless) == ["ListProjects"]
    assert_one_of_each(homeless, send("bootstrap", EVENT))


BODIES: dict[str, object] = {
    "no list": {"projects": None},
    "an id with a line break": {"projects": [{"id": "a\r\nX-Evil: b"}]},
}


@pytest.mark.usefixtures("homeless")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_list_that_makes_no_sense_creates_nothing(
    monkeypatch: pytest.MonkeyPatch, body: object
) -> None:
    """Whatever it comes to, no request is made up from it."""

    def answer(asked: Request) -> Answer:
        return document(body if asked.path == "/v3/projects" else {})

    with ByteServer(answer) as server:
        monkeypatch.setenv("HUAWEICLOUD_IAM_ENDPOINT", server.endpoint)
        monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", server.endpoint)
        refused("create_log_stream", stream())
    assert set(server.paths()) == {"/v3/projects"}
