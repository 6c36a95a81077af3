"""One random schedule: an account, events, troubles, and what must hold at its end."""

from __future__ import annotations

import random
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

from tests.e2e.state.account import answers, events, model, rules
from tests.e2e.state.account.events import LISTENERS, Event
from tests.e2e.state.account.processes import (
    Invocation,
    Port,
    Process,
    Step,
    Troubles,
)
from tests.e2e.state.account.scheduler import Clock, Scheduler
from tests.e2e.state.account.snapshots import Snapshot, target
from tests.e2e.state.account.surroundings import Surroundings
from tests.emulator import Emulator

_PROCESSES = 3
_ENVIRONMENT_CHANGE = 0.03
_LATE_ARRIVAL = 0.1
_SECONDS = (60.0, 60.0, 60.0, 6.0, 2.5)
_LONG_SECONDS = 900.0
_A_WHILE = 120.0
_MINUTES = 70.0
"""After which a log stream counts as old."""
_SAME = 0.35
"""How often events at once are one event, delivered several times."""
_PARALLEL = 4

SetVariable = Callable[[str, str], None]


class Violation(AssertionError):
    """Something that must hold did not; the text names the schedule's seed."""


class Kind(NamedTuple):
    """What the cloud is like, and how much goes wrong."""

    options: dict[str, Any]
    troubles: Troubles
    quota: int
    is_calm: bool

    @classmethod
    def random(cls, rng: random.Random) -> Kind:
        """Return a kind of schedule; a third of them is calm."""
        is_calm = rng.random() < 0.3
        rate = rng.choice([0.03, 0.1, 0.25])
        troubles = Troubles(rate, rng.choice([0, 0.03]), rng.choice([0, 0.02, 0.05]))
        quota = rng.choice([4, 100, 100])
        options: dict[str, Any] = {
            "second_logtank": rng.choice(["refuse", "allow"]),
            "list_page_size": rng.choice([None, 1, 2]),
            "pending_seconds": rng.choice([0, 0, 2.0]),
            "deleting_seconds": rng.choice([0, 0, 2.0]),
            "inherited_ttl": rng.choice(["days", "-1"]),
            "stream_quota": quota,
        }
        if rng.random() < 0.2:
            options["rate_limits"] = {"*": rng.choice([5, 20])}
        return cls(options, Troubles() if is_calm else troubles, quota, is_calm)


