"""The project ID: from the event, the setting, the context, or IAM."""

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
    issue_token,
    keys_of,
    put,
    token_of,
    unique,
    user_of,
)
from tests.e2e.driving import EVENT, assert_one_of_each, expect_error, operations, send
from tests.emulator import Emulator

REGION = "HUAWEICLOUD_REGION"
Settings = Callable[[Emulator], dict[str, str]]


def temporary(cloud: Emulator) -> dict[str, str]:
    """Return a key pair with a unique security token, which no cache contains."""
    return keys_of(cloud) | {SECURITY_TOKEN: unique("token")}


def scoped_tokens(cloud: Emulator) -> dict[str, str]:
    """Return a project token and a domain token; the latter is new."""
    domain = issue_token(cloud, {"domain": {"name": cloud.domain}})
    return token_of(cloud) | {GA_TOKEN: domain}


KINDS: dict[str, Settings] = {
    "token": scoped_tokens,
    "keys": temporary,
    "user": user_of,
}


@pytest.fixture
def projectless_cloud(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> Emulator:
    """Return a cloud for which keys and a region are set but no project."""
    monkeypatch.delenv(PROJECT)
    put(monkeypatch, temporary(keyless_cloud) | {REGION: "cn-north-4"})
    return keyless_cloud


def stream(**more: str) -> dict[str, object]:
    """Return an event for a unique log stream."""
    return {"log_stream_name": unique("s"), **more}


SOURCES = ("event", "setting", "context", "IAM")


@pytest.mark.parametrize("first", range(len(SOURCES)), ids=SOURCES)
def test_the_project_id_comes_from_the_first_source_that_has_it(
    projectless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    """Later sources, which contain a wrong ID here, are not used."""
    ids = [None] * first + [projectless_cloud.project_id] + ["wrong"] * 3
    event, setting, context = ids[0], ids[1], ids[2]
    if setting:
        monkeypatch.setenv(PROJECT, setting)
    platform = AgencyContext({}, project=context)
    send(
        "create_log_stream",
        stream(**({"project_id": event} if event else {})),
        platform,
    )
    lookup = ["ListProjects"] if SOURCES[first] == "IAM" else []
    assert operations(projectless_cloud) == [*lookup, "CreateLogStream"]
    assert (
        projectless_cloud.calls[-1]["request_headers"]["x-project-id"]
        == projectless_cloud.project_id
    )


def test_a_function_with_an_agency_needs_only_the_region(
    projectless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys and the project come from the context."""
    for name in temporary(projectless_cloud):
        monkeypatch.delenv(name)
    given = agency_of(projectless_cloud, unique("token"))
    context = AgencyContext(given, project=projectless_cloud.project_id)
    assert_one_of_each(projectless_cloud, send("bootstrap", EVENT, context))
    assert "ListProjects" not in operations(projectless_cloud)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_project_lookup_is_cached_between_invocations(
    projectless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch, kind: Settings
) -> None:
    """The lookup uses the name of the region and works with every credential kind."""
    for name in temporary(projectless_cloud):
        monkeypatch.delenv(name)
    put(monkeypatch, kind(projectless_cloud))
    for _ in range(3):
        send("create_log_stream", stream())
    send("bootstrap", EVENT)
    (listed,) = [c for c in projectless_cloud.calls if c["operation"] == "ListProjects"]
    assert listed["query"] == {"name": ["cn-north-4"]}
    assert {call["status"] for call in projectless_cloud.calls} == {200, 201}


def test_concurrent_requests_share_one_project_lookup(
    projectless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Concurrent requests wait for the reply to the first lookup."""
    monkeypatch.setenv("MAX_CONCURRENCY", "16")
    projectless_cloud.reset(latency_seconds=0.03)
    send("create_log_stream", [stream() for _ in range(16)])
    assert operations(projectless_cloud).count("ListProjects") == 1


def test_another_key_requires_another_project_lookup(
    projectless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cache key is the credential."""
    send("create_log_stream", stream())
    put(monkeypatch, temporary(projectless_cloud))
    send("create_log_stream", stream())
    assert operations(projectless_cloud).count("ListProjects") == 2


def test_a_project_lookup_requires_a_region(
    projectless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names both settings, since either is sufficient."""
    monkeypatch.delenv(REGION)
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert PROJECT in error.detail
    assert REGION in error.detail
    assert projectless_cloud.calls == []


LISTS = {
    "none": ([], "no project"),
    "several": ([{"id": "a"}, {"id": "b"}], "several projects"),
}


@pytest.mark.parametrize(("projects", "words"), LISTS.values(), ids=LISTS)
def test_zero_or_several_projects_raise_misconfigured(
    projectless_cloud: Emulator,
    projects: list[dict[str, str]],
    words: str,
) -> None:
    """The error reports what IAM returned and what to set, and is not cached."""
    projectless_cloud.fail(
        {"operation": "IAM", "status": 200, "body": {"projects": projects}}
    )
    error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    for part in (PROJECT, words, "cn-north-4"):
        assert part in error.detail
    assert error.remedy
    assert operations(projectless_cloud) == ["ListProjects"]
    assert_one_of_each(projectless_cloud, send("bootstrap", EVENT))


BODIES: dict[str, object] = {
    "no list": {"projects": None},
    "an ID with a line break": {"projects": [{"id": "a\r\nX-Evil: b"}]},
}


@pytest.mark.usefixtures("projectless_cloud")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_nothing_is_created_with_an_invalid_project_list(
    monkeypatch: pytest.MonkeyPatch, body: object
) -> None:
    """No request is built from an invalid reply."""

    def answer(request: Request) -> Answer:
        return document(body if request.path == "/v3/projects" else {})

    with ByteServer(answer) as server:
        monkeypatch.setenv("HUAWEICLOUD_IAM_ENDPOINT", server.endpoint)
        monkeypatch.setenv("HUAWEICLOUD_LTS_ENDPOINT", server.endpoint)
        expect_error("create_log_stream", stream())
    assert set(server.paths()) == {"/v3/projects"}
