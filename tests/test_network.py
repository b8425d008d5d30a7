"""The 2-2-1 network against the tutorial's numbers, finite differences and its symmetries."""

import doctest
import itertools
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xorbench import network
from xorbench.network import (
    ACTIVATIONS,
    ERRORS,
    IN_ORDER,
    METRICS,
    ORDERS,
    PATTERNS,
    TARGETS,
    UPDATES,
    Array,
    Order,
    Targets,
    epoch,
    error_value,
    forward,
    gradient,
    measure,
    net_input,
    pattern_errors,
    random_orders,
    sigmoid,
    train_plainly,
)
from xorbench.optimizers import OPTIMIZERS, first_state, step
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
any_targets = st.sampled_from([(0.0, 1.0), (0.1, 0.9), (0.0, 0.5), (0.25, 1.0)])
any_update = st.sampled_from(UPDATES)
any_optimizer = st.sampled_from(sorted(OPTIMIZERS))
any_order = st.sampled_from(ORDERS)

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
@given(nine_weights, any_error, any_activation, any_targets)
def test_the_gradients_are_the_finite_differences(
    weights: Array, error: str, activation: str, targets: Targets
) -> None:
    weights = weights / 2  # keeps the third derivative, and with it the differences' own fault, low
    if activation == "relu" and not away_from_the_kink(weights):
        return
    terms = central_differences(lambda w: pattern_errors(w, error, activation, targets), weights)
    for pattern in range(4):
        np.testing.assert_allclose(
            gradient(weights, pattern, error, activation, targets),
            terms[:, pattern],
            rtol=0,
            atol=1e-7,
        )
    whole = central_differences(lambda w: error_value(w, error, activation, targets), weights)
    slopes = gradient(weights, None, error, activation, targets)
    np.testing.assert_allclose(slopes, whole, rtol=0, atol=1e-7)


def test_the_slope_of_a_relu_at_its_kink_is_zero() -> None:
    weights = np.array([0, 1, -1, -1, 1, 1, 0.5, 1, 1], dtype=np.float64)
    # net1 is 0 for 00 and 11, net2 for 01 and 10.
    assert gradient(weights, 0, activation="relu")[:6].tolist() == [0] * 6
    assert gradient(weights, 1, activation="relu")[:6].tolist() == [0] * 6
    assert gradient(weights, 3, activation="relu")[:3].tolist() == [0] * 3
    assert gradient(weights, 3, activation="relu")[3:6].all()


@given(nine_weights, any_targets)
def test_each_error_is_what_its_name_says(weights: Array, targets: Targets) -> None:
    y = forward(weights)[2]
    low, high = targets
    t = np.array([low, high, high, low])
    squares = (y - t) ** 2
    surprise = -t * np.log(y) - (1 - t) * np.log(1 - y)
    expected = {
        "mse": (squares, squares.mean()),
        "sse": (squares, squares.sum()),
        "half_mse": (squares / 2, squares.mean() / 2),
        "half_sse": (squares / 2, squares.sum() / 2),
        "cross_entropy": (surprise, surprise.mean()),
    }
    assert expected.keys() == set(ERRORS)
    for error, (terms, whole) in expected.items():
        found = pattern_errors(weights, error, targets=targets)
        np.testing.assert_allclose(found, terms, rtol=1e-7)
        found = error_value(weights, error, targets=targets)
        np.testing.assert_allclose(found, whole, rtol=1e-7)
        np.testing.assert_allclose(measure(y, error, targets), whole, rtol=1e-7)
    np.testing.assert_allclose(measure(y, "rms", targets), squares.mean() ** 0.5, rtol=1e-7)
    np.testing.assert_allclose(measure(y, "max_error", targets), np.abs(y - t).max(), rtol=1e-7)


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
    # Where it should be 0.9 for two patterns and 0 for two, -ln(1 - y) weighs 0.1 and 1.
    softly = error_value(always_one, "cross_entropy", targets=(0.0, 0.9))
    assert softly == pytest.approx(1000 * 2.2 / 4, rel=1e-14)
    assert measure([0, 0.5, 0.5, 0], "cross_entropy", (0.0, 0.5)) == pytest.approx(np.log(2) / 2)


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


@given(nine_weights, any_order, any_optimizer, any_targets)
def test_a_shuffled_epoch_takes_the_patterns_in_the_order_given(
    weights: Array, order: Order, optimizer: str, targets: Targets
) -> None:
    state = first_state(optimizer, 0.1)
    trained, last_state, during = epoch(
        weights, state, 0.1, 0.5, "shuffled", optimizer=optimizer, targets=targets, order=order
    )
    for pattern in order:
        assert during[pattern] == forward(weights)[2][pattern]
        slopes = gradient(weights, pattern, targets=targets)
        change, state = step(slopes, state, optimizer, 0.1, 0.5)
        weights = weights + change
    np.testing.assert_array_equal(trained, weights)
    np.testing.assert_array_equal(last_state, state)


