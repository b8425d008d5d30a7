"""Online learning: four steps an epoch, one a pattern in the order 00, 01, 10, 11.

Between the steps the weights are in the rows NEXT_WEIGHT: what the epoch began with is still there
at its end. Weights may become large within an epoch, so the sigmoids take any net input.
"""

from xorbench.jit import inline
from xorbench.kernel.forward import forward_pass, hidden_activation, measure, output_unit
from xorbench.kernel.layout import (
    CORRECTION,
    FIRST,
    H1,
    H2,
    H2_WEIGHT,
    LANES,
    NEXT_CORRECTION,
    NEXT_FIRST,
    NEXT_H2_WEIGHT,
    NEXT_SECOND,
    NEXT_WEIGHT,
    NEXT_Y_WEIGHT,
    ONE,
    SATISFIED,
    SECOND,
    THRESHOLD,
    VECTOR,
    WEIGHT,
    Y_WEIGHT,
    ZERO,
    Block,
    Status,
    Y,
    get_four,
    get_nine,
    get_three,
    put_nine,
)
from xorbench.kernel.optimizers import DESCENT, RPROP, change, constants_of_step
from xorbench.kernel.step import close, either, hidden_delta, output_delta, targets_of_lane


@inline
def hidden(block: Block, weights: int, x1: float, x2: float, activation: int) -> float:
    """Compute a hidden unit of one lane for one pattern."""
    net, a, b = get_three(block, weights)
    if x1:
        net += a
    if x2:
        net += b
    return hidden_activation(activation, net)


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
    first: int,
    second: int,
    corrections: int,
    h1: float,
    h2: float,
    y: float,
    x1: float,
    x2: float,
    target: float,
    optimizer: int,
    activation: int,
    cross_entropy: int,
) -> None:
    """Change all nine weights of one lane together, on the gradient of one pattern."""
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = get_nine(block, weights)
    m1, m2, m3, m4, m5, m6, m7, m8, m9 = get_nine(block, first)
    n1, n2, n3, n4, n5, n6, n7, n8, n9 = get_nine(block, second)
    delta = output_delta(y, target, cross_entropy)
    a = delta * h1
    b = delta * h2
    p = hidden_delta(activation, delta, a, h1)
    q = hidden_delta(activation, delta, b, h2)
    unit1 = w8
    unit2 = w9
    (rate, output_rate), c = constants_of_step(optimizer, block, lane, corrections)
    w1, m1, n1 = change(optimizer, w1, m1, n1, rate, unit1, p, c)
    w4, m4, n4 = change(optimizer, w4, m4, n4, rate, unit2, q, c)
    if optimizer == DESCENT:
        # Of a weight whose input is 0, nothing is left to do.
        v2, _, _ = change(optimizer, w2, m2, n2, rate, unit1, p, c)
        v3, _, _ = change(optimizer, w3, m3, n3, rate, unit1, p, c)
        v5, _, _ = change(optimizer, w5, m5, n5, rate, unit2, q, c)
        v6, _, _ = change(optimizer, w6, m6, n6, rate, unit2, q, c)
        w2 = v2 if x1 else w2
        w3 = v3 if x2 else w3
        w5 = v5 if x1 else w5
        w6 = v6 if x2 else w6
    else:
        w2, m2, n2 = change(optimizer, w2, m2, n2, rate, unit1, p if x1 else ZERO, c)
        w5, m5, n5 = change(optimizer, w5, m5, n5, rate, unit2, q if x1 else ZERO, c)
        w3, m3, n3 = change(optimizer, w3, m3, n3, rate, unit1, p if x2 else ZERO, c)
        w6, m6, n6 = change(optimizer, w6, m6, n6, rate, unit2, q if x2 else ZERO, c)
    w7, m7, n7 = change(optimizer, w7, m7, n7, output_rate, ONE, delta, c)
    w8, m8, n8 = change(optimizer, w8, m8, n8, output_rate, ONE, a, c)
    w9, m9, n9 = change(optimizer, w9, m9, n9, output_rate, ONE, b, c)
    put_nine(block, NEXT_WEIGHT + lane, (w1, w2, w3, w4, w5, w6, w7, w8, w9))
    if optimizer != DESCENT:
        put_nine(block, NEXT_FIRST + lane, (m1, m2, m3, m4, m5, m6, m7, m8, m9))
    if optimizer >= RPROP:
        put_nine(block, NEXT_SECOND + lane, (n1, n2, n3, n4, n5, n6, n7, n8, n9))


