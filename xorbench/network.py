"""The 2-2-1 network in plain NumPy: forward pass, error, gradient, one epoch, training.

Two inputs x1 and x2 feed two hidden units h1 and h2, and these feed one output y::

    net1 = w1 + w2*x1 + w3*x2        h1 = activation(net1)
    net2 = w4 + w5*x1 + w6*x2        h2 = activation(net2)
    net3 = w7 + w8*h1 + w9*h2        y  = sigmoid(net3)

An array of weights has the shape (..., 9), in the order w1..w9: one network or a million of them.
The code says what the mathematics says and does nothing to be fast. It is the lesson, and the
reference that the compiled kernels are tested against.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import permutations, repeat
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xorbench.optimizers import OPTIMIZERS, Constants, Rate, first_state, step
from xorbench.outcome import Outcome

Array: TypeAlias = NDArray[np.float64]
Targets: TypeAlias = tuple[float, float]
Order: TypeAlias = Sequence[int]

PATTERNS: Final[Array] = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
"""The four inputs (x1, x2), in the order in which they are presented."""

TARGETS: Final[Array] = np.array([0.0, 1.0, 1.0, 0.0])
"""What the output should be for each pattern: the exclusive or of its inputs."""

FALSE_AND_TRUE: Final[Targets] = (0.0, 1.0)
"""The targets of patterns whose exclusive or is 0 and 1, unless others are given."""

IN_ORDER: Final[Order] = (0, 1, 2, 3)

ORDERS: Final[tuple[Order, ...]] = tuple(permutations(IN_ORDER))
"""The 24 orders in which the patterns may be shown."""

ERRORS: Final = ("mse", "sse", "half_mse", "half_sse", "cross_entropy")
"""What training can minimise."""

UPDATES: Final = ("batch", "online", "shuffled")
"""When a step is taken: once an epoch, or after each pattern."""

LARGEST_NET: Final = 700.0
"""The largest net input of a sigmoid; a larger one counts as this. An activation of 1e-304 is not 0
to a rule that heeds only the sign of a gradient (`rprop`): this number belongs to the network."""

METRICS: Final = (*ERRORS, "rms", "max_error")
"""What a stop rule can measure."""


def sigmoid(net: Array) -> Array:
    """Squash any number into the range from 0 to 1.

    Parameters
    ----------
    net : array (...)
        The sums of weighted inputs.

    Returns
    -------
    array (...)
        1 / (1 + exp(-net)), where net counts as 700 if it is larger, and as -700 if it is smaller:
        the exponential cannot overflow then, and a saturated unit stays a little above 0.

    Examples
    --------
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([9.85967654e-305, 5.00000000e-001, 1.00000000e+000])
    """
    return 1.0 / (1.0 + np.exp(-np.clip(net, -LARGEST_NET, LARGEST_NET)))


class Activation(NamedTuple):
    """A hidden unit's activation function, and its derivative as a function of the activation."""

    value: Callable[[Array], Array]
    slope: Callable[[Array], Array]


ACTIVATIONS: Final = {
    "sigmoid": Activation(sigmoid, lambda h: h * (1 - h)),
    "tanh": Activation(np.tanh, lambda h: 1 - h * h),
    "relu": Activation(lambda net: np.maximum(net, 0.0), lambda h: np.where(h > 0, 1.0, 0.0)),
}
"""What a hidden unit may compute; the output is always a sigmoid."""


def net_input(unit: Array, first: Array, second: Array) -> Array:
    """Sum the weighted inputs of one unit.

    Parameters
    ----------
    unit : array (..., 3)
        The unit's bias and its two weights.
    first, second : array (..., 4)
        The unit's two inputs for the four patterns.

    Returns
    -------
    array (..., 4)
        bias + weight*first + weight*second.

    Examples
    --------
    >>> net_input(np.array([-1.5, 1.0, 1.0]), *PATTERNS.T)
    array([-1.5, -0.5, -0.5,  0.5])
    """
    bias, weight1, weight2 = (unit[..., [k]] for k in range(3))
    # A relu may hand on inputs as large as 1e300: two products that overflow with opposite signs
    # would leave inf - inf, so such inputs are scaled down until the sum has its sign.
    largest = np.maximum(np.abs(first), np.abs(second))
    scale = np.where(largest > 1e7, largest, 1.0)
    with np.errstate(over="ignore"):
        return (bias / scale + weight1 * (first / scale) + weight2 * (second / scale)) * scale


