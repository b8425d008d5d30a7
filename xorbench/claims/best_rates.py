"""Optimizers, activations and starts, each at the learning rate that suits it best.

The rate is chosen by one half of the seeds and measured with the other, so that a lucky rate is not
taken for a good one.
"""

from collections.abc import Callable

import pandas as pd

from xorbench.claims.estimates import Estimate, Measured, converged, median_epochs, share_of
from xorbench.claims.registry import Sweeps, measurement

OPTIMIZERS = {"main": "descent"} | {
    name: name for name in ("momentum", "nesterov", "quickprop", "rprop", "adam")
}
"""The optimizers' sweeps, and what they are called."""


def at_best_rate(table: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Choose the runs of the odd seeds at the rate that is best for the even ones.

    That is the one with the least median or, where nowhere half of the runs converge, with the
    most that do.
    """
    even = table["seed"] % 2 == 0

    def quality(rate: float) -> tuple[float, int]:
        runs = table[even & (table["learning_rate"] == rate)]
        return median_epochs(runs).value, -int(converged(runs).sum())

    best = min(table["learning_rate"].unique().tolist(), key=quality)
    return table[~even & (table["learning_rate"] == best)], best


def best_median(table: pd.DataFrame, name: str) -> Estimate:
    """Measure the median at the best rate, which the label tells."""
    runs, rate = at_best_rate(table)
    return median_epochs(runs, f"{name} at {rate:.3g}")


def best_failures(table: pd.DataFrame, name: str) -> Estimate:
    """Measure how many runs do not converge at the best rate."""
    runs, rate = at_best_rate(table)
    return share_of(~converged(runs), f"{name} at {rate:.3g}")


def rows(tables: list[pd.DataFrame]) -> int:
    """Count the runs that were looked at."""
    return sum(map(len, tables))


def optimizers(sweeps: Sweeps, *names: str) -> Measured:
    """Measure the medians of optimizers."""
    return Measured(
        rows([sweeps[name] for name in names]),
        [best_median(sweeps[name], OPTIMIZERS[name]) for name in names],
    )


@measurement
def from_descent_to_rprop(sweeps: Sweeps) -> Measured:
    """Measure the medians of descent, momentum, Quickprop and Rprop."""
    return optimizers(sweeps, "main", "momentum", "quickprop", "rprop")


@measurement
def nesterov_and_adam(sweeps: Sweeps) -> Measured:
    """Measure the medians of Nesterov's momentum and Adam."""
    return optimizers(sweeps, "nesterov", "adam")


@measurement
def failures(sweeps: Sweeps) -> Measured:
    """Measure how many runs do not converge, for each optimizer."""
    return Measured(
        rows([sweeps[name] for name in OPTIMIZERS]),
        [best_failures(sweeps[name], called) for name, called in OPTIMIZERS.items()],
    )


def choose(sweeps: Sweeps, activation: str, init: str) -> pd.DataFrame:
    """Choose the runs of an activation and a start."""
    table = sweeps["main"]
    return table[(table["activation"] == activation) & (table["init"] == init)]


@measurement
def sigmoid_and_tanh(sweeps: Sweeps) -> Measured:
    """Measure the medians of sigmoid and tanh, from Xavier starts."""
    tables = {name: choose(sweeps, name, "xavier") for name in ("sigmoid", "tanh")}
    return Measured(
        rows([*tables.values()]), [best_median(table, name) for name, table in tables.items()]
    )


@measurement
def tanh_and_relu_failures(sweeps: Sweeps) -> Measured:
    """Measure how many runs of tanh and of relu do not converge, from Xavier starts."""
    tables = {name: choose(sweeps, name, "xavier") for name in ("tanh", "relu")}
    return Measured(
        rows([*tables.values()]), [best_failures(table, name) for name, table in tables.items()]
    )


@measurement
def dead_units(sweeps: Sweeps) -> Measured:
    """Measure how many runs of relu that fail have a unit that is zero for all four patterns."""
    runs, _ = at_best_rate(choose(sweeps, "relu", "xavier"))
    runs = runs[~converged(runs)]
    dead = (runs["h1_gate"] == "FALSE") | (runs["h2_gate"] == "FALSE")
    return Measured(len(runs), [share_of(dead)])


STARTS = {"uniform:-1,1": "U(-1,1)", "normal:1": "N(1)", "xavier": "Xavier"}


def starts(
    sweeps: Sweeps, activation: str, estimate: Callable[[pd.DataFrame, str], Estimate]
) -> Measured:
    """Estimate something of an activation, from each kind of start."""
    tables = {label: choose(sweeps, activation, init) for init, label in STARTS.items()}
    return Measured(
        rows([*tables.values()]), [estimate(table, label) for label, table in tables.items()]
    )


@measurement
def starts_of_tanh(sweeps: Sweeps) -> Measured:
    """Measure the medians of tanh, from each kind of start."""
    return starts(sweeps, "tanh", best_median)


@measurement
def starts_of_sigmoid(sweeps: Sweeps) -> Measured:
    """Measure the medians of the sigmoid, from each kind of start."""
    return starts(sweeps, "sigmoid", best_median)


@measurement
def starts_of_relu(sweeps: Sweeps) -> Measured:
    """Measure how many runs of relu do not converge, from each kind of start."""
    return starts(sweeps, "relu", best_failures)
