"""What the learning rate decides."""

import pandas as pd

from xorbench.claims.estimates import Measured, converged, each, median_epochs, share_of
from xorbench.claims.registry import Sweeps, measurement

GENTLE = 5.0
"""The largest rate at which descent is expected to be smooth."""

SAME = 0.01
"""Numbers that differ by a smaller share count as the same."""


@measurement
def pace(sweeps: Sweeps) -> Measured:
    """Measure how many runs have the same rate x epochs, up to 1 %, as at the smallest rate."""
    table = sweeps["wide"]
    runs = table[converged(table)]
    clock = runs.assign(clock=runs["learning_rate"] * runs["epochs"])
    slowest = clock["learning_rate"] == clock["learning_rate"].min()
    both = clock[~slowest].merge(clock[slowest], on="seed", suffixes=("", "_slowest"))
    same = (both["clock"] / both["clock_slowest"] - 1).abs() < SAME
    return Measured(
        len(table),
        each(both.assign(same=same), ["learning_rate"], lambda some: share_of(some["same"])),
    )


@measurement
def success(sweeps: Sweeps) -> Measured:
    """Measure how many runs converge, at each rate."""
    table = sweeps["wide"]
    return Measured(
        len(table), each(table, ["learning_rate"], lambda runs: share_of(converged(runs)))
    )


@measurement
def median(sweeps: Sweeps) -> Measured:
    """Measure when half of all runs have converged, at each rate."""
    table = sweeps["wide"]
    return Measured(len(table), each(table, ["learning_rate"], median_epochs))


@measurement
def and_or(sweeps: Sweeps) -> Measured:
    """Measure how many of the converged runs have AND and OR, at each rate."""
    table = sweeps["wide"]
    runs = table[converged(table)]
    return Measured(
        len(table), each(runs, ["learning_rate"], lambda some: share_of(some["learned_and_or"]))
    )


def changed(table: pd.DataFrame) -> pd.DataFrame:
    """Tell which runs end in another epoch if their start is moved in the last bit.

    The second start of the sweep is the first one times 1 + 2^-52. Pairs neither of which
    converges have no epochs to compare.
    """
    starts = table["init"].cat.categories
    one, other = (table[table["init"] == start].reset_index(drop=True) for start in starts)
    differs = (one["epochs"] != other["epochs"]) | (one["outcome"] != other["outcome"])
    pairs: pd.DataFrame = one.assign(changed=differs)[converged(one) | converged(other)]
    return pairs


@measurement
def sensitivity(sweeps: Sweeps) -> Measured:
    """Measure how many runs change, at each rate."""
    table = sweeps["moved"]
    pairs = changed(table)
    return Measured(
        len(table), each(pairs, ["learning_rate"], lambda runs: share_of(runs["changed"]))
    )


@measurement
def gentle_sensitivity(sweeps: Sweeps) -> Measured:
    """Measure how many runs change at all the rates up to 5."""
    table = sweeps["moved"]
    table = table[table["learning_rate"] <= GENTLE]
    pairs = changed(table)
    return Measured(len(table), [share_of(pairs["changed"], seeds=pairs["seed"])])