def test_online_and_batch_epochs_do_not_look_at_the_order() -> None:
    for update in ("batch", "online"):
        plain = epoch(SEED_27, np.zeros(9), 0.6, update=update)
        other = epoch(SEED_27, np.zeros(9), 0.6, update=update, order=(3, 2, 1, 0))
        np.testing.assert_equal(other, plain)
    shuffled = epoch(SEED_27, np.zeros(9), 0.6, update="shuffled", order=IN_ORDER)
    np.testing.assert_equal(shuffled, epoch(SEED_27, np.zeros(9), 0.6, update="online"))


@pytest.mark.parametrize("update", UPDATES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_exchanged_hidden_units_stay_exchanged_while_they_are_trained(
    update: str, optimizer: str, activation: str
) -> None:
    weights = np.random.RandomState(1).uniform(-1, 1, (20, 1, 9))
    both = np.concatenate([weights, weights[..., SWAP]], axis=1)
    state = first_state(optimizer, 0.1)
    for order in ORDERS[3:6]:
        both, state, _ = epoch(
            both, state, 0.1, 0.5, update, "mse", activation,
            optimizer=optimizer, targets=(0.1, 0.9), order=order,
        )  # fmt: skip
    assert (np.abs(both - np.concatenate([weights, weights[..., SWAP]], axis=1)) > 1e-3).any()
    np.testing.assert_allclose(both[:, 0, SWAP], both[:, 1], rtol=0, atol=1e-9)


def test_a_relu_network_is_trained_by_hand() -> None:
    """With h1 = 1, 1, 1, 1 and h2 = 0, 1, 1, 2, and w7, w8, w9 = 0, so that y is 1/2 of all."""
    weights = np.array([1, 0, 0, 0, 1, 1, 0, 0, 0], dtype=np.float64)
    _, velocity, during = epoch(weights, np.zeros(9), 8.0, error="sse", activation="relu")
    assert during.tolist() == [0.5] * 4
    # delta3 = 2 (y - t) y (1 - y) is 1/4, -1/4, -1/4, 1/4: the sums with 1 and h1 cancel, with h2
    # they do too, and without output weights nothing reaches the hidden units.
    assert velocity.tolist() == [0] * 9
    trained, _, _ = epoch(
        weights, np.zeros(9), 8.0, error="sse", activation="relu", targets=(0.0, 0.5)
    )
    # Of 01 and 10 nothing is left: the sum of 1/4 + 1/4 for the bias and h1, of 2/4 for h2.
    assert (trained - weights).tolist() == [0, 0, 0, 0, 0, 0, -4, -4, -4]


def test_orders_go_on_in_the_stream_of_the_weights() -> None:
    random = np.random.RandomState(27)
    random.random_sample((3, 2)), random.random_sample((3, 1))
    drawn = itertools.islice(random_orders(random), 1000)
    numbers = np.random.RandomState(27).random_sample(1009)[9:]
    listed = list(itertools.permutations(range(4)))
    assert list(drawn) == [listed[int(24 * number)] for number in numbers]


def test_orders_after_normal_weights_do_not_heed_the_spare_number() -> None:
    random, counted = np.random.RandomState(27), np.random.RandomState(27)
    random.normal(size=9)
    pairs = 0
    while pairs < 5:
        point = 2 * counted.random_sample(2) - 1
        pairs += int(0 < point @ point < 1)
    drawn = list(itertools.islice(random_orders(random), 5))
    assert drawn == [ORDERS[int(24 * number)] for number in counted.random_sample(5)]


def test_the_first_and_the_last_order() -> None:
    class Stream(np.random.RandomState):
        numbers = iter([0.0, np.nextafter(1 / 24, 0), 1 / 24, np.nextafter(1, 0)])

        def random_sample(self) -> float:  # type: ignore[override]
            return float(next(self.numbers))

    drawn = list(itertools.islice(random_orders(Stream()), 4))
    assert drawn == [(0, 1, 2, 3), (0, 1, 2, 3), (0, 1, 3, 2), (3, 2, 1, 0)]


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
    assert forward(weights * [1, 1, 1, 1, 1, 1, 1, 1, 2], "relu")[2].max() < 1e-300


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


def test_training_is_its_epochs_whatever_the_regime() -> None:
    for optimizer, activation, targets in [
        ("nesterov", "tanh", (0.1, 0.9)),
        ("rprop", "relu", (0.0, 1.0)),
        ("adam", "sigmoid", (0.2, 1.0)),
        ("quickprop", "tanh", (0.0, 0.9)),
    ]:
        online = optimizer in ("nesterov", "adam")
        update, momentum = ("shuffled" if online else "batch"), 0.5 * (optimizer == "nesterov")
        constants = {"adam_beta1": 0.5, "rprop_increase": 1.1, "quickprop_growth": 1.5}
        orders = [ORDERS[5 * k % 24] for k in range(9)]
        _, epochs, final = train_plainly(
            SEED_27, 0.3, momentum=momentum, update=update, activation=activation, max_epochs=9,
            optimizer=optimizer, targets=targets, constants=constants, orders=iter(orders),
        )  # fmt: skip
        weights, state = SEED_27, first_state(optimizer, 0.3)
        for order in orders:
            weights, state, _ = epoch(
                weights, state, 0.3, momentum, update, "mse", activation,
                optimizer=optimizer, targets=targets, constants=constants, order=order,
            )  # fmt: skip
        assert epochs == 9
        np.testing.assert_array_equal(final, weights)


@pytest.mark.parametrize(
    ("optimizer", "rate", "momentum"),
    [("nesterov", 0.5, 0.9), ("rprop", 0.1, 0), ("adam", 0.1, 0), ("quickprop", 1.0, 0)],
)
@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_every_optimizer_learns(
    optimizer: str, rate: float, momentum: float, activation: str
) -> None:
    starts = np.random.RandomState(0).uniform(-1, 1, (8, 9))
    outcomes = [
        train_plainly(
            start, rate, momentum=momentum, activation=activation, optimizer=optimizer,
            threshold=0.01, max_epochs=1500,
        )[0]
        for start in starts
    ]  # fmt: skip
    assert outcomes.count(Outcome.CONVERGED) >= 3


def test_the_stop_rule_measures_the_distance_from_the_targets() -> None:
    outcome, _, weights = train_plainly(SEED_27, 5.0, targets=(0.1, 0.9), threshold=1e-4)
    assert outcome == Outcome.CONVERGED
    np.testing.assert_allclose(forward(weights)[2], [0.1, 0.9, 0.9, 0.1], rtol=0, atol=0.02)
    # What these targets are reached with is not yet near 0 and 1.
    assert error_value(weights) > 5e-3


def test_a_shuffled_run_stalls_when_no_pattern_moves_it() -> None:
    def trained(start: Array, order: Order) -> tuple[Outcome, int]:
        return train_plainly(
            start, 1.0, update="shuffled", error="half_sse", activation="relu", max_epochs=50,
            orders=itertools.repeat(order),
        )[:2]  # fmt: skip

    always_one = np.array([0, 0, 0, 0, 0, 0, 1000.0, 0, 0])
    assert trained(always_one, (2, 0, 3, 1)) == (Outcome.STALLED, 1)
    outcome, epochs, _ = train_plainly(SEED_27, 0.0, update="shuffled", orders=[IN_ORDER] * 9)
    assert (outcome, epochs) == (Outcome.STALLED, 1)


def test_steps_that_cancel_in_one_order_are_not_a_stall() -> None:
    """An epoch that ends where it began says nothing of the other orders."""
    start, ended = SEED_27, []

    def there_and_back(weights: Array, state: Array, *_: object, **given: Any) -> Any:
        moved = weights if len(given["order"]) == 4 else weights + 1
        return moved, state, np.full(4, 0.5)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "epoch", there_and_back)
        for update in ("online", "shuffled"):
            orders = [IN_ORDER] * 9
            ended.append(train_plainly(start, 1.0, update=update, orders=orders, max_epochs=9)[:2])
    assert ended == [(Outcome.STALLED, 1), (Outcome.MAX_EPOCHS, 9)]


def test_what_an_optimizer_remembers_may_still_move_the_weights() -> None:
    """Rprop's steps grow, unseen at first."""
    outcome, _, weights = train_plainly(SEED_27, 1e-30, optimizer="rprop", max_epochs=100)
    assert (outcome, weights.tolist()) == (Outcome.MAX_EPOCHS, SEED_27.tolist())
    outcome, _, weights = train_plainly(SEED_27, 1e-30, optimizer="rprop", max_epochs=300)
    assert (outcome, (weights != SEED_27).all()) == (Outcome.MAX_EPOCHS, True)


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
        (lambda: epoch(SEED_27, SEED_27, 1.0, optimizer="sgd"), ["optimizer", "sgd", *OPTIMIZERS]),
        (lambda: train_plainly(SEED_27, 1.0, optimizer="sgd"), ["optimizer", "sgd", *OPTIMIZERS]),
        (lambda: train_plainly(SEED_27, 1.0, update="shuffled"), ["orders", "shuffled"]),
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
