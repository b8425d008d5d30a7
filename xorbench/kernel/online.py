"""Online learning: four steps an epoch, one a pattern in the order 00, 01, 10, 11.

Between the steps the weights are in the rows NEXT_WEIGHT: what the epoch began with is still there
at its end. Weights may become large within an epoch, so the sigmoids take any net input.
"""

from xorbench.jit import inline
from xorbench.kernel.arithmetic import clamped_sigmoid, fma
from xorbench.kernel.forward import forward_pass, measure, output_unit
from xorbench.kernel.layout import (
    H1,
    H2,
    H2_WEIGHT,
    LANES,
    MOMENTUM,
    NEXT_H2_WEIGHT,
    NEXT_VELOCITY,
    NEXT_WEIGHT,
    NEXT_Y_WEIGHT,
    ONE,
    RATE,
    SATISFIED,
    THRESHOLD,
    VECTOR,
    VELOCITY,
    WEIGHT,
    Y_WEIGHT,
    ZERO,
    Block,
    Nine,
    Status,
    Y,
    get_four,
    get_nine,
    get_three,
    put_nine,
)
from xorbench.kernel.step import change, close, output_delta


@inline
def hidden_activation(block: Block, weights: int, x1: float, x2: float) -> float:
    """Compute a hidden unit of one lane for one pattern."""
    net, a, b = get_three(block, weights)
    if x1:
        net += a
    if x2:
        net += b
    return clamped_sigmoid(net)


@inline
def output(block: Block, weights: int, h1: float, h2: float) -> float:
    """Compute the output of one lane for one pattern, from its bias and two weights."""
    w7, w8, w9 = get_three(block, weights)
    return output_unit(w7, w8, w9, h1, h2, 1)


@inline
def learn(
    block: Block,
    lane: int,
    weights: int,
    velocities: int,
    h1: float,
    h2: float,
    y: float,
    x1: float,
    x2: float,
    target: float,
    cross_entropy: int,
    momentum: int,
) -> None:
    """Change all nine weights of one lane together, on the gradient of one pattern."""
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = get_nine(block, weights)
    v1, v2, v3, v4, v5, v6, v7, v8, v9 = get_nine(block, velocities)
    rate = block[RATE + lane]
    mu = block[MOMENTUM + lane]
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
        w2, v2 = change(w2, v2, rate_w8, p if x1 else ZERO, mu, momentum)
        w5, v5 = change(w5, v5, rate_w9, q if x1 else ZERO, mu, momentum)
    if x2 or momentum:
        w3, v3 = change(w3, v3, rate_w8, p if x2 else ZERO, mu, momentum)
        w6, v6 = change(w6, v6, rate_w9, q if x2 else ZERO, mu, momentum)
    w7, v7 = change(w7, v7, rate, delta, mu, momentum)
    w8, v8 = change(w8, v8, rate, a, mu, momentum)
    w9, v9 = change(w9, v9, rate, b, mu, momentum)
    put_nine(block, NEXT_WEIGHT + lane, (w1, w2, w3, w4, w5, w6, w7, w8, w9))
    if momentum:
        put_nine(block, NEXT_VELOCITY + lane, (v1, v2, v3, v4, v5, v6, v7, v8, v9))


@inline
def present(block: Block, vectors: int, x1: float, x2: float) -> None:
    """Compute the hidden units of each network for one pattern, which is not an epoch's first."""
    for lane in range(vectors * VECTOR):
        block[H1 + lane] = hidden_activation(block, NEXT_WEIGHT + lane, x1, x2)
        block[H2 + lane] = hidden_activation(block, NEXT_H2_WEIGHT + lane, x1, x2)


@inline
def respond(
    block: Block,
    vectors: int,
    pattern: int,
    x1: float,
    x2: float,
    target: float,
    cross_entropy: int,
    momentum: int,
) -> None:
    """Compute the output of each network for the pattern presented, and learn from it."""
    row = pattern * LANES
    for lane in range(vectors * VECTOR):
        w = NEXT_WEIGHT + lane
        v = NEXT_VELOCITY + lane
        h1 = block[H1 + lane]
        h2 = block[H2 + lane]
        y = output(block, NEXT_Y_WEIGHT + lane, h1, h2)
        block[Y + row + lane] = y
        learn(block, lane, w, v, h1, h2, y, x1, x2, target, cross_entropy, momentum)


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
def online_epoch(
    update: int,
    block: Block,
    status: Status,
    changes: Status,
    vectors: int,
    cross_entropy: int,
    metric: int,
    during: int,
    momentum: int,
    careful: int,
) -> None:
    """Train each network of a block for one epoch.

    Where the rule is measured after each epoch, a forward pass over all patterns tests the weights
    that the epoch begins with. It also gives pattern 00 its activations, with the bits they have
    without such a pass. Where the rule holds, the previous epoch was the last: these weights stay.

    Parameters
    ----------
    As those of `batch_epoch`.
    """
    if during:
        for lane in range(vectors * VECTOR):
            block[H1 + lane] = hidden_activation(block, WEIGHT + lane, ZERO, ZERO)
            block[H2 + lane] = hidden_activation(block, H2_WEIGHT + lane, ZERO, ZERO)
        for lane in range(vectors * VECTOR):
            block[Y + lane] = output(block, Y_WEIGHT + lane, block[H1 + lane], block[H2 + lane])
    elif careful:
        forward_pass(block, vectors, 1)
    else:
        forward_pass(block, vectors, 0)
    for lane in range(vectors * VECTOR):
        if not during:
            satisfied = measure(get_four(block, Y + lane), metric) < block[THRESHOLD + lane]
            status[lane] = SATISFIED if satisfied else 0
        w = WEIGHT + lane
        v = VELOCITY + lane
        h1 = block[H1 + lane]
        h2 = block[H2 + lane]
        y = block[Y + lane]
        learn(block, lane, w, v, h1, h2, y, ZERO, ZERO, ZERO, cross_entropy, momentum)
    present(block, vectors, ZERO, ONE)
    respond(block, vectors, 1, ZERO, ONE, ONE, cross_entropy, momentum)
    present(block, vectors, ONE, ZERO)
    respond(block, vectors, 2, ONE, ZERO, ONE, cross_entropy, momentum)
    present(block, vectors, ONE, ONE)
    respond(block, vectors, 3, ONE, ONE, ZERO, cross_entropy, momentum)
    for lane in range(vectors * VECTOR):
        next_w = get_nine(block, NEXT_WEIGHT + lane)
        next_v = get_nine(block, NEXT_VELOCITY + lane)
        if during:
            satisfied = measure(get_four(block, Y + lane), metric) < block[THRESHOLD + lane]
        else:
            satisfied = status[lane] != 0
            next_w = either(satisfied, get_nine(block, WEIGHT + lane), next_w)
        flag = close(block, changes, lane, next_w, next_v, momentum)
        status[lane] = flag | (SATISFIED if satisfied else 0)
