"""Comparisons: pairs of measurements and their ratios."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unit:
    """How to format a measurement: unit name, factor and decimal places."""

    name: str
    factor: float
    digits: int

    def formatted(self, measurements: Sequence[float]) -> str:
        """Return the median of the measurements with its unit."""
        return f"{median(measurements) * self.factor:,.{self.digits}f} {self.name}"


MILLISECONDS = Unit("ms", 1e3, 2)
SECONDS = Unit("s", 1, 2)
CALLS = Unit("calls", 1, 0)
MEGABYTES = Unit("MB", 1e-6, 2)


@dataclass(frozen=True, slots=True)
class Figure:
    """A comparison in pairs of (ours, the alternative); less is better.

    `target` is the maximum for the median ratio, if any.
    """

    what: str
    beside: str
    unit: Unit
    pairs: Sequence[tuple[float, float]]
    target: float | None = None

    @property
    def ratios(self) -> list[float]:
        """The ratio of each pair; below 1, ours takes less."""
        return [ours / theirs for ours, theirs in self.pairs]

    @property
    def ratio(self) -> float:
        """The median ratio."""
        return median(self.ratios)

    @property
    def is_on_target(self) -> bool:
        """Whether the median ratio meets the target, if there is one."""
        return self.target is None or self.ratio <= self.target


def alternating(
    one: Callable[[], T], other: Callable[[], T], times: int
) -> Iterator[tuple[T, T]]:
    """Yield pairs of measurements, alternating which side is measured first."""
    for place in range(times):
        if place % 2:
            second = other()
            yield one(), second
        else:
            yield one(), other()
