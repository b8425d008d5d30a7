"""Keep a block of networks training: load runs into lanes, train, take the finished ones out.

A run that ends leaves its lane at once and a waiting run takes it, so that a slow run holds up
nobody. What a run computes depends on its own column of the block only, so its result is the same
to the bit whatever its lane, its neighbours, or the calls its training is split into.
"""

import numpy as np
import numpy.typing as npt
from numba.misc.special import literally

from xorbench.jit import called, chosen, entry, inline
from xorbench.kernel.arithmetic import clamped_sigmoid
from xorbench.kernel.batch import batch_epoch
from xorbench.kernel.forward import (
    LARGEST,
    SIGMOID,
    SUM_OF_SQUARES,
    TANH,
    forward,
    measure,
    weights_are_safe,
)
from xorbench.kernel.layout import (
    BATCH,
    DONE,
    FIRST,
    HIGH,
    KEPT,
    LANES,
    LOW,
    ONLINE,
    OUTPUT_RATE,
    OVERFLOWED,
    PARAMETERS,
    RATE,
    SATISFIED,
    SECOND,
    SHUFFLED,
    THRESHOLD,
    UNCHANGED,
    UNSAFE,
    VECTOR,
    WEIGHT,
    Block,
    Nine,
    Quad,
    Status,
    get_nine,
)
from xorbench.kernel.online import online_epoch
from xorbench.kernel.optimizers import RPROP
from xorbench.kernel.orders import Streams, begin, draw, follow
from xorbench.kernel.shuffled import shuffled_epoch

Doubles = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

train_epoch = chosen({BATCH: batch_epoch, ONLINE: online_epoch, SHUFFLED: shuffled_epoch})


# Outcome codes: positions in xorbench.outcome.Outcome.
CONVERGED = 0
MAX_EPOCHS = 1
STALLED = 2
NONFINITE = 3

# Places in the counters of a block.
CLOCK = 0  # epochs that the block has been trained for
RUNNING = 1  # lanes in use: 0, 1, ..., RUNNING - 1
LOADED = 2  # runs taken from the queue in the present call
FINISHED = 3  # runs finished in the present call
NETWORK_EPOCHS = 4  # epochs trained by all runs that have finished
COUNTERS = 5

# Places in the measures of a finished run.
MSE = 0
MAX_ERROR = 1
MARGIN = 2


@inline
def gate(f00: float, f01: float, f10: float, f11: float, cut: float) -> int:
    """Read four activations as the code of a gate (see xorbench.gates)."""
    return (
        (8 if f00 > cut else 0)
        | (4 if f01 > cut else 0)
        | (2 if f10 > cut else 0)
        | (1 if f11 > cut else 0)
    )


@inline
def gates_of(w: Nine, activation: int, h1: Quad, h2: Quad) -> tuple[int, int, int]:
    """Read the gates of both hidden units and of the output."""
    cut = 0.5 if activation == SIGMOID else 0.0
    # The output of hidden units that are off or on: 0 or 1, of tanh -1 or 1.
    w7, w8, w9 = w[6], w[7], w[8]
    if activation == TANH:
        w7 = w7 - w8 - w9
        w8 = w8 + w8
        w9 = w9 + w9
    return (
        gate(h1[0], h1[1], h1[2], h1[3], cut),
        gate(h2[0], h2[1], h2[2], h2[3], cut),
        gate(
            clamped_sigmoid(w7),
            clamped_sigmoid(w7 + w9),
            clamped_sigmoid(w7 + w8),
            clamped_sigmoid(w7 + w8 + w9),
            0.5,
        ),
    )


@called
def describe(
    w: Nine, activation: int, low: float, high: float, measures: Doubles, gates: Bytes
) -> None:
    """Write a network's mse, max_error and margin, and its three gates."""
    h1, h2, y = forward(w, activation)
    measures[MSE] = 0.25 * measure(y, SUM_OF_SQUARES, low, high)
    measures[MAX_ERROR] = measure(y, LARGEST, low, high)
    cut = 0.5 if activation == SIGMOID else 0.0
    margin = np.inf
    for k in range(4):
        for h in (h1[k], h2[k]):
            if abs(h - cut) < margin:
                margin = abs(h - cut)
    measures[MARGIN] = margin
    gates[0], gates[1], gates[2] = gates_of(w, activation, h1, h2)


