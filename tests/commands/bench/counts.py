"""The numbers of repetitions."""

from __future__ import annotations

from typing import NamedTuple


class Counts(NamedTuple):
    """The repetitions of one run.

    `processes`: consecutive pairs of processes, each with this many pairs of `blocks`.
    `quick`, `slow`: bootstraps per block, without and with latency.
    `many`: listeners per event; `events`: number of such events; `limited`: seconds of
    calls at a rate limit.
    `starts`: starts of the interpreter; `first_events`: the same with each function;
    `runtimes`: starts of AWS's runtime.
    """

    processes: int = 2
    blocks: int = 20
    quick: int = 15
    slow: int = 4
    warm_up: int = 10
    many: int = 200
    limited: int = 10
    events: int = 3
    starts: int = 25
    first_events: int = 8
    runtimes: int = 5


FULL = Counts()
QUICK = Counts(1, 1, 2, 1, 1, 8, 1, 1, 1, 1, 0)
