"""Boolean functions of two inputs: names, recognition in activations, composition.

A gate's code is its truth table read as a binary number, pattern 00 first::

    code = 8*f(0, 0) + 4*f(0, 1) + 2*f(1, 0) + f(1, 1)

so that AND, true for 11 alone, is 1, and its complement NAND is 15 - 1.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xorbench.network import PATTERNS, Array, net_input, sigmoid

Codes: TypeAlias = NDArray[np.int64]

NAMES: Final = (
    "FALSE",
    "AND",
    "x1 AND NOT x2",
    "x1",
    "NOT x1 AND x2",
    "x2",
    "XOR",
    "OR",
    "NOR",
    "XNOR",
    "NOT x2",
    "x1 OR NOT x2",
    "NOT x1",
    "NOT x1 OR x2",
    "NAND",
    "TRUE",
)
"""The sixteen gates; a gate's place is its code."""

CUTS: Final = {"sigmoid": 0.5, "tanh": 0.0, "relu": 0.0}
"""Above it a hidden unit counts as on."""

_DIGITS: Final = np.array([8, 4, 2, 1])

_TABLES: Final[NDArray[np.bool_]] = np.arange(16)[:, np.newaxis] & _DIGITS > 0

_FORMULAS: Final = {
    "AND": "x1 AND x2",
    "XOR": "x1 XOR x2",
    "OR": "x1 OR x2",
    "NOR": "NOT(x1 OR x2)",
    "XNOR": "NOT(x1 XOR x2)",
    "NAND": "NOT(x1 AND x2)",
}


def _xor_pairs() -> frozenset[tuple[int, int]]:
    pairs = set()
    for one, other in [("OR", "AND"), ("x1 AND NOT x2", "NOT x1 AND x2")]:
        for first in (NAMES.index(one), 15 - NAMES.index(one)):
            for second in (NAMES.index(other), 15 - NAMES.index(other)):
                pairs |= {(first, second), (second, first)}
    return frozenset(pairs)


XOR_PAIRS: Final = _xor_pairs()
"""The pairs (code of h1, code of h2) from which one output unit can make XOR.

An output unit draws one straight line through the plane of h1 and h2. XOR needs 01 and 10 on one
side of it, 00 and 11 on the other. Either gate may be replaced by its complement, as the output
then takes the opposite weight, which makes four pairs of OR and AND, four of the two halves of XOR,
and each in two orders.
"""


def truth_table(gate: ArrayLike) -> NDArray[np.bool_]:
    """Look up what gates answer to 00, 01, 10, 11.

    Parameters
    ----------
    gate : int or str, or array (...) of either
        Codes from 0 to 15, or names from `NAMES`.

    Returns
    -------
    bool array (..., 4)
        The answers, in the order of the patterns.

    Raises
    ------
    ValueError
        If a code or a name is none of the sixteen.

    Examples
    --------
    >>> truth_table("OR").tolist()
    [False, True, True, True]
    >>> truth_table([1, 14]).tolist()
    [[False, False, False, True], [True, True, True, False]]
    """
    return _TABLES[_codes(gate)]


def identify(activations: ArrayLike, threshold: float = 0.5) -> Codes:
    """Recognise the gate that a unit computes.

    Parameters
    ----------
    activations : array (..., 4)
        The unit's activations for the four patterns.
    threshold : float, default 0.5
        Activations above it count as true. For a unit whose range begins at 0 or is symmetric
        around it, such as relu or tanh, give 0.

    Returns
    -------
    int array (...)
        The codes.

    Raises
    ------
    ValueError
        If there are not four activations a unit.

    Examples
    --------
    >>> NAMES[identify([0.001, 0.093, 0.094, 0.879])]
    'AND'
    """
    return np.asarray((np.asarray(activations) > threshold) @ _DIGITS)


