"""How many presentations it takes to learn XOR, after Yves Chauvin."""

import pandas as pd

from xorbench.claims.estimates import Measured, each, mean_epochs, median_epochs
from xorbench.claims.registry import Sweeps, measurement

REGIMES = ("update", "init", "stop")


def medians(table: pd.DataFrame, momentum: bool, scale: int = 1) -> Measured:
    """Measure the median in each regime, with or without momentum."""
    runs = table[(table["momentum"] > 0) == momentum]
    return Measured(len(runs), each(runs, REGIMES, lambda some: median_epochs(some, scale=scale)))


@measurement
def sweeps_of_four(sweeps: Sweeps) -> Measured:
    """Measure the median, a presentation being all four patterns, with momentum."""
    return medians(sweeps["main"], momentum=True)


@measurement
def single_patterns(sweeps: Sweeps) -> Measured:
    """Measure the median, a presentation being one pattern, with momentum."""
    return medians(sweeps["main"], momentum=True, scale=4)


@measurement
def without_momentum(sweeps: Sweeps) -> Measured:
    """Measure the median, a presentation being all four patterns, without momentum."""
    return medians(sweeps["main"], momentum=False)


@measurement
def averages(sweeps: Sweeps) -> Measured:
    """Measure the mean of the runs that converge, of all four patterns, with momentum."""
    table = sweeps["main"]
    runs = table[table["momentum"] > 0]
    return Measured(len(runs), each(runs, REGIMES, mean_epochs))
