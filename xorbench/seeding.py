"""Starting weights from seeds, equal to NumPy's RandomState to the last bit.

``numpy.random.seed(seed)`` fills the 624 words of the Mersenne Twister (Matsumoto & Nishimura
1998, ``init_genrand``) and each double is made of two of its outputs. Making a RandomState takes
NumPy microseconds a seed; here just the words that nine numbers need are computed.
"""

import math

import numpy as np
import numpy.typing as npt

from xorbench.jit import entry, inline
from xorbench.notation import Init

Words = npt.NDArray[np.uint32]

STATE = 624
SHIFT = 397
# Nine doubles are 18 outputs; output k is made of the words k, k + 1 and k + 397.
WORDS_FOR_NINE = 18 + SHIFT
TOGETHER = 16  # seeds in one vector loop

# NumPy draws W1 = random((3, 2)) with rows bias, x1, x2 and columns h1, h2, then W2.
ORDER = (0, 3, 1, 4, 2, 5, 6, 7, 8)

# Glorot & Bengio (2010): sqrt(6 / (inputs + outputs)) of the layer; biases begin at zero.
BIASES = [0, 3, 6]
XAVIER_LIMITS = np.sqrt(6.0 / np.array([4, 4, 4, 4, 4, 4, 3, 3, 3]))


@inline
def next_word(word: np.uint32, index: int) -> np.uint32:
    """Compute a word of the initial state from the one before it."""
    return np.uint32(np.uint32(1812433253) * (word ^ (word >> np.uint32(30))) + np.uint32(index))


@inline
def twisted(word: np.uint32, after: np.uint32, far: np.uint32) -> np.uint32:
    """Compute a word of the next state."""
    mixed = (word & np.uint32(0x80000000)) | (after & np.uint32(0x7FFFFFFF))
    odd = np.uint32(0x9908B0DF) if after & np.uint32(1) else np.uint32(0)
    return np.uint32(far ^ (mixed >> np.uint32(1)) ^ odd)


@inline
def tempered(word: np.uint32) -> np.uint32:
    """Scramble a word of the state into an output."""
    word = np.uint32(word ^ (word >> np.uint32(11)))
    word = np.uint32(word ^ ((word << np.uint32(7)) & np.uint32(0x9D2C5680)))
    word = np.uint32(word ^ ((word << np.uint32(15)) & np.uint32(0xEFC60000)))
    return np.uint32(word ^ (word >> np.uint32(18)))


@inline
def double(first: np.uint32, second: np.uint32) -> float:
    """Make a number of 53 random bits in [0, 1) of two outputs."""
    high = np.float64(first >> np.uint32(5))
    low = np.float64(second >> np.uint32(6))
    return (high * 67108864.0 + low) / 9007199254740992.0


@entry
def uniform_weights(
    seeds: npt.NDArray[np.int64], low: float, high: float, weights: npt.NDArray[np.float64]
) -> None:
    """Write the nine numbers of each seed, uniform in [low, high), in the order of w1..w9.

    Parameters
    ----------
    seeds : int64 array (n,)
    low, high : float
    weights : array (n, 9)
    """
    words = np.empty((WORDS_FOR_NINE + 1, TOGETHER), np.uint32)
    width = high - low
    for start in range(0, seeds.size, TOGETHER):
        count = min(TOGETHER, seeds.size - start)
        for k in range(TOGETHER):
            words[0, k] = seeds[start + (k if k < count else 0)]
        for i in range(1, WORDS_FOR_NINE):
            for k in range(TOGETHER):
                words[i, k] = next_word(words[i - 1, k], i)
        for number in range(9):
            i = 2 * number
            for k in range(count):
                first = tempered(twisted(words[i, k], words[i + 1, k], words[i + SHIFT, k]))
                second = tempered(
                    twisted(words[i + 1, k], words[i + 2, k], words[i + 1 + SHIFT, k])
                )
                weights[start + k, ORDER[number]] = low + width * double(first, second)


