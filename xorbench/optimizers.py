"""How a step follows from a gradient: every optimizer in plain NumPy, each weight for itself.

An optimizer remembers a few numbers for each of the nine weights. They are its state, an array
(..., 9 k): the nine numbers of the first of its k memories, then the nine of the second. A rule is
one function of the gradient and these memories; it returns the change of the weights, and the
memories as they are afterwards. Below, g is the gradient, and a prime marks what is new.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Constants: TypeAlias = Mapping[str, float]
Memories: TypeAlias = tuple[Array, ...]
Rate: TypeAlias = float | Array
"""One for all weights, or one for each, (9,)."""

CONSTANTS: Final[Constants] = {
    "rprop_increase": 1.2,
    "rprop_decrease": 0.5,
    "rprop_smallest_step": 1e-6,
    "rprop_largest_step": 50.0,
    "adam_beta1": 0.9,
    "adam_beta2": 0.999,
    "adam_epsilon": 1e-8,
    "quickprop_growth": 1.75,
}
"""The published constants of the rules."""


def gradient_descent(
    g: Array, memories: Memories, rate: Rate, momentum: float, constants: Constants
) -> tuple[Array, Memories]:
    """Step down the slope, and repeat a share of the last step.

    ::

        v' = momentum v - rate g
        w' = w + v'

    References
    ----------
    Rumelhart, Hinton, Williams (1986), Learning internal representations by error propagation.
    """
    (v,) = memories
    v = momentum * v - rate * g
    return v, (v,)


def nesterov(
    g: Array, memories: Memories, rate: Rate, momentum: float, constants: Constants
) -> tuple[Array, Memories]:
    """Take the slope where momentum alone would lead.

    Sutskever et al. write it as v' = momentum v - rate g(w + momentum v) and w' = w + v'. The
    weights here, those that are measured and reported too, are theirs after the look ahead,
    theta = w + momentum v, so that the gradient is that of the weights::

        v'     = momentum v - rate g(theta)
        theta' = theta + momentum v' - rate g(theta)

    References
    ----------
    Sutskever, Martens, Dahl, Hinton (2013), On the importance of initialization and momentum in
    deep learning.
    Bengio, Boulanger-Lewandowski, Pascanu (2013), Advances in optimizing recurrent networks.
    """
    (v,) = memories
    v = momentum * v - rate * g
    return momentum * v - rate * g, (v,)


def rprop(
    g: Array, memories: Memories, rate: Rate, momentum: float, constants: Constants
) -> tuple[Array, Memories]:
    """Heed only the sign of the slope: iRprop-.

    The step of a weight grows while its slope keeps its sign, and shrinks where it changes; there
    the weight rests for an epoch. The first step is the learning rate, the first `last` 0::

        step' = min(step * increase, largest)     where g * last > 0
                max(step * decrease, smallest)    where g * last < 0
                step                              elsewhere
        last' = 0 where g * last < 0, g elsewhere
        w'    = w - sign(last') * step'

    References
    ----------
    Riedmiller, Braun (1993), A direct adaptive method for faster backpropagation learning.
    Igel, Hüsken (2000), Improving the Rprop learning algorithm.
    """
    step, last = memories
    # The product of two gradients may underflow to 0, the product of their signs may not.
    agreement = np.sign(g) * np.sign(last)
    longer = np.minimum(step * constants["rprop_increase"], constants["rprop_largest_step"])
    shorter = np.maximum(step * constants["rprop_decrease"], constants["rprop_smallest_step"])
    step = np.where(agreement > 0, longer, np.where(agreement < 0, shorter, step))
    last = np.where(agreement < 0, 0.0, g)
    return -np.sign(last) * step, (step, last)


def adam(
    g: Array, memories: Memories, rate: Rate, momentum: float, constants: Constants
) -> tuple[Array, Memories]:
    """Divide the mean slope by the root of the mean square of the slopes.

    Both means forget exponentially and begin at 0. Divided by c1 and c2, the same means of ones,
    they are unbiased; after t steps, c1 = 1 - beta1^t and c2 = 1 - beta2^t::

        m'  = beta1 m  + (1 - beta1) g        c1' = beta1 c1 + (1 - beta1)
        s'  = beta2 s  + (1 - beta2) g^2      c2' = beta2 c2 + (1 - beta2)
        w'  = w - rate * (m' / c1') / (sqrt(s' / c2') + epsilon)

    References
    ----------
    Kingma, Ba (2015), Adam: a method for stochastic optimization.
    """
    m, s, c1, c2 = memories
    beta1, beta2 = constants["adam_beta1"], constants["adam_beta2"]
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * g * g
    c1 = beta1 * c1 + (1 - beta1)
    c2 = beta2 * c2 + (1 - beta2)
    change = -rate * (m / c1) / (np.sqrt(s / c2) + constants["adam_epsilon"])
    return change, (m, s, c1, c2)


def quickprop(
    g: Array, memories: Memories, rate: Rate, momentum: float, constants: Constants
) -> tuple[Array, Memories]:
    """Jump to where the parabola through the last two slopes has its minimum.

    With d the last step and `last` the gradient from which it was taken, both 0 at first,
    a = -g sign(d) and b = -last sign(d) are how steeply the error falls, now and then, in the
    direction of d::

        q  = growth       where a >= b * growth / (1 + growth)
             a / (b - a)  elsewhere
        d' = q d - rate g    where a > 0 or d = 0
             q d             elsewhere
        w' = w + d'

    In the first case of q the minimum is more than growth times d away, or the parabola has none.
    Never is b negative, nor b - a zero in the second case. Fahlman's weight decay, sigmoid-prime
    offset and hyperbolic error are left out.

    References
    ----------
    Fahlman (1988), An empirical study of learning speed in back-propagation networks.
    """
    d, last = memories
    growth = constants["quickprop_growth"]
    a, b = -g * np.sign(d), -last * np.sign(d)
    far = a >= b * (growth / (1 + growth))
    q = np.where(far, growth, a / np.where(far, 1.0, b - a))
    d = q * d - np.where((a > 0) | (d == 0), rate * g, 0.0)
    return d, (d, g)


Rule: TypeAlias = Callable[[Array, Memories, Rate, float, Constants], tuple[Array, Memories]]


class Optimizer(NamedTuple):
    """A rule, and how many numbers it remembers for each weight."""

    rule: Rule
    memories: int


OPTIMIZERS: Final = {
    "gradient_descent": Optimizer(gradient_descent, 1),
    "nesterov": Optimizer(nesterov, 1),
    "rprop": Optimizer(rprop, 2),
    "adam": Optimizer(adam, 4),
    "quickprop": Optimizer(quickprop, 2),
}
"""The rules by their names."""


def rates(learning_rate: float, output_rate_ratio: float) -> Array:
    """Give each weight its learning rate; those of the output have a multiple of it.

    Examples
    --------
    >>> rates(0.5, 4.0)
    array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 2. , 2. , 2. ])
    """
    return np.repeat([learning_rate, learning_rate * output_rate_ratio], [6, 3])


def first_state(optimizer: str, learning_rate: Rate) -> Array:
    """Make the state that a run begins with.

    Parameters
    ----------
    optimizer : str
        A name in `OPTIMIZERS`.
    learning_rate : float or array (9,)
        The first step of `rprop`; the others remember nothing but zeros.

    Returns
    -------
    array (9 k,)
        The numbers of the k memories.

    Examples
    --------
    >>> first_state("rprop", 0.1).reshape(2, 9)[:, :3]
    array([[0.1, 0.1, 0.1],
           [0. , 0. , 0. ]])
    """
    state = np.zeros(9 * OPTIMIZERS[optimizer].memories)
    if optimizer == "rprop":
        state[:9] = learning_rate
    return state


def step(
    gradient: Array,
    state: Array,
    optimizer: str,
    learning_rate: Rate,
    momentum: float,
    constants: Constants | None = None,
) -> tuple[Array, Array]:
    """Take one step.

    Parameters
    ----------
    gradient : array (..., 9)
        d error / d w1..w9.
    state : array (9 k,) or (..., 9 k)
        What the optimizer remembers of the step before.
    optimizer : str
        A name in `OPTIMIZERS`.
    learning_rate : float or array (9,)
        One for all weights, or one for each.
    momentum : float
    constants : mapping, optional
        Those of `CONSTANTS` that are different.

    Returns
    -------
    change : array (..., 9)
        What the weights change by.
    state : array (..., 9 k)
        What is remembered for the next step.

    Examples
    --------
    >>> change, state = step(np.ones(9), np.zeros(9), "gradient_descent", 0.5, 0.9)
    >>> change[:3], state[:3]
    (array([-0.5, -0.5, -0.5]), array([-0.5, -0.5, -0.5]))
    """
    rule, count = OPTIMIZERS[optimizer]
    state = np.broadcast_to(state, (*gradient.shape[:-1], 9 * count))
    memories = tuple(np.split(state, count, axis=-1))
    every = {**CONSTANTS, **(constants or {})}
    change, memories = rule(gradient, memories, learning_rate, momentum, every)
    return change, np.concatenate(memories, axis=-1)
