"""Single beside double precision."""

import pandas as pd

from xorbench.claims.estimates import Estimate, Measured, converged, each, share_of
from xorbench.claims.registry import Sweeps, measurement
from xorbench.outcome import Outcome


def pairs(table: pd.DataFrame) -> pd.DataFrame:
    """Put each run's two precisions side by side; `_single` marks what belongs to single."""
    double, single = (table[table["precision"] == name] for name in ("double", "single"))
    return double.merge(single, on=["seed", "learning_rate"], suffixes=("", "_single"))


@measurement
def agreement(sweeps: Sweeps) -> Measured:
    """Measure how many runs converge in both precisions or in neither, at each rate."""
    both = pairs(sweeps["main"])
    same = converged(both) == (both["outcome_single"] == Outcome.CONVERGED)
    return Measured(
        2 * len(both),
        each(both.assign(same=same), ["learning_rate"], lambda runs: share_of(runs["same"])),
    )


@measurement
def epochs(sweeps: Sweeps) -> Measured:
    """Measure how many runs that converge in both do so in the same epoch, up to one in 1,000."""
    both = pairs(sweeps["main"])
    both = both[converged(both) & (both["outcome_single"] == Outcome.CONVERGED)]
    near = (both["epochs"] - both["epochs_single"]).abs() <= both["epochs"] / 1000
    return Measured(
        2 * len(both),
        each(both.assign(near=near), ["learning_rate"], lambda runs: share_of(runs["near"])),
    )


def stalled(table: pd.DataFrame, precision: str) -> Measured:
    """Measure how many runs stall, at each rate."""
    runs = table[table["precision"] == precision]
    return Measured(
        len(runs),
        each(runs, ["learning_rate"], lambda some: share_of(some["outcome"] == Outcome.STALLED)),
    )


@measurement
def stalled_single(sweeps: Sweeps) -> Measured:
    """Measure how many runs stall in single precision, at each rate."""
    return stalled(sweeps["main"], "single")


@measurement
def censored(sweeps: Sweeps) -> Measured:
    """Measure how many of the runs that do not converge are censored, in each precision."""
    table = sweeps["main"]
    runs = table[~converged(table)]

    def share(some: pd.DataFrame) -> Estimate:
        return share_of(some["outcome"] == Outcome.MAX_EPOCHS)

    return Measured(len(runs), each(runs, ["precision", "learning_rate"], share))


@measurement
def stalled_double(sweeps: Sweeps) -> Measured:
    """Count the runs that stall in double precision."""
    table = sweeps["main"]
    double = table[table["precision"] == "double"]
    return Measured(len(double), [int((double["outcome"] == Outcome.STALLED).sum())])
