"""The forward pass: from weights to activations, and what the stop rule measures.

Numbers that choose a variant (`metric`, `careful`) are constants when the kernel is compiled: the
branches on them vanish.
"""

from xorbench.jit import chosen, inline
from xorbench.kernel.arithmetic import (
    clamped_sigmoid,
    fma,
    largest_net,
    sigmoid,
    sigmoids_of_sums,
)
from xorbench.kernel.layout import (
    H1,
    H2,
    H2_WEIGHT,
    ONE,
    VECTOR,
    WEIGHT,
    Y_WEIGHT,
    ZERO,
    Block,
    Nine,
    Quad,
    Y,
    get_four,
    get_three,
    put_four,
)

# Values of `metric`.
SUM_OF_SQUARES = 0
LARGEST = 1
MINUS_LIKELIHOOD = 2


# Values of `activation`, of the hidden units.
SIGMOID = 0
TANH = 1
RELU = 2


@inline
def unit_is_safe(bias: float, a: float, b: float) -> bool:
    """Tell whether no net input of a unit, with inputs up to 1, is too large for `sigmoid`."""
    return abs(bias) + abs(a) + abs(b) <= largest_net(bias)


@inline
def weights_are_safe(w: Nine, activation: int) -> bool:
    """Tell whether the fast forward pass may be used; it may not where a weight is nan."""
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = w
    if activation == TANH:
        first = unit_is_safe(w1 + w1, w2 + w2, w3 + w3)
        second = unit_is_safe(w4 + w4, w5 + w5, w6 + w6)
    else:
        first = unit_is_safe(w1, w2, w3)
        second = unit_is_safe(w4, w5, w6)
    return first & second & unit_is_safe(w7, w8, w9)


@inline
def sigmoid_unit(activation: int, bias: float, a: float, b: float, careful: int) -> Quad:
    """Compute a sigmoid unit over the patterns 00, 01, 10, 11."""
    h00, h01, h10, h11 = sigmoids_of_sums(bias, a, b)
    if careful:
        # A network's path depends on its own weights alone, never on its neighbours in the block.
        safe = unit_is_safe(bias, a, b)
        h00 = h00 if safe else clamped_sigmoid(bias)
        h01 = h01 if safe else clamped_sigmoid(bias + b)
        h10 = h10 if safe else clamped_sigmoid(bias + a)
        h11 = h11 if safe else clamped_sigmoid(bias + a + b)
    return h00, h01, h10, h11


@inline
def tanh_unit(activation: int, bias: float, a: float, b: float, careful: int) -> Quad:
    """Compute a tanh unit over the patterns 00, 01, 10, 11: tanh z = 2 sigmoid(2 z) - 1."""
    s00, s01, s10, s11 = sigmoid_unit(SIGMOID, bias + bias, a + a, b + b, careful)
    return s00 + s00 - ONE, s01 + s01 - ONE, s10 + s10 - ONE, s11 + s11 - ONE


@inline
def relu_unit(activation: int, bias: float, a: float, b: float, careful: int) -> Quad:
    """Compute a rectified linear unit over the patterns 00, 01, 10, 11."""
    return positive(bias), positive(bias + b), positive(bias + a), positive(bias + a + b)


@inline
def positive(z: float) -> float:
    """Compute max(z, 0)."""
    return z if z > ZERO else ZERO


@inline
def sigmoid_activation(activation: int, net: float) -> float:
    """Squash any net input."""
    return clamped_sigmoid(net)


@inline
def tanh_activation(activation: int, net: float) -> float:
    """Squash any net input, with the bits of `tanh_unit`."""
    s = clamped_sigmoid(net + net)
    return s + s - ONE


@inline
def relu_activation(activation: int, net: float) -> float:
    """Rectify a net input."""
    return positive(net)


# A hidden unit over all patterns, and its activation for one net input.
hidden_unit = chosen({SIGMOID: sigmoid_unit, TANH: tanh_unit, RELU: relu_unit})
hidden_activation = chosen(
    {SIGMOID: sigmoid_activation, TANH: tanh_activation, RELU: relu_activation}
)


@inline
def output_unit(bias: float, a: float, b: float, h1: float, h2: float, careful: int) -> float:
    """Compute the output from the activations of the hidden units."""
    z = fma(b, h2, fma(a, h1, bias))
    return clamped_sigmoid(z) if careful else sigmoid(z)


@inline
def outputs(bias: float, a: float, b: float, h1: Quad, h2: Quad, careful: int) -> Quad:
    """Compute the output over the four patterns."""
    return (
        output_unit(bias, a, b, h1[0], h2[0], careful),
        output_unit(bias, a, b, h1[1], h2[1], careful),
        output_unit(bias, a, b, h1[2], h2[2], careful),
        output_unit(bias, a, b, h1[3], h2[3], careful),
    )


@inline
def forward(w: Nine, activation: int) -> tuple[Quad, Quad, Quad]:
    """Compute both hidden units' activations and the output of one network."""
    h1 = hidden_unit(activation, w[0], w[1], w[2], 1)
    h2 = hidden_unit(activation, w[3], w[4], w[5], 1)
    return h1, h2, outputs(w[6], w[7], w[8], h1, h2, 1)


@inline
def hidden_activations(
    block: Block, weights: int, activations: int, activation: int, careful: int
) -> None:
    """Compute a hidden unit of one lane."""
    bias, a, b = get_three(block, weights)
    put_four(block, activations, hidden_unit(activation, bias, a, b, careful))


@inline
def forward_pass(block: Block, vectors: int, activation: int, careful: int) -> None:
    """Compute the activations of a block: the rows H1, H2 and Y.

    A loop for each unit: of a loop so short the processor has several turns in work at once.

    Parameters
    ----------
    block : array (ROWS * LANES,)
    vectors : int
        How many times VECTOR lanes to compute.
    careful : int
        Weights may be of any size; else all have to be safe. The results are the same to the bit.
    """
    for lane in range(vectors * VECTOR):
        hidden_activations(block, WEIGHT + lane, H1 + lane, activation, careful)
    for lane in range(vectors * VECTOR):
        hidden_activations(block, H2_WEIGHT + lane, H2 + lane, activation, careful)
    for lane in range(vectors * VECTOR):
        w7, w8, w9 = get_three(block, Y_WEIGHT + lane)
        h1 = get_four(block, H1 + lane)
        h2 = get_four(block, H2 + lane)
        # Rectified activations have no bound, and so the output's net input has none.
        unbounded = careful if activation != RELU else 1
        put_four(block, Y + lane, outputs(w7, w8, w9, h1, h2, unbounded))


@inline
def measure(y: Quad, metric: int, low: float, high: float) -> float:
    """Compute what the stop rule compares with its threshold, from the four outputs."""
    y0, y1, y2, y3 = y
    if metric == MINUS_LIKELIHOOD:
        return -(((ONE - y0) * y1) * (y2 * (ONE - y3)))
    r0 = y0 - low
    r1 = y1 - high
    r2 = y2 - high
    r3 = y3 - low
    if metric == SUM_OF_SQUARES:
        return (r0 * r0 + r1 * r1) + (r2 * r2 + r3 * r3)
    larger = abs(r1) if abs(r1) > abs(r0) else abs(r0)
    other = abs(r2) if abs(r2) > abs(r3) else abs(r3)
    return larger if larger > other else other
