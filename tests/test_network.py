"""The 2-2-1 network against the tutorial's numbers, finite differences and its symmetries."""

import doctest
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xorbench import network
from xorbench.network import (
    ACTIVATIONS,
    ERRORS,
    METRICS,
    PATTERNS,
    TARGETS,
    Array,
    epoch,
    error_value,
    forward,
    gradient,
    measure,
    net_input,
    pattern_errors,
    sigmoid,
    train_plainly,
)
from xorbench.outcome import Outcome

# The tutorial's nine numbers, read as w1..w9.
SEED_27 = np.array(
    [
        *(0.42572141, 0.73539729, 0.38338077),
        *(0.81458374, 0.8680032, 0.97945663),
        *(0.89319435, 0.20971517, 0.74182765),
    ]
)

nine_weights = arrays(np.float64, 9, elements=st.floats(-5, 5))
any_error = st.sampled_from(ERRORS)
any_activation = st.sampled_from(sorted(ACTIVATIONS))

# The same nine weights with the two hidden units exchanged.
SWAP = [3, 4, 5, 0, 1, 2, 6, 8, 7]


def drawn_27() -> Array:
    random = np.random.RandomState(27).random_sample
    first, second = random((3, 2)), random((3, 1))
    return np.concatenate([first.T.ravel(), second.ravel()])


def test_seed_27_is_drawn_row_by_row_with_a_column_for_each_hidden_unit() -> None:
    numbers = np.random.RandomState(27).random_sample(9)
    np.testing.assert_allclose(numbers[[0, 2, 4, 1, 3, 5, 6, 7, 8]], SEED_27, atol=5e-9)
    np.testing.assert_array_equal(drawn_27(), numbers[[0, 2, 4, 1, 3, 5, 6, 7, 8]])


def test_patterns_and_targets_are_xor_in_counting_order() -> None:
    assert PATTERNS.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert TARGETS.tolist() == [int(x1 != x2) for x1, x2 in PATTERNS]


def test_the_forward_pass_gives_the_tutorials_numbers() -> None:
    h1, h2, y = forward(drawn_27())
    assert (round(h1[0], 8), round(h2[0], 8)) == (0.60485152, 0.69308541)
    assert y.round(8).tolist() == [0.82261865, 0.84215617, 0.84269835, 0.85314043]


def test_the_gradient_of_pattern_00_gives_the_tutorials_numbers() -> None:
    slopes = gradient(drawn_27(), pattern=0)
    assert round(slopes[0], 6) == 0.012033
    printed = [0.03788282, 0.2400684312, 0.1452057555, 0.166387927]
    # The tutorial goes on from rounded factors, which costs its last digits.
    np.testing.assert_allclose(slopes[[3, 6, 7, 8]], printed, rtol=0, atol=1e-7)
    assert slopes[[1, 2, 4, 5]].tolist() == [0, 0, 0, 0]


def test_the_chain_rules_factors_are_the_tutorials() -> None:
    h1, _, y = (activation[0].round(8) for activation in forward(drawn_27()))
    assert round(2 * y, 7) == 1.6452373
    assert round(y * (1 - y), 10) == 0.1459172067
    assert round(h1 * (1 - h1), 10) == 0.2390061588


def test_the_tutorials_network_is_reached_after_1615_online_epochs() -> None:
    outcome, epochs, weights = train_plainly(drawn_27(), 0.6, update="online", threshold=1e-3)
    assert (outcome, epochs) == (Outcome.CONVERGED, 1615)
    h1, h2, _ = forward(weights)
    np.testing.assert_allclose(h1, [0.001, 0.093, 0.094, 0.879], rtol=0, atol=0.0005)
    np.testing.assert_allclose(h2, [0.065, 0.969, 0.971, 1], rtol=0, atol=0.0005)
    on_binary = sigmoid(net_input(weights[6:9], *PATTERNS.T))
    # "0.02" and "0.99" are printed with two decimals, "0" and "0.011" with three.
    off_by = np.abs(on_binary - [0.02, 0.99, 0, 0.011])
    assert (off_by <= [0.005, 0.005, 0.0005, 0.0005]).all()


@given(nine_weights, any_activation)
def test_the_forward_pass_is_three_weighted_sums(weights: Array, activation: str) -> None:
    def squash(net: Array) -> Array:
        return 1 / (1 + np.exp(-net))

    plain: dict[str, Callable[[Array], Array]] = {
        "sigmoid": squash,
        "tanh": np.tanh,
        "relu": lambda net: net * (net > 0),
    }
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = weights
    x1, x2 = PATTERNS.T
    h1 = plain[activation](w1 + w2 * x1 + w3 * x2)
    h2 = plain[activation](w4 + w5 * x1 + w6 * x2)
    for ours, expected in zip(
        forward(weights, activation), (h1, h2, squash(w7 + w8 * h1 + w9 * h2)), strict=True
    ):
        np.testing.assert_allclose(ours, expected, rtol=1e-9, atol=1e-15)


