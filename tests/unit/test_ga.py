"""Calls to GA match its API reference, and its replies are validated."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from functions.errors import AlreadyExists, NotFound, UnintelligibleReply
from functions.huaweicloud import ga
from functions.transport.calls import Call, Reply

NEW = ga.NewLogtank("LISTENER", "l", "g", "s")
NO_OWNER = ga.Owner()
JSON = ("Content-Type", "application/json")
CALL = ga.list_logtanks(NO_OWNER, resource_id="l")
QUERY = (("resource_ids", "l"), ("resource_type", "LISTENER"))
FULL = {
    "id": "t",
    "domain_id": "d",
    "project_id": "p",
    "resource_type": "LISTENER",
    "resource_id": "l",
    "log_group_id": "g",
    "log_stream_id": "s",
    "status": "ACTIVE",
    "created_at": "2026-01-02T03:04:05Z",
    "updated_at": "2026-01-02T03:04:06Z",
}


@pytest.mark.parametrize(
    ("owner", "headers"),
    [
        (ga.Owner(), ()),
        (ga.Owner("p"), (("X-Project-Id", "p"),)),
        (ga.Owner("p", "d"), (("X-Domain-Id", "d"),)),
        (ga.Owner(None, "d"), (("X-Domain-Id", "d"),)),
    ],
)
def test_an_owner_is_identified_by_domain_or_else_by_project(
    owner: ga.Owner, headers: tuple[tuple[str, str], ...]
) -> None:
    """GA is a global service, so a domain ID takes precedence over a project ID."""
    assert owner.headers() == headers
    for call in (
        ga.create_logtank(NEW, owner),
        ga.list_logtanks(owner),
        ga.show_logtank(ga.Logtank("t"), owner),
        ga.delete_logtank(ga.Logtank("t"), owner),
    ):
        assert call.headers == (JSON, *headers)


def test_the_create_request_matches_the_api_reference() -> None:
    """Path and body are those of Tables 2 and 3."""
    assert ga.create_logtank(NEW, NO_OWNER) == Call(
        service="GA",
        operation="CreateLogtank",
        method="POST",
        path="/v1/logtanks",
        headers=(JSON,),
        body={
            "logtank": {
                "resource_type": "LISTENER",
                "resource_id": "l",
                "log_group_id": "g",
                "log_stream_id": "s",
            }
        },
        expected=(AlreadyExists,),
    )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            partial(ga.show_logtank, ga.Logtank("t/1"), NO_OWNER),
            Call("GA", "ShowLogtank", "GET", "/v1/logtanks/t%2F1"),
        ),
        (
            partial(ga.delete_logtank, ga.Logtank("t/1"), NO_OWNER),
            Call(
                "GA",
                "DeleteLogtank",
                "DELETE",
                "/v1/logtanks/t%2F1",
                expected=(NotFound,),
            ),
        ),
        (
            partial(ga.update_logtank, ga.Logtank("t/1"), NEW, NO_OWNER),
            Call(
                "GA",
                "UpdateLogtank",
                "PUT",
                "/v1/logtanks/t%2F1",
                body={"logtank": {"log_group_id": "g", "log_stream_id": "s"}},
            ),
        ),
    ],
)
def test_a_single_logtank_is_addressed_by_its_path(
    call: Callable[[], Call], expected: Call
) -> None:
    """The ID is one path segment; only an update has a body, with the target."""
    assert call() == expected._replace(headers=(JSON,))


def test_the_first_page_is_requested_by_listener_only() -> None:
    """GA's default page size is sufficient."""
    assert Call("GA", "ListLogtanks", "GET", "/v1/logtanks", QUERY, (JSON,)) == CALL


def test_a_marker_is_sent_with_a_limit() -> None:
    """The API reference allows a marker only together with a limit."""
    further = (("limit", "500"), ("marker", "m"))

    assert ga.list_logtanks(NO_OWNER, "m", "l").query == (*QUERY, *further)


def test_a_described_logtank_is_read_completely() -> None:
    """All fields of Table 5 are kept, along with the request ID."""
    found = ga.logtank(CALL, Reply(201, {"logtank": FULL}, "r"))

    assert found._asdict() == {**FULL, "request_id": "r", "seen_at": None}
    assert found.as_document() == FULL


def test_fields_missing_in_the_reply_are_omitted_from_the_result() -> None:
    """A field that is missing, empty or not a string is omitted."""
    described = {"id": "t", "status": "", "domain_id": 7, "more": "x", "project_id": []}

    found = ga.logtank(CALL, Reply(201, {"logtank": described, "request_id": "r"}))

    assert found == ga.Logtank("t", request_id="r")
    assert found.as_document() == {"id": "t"}


def test_the_replys_own_request_id_comes_before_the_gateways() -> None:
    """Table 4 documents it; the header is the gateway's."""
    found = ga.logtank(CALL, Reply(201, {"logtank": FULL, "request_id": "o"}, "h"))

    assert found.request_id == "o"


def test_a_request_id_inside_the_logtank_is_ignored() -> None:
    """The request ID comes from the header or from the top level of the reply."""
    found = ga.logtank(CALL, Reply(201, {"logtank": {"id": "t", "request_id": "x"}}))

    assert found.request_id is None


@pytest.mark.parametrize(
    "body", [{}, {"logtank": None}, {"logtank": []}, {"logtank": {"id": ""}}]
)
def test_a_reply_without_a_logtank_id_is_unintelligible(body: object) -> None:
    """Such a reply does not show whether the request succeeded."""
    with pytest.raises(UnintelligibleReply, match="has no logtank with an ID"):
        ga.logtank(CALL, Reply(201, body))


@pytest.mark.parametrize(
    ("page_info", "marker"),
    [
        ({"page_info": {"next_marker": "m", "current_count": 1}}, "m"),
        ({"page_info": {"current_count": 1}}, None),
        ({"page_info": {"next_marker": ""}}, None),
        ({"page_info": "m"}, None),
        ({}, None),
    ],
)
def test_a_page_has_the_marker_of_the_next_page(
    page_info: dict[str, object], marker: str | None
) -> None:
    """A page without a marker, or with an empty one, is the last."""
    body = {"logtanks": [{"id": "t"}, {"id": "u"}], **page_info}

    found = ga.logtanks(CALL, Reply(200, body))

    assert found == ([ga.Logtank("t"), ga.Logtank("u")], marker)


@pytest.mark.parametrize("body", [{}, {"logtanks": None}, {"logtanks": {"id": "t"}}])
def test_a_page_without_a_list_is_unintelligible(body: object) -> None:
    """No conclusion is drawn from an unexpected document."""
    with pytest.raises(UnintelligibleReply, match="has no logtanks"):
        ga.logtanks(CALL, Reply(200, body))


@pytest.mark.parametrize("each", [{}, "t", None, {"id": None}])
def test_a_listed_logtank_without_an_id_is_unintelligible(each: object) -> None:
    """One invalid entry makes the whole page unusable."""
    with pytest.raises(UnintelligibleReply, match="has no logtank with an ID"):
        ga.logtanks(CALL, Reply(200, {"logtanks": [{"id": "t"}, each]}))
