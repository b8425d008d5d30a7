"""Every optimizer against its paper's formulas, worked out otherwise, and against its promises."""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xorbench.optimizers import CONSTANTS, OPTIMIZERS, Array, first_state, step

slopes = st.floats(-1e3, 1e3) | st.sampled_from([0.0, 5e-324, -5e-324, 1e-200, -1e-200, 1e150])
gradients = st.lists(arrays(np.float64, 9, elements=slopes), min_size=1, max_size=8)


def changes(
    optimizer: str,
    gradients: Iterable[float | Array],
    rate: float,
    momentum: float = 0.0,
    **but: float,
) -> list[float]:
    """Tell by how much the first weight changes in consecutive steps."""
    state = first_state(optimizer, rate)
    made = []
    for gradient in gradients:
        change, state = step(np.full(9, gradient), state, optimizer, rate, momentum, but)
        made.append(float(change[0]))
    return made


def descent(
    optimizer: str,
    slope: Callable[[float], float],
    start: float,
    steps: int,
    rate: float,
    **but: float,
) -> list[float]:
    """Follow one weight down a slope."""
    state = first_state(optimizer, rate)
    weights = [start]
    for _ in range(steps):
        change, state = step(np.full(9, slope(weights[-1])), state, optimizer, rate, 0.0, but)
        weights.append(weights[-1] + float(change[0]))
    return weights


def test_gradient_descent_repeats_a_share_of_its_last_step() -> None:
    assert changes("gradient_descent", [4, -8, 0], 0.25, 0.5) == [-1, 1.5, 0.75]


@given(st.floats(-3, 3), st.floats(0.01, 0.3), st.floats(0.1, 0.95))
def test_nesterov_is_sutskevers_seen_from_the_weights_ahead(
    start: float, rate: float, momentum: float
) -> None:
    w, v = start, 0.0
    expected = []
    for _ in range(20):
        v = momentum * v - rate * math.sin(w + momentum * v)
        w = w + v
        expected.append(w + momentum * v)

    ahead, state = start, first_state("nesterov", rate)
    found = []
    for _ in range(20):
        change, state = step(np.full(9, math.sin(ahead)), state, "nesterov", rate, momentum)
        ahead += float(change[0])
        found.append(ahead)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        # The step grows by half while the sign stays.
        ([3, 0.1, 9], [-1, -1.5, -2.25]),
        # Where it changes, the weight rests and the step halves; then the sign is new to it.
        ([3, -3, -3, -3], [-1, 0, 0.5, 0.75]),
        ([3, -3, 3, 3], [-1, 0, -0.5, -0.75]),
        # A slope of zero moves nothing and keeps the step.
        ([3, 0, -3, -3], [-1, 0, 1, 1.5]),
        # From the largest step it grows no more, from the smallest it shrinks no more.
        ([1] * 5, [-1, -1.5, -2.25, -3, -3]),
        ([1, -1, 1, -1, 1, -1, 1], [-1, 0, -0.5, 0, -0.375, 0, -0.375]),
        # Slopes whose product underflows still have signs.
        ([1e-200, 1e-200, -1e-200], [-1, -1.5, 0]),
    ],
)
def test_rprop_heeds_the_sign_only(given: list[float], expected: list[float]) -> None:
    constants = {
        "rprop_increase": 1.5,
        "rprop_largest_step": 3.0,
        "rprop_smallest_step": 0.375,
    }
    assert changes("rprop", given, 1.0, **constants) == expected


def test_rprops_published_constants() -> None:
    np.testing.assert_allclose(changes("rprop", [1, 1, -1, -1], 0.1), [-0.1, -0.12, 0, 0.06])
    assert changes("rprop", [1] * 99, 0.1)[-1] == -50
    assert changes("rprop", [1, -1] * 99, 0.1)[-2] == -1e-6


@given(st.lists(st.fractions(-5, 5, max_denominator=1000), min_size=1, max_size=5))
def test_adam_is_kingmas_and_bas(gradients: list[Fraction]) -> None:
    rate, epsilon = 0.125, 1e-8
    beta1, beta2 = Fraction(9, 10), Fraction(999, 1000)
    m = v = Fraction(0)
    expected = []
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        unbiased_m, unbiased_v = m / (1 - beta1**t), v / (1 - beta2**t)
        expected.append(-rate * float(unbiased_m) / (math.sqrt(unbiased_v) + epsilon))
    found = changes("adam", map(float, gradients), rate)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-15)


