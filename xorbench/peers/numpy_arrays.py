"""NumPy over arrays of networks, written in place: the networks along the last axis."""

import numpy as np

from xorbench.network import TARGETS, Array
from xorbench.peers import IntegerArray


def squash(net: Array) -> None:
    """Replace sums of weighted inputs by their sigmoids."""
    np.negative(net, out=net)
    np.exp(net, out=net)
    net += 1
    np.divide(1, net, out=net)


def train(starts: Array, learning_rate: float, threshold: float, epochs: int) -> IntegerArray:
    """Train networks, a `Train`."""
    networks = len(starts)
    targets = TARGETS[:, np.newaxis]
    converged = np.full(networks, -1)

    weights = np.ascontiguousarray(starts.T)
    bias, weight1, weight2 = weights[0:6:3], weights[1:6:3], weights[2:6:3]  # of h1 and h2
    output_bias, output_weights = weights[6], weights[7:9, np.newaxis]

    hidden = np.empty((2, 4, networks))
    outputs = np.empty((4, networks))
    hidden_scratch = np.empty_like(hidden)
    deltas = np.empty_like(outputs)
    scratch = np.empty_like(outputs)
    changes = np.empty_like(weights)

    for count in range(epochs + 1):
        hidden[:, 0] = bias
        np.add(bias, weight2, out=hidden[:, 1])
        np.add(bias, weight1, out=hidden[:, 2])
        np.add(hidden[:, 2], weight2, out=hidden[:, 3])
        squash(hidden)

        np.multiply(hidden, output_weights, out=hidden_scratch)
        np.add(hidden_scratch[0], hidden_scratch[1], out=outputs)
        outputs += output_bias
        squash(outputs)

        np.subtract(outputs, targets, out=deltas)
        np.square(deltas, out=scratch)
        converged[(converged < 0) & (scratch.sum(axis=0) < 4 * threshold)] = count

        deltas *= outputs
        np.subtract(1, outputs, out=outputs)
        deltas *= outputs
        deltas *= learning_rate / 2
        np.sum(deltas, axis=0, out=changes[6])
        np.multiply(hidden, deltas, out=hidden_scratch)
        np.sum(hidden_scratch, axis=1, out=changes[7:9])

        np.subtract(1, hidden, out=hidden)
        hidden_scratch *= hidden
        hidden_scratch *= output_weights
        np.sum(hidden_scratch, axis=1, out=changes[0:6:3])
        np.add(hidden_scratch[:, 2], hidden_scratch[:, 3], out=changes[1:6:3])
        np.add(hidden_scratch[:, 1], hidden_scratch[:, 3], out=changes[2:6:3])
        weights -= changes
    return converged
