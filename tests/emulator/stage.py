"""What one call meets: it is written down, a fault may strike, the work is done."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate

from tests.emulator import record
from tests.emulator.exchange import Answer, Document, Request
from tests.emulator.faults import Fault, FaultBook
from tests.emulator.operations import Operation, find, perform
from tests.emulator.replies import spoilt
from tests.emulator.wire import Outcome
from tests.emulator.world import World


@dataclass
class Stage:
    """The world of the moment, the faults to come, the calls so far.

    ``on_call`` is told of every call just before it is answered; ``stop`` ends every
    wait.
    """

    world: World
    on_call: Callable[[Document], None] | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    faults: FaultBook = field(default_factory=FaultBook)
    calls: list[Document] = field(default_factory=list)
    landings: list[threading.Thread] = field(default_factory=list)

    def settle(self) -> None:
        """Forget the faults to come, and wait until what lands late has landed."""
        self.faults.clear()
        for landing in list(self.landings):
            landing.join()

    def renew(self, world: World) -> None:
        """Begin anew; calls under way end in the world in which they began."""
        self.faults.clear()
        self.calls = []
        self.world = world

    def play(self, request: Request) -> Outcome:
        """Return the answer to a request, and how the wire is to spoil it."""
        operation, params = find(request.method, request.path)
        request = replace(request, params=params)
        call = record.new_call(operation, request)
        self.calls.append(call)
        fault, world = self.faults.take(operation), self.world
        self.stop.wait(world.options.latency_seconds)
        if fault is None:
            answer = _dated(perform(world, operation, request), world)
            return self._done(call, (answer, None, 0))
        outcome = self._strike(fault, world, operation, request)
        return self._done(call, outcome)

    def _strike(
        self, fault: Fault, world: World, operation: Operation | None, request: Request
    ) -> Outcome:
        """Wait, do the work now, later or not at all, and spoil the answer."""
        self.stop.wait(fault.delay)
        if not fault.spoils:
            return perform(world, operation, request), None, 0
        worked: Answer | None = None
        if fault.land_after is not None:
            self._land(fault.land_after, world, operation, request)
        elif fault.work:
            worked = perform(world, operation, request)
        answer = spoilt(fault, operation, worked, request.request_id)
        return answer, fault.connection, fault.interval

    def _land(
        self,
        seconds: float,
        world: World,
        operation: Operation | None,
        request: Request,
    ) -> None:
        """Do the work later, in the background, unless the emulator stops before."""

        def late() -> None:
            if not self.stop.wait(seconds):
                perform(world, operation, request)

        landing = threading.Thread(target=late, daemon=True)
        landing.start()
        self.landings.append(landing)

    def _done(self, call: Document, outcome: Outcome) -> Outcome:
        answer, spoiler, _ = outcome
        if spoiler not in record.WORDLESS:
            record.complete(call, answer)
        if self.on_call is not None:
            self.on_call(dict(call))
        return outcome


def _dated(answer: Answer, world: World) -> Answer:
    """Return the answer with a Date by the world's clock, where that is wanted."""
    if not world.options.own_date:
        return answer
    date = formatdate(world.clock(), usegmt=True)
    return replace(answer, headers={**answer.headers, "Date": date})