@inline
def present(block: Block, vectors: int, x1: float, x2: float, activation: int) -> None:
    """Compute the hidden units of each network for one pattern, which is not an epoch's first."""
    for lane in range(vectors * VECTOR):
        block[H1 + lane] = hidden(block, NEXT_WEIGHT + lane, x1, x2, activation)
        block[H2 + lane] = hidden(block, NEXT_H2_WEIGHT + lane, x1, x2, activation)


@inline
def respond(
    block: Block,
    vectors: int,
    pattern: int,
    x1: float,
    x2: float,
    optimizer: int,
    activation: int,
    soft: int,
    cross_entropy: int,
    during: int,
) -> None:
    """Compute the output of each network for the pattern presented, and learn from it."""
    row = pattern * LANES
    for lane in range(vectors * VECTOR):
        low, high = targets_of_lane(block, lane, soft)
        target = high if x1 != x2 else low
        w, first, second = NEXT_WEIGHT + lane, NEXT_FIRST + lane, NEXT_SECOND + lane
        corrections = NEXT_CORRECTION + lane
        h1 = block[H1 + lane]
        h2 = block[H2 + lane]
        y = output(block, NEXT_Y_WEIGHT + lane, h1, h2)
        if during:
            block[Y + row + lane] = y
        learn(
            block,
            lane,
            w,
            first,
            second,
            corrections,
            h1,
            h2,
            y,
            x1,
            x2,
            target,
            optimizer,
            activation,
            cross_entropy,
        )


@inline
def finish(
    block: Block,
    status: Status,
    changes: Status,
    vectors: int,
    optimizer: int,
    activation: int,
    soft: int,
    metric: int,
    during: int,
) -> None:
    """End an epoch: take over the next weights, unless the epoch before was the last."""
    for lane in range(vectors * VECTOR):
        next_w = get_nine(block, NEXT_WEIGHT + lane)
        next_first = get_nine(block, NEXT_FIRST + lane)
        next_second = get_nine(block, NEXT_SECOND + lane)
        low, high = targets_of_lane(block, lane, soft)
        error = measure(get_four(block, Y + lane), metric, low, high)
        satisfied = error < block[THRESHOLD + lane]
        if not during:
            next_w = either(satisfied, get_nine(block, WEIGHT + lane), next_w)
        flag = close(block, changes, lane, next_w, next_first, next_second, optimizer, activation)
        status[lane] = flag | (SATISFIED if satisfied else 0)


@inline
def online_epoch(
    update: int,
    block: Block,
    status: Status,
    changes: Status,
    order: Status,
    vectors: int,
    optimizer: int,
    activation: int,
    soft: int,
    cross_entropy: int,
    metric: int,
    during: int,
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
            block[H1 + lane] = hidden(block, WEIGHT + lane, ZERO, ZERO, activation)
            block[H2 + lane] = hidden(block, H2_WEIGHT + lane, ZERO, ZERO, activation)
        for lane in range(vectors * VECTOR):
            block[Y + lane] = output(block, Y_WEIGHT + lane, block[H1 + lane], block[H2 + lane])
    elif careful:
        forward_pass(block, vectors, activation, 1)
    else:
        forward_pass(block, vectors, activation, 0)
    for lane in range(vectors * VECTOR):
        low, _ = targets_of_lane(block, lane, soft)
        w, first, second = WEIGHT + lane, FIRST + lane, SECOND + lane
        corrections = CORRECTION + lane
        h1 = block[H1 + lane]
        h2 = block[H2 + lane]
        y = block[Y + lane]
        learn(
            block,
            lane,
            w,
            first,
            second,
            corrections,
            h1,
            h2,
            y,
            ZERO,
            ZERO,
            low,
            optimizer,
            activation,
            cross_entropy,
        )
    present(block, vectors, ZERO, ONE, activation)
    respond(block, vectors, 1, ZERO, ONE, optimizer, activation, soft, cross_entropy, during)
    present(block, vectors, ONE, ZERO, activation)
    respond(block, vectors, 2, ONE, ZERO, optimizer, activation, soft, cross_entropy, during)
    present(block, vectors, ONE, ONE, activation)
    respond(block, vectors, 3, ONE, ONE, optimizer, activation, soft, cross_entropy, during)
    finish(block, status, changes, vectors, optimizer, activation, soft, metric, during)
