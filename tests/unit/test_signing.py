"""Request signatures equal those of the vendor's signer for stored vectors."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from functions.huaweicloud.request_signing import (
    Request,
    sign,
    timestamp,
)
from functions.transport.calls import encoded_query

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "signing_vectors.json").read_text("utf-8")
)
DATE = "20260102T030405Z"
REQUEST = Request(
    "POST",
    "ga.myhuaweicloud.com",
    "/v1/logtanks",
    (("limit", "10"),),
    {"Content-Type": "application/json", "X-Project-Id": "p"},
    b'{"logtank":{}}',
)


def authorization_of(request: Request = REQUEST) -> str:
    """Return the Authorization header of a request."""
    return sign(request, "AK", "SK", DATE)["Authorization"]


def name_of(vector: dict[str, Any]) -> str:
    """Return the name of a vector."""
    return str(vector["name"])


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_a_request_gets_the_vendors_signature(
    vector: dict[str, Any],
) -> None:
    """The vectors cover method, host, path, query, headers and body."""
    request = Request(
        vector["method"],
        vector["host"],
        vector["path"],
        [(name, value) for name, value in vector["query"]],
        vector["headers"],
        vector["body"].encode(),
    )

    signed = sign(request, vector["access"], vector["secret"], vector["date"])

    assert signed["Authorization"] == vector["authorization"]
    assert signed["X-Sdk-Date"] == vector["date"]
    assert signed["Host"] == vector["host"]


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_a_query_is_sent_as_it_is_signed(vector: dict[str, Any]) -> None:
    """The canonical query equals the one in the URL that the vendor's client uses."""
    query = encoded_query((name, value) for name, value in vector["query"])

    assert query == vector["uri"].partition("?")[2]


def test_there_are_seventeen_vectors() -> None:
    """No vector is missing or has the name of another one."""
    assert len({name_of(vector) for vector in VECTORS}) == 17


@pytest.mark.parametrize(
    "same",
    [
        REQUEST._replace(headers=dict(sorted(REQUEST.headers.items(), reverse=True))),
        REQUEST._replace(headers={**REQUEST.headers, "X-Project-Id": " p "}),
        REQUEST._replace(headers={**REQUEST.headers, "X_Unsigned": "v"}),
        REQUEST._replace(
            headers={"content-type": "application/json", "x-project-id": "p"}
        ),
        REQUEST._replace(path="/v1/logtanks/"),
        REQUEST._replace(path="/v1/log%74anks"),
    ],
    ids=lambda request: repr(request)[:120],
)
def test_equivalent_requests_have_the_same_signature(same: Request) -> None:
    """Header order and case, outer spaces and underscored headers are ignored."""
    signature = authorization_of(same).partition("Signature=")[2]

    assert signature == authorization_of().partition("Signature=")[2]


def test_a_body_that_is_not_json_is_declared_unsigned() -> None:
    """The content type decides, and the signature does not cover the body."""
    plain = REQUEST._replace(headers={"Content-Type": "text/plain"}, body=b"one")
    other = plain._replace(body=b"two")

    assert sign(plain, "AK", "SK", DATE)["X-Sdk-Content-Sha256"] == "UNSIGNED-PAYLOAD"
    assert authorization_of(plain) == authorization_of(other)


def test_the_requests_headers_are_kept_and_not_modified() -> None:
    """The result contains them, and the request's own mapping is unchanged."""
    headers = {"X-One": " 1 "}

    signed = sign(REQUEST._replace(headers=headers), "AK", "SK", DATE)

    assert signed["X-One"] == " 1 "
    assert headers == {"X-One": " 1 "}


@pytest.mark.parametrize(
    ("query", "canonical"),
    [
        ((), ""),
        ((("b", "1"), ("a", "2")), "a=2&b=1"),
        ((("a", "2"), ("a", "1")), "a=1&a=2"),
        ((("a", "x y+z/~*"),), "a=x%20y%2Bz%2F~%2A"),
        ((("é", "=&?"),), "%C3%A9=%3D%26%3F"),
        ((("a", ""),), "a="),
    ],
)
def test_a_canonical_query_is_sorted_and_encoded(
    query: tuple[tuple[str, str], ...], canonical: str
) -> None:
    """Pairs are sorted, and characters reserved by RFC 3986 are encoded."""
    assert encoded_query(query) == canonical


def test_a_timestamp_has_no_separators() -> None:
    """A time is written in UTC with whole seconds, as X-Sdk-Date requires."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone.utc)

    assert timestamp(moment) == DATE
