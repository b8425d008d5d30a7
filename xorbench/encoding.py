"""Translate rows of the grid into the numbers that the kernel works on."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from xorbench.kernel.forward import LARGEST, MINUS_LIKELIHOOD, SUM_OF_SQUARES
from xorbench.kernel.lanes import BATCH, ONLINE
from xorbench.notation import StopRule
from xorbench.seeding import starting_weights
from xorbench.settings import AXES, Settings

UPDATES = {"batch": BATCH, "online": ONLINE}
PRECISIONS = ("double", "single")
SINGLE = PRECISIONS.index("single")

# The constant factors of the derivative of each error, which the learning rate multiplies: they
# are powers of two, so that it makes no difference where they are applied.
FACTORS = {
    ("batch", "mse"): 0.5,
    ("batch", "sse"): 2.0,
    ("batch", "half_mse"): 0.25,
    ("batch", "half_sse"): 1.0,
    ("batch", "cross_entropy"): 0.25,
    ("online", "mse"): 2.0,
    ("online", "sse"): 2.0,
    ("online", "half_mse"): 1.0,
    ("online", "half_sse"): 1.0,
    ("online", "cross_entropy"): 1.0,
}

# Metrics that are the sum of squares times a power of two.
SUMS_OF_SQUARES = {"sse": 1.0, "mse": 4.0, "half_sse": 2.0, "half_mse": 8.0}


class Variant(NamedTuple):
    """What the kernel is compiled for; the names are those of `kernel.lanes.advance`.

    The precision, a position in PRECISIONS, is the type of its arrays.
    """

    update: int
    cross_entropy: int
    metric: int
    during: int
    momentum: int
    precision: int

    @property
    def constants(self) -> tuple[int, ...]:
        """The arguments of the kernel that are constants when it is compiled."""
        return self[:-1]

    @property
    def dtype(self) -> type[np.floating]:
        """The type of the numbers in training."""
        return np.float32 if self.precision == SINGLE else np.float64


@dataclass(frozen=True)
class Queue:
    """Runs of one variant, ready for the kernel.

    Attributes
    ----------
    variant : Variant
    rows : int64 array (n,)
    starts : array (n, 9)
    parameters : array (n, 3)
        Rate, momentum, threshold; the last is a number of the variant's precision.
    limits : int64 array (n,)
        The largest number of epochs.
    """

    variant: Variant
    rows: npt.NDArray[np.int64]
    starts: npt.NDArray[np.float64]
    parameters: npt.NDArray[np.float64]
    limits: npt.NDArray[np.int64]


def threshold(stop: StopRule) -> tuple[int, float]:
    """Express a stop rule as a metric of the kernel and the number that it has to stay below.

    Examples
    --------
    >>> from xorbench.notation import StopRule
    >>> threshold(StopRule("mse", 0.001)), threshold(StopRule("max_error", 0.5))
    ((0, 0.004), (1, 0.5))
    """
    if stop.metric in SUMS_OF_SQUARES:
        return SUM_OF_SQUARES, SUMS_OF_SQUARES[stop.metric] * stop.threshold
    if stop.metric == "max_error":
        return LARGEST, stop.threshold
    if stop.metric == "rms":
        # The smallest sum of squares whose root mean square, rounded, is not below the threshold.
        squares = min(4.0 * stop.threshold * stop.threshold, np.finfo(float).max)
        while squares > 0.0 and math.sqrt(squares / 4.0) >= stop.threshold:
            squares = math.nextafter(squares, 0.0)
        while math.sqrt(squares / 4.0) < stop.threshold:
            squares = math.nextafter(squares, math.inf)
        return SUM_OF_SQUARES, squares
    # The mean of -ln p over the four patterns is below T where the product of the p is above
    # e^-4T: the kernel needs no logarithm.
    return MINUS_LIKELIHOOD, -math.exp(-4.0 * stop.threshold)


def single_thresholds(thresholds: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Round up to single precision: just those singles lie below that lie below the threshold."""
    rounded = thresholds.astype(np.float32)
    above = np.nextafter(rounded, np.float32(np.inf))
    return np.where(rounded < thresholds, above, rounded).astype(np.float64)


