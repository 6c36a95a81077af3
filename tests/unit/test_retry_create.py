"""A create happens once: repeated if surely not taken up, looked for if unsure."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from functions.errors import (
    AlreadyExists,
    Busy,
    Conflict,
    DeadlineExceeded,
    InvalidRequest,
    Misconfigured,
    OutcomeUnknown,
    ProvisioningError,
    ServiceFailed,
    Throttled,
    Unreachable,
)
from functions.huaweicloud import replies
from functions.huaweicloud.retry import Looking, create
from functions.transport.calls import Call, Reply
from tests.unit.script import Clock, Line, Script, refusal, retry_policy

CALL = Call("GA", "CreateLogtank", "POST", "/")
DONE = Reply(201, {"id": "made"})
THROTTLED = Reply(429)
FAILED = Reply(500)
REFUSED = Reply(400)
EXISTS = refusal(400, "GA.9104")
BUSY = refusal(400, "GA.9004")
UNREACHED = Unreachable("no connection", service="GA")
SILENCE = OutcomeUnknown("no answer", service="GA")
EMPTY = Reply(201)
NOTHING = None
BLIND = ServiceFailed("cannot look", service="GA")


def read(call: Call, reply: Reply) -> str:
    """Return the id that a reply names."""
    return str(replies.document(call, reply)["id"])


Seen = list[str | ProvisioningError | None]


@dataclass
class Looks:
    """What each look sees, in order; a look that finds nothing sees None."""

    seen: Seen
    taken: int = 0

    def gather(self) -> str | None:
        """Take the next look."""
        self.taken += 1
        found = self.seen.pop(0)
        if isinstance(found, ProvisioningError):
            raise found
        return found

    def looking(self) -> Looking[str, str | None]:
        """Return the way to look."""
        return Looking(self.gather, lambda found: found)


MADE, MADE_IN_DOUBT = ("made", True, True), ("made", True, False)
SEEN = ("seen", False, False)
"""What a create comes to: value, answered, clean."""


@pytest.mark.parametrize(
    ("lines", "seen", "pauses", "made"),
    [
        ([DONE], [], [], MADE),
        ([THROTTLED, DONE], [], [0.2], MADE),
        ([UNREACHED, DONE], [], [0.2], MADE),
        ([THROTTLED, UNREACHED, DONE], [], [0.2, 0.4], MADE),
        ([Reply(429, retry_after=7), DONE], [], [7], MADE),
        ([FAILED], ["seen"], [0.2], SEEN),
        ([SILENCE], ["seen"], [0.2], SEEN),
        ([EMPTY], ["seen"], [0.2], SEEN),
        ([Reply(503, retry_after=3)], ["seen"], [3], SEEN),
        ([SILENCE, DONE], [NOTHING], [0.2], MADE_IN_DOUBT),
        ([FAILED, SILENCE], [NOTHING, "seen"], [0.2, 0.4], SEEN),
        ([THROTTLED, FAILED], ["seen"], [0.2, 0.4], SEEN),
        ([FAILED, THROTTLED, DONE], [NOTHING] * 2, [0.2, 0.4], MADE_IN_DOUBT),
        ([FAILED, THROTTLED], [NOTHING, "seen"], [0.2, 0.4], SEEN),
        ([FAILED, BUSY], [NOTHING, "seen"], [0.2, 0.4], SEEN),
        ([FAILED, EXISTS], [NOTHING, "seen"], [0.2, 0.4], SEEN),
        ([FAILED] * 4, [NOTHING] * 3 + ["seen"], [0.2, 0.4, 0.8, 1.6], SEEN),
    ],
)
def test_a_create_that_succeeds(
    lines: list[Line], seen: Seen, pauses: list[float], made: tuple[str, bool, bool]
) -> None:
    """It is paused for, looked for if unsure, and repeated only if not found."""
    clock, script, looks = Clock(), Script(*lines), Looks(seen)

    created = create(CALL, read, script, retry_policy(clock), looks.looking())

    assert (created.value, created.answered, created.clean) == made
    assert clock.pauses == pauses
    assert script.spent
    assert looks.seen == []


@pytest.mark.parametrize(
    ("lines", "seen", "pauses", "kind"),
    [
        ([REFUSED], [], [], InvalidRequest),
        ([EXISTS], [], [], AlreadyExists),
        ([THROTTLED, EXISTS], [], [0.2], AlreadyExists),
        ([FAILED, REFUSED], [NOTHING], [0.2], InvalidRequest),
        ([FAILED, EXISTS], [NOTHING, NOTHING], [0.2, 0.4], AlreadyExists),
        ([THROTTLED] * 4, [], [0.2, 0.4, 0.8], Throttled),
        ([FAILED] * 4, [NOTHING] * 4, [0.2, 0.4, 0.8, 1.6], ServiceFailed),
        ([FAILED, *[THROTTLED] * 3], [NOTHING] * 4, [0.2, 0.4, 0.8, 1.6], Throttled),
        ([BUSY], [], [], Busy),
        ([FAILED, BUSY], [NOTHING, NOTHING], [0.2, 0.4], Busy),
        ([FAILED], [BLIND], [0.2], ServiceFailed),
        ([SILENCE, SILENCE], [NOTHING, BLIND], [0.2, 0.4], OutcomeUnknown),
        ([Reply(429, retry_after=60)], [], [], Throttled),
        ([Reply(503, retry_after=60)], [], [], ServiceFailed),
        ([Unreachable("no token", service="IAM")], [], [], Unreachable),
        ([Misconfigured("no address")], [], [], Misconfigured),
    ],
)
def test_a_create_that_fails(
    lines: list[Line], seen: Seen, pauses: list[float], kind: type[ProvisioningError]
) -> None:
    """The last failure of the create itself is raised, after a last look if unsure."""
    clock, script, looks = Clock(), Script(*lines), Looks(seen)

    with pytest.raises(kind):
        create(CALL, read, script, retry_policy(clock), looks.looking())

    assert clock.pauses == pauses
    assert script.spent
    assert looks.seen == []


def test_a_look_that_fails_is_the_cause_of_the_creates_error() -> None:
    """Whoever reads the trace sees both."""
    with pytest.raises(OutcomeUnknown) as raised:
        create(
            CALL, read, Script(SILENCE), retry_policy(Clock()), Looks([BLIND]).looking()
        )

    assert raised.value.__cause__ is BLIND


def test_a_look_that_time_cuts_short_exceeds_the_deadline() -> None:
    """The end comes from the create's failure, whose outcome stays unknown."""
    clock = Clock(limit=5.0)

    def gather() -> str | None:
        clock.sleep(clock.remaining_seconds())
        raise BLIND

    looking: Looking[str, str | None] = Looking(gather, lambda found: found)
    with pytest.raises(DeadlineExceeded) as raised:
        create(CALL, read, Script(SILENCE), retry_policy(clock), looking)

    assert raised.value.__cause__ is SILENCE