def test_adams_first_step_is_the_learning_rate_and_its_means_forget_the_start() -> None:
    assert changes("adam", [1e3], 0.1) == pytest.approx([-0.1])
    assert changes("adam", [-1e-3], 0.1) == pytest.approx([0.1], rel=1e-4)
    state = first_state("adam", 0.1)
    for _ in range(50_000):
        _, state = step(np.full(9, 2.0), state, "adam", 0.1, 0.0)
    np.testing.assert_allclose(state.reshape(4, 9)[:, 0], [2, 4, 1, 1], rtol=1e-12)


def test_adams_constants() -> None:
    found = changes("adam", [3, 4], 1.0, adam_beta1=0.0, adam_beta2=0.5, adam_epsilon=2.0)
    square = (0.25 * 9 + 0.5 * 16) / 0.75
    assert found == pytest.approx([-3 / 5, -4 / (square**0.5 + 2)])


@pytest.mark.parametrize("curvature", [0.5, 1.0, 3.0])
def test_quickprop_jumps_from_beyond_a_parabolas_minimum_into_it(curvature: float) -> None:
    rate = 1.5 / curvature  # so that the first step, plain descent, goes half as far again
    path = descent("quickprop", lambda w: curvature * (w - 2), 0.0, 3, rate)
    np.testing.assert_allclose(path, [0, 3, 2, 2], rtol=1e-15)


def test_quickprop_adds_the_slope_before_the_minimum() -> None:
    # g = w - 2: from 0 to 1, where the parabola's step of 1 gets another rate * 1.
    assert descent("quickprop", lambda w: w - 2, 0.0, 2, 0.5) == [0, 1, 2.5]


def test_quickprops_steps_grow_by_no_more_than_the_factor() -> None:
    # The parabola of the slopes -4 and -3 asks for three times the last step.
    assert changes("quickprop", [-4, -3], 1.0) == [4, 1.75 * 4 + 3]
    assert changes("quickprop", [-4, -3], 1.0, quickprop_growth=2.5) == [4, 2.5 * 4 + 3]
    assert changes("quickprop", [-4, -3], 1.0, quickprop_growth=4.0) == [4, 3 * 4 + 3]
    # No parabola with a minimum: the same slope, or a steeper one.
    assert changes("quickprop", [-4, -4], 1.0) == [4, 1.75 * 4 + 4]
    assert changes("quickprop", [-4, -5], 1.0) == [4, 1.75 * 4 + 5]


def test_quickprop_begins_anew_from_a_minimum() -> None:
    assert changes("quickprop", [-4, 0, 0, 2], 1.0) == [4, 0, 0, -2]


@given(gradients, st.floats(1e-3, 10), st.floats(1, 10))
def test_quickprop_never_steps_uphill_nor_far(
    gradients: list[Array], rate: float, growth: float
) -> None:
    state = first_state("quickprop", rate)
    last = np.zeros(9)
    with np.errstate(all="raise", under="ignore"):
        for gradient in gradients:
            change, state = step(
                gradient, state, "quickprop", rate, 0.0, {"quickprop_growth": growth}
            )
            assert (np.sign(change) * np.sign(gradient) <= 0).all()
            longest = growth * np.abs(last) + rate * np.abs(gradient)
            assert (np.abs(change) <= longest * (1 + 1e-12)).all()
            last = change


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@given(gradients)
def test_each_weight_of_each_network_is_trained_for_itself(
    optimizer: str, gradients: list[Array]
) -> None:
    momentum = 0.5 if optimizer in ("gradient_descent", "nesterov") else 0.0
    alone = together = first_state(optimizer, 0.1)
    for gradient in gradients:
        change, alone = step(gradient, alone, optimizer, 0.1, momentum)
        both = np.stack([gradient[::-1], gradient])
        changes, together = step(both, together, optimizer, 0.1, momentum)
        np.testing.assert_array_equal(changes, [change[::-1], change])
        np.testing.assert_array_equal(together[1], alone)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@given(gradients)
def test_the_other_way_round_is_the_other_way(optimizer: str, gradients: list[Array]) -> None:
    made, mirrored = (
        changes(optimizer, [sign * gradient for gradient in gradients], 0.1) for sign in (1, -1)
    )
    np.testing.assert_array_equal(made, np.negative(mirrored))


def test_the_rules_use_all_the_constants_and_those_that_are_given() -> None:
    for name, published in CONSTANTS.items():
        optimizer = name.split("_")[0]
        given = [1.0, 0.9, -0.1, -0.2, 0.5, 1.0, 1.1]
        if name == "rprop_smallest_step":
            given = [1.0, -1.0] * 30
        if name == "rprop_largest_step":
            given = [1.0] * 60
        ours = changes(optimizer, given, 0.1)
        assert ours == changes(optimizer, given, 0.1, **{name: published})
        assert ours != changes(optimizer, given, 0.1, **{name: published * 0.9})
