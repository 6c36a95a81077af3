"""When a call is repeated: all decisions on repeating, pausing and giving up.

A call that was certainly not processed is repeated after a pause. Throttled calls (429)
and calls on a busy resource are repeated as long as there is time. A create whose
outcome is unknown is repeated only after a lookup shows that it had no effect. A
refusal is final. No pause outlasts the function's time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Generic, TypeVar

from functions.errors import (
    AlreadyExists,
    Busy,
    DeadlineExceeded,
    MaybeProcessed,
    NotFound,
    NotProcessed,
    ProvisioningError,
    Throttled,
)
from functions.huaweicloud import replies
from functions.huaweicloud.rate_limiter import RateLimiter
from functions.huaweicloud.retry_policy import RetryPolicy, out_of_time
from functions.transport.calls import Call, Reply, Send

T = TypeVar("T")
Seen = TypeVar("Seen")
Read = Callable[[Call, Reply], T]
"""Returns the value in the reply to a call, or raises UnintelligibleReply."""


class Created(Generic[T]):
    """What a create created.

    `answered` is whether the cloud's reply named it; otherwise a lookup found it.
    `clean` is whether no attempt had an unknown outcome. `sent_at` is when the answered
    call was sent, by the policy's clock; minus infinity if none was answered.
    """

    def __init__(
        self, value: T, *, answered: bool, clean: bool, sent_at: float
    ) -> None:
        self.value = value
        self.answered = answered
        self.clean = clean
        self.sent_at = sent_at


class Lookup(Generic[T, Seen]):
    """Finds out whether a create had an effect: gather, then decide.

    `gather` lists what exists; `decide` returns the wanted resource in that list, None
    if it is not there.
    """

    def __init__(
        self, gather: Callable[[], Seen], decide: Callable[[Seen], T | None]
    ) -> None:
        self.gather = gather
        self.decide = decide

    def __call__(self) -> T | None:
        """Return the resource, None if it does not exist."""
        return self.decide(self.gather())

    def after(self, failure: ProvisioningError, policy: RetryPolicy) -> T | None:
        """Return the resource if a failed create had an effect nevertheless, or None.

        Raises: the create's failure, caused by the lookup's, if the lookup fails;
        DeadlineExceeded if it fails because the function's time is over.
        """
        try:
            seen = self.gather()
        except ProvisioningError as error:
            policy.require_time(failure)
            raise failure from error
        return self.decide(seen)


def repeat(call: Call, read: Read[T], send: Send, policy: RetryPolicy) -> T:
    """Make a call that may be made any number of times, until it succeeds.

    Raises: the error of the last attempt; DeadlineExceeded.
    """
    failure: ProvisioningError | None = None
    attempt = failures = 0
    while True:
        attempt += 1
        policy.require_time(failure)
        try:
            return _once(call._replace(attempt=attempt), read, send, policy)[0]
        except (NotProcessed, MaybeProcessed) as error:
            failure = error
        failures += not isinstance(failure, Throttled)
        is_last = failures >= policy.attempts or isinstance(failure, Busy)
        if is_last or _failed_in_another_service(failure, call):
            raise failure
        policy.pause(failures, failure)


def create(
    call: Call,
    read: Read[T],
    send: Send,
    policy: RetryPolicy,
    lookup: Lookup[T, Seen],
) -> Created[T]:
    """Make a call that must not take effect twice.

    Raises: Busy, which `while_busy` repeats; the error that refuses the create; the
    error of the last attempt; DeadlineExceeded.
    """
    failure: ProvisioningError | None = None
    clean = True
    attempt = failures = 0
    while True:
        attempt += 1
        policy.require_time(failure)
        try:
            made, sent_at = _once(call._replace(attempt=attempt), read, send, policy)
            return Created(made, answered=True, clean=clean, sent_at=sent_at)
        except (AlreadyExists, NotProcessed, MaybeProcessed) as error:
            failure = error
        clean = clean and not isinstance(failure, MaybeProcessed)
        failures += not isinstance(failure, Throttled)
        is_last = failures >= policy.attempts or isinstance(failure, _FINAL_FOR_CREATE)
        if _failed_in_another_service(failure, call) or (is_last and clean):
            raise failure
        policy.pause(failures, failure)
        if not clean and (found := lookup.after(failure, policy)) is not None:
            return Created(found, answered=False, clean=False, sent_at=-math.inf)
        if is_last:
            raise failure


_FINAL_FOR_CREATE = (AlreadyExists, Busy)


def while_busy(step: Callable[[], T], policy: RetryPolicy) -> T:
    """Repeat a step while its resource is busy, as long as time allows.

    Raises: any other error of the step; DeadlineExceeded, which repeats the facts of
    the last Busy unless the step has made progress since.
    """
    busy: Busy | None = None
    attempt = 0
    while True:
        attempt += 1
        try:
            return step()
        except Busy as error:
            busy = error
        except DeadlineExceeded as error:
            if busy is None or error.__cause__ is not None or error.logtank_id:
                raise
            raise out_of_time(busy) from busy
        policy.pause(attempt, busy)


def delete(call: Call, send: Send, policy: RetryPolicy) -> bool:
    """Delete a resource, and return whether this call did it.

    The call is repeated while the resource is busy. If the service says that it does
    not exist, an earlier attempt without a reply counts as having deleted it.

    Raises: the error of the last attempt; DeadlineExceeded.
    """
    may_be_deleted = False

    def send_and_note(call: Call) -> Reply:
        nonlocal may_be_deleted
        try:
            reply = send(call)
            replies.require_no_error(call, reply)
        except MaybeProcessed:
            may_be_deleted = True
            raise
        return reply

    try:
        while_busy(lambda: repeat(call, replies.ignore, send_and_note, policy), policy)
    except NotFound as error:
        if not error.is_from_service:
            raise
        return may_be_deleted
    return True


def _once(
    call: Call, read: Read[T], send: Send, policy: RetryPolicy
) -> tuple[T, float]:
    """Send a call once; return the value in its reply, and when it was sent."""
    limiter = policy.limiter
    sent_at = limiter.acquire(
        call, policy.remaining_seconds, policy.sleep_within_deadline
    )
    try:
        reply = send(call)
    except ProvisioningError as error:
        if not _failed_in_another_service(error, call):
            _count(error, call, limiter, sent_at)
        raise
    limiter.accept(call)
    return read(call, reply), sent_at


def _count(
    error: ProvisioningError, call: Call, limiter: RateLimiter, sent_at: float
) -> None:
    """Report to the limiter whether a failed call was throttled."""
    if isinstance(error, Throttled):
        limiter.reject(call, error, sent_at)
    elif error.upstream_status:
        limiter.accept(call)


def _failed_in_another_service(failure: ProvisioningError, call: Call) -> bool:
    """Whether another service failed, before this call was sent.

    IAM is called for a token first, and that call has been repeated already.
    """
    return failure.service != call.service