class Grid:
    """The rows of validated settings, as arrays.

    Parameters
    ----------
    settings : Settings
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lengths = {name: len(getattr(settings, name)) for name in AXES}
        self.strides = {}
        stride = 1
        for name, length in self.lengths.items():
            self.strides[name] = stride
            stride *= length
        self.learning_rates = np.array(settings.learning_rate)
        self.momenta = np.array(settings.momentum)
        self.max_epochs = np.array(settings.max_epochs, dtype=np.int64)
        self.factors = np.array(
            [[FACTORS[update, error] for error in settings.error] for update in settings.update]
        )
        self.updates = np.array([UPDATES[update] for update in settings.update])
        self.cross_entropy = np.array([int(e == "cross_entropy") for e in settings.error])
        metrics, thresholds = zip(*map(threshold, settings.stop), strict=True)
        self.metrics = np.array(metrics)
        self.thresholds = np.array(thresholds)
        self.precisions = np.array([PRECISIONS.index(name) for name in settings.precision])
        self.during = np.array([int(m == "during_epoch") for m in settings.measured])

    def positions(self, name: str, points: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Tell where on an axis each point of the grid lies."""
        return points // self.strides[name] % self.lengths[name]

    def seeds(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Tell the seeds with these indices."""
        seeds = self.settings.seeds
        if isinstance(seeds, range):
            return seeds.start + places * seeds.step
        return np.array(seeds, dtype=np.int64)[places]

    def variants(self) -> list[Variant]:
        """List the variants of the kernel that the grid needs."""
        return [
            Variant(*map(int, numbers))
            for numbers in product(
                np.unique(self.updates),
                np.unique(self.cross_entropy),
                np.unique(self.metrics),
                np.unique(self.during),
                np.unique(self.momenta > 0),
                np.unique(self.precisions),
            )
        ]

    def starts(
        self, points: npt.NDArray[np.int64], places: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Give the starting weights of runs, shape (n, 9), by their points and indices of seeds."""
        if self.settings.initial_weights is not None:
            return np.ascontiguousarray(self.settings.initial_weights[places])
        seeds = self.seeds(places)
        inits = self.positions("init", points)
        weights = np.empty((points.size, 9))
        for k in np.unique(inits):
            chosen = inits == k
            weights[chosen] = starting_weights(seeds[chosen], self.settings.init[k])
        return weights

    def queues(self, rows: range) -> Iterator[Queue]:
        """Prepare consecutive rows for the kernel, split where the variant changes."""
        numbers = np.arange(rows.start, rows.stop, dtype=np.int64)
        points, places = np.divmod(numbers, self.settings.seed_count)
        position = {name: self.positions(name, points) for name in AXES}
        factors = self.factors[position["update"], position["error"]]
        momenta = self.momenta[position["momentum"]]
        precisions = self.precisions[position["precision"]]
        thresholds = self.thresholds[position["stop"]]
        parameters = np.column_stack(
            (
                self.learning_rates[position["learning_rate"]] * factors,
                momenta,
                np.where(precisions == SINGLE, single_thresholds(thresholds), thresholds),
            )
        )
        limits = self.max_epochs[position["max_epochs"]]
        starts = self.starts(points, places)
        variants = np.column_stack(
            (
                self.updates[position["update"]],
                self.cross_entropy[position["error"]],
                self.metrics[position["stop"]],
                self.during[position["measured"]],
                momenta > 0,
                precisions,
            )
        )
        breaks = np.flatnonzero((variants[1:] != variants[:-1]).any(axis=1)) + 1
        for first, last in zip([0, *breaks], [*breaks, numbers.size], strict=True):
            part = slice(first, last)
            yield Queue(
                Variant(*map(int, variants[first])),
                numbers[part],
                starts[part],
                parameters[part],
                limits[part],
            )
