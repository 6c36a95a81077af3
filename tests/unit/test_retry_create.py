"""A create has one effect: it is repeated only if an earlier attempt had none."""

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
from functions.huaweicloud.retry import Lookup, create
from functions.transport.calls import Call, Reply
from tests.unit.script import Clock, Line, Script, refusal, retry_policy

CALL = Call("GA", "CreateLogtank", "POST", "/")
DONE = Reply(201, {"id": "made"})
THROTTLED = Reply(429)
FAILED = Reply(500)
REFUSED = Reply(400)
EXISTS = refusal(400, "GA.9104")
BUSY = refusal(400, "GA.9004")
UNREACHABLE = Unreachable("no connection", service="GA")
NO_REPLY = OutcomeUnknown("no answer", service="GA")
NO_DOCUMENT = Reply(201)
NOTHING = None
SPACED = 0.5
"""The pause after a 429 without Retry-After if no call was accepted before."""
LOOKUP_FAILED = ServiceFailed("the lookup failed", service="GA")


def read(call: Call, reply: Reply) -> str:
    """Return the ID in a reply."""
    return str(replies.document(call, reply)["id"])


Seen = list[str | ProvisioningError | None]


@dataclass
class ScriptedLookups:
    """What each lookup finds, in order; None if it finds nothing."""

    seen: Seen
    taken: int = 0

    def gather(self) -> str | None:
        """Return the result of the next lookup."""
        self.taken += 1
        found = self.seen.pop(0)
        if isinstance(found, ProvisioningError):
            raise found
        return found

    def lookup(self) -> Lookup[str, str | None]:
        """Return the lookup to be used by `create`."""
        return Lookup(self.gather, lambda found: found)


CREATED, CREATED_IN_DOUBT = ("made", True, True), ("made", True, False)
FOUND = ("seen", False, False)
"""The fields value, answered and clean of the result of a create."""


@pytest.mark.parametrize(
    ("lines", "seen", "pauses", "expected"),
    [
        ([DONE], [], [], CREATED),
        ([THROTTLED, DONE], [], [SPACED], CREATED),
        ([*[Reply(429, retry_after=3)] * 9, DONE], [], [3] * 9, CREATED),
        ([UNREACHABLE, DONE], [], [0.2], CREATED),
        ([UNREACHABLE, UNREACHABLE, DONE], [], [0.2, 0.4], CREATED),
        ([Reply(429, retry_after=7), DONE], [], [7], CREATED),
        ([FAILED], ["seen"], [0.2], FOUND),
        ([NO_REPLY], ["seen"], [0.2], FOUND),
        ([NO_DOCUMENT], ["seen"], [0.2], FOUND),
        ([Reply(503, retry_after=3)], ["seen"], [3], FOUND),
        ([NO_REPLY, DONE], [NOTHING], [0.2], CREATED_IN_DOUBT),
        ([FAILED, NO_REPLY], [NOTHING, "seen"], [0.2, 0.4], FOUND),
        ([THROTTLED, FAILED], ["seen"], [SPACED, 0.2], FOUND),
        ([FAILED, THROTTLED, DONE], [NOTHING] * 2, [0.2, 0.85], CREATED_IN_DOUBT),
        ([FAILED, THROTTLED], [NOTHING, "seen"], [0.2], FOUND),
        ([FAILED, BUSY], [NOTHING, "seen"], [0.2, 0.4], FOUND),
        ([FAILED, EXISTS], [NOTHING, "seen"], [0.2, 0.4], FOUND),
        ([FAILED] * 4, [NOTHING] * 3 + ["seen"], [0.2, 0.4, 0.8, 1.6], FOUND),
    ],
)
def test_a_create_that_succeeds(
    lines: list[Line], seen: Seen, pauses: list[float], expected: tuple[str, bool, bool]
) -> None:
    """A create with an unknown outcome is repeated only if a lookup finds nothing."""
    clock, script, lookups = Clock(), Script(*lines), ScriptedLookups(seen)

    created = create(CALL, read, script, retry_policy(clock), lookups.lookup())

    assert (created.value, created.answered, created.clean) == expected
    assert clock.pauses == pauses
    assert script.spent
    assert lookups.seen == []


