"""When a call is made again: all decisions on repeating, pausing and giving up.

What surely was not taken up is repeated after a pause. A create whose outcome is
unknown is repeated only after a look shows that it did not happen. Anything refused is
final. No pause outlasts the function's time.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from typing import Generic, TypeVar

from functions.errors import (
    AlreadyExists,
    Busy,
    DeadlineExceeded,
    NotTakenUp,
    ProvisioningError,
    Unsure,
)
from functions.huaweicloud.calls import Call, Reply, Send

T = TypeVar("T")
Seen = TypeVar("Seen")
Read = Callable[[Call, Reply], T]
"""Takes what was asked for out of a reply, or raises what the reply is."""

_DOUBLINGS = 32  # the cap is reached long before; a float is not overrun


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long: `attempts` in all, pauses and time left in seconds."""

    attempts: int
    base: float
    cap: float
    left: Callable[[], float]
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    dice: Callable[[float, float], float] = random.uniform

    def require_time(self, failure: ProvisioningError | None = None) -> None:
        """Let a call begin only while there is time for it.

        Raises: DeadlineExceeded, from the failure that came before.
        """
        if self.left() <= 0:
            raise _deadline(failure) from failure

    def rest(self, seconds: float, failure: ProvisioningError | None = None) -> None:
        """Sleep, if the function's time allows.

        Raises: DeadlineExceeded, from the failure that made the pause necessary.
        """
        if seconds >= self.left():
            raise _deadline(failure) from failure
        self.sleep(seconds)

    def pause(self, attempt: int, failure: ProvisioningError) -> None:
        """Rest after an attempt: as long as the cloud asks, else full jitter.

        Raises: the failure itself where the cloud asks for more time than there is;
        DeadlineExceeded where our own pause would not fit.
        """
        asked = failure.retry_after or 0.0
        if asked >= self.left() > 0:
            raise failure
        ceiling = min(self.cap, self.base * 2 ** min(attempt - 1, _DOUBLINGS))
        self.rest(max(asked, self.dice(0, ceiling)), failure)


@dataclass(frozen=True, slots=True)
class Created(Generic[T]):
    """What a create came to, and how sure that is.

    `answered`: the cloud's own answer names it; otherwise a look found it.
    `clean`: no attempt is left whose outcome is unknown.
    `sent_at`: when the last attempt began, in seconds of the patience's clock.
    """

    value: T
    answered: bool
    clean: bool
    sent_at: float


@dataclass(frozen=True, slots=True)
class Looking(Generic[T, Seen]):
    """How to see whether a create happened: gather, then decide."""

    gather: Callable[[], Seen]
    decide: Callable[[Seen], T | None]

    def __call__(self) -> T | None:
        """Return what is there, None where nothing is."""
        return self.decide(self.gather())

    def after(self, failure: ProvisioningError) -> T | None:
        """Look whether the create that failed so happened all the same.

        Raises: the create's failure, from the look's, where the look fails.
        """
        try:
            seen = self.gather()
        except ProvisioningError as blind:
            raise failure from blind
        return self.decide(seen)


def repeat(call: Call, read: Read[T], send: Send, patience: Patience) -> T:
    """Make a call that may be made any number of times, until it is answered.

    Raises: what the last attempt came to, DeadlineExceeded.
    """
    failure: ProvisioningError | None = None
    for attempt in count(1):
        patience.require_time(failure)
        try:
            return _once(call, read, send, attempt)
        except (NotTakenUp, Unsure) as error:
            spent = attempt >= patience.attempts or isinstance(error, Busy)
            if spent or _is_anothers(error, call):
                raise
            failure = error
        patience.pause(attempt, failure)
    raise AssertionError  # count() has no end


def create(
    call: Call, read: Read[T], send: Send, patience: Patience, look: Looking[T, Seen]
) -> Created[T]:
    """Make a call that must not happen twice.

    Raises: Busy, after a look if need be, since its patience is another
    (`while_busy`); what refuses the create; what the last attempt came to;
    DeadlineExceeded.
    """
    failure: ProvisioningError | None = None
    clean = True
    for attempt in count(1):
        patience.require_time(failure)
        sent_at = patience.clock()
        try:
            made = _once(call, read, send, attempt)
            return Created(made, answered=True, clean=clean, sent_at=sent_at)
        except (AlreadyExists, NotTakenUp, Unsure) as error:
            failure = error
        clean = clean and not isinstance(failure, Unsure)
        last = attempt >= patience.attempts or isinstance(failure, AlreadyExists | Busy)
        if _is_anothers(failure, call) or (last and clean):
            raise failure
        patience.pause(attempt, failure)
        if not clean and (found := look.after(failure)) is not None:
            return Created(found, answered=False, clean=False, sent_at=sent_at)
        if last:
            raise failure
    raise AssertionError  # count() has no end


def while_busy(step: Callable[[], T], patience: Patience) -> T:
    """Repeat a step for as long as time allows while its resource is being built.

    Raises: whatever else the step raises, DeadlineExceeded.
    """
    busy: Busy | None = None
    for attempt in count(1):
        try:
            return step()
        except Busy as error:
            busy = error
        except DeadlineExceeded as error:
            if busy is None or error.__cause__ is not None:
                raise
            raise _deadline(busy) from busy
        patience.pause(attempt, busy)
    raise AssertionError  # count() has no end


def _once(call: Call, read: Read[T], send: Send, attempt: int) -> T:
    numbered = replace(call, attempt=attempt)
    return read(numbered, send(numbered))


def _is_anothers(failure: ProvisioningError, call: Call) -> bool:
    """Whether another service failed before the call was even written.

    A token is asked for with attempts of its own; this call's have nothing to add.
    """
    return failure.service != call.service


def _deadline(failure: ProvisioningError | None) -> DeadlineExceeded:
    if failure is None:
        return DeadlineExceeded("The function's time ran out")
    return DeadlineExceeded(
        f"The function's time ran out: {failure.detail}",
        service=failure.service,
        upstream_status=failure.upstream_status,
        request_id=failure.request_id,
    )
