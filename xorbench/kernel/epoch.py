"""The mathematics of one epoch, for a whole block of networks.

A block is an array with a row for each quantity and a column, the *lane*, for each network; the
innermost loop runs over the lanes, so that one vector instruction serves eight networks.

Numbers that choose a variant (`update`, `cross_entropy`, `metric`, `during`, `momentum`,
`careful`) are constants when the kernel is compiled: the branches on them vanish.
"""

import numpy as np
import numpy.typing as npt

from xorbench.jit import inline
from xorbench.kernel.arithmetic import bits, fma, sigmoid, sigmoids, sigmoids_of_sums, two_sigmoids

LANES = 32

# Rows of a block.
WEIGHT = 0  # w1..w9
VELOCITY = 9  # v1..v9
RATE = 18  # learning rate times the constant factor of the gradient
MOMENTUM = 19
THRESHOLD = 20  # the stop rule holds when the metric is below it
QUANTITIES = 21

# Values of `update`.
BATCH = 0
ONLINE = 1

# Values of `metric`.
SUM_OF_SQUARES = 0
LARGEST = 1
MINUS_LIKELIHOOD = 2

# Flags in the status of a lane after an epoch.
SATISFIED = 1
UNCHANGED = 2
OVERFLOWED = 4
UNSAFE = 8
DONE = SATISFIED | UNCHANGED | OVERFLOWED

# While the nine |weights| sum to at most this, no net input is larger, and the product of four
# denominators of sigmoids is below e^(4 * 170) * 2.4^12 < 1e300, so that one division may serve
# four sigmoids. Beyond, sigmoids are computed one by one; so are they where the sum is nan.
SAFE_SIZE = 170.0

Block = npt.NDArray[np.float64]
Status = npt.NDArray[np.int64]
Quad = tuple[float, float, float, float]
Nine = tuple[float, float, float, float, float, float, float, float, float]


@inline
def size(w: Nine) -> float:
    """Sum the nine magnitudes: at most SAFE_SIZE where the fast sigmoids may be used."""
    first = (abs(w[0]) + abs(w[1])) + (abs(w[2]) + abs(w[3]))
    second = (abs(w[4]) + abs(w[5])) + (abs(w[6]) + abs(w[7]))
    return (first + second) + abs(w[8])


@inline
def hidden_unit(bias: float, a: float, b: float, careful: int, safe: bool) -> Quad:
    """Compute a hidden unit's activations over the patterns 00, 01, 10, 11."""
    h00, h01, h10, h11 = sigmoids_of_sums(bias, a, b)
    if careful:
        # A network's path depends on its own weights alone, never on its neighbours in the block.
        h00 = h00 if safe else sigmoid(bias)
        h01 = h01 if safe else sigmoid(bias + b)
        h10 = h10 if safe else sigmoid(bias + a)
        h11 = h11 if safe else sigmoid(bias + a + b)
    return h00, h01, h10, h11


@inline
def output_unit(
    bias: float, a: float, b: float, h1: Quad, h2: Quad, careful: int, safe: bool
) -> Quad:
    """Compute the output over the four patterns."""
    z0 = fma(b, h2[0], fma(a, h1[0], bias))
    z1 = fma(b, h2[1], fma(a, h1[1], bias))
    z2 = fma(b, h2[2], fma(a, h1[2], bias))
    z3 = fma(b, h2[3], fma(a, h1[3], bias))
    y0, y1, y2, y3 = sigmoids(z0, z1, z2, z3)
    if careful:
        y0 = y0 if safe else sigmoid(z0)
        y1 = y1 if safe else sigmoid(z1)
        y2 = y2 if safe else sigmoid(z2)
        y3 = y3 if safe else sigmoid(z3)
    return y0, y1, y2, y3


@inline
def forward(w: Nine, careful: int) -> tuple[Quad, Quad, Quad]:
    """Compute both hidden units' activations and the output over the four patterns."""
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = w
    safe = size(w) <= SAFE_SIZE if careful else True
    h1 = hidden_unit(w1, w2, w3, careful, safe)
    h2 = hidden_unit(w4, w5, w6, careful, safe)
    return h1, h2, output_unit(w7, w8, w9, h1, h2, careful, safe)


