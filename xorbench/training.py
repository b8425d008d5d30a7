"""Train one network by the kernel of the sweeps, and record every epoch of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench import gates
from xorbench.axes import AXES
from xorbench.block import Block, nothing
from xorbench.encoding import Grid
from xorbench.explain import explain, unexplained
from xorbench.network import PATTERNS, forward
from xorbench.notation import number_text
from xorbench.outcome import Outcome
from xorbench.problems import refuse
from xorbench.recording import Story, read_record
from xorbench.runner import compile_kernels
from xorbench.settings import Settings, SettingsError, differences, make_settings
from xorbench.table import WEIGHTS

SLICE = 16_384  # epochs: long enough to train fast, so short that Ctrl-C is heard


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
        epoch, mse, max_error, w1..w9 of the recorded epochs; epoch 0 is the start.
    hidden : DataFrame
        x1, x2, h1, h2, y of the trained network.
    gate_epochs : dict
        Of h1, h2 and y: the epoch after which each has had its final gate; 0 if from the start.
        Every epoch is looked at, recorded or not.
    plateaus : DataFrame
        How many epochs ended with mse within 5 % of 1/4 (all four outputs at one half), 1/6 (three
        at a third or two thirds) and 1/8 (two at one half): mse, epochs, share. With targets other
        than 0 and 1, the mse of these plateaus is theirs.
    """

    settings: Settings
    outcome: Outcome
    epochs: int
    weights: npt.NDArray[np.float64]
    history: pd.DataFrame
    hidden: pd.DataFrame
    gate_epochs: dict[str, int]
    plateaus: pd.DataFrame


def train(
    seed: int | None = None,
    learning_rate: float = 0.5,
    *,
    initial_weights: npt.ArrayLike | None = None,
    record: str | None = None,
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
    record : "all" or "log:N", optional
        Keep all epochs in the history, or N for each power of ten: those of the rounded 10^(k/N),
        the start and the last. Default all, or log:100 where max_epochs is above a million. A
        million epochs take about a fifth of a second; if all are kept, twice that and 100 MB, so
        that all are kept of no more than ten million.
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
    if "seeds" in settings:
        raise SettingsError(["seeds: one network has one seed; give it as seed."])
    if initial_weights is not None:
        initial_weights = np.atleast_2d(np.asarray(initial_weights))
    elif seed is None:
        seed = 27
    return train_settings(
        make_settings(
            seeds=seed, learning_rate=learning_rate, initial_weights=initial_weights, **settings
        ),
        record,
    )


def train_settings(settings: Settings, record: object = None) -> Run:
    """Train the one network of some settings and record it.

    Parameters
    ----------
    settings : Settings
        With one value for each.
    record : "all" or "log:N", optional
        As in `train`.

    Returns
    -------
    Run

    Raises
    ------
    SettingsError
        If there is more than one value for a setting, or `record` is not allowed.
    """
    starts = "seed" if settings.initial_weights is None else "initial_weights"
    counts = {starts: settings.seed_count, **{name: len(getattr(settings, name)) for name in AXES}}
    refuse(
        [
            f"{name}: {count:,} are given; to train one network, give one."
            for name, count in counts.items()
            if count > 1
        ]
    )
    grid = Grid(settings)
    (queue,) = grid.queues(range(1))
    story = Story(queue, read_record(record, settings.max_epochs[0]))
    compile_kernels(grid)
    with np.errstate(over="ignore"):  # the kernel rounds weights as it loads them
        story.tell(queue.starts.astype(queue.variant.dtype).astype(np.float64))
    block = Block()
    recorded = np.empty((SLICE, 9))
    _, finished = block.advance(queue, 0, SLICE, drain=True, history=recorded)
    while not finished.rows.size:
        story.tell(recorded)
        _, finished = block.advance(nothing(queue.variant), 0, SLICE, drain=True, history=recorded)
    epochs = int(finished.epochs[0])
    # A rule that is seen to hold one epoch late leaves the same weights twice.
    story.tell(recorded[: epochs - story.epochs])
    return Run(
        settings,
        list(Outcome)[finished.outcomes[0]],
        epochs,
        finished.weights[0],
        story.history,
        describe_units(finished.weights[0], settings.activation[0]),
        story.gate_epochs,
        story.plateaus,
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
        f"{describe_settings(run.settings)}\n{ended[run.outcome]}\n\n"
        f"{run.hidden.round(3).to_string(index=False)}\n\n"
        f"h1 is {h1}, h2 is {h2}, y is {named}.\n{describe_story(run)}\n\nWeights:\n{weights}"
    )


def describe_settings(settings: Settings) -> str:
    """Tell how a run was trained: its seed, rate and update, and what else is not the default.

    Examples
    --------
    >>> describe_settings(make_settings(seeds=4, learning_rate=5, momentum=0.9))
    'Seed 4, learning rate 5, update batch, momentum 0.9.'
    """
    chosen = settings.as_dict()
    others = differences(make_settings().as_dict(), chosen)
    told = [
        f"{name.replace('_', ' ')} {number_text(value) if isinstance(value, float) else value}"
        for name, value in chosen.items()
        if name in AXES and name in ("learning_rate", "update", *others)
    ]
    start = f"Seed {settings.seed(0)}" if settings.initial_weights is None else "Given weights"
    return f"{', '.join([start, *told])}."


def describe_story(run: Run) -> str:
    """Tell when the gates were final, and how long the run rested on plateaus."""
    gates_final = ", ".join(
        f"{unit} {f'after epoch {epoch:,}' if epoch else 'from the start'}"
        for unit, epoch in run.gate_epochs.items()
    )
    rested = ", ".join(
        f"{epochs:,} of {mse:.4g} ({100 * share:.1f} %)"
        for mse, epochs, share in run.plateaus.itertuples(index=False, name=None)
        if epochs
    )
    return (
        f"Final gates: {gates_final}.\n"
        f"Epochs that ended on a plateau, with mse within 5 %: {rested or 'none'}."
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
        gate_epochs=run.gate_epochs,
        plateaus=dict(zip(run.plateaus["mse"], run.plateaus["epochs"], strict=True)),
    )