def central_differences(function: Callable[[Array], Array], weights: Array) -> Array:
    step = 1e-5
    return np.array([
        (function(weights + nudge) - function(weights - nudge)) / (2 * step)
        for nudge in step * np.eye(9)
    ])  # fmt: skip


def away_from_the_kink(weights: Array) -> bool:
    x1, x2 = PATTERNS.T
    nets = [net_input(weights[k : k + 3], x1, x2) for k in (0, 3)]
    return bool((np.abs(nets) > 1e-3).all())


@settings(deadline=None)
@given(nine_weights, any_error, any_activation)
def test_the_gradients_are_the_finite_differences(
    weights: Array, error: str, activation: str
) -> None:
    weights = weights / 2  # keeps the third derivative, and with it the differences' own fault, low
    if activation == "relu" and not away_from_the_kink(weights):
        return
    terms = central_differences(lambda w: pattern_errors(w, error, activation), weights)
    for pattern in range(4):
        np.testing.assert_allclose(
            gradient(weights, pattern, error, activation), terms[:, pattern], rtol=0, atol=1e-7
        )
    whole = central_differences(lambda w: error_value(w, error, activation), weights)
    np.testing.assert_allclose(gradient(weights, None, error, activation), whole, rtol=0, atol=1e-7)


@given(nine_weights)
def test_each_error_is_what_its_name_says(weights: Array) -> None:
    y = forward(weights)[2]
    squares = (y - TARGETS) ** 2
    surprise = -TARGETS * np.log(y) - (1 - TARGETS) * np.log(1 - y)
    expected = {
        "mse": (squares, squares.mean()),
        "sse": (squares, squares.sum()),
        "half_mse": (squares / 2, squares.mean() / 2),
        "half_sse": (squares / 2, squares.sum() / 2),
        "cross_entropy": (surprise, surprise.mean()),
    }
    assert expected.keys() == set(ERRORS)
    for error, (terms, whole) in expected.items():
        np.testing.assert_allclose(pattern_errors(weights, error), terms, rtol=1e-7)
        np.testing.assert_allclose(error_value(weights, error), whole, rtol=1e-7)
        np.testing.assert_allclose(measure(y, error), whole, rtol=1e-7)


def test_measure_knows_the_root_and_the_largest_distance() -> None:
    outputs = [[0.1, 0.8, 1.0, 0.5], [0.0, 1.0, 1.0, 0.0]]
    mse = (0.01 + 0.04 + 0.25) / 4
    np.testing.assert_allclose(measure(outputs, "rms"), [mse**0.5, 0])
    np.testing.assert_allclose(measure(outputs, "max_error"), [0.5, 0])


def test_cross_entropy_is_finite_for_saturated_weights_but_not_for_saturated_outputs() -> None:
    always_one = np.array([0, 0, 0, 0, 0, 0, 1000.0, 0, 0])
    assert error_value(always_one, "cross_entropy") == 500
    assert measure(forward(always_one)[2], "cross_entropy") == np.inf
    assert measure(TARGETS, "cross_entropy") == 0
    assert gradient(always_one, error="cross_entropy")[6] == 0.5


@given(nine_weights, any_error, any_activation)
def test_exchanging_the_hidden_units_changes_nothing_else(
    weights: Array, error: str, activation: str
) -> None:
    h1, h2, y = forward(weights, activation)
    swapped_h1, swapped_h2, swapped_y = forward(weights[SWAP], activation)
    np.testing.assert_array_equal((h1, h2), (swapped_h2, swapped_h1))
    np.testing.assert_allclose(y, swapped_y, rtol=1e-12)
    np.testing.assert_allclose(
        gradient(weights, None, error, activation)[SWAP],
        gradient(weights[SWAP], None, error, activation),
        rtol=1e-9,
        atol=1e-12,
    )


@pytest.mark.parametrize("update", ["batch", "online"])
@pytest.mark.parametrize("error", ERRORS)
def test_an_epoch_collects_the_nine_changes_before_it_applies_them(update: str, error: str) -> None:
    weights, velocity = SEED_27, np.linspace(-1, 1, 9)
    trained, last_change, during = epoch(weights, velocity, 0.6, 0.9, update, error)
    steps: list[tuple[int | None, list[int]]] = [(None, [0, 1, 2, 3])]
    if update == "online":
        steps = [(pattern, [pattern]) for pattern in range(4)]
    seen: list[float] = []
    for pattern, outputs in steps:
        seen += forward(weights)[2][outputs].tolist()
        velocity = 0.9 * velocity - 0.6 * gradient(weights, pattern, error)
        weights = weights + velocity
    np.testing.assert_array_equal(trained, weights)
    np.testing.assert_array_equal(last_change, velocity)
    np.testing.assert_array_equal(during, seen)


