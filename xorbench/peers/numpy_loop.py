"""The loop of the tutorials: the network as two matrices, one after another."""

import numpy as np

from xorbench.network import PATTERNS, TARGETS, Array
from xorbench.peers import IntegerArray


def sigmoid(net: Array) -> Array:
    """Squash any number into the range from 0 to 1."""
    return np.asarray(1 / (1 + np.exp(-net)))


def train(starts: Array, learning_rate: float, threshold: float, epochs: int) -> IntegerArray:
    """Train networks, a `Train`."""
    ones = np.ones((4, 1))
    inputs = np.hstack([ones, PATTERNS])
    targets = TARGETS[:, np.newaxis]
    converged = np.full(len(starts), -1)
    for network, start in enumerate(starts):
        w1 = start[:6].reshape(2, 3).T
        w2 = start[6:].reshape(3, 1)
        for count in range(epochs + 1):
            hidden = sigmoid(inputs @ w1)
            hidden_and_bias = np.hstack([ones, hidden])
            outputs = sigmoid(hidden_and_bias @ w2)
            residuals = outputs - targets
            if converged[network] < 0 and np.mean(residuals**2) < threshold:
                converged[network] = count

            output_deltas = residuals * outputs * (1 - outputs) / 2
            hidden_deltas = output_deltas @ w2[1:].T * hidden * (1 - hidden)
            w2 = w2 - learning_rate * hidden_and_bias.T @ output_deltas
            w1 = w1 - learning_rate * inputs.T @ hidden_deltas
    return converged
