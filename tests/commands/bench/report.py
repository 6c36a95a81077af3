"""The figures as a table in Markdown, and the facts without which they say little."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator
from statistics import median

from tests.commands.bench.cold import Start
from tests.commands.bench.figures import MEGABYTES, MILLISECONDS, Figure

_HEAD = (
    "| figure | ours | beside | the alternative | ratio: median (range) | wanted |",
    "|---|---|---|---|---|---|",
)


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """Yield the table's lines."""
    yield from _HEAD
    for figure in figures:
        ours, theirs = zip(*figure.pairs, strict=True)
        cells = (
            figure.what,
            figure.unit.shown(ours),
            figure.beside,
            figure.unit.shown(theirs),
            _ratio(figure),
            _wanted(figure),
        )
        yield f"| {' | '.join(cells)} |"


def _ratio(figure: Figure) -> str:
    ratios = figure.ratios
    if len(ratios) == 1:
        return f"{figure.ratio:.2f}"
    return f"{figure.ratio:.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _wanted(figure: Figure) -> str:
    if figure.wanted is None:
        return "-"
    return f"{figure.wanted:.2f}" + ("" if figure.is_as_wanted else ", missed")


def bare_interpreter(starts: list[Start]) -> str:
    """Return what an interpreter takes that imports nothing, and so is in both."""
    processor, wall, memory = zip(*starts, strict=True)
    return (
        f"Of each cold start the interpreter alone takes "
        f"{MILLISECONDS.shown(processor)} of processor, {MILLISECONDS.shown(wall)} of "
        f"wall and {MEGABYTES.shown(memory)}."
    )


def facts(loads: list[float]) -> str:
    """Return what of the machine matters; `loads` is how busy it was meanwhile."""
    return (
        f"CPython {platform.python_version()} on {platform.system()} "
        f"{platform.machine()}, {os.cpu_count()} cores, load {median(loads):.1f}; hash "
        "seeds are random; the emulated cloud runs on the same cores."
    )