def forward(weights: ArrayLike, activation: str = "sigmoid") -> tuple[Array, Array, Array]:
    """Compute what the three units answer to the four patterns.

    Parameters
    ----------
    weights : array (..., 9)
        w1..w9.
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
        Of the hidden units.

    Returns
    -------
    h1, h2, y : array (..., 4)
        Activations of the two hidden units and of the output, in the order of `PATTERNS`.

    Raises
    ------
    ValueError
        If `activation` has another name, or the last axis of `weights` is not nine long.

    References
    ----------
    Rumelhart, Hinton, Williams (1986), Learning internal representations by error propagation.

    Examples
    --------
    >>> h1, h2, y = forward(np.zeros(9))
    >>> y
    array([0.5, 0.5, 0.5, 0.5])
    """
    h1, h2, net3 = _up_to_net3(_nine(weights), activation)
    return h1, h2, sigmoid(net3)


def pattern_errors(
    weights: ArrayLike,
    error: str = "mse",
    activation: str = "sigmoid",
    targets: Targets = FALSE_AND_TRUE,
) -> Array:
    """Compute each pattern's own term of the error.

    Parameters
    ----------
    weights : array (..., 9)
        w1..w9.
    error : {"mse", "sse", "half_mse", "half_sse", "cross_entropy"}, default "mse"
        (y - t)^2 for the first two, half of it for the next two, and for the last
        -t ln y - (1 - t) ln(1 - y), which stays finite when y is rounded to 0 or 1.
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
        Of the hidden units.
    targets : (low, high), default (0, 1)
        What the output should be where the exclusive or is 0, and where it is 1.

    Returns
    -------
    array (..., 4)
        The terms in the order of `PATTERNS`.

    Raises
    ------
    ValueError
        If a name is unknown, or the last axis of `weights` is not nine long.

    Examples
    --------
    >>> pattern_errors(np.zeros(9), "half_sse")
    array([0.125, 0.125, 0.125, 0.125])
    """
    _require("error", error, ERRORS)
    _, _, net3 = _up_to_net3(_nine(weights), activation)
    t = _four(targets)
    if error == "cross_entropy":
        # -ln y = ln(1 + exp(-net3)), and -ln(1 - y) the same with the other sign.
        return _part(t, np.logaddexp(0.0, -net3)) + _part(1 - t, np.logaddexp(0.0, net3))
    return _share(error) * np.square(sigmoid(net3) - t)


def error_value(
    weights: ArrayLike,
    error: str = "mse",
    activation: str = "sigmoid",
    targets: Targets = FALSE_AND_TRUE,
) -> Array:
    """Compute the error over the four patterns: what batch training descends.

    Parameters
    ----------
    weights : array (..., 9)
        w1..w9.
    error : {"mse", "sse", "half_mse", "half_sse", "cross_entropy"}, default "mse"
        The sum of the `pattern_errors` for `sse` and `half_sse`, their mean for the others.
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
        Of the hidden units.
    targets : (low, high), default (0, 1)
        What the output should be where the exclusive or is 0, and where it is 1.

    Returns
    -------
    array (...)
        One number a network.

    Raises
    ------
    ValueError
        If a name is unknown, or the last axis of `weights` is not nine long.

    Examples
    --------
    >>> float(error_value(np.zeros(9))), float(error_value(np.zeros(9), "sse"))
    (0.25, 1.0)
    """
    return _over_patterns(pattern_errors(weights, error, activation, targets), error, axis=-1)


def gradient(
    weights: ArrayLike,
    pattern: int | None = None,
    error: str = "mse",
    activation: str = "sigmoid",
    targets: Targets = FALSE_AND_TRUE,
) -> Array:
    """Compute the derivative of the error with respect to each of the nine weights.

    Parameters
    ----------
    weights : array (..., 9)
        w1..w9.
    pattern : {0, 1, 2, 3} or None, default None
        The derivative of this pattern's own term of `pattern_errors`; with None that of the
        `error_value` over all four.
    error : {"mse", "sse", "half_mse", "half_sse", "cross_entropy"}, default "mse"
        What is differentiated.
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
        Of the hidden units; the slope of `relu` at its kink counts as 0.
    targets : (low, high), default (0, 1)
        What the output should be where the exclusive or is 0, and where it is 1.

    Returns
    -------
    array (..., 9)
        d error / d w1..w9.

    Raises
    ------
    ValueError
        If a name or the pattern is unknown, or the last axis of `weights` is not nine long.

    References
    ----------
    Rumelhart, Hinton, Williams (1986), Learning internal representations by error propagation.

    Examples
    --------
    >>> gradient(np.zeros(9), pattern=0)[6:]
    array([0.25 , 0.125, 0.125])
    """
    _, gradients = _outputs_and_gradients(_nine(weights), error, activation, targets)
    if pattern is None:
        return _over_patterns(gradients, error, axis=-2)
    _require("pattern", pattern, range(4))
    return gradients[..., pattern, :]


