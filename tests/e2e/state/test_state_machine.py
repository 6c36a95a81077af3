"""Whatever happens, in whatever order: nothing is made twice, and nothing is lost.

Random events reach two processes, alone and at once, in weather that turns bad at any
moment; processes are restarted, and events come again. Then the weather clears, and
each event comes once more.

In the suite this is brief, and the same each time. For more, say how many lives each
kind of world is to have; a hundred take half an hour in all:

    LIVES=100 python -m pytest tests/e2e/state
"""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.e2e.state.deliveries import Delivery, deliveries
from tests.e2e.state.faults import Fault, faults
from tests.e2e.state.kinds import OLD, YOUNG, Kind
from tests.e2e.state.world import AMPLE, PROCESSES, World

LIVES = int(os.environ.get("LIVES", "0"))
BRIEF = (1.05, 1.2, 1.6)

process_numbers = st.integers(0, PROCESSES - 1)
turns = st.sampled_from(["nothing", "nothing", "minute", "revoke", "restart"])
weathers = st.lists(faults(), max_size=4)


def lives(number: int, steps: int) -> settings:
    """Return settings for so many lives, or for as many as are asked for."""
    return settings(
        max_examples=LIVES or number,
        stateful_step_count=20 if LIVES else steps,
        derandomize=not LIVES,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # to shrink what depends on time takes too long
        suppress_health_check=list(HealthCheck),
    )


class Life(RuleBasedStateMachine):
    """Whatever may happen in a world of some kind."""

    kind: Kind
    world: World
    sound = False

    @initialize(
        credential=st.sampled_from(["key", "user", "token"]),
        page_size=st.sampled_from([None, 1]),
    )
    def the_world_begins(self, credential: str, page_size: int | None) -> None:
        """Make a world."""
        self.world = World(self.kind, credential, page_size)

    @rule(
        delivery=deliveries(),
        number=process_numbers,
        seconds=st.sampled_from([*BRIEF, AMPLE, AMPLE]),
        turn=turns,
        weather=weathers,
    )
    def an_event_comes(
        self,
        delivery: Delivery,
        number: int,
        seconds: float,
        turn: str,
        weather: list[Fault],
    ) -> None:
        """Send it, with little time or with plenty."""
        sent = self.world.remembered(delivery)
        self.world.turn(turn)
        self.world.let_fail(weather)
        self.world.send((sent, number), seconds=seconds)

    @precondition(lambda self: self.world.sent)
    @rule(
        place=st.integers(0, 99), number=process_numbers, turn=turns, weather=weathers
    )
    def an_event_comes_again(
        self, place: int, number: int, turn: str, weather: list[Fault]
    ) -> None:
        """Send it at any time after it came first, to any process."""
        sent = self.world.sent
        self.world.turn(turn)
        self.world.let_fail(weather)
        self.world.send((sent[place % len(sent)], number))

    @precondition(lambda self: self.kind.rivals)
    @rule(one=deliveries(), number=process_numbers, turn=turns, weather=weathers)
    def an_event_comes_twice_at_once(
        self, one: Delivery, number: int, turn: str, weather: list[Fault]
    ) -> None:
        """Send it to one process or to both."""
        self._send_both(one, one, number, turn, weather)

    @precondition(lambda self: self.kind.rivals)
    @rule(
        one=deliveries(),
        other=deliveries(),
        number=process_numbers,
        turn=turns,
        weather=weathers,
    )
    def two_events_come_at_once(
        self,
        one: Delivery,
        other: Delivery,
        number: int,
        turn: str,
        weather: list[Fault],
    ) -> None:
        """Send them likewise."""
        self._send_both(one, other, number, turn, weather)

    @invariant()
    def nothing_is_there_twice(self) -> None:
        """Check the books, at every moment."""
        self.sound = False
        self.world.ledger.check()
        self.sound = True

    def teardown(self) -> None:
        """Let the weather clear, and see every event done, once and for all."""
        try:
            if self.sound:
                self.sound = False
                self.world.clear_up()
                self.world.ledger.check()
                self.world.send_all_again()
                self.sound = True
        finally:
            if not self.sound:
                sys.stdout.write(self.world.history())
            self.world.end()

    def _send_both(
        self,
        one: Delivery,
        other: Delivery,
        number: int,
        turn: str,
        weather: list[Fault],
    ) -> None:
        both = [self.world.remembered(each) for each in (one, other)]
        self.world.turn(turn)
        self.world.let_fail(weather)
        self.world.send((both[0], 0), (both[1], number))


def life_of(world_kind: Kind) -> type[Life]:
    """Return lives in worlds of one kind."""

    class OfKind(Life):
        kind = world_kind

    return OfKind


@pytest.mark.parametrize("kind", OLD.values(), ids=OLD)
def test_nothing_is_made_twice_whatever_fails(kind: Kind) -> None:
    """Nor is anything lost: when the weather has cleared, all is there."""
    run_state_machine_as_test(life_of(kind), settings=lives(3, steps=6))


@pytest.mark.parametrize("kind", YOUNG.values(), ids=YOUNG)
def test_rivals_make_nothing_twice(kind: Kind) -> None:
    """Nor where they must wait to see what another makes."""
    run_state_machine_as_test(life_of(kind), settings=lives(2, steps=4))
