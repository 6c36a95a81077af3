"""Decides which of several invocations takes the next step, and moves the clock."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

START = 1_800_000_000.25
"""When the simulated time begins, in seconds since 1970."""
_GRACE_SECONDS = 0.003
_STALLED_SECONDS = 30.0
_EARLY = 0.15
"""How often a pause ends although another invocation could take a step."""


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        """Return the simulated time, in seconds since 1970."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Let some time pass."""
        self.now += seconds


class Killed(BaseException):
    """The process has died; nothing in it may handle this."""


@dataclass(eq=False)
class _Ticket:
    key: int
    due_at: float
    label: str
    is_granted: bool = False


class Scheduler:
    """Runs invocations in threads, of which one at a time takes a step."""

    def __init__(self, clock: Clock, rng: random.Random) -> None:
        self.clock = clock
        self.rng = rng
        self._condition = threading.Condition()
        self._waiting: list[_Ticket] = []
        self._live: set[int] = set()
        self._parallel: set[int] = set()
        self._taking_steps = 0
        self._killed: set[int] = set()

    def kill(self, key: int) -> Killed:
        """Return what ends an invocation; its other threads end at their next step."""
        self._killed.add(key)
        return Killed()

    def sleep(self, key: int, seconds: float) -> None:
        """Wait until the simulated time has passed."""
        self._wait(key, self.clock() + seconds, "", is_call=False)

    @contextmanager
    def step(self, key: int, label: str = "") -> Iterator[None]:
        """Wait for this invocation's turn; no other one takes a step inside.

        The label tells the threads of an invocation apart, whoever of them comes first.

        Raises: Killed.
        """
        self._wait(key, self.clock(), label, is_call=True)
        try:
            yield
        finally:
            with self._condition:
                self._taking_steps -= 1
                self._condition.notify_all()

    def run(
        self,
        works: Mapping[int, Callable[[], None]],
        parallel: set[int],
        between: Callable[[], None],
    ) -> None:
        """Run invocations to their ends; `between` is called before each step.

        Those in `parallel` have several threads of their own.
        """
        self._live, self._parallel = set(works), parallel
        threads = [
            threading.Thread(target=self._run, args=each, daemon=True)
            for each in works.items()
        ]
        for each in threads:
            each.start()
        while self._settled():
            between()
            self._grant()
        for each in threads:
            each.join()

    def _run(self, key: int, work: Callable[[], None]) -> None:
        try:
            with self.step(key):
                pass
            work()
        except Killed:
            pass
        finally:
            with self._condition:
                self._live.discard(key)
                self._condition.notify_all()

    def _wait(self, key: int, due_at: float, label: str, *, is_call: bool) -> None:
        ticket = _Ticket(key, due_at, label)
        with self._condition:
            self._waiting.append(ticket)
            self._condition.notify_all()
            self._condition.wait_for(lambda: ticket.is_granted)
            self._waiting.remove(ticket)
            is_killed = key in self._killed
            if is_killed or not is_call:
                self._taking_steps -= 1
            if is_killed:
                raise Killed

    def _settled(self) -> bool:
        """Wait until every invocation waits for a step; False once all have ended."""
        with self._condition:
            if not self._condition.wait_for(self._is_settled, _STALLED_SECONDS):
                raise TimeoutError("an invocation neither ends nor takes a step")
            while self._live & self._parallel:
                if not self._condition.wait(_GRACE_SECONDS):
                    break
            return bool(self._live)

    def _is_settled(self) -> bool:
        waiting = {each.key for each in self._waiting if not each.is_granted}
        return not self._taking_steps and self._live <= waiting

    def _grant(self) -> None:
        with self._condition:
            tickets = [each for each in self._waiting if not each.is_granted]
            if tickets:
                self._chosen(tickets).is_granted = True
                self._taking_steps += 1
                self._condition.notify_all()

    def _chosen(self, tickets: list[_Ticket]) -> _Ticket:
        """Return who is next, and move the clock if nobody is due, or now and then."""
        tickets = sorted(tickets, key=_order)
        later = [each.due_at for each in tickets if each.due_at > self.clock()]
        is_early = later and self.rng.random() < _EARLY
        if later and (is_early or len(later) == len(tickets)):
            self.clock.now = min(later)
        due = [each for each in tickets if each.due_at <= self.clock()]
        return self.rng.choice(due)


def _order(ticket: _Ticket) -> tuple[int, float, str]:
    return ticket.key, ticket.due_at, ticket.label
