"""Calls about listeners match GA's API reference, and its replies are validated."""

from __future__ import annotations

import math

import pytest

from functions.errors import NotFound, UnintelligibleReply
from functions.huaweicloud import ga, listeners
from functions.huaweicloud.listeners import Listener
from functions.transport.calls import Call, Reply

OWNER = ga.Owner("p")
HEADERS = (("Content-Type", "application/json"), ("X-Project-Id", "p"))
CALL = listeners.list_listeners(OWNER)
FULL = {
    "id": "l",
    "name": "web",
    "accelerator_id": "a",
    "status": "ACTIVE",
    "created_at": "2026-01-02T03:04:05Z",
    "frozen_info": {"status": 1},
    "tags": [{"key": "k", "value": "v"}, {"key": "empty"}, {"key": "n", "value": None}],
}
READ = Listener(
    id="l",
    name="web",
    accelerator_id="a",
    status="ACTIVE",
    is_frozen=True,
    tags={"k": "v", "empty": "", "n": ""},
    created_at=1_767_323_045.0,
)


def test_the_calls_match_the_api_reference() -> None:
    """An ID is one segment of the path, and a marker needs a limit."""
    listed = Call("GA", "ListListeners", "GET", "/v1/listeners", (), HEADERS)

    assert listeners.list_listeners(OWNER) == listed
    page = (("limit", "500"), ("marker", "m"))
    assert listeners.list_listeners(OWNER, "m") == listed._replace(query=page)
    assert listeners.show_listener("l/1", OWNER) == Call(
        "GA",
        "ShowListener",
        "GET",
        "/v1/listeners/l%2F1",
        headers=HEADERS,
        expected=(NotFound,),
    )


def test_a_listener_is_read_completely() -> None:
    """In a list and alone; what GA leaves out is unknown."""
    page = {"listeners": [FULL, {"id": "m"}], "page_info": {"next_marker": "n"}}

    assert listeners.listener(CALL, Reply(200, {"listener": FULL})) == READ
    found = listeners.listeners(CALL, Reply(200, page))
    assert found == ([READ, Listener("m", created_at=math.inf)], "n")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"frozen_info": {"status": 0}}, {}),
        ({"frozen_info": {}}, {}),
        ({"frozen_info": None}, {}),
        ({"frozen_info": "frozen"}, {}),
        ({"frozen_info": {"status": 2}}, {"is_frozen": True}),
        ({"tags": None}, {}),
        ({"tags": {"k": "v"}}, {}),
        ({"tags": ["k", {"key": "k", "value": "v"}]}, {"tags": {"k": "v"}}),
        ({"tags": [{"value": "v"}]}, {"tags": {"None": "v"}}),
        ({"created_at": "yesterday"}, {}),
        ({"created_at": "1970-01-01T00:00:00Z"}, {"created_at": 0.0}),
        ({"name": 7, "accelerator_id": "", "status": None}, {}),
    ],
)
def test_what_cannot_be_read_is_unknown(
    fields: dict[str, object], expected: dict[str, object]
) -> None:
    """It is not an error, as it is of no use to the call."""
    found = listeners.listener(CALL, Reply(200, {"listener": {"id": "l", **fields}}))

    assert found == Listener("l")._replace(**expected)  # type: ignore[arg-type] # of the fields' types


@pytest.mark.parametrize("described", [None, [], "l", {}, {"id": ""}, {"id": 7}])
def test_a_listener_without_an_id_is_unintelligible(described: object) -> None:
    """One in a list makes the whole page unusable."""
    expected = (
        "GA answered ListListeners with 200, but the reply has no listener with an ID"
    )

    for read, found in (
        (listeners.listener, {"listener": described}),
        (listeners.listeners, {"listeners": [{"id": "m"}, described]}),
    ):
        with pytest.raises(UnintelligibleReply, match=expected) as raised:
            read(CALL, Reply(200, found, "r"))
        assert raised.value.request_id == "r"


def test_a_reply_that_is_not_an_object_is_unintelligible() -> None:
    """The error names the call."""
    for read in (listeners.listener, listeners.listeners):
        with pytest.raises(UnintelligibleReply) as raised:
            read(CALL, Reply(200, []))
        assert raised.value.detail == (
            "GA answered ListListeners with 200, but the reply is not a JSON object"
        )


def test_a_page_without_a_list_is_unintelligible() -> None:
    """No conclusion is drawn from an unexpected document."""
    expected = "GA answered ListListeners with 200, but the reply has no listeners"
    with pytest.raises(UnintelligibleReply) as raised:
        listeners.listeners(CALL, Reply(200, {"listener": FULL}))

    assert raised.value.detail == expected


@pytest.mark.parametrize(
    ("identifier", "is_usual"),
    [
        ("4c0d1a6e7b8f4a2d9c3e5f60718293a4", True),
        ("4C0D1A6E-7B8F-4A2D-9C3E-5F60718293A4", True),
        ("4c0d1a6e7b8f4a2d9c3e5f60718293a", False),
        ("4c0d1a6e7b8f4a2d9c3e5f60718293a4a", False),
        ("4c0d1a6e7b8f4a2d9c3e5f60718293ag", False),
        ("", False),
    ],
)
def test_a_usual_id_has_32_hexadecimal_digits(
    identifier: str, *, is_usual: bool
) -> None:
    """Hyphens may be among them."""
    assert listeners.is_usual_id(identifier) is is_usual