@inline
def next_double(state: Words, position: int) -> float:
    """Draw a double after `position` outputs, renewing the words of the state that it uses."""
    i = position % STATE
    state[i] = twisted(state[i], state[(i + 1) % STATE], state[(i + SHIFT) % STATE])
    j = (position + 1) % STATE
    state[j] = twisted(state[j], state[(j + 1) % STATE], state[(j + SHIFT) % STATE])
    return double(tempered(state[i]), tempered(state[j]))


@entry
def normal_weights(
    seeds: npt.NDArray[np.int64],
    deviation: float,
    weights: npt.NDArray[np.float64],
    taken: npt.NDArray[np.int64],
) -> None:
    """Write the nine numbers of each seed, normal with mean 0, in the order of w1..w9.

    NumPy's RandomState uses Marsaglia's polar method: a point drawn in the unit disc gives two
    numbers, the second of which is returned first.

    Parameters
    ----------
    seeds : int64 array (n,)
    deviation : float
        Standard deviation.
    weights : array (n, 9)
    taken : int64 array (n,)
        Receives the number of outputs of the generator that the nine numbers took.
    """
    state = np.empty(STATE, np.uint32)
    for run in range(seeds.size):
        state[0] = seeds[run]
        for i in range(1, STATE):
            state[i] = next_word(state[i - 1], i)
        position = 0
        number = 0
        while number < 9:
            a = 2.0 * next_double(state, position) - 1.0
            b = 2.0 * next_double(state, position + 2) - 1.0
            position += 4
            square = a * a + b * b
            if square >= 1.0 or square == 0.0:
                continue
            factor = math.sqrt(-2.0 * math.log(square) / square)
            weights[run, ORDER[number]] = deviation * (factor * b)
            if number < 8:
                weights[run, ORDER[number + 1]] = deviation * (factor * a)
            number += 2
        taken[run] = position


def starting_weights(seeds: npt.ArrayLike, init: Init) -> npt.NDArray[np.float64]:
    """Draw the starting weights of each seed.

    Parameters
    ----------
    seeds : integers (n,)
        Each in 0..2^32 - 1.
    init : Init
        The distribution.

    Returns
    -------
    array (n, 9)
        w1..w9 of each seed: what ``numpy.random.RandomState(seed)`` draws as W1, of shape (3, 2),
        and then W2, of shape (3, 1). For ``xavier`` they are drawn as u, uniform in [0, 1): a
        weight is limit * (2 u - 1), and of the biases, which are zero, u is dropped.

    Examples
    --------
    >>> from xorbench.notation import Init
    >>> starting_weights([27], Init("uniform", (0.0, 1.0)))[0, :3]
    array([0.42572141, 0.73539729, 0.38338077])
    """
    numbers = np.asarray(seeds, dtype=np.int64)
    weights = np.empty((numbers.size, 9))
    if init.kind == "uniform":
        low, high = init.parameters
        uniform_weights(numbers, low, high, weights)
    elif init.kind == "normal":
        normal_weights(numbers, init.parameters[0], weights, np.empty_like(numbers))
    else:
        uniform_weights(numbers, 0.0, 1.0, weights)
        weights = XAVIER_LIMITS * (2.0 * weights - 1.0)
        weights[:, BIASES] = 0.0
    return weights


def outputs_taken(seeds: npt.ArrayLike, init: Init) -> npt.NDArray[np.int64]:
    """Count the outputs of the generator that the starting weights of each seed take.

    What is left of a seed's stream begins there. Two outputs make a number of 53 random bits.

    Parameters
    ----------
    seeds : integers (n,)
    init : Init
        The distribution.

    Returns
    -------
    int64 array (n,)

    Examples
    --------
    >>> from xorbench.notation import Init
    >>> outputs_taken([27], Init("uniform", (0.0, 1.0)))
    array([18])
    """
    numbers = np.asarray(seeds, dtype=np.int64)
    taken = np.full(numbers.size, 18)
    if init.kind == "normal":
        normal_weights(numbers, 1.0, np.empty((numbers.size, 9)), taken)
    return taken
