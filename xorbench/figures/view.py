"""What of a grid is shown: one axis along the abscissa, the others as a readable number of series.

A grid may have any number of axes and points, a picture may not. What does not fit is named.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xorbench.notation import number_text
from xorbench.settings import Settings

MOST_VALUES = 40
"""How many values the abscissa has at most."""

MOST_SERIES = 8
"""How many series there are at most."""


@dataclass(frozen=True)
class View:
    """The points of a grid that pictures show.

    Attributes
    ----------
    x : str
        The axis along the abscissa.
    values : tuple
        Its values that are shown, in order.
    series : tuple of dict
        For each series, the value of every other axis of the grid.
    left_out : str
        A sentence that names what does not fit; empty if nothing.
    """

    x: str
    values: tuple[float | str, ...]
    series: tuple[dict[str, float | str], ...]
    left_out: str

    @classmethod
    def of(cls, settings: Settings) -> "View":
        """Choose what to show of a grid.

        Examples
        --------
        >>> from xorbench.settings import make_settings
        >>> view = View.of(make_settings(learning_rate=[0.1, 1], momentum="0,0.9"))
        >>> view.x, view.names
        ('learning_rate', ('momentum 0', 'momentum 0.9'))
        """
        axes = settings.axes
        x = abscissa(axes)
        values = axes[x]
        if not isinstance(values[0], str):
            values = tuple(sorted(values))
        others = [name for name in axes if name != x and len(axes[name]) > 1]
        combinations = [
            dict(zip(others, chosen, strict=True))
            for chosen in itertools.product(*(axes[name] for name in others))
        ]
        shown, series = evenly(values, MOST_VALUES), evenly(combinations, MOST_SERIES)
        left_out = []
        if len(shown) < len(values):
            left_out.append(f"{len(shown)} of the {len(values):,} values of {words(x)} are shown.")
        if len(series) < len(combinations):
            left_out.append(
                f"{len(series)} of the {len(combinations):,} combinations of"
                f" {', '.join(map(words, others))} are shown."
            )
        return cls(x, tuple(shown), tuple(series), " ".join(left_out))

    @property
    def names(self) -> tuple[str, ...]:
        """What to call each series; empty for the only one."""
        return tuple(
            ", ".join(
                text(value) if speaks(name, value) else f"{words(name)} {text(value)}"
                for name, value in one.items()
            )
            for one in self.series
        )

    @property
    def value_texts(self) -> tuple[str, ...]:
        """The values along the abscissa, as short as they can be told apart."""
        short = tuple(text(value) for value in self.values)
        return short if len(set(short)) == len(short) else tuple(map(str, self.values))

    @property
    def label(self) -> str:
        """What to write under the abscissa."""
        unit = {"max_epochs": " (epochs)", "learning_rate": " (dimensionless)"}
        return words(self.x) + unit.get(self.x, "")

    @property
    def scale(self) -> str:
        """How the values lie along the abscissa: "log", "linear", or "words" side by side."""
        if isinstance(self.values[0], str) or len(self.values) == 1:
            return "words"
        numbers = np.array(self.values, dtype=np.float64)
        wide = numbers.min() > 0 and numbers.max() >= 8 * numbers.min()
        return "log" if wide else "linear"

    def cells(self, settings: Settings) -> pd.DataFrame:
        """List the points shown: cell, series, place of x, point, most_epochs, and all axes."""
        axes = settings.axes
        strides = dict(zip(axes, np.cumprod([1, *map(len, axes.values())]), strict=False))
        only = {name: values[0] for name, values in axes.items() if len(values) == 1}
        rows: list[dict[str, Any]] = []
        for (number, one), (place, value) in itertools.product(
            enumerate(self.series), enumerate(self.values)
        ):
            chosen = {**only, **one, self.x: value}
            point = sum(axes[name].index(chosen[name]) * int(strides[name]) for name in axes)
            limit = chosen.get("max_epochs", settings.max_epochs[0])
            rows.append(
                {
                    "cell": len(rows),
                    "series": number,
                    "place": place,
                    "point": point,
                    "most_epochs": limit,
                    **{name: chosen[name] for name in axes},
                }
            )
        return pd.DataFrame(rows)


def abscissa(axes: dict[str, tuple[float | str, ...]]) -> str:
    """Choose the axis of the abscissa: the learning rate, or else the longest, first of numbers."""
    if len(axes["learning_rate"]) > 1:
        return "learning_rate"
    several = [name for name in axes if len(axes[name]) > 1]
    ranked = {name: (not isinstance(axes[name][0], str), len(axes[name])) for name in several}
    return max(several, key=lambda name: ranked[name], default="learning_rate")


def evenly(items: Any, most: int) -> list[Any]:
    """Take at most so many items, evenly spaced, with the first and the last.

    Examples
    --------
    >>> evenly(range(100), 4)
    [0, 33, 66, 99]
    """
    if len(items) <= most:
        return list(items)
    return [items[round(k * (len(items) - 1) / (most - 1))] for k in range(most)]


def words(name: str) -> str:
    """Write the name of a setting as people do."""
    return name.replace("_", " ")


def speaks(name: str, value: float | str) -> bool:
    """Tell whether a value says by itself which setting it is of."""
    return isinstance(value, str) and name not in ("targets", "precision")


def text(value: float | str) -> str:
    """Write a value of an axis: fractions with four digits.

    Examples
    --------
    >>> text(0.07924465962305567), text(123456), text("batch")
    ('0.07924', '123456', 'batch')
    """
    if not isinstance(value, float):
        return str(value)
    if value and (abs(value) < 1e-4 or abs(value) >= 1e6):
        return f"{value:.4g}"
    return number_text(float(f"{value:.4g}")) if math.isfinite(value) else str(value)
