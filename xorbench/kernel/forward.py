"""The forward pass: from weights to activations, and what the stop rule measures.

Numbers that choose a variant (`metric`, `careful`) are constants when the kernel is compiled: the
branches on them vanish.
"""

from xorbench.jit import inline
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


@inline
def unit_is_safe(bias: float, a: float, b: float) -> bool:
    """Tell whether no net input of a unit, with inputs from 0 to 1, is too large for `sigmoid`."""
    return abs(bias) + abs(a) + abs(b) <= largest_net(bias)


@inline
def weights_are_safe(w: Nine) -> bool:
    """Tell whether the fast forward pass may be used; it may not where a weight is nan."""
    return (
        unit_is_safe(w[0], w[1], w[2])
        & unit_is_safe(w[3], w[4], w[5])
        & unit_is_safe(w[6], w[7], w[8])
    )


@inline
def hidden_unit(bias: float, a: float, b: float, careful: int) -> Quad:
    """Compute a hidden unit's activations over the patterns 00, 01, 10, 11."""
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
def forward(w: Nine) -> tuple[Quad, Quad, Quad]:
    """Compute both hidden units' activations and the output of one network."""
    h1 = hidden_unit(w[0], w[1], w[2], 1)
    h2 = hidden_unit(w[3], w[4], w[5], 1)
    return h1, h2, outputs(w[6], w[7], w[8], h1, h2, 1)


@inline
def hidden_activations(block: Block, weights: int, activations: int, careful: int) -> None:
    """Compute a hidden unit of one lane."""
    bias, a, b = get_three(block, weights)
    put_four(block, activations, hidden_unit(bias, a, b, careful))


@inline
def forward_pass(block: Block, vectors: int, careful: int) -> None:
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
        hidden_activations(block, WEIGHT + lane, H1 + lane, careful)
    for lane in range(vectors * VECTOR):
        hidden_activations(block, H2_WEIGHT + lane, H2 + lane, careful)
    for lane in range(vectors * VECTOR):
        w7, w8, w9 = get_three(block, Y_WEIGHT + lane)
        h1 = get_four(block, H1 + lane)
        h2 = get_four(block, H2 + lane)
        put_four(block, Y + lane, outputs(w7, w8, w9, h1, h2, careful))


@inline
def measure(y: Quad, metric: int) -> float:
    """Compute what the stop rule compares with its threshold, from the four outputs."""
    y0, y1, y2, y3 = y
    if metric == SUM_OF_SQUARES:
        r1 = y1 - ONE
        r2 = y2 - ONE
        return (y0 * y0 + r1 * r1) + (r2 * r2 + y3 * y3)
    if metric == LARGEST:
        return max(max(y0, ONE - y1), max(ONE - y2, y3))
    return -(((ONE - y0) * y1) * (y2 * (ONE - y3)))
