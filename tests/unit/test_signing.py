"""The signature is the vendor's: their signer's results, and what must change them."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from functions.huaweicloud.request_signing import (
    Request,
    canonical_query,
    sign,
    timestamp,
)

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


def authorization(request: Request = REQUEST) -> str:
    """Return what signs this request."""
    return sign(request, "AK", "SK", DATE)["Authorization"]


def named(vector: dict[str, Any]) -> str:
    """Return a vector's name."""
    return str(vector["name"])


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_a_request_gets_the_signature_of_the_vendors_signer(
    vector: dict[str, Any],
) -> None:
    """Method, host, path, query, headers and body come to the vendor's signature."""
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


@pytest.mark.parametrize("vector", VECTORS, ids=named)
def test_a_query_is_sent_as_it_is_signed(vector: dict[str, Any]) -> None:
    """The canonical query is the one in the address that the vendor's client calls."""
    query = canonical_query((name, value) for name, value in vector["query"])

    assert query == vector["uri"].partition("?")[2]


def test_there_are_seventeen_vectors() -> None:
    """No vector was lost on the way into this folder."""
    assert len({named(vector) for vector in VECTORS}) == 17


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
def test_what_the_canonical_form_leaves_out_changes_nothing(same: Request) -> None:
    """Order and case of headers, outer spaces and underscored headers do not count."""
    signature = authorization(same).partition("Signature=")[2]

    assert signature == authorization().partition("Signature=")[2]


def test_a_body_that_is_no_json_is_declared_unsigned() -> None:
    """Another content type sets the header that says so, and the body counts not."""
    plain = REQUEST._replace(headers={"Content-Type": "text/plain"}, body=b"one")
    other = plain._replace(body=b"two")

    assert sign(plain, "AK", "SK", DATE)["X-Sdk-Content-Sha256"] == "UNSIGNED-PAYLOAD"
    assert authorization(plain) == authorization(other)


def test_the_given_headers_are_kept_and_left_unchanged() -> None:
    """The result has the request's own headers; the request's mapping stays as is."""
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
    """Pairs are in order; whatever RFC 3986 calls reserved is encoded."""
    assert canonical_query(query) == canonical


def test_a_timestamp_has_no_separators() -> None:
    """A moment of UTC is told to the second, as X-Sdk-Date wants it."""
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone.utc)

    assert timestamp(moment) == DATE
