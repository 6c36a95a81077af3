"""A call is repeated until it succeeds, is refused or exceeds the deadline."""

from __future__ import annotations

import pytest

from functions.errors import (
    Busy,
    DeadlineExceeded,
    InvalidRequest,
    Misconfigured,
    ProvisioningError,
    ProxyRefused,
    ServiceFailed,
    Throttled,
    Unreachable,
)
from functions.huaweicloud import replies
from functions.huaweicloud.retry import repeat, while_busy
from functions.transport.calls import Call, Reply
from tests.unit.script import Clock, Line, Script, refusal, retry_policy

CALL = Call("LTS", "ListLogStream", "GET", "/")
DONE = Reply(200, {"id": "made"})
THROTTLED = Reply(429)
FAILED = Reply(500)
NO_REPLY = Unreachable("no answer", service="LTS")
BUSY = refusal(400, "GA.9004")
SPACED = 0.5
"""The pause after a 429 without Retry-After if no call was accepted before."""


def read(call: Call, reply: Reply) -> object:
    """Return the ID in a reply."""
    return replies.document(call, reply)["id"]


def retry_after_reply(seconds: float) -> Reply:
    """Return a throttled reply with this Retry-After."""
    return Reply(429, retry_after=seconds)


@pytest.mark.parametrize(
    ("lines", "calls", "pauses"),
    [
        ([DONE], 1, []),
        ([THROTTLED, DONE], 2, [SPACED]),
        ([FAILED, DONE], 2, [0.2]),
        ([NO_REPLY, DONE], 2, [0.2]),
        ([Reply(200), DONE], 2, [0.2]),
        ([FAILED, NO_REPLY, Reply(200), DONE], 4, [0.2, 0.4, 0.8]),
        ([*[THROTTLED] * 9, FAILED, NO_REPLY, Reply(200), DONE], 13, None),
        ([retry_after_reply(7), DONE], 2, [7]),
        ([retry_after_reply(0), DONE], 2, [SPACED]),
        ([retry_after_reply(1), retry_after_reply(2), DONE], 3, [1, 2]),
        ([Reply(503, retry_after=3), DONE], 2, [3]),
    ],
)
def test_temporary_failures_are_retried(
    lines: list[Line], calls: int, pauses: list[float] | None
) -> None:
    """Pauses follow Retry-After, otherwise they double; a 429 is not an attempt."""
    clock, script = Clock(), Script(*lines)

    assert repeat(CALL, read, script, retry_policy(clock)) == "made"
    assert len(script.calls) == calls
    assert pauses in (None, clock.pauses)


@pytest.mark.parametrize(
    ("lines", "kind", "calls", "pauses"),
    [
        ([Reply(400)], InvalidRequest, 1, []),
        ([Misconfigured("x")], Misconfigured, 1, []),
        ([ProxyRefused("x", service="LTS")], ProxyRefused, 1, []),
        ([DeadlineExceeded("x")], DeadlineExceeded, 1, []),
        ([BUSY], Busy, 1, []),
        ([THROTTLED, Reply(400)], InvalidRequest, 2, [SPACED]),
        ([retry_after_reply(59)] * 2, Throttled, 2, [59]),
        ([FAILED] * 4, ServiceFailed, 4, [0.2, 0.4, 0.8]),
        ([Unreachable("no token", service="IAM")], Unreachable, 1, []),
        ([ServiceFailed("no address")], ServiceFailed, 1, []),
        ([retry_after_reply(60)], Throttled, 1, []),
    ],
)
def test_permanent_failures_are_raised(
    lines: list[Line], kind: type[ProvisioningError], calls: int, pauses: list[float]
) -> None:
    """These are refusals, another service's failures and that of the last attempt."""
    clock, script = Clock(), Script(*lines)

    with pytest.raises(kind):
        repeat(CALL, read, script, retry_policy(clock))

    assert (len(script.calls), clock.pauses) == (calls, pauses)


def test_attempts_are_numbered_from_one() -> None:
    """The call that is sent has the number of its attempt."""
    script = Script(THROTTLED, FAILED, DONE)

    repeat(CALL, read, script, retry_policy(Clock()))

    assert [call.attempt for call in script.calls] == [1, 2, 3]


@pytest.mark.parametrize("attempts", [1, 7])
def test_the_number_of_attempts_is_limited(attempts: int) -> None:
    """The first attempt counts."""
    script = Script(*[FAILED] * attempts)

    with pytest.raises(ServiceFailed):
        repeat(CALL, read, script, retry_policy(Clock(), attempts=attempts))

    assert script.spent


def test_jitter_is_between_zero_and_a_doubling_maximum() -> None:
    """Full jitter: from 0 to base times 1, 2, 4, 8 and so on, up to the cap."""
    ranges: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        ranges.append((low, round(high, 6)))
        return high / 2

    clock = Clock()
    with pytest.raises(ServiceFailed):
        repeat(
            CALL,
            read,
            Script(*[FAILED] * 7),
            retry_policy(clock, attempts=7, base=0.3, cap=4, jitter=jitter),
        )

    assert ranges == [(0, 0.3), (0, 0.6), (0, 1.2), (0, 2.4), (0, 4), (0, 4)]
    assert clock.pauses == [0.15, 0.3, 0.6, 1.2, 2, 2]


