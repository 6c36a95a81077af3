"""The comparisons as a Markdown table, with the conditions of the measurement."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from statistics import median

from tests.commands.bench.cold import Start
from tests.commands.bench.figures import MEGABYTES, MILLISECONDS, Figure

_HEAD = (
    (
        "| figure | ours | compared with | the alternative | ratio: median (range) "
        "| target |"
    ),
    "|---|---|---|---|---|---|",
)


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield from _HEAD
    for figure in figures:
        ours, theirs = zip(*figure.pairs, strict=True)
        cells = (
            figure.what,
            figure.unit.formatted(ours),
            figure.beside,
            figure.unit.formatted(theirs),
            _ratio(figure),
            _target(figure),
        )
        yield f"| {' | '.join(cells)} |"


def _ratio(figure: Figure) -> str:
    ratios = figure.ratios
    if len(ratios) == 1:
        return f"{figure.ratio:.2f}"
    return f"{figure.ratio:.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _target(figure: Figure) -> str:
    if figure.target is None:
        return "-"
    return f"{figure.target:.2f}" + ("" if figure.is_on_target else ", missed")


def bare_interpreter(starts: list[Start]) -> str:
    """Return the cost of a bare interpreter, which is part of every cold start."""
    processor, wall, memory = zip(*starts, strict=True)
    return (
        f"Every cold start includes the interpreter itself: "
        f"{MILLISECONDS.formatted(processor)} CPU time, "
        f"{MILLISECONDS.formatted(wall)} wall time, {MEGABYTES.formatted(memory)}."
    )


def facts(loads: list[float]) -> str:
    """Return the relevant facts about the machine, with its median load."""
    return (
        f"CPython {platform.python_version()} on {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores, load {median(loads):.1f}; hash "
        "seeds are random; the emulator runs on the same cores."
    )
