"""Where the runs are that have not converged."""

import pandas as pd

from xorbench.claims.estimates import Estimate, Measured, converged, each, share_of
from xorbench.claims.registry import Sweeps, measurement

HALF, TWO_THIRDS = 1 / 2, 2 / 3
"""The sse of two outputs at 1/2, and of three at 1/3 or 2/3, the others being right."""

ABOVE = 1.05
"""As many times a plateau's sse is still just above it."""


def rests_at(runs: pd.DataFrame, plateau: float) -> "pd.Series[bool]":
    """Tell which runs end just above a plateau."""
    sse = 4 * runs["mse"]
    return (sse >= plateau) & (sse < ABOVE * plateau)


def others(sweeps: Sweeps) -> pd.DataFrame:
    """Choose the runs that have not converged."""
    table = sweeps["main"]
    return table[~converged(table)]


@measurement
def either(sweeps: Sweeps) -> Measured:
    """Measure how many of the others are just above either plateau."""
    runs = others(sweeps)

    def clustered(some: pd.DataFrame) -> Estimate:
        return share_of(rests_at(some, HALF) | rests_at(some, TWO_THIRDS))

    return Measured(len(runs), each(runs, ["update", "init"], clustered))


def at(sweeps: Sweeps, plateau: float) -> Measured:
    """Measure how many of the others are just above one plateau."""
    runs = others(sweeps)
    return Measured(
        len(runs),
        each(runs, ["update", "init"], lambda some: share_of(rests_at(some, plateau))),
    )


@measurement
def half(sweeps: Sweeps) -> Measured:
    """Measure how many of the others are just above 1/2."""
    return at(sweeps, HALF)


@measurement
def two_thirds(sweeps: Sweeps) -> Measured:
    """Measure how many of the others are just above 2/3."""
    return at(sweeps, TWO_THIRDS)
