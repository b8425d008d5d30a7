"""Measured numbers with their intervals, and how they are written."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench.outcome import Outcome
from xorbench.statistics import wilson

Z = 1.959963984540054
"""The normal quantile of intervals of 95 %."""


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    Attributes
    ----------
    value, low, high : float
        `high` may be infinite: all that is known of runs that were censored.
    label : str
        Which of several numbers this is.
    unit : str
        What to write behind the numbers, such as " %".
    """

    value: float
    low: float
    high: float
    label: str = ""
    unit: str = ""

    def __str__(self) -> str:
        value, low, high = map(short, (self.value, self.low, self.high))
        interval = "" if self.low == self.high else f" ({low} to {high})"
        return f"{self.label}: {value}{self.unit}{interval}".removeprefix(": ")

    def labelled(self, label: str) -> "Estimate":
        """Give it a label."""
        return replace(self, label=label)


@dataclass(frozen=True)
class Measured:
    """What a measurement found.

    Attributes
    ----------
    runs : int
        From how many runs.
    results : sequence
        Estimates; or, for exact claims, numbers and words.
    """

    runs: int
    results: Sequence[Estimate] | Sequence[float | str]


def short(number: float) -> str:
    """Write a number with three digits, or all those before the point.

    Examples
    --------
    >>> [short(number) for number in (0.012345, 84.16, 100.0, 8153.5, math.inf)]
    ['0.0123', '84.2', '100', '8,154', 'inf']
    """
    return f"{number:,.0f}" if 1000 <= abs(number) < 1e15 else f"{number:.3g}"


def share(successes: float, runs: int, label: str = "") -> Estimate:
    """Estimate a probability, in percent, with Wilson's interval.

    Examples
    --------
    >>> print(share(841, 1000))
    84.1 % (81.7 to 86.2)
    """
    if not runs:
        return Estimate(math.nan, 0.0, 100.0, label, " %")
    low, high = wilson(successes, runs)
    return Estimate(100 * successes / runs, 100 * low, 100 * high, label, " %")


def share_of(
    chosen: npt.ArrayLike, label: str = "", *, seeds: "pd.Series[int] | None" = None
) -> Estimate:
    """Estimate the share of the runs for which something is true.

    Parameters
    ----------
    chosen : array (n,) of bool
    label : str
    seeds : Series (n,), optional
        To be given where a seed has several runs. As these begin alike, they may well end alike:
        the interval is that of as many runs as there are seeds.

    Examples
    --------
    >>> runs = pd.DataFrame({"seed": [0, 0, 1, 1], "mse": [0.2, 0.2, 0.3, 0.3]})
    >>> print(share_of(runs.mse > 0.25), "or", share_of(runs.mse > 0.25, seeds=runs.seed))
    50 % (15 to 85) or 50 % (9.45 to 90.5)
    """
    chosen = np.asarray(chosen, np.bool_)
    independent = chosen.size if seeds is None else seeds.nunique()
    return share(independent * float(chosen.mean()) if independent else 0, independent, label)


def converged(table: pd.DataFrame) -> "pd.Series[bool]":
    """Tell of each run whether it converged."""
    return table["outcome"] == Outcome.CONVERGED


def median_epochs(table: pd.DataFrame, label: str = "", scale: float = 1.0) -> Estimate:
    """Estimate the number of epochs, times `scale`, by which half of all runs have converged.

    Runs that have not converged count as longer than all others. The interval lies between two
    of the runs in their order, and assumes nothing of the distribution.

    Examples
    --------
    >>> runs = pd.DataFrame({"outcome": ["converged"] * 99 + ["max_epochs"], "epochs": range(100)})
    >>> print(median_epochs(runs))
    49 (39 to 60)
    """
    epochs = np.sort(np.where(converged(table), table["epochs"].astype(np.float64), np.inf))
    runs = epochs.size
    spread = Z * math.sqrt(runs) / 2
    low = max(math.floor(runs / 2 - spread) - 1, 0)
    high = min(math.ceil(runs / 2 + spread), runs - 1)
    middle = -(-runs // 2) - 1
    value, low_end, high_end = (scale * epochs[[middle, low, high]]).tolist()
    return Estimate(value, low_end, high_end, label)


def mean_epochs(table: pd.DataFrame) -> Estimate:
    """Estimate the mean number of epochs of the runs that converge; of the others it says nothing.

    Examples
    --------
    >>> runs = pd.DataFrame({"outcome": ["converged"] * 99 + ["max_epochs"], "epochs": range(100)})
    >>> print(mean_epochs(runs))
    49 (43.3 to 54.7)
    """
    epochs = table["epochs"][converged(table)].to_numpy(np.float64)
    value = float(epochs.mean())
    error = Z * float(epochs.std(ddof=1)) / math.sqrt(epochs.size)
    return Estimate(value, value - error, value + error)


def each(
    table: pd.DataFrame, columns: Sequence[str], estimate: Callable[[pd.DataFrame], Estimate]
) -> list[Estimate]:
    """Estimate for each combination of the values of some columns, which become the label.

    Examples
    --------
    >>> runs = pd.DataFrame({"momentum": [0.0, 0.9, 0.9], "mse": [0.1, 0.2, 0.3]})
    >>> print(*each(runs, ["momentum"], lambda some: share_of(some.mse > 0.25)), sep="; ")
    momentum 0: 0 % (0 to 79.3); momentum 0.9: 50 % (9.45 to 90.5)
    """
    groups = table.groupby(list(columns), sort=False, observed=True)
    return [
        estimate(group).labelled(" ".join(map(written, columns, values)))
        for values, group in groups
    ]


def written(column: str, value: object) -> str:
    """Write the value of an axis shortly.

    Examples
    --------
    >>> written("init", "uniform:-1,1"), written("momentum", 0.9), written("learning_rate", 0.5)
    ('U(-1,1)', 'momentum 0.9', '0.5')
    """
    if column == "init":
        kind, _, parameters = str(value).partition(":")
        return f"{kind[:1].upper()}({parameters})"
    text = short(value) if isinstance(value, float) else str(value)
    return f"{column} {text}" if column == "momentum" else text
