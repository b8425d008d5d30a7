"""The exponential and the sigmoids: explicit, branch-free arithmetic with the same bits everywhere.

The exponential is kept as a ratio, e^-z = N / D. Ratios multiply where exponents add, so the four
net inputs of a hidden unit need three exponentials; and since

    sigmoid(z) = 1 / (1 + e^-z) = D / (N + D),

the division that a sigmoid needs anyway is the only one.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from xorbench.jit import inline

# Adding 1.5 * 2^52 rounds a number to an integer, which then stands in the low bits of the sum.
# Right only in strict arithmetic: another reason for no `fastmath` (see xorbench.jit).
ROUNDER = 6755399441055744.0
LOG2_E = 1.4426950408889634
LN_2 = 0.6931471805599453
LN_2_REST = 2.3190468138462996e-17  # ln 2 - LN_2

# x coth(x / 2) = 2 + C1 x^2 + ... + C5 x^10 for |x| <= ln(2) / 2, minimax for the relative error
# of e^x (1.8e-19); tests/test_arithmetic.py derives the coefficients anew.
C1 = 0.16666666666666555
C2 = -0.0027777777776696088
C3 = 6.613756250060686e-05
C4 = -1.6533837095941223e-06
C5 = 4.13604521723644e-08

# Beyond it a sigmoid is constant, 1e-148 from 0 or 1. e^340 squared does not overflow, so two
# sigmoids may share a division.
LARGEST_NET = 340.0


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
def bits(x: float) -> int:
    """Read the 64 bits of a double as an integer."""
    return np.float64(x).view(np.int64)  # type: ignore[return-value]


@inline
def scaled(x: float, rounded: float) -> float:
    """Multiply x by 2^k, where `rounded` is k + ROUNDER, by adding k to the exponent of x."""
    return np.int64(bits(x) + (bits(rounded) << 52)).view(np.float64)


@inline
def exponential(z: float) -> tuple[float, float]:
    """Compute e^-z as a ratio.

    With -z = k ln 2 + x, |x| <= ln(2) / 2, and c = x coth(x / 2), which is even and smooth,
    e^-z = 2^k (c + x) / (c - x). The quotient is within 2 units in the last place for
    |z| <= LARGEST_NET.

    Parameters
    ----------
    z : float
        A finite number with |z| <= LARGEST_NET.

    Returns
    -------
    numerator, denominator : float
        The denominator lies between 1.6 and 2.4.
    """
    rounded = fma(z, -LOG2_E, ROUNDER)
    k = rounded - ROUNDER
    minus_x = fma(k, LN_2_REST, fma(k, LN_2, z))
    square = minus_x * minus_x
    c = fma(fma(fma(fma(fma(C5, square, C4), square, C3), square, C2), square, C1), square, 2.0)
    return scaled(c - minus_x, rounded), c + minus_x


@inline
def clamped(z: float) -> float:
    """Limit z to the range of the exponential."""
    return min(max(z, -LARGEST_NET), LARGEST_NET)


@inline
def sigmoid(z: float) -> float:
    """Compute 1 / (1 + e^-z) for any z but nan."""
    numerator, denominator = exponential(clamped(z))
    return denominator / (numerator + denominator)


@inline
def two_sigmoids(a: float, b: float) -> tuple[float, float]:
    """Compute two sigmoids with one division, for any a and b but nan."""
    numerator_a, denominator_a = exponential(clamped(a))
    numerator_b, denominator_b = exponential(clamped(b))
    sum_a = numerator_a + denominator_a
    sum_b = numerator_b + denominator_b
    one_over_both = 1.0 / (sum_a * sum_b)
    return denominator_a * (one_over_both * sum_b), denominator_b * (one_over_both * sum_a)


@inline
def reciprocals(a: float, b: float, c: float, d: float) -> tuple[float, float, float, float]:
    """Compute 1/a, 1/b, 1/c, 1/d with one division; the product of all four must not overflow."""
    ab = a * b
    cd = c * d
    one_over_all = 1.0 / (ab * cd)
    one_over_ab = one_over_all * cd
    one_over_cd = one_over_all * ab
    return one_over_ab * b, one_over_ab * a, one_over_cd * d, one_over_cd * c


@inline
def sigmoids(z0: float, z1: float, z2: float, z3: float) -> tuple[float, float, float, float]:
    """Compute four sigmoids with one division, for |z| up to epoch.SAFE_SIZE."""
    n0, d0 = exponential(z0)
    n1, d1 = exponential(z1)
    n2, d2 = exponential(z2)
    n3, d3 = exponential(z3)
    r0, r1, r2, r3 = reciprocals(n0 + d0, n1 + d1, n2 + d2, n3 + d3)
    return d0 * r0, d1 * r1, d2 * r2, d3 * r3


@inline
def sigmoids_of_sums(bias: float, a: float, b: float) -> tuple[float, float, float, float]:
    """Compute the sigmoids of bias, bias + b, bias + a, bias + a + b with three exponentials."""
    n_bias, d_bias = exponential(bias)
    n_a, d_a = exponential(a)
    n_b, d_b = exponential(b)
    n01, d01 = n_bias * n_b, d_bias * d_b
    n10, d10 = n_bias * n_a, d_bias * d_a
    n11, d11 = n10 * n_b, d10 * d_b
    r00, r01, r10, r11 = reciprocals(n_bias + d_bias, n01 + d01, n10 + d10, n11 + d11)
    return d_bias * r00, d01 * r01, d10 * r10, d11 * r11
