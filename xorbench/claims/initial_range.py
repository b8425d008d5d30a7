"""How wide the starting weights are spread."""

from xorbench.claims.estimates import Measured, converged, each, median_epochs, share_of
from xorbench.claims.registry import Sweeps, measurement

SMALL = 2
"""How many of the narrowest starts are called small."""


@measurement
def failures(sweeps: Sweeps) -> Measured:
    """Measure how many runs do not converge, for each start."""
    table = sweeps["main"]
    return Measured(len(table), each(table, ["init"], lambda runs: share_of(~converged(runs))))


@measurement
def median(sweeps: Sweeps) -> Measured:
    """Measure when half of all runs have converged, for each start."""
    table = sweeps["main"]
    return Measured(len(table), each(table, ["init"], median_epochs))


@measurement
def small_starts(sweeps: Sweeps) -> Measured:
    """Measure how many runs from the narrowest starts converge."""
    table = sweeps["main"]
    table = table[table["init"].isin(table["init"].cat.categories[:SMALL])]
    return Measured(len(table), each(table, ["init"], lambda runs: share_of(converged(runs))))
