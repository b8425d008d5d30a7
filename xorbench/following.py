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
from xorbench.kernel.arithmetic import clamped_sigmoid
from xorbench.kernel.forward import SIGMOID, SUM_OF_SQUARES, TANH, forward, measure
from xorbench.kernel.lanes import gate

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
    cut = 0.5 if activation == SIGMOID else 0.0
    for i in range(weights.shape[1]):
        w7, w8, w9 = weights[6, i], weights[7, i], weights[8, i]
        nine = (
            weights[0, i],
            weights[1, i],
            weights[2, i],
            weights[3, i],
            weights[4, i],
            weights[5, i],
            w7,
            w8,
            w9,
        )
        h1, h2, y = forward(nine, activation)
        mse[i] = 0.25 * measure(y, SUM_OF_SQUARES, low, high)
        gates[0, i] = gate(h1[0], h1[1], h1[2], h1[3], cut)
        gates[1, i] = gate(h2[0], h2[1], h2[2], h2[3], cut)
        # The output of hidden units that are off or on: 0 or 1, of tanh -1 or 1.
        if activation == TANH:
            w7 = w7 - w8 - w9
            w8 = w8 + w8
            w9 = w9 + w9
        gates[2, i] = gate(
            clamped_sigmoid(w7),
            clamped_sigmoid(w7 + w9),
            clamped_sigmoid(w7 + w8),
            clamped_sigmoid(w7 + w8 + w9),
            0.5,
        )


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