@inline
def measure(y: Quad, metric: int) -> float:
    """Compute what the stop rule compares with its threshold, from the four outputs."""
    y0, y1, y2, y3 = y
    if metric == SUM_OF_SQUARES:
        r1 = y1 - 1.0
        r2 = y2 - 1.0
        return fma(y0, y0, r1 * r1) + fma(r2, r2, y3 * y3)
    if metric == LARGEST:
        return max(max(y0, 1.0 - y1), max(1.0 - y2, y3))
    return -(((1.0 - y0) * y1) * (y2 * (1.0 - y3)))


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
def nine(block: Block, first: int, lane: int) -> Nine:
    """Read a lane's nine weights or velocities."""
    return (
        block[first * LANES + lane],
        block[(first + 1) * LANES + lane],
        block[(first + 2) * LANES + lane],
        block[(first + 3) * LANES + lane],
        block[(first + 4) * LANES + lane],
        block[(first + 5) * LANES + lane],
        block[(first + 6) * LANES + lane],
        block[(first + 7) * LANES + lane],
        block[(first + 8) * LANES + lane],
    )


@inline
def replace(block: Block, row: int, lane: int, value: float) -> int:
    """Write one number; return 0 if it was there already, to the bit."""
    difference = bits(block[row * LANES + lane]) ^ bits(value)
    block[row * LANES + lane] = value
    return difference


@inline
def store(block: Block, first: int, lane: int, values: Nine) -> int:
    """Write a lane's nine weights or velocities; return 0 if each was there already, to the bit."""
    return (
        replace(block, first, lane, values[0])
        | replace(block, first + 1, lane, values[1])
        | replace(block, first + 2, lane, values[2])
        | replace(block, first + 3, lane, values[3])
        | replace(block, first + 4, lane, values[4])
        | replace(block, first + 5, lane, values[5])
        | replace(block, first + 6, lane, values[6])
        | replace(block, first + 7, lane, values[7])
        | replace(block, first + 8, lane, values[8])
    )


@inline
def close(block: Block, lane: int, w: Nine, v: Nine, momentum: int) -> int:
    """Store a lane's state after an epoch and flag what became of it."""
    difference = store(block, WEIGHT, lane, w)
    if momentum:
        difference |= store(block, VELOCITY, lane, v)
    total = size(w)
    status = UNCHANGED if difference == 0 else 0
    status |= 0 if total < np.inf else OVERFLOWED
    status |= 0 if total <= SAFE_SIZE else UNSAFE
    return status


@inline
def batch_epoch(
    block: Block,
    status: Status,
    watched: Status,
    lanes: int,
    cross_entropy: int,
    metric: int,
    during: int,
    momentum: int,
    careful: int,
) -> int:
    """Train each network for one epoch, one step on the gradient over the four patterns.

    The forward pass sees the weights from before the step. Where the stop rule holds for them and
    is measured after each epoch, the previous epoch was the last, and this step is of length 0.

    Returns
    -------
    int
        The flags of all lanes, joined.
    """
    flags = 0
    for lane in range(lanes):
        w = nine(block, WEIGHT, lane)
        v = nine(block, VELOCITY, lane)
        w1, w2, w3, w4, w5, w6, w7, w8, w9 = w
        v1, v2, v3, v4, v5, v6, v7, v8, v9 = v
        h1, h2, y = forward(w, careful)
        rate = block[RATE * LANES + lane]
        mu = block[MOMENTUM * LANES + lane]
        satisfied = measure(y, metric) < block[THRESHOLD * LANES + lane]
        if not during:
            rate = 0.0 if satisfied else rate
            mu = 0.0 if satisfied else mu

        delta0 = output_delta(y[0], 0.0, cross_entropy)
        delta1 = output_delta(y[1], 1.0, cross_entropy)
        delta2 = output_delta(y[2], 1.0, cross_entropy)
        delta3 = output_delta(y[3], 0.0, cross_entropy)
        # g8 = sum of delta h1; hidden delta = w8 delta h1 (1 - h1), with w8 left to the step.
        a0, a1, a2, a3 = delta0 * h1[0], delta1 * h1[1], delta2 * h1[2], delta3 * h1[3]
        b0, b1, b2, b3 = delta0 * h2[0], delta1 * h2[1], delta2 * h2[2], delta3 * h2[3]
        p1 = fma(-a1, h1[1], a1)
        p2 = fma(-a2, h1[2], a2)
        p3 = fma(-a3, h1[3], a3)
        q1 = fma(-b1, h2[1], b1)
        q2 = fma(-b2, h2[2], b2)
        q3 = fma(-b3, h2[3], b3)
        p23 = p2 + p3
        q23 = q2 + q3
        rate_w8 = rate * w8
        rate_w9 = rate * w9
        w1, v1 = change(w1, v1, rate_w8, (fma(-a0, h1[0], a0) + p1) + p23, mu, momentum)
        w2, v2 = change(w2, v2, rate_w8, p23, mu, momentum)
        w3, v3 = change(w3, v3, rate_w8, p1 + p3, mu, momentum)
        w4, v4 = change(w4, v4, rate_w9, (fma(-b0, h2[0], b0) + q1) + q23, mu, momentum)
        w5, v5 = change(w5, v5, rate_w9, q23, mu, momentum)
        w6, v6 = change(w6, v6, rate_w9, q1 + q3, mu, momentum)
        w7, v7 = change(w7, v7, rate, (delta0 + delta1) + (delta2 + delta3), mu, momentum)
        w8, v8 = change(w8, v8, rate, (a0 + a1) + (a2 + a3), mu, momentum)
        w9, v9 = change(w9, v9, rate, (b0 + b1) + (b2 + b3), mu, momentum)

        w = (w1, w2, w3, w4, w5, w6, w7, w8, w9)
        v = (v1, v2, v3, v4, v5, v6, v7, v8, v9)
        flag = close(block, lane, w, v, momentum) | (SATISFIED if satisfied else 0)
        flag &= watched[lane]
        status[lane] = flag
        flags |= flag
    return flags


