"""Runs of the kernel for its tests, and many networks trained together in plain NumPy."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ParamSpec, TypeVar

import numba
import numpy as np
import numpy.typing as npt

from xorbench.block import Block, nothing
from xorbench.encoding import ACTIVATIONS, OPTIMIZERS, PRECISIONS, UPDATES, Queue, Variant
from xorbench.jit import FLAGS
from xorbench.kernel import forward, optimizers
from xorbench.kernel.layout import LANES, RATE, ROWS
from xorbench.network import (
    FALSE_AND_TRUE,
    PATTERNS,
    TARGETS,
    Array,
    Order,
    Targets,
    train_plainly,
)
from xorbench.notation import Init
from xorbench.optimizers import CONSTANTS, Constants, rates
from xorbench.outcome import Outcome
from xorbench.seeding import starting_weights

Integers = npt.NDArray[np.int64]

P = ParamSpec("P")
R = TypeVar("R")

OUTCOMES = list(Outcome)
FOR_EVER = 10**9

RUN = np.dtype(
    [
        ("outcomes", np.uint8),
        ("epochs", np.int64),
        ("weights", np.float64, 9),
        ("measures", np.float64, 3),
        ("gates", np.uint8, 3),
    ]
)
Runs = npt.NDArray[np.void]
"""An array of `RUN`: what the kernel has to say of finished runs; fields as in `block.Finished`."""


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Let Python call functions of the kernel, which have no entries of their own."""
    dispatcher: Callable[P, R] = numba.njit(**FLAGS)(function)
    return dispatcher


@dataclass(frozen=True)
class Setting:
    """How to train: in the words of `network.train_plainly`, and translated for the kernel."""

    learning_rate: float = 1.0
    momentum: float = 0.0
    update: str = "batch"
    error: str = "mse"
    metric: str = "mse"
    threshold: float = 1e-3
    measured: str = "after_epoch"
    max_epochs: int = 100_000
    precision: str = "double"
    optimizer: str = "gradient_descent"
    activation: str = "sigmoid"
    targets: Targets = FALSE_AND_TRUE
    constants: Constants | None = None
    output_rate_ratio: float = 1.0

    @property
    def variant(self) -> Variant:
        """What the kernel is compiled for."""
        metrics = {"max_error": forward.LARGEST, "cross_entropy": forward.MINUS_LIKELIHOOD}
        optimizer = OPTIMIZERS[self.optimizer]
        if optimizer == optimizers.DESCENT and self.momentum:
            optimizer = optimizers.MOMENTUM
        return Variant(
            UPDATES[self.update],
            optimizer,
            ACTIVATIONS[self.activation],
            int(self.targets != FALSE_AND_TRUE),
            int(self.error == "cross_entropy"),
            metrics.get(self.metric, forward.SUM_OF_SQUARES),
            int(self.measured == "during_epoch"),
            PRECISIONS.index(self.precision),
        )

    @property
    def factor(self) -> float:
        """The constant factors of the gradient, of the square and of the mean."""
        square = {"mse": 2.0, "sse": 2.0}.get(self.error, 1.0)
        mean = 0.25 if self.update == "batch" and not self.error.endswith("sse") else 1.0
        return square * mean

    @property
    def parameters(self) -> tuple[float, ...]:
        """Rate, the output's rate, factor, the optimizer's constants, threshold and targets."""
        squares = {"mse": 4.0, "sse": 1.0, "half_mse": 8.0, "half_sse": 2.0}
        match self.metric:
            case "max_error":
                threshold = self.threshold
            case "cross_entropy":
                threshold = -math.exp(-4 * self.threshold)
            case "rms":
                threshold = 4 * self.threshold**2
            case _:
                threshold = squares[self.metric] * self.threshold
        if self.precision == "single":  # the least single that is not below it
            single = np.float32(threshold)
            below = single < threshold
            threshold = float(np.nextafter(single, np.float32(np.inf)) if below else single)
        scaled = self.optimizer in ("gradient_descent", "nesterov")
        rate = self.factor * self.learning_rate if scaled else self.learning_rate
        every = {**CONSTANTS, **(self.constants or {})}
        own = [every[name] for name in CONSTANTS if name.startswith(self.optimizer)]
        if scaled:
            own = [self.momentum]
        constants = (*own, 0.0, 0.0, 0.0, 0.0)[:4]
        output_rate = rate * self.output_rate_ratio
        return rate, output_rate, self.factor, *constants, threshold, *self.targets

    def train_plainly(
        self, start: Array, orders: Iterable[Order] | None = None
    ) -> tuple[Outcome, int, Array]:
        """Train one network with the plain loop; orders are those of shuffled epochs."""
        return train_plainly(
            start,
            rates(self.learning_rate, self.output_rate_ratio),
            momentum=self.momentum,
            update=self.update,
            error=self.error,
            metric=self.metric,
            threshold=self.threshold,
            measured=self.measured,
            max_epochs=self.max_epochs,
            optimizer=self.optimizer,
            activation=self.activation,
            targets=self.targets,
            constants=self.constants,
            orders=orders,
        )


