"""Processes that run the functions, and the port that all their calls go through."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from functions import invocation
from functions.errors import OutcomeUnknown, ProvisioningError
from functions.huaweicloud.client import Client
from functions.huaweicloud.retry_policy import RetryPolicy
from functions.invocation.warm_state import WarmState
from functions.settings import Settings
from functions.transport.calls import Call, Reply, Send
from tests.e2e.state.account.events import Event
from tests.e2e.state.account.faults import fault
from tests.e2e.state.account.scheduler import Scheduler
from tests.e2e.state.account.snapshots import Snapshot
from tests.emulator import Emulator

_LATENCIES = (0.005, 0.005, 0.02, 0.1, 0.4)


class Troubles(NamedTuple):
    """How often something goes wrong with a call: fractions of all calls."""

    fault: float = 0.0
    late: float = 0.0
    kill: float = 0.0


@dataclass(frozen=True, eq=False)
class Step:
    """One call: what it was, how it ended, and the account before and after it.

    `is_late` is whether it arrived after its sender had given up, `thread` is that of
    the invocation's that sent it.
    """

    call: Call
    outcome: Reply | ProvisioningError
    before: Snapshot
    after: Snapshot
    is_late: bool = False
    thread: int = field(default_factory=threading.get_ident)


Watch = Callable[["Invocation", Step], None]


@dataclass(eq=False)
class Invocation:
    """One event that a process works on, and how it ended.

    `is_certain` is whether the cloud answered all of its calls genuinely.
    """

    key: int
    event: Event
    seconds: float
    concurrency: int
    steps: list[Step] = field(default_factory=list)
    answer: Any = None
    error: ProvisioningError | None = None
    is_killed: bool = False
    is_certain: bool = True
    has_changed: bool = False
    defect: BaseException | None = None


class Port:
    """Sends calls one at a time, with faults, and reports each step."""

    def __init__(self, cloud: Emulator, scheduler: Scheduler, watch: Watch) -> None:
        self.cloud, self.scheduler, self._watch = cloud, scheduler, watch
        self.troubles = Troubles()
        self.counts: Counter[str] = Counter()
        self.late: list[Callable[[], None]] = []
        self._processed = 0

    @property
    def _rng(self) -> random.Random:
        return self.scheduler.rng

    def take_note(self, _call: object) -> None:
        """Take note that the cloud has processed a call, even if nobody waits."""
        self._processed += 1

    def send(self, invocation: Invocation, inner: Send, call: Call) -> Reply:
        """Send a call when it is its turn.

        Raises: what `inner` raises; Killed; OutcomeUnknown if the call arrives later.
        """
        outcome: Reply | ProvisioningError
        with self.scheduler.step(invocation.key, f"{call}{call.query}{call.body}"):
            self._die("before", invocation)
            if call.is_change and self._happens(self.troubles.late):
                outcome = self._delay(invocation, inner, call)
            else:
                outcome = self._exchange(invocation, inner, call)
            self.scheduler.clock.advance(self._rng.choice(_LATENCIES))
            self._die("after", invocation)
        if isinstance(outcome, ProvisioningError):
            raise outcome
        return outcome

    def arrive_late(self) -> None:
        """Let a call arrive now that was sent long ago."""
        if self.late:
            self.late.pop(self._rng.randrange(len(self.late)))()

    def _exchange(
        self, invocation: Invocation, inner: Send, call: Call
    ) -> Reply | ProvisioningError:
        before = Snapshot.of(self.cloud)
        if self._happens(self.troubles.fault):
            self.counts["faults"] += 1
            invocation.is_certain = False
            self.cloud.fail(fault(call.operation, call.method, self._rng))
        outcome = _outcome(inner, call)
        self._settle()
        after = Snapshot.of(self.cloud)
        self.counts["calls"] += 1
        self._report(invocation, Step(call, outcome, before, after))
        return outcome

    def _settle(self) -> None:
        """Wait until the cloud has processed all calls, those given up on included."""
        self.cloud.settle()
        while self._processed < len(self.cloud.calls):
            time.sleep(0.001)

    def _report(self, invocation: Invocation, step: Step) -> None:
        invocation.has_changed |= step.before != step.after
        invocation.steps.append(step)
        self._watch(invocation, step)

    def _delay(self, invocation: Invocation, inner: Send, call: Call) -> OutcomeUnknown:
        self.counts["late calls"] += 1
        invocation.is_certain = False
        lost = OutcomeUnknown("the reply is late", service=call.service)
        now = Snapshot.of(self.cloud)
        self._report(invocation, Step(call, lost, now, now))

        def arrive() -> None:
            before = Snapshot.of(self.cloud)
            _outcome(inner, call)
            self._settle()
            after = Snapshot.of(self.cloud)
            self._watch(invocation, Step(call, lost, before, after, is_late=True))

        self.late.append(arrive)
        return lost

    def _die(self, when: str, invocation: Invocation) -> None:
        if self._happens(self.troubles.kill / 2):
            self.counts[f"kills {when} a call"] += 1
            invocation.is_killed, invocation.is_certain = True, False
            raise self.scheduler.kill(invocation.key)

    def _happens(self, probability: float) -> bool:
        return self._rng.random() < probability


def _outcome(send: Send, call: Call) -> Reply | ProvisioningError:
    try:
        return send(call)
    except ProvisioningError as error:
        return error


class _Client(Client):
    """A client whose calls go through a port."""

    def __init__(self, process: Process) -> None:
        super().__init__(process.port.scheduler.clock)
        self._process = process

    def connect(
        self,
        settings: Settings,
        policy: RetryPolicy,
        log: Callable[..., None],
        record_duration: Callable[[float], None],
    ) -> Send:
        inner = super().connect(settings, policy, log, record_duration)
        return partial(self._process.port.send, self._process.current, inner)


class _State(WarmState):
    """The warm state of a process whose time is simulated."""

    def __init__(self, process: Process) -> None:
        scheduler = process.port.scheduler
        super().__init__(scheduler.clock, process.sleep)
        self._ported = _Client(process)

    def client(self) -> Client:
        return self._ported


class Process:
    """A process of the platform, which works on one event at a time."""

    def __init__(self, port: Port) -> None:
        self.port = port
        self.restart()

    def restart(self) -> None:
        """Replace the process with a new one."""
        self._state = _State(self)

    def sleep(self, seconds: float) -> None:
        """Let simulated time pass."""
        self.port.scheduler.sleep(self.current.key, seconds)

    def begin(self, invocation: Invocation) -> None:
        """Take an event; `work` works on it."""
        self.current = invocation

    def work(self) -> None:
        """Work on the event, and keep how that ended."""
        now = self.current
        context = _Context(now)
        try:
            now.answer = invocation.run(
                now.event.entry, now.event.payload, context, self._state
            )
        except ProvisioningError as error:
            now.error = error
        except Exception as error:  # noqa: BLE001 - it is raised when the threads ended
            now.defect = error
        finally:
            if now.is_killed:
                self.restart()


class _Context:
    """What FunctionGraph passes with an event."""

    def __init__(self, invocation: Invocation) -> None:
        self._seconds = invocation.seconds
        self._settings: Mapping[str, str] = {
            "MAX_CONCURRENCY": str(invocation.concurrency)
        }

    def getRemainingTimeInMilliSeconds(self) -> int:  # noqa: N802 - the platform's name
        """Return the remaining time."""
        return round(1000 * self._seconds)

    def getUserData(self, key: str) -> str | None:  # noqa: N802 - the platform's name
        """Return a setting."""
        return self._settings.get(key)