@inline
def online_step(
    w: Nine,
    v: Nine,
    x1: int,
    x2: int,
    target: float,
    rate: float,
    mu: float,
    cross_entropy: int,
    momentum: int,
) -> tuple[Nine, Nine, float]:
    """Present one pattern: all nine weights change together. Also return the output before it."""
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = w
    v1, v2, v3, v4, v5, v6, v7, v8, v9 = v
    net1 = w1
    net2 = w4
    if x1:
        net1 += w2
        net2 += w5
    if x2:
        net1 += w3
        net2 += w6
    h1, h2 = two_sigmoids(net1, net2)
    y = sigmoid(fma(w9, h2, fma(w8, h1, w7)))
    delta = output_delta(y, target, cross_entropy)
    a = delta * h1
    b = delta * h2
    p = fma(-a, h1, a)
    q = fma(-b, h2, b)
    rate_w8 = rate * w8
    rate_w9 = rate * w9
    w1, v1 = change(w1, v1, rate_w8, p, mu, momentum)
    w4, v4 = change(w4, v4, rate_w9, q, mu, momentum)
    if x1 or momentum:
        w2, v2 = change(w2, v2, rate_w8, p if x1 else 0.0, mu, momentum)
        w5, v5 = change(w5, v5, rate_w9, q if x1 else 0.0, mu, momentum)
    if x2 or momentum:
        w3, v3 = change(w3, v3, rate_w8, p if x2 else 0.0, mu, momentum)
        w6, v6 = change(w6, v6, rate_w9, q if x2 else 0.0, mu, momentum)
    w7, v7 = change(w7, v7, rate, delta, mu, momentum)
    w8, v8 = change(w8, v8, rate, a, mu, momentum)
    w9, v9 = change(w9, v9, rate, b, mu, momentum)
    return (w1, w2, w3, w4, w5, w6, w7, w8, w9), (v1, v2, v3, v4, v5, v6, v7, v8, v9), y


@inline
def online_epoch(
    block: Block,
    status: Status,
    watched: Status,
    lanes: int,
    cross_entropy: int,
    metric: int,
    during: int,
    momentum: int,
) -> int:
    """Train each network for one epoch, one step a pattern in the order 00, 01, 10, 11.

    Its sigmoids take any net input, so there is no careful variant of it.

    Returns
    -------
    int
        The flags of all lanes, joined; SATISFIED only where the rule is measured `during`.
    """
    flags = 0
    for lane in range(lanes):
        w = nine(block, WEIGHT, lane)
        v = nine(block, VELOCITY, lane)
        rate = block[RATE * LANES + lane]
        mu = block[MOMENTUM * LANES + lane]
        w, v, y0 = online_step(w, v, 0, 0, 0.0, rate, mu, cross_entropy, momentum)
        w, v, y1 = online_step(w, v, 0, 1, 1.0, rate, mu, cross_entropy, momentum)
        w, v, y2 = online_step(w, v, 1, 0, 1.0, rate, mu, cross_entropy, momentum)
        w, v, y3 = online_step(w, v, 1, 1, 0.0, rate, mu, cross_entropy, momentum)
        flag = close(block, lane, w, v, momentum)
        if during:
            satisfied = measure((y0, y1, y2, y3), metric) < block[THRESHOLD * LANES + lane]
            flag |= SATISFIED if satisfied else 0
        flag &= watched[lane]
        status[lane] = flag
        flags |= flag
    return flags


@inline
def test_rule(
    block: Block, status: Status, watched: Status, lanes: int, metric: int, careful: int
) -> int:
    """Flag the lanes whose present weights satisfy the stop rule; return the flags, joined."""
    flags = 0
    for lane in range(lanes):
        _, _, y = forward(nine(block, WEIGHT, lane), careful)
        satisfied = measure(y, metric) < block[THRESHOLD * LANES + lane]
        flag = status[lane] | ((SATISFIED if satisfied else 0) & watched[lane])
        status[lane] = flag
        flags |= flag
    return flags
