"""Run random schedules for some time: `python -m tests.e2e.state.account.soak`."""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter

from tests.e2e.state.account.schedule import Schedule, SetVariable

_SHOWN = ("schedules", "events", "steps", "faults", "late calls", "redeliveries")


def run(
    seed: int,
    set_variable: SetVariable,
    *,
    schedules: int | None = None,
    seconds: float | None = None,
) -> Counter[str]:
    """Run schedules with consecutive seeds, so many or so long; return the figures.

    Raises: Violation.
    """
    figures: Counter[str] = Counter()
    until = time.monotonic() + (seconds or 0)
    while figures["schedules"] != schedules and (not seconds or time.monotonic() < until):
        figures += Schedule(seed + figures["schedules"], set_variable).run()
        figures["schedules"] += 1
    return figures


def described(figures: Counter[str]) -> str:
    """Return the figures as one line."""
    kills = {name: each for name, each in figures.items() if name.startswith("kills")}
    shown = [f"{figures[name]} {name}" for name in _SHOWN]
    return ", ".join(shown + [f"{each} {name}" for name, each in sorted(kills.items())])


def main() -> None:
    """Run schedules for some seconds, from a random seed unless one is given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--schedules", type=int)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    given = parser.parse_args()
    sys.stderr.write(f"seed {given.seed}\n")
    seconds = None if given.schedules else given.seconds
    output, sys.stdout = sys.stdout, open(os.devnull, "w")
    figures = run(
        given.seed, os.environ.__setitem__, schedules=given.schedules, seconds=seconds
    )
    sys.stderr.write(f"{described(figures)}\n")


if __name__ == "__main__":
    main()
