"""Call handling: record the call, apply faults, and run the operation."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from email.utils import formatdate

from tests.emulator import call_record
from tests.emulator.account_state import State
from tests.emulator.fault_replies import documented, faulty_reply
from tests.emulator.faults import Fault, FaultSchedule
from tests.emulator.http_messages import Document, Reply, Request
from tests.emulator.http_server import PlannedReply
from tests.emulator.operations import Operation, find, perform


@dataclass
class CallHandler:
    """The current state, the pending faults and the recorded calls.

    ``on_call`` is called with every call just before its reply is sent; ``stop``
    interrupts all waits.
    """

    state: State
    on_call: Callable[[Document], None] | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    faults: FaultSchedule = field(default_factory=FaultSchedule)
    calls: list[Document] = field(default_factory=list)
    late_calls: list[threading.Thread] = field(default_factory=list)

    def settle(self) -> None:
        """Drop the pending faults, and wait for operations that run late."""
        self.faults.clear()
        for late_call in list(self.late_calls):
            late_call.join()

    def reset(self, state: State) -> None:
        """Start from a new state; calls in progress finish in the old one."""
        self.faults.clear()
        self.calls = []
        self.state = state

    def handle(self, request: Request) -> PlannedReply:
        """Return the reply to a request, and how it is to be corrupted when sent.

        Faults do not apply to calls that exceed a rate limit.
        """
        operation, params = find(request.method, request.path)
        request = replace(request, params=params)
        call = call_record.new_call(operation, request)
        self.calls.append(call)
        state, service = self.state, operation.service if operation else None
        is_admitted = state.rate_limits.admit(service)
        fault = self.faults.take(operation) if is_admitted else None
        self.stop.wait(state.options.latency_seconds)
        if not is_admitted:
            reply = documented(operation, 429, request.request_id)
            return self._finish(call, (reply, None, 0))
        if fault is None:
            reply = _with_own_date(perform(state, operation, request), state)
            return self._finish(call, (reply, None, 0))
        planned = self._apply_fault(fault, state, operation, request)
        return self._finish(call, planned)

    def _apply_fault(
        self,
        fault: Fault,
        state: State,
        operation: Operation | None,
        request: Request,
    ) -> PlannedReply:
        """Wait, run the operation now, later or not at all, and replace the reply."""
        self.stop.wait(fault.delay)
        if not fault.replaces_reply:
            return perform(state, operation, request), None, 0
        actual: Reply | None = None
        if fault.land_after is not None:
            self._perform_later(fault.land_after, state, operation, request)
        elif fault.work:
            actual = perform(state, operation, request)
        reply = faulty_reply(fault, operation, actual, request.request_id)
        return reply, fault.connection, fault.interval

    def _perform_later(
        self,
        seconds: float,
        state: State,
        operation: Operation | None,
        request: Request,
    ) -> None:
        """Run the operation later, in the background, unless the emulator stops."""

        def late() -> None:
            if not self.stop.wait(seconds):
                perform(state, operation, request)

        late_call = threading.Thread(target=late, daemon=True)
        late_call.start()
        self.late_calls.append(late_call)

    def _finish(self, call: Document, planned: PlannedReply) -> PlannedReply:
        reply, corrupter, _ = planned
        if corrupter not in call_record.WITHOUT_STATUS:
            call_record.complete(call, reply)
        if self.on_call is not None:
            self.on_call(dict(call))
        return planned


def _with_own_date(reply: Reply, state: State) -> Reply:
    """Return the reply, with a Date from the emulator's clock if configured."""
    if not state.options.own_date:
        return reply
    date = formatdate(state.clock(), usegmt=True)
    return replace(reply, headers={**reply.headers, "Date": date})