@entry
def describe_all(
    activation: int, low: float, high: float, weights: Doubles, measures: Doubles, gates: Bytes
) -> None:
    """Describe networks given by their weights.

    Parameters
    ----------
    activation : int
    low, high : float
        The targets.
    weights : array (n, 9)
    measures : array (n, 3)
        Receives mse, max_error, margin.
    gates : array (n, 3) of uint8
        Receives the codes of h1, h2 and the output.
    """
    literally(activation)
    for i in range(weights.shape[0]):
        w = weights[i]
        nine = (w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7], w[8])
        describe(nine, activation, low, high, measures[i], gates[i])


@called
def holds(block: Block, lane: int, activation: int, metric: int) -> bool:
    """Test the stop rule for a lane's present weights."""
    _, _, y = forward(get_nine(block, WEIGHT + lane), activation)
    error = measure(y, metric, block[LOW + lane], block[HIGH + lane])
    return bool(error < block[THRESHOLD + lane])


@inline
def join_flags(status: Status, changes: Status, watched: Status, vectors: int) -> int:
    """Complete the flags of each lane after an epoch; return those of all, joined."""
    for lane in range(vectors * VECTOR):
        unchanged = UNCHANGED if changes[lane] == 0 else 0
        status[lane] = (status[lane] | unchanged) & watched[lane]
    # A loop of its own: the joined flags have 64 bits, too many beside those of single precision.
    flags = 0
    for lane in range(vectors * VECTOR):
        flags |= status[lane]
    return flags


@called
def find_overflows(block: Block, status: Status, running: int) -> int:
    """Flag the lanes with a weight that is not finite; return the flags, joined."""
    flags = 0
    for lane in range(running):
        for k in range(9):
            if not abs(block[WEIGHT + k * LANES + lane]) < np.inf:
                status[lane] |= OVERFLOWED
        flags |= status[lane]
    return flags


@called
def move(
    block: Block,
    status: Status,
    watched: Status,
    run: Integers,
    born: Integers,
    due: Integers,
    source: int,
    target: int,
) -> None:
    """Put the run of one lane into another lane and leave the first one idle."""
    for k in range(KEPT):
        block[k * LANES + target] = block[k * LANES + source]
    run[target] = run[source]
    born[target] = born[source]
    due[target] = due[source]
    status[target] = status[source]
    watched[source] = 0


@called
def load(
    block: Block,
    watched: Status,
    run: Integers,
    born: Integers,
    due: Integers,
    lane: int,
    clock: int,
    waiting: int,
    rows: Integers,
    starts: Doubles,
    parameters: Doubles,
    limits: Integers,
    optimizer: int,
) -> None:
    """Put a waiting run into a lane."""
    for k in range(9):
        block[WEIGHT + k * LANES + lane] = starts[waiting, k]
    for k in range(20):
        block[FIRST + k * LANES + lane] = 0.0
    for k in range(PARAMETERS):
        block[RATE + k * LANES + lane] = parameters[waiting, k]
    if optimizer == RPROP:
        for k in range(9):
            block[SECOND + k * LANES + lane] = block[(RATE if k < 6 else OUTPUT_RATE) + lane]
    run[lane] = rows[waiting]
    born[lane] = clock
    due[lane] = clock + limits[waiting]
    watched[lane] = -1