def test_hidden_changes_use_the_output_weights_from_before_the_step() -> None:
    before, rate = SEED_27, 0.6
    h1, h2, y = (activation[0] for activation in forward(before))
    after_first_step = before - rate * gradient(before, 0)
    delta3 = 2 * y * y * (1 - y)
    for weight, h, change in [(7, h1, 0), (8, h2, 3)]:
        right = before[change] - rate * delta3 * before[weight] * h * (1 - h)
        too_late = before[change] - rate * delta3 * after_first_step[weight] * h * (1 - h)
        assert after_first_step[change] == pytest.approx(right, rel=1e-14)
        assert abs(right - too_late) > 1e-4
    # The epoch takes this very step first: the second pattern sees its weights.
    _, _, during = epoch(before, np.zeros(9), rate, update="online")
    assert during[1] == forward(after_first_step)[2][1]


@given(arrays(np.float64, (2, 3, 9), elements=st.floats(-5, 5)), any_activation)
def test_many_networks_at_once_are_each_network_alone(weights: Array, activation: str) -> None:
    together = (
        *forward(weights, activation),
        gradient(weights, 2, "mse", activation),
        error_value(weights, "sse", activation),
        *epoch(weights, 0 * weights, 0.5, 0.5, "online", "mse", activation),
    )
    alone = (
        *forward(weights[1, 2], activation),
        gradient(weights[1, 2], 2, "mse", activation),
        error_value(weights[1, 2], "sse", activation),
        *epoch(weights[1, 2], np.zeros(9), 0.5, 0.5, "online", "mse", activation),
    )
    for many, one in zip(together, alone, strict=True):
        np.testing.assert_allclose(many[1, 2], one, rtol=1e-12, atol=1e-15)


@given(
    arrays(np.float64, 9, elements=st.sampled_from([-1e300, -1e150, -1.0, 0.0, 1.0, 1e150, 1e300])),
    any_activation,
    any_error,
)
def test_extreme_weights_give_no_nan_and_no_warning(
    weights: Array, activation: str, error: str
) -> None:
    assert np.isfinite(forward(weights, activation)).all()
    assert np.isfinite(gradient(weights, None, error, activation)).all()
    assert not np.isnan(error_value(weights, error, activation))
    # A relu's sum may be far beyond 1e308, and its cross entropy with it; the others stay.
    assert activation == "relu" or np.isfinite(error_value(weights, error, activation))


@pytest.mark.parametrize("size", [1e8, 1e20, 1e150, 1e300])
def test_relus_products_beyond_the_largest_number_keep_their_sign(size: float) -> None:
    weights = np.array([size, 0, 0, size, 0, 0, 0, 1e300, -1e300])
    assert forward(weights, "relu")[2].tolist() == [0.5] * 4
    assert forward(weights * [1, 1, 1, 1, 1, 1, 1, 2, 1], "relu")[2].tolist() == [1] * 4
    assert forward(weights * [1, 1, 1, 1, 1, 1, 1, 1, 2], "relu")[2].tolist() == [0] * 4


@given(st.floats(-1e300, 1e300))
def test_the_sigmoid_is_symmetric_and_as_exact_as_its_definition(net: float) -> None:
    value, mirrored = sigmoid(np.array([net, -net]))
    assert value + mirrored == pytest.approx(1, rel=1e-15)
    if abs(net) < 700:
        assert value == pytest.approx(1 / (1 + np.exp(-net)), rel=1e-14)


ALREADY_TRAINED = np.array([-10.0, 20, 20, 30, -20, -20, -30, 20, 20])


@pytest.mark.parametrize("measured", ["after_epoch", "during_epoch"])
def test_a_start_that_satisfies_the_rule_takes_no_epoch(measured: str) -> None:
    outcome, epochs, weights = train_plainly(ALREADY_TRAINED, 1.0, measured=measured)
    assert (outcome, epochs) == (Outcome.CONVERGED, 0)
    np.testing.assert_array_equal(weights, ALREADY_TRAINED)
    assert not np.shares_memory(weights, ALREADY_TRAINED)


