"""What batch and online learning share: deltas, and the end of an epoch."""

from xorbench.jit import chosen, inline
from xorbench.kernel.arithmetic import bits, fma
from xorbench.kernel.forward import RELU, SIGMOID, TANH, weights_are_safe
from xorbench.kernel.layout import (
    CORRECTION,
    FIRST,
    HIGH,
    LANES,
    LOW,
    NEXT_CORRECTION,
    ONE,
    SECOND,
    UNSAFE,
    WEIGHT,
    ZERO,
    Block,
    Nine,
    Status,
    differences,
    get_nine,
    put_nine,
)
from xorbench.kernel.optimizers import ADAM, DESCENT, RPROP


@inline
def targets_of_lane(block: Block, lane: int, soft: int) -> tuple[float, float]:
    """Give the target of patterns 00 and 11, and that of 01 and 10."""
    if soft:
        return block[LOW + lane], block[HIGH + lane]
    return ZERO, ONE


@inline
def output_delta(y: float, target: float, cross_entropy: int) -> float:
    """Compute the derivative by the output's net input: (y - t) y (1 - y), or y - t."""
    residual = y - target
    if cross_entropy:
        return residual
    product = residual * y
    return fma(-product, y, product)


@inline
def sigmoid_delta(activation: int, delta: float, product: float, h: float) -> float:
    """Compute delta h (1 - h), from delta h."""
    return fma(-product, h, product)


@inline
def tanh_delta(activation: int, delta: float, product: float, h: float) -> float:
    """Compute delta (1 - h^2), from delta h."""
    return fma(-product, h, delta)


@inline
def relu_delta(activation: int, delta: float, product: float, h: float) -> float:
    """Compute delta where the unit is on."""
    return delta if h > ZERO else ZERO


# The derivative by a hidden unit's net input, but for the weight between it and the output.
hidden_delta = chosen({SIGMOID: sigmoid_delta, TANH: tanh_delta, RELU: relu_delta})


@inline
def either(condition: bool, one: Nine, other: Nine) -> Nine:
    """Choose between two sets of weights, without a branch."""
    return (
        one[0] if condition else other[0],
        one[1] if condition else other[1],
        one[2] if condition else other[2],
        one[3] if condition else other[3],
        one[4] if condition else other[4],
        one[5] if condition else other[5],
        one[6] if condition else other[6],
        one[7] if condition else other[7],
        one[8] if condition else other[8],
    )


@inline
def close(
    block: Block,
    changes: Status,
    lane: int,
    w: Nine,
    first: Nine,
    second: Nine,
    optimizer: int,
    activation: int,
) -> int:
    """Store a lane's state after an epoch; flag weights that are UNSAFE.

    `changes` receives the bits in which it differs from before, joined: to store them is faster
    than to compare each with 0 here.
    """
    difference = differences(get_nine(block, WEIGHT + lane), w)
    put_nine(block, WEIGHT + lane, w)
    if optimizer != DESCENT:
        difference |= differences(get_nine(block, FIRST + lane), first)
        put_nine(block, FIRST + lane, first)
    if optimizer >= RPROP:
        difference |= differences(get_nine(block, SECOND + lane), second)
        put_nine(block, SECOND + lane, second)
    if optimizer == ADAM:
        c1 = block[NEXT_CORRECTION + lane]
        c2 = block[NEXT_CORRECTION + LANES + lane]
        difference |= bits(block[CORRECTION + lane]) ^ bits(c1)
        difference |= bits(block[CORRECTION + LANES + lane]) ^ bits(c2)
        block[CORRECTION + lane] = c1
        block[CORRECTION + LANES + lane] = c2
    changes[lane] = difference
    return 0 if weights_are_safe(w, activation) else UNSAFE