def covering_settings() -> list[Setting]:
    """List settings for 12 of the 48 double variants, among which each pair of choices occurs."""
    choices = []
    for (u, update), (m, metric) in product(
        enumerate(("batch", "online")), enumerate(("mse", "max_error", "cross_entropy"))
    ):
        for turn in (0, 1):
            choice = Setting(
                update=update,
                metric=metric,
                error=("mse", "cross_entropy")[turn],
                measured=("after_epoch", "during_epoch")[turn ^ (m == 1) ^ u],
                momentum=(0.0, 0.5)[turn ^ (m == 2)],
            )
            choices.append(choice)
    return choices


def seeds(first: int, count: int) -> Array:
    """Draw the starting weights of consecutive seeds."""
    return starting_weights(range(first, first + count), Init("uniform", (0.0, 1.0)))


def queue_of(starts: Array, settings: Setting | Sequence[Setting]) -> Queue:
    """Queue runs, with one setting for all or one for each, all of them of one variant."""
    every = [settings] * len(starts) if isinstance(settings, Setting) else settings
    (variant,) = {setting.variant for setting in every}
    return Queue(
        variant,
        np.arange(len(starts)),
        np.arange(len(starts)),
        np.zeros(len(starts), np.int64),
        np.ascontiguousarray(starts),
        np.array([setting.parameters for setting in every]),
        np.array([setting.max_epochs for setting in every]),
    )


def train(
    starts: Array,
    settings: Setting | Sequence[Setting],
    *,
    order: Integers | None = None,
    parts: int = 1,
    budget: int = FOR_EVER,
) -> Runs:
    """Train networks with the kernel.

    Parameters
    ----------
    starts : array (n, 9)
    settings : Setting or n of them
        Of one variant.
    order : int array (n,), optional
        In which the runs are queued.
    parts : int, default 1
        Queues to make of the runs, given one after another to the same block.
    budget : int, optional
        Epochs of the block in one call.

    Returns
    -------
    Runs
        In the order of the starts.
    """
    queue = queue_of(starts, settings)
    runs = np.zeros(len(starts), RUN)
    missing = set(range(len(starts)))
    block = Block()

    def advance(part: Queue, loaded: int, drain: bool) -> int:
        loaded, finished = block.advance(part, loaded, budget, drain)
        for name in RUN.names or ():
            runs[name][finished.rows] = getattr(finished, name)
        assert missing.issuperset(finished.rows.tolist())
        missing.difference_update(finished.rows.tolist())
        return loaded

    for places in np.array_split(queue.rows if order is None else order, parts):
        loaded = 0
        while loaded < places.size:
            loaded = advance(queue.part(places), loaded, drain=False)
    while block.running:
        before = block.running, block.network_epochs
        advance(nothing(queue.variant), 0, drain=True)
        assert before != (block.running, block.network_epochs)  # or it would go on for ever
    assert not missing
    assert block.network_epochs == runs["epochs"].sum()
    return runs


def train_one(start: Array, setting: Setting) -> tuple[Outcome, int, Array]:
    """Train one network with the kernel; return what `network.train_plainly` does."""
    (run,) = train(start[np.newaxis], setting)
    return OUTCOMES[run["outcomes"]], int(run["epochs"]), run["weights"]


def states(start: Array, setting: Setting) -> Iterator[Array]:
    """Train one network, a call an epoch; yield its weights and velocities after each.

    These are read from its lane, which keeps them when the run is over.
    """
    queue = queue_of(start[np.newaxis], setting)
    block = Block()
    finished = 0
    while not finished:
        finished = block.advance(queue, block.running, 1, drain=True)[1].rows.size
        yield block._block.reshape(ROWS, LANES)[: RATE // LANES, 0].copy()


def train_together(
    starts: Array, learning_rates: Array, threshold: float, max_epochs: int
) -> Integers:
    """Train many networks at once by batch updates on the mse, in plain NumPy.

    Parameters
    ----------
    starts : array (n, 9)
    learning_rates : array (n,)
    threshold : float
        A network has converged when its mse is below it.
    max_epochs : int

    Returns
    -------
    int array (n,)
        Epochs at convergence; -1 for a network that has not converged.
    """
    epochs = np.full(len(starts), -1)
    alive = np.arange(len(starts))
    w, rate = starts.T.copy(), learning_rates.copy()
    x1, x2 = PATTERNS.T[:, :, np.newaxis]
    targets = TARGETS[:, np.newaxis]
    for count in range(max_epochs + 1):
        h1 = _squash(w[0] + w[1] * x1 + w[2] * x2)
        h2 = _squash(w[3] + w[4] * x1 + w[5] * x2)
        y = _squash(w[6] + w[7] * h1 + w[8] * h2)
        done = np.square(y - targets).mean(axis=0) < threshold
        delta3 = 2 * (y - targets) * y * (1 - y)
        delta1 = delta3 * w[7] * h1 * (1 - h1)
        delta2 = delta3 * w[8] * h2 * (1 - h2)
        products = [
            *(delta1, delta1 * x1, delta1 * x2),
            *(delta2, delta2 * x1, delta2 * x2),
            *(delta3, delta3 * h1, delta3 * h2),
        ]
        w -= rate * [product.mean(axis=0) for product in products]
        if done.any():
            epochs[alive[done]] = count
            alive, w, rate = alive[~done], w[:, ~done], rate[~done]
    return epochs


def _squash(net: Array) -> Array:
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-net))
