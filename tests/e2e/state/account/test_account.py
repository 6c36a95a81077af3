"""Whatever happens to an account's events, one more `reconcile` puts everything right.

Each schedule is an account with its listeners, streams and logtanks, a few events at a
time for all functions, and faults, kills and other people's changes meanwhile. After
each call, no rule may be broken; each answer agrees with the account; and at the end
one `reconcile` does what its plan has shown, and a second one has nothing to do.

A failure names the seed of its schedule, and lists all that happened. To repeat it, and
to run longer:

    python -m tests.e2e.state.account.soak --seed 42 --schedules 1
    make soak SECONDS=600
"""

from __future__ import annotations

import pytest

from tests.e2e.state.account import soak
from tests.e2e.state.account.defects import DEFECTS, Defect
from tests.e2e.state.account.schedule import Violation

SCHEDULES = 30


@pytest.mark.usefixtures("clean_environment")
def test_one_more_reconcile_puts_every_account_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing in use is deleted, nothing is made twice, and every answer is true."""
    figures = soak.run(range(SCHEDULES), monkeypatch.setenv)
    print(soak.described(figures))  # noqa: T201 - for those who run it with -s
    assert figures["faults"]
    assert figures["kills before a call"]
    assert figures["kills after a call"]


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda each: each.name)
def test_a_planted_defect_is_found(
    defect: Defect, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A few schedules suffice to find each kind of defect."""
    defect.plant(monkeypatch)
    with pytest.raises(Violation, match=defect.symptom):
        soak.run(defect.seeds, monkeypatch.setenv)
