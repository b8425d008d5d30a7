"""The random orders of the patterns, from each run's own random stream.

The stream is NumPy's ``RandomState(seed)`` where the starting weights have left it. Each epoch
takes one number from it, r = random_sample(): the order is number int(24 r) of
``itertools.permutations(range(4))``.

A number is made of two words of the Mersenne Twister, x[k + 624] = f(x[k], x[k + 1], x[k + 397]).
The last 624 words are all that is needed of it, so they stand in a ring of as many rows, in which
a new word takes the place of the oldest. Wherever a run's stream is, it is put into its column so
that its next word is due in the same row as those of the other lanes.
"""

from itertools import permutations

import numpy as np
import numpy.typing as npt

from xorbench.jit import called, chosen
from xorbench.kernel.layout import BATCH, ONLINE, SHUFFLED, VECTOR, Status
from xorbench.seeding import SHIFT, STATE, double, next_word, tempered, twisted

Streams = npt.NDArray[np.uint32]

ORDERS = list(permutations(range(4)))
# An order is a byte with two bits for each pattern, those of the first one lowest; eight orders
# are a number. To look an order up in three numbers, and not in a table, takes vector instructions.
BYTES = bytes(sum(pattern << (2 * k) for k, pattern in enumerate(order)) for order in ORDERS)
FIRST_EIGHT, NEXT_EIGHT, LAST_EIGHT = (int(eight) for eight in np.frombuffer(BYTES, "<i8"))


@called
def begin_shuffled(
    update: int, streams: Streams, lane: int, seed: int, taken: int, clock: int
) -> None:
    """Put a stream, from which so many outputs have been taken, into a lane."""
    row = (2 * clock - taken) % STATE
    word = np.uint32(seed)
    for k in range(STATE):
        if k:
            word = next_word(word, k)
        streams[(row + k) % STATE, lane] = word
    for _ in range(taken):
        streams[row, lane] = twisted(
            streams[row, lane],
            streams[(row + 1) % STATE, lane],
            streams[(row + SHIFT) % STATE, lane],
        )
        row = (row + 1) % STATE


@called
def draw_shuffled(update: int, order: Status, streams: Streams, vectors: int, clock: int) -> None:
    """Draw the order of an epoch for each lane: in its low byte, whatever the others hold."""
    one = 2 * clock % STATE
    two = one + 1
    three = (one + 2) % STATE
    far_one = (one + SHIFT) % STATE
    far_two = (two + SHIFT) % STATE
    for lane in range(vectors * VECTOR):
        first = twisted(streams[one, lane], streams[two, lane], streams[far_one, lane])
        second = twisted(streams[two, lane], streams[three, lane], streams[far_two, lane])
        streams[one, lane] = first
        streams[two, lane] = second
        number = int(24.0 * double(tempered(first), tempered(second)))
        eight = NEXT_EIGHT if number & 8 else FIRST_EIGHT
        eight = LAST_EIGHT if number & 16 else eight
        order[lane] = eight >> (8 * (number & 7))


@called
def follow_shuffled(update: int, streams: Streams, source: int, target: int) -> None:
    """Put the stream of one lane into another lane."""
    for row in range(STATE):
        streams[row, target] = streams[row, source]


@called
def begin_ordered(
    update: int, streams: Streams, lane: int, seed: int, taken: int, clock: int
) -> None:
    """Need no stream."""


@called
def draw_ordered(update: int, order: Status, streams: Streams, vectors: int, clock: int) -> None:
    """Need no order."""


@called
def follow_ordered(update: int, streams: Streams, source: int, target: int) -> None:
    """Need no stream."""


# Chosen, so that the other updates need not compile what they do not use.
begin = chosen({BATCH: begin_ordered, ONLINE: begin_ordered, SHUFFLED: begin_shuffled})
draw = chosen({BATCH: draw_ordered, ONLINE: draw_ordered, SHUFFLED: draw_shuffled})
follow = chosen({BATCH: follow_ordered, ONLINE: follow_ordered, SHUFFLED: follow_shuffled})
