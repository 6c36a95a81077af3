"""Under any sequence of events and faults, no resource is duplicated or lost.

Random events reach two processes, sequentially and concurrently, while faults occur at
random; processes are restarted, and events are redelivered. Finally the faults are
cleared and every event is sent once more.

The default run is short and deterministic. To run longer, set the number of runs per
scenario; a hundred take about half an hour in total:

    STATE_MACHINE_RUNS=100 python -m pytest tests/e2e/state
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
from tests.e2e.state.kinds import WITH_NEW_STREAMS, WITH_OLD_STREAMS, Kind
from tests.e2e.state.world import AMPLE_SECONDS, PROCESSES, Harness

RUNS = int(os.environ.get("STATE_MACHINE_RUNS", "0"))
SHORT_SECONDS = (1.05, 1.2, 1.6)

process_numbers = st.integers(0, PROCESSES - 1)
disturbances = st.sampled_from(["nothing", "nothing", "minute", "revoke", "restart"])
fault_schedules = st.lists(faults(), max_size=4)


def run_settings(runs: int, steps: int) -> settings:
    """Return settings for this many runs, unless STATE_MACHINE_RUNS overrides it."""
    return settings(
        max_examples=RUNS or runs,
        stateful_step_count=20 if RUNS else steps,
        derandomize=not RUNS,
        database=None,
        deadline=None,
        phases=[Phase.generate],  # shrinking timing-dependent failures takes too long
        suppress_health_check=list(HealthCheck),
    )


class EntryStateMachine(RuleBasedStateMachine):
    """The events, faults and restarts that can occur in one kind of scenario."""

    kind: Kind
    harness: Harness
    is_consistent = False

    @initialize(
        credential=st.sampled_from(["key", "user", "token"]),
        page_size=st.sampled_from([None, 1]),
    )
    def start(self, credential: str, page_size: int | None) -> None:
        """Start the emulated cloud and the processes."""
        self.harness = Harness(self.kind, credential, page_size)

    @rule(
        delivery=deliveries(),
        number=process_numbers,
        seconds=st.sampled_from([*SHORT_SECONDS, AMPLE_SECONDS, AMPLE_SECONDS]),
        disturbance=disturbances,
        schedule=fault_schedules,
    )
    def send_event(
        self,
        delivery: Delivery,
        number: int,
        seconds: float,
        disturbance: str,
        schedule: list[Fault],
    ) -> None:
        """Send a new event with a short or an ample deadline."""
        sent = self.harness.recorded(delivery)
        self.harness.disturb(disturbance)
        self.harness.schedule_faults(schedule)
        self.harness.send((sent, number), seconds=seconds)

    @precondition(lambda self: self.harness.sent)
    @rule(
        place=st.integers(0, 99),
        number=process_numbers,
        disturbance=disturbances,
        schedule=fault_schedules,
    )
    def redeliver_event(
        self, place: int, number: int, disturbance: str, schedule: list[Fault]
    ) -> None:
        """Send an earlier event again, to any process."""
        sent = self.harness.sent
        self.harness.disturb(disturbance)
        self.harness.schedule_faults(schedule)
        self.harness.send((sent[place % len(sent)], number))

    @precondition(lambda self: self.kind.is_concurrent)
    @rule(
        one=deliveries(),
        number=process_numbers,
        disturbance=disturbances,
        schedule=fault_schedules,
    )
    def send_event_twice_concurrently(
        self, one: Delivery, number: int, disturbance: str, schedule: list[Fault]
    ) -> None:
        """Send the same event twice, to one process or to both."""
        self._send_both(one, one, number, disturbance, schedule)

    @precondition(lambda self: self.kind.is_concurrent)
    @rule(
        one=deliveries(),
        other=deliveries(),
        number=process_numbers,
        disturbance=disturbances,
        schedule=fault_schedules,
    )
    def send_two_events_concurrently(
        self,
        one: Delivery,
        other: Delivery,
        number: int,
        disturbance: str,
        schedule: list[Fault],
    ) -> None:
        """Send two events, to one process or to both."""
        self._send_both(one, other, number, disturbance, schedule)

    @invariant()
    def resources_are_unique(self) -> None:
        """Check the model after every step."""
        self.is_consistent = False
        self.harness.model.check()
        self.is_consistent = True

    def teardown(self) -> None:
        """Clear the faults, then check that every event completes exactly once."""
        try:
            if self.is_consistent:
                self.is_consistent = False
                self.harness.clear_faults()
                self.harness.model.check()
                self.harness.send_all_again()
                self.is_consistent = True
        finally:
            if not self.is_consistent:
                sys.stdout.write(self.harness.history())
            self.harness.close()

    def _send_both(
        self,
        one: Delivery,
        other: Delivery,
        number: int,
        disturbance: str,
        schedule: list[Fault],
    ) -> None:
        both = [self.harness.recorded(each) for each in (one, other)]
        self.harness.disturb(disturbance)
        self.harness.schedule_faults(schedule)
        self.harness.send((both[0], 0), (both[1], number))


def state_machine_for(scenario: Kind) -> type[EntryStateMachine]:
    """Return the state machine for one kind of scenario."""

    class StateMachine(EntryStateMachine):
        kind = scenario

    return StateMachine


@pytest.mark.parametrize("kind", WITH_OLD_STREAMS.values(), ids=WITH_OLD_STREAMS)
def test_faults_cause_no_duplicates_and_no_losses(kind: Kind) -> None:
    """Once the faults are cleared, every requested resource exists exactly once."""
    run_state_machine_as_test(
        state_machine_for(kind), settings=run_settings(3, steps=6)
    )


@pytest.mark.parametrize("kind", WITH_NEW_STREAMS.values(), ids=WITH_NEW_STREAMS)
def test_concurrent_creators_make_no_duplicates(kind: Kind) -> None:
    """Creators wait for each other while a log stream is new."""
    run_state_machine_as_test(
        state_machine_for(kind), settings=run_settings(2, steps=4)
    )
