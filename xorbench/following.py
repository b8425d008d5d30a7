"""What a run shows after each epoch, its error and its gates, for many epochs side by side.

The epochs are to this loop what networks are to the kernel's: they lie along the lanes of the
vector registers. The formulas are the kernel's, and so are the bits.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import typeof, types
from numba.misc.special import literally

from xorbench.encoding import Variant
from xorbench.jit import entry
from xorbench.kernel.forward import SUM_OF_SQUARES, forward, measure
from xorbench.kernel.lanes import gates_of

Doubles = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.floating]
Codes = npt.NDArray[np.int64]


@entry
def follow(
    activation: int, low: float, high: float, weights: Numbers, mse: Doubles, gates: Codes
) -> None:
    """Measure networks given by their weights.

    Parameters
    ----------
    activation : int
    low, high : float
        The targets, in the precision of the training.
    weights : array (9, n)
        In the same precision.
    mse : array (n,)
        Receives the errors.
    gates : array (3, n)
        Receives the codes of the gates of h1, h2 and the output.
    """
    literally(activation)
    for i in range(weights.shape[1]):
        nine = (
            weights[0, i],
            weights[1, i],
            weights[2, i],
            weights[3, i],
            weights[4, i],
            weights[5, i],
            weights[6, i],
            weights[7, i],
            weights[8, i],
        )
        h1, h2, y = forward(nine, activation)
        mse[i] = 0.25 * measure(y, SUM_OF_SQUARES, low, high)
        gates[0, i], gates[1, i], gates[2, i] = gates_of(nine, activation, h1, h2)


def follow_epochs(variant: Variant, targets: Numbers, weights: Numbers) -> tuple[Doubles, Codes]:
    """Measure the networks of many epochs.

    Parameters
    ----------
    variant : Variant
    targets : array (2,)
        In the precision of the training.
    weights : array (n, 9)

    Returns
    -------
    mse : array (n,)
    gates : array (3, n)
        Codes of h1, h2 and the output.
    """
    count = len(weights)
    mse, gates = np.empty(count), np.empty((3, count), np.int64)
    columns = np.ascontiguousarray(weights.T, variant.dtype)
    arguments = (*targets, columns, mse, gates)
    # Called directly, numba would find out anew each time, in 30 ms, what has to be a constant.
    dispatcher: Any = follow
    compiled = dispatcher.compile(
        (*map(types.literal, [variant.activation]), *map(typeof, arguments))
    )
    compiled(variant.activation, *arguments)
    return mse, gates
