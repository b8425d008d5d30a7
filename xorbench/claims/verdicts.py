"""Claims of the literature, and whether what was measured agrees with them.

The verdict follows from the claim and the measured intervals alone:

- an *exact* claim holds if every value has the published digits, or is the published word;
- a *statistical* claim names the values that it allows: a number, a number within a factor, or
  bounds. A lone number has to lie inside the measured interval. Otherwise the interval has to lie
  inside what is allowed; where it only overlaps, more runs are needed;
- a *trend* says that values in their order rise, fall or are constant. It holds if no two
  intervals contradict it and, unless they are to be constant, the first and the last show it. It
  differs if only the first and the last show it, or if it holds for more than half of the values.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from xorbench.claims.estimates import Estimate, short

REPRODUCED = "reproduced"
NOT_REPRODUCED = "not reproduced"
DIFFERS = "differs: "

FEWEST = 3
"""The part of a trend that holds has at least so many values."""


@dataclass(frozen=True)
class Exact:
    """Values as they are printed: numbers to their last digit, or words."""

    printed: tuple[str, ...]

    def published(self, unit: str) -> str:
        """Say what is published."""
        return ", ".join(self.printed) + unit

    def as_printed(self, values: Sequence[float | str]) -> list[str]:
        """Write as many values in the way of the published ones."""
        return [as_printed(*pair) for pair in zip(values, self.printed, strict=True)]

    def verdict(self, values: Sequence[float | str]) -> str:
        """Compare with as many values."""
        texts = self.as_printed(values)
        wrong = [pair for pair in zip(texts, self.printed, strict=True) if pair[0] != pair[1]]
        if not wrong:
            return REPRODUCED
        if len(wrong) == len(self.printed):
            return NOT_REPRODUCED
        return DIFFERS + "; ".join(
            f"{text} where {printed} is published" for text, printed in wrong
        )


@dataclass(frozen=True)
class Statistical:
    """The values that are allowed: a number, a number within a factor, or bounds.

    Attributes
    ----------
    low, high : float
        The bounds; both the number itself if there is one.
    factor : float
        The number may be so many times as large or small.
    """

    low: float
    high: float
    factor: float = 1.0

    def published(self, unit: str) -> str:
        """Say what is published."""
        low, high = short(self.low), short(self.high)
        if self.low == self.high:
            within = f", within a factor of {short(self.factor)}" if self.factor > 1 else ""
            return f"{low}{unit}{within}"
        if math.isinf(self.high):
            return f"at least {low}{unit}"
        return f"at most {high}{unit}" if math.isinf(self.low) else f"{low} to {high}{unit}"

    def verdict(self, values: Sequence[Estimate]) -> str:
        """Judge each value by itself, and say where they disagree."""
        judged: dict[str, list[str]] = {}
        for value in values:
            judged.setdefault(self.of_one(value), []).append(value.label)
        *few, (usual, others) = sorted(judged.items(), key=lambda item: len(item[1]))
        if not few:
            return usual
        parts = [f"{verdict} for {' and '.join(labels)}" for verdict, labels in few]
        rest = others[0] if len(others) == 1 else f"the {len(others)} others"
        parts.append(f"{usual} for {rest}")
        return DIFFERS + "; ".join(part.removeprefix(DIFFERS) for part in parts)

    def of_one(self, value: Estimate) -> str:
        """Judge one value."""
        low, high = self.low / self.factor, self.high * self.factor
        if value.high < low or high < value.low:
            return NOT_REPRODUCED
        if low == high or (low <= value.low and value.high <= high):
            return REPRODUCED
        return f"{DIFFERS}not settled"


@dataclass(frozen=True)
class Trend:
    """What values do in their order: "rises", "falls" or "constant"."""

    order: str

    def published(self, _: str) -> str:
        """Say what is published."""
        return self.order

    def verdict(self, values: Sequence[Estimate]) -> str:
        """Look for intervals that contradict the order, and where there are none."""
        if self.holds(values):
            return REPRODUCED
        contradicts = CONTRADICTIONS[self.order]
        if self.order != "constant" and contradicts(values[-1], values[0]):
            wrong = [pair for pair in combinations(values, 2) if contradicts(*pair)]
            one, other = max(wrong, key=lambda pair: gap(*pair))
            return f"{DIFFERS}{self.order} from first to last, but not from {one} to {other}"
        for length in range(len(values) - 1, 0, -1):
            for start in range(len(values) - length + 1):
                part = values[start : start + length]
                if 2 * length > len(values) and length >= FEWEST and self.holds(part):
                    ends = f"{part[0].label} to {part[-1].label}"
                    return f"{DIFFERS}{self.order} only from {ends}"
        return NOT_REPRODUCED

    def holds(self, values: Sequence[Estimate]) -> bool:
        """Tell whether nothing contradicts the order, and the ends show it."""
        contradicts = CONTRADICTIONS[self.order]
        shown = self.order == "constant" or contradicts(values[-1], values[0])
        return shown and not any(contradicts(*pair) for pair in combinations(values, 2))


Rule = Exact | Statistical | Trend

CONTRADICTIONS: dict[str, Callable[[Estimate, Estimate], bool]] = {
    "rises": lambda one, other: other.high < one.low,
    "falls": lambda one, other: one.high < other.low,
    "constant": lambda one, other: other.high < one.low or one.high < other.low,
}
"""When the intervals of an earlier and a later value contradict an order."""


def gap(one: Estimate, other: Estimate) -> float:
    """Measure how far two intervals are apart."""
    return max(one.low - other.high, other.low - one.high)


def as_printed(value: float | str, printed: str) -> str:
    """Write a value in the way of a published one.

    Examples
    --------
    >>> as_printed(0.0337, "0.034"), as_printed("AND", "OR"), as_printed(3, "0")
    ('0.034', 'AND', '3')
    """
    if isinstance(value, str):
        return value
    decimals = len(printed.partition(".")[2])
    return f"{value:z.{decimals}f}"
