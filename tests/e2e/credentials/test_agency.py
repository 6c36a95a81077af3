"""FunctionGraph's agency: read at each invocation, used, and not kept."""

from __future__ import annotations

import gc

import pytest

from functions.errors import Misconfigured, ProvisioningError
from tests.byte_server import Answer, ByteServer, Request, document, in_turn
from tests.e2e.credentials.agency import (
    ACCESS,
    DEAD,
    GETTERS,
    SECURITY,
    AgencyContext,
    Given,
    agency_of,
)
from tests.e2e.credentials.conftest import Quiet
from tests.e2e.credentials.memory import held
from tests.e2e.credentials.wholes import AK, SK, at, fresh, keys_of, put
from tests.e2e.driving import EVENT, assert_one_of_each, refused, send
from tests.emulator import Emulator


def test_an_agencys_keys_sign_and_bring_their_security_token(
    stranger: Emulator,
) -> None:
    """Where nothing is set; of the methods that are dead none is called."""
    context = AgencyContext(agency_of(stranger, fresh("token")))
    assert_one_of_each(stranger, send("bootstrap", EVENT, context))
    for call in stranger.calls:
        assert {"authorization", "x-security-token"} <= call["request_headers"].keys()
    assert set(context.asked) == set(GETTERS)
    assert not set(context.asked) & set(DEAD)


@pytest.mark.usefixtures("alone")
def test_an_agencys_keys_are_read_at_each_invocation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """They are exchanged while the instance lives, and the new ones serve at once."""
    with ByteServer(in_turn(document({"error_code": "LTS.0009"}, 400))) as server:
        put(monkeypatch, at(server.endpoint))
        given: list[dict[str, Given]] = [
            {name: fresh(name) for name in GETTERS} for _ in "12"
        ]
        for each in given:
            refused("bootstrap", EVENT, AgencyContext(each))
    for asked, each in zip(server.requests, given, strict=True):
        assert f"Access={each[ACCESS]}," in asked.headers["authorization"]
        assert asked.headers["x-security-token"] == each[SECURITY]


_OWN = {name: fresh(name) for name in GETTERS}
LACKING: dict[str, dict[str, Given]] = {"nothing": dict.fromkeys(GETTERS)}
for _name in GETTERS:
    LACKING |= {
        f"{_name} gives an empty text": {**_OWN, _name: ""},
        f"{_name} fails": {**_OWN, _name: RuntimeError("no agency")},
        f"{_name} is missing": {each: _OWN[each] for each in GETTERS if each != _name},
    }


@pytest.mark.parametrize("given", LACKING.values(), ids=LACKING)
def test_an_agency_that_gives_too_little_is_misconfigured(
    stranger: Emulator, quiet: Quiet, given: dict[str, Given]
) -> None:
    """The error says which settings would do, or an agency where there can be one."""
    error = refused("bootstrap", EVENT, AgencyContext(given))
    assert isinstance(error, Misconfigured)
    of_agency = ("agency", "ten minutes") if ACCESS in given else ()
    assert all(words in str(error) for words in (AK, SK, *of_agency))
    assert stranger.calls == []
    quiet(error, _OWN.values())


def test_an_agency_that_fails_does_no_harm_where_a_credential_is_set(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody needs it there."""
    put(monkeypatch, keys_of(stranger))
    context = AgencyContext(dict.fromkeys(GETTERS, RuntimeError("no agency")))
    assert_one_of_each(stranger, send("bootstrap", EVENT, context))


def test_user_data_goes_before_the_agency(stranger: Emulator) -> None:
    """It is where FunctionGraph keeps its settings."""
    given: dict[str, Given] = {name: fresh(name) for name in GETTERS}
    context = AgencyContext(given, user_data=keys_of(stranger))
    assert_one_of_each(stranger, send("bootstrap", EVENT, context))


def _echoing(asked: Request) -> Answer:
    text = " ".join(asked.text.split())
    more = {"X-Request-Id": text[:4000], "Connection": "close"}
    return document({"error_msg": text}, 500, **more)


@pytest.mark.parametrize(
    ("fault", "many"),
    [(None, 1), ({"status": 401}, 1), ({"connection": "cut"}, 1), ({"status": 503}, 8)],
    ids=["it works", "a refused key", "a broken connection", "an array fails"],
)
def test_nothing_of_an_agency_is_kept(
    stranger: Emulator, fault: dict[str, object] | None, many: int
) -> None:
    """However it ended, no object that the modules lead to holds its secrets."""
    if fault:
        stranger.fail({"operation": "LTS", "times": None, **fault})
    token = fresh("token")
    secrets = (stranger.secret_key, token)
    events = [{"resource_id": fresh("listener")} for _ in range(many)]
    context = AgencyContext(agency_of(stranger, token))
    event = events if many > 1 else events[0]
    if fault:
        _refused_and_forgotten(event, context)
    else:
        send("bootstrap", event, context)
    del context
    gc.collect()
    assert held(secrets) == set()


def _refused_and_forgotten(event: object, context: AgencyContext) -> None:
    error: ProvisioningError = refused("bootstrap", event, context)
    error.with_traceback(None)


@pytest.mark.usefixtures("alone")
def test_nothing_of_an_agency_is_kept_when_it_is_echoed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor in the answer that was read last."""
    own = {name: fresh(name) for name in GETTERS}
    with ByteServer(_echoing) as server:
        put(monkeypatch, at(server.endpoint))
        _refused_and_forgotten(EVENT, AgencyContext({**own}))
    assert server.requests
    gc.collect()
    assert held(own.values()) == set()