class Schedule:
    """A schedule and its account; the seed decides everything."""

    def __init__(self, seed: int, set_variable: SetVariable) -> None:
        self.seed = seed
        self.rng = rng = random.Random(seed)  # noqa: S311 - it must be repeatable
        random.seed(seed)  # the jitter of retries, and the emulator's IDs
        self.kind = Kind.random(rng)
        self.clock = Clock()
        self.cloud = Emulator(
            clock=self.clock,
            on_call=self._take_note,
            own_date=True,
            signatures=False,
            **self.kind.options,
        )
        self.scheduler = Scheduler(self.clock, rng)
        self.port = Port(self.cloud, self.scheduler, self._watch)
        self.surroundings = Surroundings(self.cloud, self.clock, rng)
        self.processes = [Process(self.port) for _ in range(_PROCESSES)]
        self.history: list[str] = []
        self.counts: Counter[str] = Counter()
        self._set_variable = set_variable
        self._states: list[Snapshot] = []
        self._broken: list[str] = []
        self._sent: list[Event] = []
        self._keys = 0

    def run(self) -> Counter[str]:
        """Run the schedule, and return its figures.

        Raises: Violation.
        """
        try:
            with ExitStack() as stack:
                stack.enter_context(self.cloud)
                self._configure()
                self.surroundings.begin()
                self.wishes = events.wishes(self.rng, self.cloud.log_group_id)
                for _ in range(self.rng.randint(3, 8)):
                    self._act()
                self._end()
        except Exception as error:
            raise Violation(self._story(error)) from error
        return self.counts + self.port.counts

    def _configure(self) -> None:
        variables = {
            **self.cloud.environment(),
            "RETRY_ATTEMPTS": "3",
            "HTTP_TIMEOUT_SECONDS": "0.5",
            "LOG_LEVEL": "ERROR",
            "LOG_STREAMS_PER_GROUP": str(self.kind.quota),
        }
        for name, value in variables.items():
            self._set_variable(name, value)

    def _story(self, error: BaseException) -> str:
        place = traceback.extract_tb(error.__traceback__)[-1]
        what = f"seed {self.seed}: {error!r} at {place.name}: {place.line}"
        lines = [what, repr(self.kind), *self.history]
        return "\n".join(lines)

    def _act(self) -> None:
        """Send events to several processes at once, or let something else happen."""
        if self.rng.random() < 0.25:
            self._change_surroundings()
        if self.rng.random() < 0.15:
            self.rng.choice(self.processes).restart()
        if self.rng.random() < 0.3:
            self.clock.advance(_MINUTES)
        number = self.rng.choice([1, 1, 2, 3])
        listeners = self.rng.sample(LISTENERS, self.rng.choice([1, 2, len(LISTENERS)]))
        self.port.troubles = self.kind.troubles
        sent = [self._event(listeners) for _ in range(number)]
        is_delivered_twice = self.rng.random() < _SAME
        self._send(sent[:1] * number if is_delivered_twice else sent)

    def _change_surroundings(self) -> None:
        self.counts["other changes"] += 1
        self.history.append(f"  {self.surroundings.change()}")

    def _event(self, listeners: list[str]) -> Event:
        if self._sent and self.rng.random() < 0.25:
            self.counts["redeliveries"] += 1
            return self.rng.choice(self._sent)
        scope = events.Scope(self.wishes, Snapshot.of(self.cloud), listeners)
        event = events.event(scope, self.rng)
        self._sent.append(event)
        return event

    def _send(
        self, sent: list[Event], seconds: float | None = None
    ) -> list[Invocation]:
        """Deliver events at once, each to a process, and check what came of them."""
        started = [self._invocation(each, seconds) for each in sent]
        self._states = [Snapshot.of(self.cloud)]
        works = {}
        for process, each in zip(self.processes, started, strict=False):
            process.begin(each)
            works[each.key] = process.work
        parallel = {each.key for each in started if each.concurrency > 1}
        self.scheduler.run(works, parallel, self._between)
        self._states.append(Snapshot.of(self.cloud))
        for each in started:
            ending = each.error or ("killed" if each.is_killed else each.answer)
            self.history.append(f"{each.key} ended: {ending!r}")
        if self._broken:
            raise AssertionError(self._broken)
        for each in started:
            answers.check(each, self._states, self.kind.quota)
        self._check_duplicates(started)
        return started

    def _invocation(self, event: Event, seconds: float | None) -> Invocation:
        self._keys += 1
        self.counts["events"] += 1
        concurrency = _PARALLEL if self.rng.random() < 0.2 else 1
        limit = seconds or self.rng.choice(_SECONDS)
        self.history.append(f"{self._keys} {event.entry} {event.payload} ({limit} s)")
        return Invocation(self._keys, event, limit, concurrency)

    def _between(self) -> None:
        """Let something happen between two steps."""
        if not self.kind.is_calm and self.rng.random() < _ENVIRONMENT_CHANGE:
            self._change_surroundings()
        if self.rng.random() < _LATE_ARRIVAL:
            self.port.arrive_late()
        self._states.append(Snapshot.of(self.cloud))

    def _take_note(self, call: object) -> None:
        self.port.take_note(call)

    def _watch(self, invocation: Invocation, step: Step) -> None:
        self.counts["steps"] += 1
        failed = step.outcome if isinstance(step.outcome, Exception) else ""
        self.history.append(
            f"  {invocation.key} {self.clock() % 1000:.2f} {step.call} {failed!r}"
            f"{' arrived late' if step.is_late else ''}"
        )
        self._states += [step.before, step.after]
        self._broken += rules.violations(invocation, step)

    def _check_duplicates(self, started: list[Invocation]) -> None:
        """Check that callers at once have made no two logtanks where one is wanted."""
        sure = [each for each in started if each.is_certain and not each.error]
        alive = self._states[-1].alive().values()
        new = [each for each in alive if any(rules.is_own(each, one) for one in sure)]
        counts = Counter(map(target, new))
        assert all(each == 1 for each in counts.values()), f"two logtanks: {counts}"

    def _end(self) -> None:
        """Stop all troubles, reconcile, and check that nothing is left to do."""
        self.port.troubles = Troubles()
        while self.port.late:
            self.port.arrive_late()
        self._set_variable("HTTP_TIMEOUT_SECONDS", "10")
        self.kind = self.kind._replace(is_calm=True)
        self.clock.advance(_A_WHILE)
        for each in self.processes:
            each.restart()
        first = self._reconcile(apply=False)
        seen = self._states[0]
        applied = self._reconcile(apply=True)
        assert applied.changes == first.changes, "plan and application differ"
        assert applied.skipped == first.skipped
        self.clock.advance(_A_WHILE)
        self._check_shipping(applied, seen)
        calls = self.counts["changing calls"]
        again = self._reconcile(apply=True)
        assert not again.changes, f"a second run has something to do: {again.changes}"
        assert self.counts["changing calls"] == calls
        self._send([Event("status", {}, ({},))], _LONG_SECONDS)

    def _reconcile(self, *, apply: bool) -> model.Expected:
        """Reconcile the whole account, and return what that came to."""
        request = self.wishes.for_reconcile(apply=apply)
        (done,) = self._send([Event("reconcile", request, (request,))], _LONG_SECONDS)
        self.counts["changing calls"] += sum(e.call.is_change for e in done.steps)
        if done.error and not done.error.plan:
            raise done.error
        result = answers.reconciled(done)
        failed = [each for each in result["changes"] if "error" in each]
        assert not failed, failed
        expected = model.expected(request, self._states[0], self.kind.quota)
        answers.require_expected(result, expected)
        return model.actual(result)

    def _check_shipping(self, applied: model.Expected, before: Snapshot) -> None:
        """Check that each usable listener ships once, or was skipped."""
        seen = Snapshot.of(self.cloud)
        for listener in seen.listeners:
            if not seen.is_usable(listener) or listener in applied.skipped:
                continue
            (logtank,) = seen.alive_of(listener)
            stream = seen.streams[logtank["log_stream_id"]]
            name = str(self.wishes.fields["log_stream_name"])
            assert stream["log_stream_name"] == name.replace("{resource_id}", listener)
        assert before.streams.keys() <= seen.streams.keys()
