"""What batch and online learning share: deltas, the change of a weight, the end of an epoch."""

from xorbench.jit import inline
from xorbench.kernel.arithmetic import fma
from xorbench.kernel.forward import weights_are_safe
from xorbench.kernel.layout import (
    UNSAFE,
    VELOCITY,
    WEIGHT,
    Block,
    Nine,
    Status,
    differences,
    get_nine,
    put_nine,
)


@inline
def output_delta(y: float, target: float, cross_entropy: int) -> float:
    """Compute the derivative by the output's net input: (y - t) y (1 - y), or y - t."""
    residual = y - target
    if cross_entropy:
        return residual
    product = residual * y
    return fma(-product, y, product)


@inline
def change(
    weight: float, velocity: float, rate: float, gradient: float, mu: float, momentum: int
) -> tuple[float, float]:
    """Apply v = mu v - rate gradient; w = w + v to one weight."""
    if momentum:
        velocity = fma(-rate, gradient, mu * velocity)
        return weight + velocity, velocity
    return fma(-rate, gradient, weight), velocity


@inline
def close(block: Block, changes: Status, lane: int, w: Nine, v: Nine, momentum: int) -> int:
    """Store a lane's weights and velocities after an epoch; flag weights that are UNSAFE.

    `changes` receives the bits in which they differ from before, joined: to store them is faster
    than to compare each with 0 here.
    """
    difference = differences(get_nine(block, WEIGHT + lane), w)
    put_nine(block, WEIGHT + lane, w)
    if momentum:
        difference |= differences(get_nine(block, VELOCITY + lane), v)
        put_nine(block, VELOCITY + lane, v)
    changes[lane] = difference
    return 0 if weights_are_safe(w) else UNSAFE
