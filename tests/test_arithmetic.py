"""The exponential and the sigmoids against 30 digits, SciPy, and their own definitions."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from scipy.special import expit

from tests.minimax import exponential_coefficients
from xorbench.jit import inline
from xorbench.kernel import arithmetic
from xorbench.kernel.arithmetic import (
    LARGEST_NET,
    LN_2,
    LN_2_REST,
    LOG2_E,
    ROUNDER,
    exponential,
    scaled,
    sigmoid,
    sigmoids,
    sigmoids_of_sums,
    two_sigmoids,
)
from xorbench.kernel.epoch import SAFE_SIZE
from xorbench.network import Array

EPSILON = np.finfo(np.float64).eps


fma: Any = arithmetic.fma  # an intrinsic: only compiled code can call it


@inline
def exponentials(z: Array, numerators: Array, denominators: Array) -> None:
    for i in range(z.size):
        numerators[i], denominators[i] = exponential(z[i])


@inline
def sigmoids_of_each(z: Array, values: Array) -> None:
    for i in range(z.size):
        values[i] = sigmoid(z[i])


@inline
def fused(a: float, b: float, c: float) -> float:
    return fma(a, b, c)  # type: ignore[no-any-return]


def ratios(z: Array) -> tuple[Array, Array]:
    numerators, denominators = np.empty_like(z), np.empty_like(z)
    exponentials(z, numerators, denominators)
    return numerators, denominators


def sigmoid_values(z: Array) -> Array:
    values = np.empty_like(z)
    sigmoids_of_each(z, values)
    return values


def exponential_points() -> Array:
    """Points everywhere, and where the reduction by multiples of ln 2 is at its two ends."""
    random = np.random.default_rng(2)
    halves = np.arange(-980, 981) * (np.log(2) / 2)
    beside = [np.nextafter(halves, -np.inf), halves, np.nextafter(halves, np.inf)]
    tiny = [0.0, -0.0, 5e-324, 1e-300, EPSILON, -EPSILON, LARGEST_NET, -LARGEST_NET]
    anywhere = random.uniform(-LARGEST_NET, LARGEST_NET, 5000)
    return np.concatenate([*beside, tiny, anywhere, random.uniform(-1, 1, 1000)])


def test_the_exponential_is_within_two_units_in_the_last_place() -> None:
    z = exponential_points()
    assert np.abs(z).max() == LARGEST_NET
    numerators, denominators = ratios(z)
    quotients = (numerators / denominators).tolist()
    with mp.workdps(30):
        exact = [mp.exp(-mpf(x)) for x in z.tolist()]
        units = np.spacing([float(e) for e in exact]).tolist()
        errors = [
            abs((mpf(value) - e) / unit)
            for value, e, unit in zip(quotients, exact, units, strict=True)
        ]
    assert max(errors) < 2
    assert (denominators >= 1.6).all()
    assert (denominators <= 2.4).all()


def test_the_exponential_of_zero_is_one() -> None:
    for zero in (0.0, -0.0):
        numerator, denominator = exponential(zero)
        assert numerator == denominator


def test_the_coefficients_are_those_of_the_minimax_polynomial() -> None:
    ours = [getattr(arithmetic, f"C{k}") for k in range(1, 6)]
    np.testing.assert_allclose(ours, exponential_coefficients(5), rtol=1e-13)


def test_the_parts_of_ln_2_add_up() -> None:
    with mp.workdps(50):
        assert abs(mpf(LN_2) + mpf(LN_2_REST) - mp.log(2)) < mpf(2) ** -105
        assert float(1 / mp.log(2)) == LOG2_E


@pytest.mark.parametrize("x", [1.0, 1.65, 2.4, 2.0])
def test_scaled_multiplies_by_a_power_of_two(x: float) -> None:
    for k in range(-491, 492):
        assert scaled(x, ROUNDER + k) == np.ldexp(x, k)


def test_a_fused_multiply_add_rounds_once() -> None:
    a = 1 + 2.0**-30
    assert a * a - (1 + 2.0**-29) == 0  # the product's last bit is rounded away
    assert fused(a, a, -(1 + 2.0**-29)) == 2.0**-60
    assert fused(1e200, 1e200, -np.inf) == -np.inf


def test_the_sigmoid_is_as_exact_as_scipys() -> None:
    z = exponential_points()
    np.testing.assert_allclose(sigmoid_values(z), expit(z), rtol=4 * EPSILON)


def test_the_sigmoid_rises_from_zero_to_one() -> None:
    coarse = sigmoid_values(np.linspace(-400, 30, 4301))
    assert (np.diff(coarse) >= 0).all()
    # Near 1, and between neighbouring numbers, rounding may turn a unit in the last place round.
    fine = sigmoid_values(np.sort(exponential_points()))
    assert (np.diff(fine) >= -np.spacing(fine[1:])).all()
    assert fine[0] > 0
    assert fine[-1] == fine.max() == 1


@pytest.mark.parametrize("size", [LARGEST_NET, 341.0, 745.0, 1e9, 1e300, 1.7e308, np.inf])
def test_the_sigmoid_takes_numbers_of_any_size(size: float) -> None:
    tiny = float(np.exp(-LARGEST_NET))
    assert sigmoid(0.0) == 0.5
    assert sigmoid(size) == 1
    assert sigmoid(-size) == pytest.approx(tiny, rel=1e-12)
    assert two_sigmoids(size, -size) == pytest.approx((1, tiny), rel=1e-12)
    assert two_sigmoids(-size, -size) == pytest.approx((tiny, tiny), rel=1e-12)
    assert two_sigmoids(size, 0.0) == pytest.approx((1, 0.5), rel=1e-15)


nets = st.floats(-SAFE_SIZE, SAFE_SIZE)
edges = st.sampled_from([-SAFE_SIZE, SAFE_SIZE, 0.0])


@given(nets | st.floats(-LARGEST_NET, LARGEST_NET), nets)
def test_two_sigmoids_are_two_sigmoids(a: float, b: float) -> None:
    np.testing.assert_allclose(two_sigmoids(a, b), expit([a, b]), rtol=8 * EPSILON)


@given(*[nets | edges] * 4)
def test_sigmoids_are_four_sigmoids(z0: float, z1: float, z2: float, z3: float) -> None:
    four = (z0, z1, z2, z3)
    np.testing.assert_allclose(sigmoids(*four), expit(four), rtol=10 * EPSILON)


@given(nets | edges, st.floats(0, 1) | st.just(1.0), st.floats(0, 1), st.booleans(), st.booleans())
def test_sigmoids_of_sums_are_those_of_the_four_sums(
    bias: float, share: float, share_of_a: float, a_falls: bool, b_falls: bool
) -> None:
    left = share * (SAFE_SIZE - abs(bias))
    a = left * share_of_a * (-1 if a_falls else 1)
    b = left * (1 - share_of_a) * (-1 if b_falls else 1)
    with mp.workdps(40):
        sums = [mpf(bias), mpf(bias) + b, mpf(bias) + a, mpf(bias) + a + b]
        exact = [float(1 / (1 + mp.exp(-z))) for z in sums]
    np.testing.assert_allclose(sigmoids_of_sums(bias, a, b), exact, rtol=16 * EPSILON)
