"""Calls are authenticated with a token of the right scope or with a signature."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from functions.errors import AuthenticationFailed, ProvisioningError
from functions.huaweicloud.authorization import with_keys, with_tokens, with_user
from functions.huaweicloud.iam import Scope
from functions.huaweicloud.request_signing import Request, sign
from functions.secret import Secret
from functions.settings.credentials import Keys, Tokens
from functions.transport.calls import Call, Reply, Send
from tests.unit.script import Script

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc)
ENDPOINTS = {"LTS": "https://host:1", "GA": "https://ga", "other": "https://elsewhere"}
LTS = Call(
    "LTS", "Op", "POST", "/v2/x", (("a", "b"),), (("X-Project-Id", "p"),), {"c": 1}
)
GA = Call("GA", "Op", "GET", "/v1/x", headers=(("X-Domain-Id", "d"),))
TOKENS = Tokens(Secret("of-project"), Secret("of-domain"))
KEYS = Keys(Secret("AK"), Secret("SK"))
DONE, REFUSED = Reply(200), Reply(401)


def signed(keys: Keys, call: Call) -> dict[str, str]:
    """Return the headers of a call signed at MOMENT."""
    script = Script(DONE)
    with_keys(script, keys, ENDPOINTS, lambda: MOMENT)(call)
    return dict(script.calls[0].headers)


@pytest.mark.parametrize(("call", "token"), [(LTS, "of-project"), (GA, "of-domain")])
def test_each_service_gets_the_token_of_its_scope(call: Call, token: str) -> None:
    """LTS gets the project's token and GA the domain's; nothing is signed."""
    script = Script(DONE)

    assert with_tokens(script, TOKENS)(call) is DONE

    expected_headers = (*call.headers, ("X-Auth-Token", token))
    assert script.calls == [call._replace(headers=expected_headers)]


def test_keys_sign_the_entire_request() -> None:
    """The signature covers method, host, path, query, headers and body."""
    headers = {"X-Project-Id": "p"}
    request = Request("POST", "host:1", "/v2/x", (("a", "b"),), headers, b'{"c":1}')

    assert signed(KEYS, LTS) == sign(request, "AK", "SK", "20260102T030405Z")


def test_a_call_is_signed_for_its_actual_host() -> None:
    """A service may have a second endpoint."""
    assert signed(KEYS, GA)["Host"] == "ga"
    assert signed(KEYS, GA._replace(endpoint="other"))["Host"] == "elsewhere"


def test_a_security_token_is_sent_and_signed() -> None:
    """A temporary key has a security token, which the signature covers."""
    found = signed(KEYS._replace(security_token=Secret("ST")), GA)

    assert found["X-Security-Token"] == "ST"
    assert "x-security-token" in found["Authorization"]


def test_each_attempt_is_signed_separately() -> None:
    """Two attempts at different times have different signatures."""
    moments = iter([MOMENT, MOMENT.replace(second=6)])
    script = Script(DONE, DONE)
    send = with_keys(script, KEYS, ENDPOINTS, lambda: next(moments))

    send(GA)
    send(GA)

    first, second = (dict(call.headers)["Authorization"] for call in script.calls)
    assert first != second


def test_a_rejected_signed_call_is_not_repeated() -> None:
    """The key is locked after five failures."""
    script = Script(REFUSED)

    with pytest.raises(AuthenticationFailed):
        with_keys(script, KEYS, ENDPOINTS)(GA)
    assert len(script.calls) == 1


def test_signatures_use_the_current_utc_time_by_default() -> None:
    """X-Sdk-Date is the current time in UTC."""
    before = datetime.now(timezone.utc).replace(microsecond=0)
    script = Script(DONE)

    with_keys(script, KEYS, ENDPOINTS)(GA)

    date = dict(script.calls[0].headers)["X-Sdk-Date"]
    signed_at = datetime.strptime(date + "+0000", "%Y%m%dT%H%M%SZ%z")
    assert before <= signed_at <= datetime.now(timezone.utc)


class FakeIam:
    """Issues a new token for each request, and records rejected tokens."""

    def __init__(self) -> None:
        """Start without tokens."""
        self.requested: list[Scope] = []
        self.forgotten: list[tuple[Scope, Secret]] = []

    def get(self, scope: Scope) -> Secret:
        """Return the next token."""
        self.requested.append(scope)
        return Secret(f"token {len(self.requested)}")

    def forget(self, scope: Scope, text: Secret) -> None:
        """Record a rejected token."""
        self.forgotten.append((scope, text))


def status(send: Send) -> int | None:
    """Return the status of the reply to a call."""
    try:
        return send(GA).status
    except ProvisioningError as error:
        return error.upstream_status


def tokens_sent(script: Script) -> list[str]:
    """Return the tokens that the calls were sent with."""
    return [dict(call.headers)["X-Auth-Token"] for call in script.calls]


@pytest.mark.parametrize(("call", "scope"), [(LTS, Scope("p")), (GA, Scope())])
def test_a_user_sends_a_token_of_the_calls_scope(call: Call, scope: Scope) -> None:
    """LTS requires a project token, GA a domain token."""
    iam, script = FakeIam(), Script(DONE)

    assert with_user(script, iam.get, iam.forget)(call) is DONE
    assert (iam.requested, tokens_sent(script)) == ([scope], ["token 1"])
    assert iam.forgotten == []


@pytest.mark.parametrize("last", [200, 401, 500])
def test_a_users_rejected_token_is_replaced_once(last: int) -> None:
    """The second reply is final."""
    iam, script = FakeIam(), Script(REFUSED, Reply(last))

    assert status(with_user(script, iam.get, iam.forget)) == last
    assert tokens_sent(script) == ["token 1", "token 2"]
    assert iam.forgotten == [(Scope(), Secret("token 1"))]


@pytest.mark.parametrize("code", [403, 404, 429, 500])
def test_other_refusals_do_not_replace_the_token(code: int) -> None:
    """No new token is requested."""
    iam, script = FakeIam(), Script(Reply(code))

    assert status(with_user(script, iam.get, iam.forget)) == code
    assert len(iam.requested) == 1