def test_a_large_number_of_attempts_causes_no_overflow() -> None:
    """The maximum pause stays at the cap."""
    clock = Clock(limit=1e9)
    script = Script(*[FAILED] * 1999, DONE)

    assert repeat(CALL, read, script, retry_policy(clock, attempts=2000)) == "made"
    assert clock.pauses[-1] == 5.0


def test_a_call_is_sent_only_before_the_deadline() -> None:
    """After the deadline nothing is sent, and the error has no cause."""
    script = Script()

    with pytest.raises(DeadlineExceeded) as raised:
        repeat(CALL, read, script, retry_policy(Clock(limit=0)))

    assert raised.value.__cause__ is None
    assert raised.value.detail == "The function's time ran out"
    assert script.calls == []


def test_a_pause_beyond_the_deadline_is_not_started() -> None:
    """The deadline error has the previous failure as its cause, and its facts."""
    clock = Clock(limit=0.5)
    script = Script(NO_REPLY, Reply(503, None, "r-1"))

    with pytest.raises(DeadlineExceeded) as raised:
        repeat(CALL, read, script, retry_policy(clock))

    assert isinstance(raised.value.__cause__, ServiceFailed)
    assert raised.value.detail == (
        f"The function's time ran out: {raised.value.__cause__.detail}"
    )
    assert raised.value.remedy == DeadlineExceeded.remedy
    assert raised.value.service == "LTS"
    assert raised.value.upstream_status == 503
    assert raised.value.request_id == "r-1"
    assert clock.pauses == [0.2]


def test_the_deadline_may_pass_during_a_pause() -> None:
    """The deadline is checked again after a pause."""
    clock, script = Clock(limit=1.0), Script(FAILED)
    oversleeping = retry_policy(clock)._replace(sleep=lambda _seconds: clock.sleep(2.0))

    with pytest.raises(DeadlineExceeded) as raised:
        repeat(CALL, read, script, oversleeping)

    assert isinstance(raised.value.__cause__, ServiceFailed)


def test_a_pause_must_end_before_the_deadline() -> None:
    """A pause of five seconds needs more than five remaining seconds."""
    clock, short = Clock(limit=5.1), Clock(limit=5.0)

    retry_policy(clock).sleep_within_deadline(5.0)
    with pytest.raises(DeadlineExceeded):
        retry_policy(short).sleep_within_deadline(5.0)

    assert (clock.pauses, short.pauses) == ([5.0], [])


@pytest.mark.parametrize(
    ("limit", "kind"),
    [(7.0, ServiceFailed), (0.5, ServiceFailed), (0.0, DeadlineExceeded)],
)
def test_retry_after_beyond_the_deadline_raises(
    limit: float, kind: type[ProvisioningError]
) -> None:
    """Before the deadline the throttling error is raised, then DeadlineExceeded."""
    clock = Clock(limit=limit)

    with pytest.raises(kind):
        retry_policy(clock).pause(1, ServiceFailed("broken", retry_after=7.0))

    assert clock.pauses == []


def run_while_busy(clock: Clock, *lines: Line) -> object:
    """Return the result of a step that is repeated while its resource is busy."""
    script = Script(*lines)
    try:
        return while_busy(lambda: read(CALL, script(CALL)), retry_policy(clock))
    finally:
        assert script.spent


def deadline_error(clock: Clock, *lines: Line) -> DeadlineExceeded:
    """Return the error of such a step that exceeds the deadline."""
    with pytest.raises(DeadlineExceeded) as raised:
        run_while_busy(clock, *lines)
    return raised.value


def test_a_busy_resource_is_waited_for_beyond_the_attempts() -> None:
    """Only the deadline limits the number of attempts; Retry-After is respected."""
    clock = Clock()

    assert run_while_busy(clock, *[BUSY] * 9, DONE) == "made"
    assert clock.pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5, 5]

    clock = Clock()
    run_while_busy(clock, refusal(400, "GA.9004", retry_after=9.0), DONE)
    assert clock.pauses == [9]


@pytest.mark.parametrize(
    ("limit", "lines"),
    [(2.9, [BUSY] * 4), (60.0, [BUSY, DeadlineExceeded("no time")])],
    ids=["the pause does not fit", "the step was not started again"],
)
def test_a_resource_that_stays_busy_exceeds_the_deadline(
    limit: float, lines: list[Line]
) -> None:
    """The cause of the error is the last busy reply."""
    error = deadline_error(Clock(limit=limit), *lines)

    assert isinstance(error.__cause__, Busy)
    assert error.remedy == Busy.remedy


def test_a_step_that_made_progress_raises_its_own_error() -> None:
    """Only a deadline that passed while just waiting is blamed on the busy resource."""
    never_busy, created, failed = (DeadlineExceeded("no time") for _ in range(3))
    created.note(logtank_id="t")
    failed.__cause__ = NO_REPLY

    assert deadline_error(Clock(), never_busy) is never_busy
    assert deadline_error(Clock(), BUSY, created) is created
    assert deadline_error(Clock(), BUSY, failed) is failed


def test_while_busy_retries_only_busy_resources() -> None:
    """Other failures are retried elsewhere."""
    with pytest.raises(Throttled):
        run_while_busy(Clock(), BUSY, THROTTLED)