@np.errstate(over="ignore", invalid="ignore")  # a weight that overflows is a result, not a slip
def epoch(
    weights: ArrayLike,
    state: ArrayLike,
    learning_rate: Rate,
    momentum: float = 0.0,
    update: str = "batch",
    error: str = "mse",
    activation: str = "sigmoid",
    *,
    optimizer: str = "gradient_descent",
    targets: Targets = FALSE_AND_TRUE,
    constants: Constants | None = None,
    order: Order = IN_ORDER,
) -> tuple[Array, Array, Array]:
    """Train for one epoch: show the four patterns once and change the weights.

    Each step changes all nine weights together. Those of `gradient_descent` are
    ``velocity = momentum*velocity - learning_rate*gradient`` and then
    ``weights = weights + velocity``.

    Parameters
    ----------
    weights : array (..., 9)
        w1..w9.
    state : array (9 k,) or (..., 9 k)
        What the optimizer remembers: the velocity of `gradient_descent`, (..., 9), zeros before the
        first epoch; `optimizers.first_state` makes that of any other.
    learning_rate : float or array (9,)
        What the gradient is multiplied with: one for all weights, or one for each.
    momentum : float, default 0.0
        The share of the last change that is repeated.
    update : {"batch", "online", "shuffled"}, default "batch"
        One step on the error over the four patterns, or four steps, each on the term of one
        pattern, in the order of `PATTERNS` or in the order given.
    error : {"mse", "sse", "half_mse", "half_sse", "cross_entropy"}, default "mse"
        What is descended.
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
        Of the hidden units.
    optimizer : str, default "gradient_descent"
        How a step follows from the gradient: a name in `optimizers.OPTIMIZERS`.
    targets : (low, high), default (0, 1)
        What the output should be where the exclusive or is 0, and where it is 1.
    constants : mapping, optional
        Those constants of the optimizer that are not the published ones.
    order : sequence, default (0, 1, 2, 3)
        In which the patterns are shown if they are shuffled.

    Returns
    -------
    weights : array (..., 9)
    state : array (..., 9 k)
        As they stand after the epoch.
    during : array (..., 4)
        The output for each pattern, as it was just before the step that used it; in the order of
        `PATTERNS`.

    Raises
    ------
    ValueError
        If a name is unknown, or the last axis of `weights` is not nine long.

    Examples
    --------
    >>> weights, velocity, during = epoch(np.zeros(9), np.zeros(9), 1.0, update="online")
    >>> during.round(3)
    array([0.5  , 0.407, 0.514, 0.603])
    """
    _require("update", update, UPDATES)
    _require("optimizer", optimizer, OPTIMIZERS)
    weights, state = _nine(weights), np.array(state, dtype=np.float64)
    rule = optimizer, learning_rate, momentum, constants
    if update == "batch":
        during, gradients = _outputs_and_gradients(weights, error, activation, targets)
        change, state = step(_over_patterns(gradients, error, axis=-2), state, *rule)
        return weights + change, state, during

    during = np.zeros((*weights.shape[:-1], 4))
    for pattern in order if update == "shuffled" else IN_ORDER:
        outputs, gradients = _outputs_and_gradients(weights, error, activation, targets)
        during[..., pattern] = outputs[..., pattern]
        change, state = step(gradients[..., pattern, :], state, *rule)
        weights = weights + change
    return weights, state, during


def random_orders(random: np.random.RandomState) -> Iterator[Order]:
    """Draw the order of each shuffled epoch.

    Every epoch takes one more number of the stream from which the starting weights were drawn: r,
    uniform in [0, 1), makes it number ``int(24 * r)`` of the 24 orders as
    ``itertools.permutations(range(4))`` lists them. Weights that were given and not drawn have the
    stream of their row number, from its beginning.

    Parameters
    ----------
    random : RandomState
        As the drawing of the starting weights has left it.

    Yields
    ------
    order : sequence
        The four patterns.

    Examples
    --------
    >>> random = np.random.RandomState(27)
    >>> W1, W2 = random.random_sample((3, 2)), random.random_sample((3, 1))
    >>> orders = random_orders(random)
    >>> next(orders), next(orders)
    ((2, 1, 3, 0), (3, 1, 2, 0))
    """
    while True:
        yield ORDERS[int(24 * random.random_sample())]


