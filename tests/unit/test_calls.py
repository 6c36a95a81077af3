"""Calls are values, and know what they leave behind and look like on the wire."""

from __future__ import annotations

import pytest

from functions.transport.calls import Call, Reply, segment


@pytest.mark.parametrize(
    ("method", "expected"), [("GET", False), ("POST", True), ("DELETE", True)]
)
def test_only_a_question_leaves_nothing_behind(method: str, *, expected: bool) -> None:
    """GET changes nothing; every other method may."""
    assert Call("GA", "Op", method, "/").changes is expected


@pytest.mark.parametrize(
    ("body", "content"),
    [(None, b""), ({}, b"{}"), ({"a": [1, "é"]}, '{"a":[1,"é"]}'.encode())],
)
def test_a_body_is_compact_utf8(body: dict[str, object] | None, content: bytes) -> None:
    """JSON goes out without spaces and escapes; no body is no bytes."""
    assert Call("GA", "Op", "POST", "/", body=body).content() == content


def test_a_call_goes_to_its_services_address_unless_told_otherwise() -> None:
    """A service may have a second address."""
    assert Call("GA", "Op", "GET", "/").address == "GA"
    assert Call("IAM", "Op", "GET", "/", endpoint="other").address == "other"


def test_a_call_does_not_show_what_may_be_secret() -> None:
    """Headers and body may hold a credential."""
    call = Call("GA", "Op", "POST", "/", headers=(("A", "hush"),), body={"b": "hush"})

    assert "hush" not in repr(call)


@pytest.mark.parametrize(
    ("identifier", "encoded"),
    [("a-b_c.d~e", "a-b_c.d~e"), ("a/b?", "a%2Fb%3F"), (" é", "%20%C3%A9")],
)
def test_an_id_stays_one_segment(identifier: str, encoded: str) -> None:
    """Nothing in an id can end its segment of the path."""
    assert segment(identifier) == encoded


@pytest.mark.parametrize(
    ("value", "field"), [(Call("GA", "Op", "GET", "/"), "path"), (Reply(200), "status")]
)
def test_calls_and_replies_cannot_be_changed(value: Call | Reply, field: str) -> None:
    """What passes between the parts of the bundle is frozen."""
    with pytest.raises(AttributeError):
        setattr(value, field, None)
