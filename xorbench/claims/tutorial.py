"""The tutorial's network: seed 27, and its neighbours in seed."""

from typing import TYPE_CHECKING

import numpy as np

from xorbench import gates
from xorbench.claims.estimates import Measured, converged, share_of
from xorbench.claims.registry import Sweeps, measurement
from xorbench.network import forward
from xorbench.table import GATE_COLUMNS, WEIGHTS

if TYPE_CHECKING:
    import pandas as pd

SEED = 27


def its_run(sweeps: Sweeps) -> "pd.Series[float]":
    """Choose the tutorial's own run."""
    table = sweeps["main"]
    run: pd.Series[float] = table[table["seed"] == SEED].iloc[0]
    return run


@measurement
def activations(sweeps: Sweeps) -> Measured:
    """Give h1 and h2 for the four patterns, and the output for hidden units of 0 and 1."""
    weights = its_run(sweeps)[list(WEIGHTS)].to_numpy(np.float64)
    h1, h2, _ = forward(weights)
    return Measured(1, np.concatenate([h1, h2, gates.output_activations(weights)]).tolist())


@measurement
def names(sweeps: Sweeps) -> Measured:
    """Name the gates of h1, h2 and the output, whose inputs are h1 and h2."""
    h1, h2, output = its_run(sweeps)[list(GATE_COLUMNS)]
    return Measured(1, [str(h1), str(h2), str(output).replace("x1", "h1").replace("x2", "h2")])


@measurement
def composition(sweeps: Sweeps) -> Measured:
    """Compose the gates."""
    h1, h2, output = map(str, its_run(sweeps)[list(GATE_COLUMNS)])
    return Measured(1, [gates.NAMES[int(gates.compose(output, h1, h2))]])


@measurement
def and_or(sweeps: Sweeps) -> Measured:
    """Measure how many of the converged runs of all seeds have AND and OR."""
    table = sweeps["main"]
    return Measured(len(table), [share_of(table["learned_and_or"][converged(table)])])
