"""A block of networks in training: the arrays of `kernel.lanes`, and the calls that use them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import typeof, types

from xorbench.encoding import Queue, Variant
from xorbench.kernel.lanes import (
    CLOCK,
    COUNTERS,
    FINISHED,
    LOADED,
    NETWORK_EPOCHS,
    RUNNING,
    advance,
)
from xorbench.kernel.layout import LANES, PARAMETERS, ROWS
from xorbench.seeding import STATE


@dataclass(frozen=True)
class Finished:
    """Runs that have ended, in any order.

    Attributes
    ----------
    rows, epochs : int64 arrays (n,)
    outcomes : uint8 array (n,)
        Positions in Outcome.
    weights : array (n, 9)
    measures : array (n, 3)
        mse, max_error, margin.
    gates : uint8 array (n, 3)
        Codes of h1, h2 and the output.
    """

    rows: npt.NDArray[np.int64]
    outcomes: npt.NDArray[np.uint8]
    epochs: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    measures: npt.NDArray[np.float64]
    gates: npt.NDArray[np.uint8]


def nothing(variant: Variant) -> Queue:
    """Make an empty queue."""
    none = np.empty(0, np.int64)
    return Queue(variant, none, none, none, np.empty((0, 9)), np.empty((0, PARAMETERS)), none)


NO_HISTORY = np.empty((0, 9))

_KERNELS: dict[Variant, Callable[..., None]] = {}


def kernel(variant: Variant, arguments: tuple[object, ...]) -> Callable[..., None]:
    """Compile, or load from the cache, the kernel of a variant.

    Numba's dispatcher would find out anew in each call, in 50 ms, which of the numbers have to be
    constants; the machine code itself takes a microsecond to call, but does not check the types
    of its arguments.
    """
    if variant not in _KERNELS:
        dispatcher: Any = advance
        constants = map(types.literal, variant.constants)
        _KERNELS[variant] = dispatcher.compile((*constants, *map(typeof, arguments)))
    return _KERNELS[variant]


def aligned_zeros(count: int, dtype: type[np.generic]) -> npt.NDArray[Any]:
    """Make an array that begins with a line of the cache, as do the vectors in it."""
    line = 64
    size = count * np.dtype(dtype).itemsize
    memory = np.zeros(size + line, np.uint8)
    start = -memory.ctypes.data % line
    return memory[start : start + size].view(dtype)


class Block:
    """Lanes of networks that train side by side; one block serves one thread."""

    def __init__(self) -> None:
        self._run = np.zeros(LANES, np.int64)
        self._born = np.zeros(LANES, np.int64)
        self._due = np.zeros(LANES, np.int64)
        self._streams = aligned_zeros(STATE * LANES, np.uint32).reshape(STATE, LANES)
        self._counters = np.zeros(COUNTERS, np.int64)
        self._set_precision(np.float64, np.int64)

    def _set_precision(self, number: type[np.floating], flags: type[np.integer]) -> None:
        """Make the arrays that the loops over the lanes use; no network may be in training."""
        self._block = aligned_zeros(ROWS * LANES, number)
        self._status = aligned_zeros(LANES, flags)
        self._changes = aligned_zeros(LANES, flags)
        self._watched = aligned_zeros(LANES, flags)
        self._order = aligned_zeros(LANES, flags)

    @property
    def running(self) -> int:
        """How many networks are in training."""
        return int(self._counters[RUNNING])

    @property
    def network_epochs(self) -> int:
        """How many epochs all networks have been trained for so far."""
        born = self._born[: self.running]
        return int(self._counters[NETWORK_EPOCHS] + (self._counters[CLOCK] - born).sum())

    @property
    def weights(self) -> npt.NDArray[np.float64]:
        """The present weights of the networks in training, shape (running, 9)."""
        lanes = self._block.reshape(ROWS, LANES)
        return lanes[:9, : self.running].T.astype(np.float64)

    def advance(
        self,
        queue: Queue,
        loaded: int,
        budget: int,
        drain: bool,
        history: npt.NDArray[np.float64] | None = None,
    ) -> tuple[int, Finished]:
        """Train until the queue is used up and a lane is free, at most `budget` epochs.

        Parameters
        ----------
        queue : Queue
            Of the same variant as the networks in training, if there are any.
        loaded : int
            How many of its runs have been taken before.
        budget : int
        drain : bool
            Go on until every lane is free.
        history : array (budget, 9), optional
            Receives the weights of the first network after each epoch.

        Returns
        -------
        loaded : int
        finished : Finished
        """
        if self._block.dtype != queue.variant.dtype:
            single = queue.variant.dtype == np.float32
            self._set_precision(queue.variant.dtype, np.int32 if single else np.int64)
        capacity = queue.rows.size - loaded + LANES
        finished = Finished(
            np.empty(capacity, np.int64),
            np.empty(capacity, np.uint8),
            np.empty(capacity, np.int64),
            np.empty((capacity, 9)),
            np.empty((capacity, 3)),
            np.empty((capacity, 3), np.uint8),
        )
        self._counters[LOADED] = loaded
        arguments = (
            self._block,
            self._status,
            self._changes,
            self._watched,
            self._run,
            self._born,
            self._due,
            self._streams,
            self._order,
            self._counters,
            queue.rows,
            queue.seeds,
            queue.taken,
            queue.starts,
            queue.parameters,
            queue.limits,
            finished.rows,
            finished.outcomes,
            finished.epochs,
            finished.weights,
            finished.measures,
            finished.gates,
            NO_HISTORY if history is None else history,
            budget,
            drain,
        )
        kernel(queue.variant, arguments)(*queue.variant.constants, *arguments)
        count = int(self._counters[FINISHED])
        return int(self._counters[LOADED]), Finished(
            finished.rows[:count],
            finished.outcomes[:count],
            finished.epochs[:count],
            finished.weights[:count],
            finished.measures[:count],
            finished.gates[:count],
        )
