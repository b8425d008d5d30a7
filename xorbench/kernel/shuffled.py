"""Shuffled learning: online, in an order of the patterns that each epoch draws anew."""

from xorbench.jit import called, inline
from xorbench.kernel.arithmetic import bits
from xorbench.kernel.forward import forward_pass
from xorbench.kernel.layout import (
    CORRECTION,
    FIRST,
    H1,
    H2,
    H2_WEIGHT,
    LANES,
    NEXT_CORRECTION,
    NEXT_FIRST,
    NEXT_SECOND,
    NEXT_WEIGHT,
    ONE,
    SATISFIED,
    SECOND,
    UNIT,
    VECTOR,
    WEIGHT,
    X1,
    X2,
    Y_WEIGHT,
    ZERO,
    Block,
    Status,
    Y,
    get_four,
    put_four,
)
from xorbench.kernel.online import finish, hidden, learn, output
from xorbench.kernel.optimizers import DESCENT, RPROP
from xorbench.kernel.step import targets_of_lane


@inline
def present(
    block: Block,
    order: Status,
    vectors: int,
    turn: int,
    weights: int,
    first: int,
    second: int,
    corrections: int,
    optimizer: int,
    activation: int,
    soft: int,
    cross_entropy: int,
    during: int,
) -> None:
    """Present to each network the pattern whose turn it is."""
    for lane in range(vectors * VECTOR):
        pattern = (order[lane] >> (2 * turn)) & 3
        x1 = pattern & 2
        x2 = pattern & 1
        block[X1 + lane] = ONE if x1 else ZERO
        block[X2 + lane] = ONE if x2 else ZERO
        block[H1 + lane] = hidden(block, weights + lane, x1, x2, activation)
        block[H2 + lane] = hidden(block, weights + UNIT + lane, x1, x2, activation)
    for lane in range(vectors * VECTOR):
        x1 = block[X1 + lane]
        x2 = block[X2 + lane]
        low, high = targets_of_lane(block, lane, soft)
        target = high if x1 != x2 else low
        h1 = block[H1 + lane]
        h2 = block[H2 + lane]
        y = output(block, weights + 2 * UNIT + lane, h1, h2)
        if during:
            y0, y1, y2, y3 = get_four(block, Y + lane)
            pattern = x1 + x1 + x2
            y0 = y if pattern == ZERO else y0
            y1 = y if pattern == ONE else y1
            y2 = y if pattern == ONE + ONE else y2
            y3 = y if pattern > ONE + ONE else y3
            put_four(block, Y + lane, (y0, y1, y2, y3))
        learn(
            block,
            lane,
            weights + lane,
            first + lane,
            second + lane,
            corrections + lane,
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


@called
def rests(
    block: Block, lane: int, optimizer: int, activation: int, soft: int, cross_entropy: int
) -> bool:
    """Tell whether no pattern's step would change anything in a lane."""
    low, high = targets_of_lane(block, lane, soft)
    moved = False
    for pattern in range(4):
        x1 = ONE if pattern & 2 else ZERO
        x2 = ONE if pattern & 1 else ZERO
        h1 = hidden(block, WEIGHT + lane, x1, x2, activation)
        h2 = hidden(block, H2_WEIGHT + lane, x1, x2, activation)
        learn(
            block,
            lane,
            WEIGHT + lane,
            FIRST + lane,
            SECOND + lane,
            CORRECTION + lane,
            h1,
            h2,
            output(block, Y_WEIGHT + lane, h1, h2),
            x1,
            x2,
            high if x1 != x2 else low,
            optimizer,
            activation,
            cross_entropy,
        )
        rows = 9 if optimizer == DESCENT else 18 if optimizer < RPROP else 27
        for k in range(rows):
            before = block[WEIGHT + k * LANES + lane]
            after = block[NEXT_WEIGHT + k * LANES + lane]
            moved |= bits(before) != bits(after)
    return not moved


@inline
def shuffled_epoch(
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

    Parameters
    ----------
    As those of `batch_epoch`.
    """
    if not during:
        if careful:
            forward_pass(block, vectors, activation, 1)
        else:
            forward_pass(block, vectors, activation, 0)
    present(
        block,
        order,
        vectors,
        0,
        WEIGHT,
        FIRST,
        SECOND,
        CORRECTION,
        optimizer,
        activation,
        soft,
        cross_entropy,
        during,
    )
    for turn in range(1, 4):
        present(
            block,
            order,
            vectors,
            turn,
            NEXT_WEIGHT,
            NEXT_FIRST,
            NEXT_SECOND,
            NEXT_CORRECTION,
            optimizer,
            activation,
            soft,
            cross_entropy,
            during,
        )
    finish(block, status, changes, vectors, optimizer, activation, soft, metric, during)
    quiet = 0
    for lane in range(vectors * VECTOR):
        quiet |= 1 if changes[lane] == 0 else 0
    if quiet:
        # Steps that cancel out in one order need not in another: each has to be 0 for a stall.
        for lane in range(vectors * VECTOR):
            if changes[lane] == 0 and status[lane] & SATISFIED == 0:
                still = rests(block, lane, optimizer, activation, soft, cross_entropy)
                changes[lane] = 0 if still else 1
