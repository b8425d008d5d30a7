"""Batch learning: one step an epoch, on the gradient over the four patterns."""

from xorbench.jit import inline
from xorbench.kernel.arithmetic import fma
from xorbench.kernel.forward import forward_pass, measure
from xorbench.kernel.layout import (
    H1,
    H2,
    MOMENTUM,
    ONE,
    RATE,
    SATISFIED,
    THRESHOLD,
    VECTOR,
    VELOCITY,
    WEIGHT,
    ZERO,
    Block,
    Status,
    Y,
    get_four,
    get_nine,
)
from xorbench.kernel.step import change, close, output_delta


@inline
def batch_epoch(
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

    The forward pass sees the weights from before the step. Where the stop rule holds for them and
    is measured after each epoch, the previous epoch was the last, and this step is of length 0.

    Parameters
    ----------
    update, cross_entropy, metric, during, momentum : int
        The variant: constants when the kernel is compiled.
    block : array (ROWS * LANES,)
    status : int array (LANES,)
        Receives the flags of each lane, but for UNCHANGED and OVERFLOWED.
    changes : int array (LANES,)
        Receives 0 where the epoch left weights and velocities as they were, to the bit.
    vectors : int
        How many times VECTOR lanes to train.
    careful : int
        Not 0 where any lane is UNSAFE.
    """
    if careful:
        forward_pass(block, vectors, 1)
    else:
        forward_pass(block, vectors, 0)
    for lane in range(vectors * VECTOR):
        w1, w2, w3, w4, w5, w6, w7, w8, w9 = get_nine(block, WEIGHT + lane)
        v1, v2, v3, v4, v5, v6, v7, v8, v9 = get_nine(block, VELOCITY + lane)
        h1 = get_four(block, H1 + lane)
        h2 = get_four(block, H2 + lane)
        y = get_four(block, Y + lane)
        rate = block[RATE + lane]
        mu = block[MOMENTUM + lane]
        satisfied = measure(y, metric) < block[THRESHOLD + lane]
        if not during:
            rate = ZERO if satisfied else rate
            mu = ZERO if satisfied else mu

        delta0 = output_delta(y[0], ZERO, cross_entropy)
        delta1 = output_delta(y[1], ONE, cross_entropy)
        delta2 = output_delta(y[2], ONE, cross_entropy)
        delta3 = output_delta(y[3], ZERO, cross_entropy)
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
        flag = close(block, changes, lane, w, v, momentum)
        status[lane] = flag | (SATISFIED if satisfied else 0)
