"""The optimizers: how one weight changes, given its gradient.

Each is a function with the same arguments, of the formulas in :mod:`xorbench.optimizers`. A new one
needs such a function, a number, and a place in `change` and `constants_of_step`; what it has to
remember of a weight is in `first` and `second`, which begin as 0.

Parameters of each
------------------
optimizer : int
    A constant when the kernel is compiled.
weight, first, second : float
rate : float
unit, gradient : float
    Their product, times the factor of the error, is the derivative of the error. Kept apart
    because `unit` is the same for three weights.
constants : tuple
    What `constants_of_step` gives.

Returns
-------
weight, first, second : float
"""

import math

from xorbench.jit import chosen, inline
from xorbench.kernel.arithmetic import bits, fma
from xorbench.kernel.layout import (
    CONSTANT,
    FACTOR,
    LANES,
    NEXT_CORRECTION,
    ONE,
    OUTPUT_RATE,
    RATE,
    ZERO,
    Block,
    get_four,
)

# Values of `optimizer`.
DESCENT = 0
MOMENTUM = 1
NESTEROV = 2
RPROP = 3
ADAM = 4
QUICKPROP = 5

# Factor, and four of the optimizer's own.
Constants = tuple[float, float, float, float, float]
# Of the hidden units' weights, and of the output's.
Rates = tuple[float, float]
State = tuple[float, float, float]


@inline
def constants_of_lane(
    optimizer: int, block: Block, lane: int, corrections: int
) -> tuple[Rates, Constants]:
    """Read the constants of a lane."""
    one, two, three, four = get_four(block, CONSTANT + lane)
    rates = block[RATE + lane], block[OUTPUT_RATE + lane]
    return rates, (block[FACTOR + lane], one, two, three, four)


@inline
def constants_of_adam(
    optimizer: int, block: Block, lane: int, corrections: int
) -> tuple[Rates, Constants]:
    """Read the constants of a lane, and go on with the sums of the weights in Adam's means.

    With M and S the sums of g and g^2, their weights 1, beta, beta^2, ..., and C1, C2 those of the
    weights alone, the step is rate (M / C1) / (sqrt(S / C2) + epsilon); so what is the same for all
    nine weights is computed once, as at the end of section 2 of the paper.

    Returns
    -------
    rates * sqrt(C2) / C1 : tuple
    factor, beta1, beta2, epsilon * sqrt(C2), 0 : tuple
    """
    beta1, beta2, epsilon, _ = get_four(block, CONSTANT + lane)
    c1 = fma(beta1, block[corrections], ONE)
    c2 = fma(beta2, block[corrections + LANES], ONE)
    block[NEXT_CORRECTION + lane] = c1
    block[NEXT_CORRECTION + LANES + lane] = c2
    root = math.sqrt(c2)
    ratio = root / c1
    rates = block[RATE + lane] * ratio, block[OUTPUT_RATE + lane] * ratio
    return rates, (block[FACTOR + lane], beta1, beta2, epsilon * root, ZERO)


@inline
def constants_of_quickprop(
    optimizer: int, block: Block, lane: int, corrections: int
) -> tuple[Rates, Constants]:
    """Read the constants of a lane.

    Returns
    -------
    rates : tuple
    factor, growth, growth / (1 + growth), 0, 0 : tuple
    """
    growth = block[CONSTANT + lane]
    share = growth / (ONE + growth)
    rates = block[RATE + lane], block[OUTPUT_RATE + lane]
    return rates, (block[FACTOR + lane], growth, share, ZERO, ZERO)


@inline
def descent(
    optimizer: int,
    weight: float,
    first: float,
    second: float,
    rate: float,
    unit: float,
    gradient: float,
    constants: Constants,
) -> State:
    """Apply w = w - rate g."""
    return fma(-(rate * unit), gradient, weight), first, second


@inline
def momentum(
    optimizer: int,
    weight: float,
    first: float,
    second: float,
    rate: float,
    unit: float,
    gradient: float,
    constants: Constants,
) -> State:
    """Apply v = mu v - rate g; w = w + v."""
    velocity = fma(-(rate * unit), gradient, constants[1] * first)
    return weight + velocity, velocity, second


