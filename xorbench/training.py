"""Train one network by the kernel of the sweeps, and record every epoch of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench import gates
from xorbench.block import Block, nothing
from xorbench.encoding import Grid, Queue
from xorbench.explain import explain, unexplained
from xorbench.kernel.lanes import MAX_ERROR, MSE, describe_all
from xorbench.network import PATTERNS, forward
from xorbench.outcome import Outcome
from xorbench.problems import refuse
from xorbench.runner import compile_kernels
from xorbench.settings import Settings, SettingsError, make_settings
from xorbench.table import WEIGHTS


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes
    ----------
    settings : Settings
    outcome : Outcome
    epochs : int
    weights : array (9,)
        w1..w9 at the end.
    history : DataFrame
        epoch, mse, max_error, w1..w9; epoch 0 is the start.
    hidden : DataFrame
        x1, x2, h1, h2, y of the trained network.
    """

    settings: Settings
    outcome: Outcome
    epochs: int
    weights: npt.NDArray[np.float64]
    history: pd.DataFrame
    hidden: pd.DataFrame


def train(
    seed: int | None = None,
    learning_rate: float = 0.5,
    *,
    initial_weights: npt.ArrayLike | None = None,
    **settings: Any,
) -> Run:
    """Train one network and record its weights and errors after every epoch.

    It is the same computation, to the bit, as that run's row in a sweep.

    Parameters
    ----------
    seed : int, optional
        27, the tutorial's, unless `initial_weights` are given.
    learning_rate : float
    initial_weights : array (9,), optional
        Start from these weights instead of a seed's.
    **settings
        One value for each, as in :func:`xorbench.sweep`.

    Returns
    -------
    Run

    Raises
    ------
    SettingsError
        If a setting is not allowed, or is a list.

    Examples
    --------
    >>> import xorbench
    >>> run = xorbench.train(seed=27, learning_rate=0.6, update="online")
    >>> print(run.outcome, run.epochs)
    converged 1615
    >>> run.hidden.round(3)
       x1  x2     h1     h2      y
    0   0   0  0.001  0.065  0.034
    1   0   1  0.093  0.969  0.970
    2   1   0  0.094  0.971  0.970
    3   1   1  0.879  1.000  0.031
    """
    if initial_weights is not None:
        initial_weights = np.atleast_2d(np.asarray(initial_weights))
    elif seed is None:
        seed = 27
    return train_settings(
        make_settings(
            seeds=seed, learning_rate=learning_rate, initial_weights=initial_weights, **settings
        )
    )


def train_settings(settings: Settings) -> Run:
    """Train the one network of some settings and record it.

    Parameters
    ----------
    settings : Settings
        With one value for each.

    Returns
    -------
    Run

    Raises
    ------
    SettingsError
        If there is more than one value for a setting.
    """
    if settings.rows != 1:
        raise SettingsError(
            [f"These settings make {settings.rows:,} runs; to train one, give one value for each."]
        )
    grid = Grid(settings)
    compile_kernels(grid)
    (queue,) = grid.queues(range(1))
    block = Block()
    recorded = [rounded(queue.starts, queue.variant.dtype)]
    _, finished = block.advance(queue, 0, 1, drain=True)
    while not finished.rows.size:
        recorded.append(block.weights)
        _, finished = block.advance(nothing(queue.variant), 0, 1, drain=True)
    epochs = int(finished.epochs[0])
    recorded.append(finished.weights)
    # A rule that is seen to hold one epoch late leaves the same weights twice.
    history = np.concatenate(recorded)[: epochs + 1]
    return Run(
        settings,
        list(Outcome)[finished.outcomes[0]],
        epochs,
        finished.weights[0],
        describe_history(history, queue),
        describe_units(finished.weights[0], settings.activation[0]),
    )


@np.errstate(over="ignore")
def rounded(
    weights: npt.NDArray[np.float64], precision: type[np.floating]
) -> npt.NDArray[np.float64]:
    """Round weights as the kernel does when it loads them; too large ones become infinite."""
    return weights.astype(precision).astype(np.float64)


def describe_history(weights: npt.NDArray[np.float64], queue: Queue) -> pd.DataFrame:
    """Make the table of a run's weights, shape (epochs + 1, 9), and errors over the epochs."""
    measures = np.empty((len(weights), 3))
    low, high = queue.parameters[0, -2:].astype(queue.variant.dtype)
    describe_all(
        queue.variant.activation,
        low,
        high,
        weights.astype(queue.variant.dtype),
        measures,
        np.empty((len(weights), 3), np.uint8),
    )
    return pd.DataFrame(
        {
            "epoch": np.arange(len(weights)),
            "mse": measures[:, MSE],
            "max_error": measures[:, MAX_ERROR],
            **{name: weights[:, k] for k, name in enumerate(WEIGHTS)},
        }
    )


@np.errstate(invalid="ignore")  # weights that have overflowed may have no answer
def describe_units(weights: npt.NDArray[np.float64], activation: str) -> pd.DataFrame:
    """Make the table of the units' activations over the four patterns."""
    h1, h2, y = forward(weights, activation)
    x1, x2 = PATTERNS.T.astype(np.int64)
    return pd.DataFrame({"x1": x1, "x2": x2, "h1": h1, "h2": h2, "y": y})


@np.errstate(invalid="ignore")
def gate_names(weights: npt.NDArray[np.float64], activation: str) -> tuple[str, str, str]:
    """Name the gates of h1, h2 and the output."""
    h1, h2, _ = forward(weights, activation)
    output = gates.identify(gates.output_activations(weights, activation))
    cut = gates.CUTS[activation]
    codes = (gates.identify(h1, cut), gates.identify(h2, cut), output)
    first, second, third = (gates.NAMES[int(code)] for code in codes)
    return first, second, third


def describe_run(run: Run) -> str:
    """Tell in a few lines how a run ended and what its units learned."""
    h1, h2, output = gate_names(run.weights, run.settings.activation[0])
    ended = {
        Outcome.CONVERGED: f"Converged after {run.epochs:,} epochs ({run.settings.stop[0]}).",
        Outcome.MAX_EPOCHS: f"Not converged within {run.epochs:,} epochs; later ones are unknown.",
        Outcome.STALLED: f"Stalled: epoch {run.epochs:,} left every weight as it was, to the bit.",
        Outcome.NONFINITE: f"A weight overflowed in epoch {run.epochs:,}.",
    }
    named = output.replace("x1", "h1").replace("x2", "h2")
    weights = "\n".join(
        f"  {name} {weight: .8f}" for name, weight in zip(WEIGHTS, run.weights, strict=True)
    )
    return (
        f"{ended[run.outcome]}\n\n{run.hidden.round(3).to_string(index=False)}\n\n"
        f"h1 is {h1}, h2 is {h2}, y is {named}.\n\nWeights:\n{weights}"
    )


def explain_run(run: Run) -> str:
    """Explain a run step by step, as a tutorial does.

    Raises
    ------
    SettingsError
        If the text does not know a setting of the run.
    """
    refuse(unexplained(run.settings))
    point = run.settings.point(0)
    return explain(
        run.history[list(WEIGHTS)].iloc[0].to_numpy(),
        run.weights,
        seed=None if run.settings.initial_weights is not None else run.settings.seed(0),
        learning_rate=point.learning_rate,
        momentum=point.momentum,
        update=point.update,
        error=point.error,
        stop=point.stop.text,
        outcome=run.outcome,
        epochs=run.epochs,
        precision=point.precision,
    )