@pytest.mark.parametrize(
    ("lines", "seen", "pauses", "kind"),
    [
        ([REFUSED], [], [], InvalidRequest),
        ([EXISTS], [], [], AlreadyExists),
        ([THROTTLED, EXISTS], [], [SPACED], AlreadyExists),
        ([FAILED, REFUSED], [NOTHING], [0.2], InvalidRequest),
        ([FAILED, EXISTS], [NOTHING, NOTHING], [0.2, 0.4], AlreadyExists),
        ([Reply(429, retry_after=50)] * 2, [], [50], Throttled),
        ([UNREACHABLE] * 4, [], [0.2, 0.4, 0.8], Unreachable),
        ([FAILED] * 4, [NOTHING] * 4, [0.2, 0.4, 0.8, 1.6], ServiceFailed),
        ([FAILED, Reply(429, retry_after=60)], [NOTHING], [0.2], Throttled),
        ([BUSY], [], [], Busy),
        ([FAILED, BUSY], [NOTHING, NOTHING], [0.2, 0.4], Busy),
        ([FAILED], [LOOKUP_FAILED], [0.2], ServiceFailed),
        ([NO_REPLY, NO_REPLY], [NOTHING, LOOKUP_FAILED], [0.2, 0.4], OutcomeUnknown),
        ([Reply(429, retry_after=60)], [], [], Throttled),
        ([Reply(503, retry_after=60)], [], [], ServiceFailed),
        ([Unreachable("no token", service="IAM")], [], [], Unreachable),
        ([Misconfigured("no address")], [], [], Misconfigured),
    ],
)
def test_a_create_that_fails(
    lines: list[Line], seen: Seen, pauses: list[float], kind: type[ProvisioningError]
) -> None:
    """The create's last failure is raised, after a final lookup in case of doubt."""
    clock, script, lookups = Clock(), Script(*lines), ScriptedLookups(seen)

    with pytest.raises(kind):
        create(CALL, read, script, retry_policy(clock), lookups.lookup())

    assert clock.pauses == pauses
    assert script.spent
    assert lookups.seen == []


def test_a_failed_lookup_is_the_cause_of_the_creates_error() -> None:
    """The traceback shows both errors."""
    with pytest.raises(OutcomeUnknown) as raised:
        create(
            CALL,
            read,
            Script(NO_REPLY),
            retry_policy(Clock()),
            ScriptedLookups([LOOKUP_FAILED]).lookup(),
        )

    assert raised.value.__cause__ is LOOKUP_FAILED


def test_a_lookup_that_exceeds_the_deadline_ends_the_create() -> None:
    """The cause is the create's failure, whose outcome remains unknown."""
    clock = Clock(limit=5.0)

    def gather() -> str | None:
        clock.sleep(clock.remaining_seconds())
        raise LOOKUP_FAILED

    lookup: Lookup[str, str | None] = Lookup(gather, lambda found: found)
    with pytest.raises(DeadlineExceeded) as raised:
        create(CALL, read, Script(NO_REPLY), retry_policy(clock), lookup)

    assert raised.value.__cause__ is NO_REPLY


def test_an_error_from_the_decision_is_raised_unchanged() -> None:
    """A lookup that finds a conflict does not count as a failed lookup."""
    conflict = Conflict("ships elsewhere")

    def decide(_seen: str) -> str | None:
        raise conflict

    lookup = Lookup(lambda: "other", decide)
    with pytest.raises(Conflict) as raised:
        create(CALL, read, Script(FAILED), retry_policy(Clock()), lookup)

    assert raised.value is conflict


def test_a_lookup_outside_a_create_raises_its_own_errors() -> None:
    """It gathers and decides in one call."""
    assert ScriptedLookups(["seen", NOTHING]).lookup()() == "seen"
    with pytest.raises(ServiceFailed):
        ScriptedLookups([LOOKUP_FAILED]).lookup()()


def test_attempts_are_numbered_and_the_start_of_the_last_is_returned() -> None:
    """`sent_at` is when the successful attempt began, on the retry policy's clock."""
    clock = Clock()
    script = Script(THROTTLED, THROTTLED, DONE, clock=clock, seconds=1.0)

    created = create(
        CALL, read, script, retry_policy(clock), ScriptedLookups([]).lookup()
    )

    assert [call.attempt for call in script.calls] == [1, 2, 3]
    assert created.sent_at == pytest.approx(clock.now - 1.0)
    assert len(clock.pauses) == 2


def test_after_the_deadline_nothing_is_created() -> None:
    """A create whose reply could not be awaited is not sent."""
    script = Script()

    with pytest.raises(DeadlineExceeded):
        create(
            CALL,
            read,
            script,
            retry_policy(Clock(limit=0)),
            ScriptedLookups([]).lookup(),
        )

    assert script.calls == []


def test_a_pause_beyond_the_deadline_ends_the_create() -> None:
    """The cause of the deadline error is the create's last failure."""
    lookups = ScriptedLookups([])

    with pytest.raises(DeadlineExceeded) as raised:
        create(
            CALL,
            read,
            Script(NO_REPLY),
            retry_policy(Clock(limit=0.1)),
            lookups.lookup(),
        )

    assert raised.value.__cause__ is NO_REPLY
    assert lookups.taken == 0
