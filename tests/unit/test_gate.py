"""A credential that is not accepted is not tried again and again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from functions.errors import (
    AuthenticationFailed,
    DeadlineExceeded,
    NotFound,
    ProvisioningError,
    Unreachable,
)
from functions.huaweicloud.lockout import Gate, Guard
from functions.transport.calls import Call, Reply, Send
from tests.unit.script import SECONDS, Clock, Script, plenty, refusal

CALL = Call("LTS", "ListLogStream", "GET", "/")
ELSEWHERE = Call("GA", "ListLogtanks", "GET", "/")
ENDPOINTS = {"LTS": "https://lts.gate", "GA": "https://ga.gate"}
WELCOME = Reply(200)
REFUSED = Reply(401, {"error_code": "APIGW.0301", "error_msg": "no"}, "r-1")

_credentials = count()


def unheard_of() -> str:
    """Return the fingerprint of a credential that nobody else has."""
    return f"gate test {next(_credentials)}"


class Held:
    """Calls that pass a gate while the first of them waits to be let on."""

    def __init__(self, reply: Reply) -> None:
        """Answer every call alike."""
        self.reply = reply
        self.calls: list[Call] = []
        self.first_is_out, self.go_on = threading.Event(), threading.Event()

    def __call__(self, call: Call) -> Reply:
        """Answer once it is let on."""
        self.calls.append(call)
        self.first_is_out.set()
        assert self.go_on.wait(SECONDS)
        return self.reply


def test_a_refusal_is_remembered_for_five_minutes() -> None:
    """The error tells the seconds that are left, and passes by itself."""
    clock = Clock()
    gate = Gate(clock)
    gate.learn(AuthenticationFailed("no", code="APIGW.0301", service="LTS"))
    clock.now += 100.0

    with pytest.raises(AuthenticationFailed, match="for 200 seconds") as raised:
        gate.require_no_refusal()

    error = raised.value
    assert error.retryable
    assert error.retry_after == pytest.approx(200.0)
    assert (error.code, error.service) == ("APIGW.0301", "LTS")
    assert not AuthenticationFailed("x").retryable
    clock.now += 200.0
    assert not gate.is_refused()
    gate.require_no_refusal()


@pytest.mark.parametrize("answer", [None, NotFound("x"), Unreachable("x")])
def test_only_a_refused_credential_is_remembered(
    answer: ProvisioningError | None,
) -> None:
    """Other answers say nothing against it."""
    gate = Gate(Clock())

    gate.learn(answer)

    assert not gate.is_refused()


def test_a_refusal_is_returned_once_and_nothing_sent_after_it() -> None:
    """Not by a later invocation either."""
    credential = unheard_of()
    script = Script(REFUSED)
    assert Guard(script, ENDPOINTS, credential, plenty)(CALL) is REFUSED

    with pytest.raises(AuthenticationFailed, match="nothing is sent with") as raised:
        Guard(script, ENDPOINTS, credential, plenty)(CALL)

    assert raised.value.upstream_status == 401
    assert raised.value.request_id == "r-1"
    assert len(script.calls) == 1


def test_a_refusal_after_an_acceptance_closes_the_gate() -> None:
    """A key may be locked or deleted at any time."""
    send = Guard(Script(WELCOME, REFUSED), ENDPOINTS, unheard_of(), plenty)
    send(CALL)
    send(CALL)

    with pytest.raises(AuthenticationFailed):
        send(CALL)


@pytest.mark.parametrize(
    ("line", "accepted"),
    [
        (WELCOME, True),
        (Reply(403), True),
        (refusal(404, "GA.9002"), True),
        (refusal(400, "LTS.0205"), True),
        (Reply(429), False),
        (Reply(500), False),
    ],
)
def test_what_an_answer_says_of_the_credential(line: Reply, *, accepted: bool) -> None:
    """A refusal of the request itself shows that the credential is good."""
    replies = [line]

    def send(call: Call) -> Reply:
        if replies:
            return replies.pop()
        if call is CALL:
            return Reply(429) if passes_meanwhile() else Reply(503)
        return Reply(429)

    credential = unheard_of()
    times = iter([SECONDS, SECONDS, -1.0])
    guard = Guard(send, ENDPOINTS, credential, lambda: next(times, -1.0))

    def passes_meanwhile() -> bool:
        try:
            guard(Call("LTS", "Another", "GET", "/"))
        except DeadlineExceeded:
            return False
        return True

    guard(CALL)

    assert (guard(CALL).status == 429) is accepted


def test_a_call_without_an_answer_lets_the_next_one_try() -> None:
    """Its turn is over."""
    script = Script(Unreachable("x", service="LTS"), WELCOME)
    send = Guard(script, ENDPOINTS, unheard_of(), plenty)

    with pytest.raises(Unreachable):
        send(CALL)

    assert send(CALL) is WELCOME


@pytest.mark.parametrize(("reply", "sent"), [(WELCOME, 4), (REFUSED, 1)])
def test_calls_side_by_side_wait_for_the_first_answer(reply: Reply, sent: int) -> None:
    """If it is a refusal, the others are not sent at all."""
    held = Held(reply)
    send: Send = Guard(held, ENDPOINTS, unheard_of(), plenty)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(send, CALL)
        assert held.first_is_out.wait(SECONDS)
        others = [pool.submit(send, CALL) for _ in range(3)]
        assert len(held.calls) == 1
        held.go_on.set()
        assert first.result() is reply
        refused = [each for each in others if each.exception()]

    assert len(held.calls) == sent
    assert len(refused) == 4 - sent


def test_a_turn_that_does_not_come_in_time_exceeds_the_deadline() -> None:
    """Who waits for the first answer waits no longer than the function may run."""
    times = iter([SECONDS, -1.0])

    def send(_call: Call) -> Reply:
        with pytest.raises(DeadlineExceeded, match="ListLogStream waited") as raised:
            guard(CALL)
        assert raised.value.service == "LTS"
        return WELCOME

    guard = Guard(send, ENDPOINTS, unheard_of(), lambda: next(times))

    assert guard(CALL) is WELCOME


def test_each_address_and_credential_has_its_own_gate() -> None:
    """A refusal counts for nobody else."""
    credential, other = unheard_of(), unheard_of()
    there = {**ENDPOINTS, "LTS": "https://lts.gate.elsewhere"}
    Guard(Script(REFUSED), ENDPOINTS, credential, plenty)(CALL)

    assert Guard(Script(WELCOME), ENDPOINTS, credential, plenty)(ELSEWHERE) is WELCOME
    assert Guard(Script(WELCOME), there, credential, plenty)(CALL) is WELCOME
    assert Guard(Script(WELCOME), ENDPOINTS, other, plenty)(CALL) is WELCOME
