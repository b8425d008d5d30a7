"""A block of networks: an array with a row for each quantity and a column, the *lane*, for each.

The innermost loops run over the lanes, so that one vector instruction serves 8 networks, or 16 in
single precision. Whatever a lane computes depends on its own column only.

The array is one-dimensional, with rows of a constant length: otherwise the compiler would have to
ask at run time which rows overlap, and would give up.
"""

from typing import cast

import numpy as np
import numpy.typing as npt

from xorbench.jit import inline
from xorbench.kernel.arithmetic import bits

# Several full vectors, so that the processor has enough to do at once. Not a power of two: rows a
# power of two apart would compete for the same few places of the first-level cache.
LANES = 48

# Lanes are trained in multiples of this, the singles in the widest vector register; a loop that
# says so has no other loop behind it for what is left over.
VECTOR = 16

UNIT = 3 * LANES  # the rows of a unit's bias and two weights

# Where the row of a quantity begins. The first 39 rows are kept from epoch to epoch.
WEIGHT = 0 * LANES  # w1..w9
H2_WEIGHT = 3 * LANES  # w4, w5, w6
Y_WEIGHT = 6 * LANES  # w7, w8, w9
FIRST = 9 * LANES  # two numbers for each weight that an optimizer remembers
SECOND = 18 * LANES
CORRECTION = 27 * LANES  # two numbers of Adam's
RATE = 29 * LANES  # these ten are the run's parameters
OUTPUT_RATE = 30 * LANES  # that of w7, w8, w9
FACTOR = 31 * LANES  # the constant factor of the gradient, where the rates do not hold it
CONSTANT = 32 * LANES  # four of the optimizer's
THRESHOLD = 36 * LANES  # the stop rule holds when the metric is below it
LOW = 37 * LANES  # the targets
HIGH = 38 * LANES
PARAMETERS = 10
KEPT = 39

# In the others a loop over the lanes leaves something for the next loop.
H1 = 39 * LANES  # activations over the patterns 00, 01, 10, 11
H2 = 43 * LANES
Y = 47 * LANES
NEXT_WEIGHT = 51 * LANES  # weights, and what is remembered, between the steps of an epoch
NEXT_H2_WEIGHT = 54 * LANES
NEXT_Y_WEIGHT = 57 * LANES
NEXT_FIRST = 60 * LANES
NEXT_SECOND = 69 * LANES
NEXT_CORRECTION = 78 * LANES
X1 = 80 * LANES  # inputs of the pattern presented, where each network has its own
X2 = 81 * LANES
ROWS = 82

# Values of `update`.
BATCH = 0
ONLINE = 1
SHUFFLED = 2

# Flags in the status of a lane after an epoch.
SATISFIED = 1
UNCHANGED = 2
OVERFLOWED = 4
UNSAFE = 8  # weights so large that only the careful forward pass may be used
DONE = SATISFIED | UNCHANGED | OVERFLOWED

# Written in single precision, a constant does not turn its neighbours into doubles.
ZERO = cast("float", np.float32(0.0))
ONE = cast("float", np.float32(1.0))

Block = npt.NDArray[np.float64] | npt.NDArray[np.float32]
Status = npt.NDArray[np.int64] | npt.NDArray[np.int32]
Three = tuple[float, float, float]
Quad = tuple[float, float, float, float]
Nine = tuple[float, float, float, float, float, float, float, float, float]


# Rows are reached from the row above, with the same sum each time: numba looks up anew, in some
# milliseconds, what each sum with another constant means.


@inline
def get_three(block: Block, start: int) -> Three:
    """Read a number and those in the two rows below it."""
    second = start + LANES
    return block[start], block[second], block[second + LANES]


@inline
def put_three(block: Block, start: int, one: float, two: float, three: float) -> None:
    """Write a number and those in the two rows below it."""
    second = start + LANES
    block[start] = one
    block[second] = two
    block[second + LANES] = three


@inline
def get_four(block: Block, start: int) -> Quad:
    """Read a number and those in the three rows below it."""
    second = start + LANES
    third = second + LANES
    return block[start], block[second], block[third], block[third + LANES]


@inline
def put_four(block: Block, start: int, values: Quad) -> None:
    """Write a number and those in the three rows below it."""
    one, two, three, four = values
    put_three(block, start, one, two, three)
    block[start + UNIT] = four


@inline
def get_nine(block: Block, start: int) -> Nine:
    """Read nine weights or velocities of a lane."""
    second = start + UNIT
    w1, w2, w3 = get_three(block, start)
    w4, w5, w6 = get_three(block, second)
    w7, w8, w9 = get_three(block, second + UNIT)
    return w1, w2, w3, w4, w5, w6, w7, w8, w9


@inline
def put_nine(block: Block, start: int, values: Nine) -> None:
    """Write nine weights or velocities of a lane."""
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = values
    second = start + UNIT
    put_three(block, start, w1, w2, w3)
    put_three(block, second, w4, w5, w6)
    put_three(block, second + UNIT, w7, w8, w9)


@inline
def differences(one: Nine, other: Nine) -> int:
    """Join the bits in which nine pairs of numbers differ: 0 if there are none."""
    return (
        ((bits(one[0]) ^ bits(other[0])) | (bits(one[1]) ^ bits(other[1])))
        | ((bits(one[2]) ^ bits(other[2])) | (bits(one[3]) ^ bits(other[3])))
        | ((bits(one[4]) ^ bits(other[4])) | (bits(one[5]) ^ bits(other[5])))
        | ((bits(one[6]) ^ bits(other[6])) | (bits(one[7]) ^ bits(other[7])))
        | (bits(one[8]) ^ bits(other[8]))
    )
