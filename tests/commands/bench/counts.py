"""How often everything is done."""

from __future__ import annotations

from typing import NamedTuple


class Counts(NamedTuple):
    """How much makes a run.

    `processes`: pairs of them one after the other, each with so many pairs of `blocks`.
    `quick`, `slow`: bootstraps a block, where calls take no time and where they do.
    `many`: listeners of one event; `events`: such events.
    `starts`: of interpreters; `runtimes`: of AWS's runtime.
    """

    processes: int = 2
    blocks: int = 20
    quick: int = 15
    slow: int = 4
    warm_up: int = 10
    many: int = 200
    events: int = 3
    starts: int = 25
    runtimes: int = 5


FULL = Counts()
QUICK = Counts(1, 1, 2, 1, 1, 8, 1, 1, 0)
