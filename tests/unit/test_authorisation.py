"""A call says who is calling by a token of the right scope, or by a signature."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from functions.huaweicloud.authorization import with_keys, with_tokens, with_user
from functions.huaweicloud.iam import Scope
from functions.huaweicloud.request_signing import Request, sign
from functions.secret import Secret
from functions.settings.credentials import Keys, Tokens
from functions.transport.calls import Call, Reply
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
    """Return the headers of a call that is signed at the moment."""
    script = Script(DONE)
    with_keys(script, keys, ENDPOINTS, lambda: MOMENT)(call)
    return dict(script.calls[0].headers)


@pytest.mark.parametrize(("call", "token"), [(LTS, "of-project"), (GA, "of-domain")])
def test_each_service_gets_the_token_of_its_scope(call: Call, token: str) -> None:
    """LTS is told the project's token, GA the domain's; nothing is signed."""
    script = Script(DONE)

    assert with_tokens(script, TOKENS)(call) is DONE

    shown = (*call.headers, ("X-Auth-Token", token))
    assert script.calls == [call._replace(headers=shown)]


def test_keys_sign_the_whole_request() -> None:
    """The signature is over the call's method, host, path, query, headers and body."""
    headers = {"X-Project-Id": "p"}
    request = Request("POST", "host:1", "/v2/x", (("a", "b"),), headers, b'{"c":1}')

    assert signed(KEYS, LTS) == sign(request, "AK", "SK", "20260102T030405Z")


def test_a_call_is_signed_for_the_host_it_goes_to() -> None:
    """A service may have a second address."""
    assert signed(KEYS, GA)["Host"] == "ga"
    assert signed(KEYS, GA._replace(endpoint="other"))["Host"] == "elsewhere"


def test_a_security_token_is_sent_and_signed() -> None:
    """A temporary key brings its security token, and the signature covers it."""
    found = signed(KEYS._replace(security_token=Secret("ST")), GA)

    assert found["X-Security-Token"] == "ST"
    assert "x-security-token" in found["Authorization"]


def test_every_attempt_is_signed_anew() -> None:
    """Two attempts at different moments have different signatures."""
    moments = iter([MOMENT, MOMENT.replace(second=6)])
    script = Script(DONE, DONE)
    send = with_keys(script, KEYS, ENDPOINTS, lambda: next(moments))

    send(GA)
    send(GA)

    first, second = (dict(call.headers)["Authorization"] for call in script.calls)
    assert first != second


def test_a_signed_call_that_is_refused_is_not_repeated() -> None:
    """Five failures lock the key."""
    script = Script(REFUSED)

    assert with_keys(script, KEYS, ENDPOINTS)(GA) is REFUSED
    assert len(script.calls) == 1


def test_the_clock_is_utcs_unless_told_otherwise() -> None:
    """X-Sdk-Date is the present moment in UTC."""
    before = datetime.now(timezone.utc).replace(microsecond=0)
    script = Script(DONE)

    with_keys(script, KEYS, ENDPOINTS)(GA)

    date = dict(script.calls[0].headers)["X-Sdk-Date"]
    told = datetime.strptime(date + "+0000", "%Y%m%dT%H%M%SZ%z")
    assert before <= told <= datetime.now(timezone.utc)


class Desk:
    """Gives out a new token for each question, and hears which are refused."""

    def __init__(self) -> None:
        """Have given none yet."""
        self.asked: list[Scope] = []
        self.forgotten: list[tuple[Scope, Secret]] = []

    def get(self, scope: Scope) -> Secret:
        """Return the next token."""
        self.asked.append(scope)
        return Secret(f"token {len(self.asked)}")

    def forget(self, scope: Scope, text: Secret) -> None:
        """Hear of a refusal."""
        self.forgotten.append((scope, text))


def shown(script: Script) -> list[str]:
    """Return the tokens that calls were sent with."""
    return [dict(call.headers)["X-Auth-Token"] for call in script.calls]


@pytest.mark.parametrize(("call", "scope"), [(LTS, Scope("p")), (GA, Scope())])
def test_a_user_shows_a_token_of_the_calls_scope(call: Call, scope: Scope) -> None:
    """LTS wants its project's, GA the domain's."""
    desk, script = Desk(), Script(DONE)

    assert with_user(script, desk.get, desk.forget)(call) is DONE
    assert (desk.asked, shown(script)) == ([scope], ["token 1"])
    assert desk.forgotten == []


@pytest.mark.parametrize("last", [DONE, REFUSED, Reply(500)])
def test_a_users_refused_token_is_replaced_once(last: Reply) -> None:
    """Whatever the second answer is, it is the answer."""
    desk, script = Desk(), Script(REFUSED, last)

    assert with_user(script, desk.get, desk.forget)(GA) is last
    assert shown(script) == ["token 1", "token 2"]
    assert desk.forgotten == [(Scope(), Secret("token 1"))]


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_another_refusal_is_not_the_tokens_fault(status: int) -> None:
    """No new one is got for it."""
    desk, script = Desk(), Script(Reply(status))

    assert with_user(script, desk.get, desk.forget)(GA).status == status
    assert len(desk.asked) == 1
