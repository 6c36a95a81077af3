"""Which kind serves where several are set, and what half a kind comes to."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import NamedTuple

import pytest

from functions.errors import Misconfigured
from tests.byte_server import ByteServer, Request, document, in_turn
from tests.e2e.credentials.agency import ACCESS, SECRET, SECURITY, AgencyContext
from tests.e2e.credentials.conftest import Quiet
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
    fresh,
    put,
)
from tests.e2e.driving import EVENT, refused


class Kind(NamedTuple):
    """A kind by its name, the settings it needs, and those it may have besides."""

    name: str
    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def whole(self) -> dict[str, str]:
        """Return values for all that it needs."""
        return {name: fresh(name) for name in self.needed}


KINDS = (
    Kind("token", (TOKEN,), (GA_TOKEN,)),
    Kind("keys", (AK, SK), (SECURITY_TOKEN,)),
    Kind("keys of the API pages", (OTHER_AK, OTHER_SK)),
    Kind("user", (DOMAIN, USER, PASSWORD)),
)
"""In order of precedence."""
PAIRS = [*pairwise(KINDS)]
PARTS = [
    (kind, part)
    for kind in KINDS
    for size in range(1, len(kind.needed) + len(kind.optional))
    for part in combinations((*kind.needed, *kind.optional), size)
    if not set(kind.needed) <= set(part)
]


_refusing = in_turn(document({"error_code": "LTS.0009", "error_msg": "no"}, 400))


def shows(asked: Request, values: dict[str, str]) -> bool:
    """Tell whether a request was made with these values and no others."""
    for name in (TOKEN, AK, OTHER_AK, USER):
        if name in values:
            return values[name] in asked.text
    return False


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("first", "second"), PAIRS, ids=[f"{a.name} before {b.name}" for a, b in PAIRS]
)
def test_the_first_complete_kind_serves(
    monkeypatch: pytest.MonkeyPatch, first: Kind, second: Kind
) -> None:
    """Even if it lies in the secret, and the second in the environment."""
    one, other = first.whole(), second.whole()
    with ByteServer(_refusing) as server, ByteServer(in_turn(holding(one))) as aws:
        put(monkeypatch, at(server.endpoint) | other)
        install(monkeypatch, aws)
        refused("bootstrap", EVENT)
    assert server.requests
    assert all(shows(asked, one) for asked in server.requests)
    assert not any(shows(asked, other) for asked in server.requests)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_kind_goes_before_the_agency(
    monkeypatch: pytest.MonkeyPatch, kind: Kind
) -> None:
    """The agency is for functions that were given nothing else."""
    own = kind.whole()
    agency = {name: fresh(name) for name in (ACCESS, SECRET, SECURITY)}
    with ByteServer(_refusing) as server:
        put(monkeypatch, at(server.endpoint) | own)
        refused("bootstrap", EVENT, AgencyContext({**agency}))
    assert server.requests
    assert all(shows(asked, own) for asked in server.requests)
    assert not [a for a in server.requests if any(v in a.text for v in agency.values())]


@pytest.mark.parametrize(
    ("place", "beside"),
    [("environment", None), ("environment", KINDS[1]), ("secret", None)],
    ids=["alone", "beside a complete kind", "in the secret"],
)
def test_a_part_of_a_kind_is_misconfigured(
    alone: pytest.MonkeyPatch, quiet: Quiet, place: str, beside: Kind | None
) -> None:
    """It is never passed over; what is set and what is missing are named."""
    for kind, part in PARTS:
        if kind is beside:
            continue
        given = {name: fresh(name) for name in part}
        whole = beside.whole() if beside else {}
        with alone.context() as once:
            put(once, whole | (given if place == "environment" else {}))
            if place == "secret":
                with ByteServer(in_turn(holding(given))) as aws:
                    install(once, aws)
                    error = refused("bootstrap", EVENT)
            else:
                error = refused("bootstrap", EVENT)
        assert isinstance(error, Misconfigured)
        for name in {*part, *kind.needed}:
            assert name in error.detail
        quiet(error, [*given.values(), *whole.values()])


def test_no_credential_at_all_is_misconfigured(alone: pytest.MonkeyPatch) -> None:
    """The error says what may be set."""
    with ByteServer(_refusing) as server:
        put(alone, at(server.endpoint))
        error = refused("bootstrap", EVENT)
    assert isinstance(error, Misconfigured)
    assert all(name in error.detail for name in (TOKEN, AK, SK))
    assert server.requests == []


@pytest.mark.usefixtures("alone")
def test_halves_in_two_places_make_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules look at the merged table."""
    access, secret = fresh("AK"), fresh("SK")
    with (
        ByteServer(_refusing) as server,
        ByteServer(in_turn(holding({SK: secret}))) as aws,
    ):
        put(monkeypatch, at(server.endpoint) | {AK: access})
        install(monkeypatch, aws)
        refused("bootstrap", EVENT)
    assert f"Access={access}," in server.requests[0].headers["authorization"]
