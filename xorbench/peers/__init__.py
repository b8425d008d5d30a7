"""Other ways to train many such networks, for the bench: what a user of each tool would write.

All of them do the same training, in double precision: batch updates on the mse, every network for
just as many epochs, and for each the epochs at which its mse, measured with the weights as they
stand after the epoch, was first below a threshold. The forward pass of an epoch measures what the
epoch before it has reached, so there is one more of them than there are epochs.

A peer's library is imported when it is loaded, not before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xorbench.network import Array

IntegerArray: TypeAlias = NDArray[np.int64]

Train: TypeAlias = Callable[[Array, float, float, int], IntegerArray]
"""Starting weights (n, 9), learning rate, threshold, epochs -> epochs at convergence (n,).

These are 0 if the start is already below the threshold, and -1 if no epoch gets there.
"""

PACKAGES: Final = {"jax": "JAX", "torch": "PyTorch"}
"""What the extra `peers` installs, and how users know it."""


class PeerMissingError(Exception):
    """A peer cannot run here; the text says what is missing and what adds it."""


@dataclass(frozen=True)
class Peer:
    """A way to train many networks.

    Parameters
    ----------
    name, description : str
        For a table, and in one line.
    threads : {"one", "all"}
        Whether it uses one core, or all that there are.
    networks : int
        How many at a time it trains at its best speed.
    load : callable
        Imports and compiles what it needs and returns the `Train`; raises a PeerMissingError.
    """

    name: str
    description: str
    threads: Literal["one", "all"]
    networks: int
    load: Callable[[], Train]


def _peer(
    function: str, name: str, description: str, threads: Literal["one", "all"], networks: int
) -> Peer:
    return Peer(name, description, threads, networks, partial(_load, function, networks))


def _load(function: str, networks: int) -> Train:
    module, _, attribute = function.partition(":")
    try:
        train: Train = getattr(import_module(f"xorbench.peers.{module}"), attribute)
    except ModuleNotFoundError as error:
        if error.name not in PACKAGES:
            raise
        raise PeerMissingError(
            f"{PACKAGES[error.name]} is not installed; pip install 'xorbench[peers]' adds it."
        ) from error
    # Compilers start at the first call, and some of them again for another number of networks.
    train(np.zeros((networks, 9)), 1.0, 0.0, 1)
    return train


PEERS: Final = (
    _peer(
        "numpy_loop:train",
        "NumPy, a loop",
        "the loop of the tutorials: two matrices, one network after another",
        "one",
        1,
    ),
    _peer(
        "numpy_arrays:train",
        "NumPy, arrays",
        "arrays of networks, the steps of an epoch written in place",
        "one",
        8192,
    ),
    _peer(
        "numba_loop:train",
        "Numba, a loop",
        "plain loops, compiled: one network after another",
        "one",
        64,
    ),
    _peer(
        "c_lanes:train",
        "C, libmvec",
        "gcc -O3 -march=native -ffast-math, networks along the SIMD lanes, glibc's vector exp",
        "one",
        1024,
    ),
    _peer(
        "with_jax:train_by_grad",
        "JAX, vmap(grad)",
        "the gradient by automatic differentiation; jit of all the epochs",
        "all",
        65536,
    ),
    _peer(
        "with_jax:train_by_hand",
        "JAX, arrays",
        "arrays of networks, the gradient written by hand; jit of all the epochs",
        "all",
        65536,
    ),
    _peer(
        "with_torch:train_by_grad",
        "PyTorch, vmap(grad)",
        "torch.func's automatic differentiation; torch.compile of an epoch",
        "all",
        65536,
    ),
    _peer(
        "with_torch:train_by_hand",
        "PyTorch, tensors",
        "tensors of networks, the gradient written by hand; torch.compile of an epoch",
        "all",
        65536,
    ),
)
"""From the simplest tool to the largest."""