def measure(outputs: ArrayLike, metric: str, targets: Targets = FALSE_AND_TRUE) -> Array:
    """Measure how far the outputs are from the targets.

    Parameters
    ----------
    outputs : array (..., 4)
        y for the four patterns.
    metric : str
        One of "mse", "sse", "half_mse", "half_sse", "cross_entropy", "rms" (the root of the mse)
        and "max_error" (the largest distance between an output and its target).
    targets : (low, high), default (0, 1)
        What the output should be where the exclusive or is 0, and where it is 1.

    Returns
    -------
    array (...)
        One number a network. Cross entropy is infinite if an output is exactly wrong; see
        `error_value` for the one that knows the weights and stays finite.

    Raises
    ------
    ValueError
        If `metric` has another name.

    Examples
    --------
    >>> float(measure([0.5, 1.0, 1.0, 0.0], "max_error"))
    0.5
    """
    _require("metric", metric, METRICS)
    outputs = np.asarray(outputs, dtype=np.float64)
    t = _four(targets)
    if metric == "cross_entropy":
        with np.errstate(divide="ignore"):
            terms = _part(t, -np.log(outputs)) + _part(1 - t, -np.log1p(-outputs))
        return _over_patterns(terms, metric, axis=-1)
    distances = np.abs(outputs - t)
    if metric == "max_error":
        return np.asarray(distances.max(axis=-1))
    if metric == "rms":
        return np.sqrt(measure(outputs, "mse", targets))
    return _over_patterns(_share(metric) * np.square(distances), metric, axis=-1)


def train_plainly(
    weights: ArrayLike,
    learning_rate: Rate,
    *,
    momentum: float = 0.0,
    update: str = "batch",
    error: str = "mse",
    activation: str = "sigmoid",
    metric: str = "mse",
    threshold: float = 1e-3,
    measured: str = "after_epoch",
    max_epochs: int = 100_000,
    optimizer: str = "gradient_descent",
    targets: Targets = FALSE_AND_TRUE,
    constants: Constants | None = None,
    orders: Iterable[Order] | None = None,
) -> tuple[Outcome, int, Array]:
    """Train one network until `metric` is below `threshold`.

    Parameters
    ----------
    weights : array (9,)
        w1..w9 at the start.
    learning_rate : float or array (9,)
        What the gradient is multiplied with: one for all weights, or one for each.
    momentum : float, default 0.0
        The share of the last change that is repeated.
    update : {"batch", "online", "shuffled"}, default "batch"
        One step an epoch, or one step a pattern.
    error : {"mse", "sse", "half_mse", "half_sse", "cross_entropy"}, default "mse"
        What is descended.
    activation : {"sigmoid", "tanh", "relu"}, default "sigmoid"
        Of the hidden units.
    metric : str, default "mse"
        What the stop rule looks at: a name that `measure` knows.
    threshold : float, default 0.001
        The rule holds when the metric is smaller than this.
    measured : {"after_epoch", "during_epoch"}, default "after_epoch"
        With the weights that the epoch ends with, or each pattern just before its own step.
    max_epochs : int, default 100000
        When to give up.
    optimizer : str, default "gradient_descent"
        How a step follows from the gradient: a name in `optimizers.OPTIMIZERS`.
    targets : (low, high), default (0, 1)
        What the output should be where the exclusive or is 0, and where it is 1.
    constants : mapping, optional
        Those constants of the optimizer that are not the published ones.
    orders : iterable, optional
        The order of the patterns in each epoch, if they are shuffled; see `random_orders`.

    Returns
    -------
    outcome : Outcome
        How the run ended.
    epochs : int
        Completed epochs; 0 if the rule already holds for the starting weights.
    weights : array (9,)
        w1..w9 at the end.

    Raises
    ------
    ValueError
        If a name is unknown, `weights` is not nine numbers, or orders are missing.

    Examples
    --------
    >>> outcome, epochs, _ = train_plainly(np.arange(9) % 4, 2.0, threshold=0.1, update="online")
    >>> print(outcome, epochs)
    converged 197
    """
    _require("measured", measured, ("after_epoch", "during_epoch"))
    _require("optimizer", optimizer, OPTIMIZERS)
    if update == "shuffled" and orders is None:
        raise ValueError("orders are missing: update 'shuffled' needs one for each epoch.")
    weights = _nine(weights).reshape(9)
    state = first_state(optimizer, learning_rate)
    if measure(forward(weights, activation)[2], metric, targets) < threshold:
        return Outcome.CONVERGED, 0, weights

    def trained(weights: Array, state: Array, order: Order) -> tuple[Array, Array, Array]:
        return epoch(
            weights, state, learning_rate, momentum, update, error, activation,
            optimizer=optimizer, targets=targets, constants=constants, order=order,
        )  # fmt: skip

    def unchanged(before: tuple[Array, Array], weights: Array, state: Array) -> bool:
        # Without momentum the last change has no influence on the next step.
        forgotten = optimizer == "gradient_descent" and momentum == 0
        return _same_bits(before[0], weights) and (forgotten or _same_bits(before[1], state))

    for count, order in zip(range(1, max_epochs + 1), orders or repeat(IN_ORDER), strict=False):
        before = weights, state
        weights, state, outputs = trained(weights, state, order)
        if not np.isfinite(weights).all():
            return Outcome.NONFINITE, count, weights
        if measured == "after_epoch":
            outputs = forward(weights, activation)[2]
        if measure(outputs, metric, targets) < threshold:
            return Outcome.CONVERGED, count, weights
        # Another order may still lead away, unless no pattern's own step changes anything.
        parts: list[Order] = [[pattern] for pattern in IN_ORDER] if update == "shuffled" else []
        if unchanged(before, weights, state) and all(
            unchanged((weights, state), *trained(weights, state, part)[:2]) for part in parts
        ):
            return Outcome.STALLED, count, weights
    return Outcome.MAX_EPOCHS, max_epochs, weights


