"""FunctionGraph's agency: read at each invocation, used, and not kept."""

from __future__ import annotations

import gc
from collections.abc import Callable

import pytest

from functions.errors import Misconfigured, ProvisioningError
from tests.e2e.contexts import FunctionGraphContext
from tests.e2e.credentials.agency import (
    ACCESS,
    DEAD,
    SECRET,
    SECURITY,
    AgencyContext,
    Given,
    agency_of,
)
from tests.e2e.credentials.conftest import Quiet
from tests.e2e.credentials.desk import Asked, Desk, said
from tests.e2e.credentials.memory import held
from tests.e2e.credentials.wholes import AK, SK, at, fresh, keys_of, put, token_of
from tests.e2e.driving import EVENT, assert_one_of_each, refused, send
from tests.emulator import Emulator

GETTERS = (ACCESS, SECRET, SECURITY)
Whole = Callable[[Emulator], dict[str, str]]


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
    with Desk(lambda _asked: said(400, {"error_code": "LTS.0009"})) as desk:
        put(monkeypatch, at(desk.url))
        given: list[dict[str, Given]] = [
            {name: fresh(name) for name in GETTERS} for _ in "12"
        ]
        for each in given:
            refused("bootstrap", EVENT, AgencyContext(each))
    for asked, each in zip(desk.asked, given, strict=True):
        assert f"Access={each[ACCESS]}," in asked.headers["authorization"]
        assert asked.headers["x-security-token"] == each[SECURITY]


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("missing", [GETTERS, *((name,) for name in GETTERS)])
def test_an_agency_that_gives_too_little_is_misconfigured(
    stranger: Emulator, quiet: Quiet, missing: tuple[str, ...], empty: str | None
) -> None:
    """The error says that an agency is needed, or which settings would do."""
    own = {name: fresh(name) for name in GETTERS}
    given: dict[str, Given] = {**own, **dict.fromkeys(missing, empty)}
    error = refused("bootstrap", EVENT, AgencyContext(given))
    assert isinstance(error, Misconfigured)
    for words in ("agency", "ten minutes", AK, SK):
        assert words in str(error)
    assert stranger.calls == []
    quiet(error, own.values())


@pytest.mark.parametrize("missing", GETTERS)
def test_a_runtime_without_one_of_the_methods_has_no_agency(
    stranger: Emulator, missing: str
) -> None:
    """That is our error with a remedy too, and no defect."""
    given: dict[str, Given] = {name: fresh(name) for name in GETTERS if name != missing}
    error = refused("bootstrap", EVENT, AgencyContext(given))
    assert isinstance(error, Misconfigured)
    assert stranger.calls == []


@pytest.mark.parametrize("failing", GETTERS)
def test_a_method_that_fails_is_an_agency_that_gives_nothing(
    stranger: Emulator, quiet: Quiet, failing: str
) -> None:
    """What the platform raises does not leave the function as it is."""
    own = {name: fresh(name) for name in GETTERS}
    given: dict[str, Given] = {**own, failing: RuntimeError("no agency")}
    error = refused("bootstrap", EVENT, AgencyContext(given))
    assert isinstance(error, Misconfigured)
    assert stranger.calls == []
    quiet(error, own.values())


def test_a_context_without_an_agency_is_told_which_settings_would_do(
    stranger: Emulator,
) -> None:
    """Nothing is sent."""
    error = refused("bootstrap", EVENT, FunctionGraphContext(30))
    assert isinstance(error, Misconfigured)
    assert f"{AK} and {SK}" in error.detail
    assert stranger.calls == []


@pytest.mark.parametrize("explicit", [token_of, keys_of], ids=["token", "keys"])
@pytest.mark.parametrize("bad", [fresh("bad"), None], ids=["wrong", "absent"])
def test_what_is_set_goes_before_the_agency(
    stranger: Emulator,
    monkeypatch: pytest.MonkeyPatch,
    explicit: Whole,
    bad: str | None,
) -> None:
    """Even if the agency's own keys are no good."""
    put(monkeypatch, explicit(stranger))
    context = AgencyContext(dict.fromkeys(GETTERS, bad))
    assert_one_of_each(stranger, send("bootstrap", EVENT, context))
    assert not [c for c in stranger.calls if "x-security-token" in c["request_headers"]]


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


def test_half_a_setting_is_not_made_whole_by_the_agency(
    stranger: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no falling through, here either."""
    monkeypatch.setenv(AK, stranger.access_key)
    error = refused("bootstrap", EVENT, AgencyContext(agency_of(stranger, fresh())))
    assert isinstance(error, Misconfigured)
    assert f"{AK} set without {SK}" in error.detail
    assert stranger.calls == []


def _echoing(asked: Asked) -> bytes:
    return said(500, {"error_msg": asked.raw()}, {"X-Request-Id": asked.raw()[:4000]})


ANSWERS = {
    "it works": None,
    "a refusal": {"status": 400},
    "a refused key": {"status": 401},
    "a failure": {"status": 503},
    "a broken connection": {"connection": "cut"},
    "garbage": {"connection": "garbage"},
}


@pytest.mark.parametrize(
    ("fault", "many"),
    [
        *(pytest.param(fault, 1, id=name) for name, fault in ANSWERS.items()),
        pytest.param(None, 12, id="an array works"),
        pytest.param({"status": 503}, 12, id="an array fails"),
    ],
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
    with Desk(_echoing) as desk:
        put(monkeypatch, at(desk.url))
        _refused_and_forgotten(EVENT, AgencyContext({**own}))
    assert desk.asked
    gc.collect()
    assert held(own.values()) == set()
