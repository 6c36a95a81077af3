"""Repeated webhook headers and encoded bodies are rejected."""

from __future__ import annotations

import pytest

from functions.errors import Unauthenticated, UnsupportedMediaType
from functions.triggers import http_request, webhook
from tests.unit.http_events import BODY, admit, post
from tests.unit.signed_webhooks import NOW, SECRET, signed

SIGNED = signed(BODY)


IN_LISTS = {name: [value] for name, value in SIGNED.items()}


@pytest.mark.parametrize("name", SIGNED)
@pytest.mark.parametrize("form", ["both", "lists", "case", "single", "missing", "more"])
def test_a_repeated_webhook_header_is_rejected(name: str, form: str) -> None:
    """The value that is verified must not depend on the gateway."""
    value = SIGNED[name]
    forms: dict[str, dict[str, object]] = {
        "both": {"headers": SIGNED, "multiValueHeaders": {**IN_LISTS, name: ["x"]}},
        "lists": {
            "headers": None,
            "multiValueHeaders": {**IN_LISTS, name: ["x", value]},
        },
        "case": {"headers": {**SIGNED, name.title(): value}},
        "single": {"headers": {**SIGNED, name: [value, value]}},
        "missing": {
            "headers": {n: v for n, v in SIGNED.items() if n != name},
            "multiValueHeaders": IN_LISTS,
        },
        "more": {
            "headers": SIGNED,
            "multiValueHeaders": {**IN_LISTS, name: ["x", value]},
        },
    }

    with pytest.raises(Unauthenticated, match=f"The header {name} has several values"):
        admit(post() | forms[form], "signature", [SECRET], NOW)


def test_consistent_header_formats_are_accepted() -> None:
    """A REST API sends headers in both formats; other headers may be repeated."""
    both = {
        "headers": {**SIGNED, "accept": "b"},
        "multiValueHeaders": {**IN_LISTS, "Accept": ["a", "b"]},
    }

    admit(post() | both, "signature", [SECRET], NOW)


@pytest.mark.parametrize(
    ("coding", "named"),
    [
        ("gzip", "gzip"),
        ("GZIP", "GZIP"),
        ("br", "br"),
        ("deflate, gzip", "deflate,gzip"),
        (["identity", "zstd"], "identity,zstd"),
        ("x\r\n<script>" + "y" * 99, "xscript" + "y" * 25),
    ],
)
def test_an_encoded_body_is_rejected_and_its_coding_named(
    coding: object, named: str
) -> None:
    """It is not reported as invalid JSON."""
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}

    with pytest.raises(UnsupportedMediaType) as raised:
        webhook.deliver(http_request.parse(post(headers)))

    assert raised.value.status == 415
    assert raised.value.detail.endswith(f"without Content-Encoding: {named}")


@pytest.mark.parametrize("coding", [None, "", "identity", " Identity "])
def test_a_body_that_is_not_encoded_is_read(coding: str | None) -> None:
    """It may start with a byte order mark."""
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    event = post(headers, "\ufeff" + BODY)

    delivery = webhook.deliver(http_request.parse(event))
    assert delivery.items() == [{"resource_id": "l"}]