@inline
def nesterov(
    optimizer: int,
    weight: float,
    first: float,
    second: float,
    rate: float,
    unit: float,
    gradient: float,
    constants: Constants,
) -> State:
    """Apply v = mu v - rate g; w = w - rate g + mu v, of weights that look ahead."""
    down = -(rate * unit)
    velocity = fma(down, gradient, constants[1] * first)
    return fma(constants[1], velocity, fma(down, gradient, weight)), velocity, second


@inline
def rprop(
    optimizer: int,
    weight: float,
    first: float,
    second: float,
    rate: float,
    unit: float,
    gradient: float,
    constants: Constants,
) -> State:
    """Apply iRprop-: `first` is the gradient before, `second` the step, at first the rate."""
    factor, increase, decrease, smallest, largest = constants
    gradient = (factor * unit) * gradient
    # By the signs and not by the product, which may underflow; and by joined conditions, as the
    # compiler makes branches of those that follow from each other.
    sloping = gradient != ZERO
    compared = sloping & (first != ZERO)
    turned = compared & ((bits(first) ^ bits(gradient)) < 0)
    steps = sloping ^ turned
    longer = increase * second
    longer = largest if longer > largest else longer
    shorter = decrease * second
    shorter = smallest if shorter < smallest else shorter
    step = longer if compared else second
    step = shorter if turned else step
    down = step if gradient > ZERO else -step
    down = down if steps else ZERO
    gradient = gradient if steps else ZERO
    return weight - down, gradient, step


@inline
def adam(
    optimizer: int,
    weight: float,
    first: float,
    second: float,
    rate: float,
    unit: float,
    gradient: float,
    constants: Constants,
) -> State:
    """Apply Adam: `first` is the weighted sum of the gradients, `second` that of their squares."""
    factor, beta1, beta2, epsilon, _ = constants
    gradient = (factor * unit) * gradient
    total = fma(beta1, first, gradient)
    squares = fma(beta2, second, gradient * gradient)
    return weight - rate * total / (math.sqrt(squares) + epsilon), total, squares


@inline
def quickprop(
    optimizer: int,
    weight: float,
    first: float,
    second: float,
    rate: float,
    unit: float,
    gradient: float,
    constants: Constants,
) -> State:
    """Apply Quickprop: `first` is the step before, `second` the gradient that it was taken on."""
    factor, growth, share, _, _ = constants
    gradient = (factor * unit) * gradient
    # How steeply the error falls in the direction of that step, now and then.
    sign = ONE if first > ZERO else -ONE
    sign = sign if first != ZERO else ZERO
    now = -(gradient * sign)
    then = -(second * sign)
    far = now >= share * then
    difference = ONE if far else then - now
    quotient = growth if far else now / difference
    begins = first == ZERO
    down = rate * gradient
    down = down if (now > ZERO) | begins else ZERO
    step = fma(quotient, first, -down)
    return weight + step, step, gradient


@inline
def at_rest(rates: Rates, constants: Constants, condition: bool) -> tuple[Rates, Constants]:
    """Let descent, with or without momentum, change no weight where a condition holds."""
    rate, output_rate = rates
    factor, momentum, two, three, four = constants
    rates = ZERO if condition else rate, ZERO if condition else output_rate
    return rates, (factor, ZERO if condition else momentum, two, three, four)


constants_of_step = chosen(
    {
        DESCENT: constants_of_lane,
        MOMENTUM: constants_of_lane,
        NESTEROV: constants_of_lane,
        RPROP: constants_of_lane,
        ADAM: constants_of_adam,
        QUICKPROP: constants_of_quickprop,
    }
)
change = chosen(
    {
        DESCENT: descent,
        MOMENTUM: momentum,
        NESTEROV: nesterov,
        RPROP: rprop,
        ADAM: adam,
        QUICKPROP: quickprop,
    }
)