def compose(output: ArrayLike, h1: ArrayLike, h2: ArrayLike) -> Codes:
    """Compute the gate that an output gate makes of two hidden gates.

    Parameters
    ----------
    output : int or str, or array (...) of either
        The output's gate, a function of h1 and h2.
    h1, h2 : int or str, or array (...) of either
        The hidden units' gates, functions of x1 and x2.

    Returns
    -------
    int array (...)
        The code of output(h1(x1, x2), h2(x1, x2)), a function of x1 and x2.

    Raises
    ------
    ValueError
        If a code or a name is none of the sixteen.

    Examples
    --------
    >>> NAMES[compose("NOT x1 AND x2", "AND", "OR")]
    'XOR'
    """
    return np.asarray(COMPOSITIONS[_codes(output), _codes(h1), _codes(h2)])


def _compositions() -> Codes:
    row = 2 * _TABLES[:, np.newaxis] + _TABLES  # of the output's truth table, for each h1 and h2
    return identify(_TABLES[:, row])


COMPOSITIONS: Final = _compositions()
"""What `compose` returns for each code of the output, of h1 and of h2, shape (16, 16, 16)."""


def formula(gate: int | str, first: str = "x1", second: str = "x2") -> str:
    """Write a gate as a formula of its two inputs.

    Parameters
    ----------
    gate : int or str
        A code or a name.
    first, second : str, default "x1" and "x2"
        What to write for the inputs; formulas are put in brackets.

    Returns
    -------
    str
        A formula in AND, OR, XOR, NOT, TRUE and FALSE.

    Raises
    ------
    ValueError
        If the code or the name is none of the sixteen.

    Examples
    --------
    >>> formula("NOT x1 AND x2", formula("AND"), formula("OR"))
    'NOT(x1 AND x2) AND (x1 OR x2)'
    """
    name = NAMES[int(_codes(gate))]
    places = _FORMULAS.get(name, name).replace("x1", "{first}").replace("x2", "{second}")
    written = places.format(
        first=f"({first})" if " " in first else first,
        second=f"({second})" if " " in second else second,
    )
    return written.replace("NOT (", "NOT(")


def margin(h1: ArrayLike, h2: ArrayLike, threshold: float = 0.5) -> Array:
    """Measure how clearly the hidden units are the gates that `identify` says.

    Parameters
    ----------
    h1, h2 : array (..., 4)
        Activations of the hidden units for the four patterns.
    threshold : float, default 0.5
        Where `identify` cuts.

    Returns
    -------
    array (...)
        The smallest distance of the eight activations from `threshold`.

    Examples
    --------
    >>> float(margin([0.0, 0.25, 0.0, 1.0], [0.0, 1.0, 1.0, 1.0]))
    0.25
    """
    distances = np.abs(np.stack(np.broadcast_arrays(h1, h2)) - threshold)
    return np.asarray(distances.min(axis=(0, -1)))


def output_activations(weights: ArrayLike, activation: str = "sigmoid") -> Array:
    """Compute what the output unit answers to hidden units that are entirely off or on.

    Parameters
    ----------
    weights : array (..., 9)
        w1..w9, of which w7..w9 matter.
    activation : str, default "sigmoid"
        Of the hidden units: a tanh unit is off at -1, the others at 0; all are on at 1.

    Returns
    -------
    array (..., 4)
        The output for (h1, h2) = 00, 01, 10, 11, ready to be identified.

    Examples
    --------
    >>> NAMES[identify(output_activations([0, 0, 0, 0, 0, 0, -4, -9, 8]))]
    'NOT x1 AND x2'
    """
    h1, h2 = PATTERNS.T if activation != "tanh" else 2 * PATTERNS.T - 1
    return sigmoid(net_input(np.asarray(weights, dtype=np.float64)[..., 6:9], h1, h2))


def _codes(gate: ArrayLike) -> Codes:
    codes = np.asarray(gate)
    if codes.dtype.kind == "U":
        matches = codes[..., np.newaxis] == np.asarray(NAMES)
        if not matches.any(axis=-1).all():
            raise ValueError(f"gate is {gate!r}, but its name must be one of {', '.join(NAMES)}.")
        return np.asarray(matches.argmax(axis=-1))
    if codes.dtype.kind not in "iu" or (codes < 0).any() or (codes > 15).any():
        raise ValueError(f"gate is {gate!r}, but its code must be a whole number from 0 to 15.")
    return codes.astype(np.int64)
