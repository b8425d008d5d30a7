"""The public function that trains a whole grid of networks."""

from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from xorbench.encoding import Grid
from xorbench.locations import name_of
from xorbench.places import usable_folder
from xorbench.problems import all_of
from xorbench.progress import progress_bar
from xorbench.reading import read
from xorbench.runner import train_chunks
from xorbench.settings import make_settings
from xorbench.store import Folder
from xorbench.table import Results, make_table
from xorbench.threads import read_threads


def sweep(
    seeds: Any = None,
    learning_rate: Any = None,
    *,
    output_rate_ratio: Any = 1.0,
    update: Any = "batch",
    optimizer: Any = "gradient_descent",
    momentum: Any = 0.0,
    activation: Any = "sigmoid",
    error: Any = "mse",
    targets: Any = "0,1",
    init: Any = None,
    stop: Any = "mse < 0.001",
    measured: Any = "after_epoch",
    max_epochs: Any = 100_000,
    precision: Any = "double",
    rprop_increase: Any = 1.2,
    rprop_decrease: Any = 0.5,
    rprop_smallest_step: Any = 1e-6,
    rprop_largest_step: Any = 50.0,
    adam_beta1: Any = 0.9,
    adam_beta2: Any = 0.999,
    adam_epsilon: Any = 1e-8,
    quickprop_growth: Any = 1.75,
    initial_weights: Any = None,
    weights: bool = True,
    threads: int | None = None,
    progress: bool = False,
    out: str | Path | None = None,
) -> pd.DataFrame:
    """Train one network for every combination of the settings.

    Every setting may be a list, and then it is an axis of the grid; texts such as ``"0:1000"``
    and ``"log:0.05:50:16"`` are read as on the command line.

    Parameters
    ----------
    seeds : integers in 0..2**32 - 1, default range(1000)
        The start of a seed is what ``numpy.random.seed`` makes of it (see :mod:`xorbench.seeding`).
    learning_rate : numbers of 0 or more, default 0.1, 0.5, 2
    output_rate_ratio : numbers of 0 or more
        The learning rate of the output's weights w7, w8, w9, over that of the hidden units'.
    update : "batch", "online" or "shuffled"
        One step an epoch, or one step a pattern in the order 00, 01, 10, 11, or in an order that
        each epoch draws anew (see :func:`xorbench.network.random_orders`).
    optimizer : "gradient_descent", "nesterov", "rprop", "adam" or "quickprop"
        How a step follows from a gradient (see :mod:`xorbench.optimizers`).
    momentum : numbers in [0, 1)
        ``v = momentum * v - rate * gradient``, ``w = w + v``; for nesterov above 0.
    activation : "sigmoid", "tanh" or "relu"
        Of the hidden units.
    error : "mse", "sse", "half_mse", "half_sse" or "cross_entropy"
        What is descended; it fixes the gradient that the learning rate multiplies.
    targets : texts
        ``LOW,HIGH``: what the output should be where XOR is false, and where it is true.
    init : texts, default "uniform:0,1"
        Distribution of the starting weights: ``uniform:LOW,HIGH``, ``normal:STD`` or ``xavier``.
    stop : texts
        ``METRIC < NUMBER`` with one of mse, sse, rms, max_error, half_mse, half_sse, cross_entropy.
    measured : "after_epoch" or "during_epoch"
        With the weights after each epoch, or each pattern just before its own update.
    max_epochs : whole numbers from 1 to 10**12
    precision : "double" or "single"
    rprop_increase, rprop_decrease, rprop_smallest_step, rprop_largest_step : numbers
        What a step of Rprop is multiplied by and where it ends; the learning rate is the first.
    adam_beta1, adam_beta2, adam_epsilon : numbers
        How slowly Adam forgets gradients and their squares, and what keeps it from dividing by 0.
    quickprop_growth : numbers of 1 or more
        How many times as long as the one before a step of Quickprop may be.
    initial_weights : array (n, 9), optional
        Instead of seeds and init; the column `seed` then holds the row of this array.
    weights : bool
        Keep the final w1..w9 as columns. Without them a table is short: mse, max_error and margin
        have seven digits then, cut towards zero.
    threads : int, optional
        As many as there are usable processors by default. The table does not depend on it.
    progress : bool
        Show a progress bar on standard error.
    out : path or text s3://BUCKET/PATH, optional
        Store the sweep in this folder. What is stored there already is not trained again.

    Returns
    -------
    DataFrame
        One row a run, seeds fastest: seed, learning_rate, every other setting that has more than
        one value, outcome, epochs, mse, max_error, h1_gate, h2_gate, output_gate, learned_and_or,
        composes_to_xor, margin, w1..w9.

    Raises
    ------
    SettingsError
        With a sentence for every setting that is not allowed.
    OtherSettingsError
        If `out` holds the results of other settings.
    PartialError
        If not everything could be stored in `out`, such as on a full disk.

    Examples
    --------
    >>> import xorbench
    >>> table = xorbench.sweep(seeds=range(100), learning_rate=[0.5, 5.0])
    >>> table.groupby("learning_rate").outcome.value_counts().unstack().converged
    learning_rate
    0.5    86
    5.0    87
    Name: converged, dtype: int64
    """
    settings, threads, location = all_of(
        lambda: make_settings(
            seeds=seeds,
            learning_rate=learning_rate,
            output_rate_ratio=output_rate_ratio,
            update=update,
            optimizer=optimizer,
            momentum=momentum,
            activation=activation,
            error=error,
            targets=targets,
            init=init,
            stop=stop,
            measured=measured,
            max_epochs=max_epochs,
            precision=precision,
            rprop_increase=rprop_increase,
            rprop_decrease=rprop_decrease,
            rprop_smallest_step=rprop_smallest_step,
            rprop_largest_step=rprop_largest_step,
            adam_beta1=adam_beta1,
            adam_beta2=adam_beta2,
            adam_epsilon=adam_epsilon,
            quickprop_growth=quickprop_growth,
            initial_weights=initial_weights,
            weights=weights,
        ),
        lambda: read_threads(threads),
        lambda: None if out is None else usable_folder(out),
    )
    if location is not None:
        shower = partial(progress_bar, shown=progress)
        folder = Folder(location, settings)
        folder.train({"name": name_of(location)}, threads=threads, progress=shower)
        return read(location)
    grid = Grid(settings)
    collected: list[Results] = []
    with progress_bar(settings.rows, shown=progress) as show:
        train_chunks(grid, [range(settings.rows)], collected.append, threads=threads, progress=show)
    return make_table(grid, collected[0])
