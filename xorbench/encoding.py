"""Translate rows of the grid into the numbers that the kernel works on."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from xorbench.kernel.forward import LARGEST, MINUS_LIKELIHOOD, RELU, SIGMOID, SUM_OF_SQUARES, TANH
from xorbench.kernel.layout import BATCH, ONLINE, PARAMETERS, SHUFFLED
from xorbench.kernel.optimizers import ADAM, DESCENT, MOMENTUM, NESTEROV, QUICKPROP, RPROP
from xorbench.notation import StopRule
from xorbench.seeding import outputs_taken, starting_weights
from xorbench.settings import AXES, Settings

UPDATES = {"batch": BATCH, "online": ONLINE, "shuffled": SHUFFLED}
ACTIVATIONS = {"sigmoid": SIGMOID, "tanh": TANH, "relu": RELU}
OPTIMIZERS = {
    "gradient_descent": DESCENT,  # MOMENTUM where it has some
    "nesterov": NESTEROV,
    "rprop": RPROP,
    "adam": ADAM,
    "quickprop": QUICKPROP,
}
# The settings that are an optimizer's constants, in the kernel's order.
CONSTANTS = {
    "gradient_descent": ("momentum",),
    "nesterov": ("momentum",),
    "rprop": ("rprop_increase", "rprop_decrease", "rprop_smallest_step", "rprop_largest_step"),
    "adam": ("adam_beta1", "adam_beta2", "adam_epsilon"),
    "quickprop": ("quickprop_growth",),
}
# Their rate holds the factor of the gradient: one multiplication less.
SCALED = ("gradient_descent", "nesterov")
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
    ("shuffled", "mse"): 2.0,
    ("shuffled", "sse"): 2.0,
    ("shuffled", "half_mse"): 1.0,
    ("shuffled", "half_sse"): 1.0,
    ("shuffled", "cross_entropy"): 1.0,
}

# Metrics that are the sum of squares times a power of two.
SUMS_OF_SQUARES = {"sse": 1.0, "mse": 4.0, "half_sse": 2.0, "half_mse": 8.0}


class Variant(NamedTuple):
    """What the kernel is compiled for; the names are those of `kernel.lanes.advance`.

    The precision, a position in PRECISIONS, is the type of its arrays.
    """

    update: int
    optimizer: int
    activation: int
    soft: int
    cross_entropy: int
    metric: int
    during: int
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
    seeds, taken : int64 arrays (n,)
        Seed of each run's random stream, and how many outputs the weights have taken from it.
    starts : array (n, 9)
    parameters : array (n, PARAMETERS)
        Rate, the output's rate, factor, four constants of the optimizer, threshold and targets;
        the threshold is a number of the variant's precision.
    limits : int64 array (n,)
        The largest number of epochs.
    """

    variant: Variant
    rows: npt.NDArray[np.int64]
    seeds: npt.NDArray[np.int64]
    taken: npt.NDArray[np.int64]
    starts: npt.NDArray[np.float64]
    parameters: npt.NDArray[np.float64]
    limits: npt.NDArray[np.int64]

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Give the arrays by their names."""
        names = [field.name for field in fields(self) if field.name != "variant"]
        return {name: getattr(self, name) for name in names}

    def part(self, chosen: slice | npt.NDArray[np.int64]) -> "Queue":
        """Take some of the runs, in the order given."""
        changes: dict[str, Any] = {name: array[chosen] for name, array in self.arrays().items()}
        return replace(self, **changes)


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


@np.errstate(over="ignore")  # a threshold too large for a single is infinite
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
        self.factors = np.array(
            [[FACTORS[update, error] for error in settings.error] for update in settings.update]
        )
        metrics, thresholds = zip(*map(threshold, settings.stop), strict=True)
        self.thresholds = np.array(thresholds)
        self.targets = np.array([(pair.low, pair.high) for pair in settings.targets])
        codes = {
            "update": [UPDATES[update] for update in settings.update],
            "optimizer": [OPTIMIZERS[optimizer] for optimizer in settings.optimizer],
            "activation": [ACTIVATIONS[activation] for activation in settings.activation],
            "targets": [int((t.low, t.high) != (0.0, 1.0)) for t in settings.targets],
            "error": [int(error == "cross_entropy") for error in settings.error],
            "stop": metrics,
            "measured": [int(measured == "during_epoch") for measured in settings.measured],
            "precision": [PRECISIONS.index(precision) for precision in settings.precision],
        }
        # In the order of a variant's numbers.
        self.codes = {name: np.array(values) for name, values in codes.items()}

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
        values = {name: set(codes.tolist()) for name, codes in self.codes.items()}
        if DESCENT in values["optimizer"]:
            with_momentum = {MOMENTUM if mu > 0 else DESCENT for mu in self.settings.momentum}
            values["optimizer"] = values["optimizer"] - {DESCENT} | with_momentum
        return [Variant(*numbers) for numbers in product(*map(sorted, values.values()))]

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

    def streams(
        self,
        points: npt.NDArray[np.int64],
        places: npt.NDArray[np.int64],
        updates: npt.NDArray[np.int64],
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Give each run's random stream: its seed, and how many outputs are taken from it."""
        if self.settings.initial_weights is not None:
            return places, np.zeros_like(places)
        seeds = self.seeds(places)
        taken = np.zeros_like(seeds)
        inits = self.positions("init", points)
        for k in np.unique(inits):
            chosen = (inits == k) & (updates == SHUFFLED)  # the others need no stream
            taken[chosen] = outputs_taken(seeds[chosen], self.settings.init[k])
        return seeds, taken

    def parameters(
        self, position: dict[str, npt.NDArray[np.int64]], precisions: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float64]:
        """Give the parameters of runs, by their positions on the axes; shape (n, PARAMETERS)."""
        settings = self.settings
        rates = np.array(settings.learning_rate)[position["learning_rate"]]
        factors = self.factors[position["update"], position["error"]]
        thresholds = self.thresholds[position["stop"]]
        parameters = np.zeros((rates.size, PARAMETERS))
        ratios = np.array(settings.output_rate_ratio)[position["output_rate_ratio"]]
        parameters[:, 0] = rates
        parameters[:, 1] = rates * ratios
        parameters[:, 2] = factors
        for k, optimizer in enumerate(settings.optimizer):
            chosen = position["optimizer"] == k
            if optimizer in SCALED:
                parameters[chosen, :2] *= factors[chosen, np.newaxis]
            for column, name in enumerate(CONSTANTS[optimizer], start=3):
                values = np.array(getattr(settings, name))
                parameters[chosen, column] = values[position[name][chosen]]
        parameters[:, 7] = np.where(precisions == SINGLE, single_thresholds(thresholds), thresholds)
        parameters[:, 8:] = self.targets[position["targets"]]
        return parameters

    def queues(self, rows: range) -> Iterator[Queue]:
        """Prepare consecutive rows for the kernel, split where the variant changes."""
        settings = self.settings
        numbers = np.arange(rows.start, rows.stop, dtype=np.int64)
        points, places = np.divmod(numbers, settings.seed_count)
        position = {name: self.positions(name, points) for name in AXES}
        codes = {name: values[position[name]] for name, values in self.codes.items()}
        momenta = np.array(settings.momentum)[position["momentum"]]
        with_momentum = (codes["optimizer"] == DESCENT) & (momenta > 0)
        codes["optimizer"] = np.where(with_momentum, MOMENTUM, codes["optimizer"])
        variants = np.column_stack(list(codes.values()))
        parameters = self.parameters(position, codes["precision"])
        limits = np.array(settings.max_epochs, dtype=np.int64)[position["max_epochs"]]
        starts = self.starts(points, places)
        seeds, taken = self.streams(points, places, codes["update"])
        breaks = np.flatnonzero((variants[1:] != variants[:-1]).any(axis=1)) + 1
        for first, last in zip([0, *breaks], [*breaks, numbers.size], strict=True):
            part = slice(first, last)
            yield Queue(
                Variant(*map(int, variants[first])),
                numbers[part],
                seeds[part],
                taken[part],
                starts[part],
                parameters[part],
                limits[part],
            )
