"""The agency of a FunctionGraph function: read at each invocation and not kept."""

from __future__ import annotations

import gc
from uuid import uuid4

import pytest

from functions.errors import Misconfigured, ProvisioningError
from tests.byte_server import Answer, ByteServer, Request, document, in_turn
from tests.e2e.credentials.agency import (
    ACCESS,
    DEPRECATED,
    GETTERS,
    SECURITY,
    AgencyContext,
    Value,
    agency_of,
)
from tests.e2e.credentials.conftest import LeakCheck
from tests.e2e.credentials.memory import find_in_memory
from tests.e2e.credentials.wholes import AK, SK, at, keys_of, put, unique
from tests.e2e.driving import EVENT, assert_one_of_each, expect_error, send
from tests.emulator import Emulator


def test_requests_are_signed_with_the_keys_of_the_agency(
    keyless_cloud: Emulator,
) -> None:
    """Requests contain the security token, and no deprecated method is called."""
    context = AgencyContext(agency_of(keyless_cloud, unique("token")))
    assert_one_of_each(keyless_cloud, send("bootstrap", EVENT, context))
    for call in keyless_cloud.calls:
        assert {"authorization", "x-security-token"} <= call["request_headers"].keys()
    assert set(context.called) == set(GETTERS)
    assert not set(context.called) & set(DEPRECATED)


@pytest.mark.usefixtures("isolated")
def test_the_keys_of_an_agency_are_read_at_each_invocation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Keys that are rotated while the instance is warm take effect immediately."""
    with ByteServer(in_turn(document({"error_code": "LTS.0009"}, 400))) as server:
        put(monkeypatch, at(server.endpoint))
        values: list[dict[str, Value]] = [
            {name: unique(name) for name in GETTERS} for _ in "12"
        ]
        for each in values:
            expect_error("bootstrap", EVENT, AgencyContext(each))
    for request, each in zip(server.requests, values, strict=True):
        assert f"Access={each[ACCESS]}," in request.headers["authorization"]
        assert request.headers["x-security-token"] == each[SECURITY]


_OWN = {name: unique(name) for name in GETTERS}
INCOMPLETE: dict[str, dict[str, Value]] = {
    "all values are None": dict.fromkeys(GETTERS)
}
for _name in GETTERS:
    INCOMPLETE |= {
        f"{_name} is empty": {**_OWN, _name: ""},
        f"{_name} raises": {**_OWN, _name: RuntimeError("no agency")},
        f"{_name} is missing": {each: _OWN[each] for each in GETTERS if each != _name},
    }


@pytest.mark.parametrize("values", INCOMPLETE.values(), ids=INCOMPLETE)
def test_an_incomplete_agency_raises_misconfigured(
    keyless_cloud: Emulator, assert_no_leak: LeakCheck, values: dict[str, Value]
) -> None:
    """The error names the settings to use and, on FunctionGraph, the agency."""
    error = expect_error("bootstrap", EVENT, AgencyContext(values))
    assert isinstance(error, Misconfigured)
    agency_words = ("agency", "ten minutes") if ACCESS in values else ()
    assert all(words in str(error) for words in (AK, SK, *agency_words))
    assert keyless_cloud.calls == []
    assert_no_leak(error, _OWN.values())


def test_a_failing_agency_is_ignored_if_a_credential_is_set(
    keyless_cloud: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agency is not needed if the settings contain a credential."""
    put(monkeypatch, keys_of(keyless_cloud))
    context = AgencyContext(dict.fromkeys(GETTERS, RuntimeError("no agency")))
    assert_one_of_each(keyless_cloud, send("bootstrap", EVENT, context))


def test_user_data_takes_precedence_over_the_agency(keyless_cloud: Emulator) -> None:
    """A credential in the user data of FunctionGraph is used first."""
    values: dict[str, Value] = {name: unique(name) for name in GETTERS}
    context = AgencyContext(values, user_data=keys_of(keyless_cloud))
    assert_one_of_each(keyless_cloud, send("bootstrap", EVENT, context))


def _echo(request: Request) -> Answer:
    text = " ".join(request.text.split())
    more = {"X-Request-Id": text[:4000], "Connection": "close"}
    return document({"error_msg": text}, 500, **more)


@pytest.mark.parametrize(
    ("fault", "many"),
    [(None, 1), ({"status": 401}, 1), ({"connection": "cut"}, 1), ({"status": 503}, 8)],
    ids=["success", "rejected key", "truncated reply", "failed array"],
)
def test_no_secret_of_an_agency_is_kept_in_memory(
    keyless_cloud: Emulator, fault: dict[str, object] | None, many: int
) -> None:
    """After success or failure, no object reachable from the modules contains one."""
    if fault:
        keyless_cloud.fail({"operation": "LTS", "times": None, **fault})
    token = unique("token")
    secrets = (keyless_cloud.secret_key, token)
    events = [{"resource_id": uuid4().hex} for _ in range(many)]
    context = AgencyContext(agency_of(keyless_cloud, token))
    event = events if many > 1 else events[0]
    if fault:
        _expect_error_without_traceback(event, context)
    else:
        send("bootstrap", event, context)
    del context
    gc.collect()
    assert find_in_memory(secrets) == set()


def _expect_error_without_traceback(event: object, context: AgencyContext) -> None:
    error: ProvisioningError = expect_error("bootstrap", event, context)
    error.with_traceback(None)


@pytest.mark.usefixtures("isolated")
def test_no_echoed_secret_of_an_agency_is_kept_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The last reply is not kept either."""
    own = {name: unique(name) for name in GETTERS}
    with ByteServer(_echo) as server:
        put(monkeypatch, at(server.endpoint))
        _expect_error_without_traceback(EVENT, AgencyContext({**own}))
    assert server.requests
    gc.collect()
    assert find_in_memory(own.values()) == set()
