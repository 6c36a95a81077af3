"""A rejected credential is not used again for some time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from functions.errors import (
    AlreadyExists,
    AuthenticationFailed,
    DeadlineExceeded,
    NotFound,
    PermissionDenied,
    ProvisioningError,
    ServiceFailed,
    Throttled,
    Unreachable,
)
from functions.huaweicloud.cache import Cache
from functions.huaweicloud.lockout import (
    Guard,
    Lockout,
    Lockouts,
)
from functions.transport.calls import Call, Reply, Send
from tests.unit.script import SECONDS, Line, Script, plenty

CALL = Call("LTS", "ListLogStream", "GET", "/")
ELSEWHERE = Call("GA", "ListLogtanks", "GET", "/")
ENDPOINTS = {"LTS": "https://lts.test", "GA": "https://ga.test"}
ACCEPTED = Reply(200)
REJECTED = Reply(401, {"error_code": "APIGW.0301", "error_msg": "no"}, "r-1")


def guard(
    send: Send,
    lockouts: Lockouts | None = None,
    credential: str = "fingerprint",
    lts: str = ENDPOINTS["LTS"],
    own_project: Callable[[], str | None] = lambda: "own",
) -> Guard:
    """Return the guard of one invocation."""
    return Guard(
        send,
        lockouts=Cache(Lockout) if lockouts is None else lockouts,
        endpoints={**ENDPOINTS, "LTS": lts},
        credential=credential,
        own_project=own_project,
        remaining_seconds=plenty,
        accepted=set(),
    )


class HeldReply:
    """A `send` function that blocks until it is released."""

    def __init__(self, line: Line) -> None:
        """Set the outcome of every call."""
        self.script = Script(*[line] * 4)
        self.first_is_out, self.release = threading.Event(), threading.Event()

    def __call__(self, call: Call) -> Reply:
        """Return or raise after the release."""
        self.first_is_out.set()
        assert self.release.wait(SECONDS)
        return self.script(call)


def test_after_a_rejection_nothing_is_sent() -> None:
    """Later invocations do not send anything, either."""
    lockouts: Lockouts = Cache(Lockout)
    script = Script(REJECTED)
    with pytest.raises(AuthenticationFailed):
        guard(script, lockouts)(CALL)

    with pytest.raises(AuthenticationFailed, match="nothing is sent with") as raised:
        guard(script, lockouts)(CALL)

    assert raised.value.upstream_status == 401
    assert raised.value.request_id == "r-1"
    assert len(script.calls) == 1


def of_project(project: str | None) -> Call:
    """Return a call in this project."""
    return CALL._replace(project=project)


@pytest.mark.parametrize("accepted_first", [True, False])
def test_a_rejection_for_a_foreign_project_blocks_only_that_project(
    *, accepted_first: bool
) -> None:
    """A request with a wrong project does not affect other or later requests."""
    lockouts: Lockouts = Cache(Lockout)
    if accepted_first:
        guard(Script(ACCEPTED), lockouts)(of_project("own"))
    script = Script(REJECTED, *[ACCEPTED] * 3)
    send = guard(script, lockouts)

    for _ in "123":
        with pytest.raises(AuthenticationFailed):
            send(of_project("foreign"))
    for project in ("own", None, "other"):
        send(of_project(project))
    with pytest.raises(AuthenticationFailed):
        send(of_project("foreign"))
    assert [call.project for call in script.calls] == ["foreign", "own", None, "other"]


@pytest.mark.parametrize("project", ["own", None])
def test_a_rejection_for_the_own_project_blocks_all_calls(project: str | None) -> None:
    """It shows that the credential itself is rejected."""
    script = Script(REJECTED)
    send = guard(script)

    for each in (project, "foreign", "own", None):
        with pytest.raises(AuthenticationFailed):
            send(of_project(each))
    assert len(script.calls) == 1


def test_an_unverified_credential_is_tried_with_at_most_two_foreign_projects() -> None:
    """The credential itself may be invalid, and five failures lock it."""
    script = Script(*[REJECTED] * 2)
    send = guard(script)

    for project in ("f1", "f2", "f3", "f1", "f4"):
        with pytest.raises(AuthenticationFailed):
            send(of_project(project))
    assert [call.project for call in script.calls] == ["f1", "f2"]


def test_a_project_that_is_looked_up_later_is_the_own_one() -> None:
    """Without a setting it becomes known only when a request needs it."""
    script = Script(*[REJECTED] * 2, ACCEPTED)
    known: list[str] = []
    send = guard(script, own_project=lambda: known[0] if known else None)
    for project in ("f1", "f2"):
        with pytest.raises(AuthenticationFailed):
            send(of_project(project))

    known.append("own")
    send(of_project("own"))

    assert script.spent


def test_an_accepted_credential_is_tried_with_any_number_of_projects() -> None:
    """Each project is rejected separately, and the rejection lasts five minutes."""
    script = Script(ACCEPTED, *[REJECTED] * 5, ACCEPTED)
    send = guard(script)
    send(of_project("own"))

    for number in range(5):
        with pytest.raises(AuthenticationFailed):
            send(of_project(f"f{number}"))
    send(of_project("own"))
    assert script.spent


def test_a_rejection_counts_after_earlier_success() -> None:
    """A key can be locked or deleted at any time."""
    script = Script(ACCEPTED, REJECTED)
    send = guard(script)
    send(CALL)

    for _ in "12":
        with pytest.raises(AuthenticationFailed):
            send(CALL)
    assert len(script.calls) == 2


@pytest.mark.parametrize(
    ("line", "is_accepted"),
    [
        (ACCEPTED, True),
        (PermissionDenied("x", service="LTS"), True),
        (NotFound("x", service="LTS"), True),
        (AlreadyExists("x", service="LTS"), True),
        (Throttled("x", service="LTS"), False),
        (ServiceFailed("x", service="LTS"), False),
        (NotFound("x", service="IAM"), False),
    ],
)
def test_some_replies_show_that_the_credential_is_accepted(
    line: Line, *, is_accepted: bool
) -> None:
    """A refused request also does; until then, calls are sent one at a time."""
    first = Script(line)
    inner_is_free: list[bool] = []

    def send(call: Call) -> Reply:
        if not first.spent:
            return first(call)
        if call is CALL:
            inner_is_free.append(_passes(another))
        return ACCEPTED

    lockouts: Lockouts = Cache(Lockout)
    sent = guard(send, lockouts)
    times = iter([SECONDS, SECONDS])
    sent._remaining_seconds = lambda: next(times, -1.0)  # noqa: SLF001 # no more waiting
    another = Call("LTS", "Another", "GET", "/")

    def _passes(call: Call) -> bool:
        try:
            sent(call)
        except DeadlineExceeded:
            return False
        return True

    if isinstance(line, ProvisioningError):
        with pytest.raises(type(line)):
            sent(CALL)
    else:
        sent(CALL)
    sent(CALL)

    assert inner_is_free == [is_accepted]


def test_iams_rejection_does_not_lock_the_called_service() -> None:
    """The call was not sent; IAM has a lockout of its own."""
    script = Script(AuthenticationFailed("x", service="IAM"), ACCEPTED)
    send = guard(script)

    with pytest.raises(AuthenticationFailed):
        send(CALL)

    assert send(CALL) is ACCEPTED


def test_after_a_call_without_a_reply_the_next_one_is_sent() -> None:
    """The failed call no longer blocks the others."""
    script = Script(Unreachable("x", service="LTS"), ACCEPTED)
    send = guard(script)

    with pytest.raises(Unreachable):
        send(CALL)

    assert send(CALL) is ACCEPTED


@pytest.mark.parametrize(("line", "sent"), [(ACCEPTED, 4), (REJECTED, 1)])
def test_parallel_calls_wait_for_the_first_reply(line: Reply, sent: int) -> None:
    """After a rejection, the other calls are not sent."""
    held = HeldReply(line)
    send = guard(held)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(send, CALL)
        assert held.first_is_out.wait(SECONDS)
        others = [pool.submit(send, CALL) for _ in range(3)]
        assert held.script.calls == []
        held.release.set()
        rejected = [each for each in (first, *others) if each.exception()]

    assert len(held.script.calls) == sent
    assert len(rejected) == (0 if line is ACCEPTED else 4)


def test_a_call_waits_only_until_the_deadline() -> None:
    """It raises DeadlineExceeded with the service of the call."""

    def send(_call: Call) -> Reply:
        with pytest.raises(DeadlineExceeded, match="ListLogStream waited") as raised:
            sent(CALL)
        assert raised.value.service == "LTS"
        return ACCEPTED

    sent = guard(send)
    times = iter([SECONDS])
    sent._remaining_seconds = lambda: next(times, -1.0)  # noqa: SLF001 # no more waiting

    assert sent(CALL) is ACCEPTED


def test_a_rejection_applies_to_one_endpoint_and_credential() -> None:
    """Other endpoints and credentials are not affected."""
    lockouts: Lockouts = Cache(Lockout)
    with pytest.raises(AuthenticationFailed):
        guard(Script(REJECTED), lockouts)(CALL)
    accepting = Script(*[ACCEPTED] * 3)

    assert guard(accepting, lockouts)(ELSEWHERE) is ACCEPTED
    assert guard(accepting, lockouts, lts="https://lts.other.test")(CALL) is ACCEPTED
    assert guard(accepting, lockouts, credential="another")(CALL) is ACCEPTED
