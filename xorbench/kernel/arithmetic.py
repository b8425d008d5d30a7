"""The exponential and the sigmoid: explicit, branch-free arithmetic with the same bits everywhere.

The exponential is kept as a ratio, e^-z = N / D. Ratios multiply where exponents add, so the four
net inputs of a hidden unit need three exponentials; and since

    sigmoid(z) = 1 / (1 + e^-z) = D / (N + D),

the division that a sigmoid needs anyway is the only one. Each formula is written once for both
precisions; what differs are its constants.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from xorbench.jit import chosen, inline

# Adding 1.5 * 2^52 (2^23) rounds a number to an integer, which then stands in the low bits of the
# sum. Right only in strict arithmetic: another reason for no `fastmath` (see xorbench.jit).
ROUNDER = 6755399441055744.0
LOG2_E = 1.4426950408889634
LN_2 = 0.6931471805599453
LN_2_REST = 2.3190468138462996e-17  # ln 2 - LN_2

SINGLE_ROUNDER = cast("float", np.float32(12582912.0))
SINGLE_LOG2_E = cast("float", np.float32(LOG2_E))
SINGLE_LN_2 = cast("float", np.float32(LN_2))
SINGLE_LN_2_REST = cast("float", np.float32(-1.9046542e-09))

# x coth(x / 2) = 2 + C1 x^2 + C2 x^4 + ... for |x| <= ln(2) / 2, minimax for the relative error of
# e^x (1.8e-19; single: 5.6e-10), and no coefficient more than two units in the last place of e^x
# need; tests/test_arithmetic.py derives them anew.
C1 = 0.16666666666666555
C2 = -0.0027777777776696088
C3 = 6.613756250060686e-05
C4 = -1.6533837095941223e-06
C5 = 4.13604521723644e-08

SINGLE_TWO = cast("float", np.float32(2.0))
SINGLE_C1 = cast("float", np.float32(0.16666618))
SINGLE_C2 = cast("float", np.float32(-0.0027659849))

# Up to this |z| no sum N + D overflows, even where N and D are products of three; beyond, the
# sigmoid is constant, 1e-304 (single: 1e-37) from 0 or 1.
LARGEST_NET = 700.0
SINGLE_LARGEST_NET = cast("float", np.float32(85.0))


def multiply_add(
    context: Any, a: types.Float, b: types.Float, c: types.Float
) -> tuple[Any, Callable[..., Any]]:
    """Tell numba the type and the machine code of :data:`fma`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.fma(*arguments)

    return a(a, a, a), generate


# a * b + c with one rounding, on every machine.
fma = cast("Callable[[float, float, float], float]", intrinsic(multiply_add))


@inline
def double_bits(x: float) -> int:
    """Read the 64 bits of a number as an integer."""
    return np.float64(x).view(np.int64)  # type: ignore[return-value]


@inline
def single_bits(x: float) -> int:
    """Read the 32 bits of a number as an integer."""
    return np.float32(x).view(np.int32)  # type: ignore[return-value]


@inline
def double_scaled(x: float, rounded: float) -> float:
    """Multiply x by 2^k, where `rounded` is k + ROUNDER, by adding k to the exponent of x."""
    return np.int64(double_bits(x) + (double_bits(rounded) << 52)).view(np.float64)


@inline
def single_scaled(x: float, rounded: float) -> float:
    """Multiply x by 2^k, where `rounded` is k + SINGLE_ROUNDER."""
    return np.int32(single_bits(x) + (single_bits(rounded) << 23)).view(np.float32)  # type: ignore[return-value]


@inline
def double_reduction(z: float) -> tuple[float, float, float, float]:
    """Give the constants that reduce an argument by multiples of ln 2."""
    return LOG2_E, ROUNDER, LN_2, LN_2_REST


@inline
def single_reduction(z: float) -> tuple[float, float, float, float]:
    """Give the constants that reduce an argument by multiples of ln 2."""
    return SINGLE_LOG2_E, SINGLE_ROUNDER, SINGLE_LN_2, SINGLE_LN_2_REST


@inline
def double_coth(square: float) -> float:
    """Compute x coth(x / 2) from x^2."""
    return fma(fma(fma(fma(fma(C5, square, C4), square, C3), square, C2), square, C1), square, 2.0)


@inline
def single_coth(square: float) -> float:
    """Compute x coth(x / 2) from x^2."""
    return fma(fma(SINGLE_C2, square, SINGLE_C1), square, SINGLE_TWO)


@inline
def double_largest_net(z: float) -> float:
    """Give the largest argument of the exponential."""
    return LARGEST_NET


@inline
def single_largest_net(z: float) -> float:
    """Give the largest argument of the exponential."""
    return SINGLE_LARGEST_NET


bits = chosen({types.float64: double_bits, types.float32: single_bits})
scaled = chosen({types.float64: double_scaled, types.float32: single_scaled})
reduction = chosen({types.float64: double_reduction, types.float32: single_reduction})
coth = chosen({types.float64: double_coth, types.float32: single_coth})
largest_net = chosen({types.float64: double_largest_net, types.float32: single_largest_net})


@inline
def exponential(z: float) -> tuple[float, float]:
    """Compute e^-z as a ratio.

    With -z = k ln 2 + x, |x| <= ln(2) / 2, and c = x coth(x / 2), which is even and smooth,
    e^-z = 2^k (c + x) / (c - x). The quotient is within 2 units in the last place.

    Parameters
    ----------
    z : float
        A double or single, |z| <= largest_net(z).

    Returns
    -------
    numerator, denominator : float
        The denominator lies between 1.6 and 2.4.
    """
    log2_e, rounder, ln_2, ln_2_rest = reduction(z)
    rounded = fma(z, -log2_e, rounder)
    k = rounded - rounder
    minus_x = fma(k, ln_2_rest, fma(k, ln_2, z))
    c = coth(minus_x * minus_x)
    return scaled(c - minus_x, rounded), c + minus_x


@inline
def sigmoid(z: float) -> float:
    """Compute 1 / (1 + e^-z) for |z| <= largest_net(z)."""
    numerator, denominator = exponential(z)
    return denominator / (numerator + denominator)


@inline
def clamped_sigmoid(z: float) -> float:
    """Compute 1 / (1 + e^-z) for any z but nan: the bits of `sigmoid` where that works."""
    # Written out: numba takes its time over min and max.
    limit = largest_net(z)
    z = limit if z > limit else z
    return sigmoid(-limit if z < -limit else z)


@inline
def sigmoids_of_sums(bias: float, a: float, b: float) -> tuple[float, float, float, float]:
    """Compute the sigmoids of bias, bias + b, bias + a, bias + a + b with three exponentials.

    |bias| + |a| + |b| may be at most largest_net(bias).
    """
    n_bias, d_bias = exponential(bias)
    n_a, d_a = exponential(a)
    n_b, d_b = exponential(b)
    n01, d01 = n_bias * n_b, d_bias * d_b
    n10, d10 = n_bias * n_a, d_bias * d_a
    n11, d11 = n10 * n_b, d10 * d_b
    # To share a division between two sigmoids takes five multiplications more, between four
    # thirteen. The divider works beside the multipliers and keeps up with them: on AVX-512 each
    # way of sharing was slower (by 15 % and more), and it also would round twice.
    return (
        d_bias / (n_bias + d_bias),
        d01 / (n01 + d01),
        d10 / (n10 + d10),
        d11 / (n11 + d11),
    )
