"""Throttled calls are retried until the deadline, and delay other calls."""

from __future__ import annotations

import pytest

from functions.errors import DeadlineExceeded, InvalidRequest, Throttled
from functions.huaweicloud import replies
from functions.huaweicloud.retry import repeat
from functions.transport.calls import Call, Reply
from tests.unit.script import Clock, Script, refusal, retry_policy

CALL = Call("LTS", "ListLogStream", "GET", "/")


DONE = Reply(200, {"id": "made"})


def read(call: Call, reply: Reply) -> object:
    """Return the ID in a reply."""
    return replies.document(call, reply)["id"]


def retry_after_reply(seconds: float) -> Reply:
    """Return a throttled reply with this Retry-After."""
    return Reply(429, retry_after=seconds)


def test_a_rejection_also_delays_other_calls() -> None:
    """It delays all calls to the same service, and no calls to others."""
    clock = Clock()
    policy = retry_policy(clock)
    with pytest.raises(InvalidRequest):
        repeat(CALL, read, Script(retry_after_reply(5), Reply(400)), policy)

    assert repeat(CALL, read, Script(DONE), policy) == "made"
    assert clock.pauses[0] == 5
    assert clock.pauses[1] > 0.3

    ga = CALL._replace(service="GA")
    repeat(ga, read, Script(DONE), policy)
    assert len(clock.pauses) == 2


@pytest.mark.parametrize("code", ["APIGW.0308", "APIG.0308", None])
def test_throttled_calls_are_retried_until_the_deadline(
    code: str | None,
) -> None:
    """The deadline error has the rejection as its cause."""
    clock = Clock(limit=30)
    script = Script(*[refusal(429, code or "")] * 40)

    with pytest.raises(DeadlineExceeded) as raised:
        repeat(CALL, read, script, retry_policy(clock))

    assert isinstance(raised.value.__cause__, Throttled)
    assert clock.remaining_seconds() < 3
    assert 10 < len(script.calls) < 40


def test_a_rejection_by_another_service_does_not_delay_a_call() -> None:
    """For example, IAM may reject the request for the call's token."""
    clock = Clock()
    policy = retry_policy(clock)
    with pytest.raises(Throttled):
        repeat(CALL, read, Script(Throttled("x", service="IAM")), policy)

    repeat(CALL, read, Script(DONE), policy)
    assert clock.pauses == []
