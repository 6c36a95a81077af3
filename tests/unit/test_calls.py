"""Calls are immutable, and know whether they are changes and how they are encoded."""

from __future__ import annotations

import pytest

from functions.transport.calls import Call, Reply, path_segment


@pytest.mark.parametrize(
    ("method", "expected"), [("GET", False), ("POST", True), ("DELETE", True)]
)
def test_only_get_is_not_a_change(method: str, *, expected: bool) -> None:
    """Every other method may change something."""
    assert Call("GA", "Op", method, "/").is_change is expected


@pytest.mark.parametrize(
    ("body", "content"),
    [(None, b""), ({}, b"{}"), ({"a": [1, "é"]}, '{"a":[1,"é"]}'.encode())],
)
def test_a_body_is_encoded_as_compact_utf_8(
    body: dict[str, object] | None, content: bytes
) -> None:
    """JSON has no spaces or escapes; a missing body has no bytes."""
    assert Call("GA", "Op", "POST", "/", body=body).content() == content


def test_the_endpoint_of_a_call_defaults_to_its_service() -> None:
    """A service may have a second endpoint."""
    assert Call("GA", "Op", "GET", "/").address == "GA"
    assert Call("IAM", "Op", "GET", "/", endpoint="other").address == "other"


def test_repr_omits_fields_that_may_contain_secrets() -> None:
    """Headers and body may contain a credential."""
    call = Call("GA", "Op", "POST", "/", headers=(("A", "hush"),), body={"b": "hush"})

    assert "hush" not in repr(call)


@pytest.mark.parametrize(
    ("identifier", "encoded"),
    [("a-b_c.d~e", "a-b_c.d~e"), ("a/b?", "a%2Fb%3F"), (" é", "%20%C3%A9")],
)
def test_an_id_is_encoded_as_one_path_segment(identifier: str, encoded: str) -> None:
    """No character in an ID ends the segment."""
    assert path_segment(identifier) == encoded


@pytest.mark.parametrize(
    ("value", "field"), [(Call("GA", "Op", "GET", "/"), "path"), (Reply(200), "status")]
)
def test_calls_and_replies_are_immutable(value: Call | Reply, field: str) -> None:
    """Attributes cannot be assigned."""
    with pytest.raises(AttributeError):
        setattr(value, field, None)
