"""Precedence of the credential kinds, and incomplete credentials."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

import pytest

from functions.errors import Misconfigured
from tests.byte_server import ByteServer, Request, document, in_turn
from tests.e2e.credentials.agency import ACCESS, SECRET, SECURITY, AgencyContext
from tests.e2e.credentials.conftest import LeakCheck
from tests.e2e.credentials.extension import holding, install
from tests.e2e.credentials.wholes import (
    AK,
    DOMAIN,
    GA_TOKEN,
    OTHER_AK,
    OTHER_SK,
    PASSWORD,
    SECURITY_TOKEN,
    SK,
    TOKEN,
    USER,
    at,
    put,
    unique,
)
from tests.e2e.driving import EVENT, expect_error


class Kind(NamedTuple):
    """A credential kind: its name, required settings and optional settings."""

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def values(self) -> dict[str, str]:
        """Return values for all required settings."""
        return {name: unique(name) for name in self.required}


KINDS = (
    Kind("token", (TOKEN,), (GA_TOKEN,)),
    Kind("keys", (AK, SK), (SECURITY_TOKEN,)),
    Kind("keys under alternative names", (OTHER_AK, OTHER_SK)),
    Kind("user", (DOMAIN, USER, PASSWORD)),
)
"""In order of precedence."""
PAIRS = [*pairwise(KINDS)]
PARTS = [
    (kind, part)
    for kind in KINDS
    for size in range(1, len(kind.required) + len(kind.optional))
    for part in combinations((*kind.required, *kind.optional), size)
    if not set(kind.required) <= set(part)
]


_reject = in_turn(document({"error_code": "LTS.0009", "error_msg": "no"}, 400))


def contains(request: Request, values: dict[str, str]) -> bool:
    """Return whether a request contains the credential in these values."""
    for name in (TOKEN, AK, OTHER_AK, USER):
        if name in values:
            return values[name] in request.text
    return False


@pytest.mark.usefixtures("isolated")
@pytest.mark.parametrize(
    ("first", "second"), PAIRS, ids=[f"{a.name} before {b.name}" for a, b in PAIRS]
)
def test_the_first_complete_kind_is_used(
    monkeypatch: pytest.MonkeyPatch, first: Kind, second: Kind
) -> None:
    """The first kind is used even if it is in the secret and the second is not."""
    one, other = first.values(), second.values()
    with ByteServer(_reject) as server, ByteServer(in_turn(holding(one))) as aws:
        put(monkeypatch, at(server.endpoint) | other)
        install(monkeypatch, aws)
        expect_error("bootstrap", EVENT)
    assert server.requests
    assert all(contains(request, one) for request in server.requests)
    assert not any(contains(request, other) for request in server.requests)


@pytest.mark.usefixtures("isolated")
@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_kind_takes_precedence_over_the_agency(
    monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    """The agency is used only if no other credential is set."""
    own = kind.values()
    agency = {name: unique(name) for name in (ACCESS, SECRET, SECURITY)}
    with ByteServer(_reject) as server:
        put(monkeypatch, at(server.endpoint) | own)
        expect_error("bootstrap", EVENT, AgencyContext({**agency}))
    assert server.requests
    assert all(contains(request, own) for request in server.requests)
    assert not [a for a in server.requests if any(v in a.text for v in agency.values())]


@pytest.mark.parametrize(
    ("place", "beside"),
    [("environment", None), ("environment", KINDS[1]), ("secret", None)],
    ids=["environment", "with a complete kind", "secret"],
)
def test_an_incomplete_kind_raises_misconfigured(
    isolated: pytest.MonkeyPatch,
    assert_no_leak: LeakCheck,
    place: str,
    beside: Kind | None,
) -> None:
    """The error names the settings that are set and those that are missing."""
    for kind, part in PARTS:
        if kind is beside:
            continue
        incomplete = {name: unique(name) for name in part}
        complete = beside.values() if beside else {}
        with isolated.context() as environment:
            put(environment, complete | (incomplete if place == "environment" else {}))
            if place == "secret":
                with ByteServer(in_turn(holding(incomplete))) as aws:
                    install(environment, aws)
                    error = expect_error("bootstrap", EVENT)
            else:
                error = expect_error("bootstrap", EVENT)
        assert isinstance(error, Misconfigured)
        for name in {*part, *kind.required}:
            assert name in error.detail
        assert_no_leak(error, [*incomplete.values(), *complete.values()])


def test_a_missing_credential_raises_misconfigured(
    isolated: pytest.MonkeyPatch,
) -> None:
    """The error names the settings to choose from."""
    with ByteServer(_reject) as server:
        put(isolated, at(server.endpoint))
        error = expect_error("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert all(name in error.detail for name in (TOKEN, AK, SK))
    assert server.requests == []


@pytest.mark.usefixtures("isolated")
def test_a_kind_can_be_split_between_environment_and_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rules apply to the merged settings."""
    access, secret = unique("AK"), unique("SK")
    with (
        ByteServer(_reject) as server,
        ByteServer(in_turn(holding({SK: secret}))) as aws,
    ):
        put(monkeypatch, at(server.endpoint) | {AK: access})
        install(monkeypatch, aws)
        expect_error("bootstrap", EVENT)
    assert f"Access={access}," in server.requests[0].headers["authorization"]