def _require(setting: str, value: object, allowed: Iterable[object]) -> None:
    choices = tuple(allowed)
    if value not in choices:
        raise ValueError(f"{setting} is {value!r}, but must be one of {str(choices)[1:-1]}.")


def _nine(weights: ArrayLike) -> Array:
    nine = np.array(weights, dtype=np.float64)
    if nine.shape[-1:] != (9,):
        raise ValueError(
            f"weights have the shape {nine.shape}, but the last axis must hold the nine w1..w9."
        )
    return nine


def _up_to_net3(weights: Array, activation: str) -> tuple[Array, Array, Array]:
    _require("activation", activation, ACTIVATIONS)
    hidden = ACTIVATIONS[activation].value
    x1, x2 = PATTERNS.T
    h1 = hidden(net_input(weights[..., 0:3], x1, x2))
    h2 = hidden(net_input(weights[..., 3:6], x1, x2))
    return h1, h2, net_input(weights[..., 6:9], h1, h2)


def _outputs_and_gradients(
    weights: Array, error: str, activation: str, targets: Targets
) -> tuple[Array, Array]:
    """Return y (..., 4) and the gradient of each pattern's own term (..., 4, 9)."""
    _require("error", error, ERRORS)
    h1, h2, net3 = _up_to_net3(weights, activation)
    y = sigmoid(net3)
    if error == "cross_entropy":
        # The sigmoid's y*(1 - y) cancels against the same in the denominator of dE/dy.
        delta3 = y - _four(targets)
    else:
        delta3 = _share(error) * 2 * (y - _four(targets)) * y * (1 - y)

    slope = ACTIVATIONS[activation].slope
    delta1 = delta3 * weights[..., [7]] * slope(h1)
    delta2 = delta3 * weights[..., [8]] * slope(h2)

    x1, x2 = PATTERNS.T
    gradients = np.stack(
        [
            *(delta1, delta1 * x1, delta1 * x2),
            *(delta2, delta2 * x1, delta2 * x2),
            *(delta3, delta3 * h1, delta3 * h2),
        ],
        axis=-1,
    )
    return y, gradients


def _four(targets: Targets) -> Array:
    low, high = targets
    return np.where(TARGETS == 1, high, low)


def _part(share: Array, term: Array) -> Array:
    """Multiply, where 0 times infinity is 0."""
    return np.where(share > 0, share, 1.0) * np.where(share > 0, term, 0.0)


def _share(error: str) -> float:
    return 0.5 if error.startswith("half_") else 1.0


def _over_patterns(terms: Array, error: str, axis: int) -> Array:
    combine = np.sum if error.endswith("sse") else np.mean
    return np.asarray(combine(terms, axis=axis))


def _same_bits(one: Array, other: Array) -> bool:
    return one.tobytes() == other.tobytes()
