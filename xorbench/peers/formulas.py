"""The error and its gradient, for the numbers or arrays of any library.

The nine weights are nine values, and so are those of the four patterns written out: a compiler
makes one loop over the networks of that. With one array for all the weights, or an axis for the
patterns, JAX and PyTorch are two to four times slower: differentiating a part of an array gives
an array full of zeros, and the sums over the patterns become loops of their own.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from xorbench import network

Value: TypeAlias = Any  # a number, or what a library calls its array
Squash: TypeAlias = Callable[[Value], Value]

TARGETS: list[float] = network.TARGETS.tolist()


def forward(
    weights: tuple[Value, ...], squash: Squash
) -> tuple[list[Value], list[Value], list[Value]]:
    """Compute h1, h2 and y for the four patterns."""
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = weights
    h1 = [squash(net) for net in (w1, w1 + w3, w1 + w2, w1 + w2 + w3)]
    h2 = [squash(net) for net in (w4, w4 + w6, w4 + w5, w4 + w5 + w6)]
    y = [squash(w7 + w8 * first + w9 * second) for first, second in zip(h1, h2, strict=True)]
    return h1, h2, y


def error(weights: tuple[Value, ...], squash: Squash) -> Value:
    """Compute the mse."""
    _, _, y = forward(weights, squash)
    return _mse(_residuals(y))


def error_and_gradient(
    weights: tuple[Value, ...], squash: Squash
) -> tuple[Value, tuple[Value, ...]]:
    """Compute the mse and its derivative with respect to each of the nine weights."""
    h1, h2, y = forward(weights, squash)
    residuals = _residuals(y)
    *_, w8, w9 = weights
    delta3 = [r * out * (1 - out) / 2 for r, out in zip(residuals, y, strict=True)]
    delta1 = [delta * w8 * h * (1 - h) for delta, h in zip(delta3, h1, strict=True)]
    delta2 = [delta * w9 * h * (1 - h) for delta, h in zip(delta3, h2, strict=True)]
    gradient = (
        *(sum(delta1), delta1[2] + delta1[3], delta1[1] + delta1[3]),
        *(sum(delta2), delta2[2] + delta2[3], delta2[1] + delta2[3]),
        sum(delta3),
        sum(delta * h for delta, h in zip(delta3, h1, strict=True)),
        sum(delta * h for delta, h in zip(delta3, h2, strict=True)),
    )
    return _mse(residuals), gradient


def _residuals(y: list[Value]) -> list[Value]:
    return [output - target for output, target in zip(y, TARGETS, strict=True)]


def _mse(residuals: list[Value]) -> Value:
    return sum(residual * residual for residual in residuals) / 4
