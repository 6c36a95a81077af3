"""A call that may be repeated is, until it is answered, refused, or out of time."""

from __future__ import annotations

import pytest

from functions.errors import (
    Busy,
    DeadlineExceeded,
    InvalidRequest,
    Misconfigured,
    ProvisioningError,
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
SILENCE = Unreachable("no answer", service="LTS")
BUSY = refusal(400, "GA.9004")


def read(call: Call, reply: Reply) -> object:
    """Return the id that a reply names."""
    return replies.document(call, reply)["id"]


def later(seconds: float) -> Reply:
    """Return a reply that asks for a pause."""
    return Reply(429, retry_after=seconds)


@pytest.mark.parametrize(
    ("lines", "calls", "pauses"),
    [
        ([DONE], 1, []),
        ([THROTTLED, DONE], 2, [0.2]),
        ([FAILED, DONE], 2, [0.2]),
        ([SILENCE, DONE], 2, [0.2]),
        ([Reply(200), DONE], 2, [0.2]),
        ([THROTTLED, FAILED, SILENCE, DONE], 4, [0.2, 0.4, 0.8]),
        ([later(7), DONE], 2, [7]),
        ([later(0), DONE], 2, [0.2]),
        ([later(1), THROTTLED, DONE], 3, [1, 0.4]),
        ([Reply(503, retry_after=3), DONE], 2, [3]),
    ],
)
def test_what_may_pass_is_waited_for(
    lines: list[Line], calls: int, pauses: list[float]
) -> None:
    """Crowds, silence and trouble are paused for: as asked, else twice as long."""
    clock, script = Clock(), Script(*lines)

    assert repeat(CALL, read, script, retry_policy(clock)) == "made"
    assert (len(script.calls), clock.pauses) == (calls, pauses)


@pytest.mark.parametrize(
    ("lines", "kind", "calls", "pauses"),
    [
        ([Reply(400)], InvalidRequest, 1, []),
        ([Misconfigured("x")], Misconfigured, 1, []),
        ([DeadlineExceeded("x")], DeadlineExceeded, 1, []),
        ([BUSY], Busy, 1, []),
        ([THROTTLED, Reply(400)], InvalidRequest, 2, [0.2]),
        ([FAILED] * 4, ServiceFailed, 4, [0.2, 0.4, 0.8]),
        ([Unreachable("no token", service="IAM")], Unreachable, 1, []),
        ([ServiceFailed("no address")], ServiceFailed, 1, []),
        ([later(60)], Throttled, 1, []),
    ],
)
def test_what_will_not_pass_is_raised(
    lines: list[Line], kind: type[ProvisioningError], calls: int, pauses: list[float]
) -> None:
    """Refusals, another service's failures and the last attempt's own are final."""
    clock, script = Clock(), Script(*lines)

    with pytest.raises(kind):
        repeat(CALL, read, script, retry_policy(clock))

    assert (len(script.calls), clock.pauses) == (calls, pauses)


def test_attempts_are_numbered_from_one() -> None:
    """The call that is sent knows which attempt it is."""
    script = Script(THROTTLED, FAILED, DONE)

    repeat(CALL, read, script, retry_policy(Clock()))

    assert [call.attempt for call in script.calls] == [1, 2, 3]


@pytest.mark.parametrize("attempts", [1, 7])
def test_there_are_as_many_attempts_as_allowed(attempts: int) -> None:
    """The first one counts."""
    script = Script(*[THROTTLED] * attempts)

    with pytest.raises(Throttled):
        repeat(CALL, read, script, retry_policy(Clock(), attempts=attempts))

    assert script.spent


def test_the_dice_fall_between_nothing_and_a_ceiling_that_doubles() -> None:
    """Full jitter: from 0 to base times 2, 4, 8 and so on, up to the cap."""
    thrown: list[tuple[float, float]] = []

    def jitter(low: float, high: float) -> float:
        thrown.append((low, round(high, 6)))
        return high / 2

    clock = Clock()
    with pytest.raises(Throttled):
        repeat(
            CALL,
            read,
            Script(*[THROTTLED] * 7),
            retry_policy(clock, attempts=7, base=0.3, cap=4, jitter=jitter),
        )

    assert thrown == [(0, 0.3), (0, 0.6), (0, 1.2), (0, 2.4), (0, 4), (0, 4)]
    assert clock.pauses == [0.15, 0.3, 0.6, 1.2, 2, 2]


def test_very_many_attempts_overrun_no_number() -> None:
    """The ceiling stays at the cap however often it would have doubled."""
    clock = Clock(limit=1e9)
    script = Script(*[THROTTLED] * 1999, DONE)

    assert repeat(CALL, read, script, retry_policy(clock, attempts=2000)) == "made"
    assert clock.pauses[-1] == 5.0


def test_a_call_begins_only_while_there_is_time() -> None:
    """Without time nothing is sent, and nothing came before to blame."""
    script = Script()

    with pytest.raises(DeadlineExceeded) as raised:
        repeat(CALL, read, script, retry_policy(Clock(limit=0)))

    assert raised.value.__cause__ is None
    assert raised.value.detail == "The function's time ran out"
    assert script.calls == []


def test_a_pause_that_does_not_fit_ends_the_work() -> None:
    """The deadline's error comes from the failure before it, and tells its facts."""
    clock = Clock(limit=0.5)
    script = Script(THROTTLED, Reply(503, None, "r-1"))

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


def test_time_may_end_in_the_pause_itself() -> None:
    """After a pause, too, a call begins only while there is time."""
    clock, script = Clock(limit=1.0), Script(THROTTLED)
    overslept = retry_policy(clock)._replace(sleep=lambda _seconds: clock.sleep(2.0))

    with pytest.raises(DeadlineExceeded) as raised:
        repeat(CALL, read, script, overslept)

    assert isinstance(raised.value.__cause__, Throttled)


def test_a_rest_must_end_before_the_time_does() -> None:
    """A rest of five seconds wants more than five."""
    clock, short = Clock(limit=5.1), Clock(limit=5.0)

    retry_policy(clock).sleep_within_deadline(5.0)
    with pytest.raises(DeadlineExceeded):
        retry_policy(short).sleep_within_deadline(5.0)

    assert (clock.pauses, short.pauses) == ([5.0], [])


@pytest.mark.parametrize(
    ("limit", "kind"), [(7.0, Throttled), (0.5, Throttled), (0.0, DeadlineExceeded)]
)
def test_a_pause_that_the_cloud_asks_for_in_vain(
    limit: float, kind: type[ProvisioningError]
) -> None:
    """It is told as asked for while there is time, and as the deadline after that."""
    clock = Clock(limit=limit)

    with pytest.raises(kind):
        retry_policy(clock).pause(1, Throttled("crowded", retry_after=7.0))

    assert clock.pauses == []


def waited(clock: Clock, *lines: Line) -> object:
    """Return what a step comes to that is repeated while its resource is busy."""
    script = Script(*lines)
    try:
        return while_busy(lambda: read(CALL, script(CALL)), retry_policy(clock))
    finally:
        assert script.spent


def end(clock: Clock, *lines: Line) -> DeadlineExceeded:
    """Return the error of such a step whose time is over."""
    with pytest.raises(DeadlineExceeded) as raised:
        waited(clock, *lines)
    return raised.value


def test_a_busy_resource_is_waited_for_beyond_the_attempts() -> None:
    """As long as time allows, not by attempts; and as long as the cloud asks for."""
    clock = Clock()

    assert waited(clock, *[BUSY] * 9, DONE) == "made"
    assert clock.pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5, 5, 5]

    clock = Clock()
    waited(clock, refusal(400, "GA.9004", retry_after=9.0), DONE)
    assert clock.pauses == [9]


@pytest.mark.parametrize(
    ("limit", "lines"),
    [(2.9, [BUSY] * 4), (60.0, [BUSY, DeadlineExceeded("no time")])],
    ids=["a pause does not fit", "the step has not even begun to work again"],
)
def test_a_resource_that_stays_busy_exceeds_the_deadline(
    limit: float, lines: list[Line]
) -> None:
    """The end comes from the last time it was busy."""
    error = end(Clock(limit=limit), *lines)

    assert isinstance(error.__cause__, Busy)
    assert error.remedy == Busy.remedy


def test_a_step_that_has_come_further_ends_by_itself() -> None:
    """Unless it waited, and for nothing else, the wait is not to blame."""
    health_check_response, made, failed = (
        DeadlineExceeded("no time") for _ in range(3)
    )
    made.note(logtank_id="t")
    failed.__cause__ = SILENCE

    assert end(Clock(), health_check_response) is health_check_response
    assert end(Clock(), BUSY, made) is made
    assert end(Clock(), BUSY, failed) is failed


def test_nothing_but_busy_is_waited_for_there() -> None:
    """Other failures had their own patience."""
    with pytest.raises(Throttled):
        waited(Clock(), BUSY, THROTTLED)
