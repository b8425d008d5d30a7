"""How many presentations it takes to learn XOR, after Yves Chauvin."""

from collections.abc import Callable

import pandas as pd

from xorbench.claims.estimates import Estimate, Measured, each, mean_epochs, median_epochs
from xorbench.claims.registry import Sweeps, measurement

REGIMES = ("update", "init", "stop")


def in_each_regime(
    sweeps: Sweeps, estimate: Callable[[pd.DataFrame], Estimate], *, momentum: bool = True
) -> Measured:
    """Estimate the epochs in each regime, of the runs with or without momentum."""
    table = sweeps["main"]
    runs = table[(table["momentum"] > 0) == momentum]
    return Measured(len(runs), each(runs, REGIMES, estimate))


@measurement
def sweeps_of_four(sweeps: Sweeps) -> Measured:
    """Measure the median, a presentation being all four patterns, with momentum."""
    return in_each_regime(sweeps, median_epochs)


@measurement
def single_patterns(sweeps: Sweeps) -> Measured:
    """Measure the median, a presentation being one pattern, with momentum."""
    return in_each_regime(sweeps, lambda runs: median_epochs(runs, scale=4))


@measurement
def without_momentum(sweeps: Sweeps) -> Measured:
    """Measure the median, a presentation being all four patterns, without momentum."""
    return in_each_regime(sweeps, median_epochs, momentum=False)


@measurement
def averages(sweeps: Sweeps) -> Measured:
    """Measure the mean of the runs that converge, of all four patterns, with momentum."""
    return in_each_regime(sweeps, mean_epochs)
