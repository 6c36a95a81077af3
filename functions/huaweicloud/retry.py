"""When a call is made again: all decisions on repeating, pausing and giving up.

What surely was not taken up is repeated after a pause. A create whose outcome is
unknown is repeated only after a look shows that it did not happen. Anything refused is
final. No pause outlasts the function's time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from functions.errors import (
    AlreadyExists,
    Busy,
    DeadlineExceeded,
    MaybeProcessed,
    NotProcessed,
    ProvisioningError,
)
from functions.huaweicloud.retry_policy import RetryPolicy, out_of_time
from functions.transport.calls import Call, Reply, Send

T = TypeVar("T")
Seen = TypeVar("Seen")
Read = Callable[[Call, Reply], T]
"""Takes what was asked for out of a reply, or raises what the reply is."""


class Created(Generic[T]):
    """What a create came to, and how sure that is.

    `answered`: the cloud's own answer names it; otherwise a look found it.
    `clean`: no attempt is left whose outcome is unknown.
    `sent_at`: when the last attempt began, in seconds of the patience's clock.
    """

    def __init__(
        self, value: T, *, answered: bool, clean: bool, sent_at: float
    ) -> None:
        """Know all this."""
        self.value = value
        self.answered = answered
        self.clean = clean
        self.sent_at = sent_at


class Looking(Generic[T, Seen]):
    """How to see whether a create happened: gather, then decide."""

    def __init__(
        self, gather: Callable[[], Seen], decide: Callable[[Seen], T | None]
    ) -> None:
        """Take what makes the calls, and what judges by their answers."""
        self.gather = gather
        self.decide = decide

    def __call__(self) -> T | None:
        """Return what is there, None where nothing is."""
        return self.decide(self.gather())

    def after(self, failure: ProvisioningError, retry_policy: RetryPolicy) -> T | None:
        """Look whether the create that failed so happened all the same.

        Raises: the create's failure, from the look's, where the look fails;
        DeadlineExceeded where it was the function's time that failed.
        """
        try:
            seen = self.gather()
        except ProvisioningError as blind:
            retry_policy.require_time(failure)
            raise failure from blind
        return self.decide(seen)


def repeat(call: Call, read: Read[T], send: Send, retry_policy: RetryPolicy) -> T:
    """Make a call that may be made any number of times, until it is answered.

    Raises: what the last attempt came to, DeadlineExceeded.
    """
    failure: ProvisioningError | None = None
    attempt = 0
    while True:
        attempt += 1
        retry_policy.require_time(failure)
        try:
            return _once(call, read, send, attempt)
        except (NotProcessed, MaybeProcessed) as error:
            spent = attempt >= retry_policy.attempts or isinstance(error, Busy)
            if spent or _failed_in_another_service(error, call):
                raise
            failure = error
        retry_policy.pause(attempt, failure)


def create(
    call: Call,
    read: Read[T],
    send: Send,
    retry_policy: RetryPolicy,
    look: Looking[T, Seen],
) -> Created[T]:
    """Make a call that must not happen twice.

    Raises: Busy, after a look if need be, since its patience is another
    (`while_busy`); what refuses the create; what the last attempt came to;
    DeadlineExceeded.
    """
    failure: ProvisioningError | None = None
    clean = True
    attempt = 0
    while True:
        attempt += 1
        retry_policy.require_time(failure)
        sent_at = retry_policy.clock()
        try:
            made = _once(call, read, send, attempt)
            return Created(made, answered=True, clean=clean, sent_at=sent_at)
        except (AlreadyExists, NotProcessed, MaybeProcessed) as error:
            failure = error
        clean = clean and not isinstance(failure, MaybeProcessed)
        last = attempt >= retry_policy.attempts or isinstance(
            failure, AlreadyExists | Busy
        )
        if _failed_in_another_service(failure, call) or (last and clean):
            raise failure
        retry_policy.pause(attempt, failure)
        if not clean and (found := look.after(failure, retry_policy)) is not None:
            return Created(found, answered=False, clean=False, sent_at=sent_at)
        if last:
            raise failure


def while_busy(step: Callable[[], T], retry_policy: RetryPolicy) -> T:
    """Repeat a step for as long as time allows while its resource is being built.

    Raises: whatever else the step raises; DeadlineExceeded, from the wait unless the
    step has come further since.
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
        retry_policy.pause(attempt, busy)


def _once(call: Call, read: Read[T], send: Send, attempt: int) -> T:
    numbered = call._replace(attempt=attempt)
    return read(numbered, send(numbered))


def _failed_in_another_service(failure: ProvisioningError, call: Call) -> bool:
    """Whether another service failed before the call was even written.

    A token is asked for with attempts of its own; this call's have nothing to add.
    """
    return failure.service != call.service
