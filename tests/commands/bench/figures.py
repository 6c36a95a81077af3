"""What is measured: pairs of ours and the alternative, and their ratios."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Unit:
    """How an amount is shown: so many times itself, with digits and a name."""

    name: str
    factor: float
    digits: int

    def shown(self, amounts: Sequence[float]) -> str:
        """Return the amounts' median in words."""
        return f"{median(amounts) * self.factor:,.{self.digits}f} {self.name}"


MILLISECONDS = Unit("ms", 1e3, 2)
SECONDS = Unit("s", 1, 2)
MEGABYTES = Unit("MB", 1e-6, 2)


@dataclass(frozen=True, slots=True)
class Figure:
    """One comparison: of each pair the first is ours; less is better.

    `wanted` is the ratio that the median is to stay below, if there is one.
    """

    what: str
    beside: str
    unit: Unit
    pairs: Sequence[tuple[float, float]]
    wanted: float | None = None

    @property
    def ratios(self) -> list[float]:
        """Each pair's ratio: below 1, ours takes less."""
        return [ours / theirs for ours, theirs in self.pairs]

    @property
    def ratio(self) -> float:
        """The ratios' median."""
        return median(self.ratios)

    @property
    def is_as_wanted(self) -> bool:
        """Whether the ratio is within what is wanted."""
        return self.wanted is None or self.ratio <= self.wanted


def in_turn(
    one: Callable[[], T], other: Callable[[], T], times: int
) -> Iterator[tuple[T, T]]:
    """Yield pairs, each measured one after the other, in alternating order."""
    for place in range(times):
        if place % 2:
            second = other()
            yield one(), second
        else:
            yield one(), other()
