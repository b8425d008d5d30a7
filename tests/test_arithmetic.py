"""The exponential and the sigmoids in both precisions, against 30 digits and SciPy."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from scipy.special import expit

from tests.kernel_runs import compiled
from tests.minimax import exponential_coefficients
from xorbench.kernel import arithmetic

Numbers = npt.NDArray[np.floating]


class Precision(NamedTuple):
    """A floating-point type, and the names and numbers that go with it."""

    dtype: Any  # the type, called as a function
    prefix: str
    largest_net: float
    coefficients: int
    digits: int

    @property
    def epsilon(self) -> float:
        return float(np.finfo(self.dtype).eps)

    def constant(self, name: str) -> float:
        return float(getattr(arithmetic, self.prefix + name))


DOUBLE = Precision(np.float64, "", arithmetic.LARGEST_NET, 5, 53)
SINGLE = Precision(np.float32, "SINGLE_", float(arithmetic.SINGLE_LARGEST_NET), 2, 24)
both = pytest.mark.parametrize("precision", [DOUBLE, SINGLE], ids=["double", "single"])


@compiled
def exponential(z: float) -> tuple[float, float]:
    return arithmetic.exponential(z)


@compiled
def exponentials(z: Numbers, numerators: Numbers, denominators: Numbers) -> None:
    for i in range(z.size):
        numerators[i], denominators[i] = arithmetic.exponential(z[i])


@compiled
def sigmoids(z: Numbers, values: Numbers) -> None:
    for i in range(z.size):
        values[i] = arithmetic.sigmoid(z[i])


@compiled
def clamped_sigmoid(z: float) -> float:
    return arithmetic.clamped_sigmoid(z)


@compiled
def sigmoids_of_sums(bias: float, a: float, b: float) -> tuple[float, float, float, float]:
    return arithmetic.sigmoids_of_sums(bias, a, b)


@compiled
def scaled(x: float, rounded: float) -> float:
    return arithmetic.scaled(x, rounded)


@compiled
def fma(a: float, b: float, c: float) -> float:
    return arithmetic.fma(a, b, c)


def points(precision: Precision) -> Numbers:
    """Points everywhere, and where the reduction by multiples of ln 2 is at its two ends."""
    largest = precision.largest_net
    random = np.random.default_rng(2)
    count = int(largest / (np.log(2) / 2))
    halves = (np.arange(-count, count + 1) * (np.log(2) / 2)).astype(precision.dtype)
    infinity = precision.dtype(np.inf)
    beside = [np.nextafter(halves, -infinity), halves, np.nextafter(halves, infinity)]
    least = np.finfo(precision.dtype).smallest_subnormal
    tiny = [0.0, -0.0, least, 1e-37, precision.epsilon, -precision.epsilon, largest, -largest]
    anywhere = random.uniform(-largest, largest, 5000)
    every = np.concatenate([*beside, tiny, anywhere, random.uniform(-1, 1, 2000)])
    return every.astype(precision.dtype)


@both
def test_the_exponential_is_within_two_units_in_the_last_place(precision: Precision) -> None:
    z = points(precision)
    numerators, denominators = np.empty_like(z), np.empty_like(z)
    exponentials(z, numerators, denominators)
    assert np.abs(z).max() == precision.largest_net
    quotients = numerators / denominators
    assert quotients.dtype == precision.dtype
    with mp.workdps(30):
        exact = [mp.exp(-mpf(x)) for x in z.tolist()]
        units = np.spacing(np.array([float(e) for e in exact], precision.dtype)).tolist()
        errors = [
            abs((mpf(value) - e) / unit)
            for value, e, unit in zip(quotients.tolist(), exact, units, strict=True)
        ]
    assert max(errors) < 2
    assert (denominators >= 1.6).all()
    assert (denominators <= 2.4).all()


@both
def test_the_exponential_of_zero_is_one(precision: Precision) -> None:
    for zero in (0.0, -0.0):
        numerator, denominator = exponential(precision.dtype(zero))
        assert numerator == denominator


@both
def test_the_coefficients_are_those_of_the_minimax_polynomial(precision: Precision) -> None:
    derived = exponential_coefficients(precision.coefficients)
    ours = [precision.constant(f"C{k + 1}") for k in range(precision.coefficients)]
    np.testing.assert_allclose(ours, derived, rtol=max(1e-13, precision.epsilon / 2))
    assert not hasattr(arithmetic, f"{precision.prefix}C{precision.coefficients + 1}")


@both
def test_a_coefficient_less_is_not_enough(precision: Precision) -> None:
    coefficients = exponential_coefficients(precision.coefficients - 1)
    x = mp.log(2) / 2
    c = 2 + sum(mpf(value) * x ** (2 * k + 2) for k, value in enumerate(coefficients))
    error = abs((c + x) / (c - x) / mp.exp(x) - 1)
    assert error > precision.epsilon / 4


@both
def test_the_parts_of_ln_2_add_up(precision: Precision) -> None:
    with mp.workdps(50):
        parts = mpf(precision.constant("LN_2")) + mpf(precision.constant("LN_2_REST"))
        assert abs(parts - mp.log(2)) < mpf(2) ** (1 - 2 * precision.digits)
        assert precision.constant("LOG2_E") == float(precision.dtype(float(1 / mp.log(2))))


@both
def test_scaled_multiplies_by_a_power_of_two(precision: Precision) -> None:
    largest = int(precision.largest_net / np.log(2))
    for x in (1.0, 1.65, 2.4, 2.0):
        for k in range(-largest, largest + 1):
            rounded = precision.dtype(precision.constant("ROUNDER") + k)
            value = precision.dtype(x)
            assert scaled(value, rounded) == np.ldexp(value, k)


def test_a_fused_multiply_add_rounds_once() -> None:
    a = 1 + 2.0**-30
    assert a * a - (1 + 2.0**-29) == 0  # the product's last bit is rounded away
    assert fma(a, a, -(1 + 2.0**-29)) == 2.0**-60
    assert fma(1e200, 1e200, -np.inf) == -np.inf


@both
def test_the_sigmoid_is_as_exact_as_scipys(precision: Precision) -> None:
    z = points(precision)
    values = np.empty_like(z)
    sigmoids(z, values)
    np.testing.assert_allclose(values, expit(z.astype(float)), rtol=2.5 * precision.epsilon)


@both
def test_the_sigmoid_rises_from_zero_to_one(precision: Precision) -> None:
    coarse = np.linspace(-precision.largest_net, 15, 4301).astype(precision.dtype)
    fine = np.sort(points(precision))
    for z in (coarse, fine):
        values = np.empty_like(z)
        sigmoids(z, values)
        # Between neighbouring numbers, rounding may turn a unit in the last place round.
        assert (np.diff(values) >= -np.spacing(values[1:])).all()
        assert values[0] > 0
    assert values[-1] == values.max() == 1


@both
def test_the_clamped_sigmoid_takes_numbers_of_any_size(precision: Precision) -> None:
    largest = precision.largest_net
    tiny = float(np.exp(-largest))
    for size in (largest, largest + 1, 1e9, 1e30, np.inf):
        z = precision.dtype(size)
        assert clamped_sigmoid(z) == 1
        assert clamped_sigmoid(-z) == pytest.approx(tiny, rel=20 * precision.epsilon)
    inside = points(precision)
    values = np.empty_like(inside)
    sigmoids(inside, values)
    assert [clamped_sigmoid(z) for z in inside] == values.tolist()


signs = st.sampled_from([-1.0, 1.0])
shares = st.floats(0, 1) | st.just(1.0)


@both
@given(st.data())
def test_sigmoids_of_sums_are_those_of_the_four_sums(
    precision: Precision, data: st.DataObject
) -> None:
    largest = precision.largest_net
    first = data.draw(st.sampled_from([0.0, 1.0, 5 / largest]) | st.floats(0, 1)) * largest
    rest = (largest - first) * data.draw(shares)
    second = rest * data.draw(shares)
    sizes = data.draw(st.permutations([first, second, rest - second]))
    signed = [precision.dtype(size * data.draw(signs) * (1 - 1e-6)) for size in sizes]
    bias, a, b = signed
    with mp.workdps(40):
        exact_bias, exact_a, exact_b = (mpf(float(x)) for x in signed)
        sums = [
            exact_bias,
            exact_bias + exact_b,
            exact_bias + exact_a,
            exact_bias + exact_a + exact_b,
        ]
        exact = [float(1 / (1 + mp.exp(-z))) for z in sums]
    ours = sigmoids_of_sums(bias, a, b)
    np.testing.assert_allclose(ours, exact, rtol=12 * precision.epsilon)
