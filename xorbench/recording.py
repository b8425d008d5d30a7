"""The story of one run: which epochs are kept, when its gates last changed, how long it rested."""

import math
import re

import numpy as np
import numpy.typing as npt
import pandas as pd

from xorbench.encoding import Queue
from xorbench.following import follow_epochs
from xorbench.kernel.lanes import MAX_ERROR, MSE, describe_all
from xorbench.problems import SettingsError, shown
from xorbench.table import WEIGHTS

Array = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

UNITS = ("h1", "h2", "y")
EVERY = "all"
MOST_EPOCHS = 1_000_000
"""Runs that may take more than this are not recorded at every epoch unless asked for."""

MOST_KEPT = 10_000_000
"""Nor are those that may take more than this, even if asked for: so many epochs are a gigabyte."""

DEFAULT_PER_DECADE = 100
MOST_PER_DECADE = 100_000

PLATEAUS = np.array([1 / 4, 1 / 6, 1 / 8])
"""The mse where training rests, with targets 0 and 1: all four outputs at 1/2, three at 1/3 or
2/3, two at 1/2."""

NEAR = 0.05
"""How much the mse may differ from a plateau's, relatively."""


def read_record(given: object, max_epochs: int) -> int | None:
    """Read which epochs are to be recorded: None for all, or how many for each power of ten.

    Raises
    ------
    SettingsError

    Examples
    --------
    >>> read_record("log:20", 1000), read_record("all", 1000), read_record(None, 10**9)
    (20, None, 100)
    """
    if given is None:
        return None if max_epochs <= MOST_EPOCHS else DEFAULT_PER_DECADE
    if given == EVERY:
        if max_epochs > MOST_KEPT:
            raise SettingsError(
                [
                    f"record: all is allowed with max_epochs up to {MOST_KEPT:,}, whose history"
                    f" takes a gigabyte, but max_epochs is {max_epochs:,}; give log:N, such as"
                    " log:1000."
                ]
            )
        return None
    match = re.fullmatch(r"log:(\d{1,6})", given) if isinstance(given, str) else None
    if match is None or not 1 <= int(match[1]) <= MOST_PER_DECADE:
        raise SettingsError(
            [
                f"record: {shown(given)} is not allowed; give all, or log:N with N epochs for each"
                f" power of ten, a whole number from 1 to {MOST_PER_DECADE:,}."
            ]
        )
    return int(match[1])


def logarithmic(first: int, last: int, per_decade: int) -> Integers:
    """List the epochs of a logarithmic grid from `first` to `last`: the rounded 10^(k / N), and 0.

    Examples
    --------
    >>> logarithmic(0, 50, 4)
    array([ 0,  1,  2,  3,  6, 10, 18, 32])
    """
    lowest = math.floor(per_decade * math.log10(max(first, 1))) - 1
    highest = math.ceil(per_decade * math.log10(max(last, 1))) + 1
    powers = np.rint(10.0 ** (np.arange(max(lowest, 0), highest + 1) / per_decade)).astype(np.int64)
    epochs = np.unique(np.concatenate([[0], powers]))
    return epochs[(epochs >= first) & (epochs <= last)]


class Story:
    """What is remembered of a run, told its weights after every epoch.

    Parameters
    ----------
    queue : Queue
        Of the one run.
    per_decade : int or None
        How many epochs are kept for each power of ten; None keeps all.
    """

    def __init__(self, queue: Queue, per_decade: int | None) -> None:
        self.epochs = -1  # the last that has been told; 0 is the start
        self.per_decade = per_decade
        self._variant = queue.variant
        self._targets = queue.parameters[0, -2:].astype(queue.variant.dtype)
        low, high = self._targets.tolist()
        self._levels = PLATEAUS * (high - low) ** 2
        self._kept_epochs: list[Integers] = []
        self._kept_weights: list[Array] = []
        self._last = np.empty((0, 9))
        self._gates: Integers = np.zeros((3, 1), np.int64)
        self._changed = np.zeros(3, np.int64)
        self._rested = np.zeros(len(PLATEAUS), np.int64)

    def tell(self, weights: Array) -> None:
        """Go on with the weights after each of the next epochs, shape (n, 9)."""
        count = len(weights)
        if not count:
            return
        first = self.epochs + 1
        self._follow(first, weights)
        self.epochs += count
        if self.per_decade is None:
            kept = np.arange(first, first + count)
        else:
            kept = logarithmic(first, self.epochs, self.per_decade)
        self._kept_epochs.append(kept)
        self._kept_weights.append(weights[kept - first])
        self._last = weights[-1:].copy()

    def _follow(self, first: int, weights: Array) -> None:
        """Notice where gates change, and where the error is a plateau's."""
        mse, gates = follow_epochs(self._variant, self._targets, weights)
        changes = np.diff(gates, prepend=self._gates if first else gates[:, :1]) != 0
        for unit in range(3):
            if changes[unit].any():
                self._changed[unit] = first + np.flatnonzero(changes[unit])[-1]
        self._gates = gates[:, -1:]
        trained = mse[1:] if first == 0 else mse
        for k, level in enumerate(self._levels):
            self._rested[k] += np.count_nonzero(np.abs(trained - level) <= NEAR * level)

    @property
    def history(self) -> pd.DataFrame:
        """The kept epochs, and the last: epoch, mse, max_error, w1..w9."""
        epochs = np.concatenate(self._kept_epochs)
        weights = np.concatenate(self._kept_weights)
        if epochs[-1] != self.epochs:
            epochs = np.append(epochs, self.epochs)
            weights = np.vstack([weights, self._last])
        measures = np.empty((len(epochs), 3))
        low, high = self._targets
        describe_all(
            self._variant.activation,
            low,
            high,
            weights.astype(self._variant.dtype, copy=False),
            measures,
            np.empty((len(epochs), 3), np.uint8),
        )
        errors = {"epoch": epochs, "mse": measures[:, MSE], "max_error": measures[:, MAX_ERROR]}
        return pd.DataFrame(errors | dict(zip(WEIGHTS, weights.T, strict=True)))

    @property
    def gate_epochs(self) -> dict[str, int]:
        """The epoch after which each unit has had its final gate; 0 if from the start."""
        return dict(zip(UNITS, self._changed.tolist(), strict=True))

    @property
    def plateaus(self) -> pd.DataFrame:
        """The epochs that ended on each plateau: mse, epochs, share."""
        return pd.DataFrame(
            {
                "mse": self._levels,
                "epochs": self._rested,
                "share": self._rested / max(self.epochs, 1),
            }
        )