@entry
def advance(
    update: int,
    optimizer: int,
    activation: int,
    soft: int,
    cross_entropy: int,
    metric: int,
    during: int,
    block: Block,
    status: Status,
    changes: Status,
    watched: Status,
    run: Integers,
    born: Integers,
    due: Integers,
    streams: Streams,
    order: Status,
    counters: Integers,
    rows: Integers,
    seeds: Integers,
    taken: Integers,
    starts: Doubles,
    parameters: Doubles,
    limits: Integers,
    finished_rows: Integers,
    outcomes: Bytes,
    epochs: Integers,
    weights: Doubles,
    measures: Doubles,
    gates: Bytes,
    history: Doubles,
    budget: int,
    drain: bool,
) -> None:
    """Train runs from a queue until it is empty and a lane is free, or the budget is used up.

    Parameters
    ----------
    update, optimizer, activation, soft, cross_entropy, metric, during : int
        The variant (see xorbench.kernel); each combination is compiled once.
    block : array (ROWS * LANES,)
        The lanes' numbers, in the precision of the training, kept from call to call like the next
        eight.
    status, changes, watched : int arrays (LANES,), of the same width
        Flags of the last epoch; the bits that it changed; the flags to heed (none in an idle lane).
    run, born, due : int64 arrays (LANES,)
        Row of the run; clock at its start and at its last allowed epoch.
    streams, order : uint32 array (STATE, LANES), int array (LANES,)
        Where the patterns are shuffled: the runs' random streams; the order of the present epoch.
    counters : int64 array (COUNTERS,)
    rows, seeds, taken, limits : int64 arrays (n,)
    starts, parameters : arrays (n, 9), (n, PARAMETERS)
        The queue: row number, seed of the random stream and how many outputs the weights have
        taken from it, starting weights, parameters (from RATE on), largest number of
        epochs. It is to be given again until counters[LOADED] is n.
    finished_rows, outcomes, epochs, weights, measures, gates : arrays (n + LANES, ...)
        Receive the finished runs, counters[FINISHED] of them.
    history : array (0 or budget, 9)
        Receives, if it has room, the weights of the first lane after each epoch.
    budget : int
        The largest number of epochs to train the block for in this call.
    drain : bool
        Go on until every lane is free.
    """
    literally(update)
    literally(optimizer)
    literally(activation)
    literally(soft)
    literally(cross_entropy)
    literally(metric)
    literally(during)
    # An epoch tests the weights that it starts from: the rule is seen to hold one epoch late.
    late = 0 if during else 1

    begun = counters[CLOCK]
    stop_at = begun + budget
    finished = 0
    loaded = counters[LOADED]
    running = counters[RUNNING]
    clock = begun
    flags = 0
    for lane in range(running):
        flags |= status[lane]
    while True:
        early = False  # does the rule hold for a run's starting weights?
        while running < LANES and loaded < rows.size:
            load(
                block,
                watched,
                run,
                born,
                due,
                running,
                clock,
                loaded,
                rows,
                starts,
                parameters,
                limits,
                optimizer,
            )
            begin(update, streams, running, seeds[loaded], taken[loaded], clock)
            satisfied = holds(block, running, activation, metric)
            safe = weights_are_safe(get_nine(block, WEIGHT + running), activation)
            status[running] = (SATISFIED if satisfied else 0) | (0 if safe else UNSAFE)
            flags |= status[running]
            early |= satisfied
            loaded += 1
            running += 1
        if not early:
            if running == 0 or clock >= stop_at or (running < LANES and not drain):
                break
            next_due = stop_at
            for lane in range(running):
                if due[lane] < next_due:
                    next_due = due[lane]
            vectors = (running + VECTOR - 1) // VECTOR
            while clock < next_due:
                draw(update, order, streams, vectors, clock)
                train_epoch(
                    update,
                    block,
                    status,
                    changes,
                    order,
                    vectors,
                    optimizer,
                    activation,
                    soft,
                    cross_entropy,
                    metric,
                    during,
                    flags & UNSAFE,
                )
                if history.shape[0]:
                    for k in range(9):
                        history[clock - begun, k] = block[WEIGHT + k * LANES]
                clock += 1
                flags = join_flags(status, changes, watched, vectors)
                if flags & UNSAFE:
                    flags = find_overflows(block, status, running)
                if flags & DONE:
                    break

        for lane in range(running - 1, -1, -1):
            if not (status[lane] & DONE or due[lane] == clock):
                continue
            trained = clock - born[lane]
            satisfied = status[lane] & SATISFIED != 0
            if satisfied:
                trained -= late if trained else 0
            elif late and due[lane] == clock:
                satisfied = holds(block, lane, activation, metric)
            if status[lane] & OVERFLOWED:
                outcome = NONFINITE
            elif satisfied:
                outcome = CONVERGED
            elif status[lane] & UNCHANGED:
                outcome = STALLED
            else:
                outcome = MAX_EPOCHS
            finished_rows[finished] = run[lane]
            outcomes[finished] = outcome
            epochs[finished] = trained
            for k in range(9):
                weights[finished, k] = block[WEIGHT + k * LANES + lane]
            describe(
                get_nine(block, WEIGHT + lane),
                activation,
                block[LOW + lane],
                block[HIGH + lane],
                measures[finished],
                gates[finished],
            )
            finished += 1
            counters[NETWORK_EPOCHS] += trained
            running -= 1
            move(block, status, watched, run, born, due, running, lane)
            follow(update, streams, running, lane)
    counters[CLOCK] = clock
    counters[RUNNING] = running
    counters[LOADED] = loaded
    counters[FINISHED] = finished
