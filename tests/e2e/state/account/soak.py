"""Run random schedules for some time: `python -m tests.e2e.state.account.soak`."""

from __future__ import annotations

import argparse
import io
import math
import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import redirect_stdout
from itertools import count, islice
from os import environ
from random import SystemRandom

from functions.settings.table import TABLE
from tests.e2e.state.account.schedule import Schedule, SetVariable

_SHOWN = ("schedules", "events", "steps", "faults", "late calls", "redeliveries")


def run(
    seeds: Iterable[int], set_variable: SetVariable, seconds: float = math.inf
) -> Counter[str]:
    """Run the schedules of the seeds, but none after so long; return the figures.

    Raises: Violation.
    """
    figures: Counter[str] = Counter()
    until = time.monotonic() + seconds
    for seed in seeds:
        if time.monotonic() >= until:
            break
        figures += Schedule(seed, set_variable).run()
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
    parser.add_argument("--seed", type=int, default=SystemRandom().getrandbits(32))
    given = parser.parse_args()
    seeds: Iterable[int] = count(given.seed)
    if given.schedules:
        seeds, given.seconds = islice(seeds, given.schedules), math.inf
    for setting in TABLE:
        environ.pop(setting.name, None)
    write = sys.stdout.write
    write(f"seed {given.seed}\n")
    with redirect_stdout(io.StringIO()):  # log lines
        figures = run(seeds, environ.__setitem__, given.seconds)
    write(f"{described(figures)}\n")


if __name__ == "__main__":
    main()