def test_what_is_decided_on_a_look_is_raised_as_it_is() -> None:
    """A look that succeeds but shows a conflict is no failed look."""
    conflict = Conflict("ships elsewhere")

    def decide(_seen: str) -> str | None:
        raise conflict

    looking = Looking(lambda: "other", decide)
    with pytest.raises(Conflict) as raised:
        create(CALL, read, Script(FAILED), retry_policy(Clock()), looking)

    assert raised.value is conflict


def test_a_look_by_itself_gathers_and_decides() -> None:
    """Outside a create its own failures are its own."""
    assert Looks(["seen", NOTHING]).looking()() == "seen"
    with pytest.raises(ServiceFailed):
        Looks([BLIND]).looking()()


def test_attempts_are_numbered_and_the_last_ones_beginning_is_told() -> None:
    """`sent_at` is when the successful attempt began, on the patience's clock."""
    clock = Clock()
    script = Script(THROTTLED, THROTTLED, DONE, clock=clock, seconds=1.0)

    created = create(CALL, read, script, retry_policy(clock), Looks([]).looking())

    assert [call.attempt for call in script.calls] == [1, 2, 3]
    assert created.sent_at == pytest.approx(1000.0 + 1.0 + 0.2 + 1.0 + 0.4)


def test_without_time_nothing_is_created() -> None:
    """A create that could not be answered for is not sent."""
    script = Script()

    with pytest.raises(DeadlineExceeded):
        create(CALL, read, script, retry_policy(Clock(limit=0)), Looks([]).looking())

    assert script.calls == []


def test_a_pause_that_does_not_fit_ends_the_create() -> None:
    """The deadline's error comes from the create's last failure."""
    looks = Looks([])

    with pytest.raises(DeadlineExceeded) as raised:
        create(
            CALL, read, Script(SILENCE), retry_policy(Clock(limit=0.1)), looks.looking()
        )

    assert raised.value.__cause__ is SILENCE
    assert looks.taken == 0