@pytest.mark.parametrize("momentum", [0.0, 0.5])
@pytest.mark.parametrize("update", ["batch", "online"])
@pytest.mark.parametrize("measured", ["after_epoch", "during_epoch"])
@pytest.mark.parametrize("metric", ["max_error", "rms"])
def test_training_stops_in_the_first_epoch_in_which_the_rule_holds(
    measured: str, metric: str, update: str, momentum: float
) -> None:
    outcome, epochs, final = train_plainly(
        SEED_27, 3.0, momentum=momentum, update=update, metric=metric, threshold=0.3,
        measured=measured,
    )  # fmt: skip
    assert outcome == Outcome.CONVERGED
    weights, velocity = SEED_27, np.zeros(9)
    for count in range(1, epochs + 1):
        weights, velocity, outputs = epoch(weights, velocity, 3.0, momentum, update)
        if measured == "after_epoch":
            outputs = forward(weights)[2]
        assert (measure(outputs, metric) < 0.3) == (count == epochs)
    np.testing.assert_array_equal(final, weights)


def test_a_run_that_is_cut_off_says_so() -> None:
    outcome, epochs, weights = train_plainly(SEED_27, 0.6, update="online", max_epochs=1614)
    assert (outcome, epochs) == (Outcome.MAX_EPOCHS, 1614)
    assert error_value(weights) >= 1e-3
    outcome, epochs, weights = train_plainly(SEED_27, 0.6, max_epochs=0)
    assert (outcome, epochs, weights.tolist()) == (Outcome.MAX_EPOCHS, 0, SEED_27.tolist())


def test_a_run_that_no_longer_moves_has_stalled() -> None:
    outcome, epochs, weights = train_plainly(SEED_27, 0.0, max_epochs=10)
    assert (outcome, epochs) == (Outcome.STALLED, 1)
    # All outputs round to 1: y*(1 - y) and with it every step is exactly 0.
    always_one = np.array([0, 0, 0, 0, 0, 0, 1000.0, 0, 0])
    outcome, epochs, weights = train_plainly(always_one, 1.0, momentum=0.9, max_epochs=10)
    assert (outcome, epochs, weights.tolist()) == (Outcome.STALLED, 1, always_one.tolist())


def test_momentum_that_still_changes_is_not_a_stall() -> None:
    """Steps too small to change a weight may still add up in the momentum, and only there."""
    assert train_plainly(SEED_27, 1e-30, max_epochs=99)[:2] == (Outcome.STALLED, 1)
    outcome, epochs, _ = train_plainly(SEED_27, 1e-30, momentum=0.5, max_epochs=99)
    assert outcome == Outcome.STALLED
    # A sum of halves needs about as many terms as a double has bits to be complete.
    assert 50 < epochs < 60


@pytest.mark.parametrize("update", ["batch", "online"])
def test_a_run_whose_weights_overflow_ends_without_a_warning(update: str) -> None:
    heavy_output = SEED_27 * [1, 1, 1, 1, 1, 1, 1, 100, 100]
    outcome, epochs, weights = train_plainly(
        heavy_output, 1e308, update=update, error="cross_entropy"
    )
    assert outcome == Outcome.NONFINITE
    assert epochs == 1
    assert not np.isfinite(weights).all()


def test_the_given_start_is_left_as_it_was() -> None:
    start = SEED_27.copy()
    for update in ("batch", "online"):
        train_plainly(start, 1.0, update=update, max_epochs=3)
        epoch(start, np.zeros(9), 1.0, update=update)
    np.testing.assert_array_equal(start, SEED_27)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: forward(SEED_27, "softplus"), ["activation", "softplus", *ACTIVATIONS]),
        (lambda: gradient(SEED_27, error="rms"), ["error", "rms", *ERRORS]),
        (lambda: gradient(SEED_27, pattern=4), ["pattern", "4", "0, 1, 2, 3"]),
        (lambda: error_value(SEED_27, "mae"), ["error", "mae", *ERRORS]),
        (lambda: measure(TARGETS, "mae"), ["metric", "mae", *METRICS]),
        (lambda: epoch(SEED_27, SEED_27, 1.0, update="often"), ["update", "often", "online"]),
        (lambda: train_plainly(SEED_27, 1.0, measured="now"), ["measured", "now", "after_epoch"]),
        (lambda: forward(SEED_27[:8]), ["(8,)", "nine"]),
    ],
)
def test_what_cannot_be_computed_is_refused_in_one_sentence(
    call: Callable[[], object], words: list[str]
) -> None:
    with pytest.raises(ValueError) as refusal:
        call()
    sentence = str(refusal.value)
    assert all(word in sentence for word in words)
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_the_module_needs_neither_numba_nor_pandas() -> None:
    check = (
        "import sys, xorbench.network; sys.exit('numba' in sys.modules or 'pandas' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", check], check=True)


def test_the_examples_run() -> None:
    assert doctest.testmod(network).failed == 0
