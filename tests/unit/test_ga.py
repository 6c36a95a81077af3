"""The calls to GA are as its pages say, and its answers are read with care."""

from __future__ import annotations

import pytest

from functions.errors import NotFound, UnintelligibleReply
from functions.huaweicloud import ga
from functions.transport.calls import Call, Reply
from tests.unit.script import refusal

NEW = ga.NewLogtank("LISTENER", "l", "g", "s")
NOBODY = ga.Owner()
JSON = ("Content-Type", "application/json")
CALL = ga.list_logtanks(NEW, NOBODY)
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
def test_an_owner_is_told_by_domain_else_by_project(
    owner: ga.Owner, headers: tuple[tuple[str, str], ...]
) -> None:
    """GA is a global service: a domain id that is set goes first."""
    assert owner.headers() == headers
    for call in (
        ga.create_logtank(NEW, owner),
        ga.list_logtanks(NEW, owner),
        ga.show_logtank(ga.Logtank("t"), owner),
        ga.delete_logtank(ga.Logtank("t"), owner),
    ):
        assert call.headers == (JSON, *headers)


def test_a_logtank_is_created_as_its_page_says() -> None:
    """Path and body are those of Tables 2 and 3."""
    assert ga.create_logtank(NEW, NOBODY) == Call(
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
    )


@pytest.mark.parametrize(
    ("call", "operation", "method"),
    [
        (ga.show_logtank(ga.Logtank("t/1"), NOBODY), "ShowLogtank", "GET"),
        (ga.delete_logtank(ga.Logtank("t/1"), NOBODY), "DeleteLogtank", "DELETE"),
    ],
)
def test_one_logtank_is_named_in_the_path(
    call: Call, operation: str, method: str
) -> None:
    """Its id stays one segment, and there is no body."""
    assert call == Call("GA", operation, method, "/v1/logtanks/t%2F1", (), (JSON,))


def test_the_first_page_is_asked_for_by_the_listener_alone() -> None:
    """GA's own limit for a page is good enough."""
    assert Call("GA", "ListLogtanks", "GET", "/v1/logtanks", QUERY, (JSON,)) == CALL


def test_a_marker_comes_with_a_limit() -> None:
    """The page says that a marker is used with a limit only."""
    further = (("limit", "500"), ("marker", "m"))

    assert ga.list_logtanks(NEW, NOBODY, "m").query == (*QUERY, *further)


def test_a_described_logtank_is_read_in_full() -> None:
    """All fields of Table 5 are kept, and the request's id with them."""
    found = ga.logtank(CALL, Reply(201, {"logtank": FULL}, "r"))

    assert found._asdict() == {**FULL, "request_id": "r", "seen_at": None}
    assert found.as_document() == FULL


def test_fields_that_ga_left_out_are_left_out_of_the_result() -> None:
    """What is missing, empty or no text is unknown, and unknown fields are dropped."""
    described = {"id": "t", "status": "", "domain_id": 7, "more": "x", "project_id": []}

    found = ga.logtank(CALL, Reply(201, {"logtank": described, "request_id": "r"}))

    assert found == ga.Logtank("t", request_id="r")
    assert found.as_document() == {"id": "t"}


def test_a_request_id_inside_the_logtank_is_not_the_replys() -> None:
    """The id of the request is the header's or stands beside the logtank."""
    found = ga.logtank(CALL, Reply(201, {"logtank": {"id": "t", "request_id": "x"}}))

    assert found.request_id is None


@pytest.mark.parametrize(
    "body", [{}, {"logtank": None}, {"logtank": []}, {"logtank": {"id": ""}}]
)
def test_an_answer_without_the_logtanks_id_is_unintelligible(body: object) -> None:
    """A success that names nothing may or may not be one."""
    with pytest.raises(UnintelligibleReply, match="has no logtank with an id"):
        ga.logtank(CALL, Reply(201, body))


def test_a_refusal_is_its_error() -> None:
    """The code of the answer decides, for one logtank as for a list."""
    with pytest.raises(NotFound):
        ga.logtank(CALL, refusal(404, "GA.9002"))
    with pytest.raises(NotFound):
        ga.logtanks(CALL, refusal(404, "GA.9002"))


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
def test_a_page_names_the_next_one(
    page_info: dict[str, object], marker: str | None
) -> None:
    """A page without a filled marker is the last."""
    body = {"logtanks": [{"id": "t"}, {"id": "u"}], **page_info}

    found = ga.logtanks(CALL, Reply(200, body))

    assert found == ([ga.Logtank("t"), ga.Logtank("u")], marker)


@pytest.mark.parametrize("body", [{}, {"logtanks": None}, {"logtanks": {"id": "t"}}])
def test_a_page_without_a_list_is_unintelligible(body: object) -> None:
    """Nothing follows from another document."""
    with pytest.raises(UnintelligibleReply, match="has no logtanks"):
        ga.logtanks(CALL, Reply(200, body))


@pytest.mark.parametrize("each", [{}, "t", None, {"id": None}])
def test_a_listed_logtank_without_an_id_is_unintelligible(each: object) -> None:
    """One odd entry makes the page of no use."""
    with pytest.raises(UnintelligibleReply, match="has no logtank with an id"):
        ga.logtanks(CALL, Reply(200, {"logtanks": [{"id": "t"}, each]}))
