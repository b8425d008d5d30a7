"""Are there local minima? A family of saddle points, and runs that are given more time."""

import numpy as np
import pandas as pd

from xorbench.claims.estimates import Measured, converged, share_of
from xorbench.claims.registry import Sweeps, measurement
from xorbench.network import Array, error_value, gradient, sigmoid
from xorbench.outcome import Outcome
from xorbench.sweeping import sweep
from xorbench.table import WEIGHTS

MEMBERS = 1000
EARLY = 100_000
"""After so many epochs a run counts as censored here."""


def family(hidden_biases: Array, outputs: Array) -> Array:
    """Make networks that answer 1/2 to everything: their hidden units do not see the inputs."""
    weights = np.zeros((len(outputs), 9))
    weights[:, [0, 3]] = hidden_biases
    weights[:, 7:] = outputs
    products = outputs * sigmoid(hidden_biases)
    weights[:, 6] = -(products[:, 0] + products[:, 1])
    return weights


def some_members() -> Array:
    """Draw members of the family."""
    random = np.random.default_rng(0)
    return family(random.normal(size=(MEMBERS, 2)), random.normal(size=(MEMBERS, 2)))


def exact_members() -> Array:
    """Draw members in which nothing is rounded: hidden units at 1/2, output weights in eighths."""
    eighths = np.random.default_rng(0).integers(1, 33, (MEMBERS, 2)) / 8
    return family(np.zeros((MEMBERS, 2)), eighths)


def hessians(weights: Array, step: float = 1e-4) -> Array:
    """Differentiate the gradient once more, by central differences."""
    columns = [
        (gradient(weights + move, error="sse") - gradient(weights - move, error="sse")) / (2 * step)
        for move in step * np.eye(9)
    ]
    return np.stack(columns, axis=-1)


@measurement
def gradients(_: Sweeps) -> Measured:
    """Count the exact members whose gradient is not zero; give the largest of the others."""
    exact = gradient(exact_members(), error="sse")
    largest = np.abs(gradient(some_members(), error="sse")).max()
    return Measured(2 * MEMBERS, [int(exact.any(axis=1).sum()), float(largest)])


@measurement
def errors(_: Sweeps) -> Measured:
    """Give the least and the largest sse in the family."""
    sse = error_value(some_members(), "sse")
    return Measured(MEMBERS, [float(sse.min()), float(sse.max())])


@measurement
def curvatures(_: Sweeps) -> Measured:
    """Count the members whose error does not both rise and fall nearby, by the Hessian."""
    matrices = hessians(some_members())
    curvature = np.linalg.eigvalsh((matrices + np.swapaxes(matrices, 1, 2)) / 2)
    indefinite = (curvature.min(axis=1) < -1e-6) & (curvature.max(axis=1) > 1e-6)
    return Measured(MEMBERS, [int((~indefinite).sum())])


@measurement
def moved(_: Sweeps) -> Measured:
    """Count the exact members that training moves."""
    starts = exact_members()
    table = sweep(initial_weights=starts, learning_rate=1.0)
    ends = table[list(WEIGHTS)].to_numpy()
    return Measured(MEMBERS, [int((ends != starts).any(axis=1).sum())])


@measurement
def left(_: Sweeps) -> Measured:
    """Measure how many networks that start beside a member get well below its error."""
    beside = some_members() + np.random.default_rng(1).normal(0, 1e-3, (MEMBERS, 9))
    table = sweep(initial_weights=beside, learning_rate=5.0, weights=False)
    return Measured(MEMBERS, [share_of(4 * table["mse"] < 0.9)])


def slow(table: pd.DataFrame) -> pd.DataFrame:
    """Choose the runs that had not converged after 100,000 epochs."""
    return table[~converged(table) | (table["epochs"] > EARLY)]


@measurement
def given_time(sweeps: Sweeps) -> Measured:
    """Measure how many of the censored runs converge with 10, 100 and 1,000 times the epochs."""
    names = {"main": "by 10^6", "longer": "by 10^7", "longest": "by 10^8"}
    runs = {label: slow(sweeps[name]) for name, label in names.items()}
    return Measured(
        sum(map(len, runs.values())),
        [share_of(converged(some), label, seeds=some["seed"]) for label, some in runs.items()],
    )


@measurement
def still_falling(sweeps: Sweeps) -> Measured:
    """Measure how many runs that have not converged by 10^7 epochs have less error than at 10^6."""
    both = sweeps["main"].merge(sweeps["longer"], on=["seed", "init"], suffixes=("", "_later"))
    both = both[both["outcome_later"] == Outcome.MAX_EPOCHS]
    return Measured(len(both), [share_of(both["mse_later"] < both["mse"], seeds=both["seed"])])


@measurement
def stalled(sweeps: Sweeps) -> Measured:
    """Measure how many of the censored runs stall by 10^7 epochs, in single and in double."""
    runs = {"single": slow(sweeps["single"]), "double": slow(sweeps["longer"])}
    return Measured(
        sum(map(len, runs.values())),
        [
            share_of(some["outcome"] == Outcome.STALLED, name, seeds=some["seed"])
            for name, some in runs.items()
        ],
    )
