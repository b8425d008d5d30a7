"""The random orders of the patterns, from each run's own random stream.

The stream is NumPy's ``RandomState(seed)`` where the starting weights have left it. Each epoch
takes one number from it, r = random_sample(): the order is number int(24 r) of
``itertools.permutations(range(4))``. A state of the Mersenne Twister is 624 words, which are 312
numbers, which are the orders of 312 epochs.
"""

from itertools import permutations

import numpy as np
import numpy.typing as npt

from xorbench.jit import called, chosen
from xorbench.kernel.layout import BATCH, ONLINE, SHUFFLED, Status
from xorbench.seeding import SHIFT, STATE, Words, double, next_word, tempered, twisted

ORDERS = STATE // 2

# An order is a number with two bits for each pattern, those of the first one lowest.
CODES = np.array(
    [sum(pattern << (2 * k) for k, pattern in enumerate(order)) for order in permutations(range(4))]
)

Bytes = npt.NDArray[np.uint8]
Integers = npt.NDArray[np.int64]


@called
def renew(state: Words, orders: Bytes) -> None:
    """Go on to the next state of a stream, and to its orders."""
    # In parts, of which each becomes vector instructions.
    for i in range(STATE - SHIFT):
        state[i] = twisted(state[i], state[i + 1], state[i + SHIFT])
    for i in range(STATE - SHIFT, STATE - 1):
        state[i] = twisted(state[i], state[i + 1], state[i + SHIFT - STATE])
    state[STATE - 1] = twisted(state[STATE - 1], state[0], state[SHIFT - 1])
    for k in range(ORDERS):
        number = double(tempered(state[2 * k]), tempered(state[2 * k + 1]))
        orders[k] = int(24.0 * number)


@called
def begin_shuffled(update: int, seed: int, taken: int, state: Words, orders: Bytes) -> int:
    """Begin a stream from which so many outputs have been taken; return the place of its order."""
    state[0] = seed
    for i in range(1, STATE):
        state[i] = next_word(state[i - 1], i)
    renew(state, orders)
    while taken >= STATE:
        renew(state, orders)
        taken -= STATE
    return taken // 2


@called
def draw_shuffled(
    update: int,
    order: Status,
    streams: npt.NDArray[np.uint32],
    orders: Bytes,
    places: Integers,
    running: int,
) -> None:
    """Draw an order for each lane."""
    for lane in range(running):
        if places[lane] == ORDERS:
            renew(streams[lane], orders[lane])
            places[lane] = 0
        order[lane] = CODES[orders[lane, places[lane]]]
        places[lane] += 1


@called
def follow_shuffled(
    update: int,
    streams: npt.NDArray[np.uint32],
    orders: Bytes,
    places: Integers,
    source: int,
    target: int,
) -> None:
    """Put the stream of one lane into another lane."""
    for i in range(STATE):
        streams[target, i] = streams[source, i]
    for k in range(ORDERS):
        orders[target, k] = orders[source, k]
    places[target] = places[source]


@called
def begin_ordered(update: int, seed: int, taken: int, state: Words, orders: Bytes) -> int:
    """Need no stream."""
    return 0


@called
def draw_ordered(
    update: int,
    order: Status,
    streams: npt.NDArray[np.uint32],
    orders: Bytes,
    places: Integers,
    running: int,
) -> None:
    """Need no order."""


@called
def follow_ordered(
    update: int,
    streams: npt.NDArray[np.uint32],
    orders: Bytes,
    places: Integers,
    source: int,
    target: int,
) -> None:
    """Need no stream."""


# Chosen, so that the other updates need not compile what they do not use.
begin = chosen({BATCH: begin_ordered, ONLINE: begin_ordered, SHUFFLED: begin_shuffled})
draw = chosen({BATCH: draw_ordered, ONLINE: draw_ordered, SHUFFLED: draw_shuffled})
follow = chosen({BATCH: follow_ordered, ONLINE: follow_ordered, SHUFFLED: follow_shuffled})
