"""The way one would write it first with Numba: compiled, but one network after another."""

import math

import numpy as np

from xorbench.jit import entry, inline
from xorbench.network import Array
from xorbench.peers import IntegerArray


@inline
def squash(net: float) -> float:
    """Squash any number into the range from 0 to 1."""
    return 1.0 / (1.0 + math.exp(-net))


# The flags are the kernel's own; `fastmath` made this loop slower (8.7 million network-epochs a
# second instead of 10.3).
@entry
def train(starts: Array, learning_rate: float, threshold: float, epochs: int) -> IntegerArray:
    """Train networks, a `Train`."""
    converged = np.full(starts.shape[0], -1)
    for i in range(starts.shape[0]):
        w1, w2, w3, w4, w5, w6, w7, w8, w9 = starts[i]
        for count in range(epochs + 1):
            squares = 0.0
            g1 = g2 = g3 = g4 = g5 = g6 = g7 = g8 = g9 = 0.0
            for x1 in range(2):
                for x2 in range(2):
                    h1 = squash(w1 + w2 * x1 + w3 * x2)
                    h2 = squash(w4 + w5 * x1 + w6 * x2)
                    y = squash(w7 + w8 * h1 + w9 * h2)
                    residual = y - (x1 ^ x2)
                    squares += residual * residual
                    delta3 = 0.5 * residual * y * (1.0 - y)
                    delta1 = delta3 * w8 * h1 * (1.0 - h1)
                    delta2 = delta3 * w9 * h2 * (1.0 - h2)
                    g1 += delta1
                    g2 += delta1 * x1
                    g3 += delta1 * x2
                    g4 += delta2
                    g5 += delta2 * x1
                    g6 += delta2 * x2
                    g7 += delta3
                    g8 += delta3 * h1
                    g9 += delta3 * h2
            if converged[i] < 0 and squares < 4.0 * threshold:
                converged[i] = count
            w1 -= learning_rate * g1
            w2 -= learning_rate * g2
            w3 -= learning_rate * g3
            w4 -= learning_rate * g4
            w5 -= learning_rate * g5
            w6 -= learning_rate * g6
            w7 -= learning_rate * g7
            w8 -= learning_rate * g8
            w9 -= learning_rate * g9
    return converged
