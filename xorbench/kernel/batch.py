"""Batch learning: one step an epoch, on the gradient over the four patterns."""

from xorbench.jit import inline
from xorbench.kernel.forward import forward_pass, measure
from xorbench.kernel.layout import (
    CORRECTION,
    FIRST,
    H1,
    H2,
    ONE,
    SATISFIED,
    SECOND,
    THRESHOLD,
    VECTOR,
    WEIGHT,
    Block,
    Status,
    Y,
    get_four,
    get_nine,
)
from xorbench.kernel.optimizers import NESTEROV, at_rest, change, constants_of_step
from xorbench.kernel.step import close, either, hidden_delta, output_delta, targets_of_lane


@inline
def batch_epoch(
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

    The forward pass sees the weights from before the step. Where the stop rule holds for them and
    is measured after each epoch, the previous epoch was the last, and these weights stay.

    Parameters
    ----------
    update, optimizer, activation, soft, cross_entropy, metric, during : int
        The variant: constants when the kernel is compiled.
    block : array (ROWS * LANES,)
    status : int array (LANES,)
        Receives the flags of each lane, but for UNCHANGED and OVERFLOWED.
    changes : int array (LANES,)
        Receives 0 where the epoch left weights and velocities as they were, to the bit.
    order : int array (LANES,)
        Where the patterns are shuffled, their order in this epoch.
    vectors : int
        How many times VECTOR lanes to train.
    careful : int
        Not 0 where any lane is UNSAFE.
    """
    if careful:
        forward_pass(block, vectors, activation, 1)
    else:
        forward_pass(block, vectors, activation, 0)
    for lane in range(vectors * VECTOR):
        w = get_nine(block, WEIGHT + lane)
        w1, w2, w3, w4, w5, w6, w7, w8, w9 = w
        m1, m2, m3, m4, m5, m6, m7, m8, m9 = get_nine(block, FIRST + lane)
        n1, n2, n3, n4, n5, n6, n7, n8, n9 = get_nine(block, SECOND + lane)
        h1 = get_four(block, H1 + lane)
        h2 = get_four(block, H2 + lane)
        y = get_four(block, Y + lane)
        low, high = targets_of_lane(block, lane, soft)
        satisfied = measure(y, metric, low, high) < block[THRESHOLD + lane]

        delta0 = output_delta(y[0], low, cross_entropy)
        delta1 = output_delta(y[1], high, cross_entropy)
        delta2 = output_delta(y[2], high, cross_entropy)
        delta3 = output_delta(y[3], low, cross_entropy)
        # g8 = sum of delta h1; hidden delta = w8 p, with w8 left to the step.
        a0, a1, a2, a3 = delta0 * h1[0], delta1 * h1[1], delta2 * h1[2], delta3 * h1[3]
        b0, b1, b2, b3 = delta0 * h2[0], delta1 * h2[1], delta2 * h2[2], delta3 * h2[3]
        p0 = hidden_delta(activation, delta0, a0, h1[0])
        p1 = hidden_delta(activation, delta1, a1, h1[1])
        p2 = hidden_delta(activation, delta2, a2, h1[2])
        p3 = hidden_delta(activation, delta3, a3, h1[3])
        q0 = hidden_delta(activation, delta0, b0, h2[0])
        q1 = hidden_delta(activation, delta1, b1, h2[1])
        q2 = hidden_delta(activation, delta2, b2, h2[2])
        q3 = hidden_delta(activation, delta3, b3, h2[3])
        p23 = p2 + p3
        q23 = q2 + q3
        g7 = (delta0 + delta1) + (delta2 + delta3)
        g8 = (a0 + a1) + (a2 + a3)
        g9 = (b0 + b1) + (b2 + b3)
        rates, c = constants_of_step(optimizer, block, lane, CORRECTION + lane)
        if not during and optimizer <= NESTEROV:
            rates, c = at_rest(rates, c, satisfied)
        rate, output_rate = rates
        w1, m1, n1 = change(optimizer, w1, m1, n1, rate, w8, (p0 + p1) + p23, c)
        w2, m2, n2 = change(optimizer, w2, m2, n2, rate, w8, p23, c)
        w3, m3, n3 = change(optimizer, w3, m3, n3, rate, w8, p1 + p3, c)
        w4, m4, n4 = change(optimizer, w4, m4, n4, rate, w9, (q0 + q1) + q23, c)
        w5, m5, n5 = change(optimizer, w5, m5, n5, rate, w9, q23, c)
        w6, m6, n6 = change(optimizer, w6, m6, n6, rate, w9, q1 + q3, c)
        w7, m7, n7 = change(optimizer, w7, m7, n7, output_rate, ONE, g7, c)
        w8, m8, n8 = change(optimizer, w8, m8, n8, output_rate, ONE, g8, c)
        w9, m9, n9 = change(optimizer, w9, m9, n9, output_rate, ONE, g9, c)

        next_w = (w1, w2, w3, w4, w5, w6, w7, w8, w9)
        if not during and optimizer > NESTEROV:
            next_w = either(satisfied, w, next_w)
        first = (m1, m2, m3, m4, m5, m6, m7, m8, m9)
        second = (n1, n2, n3, n4, n5, n6, n7, n8, n9)
        flag = close(block, changes, lane, next_w, first, second, optimizer, activation)
        status[lane] = flag | (SATISFIED if satisfied else 0)
