"""Rows of a grid as the kernel's numbers, against the settings and the plain network."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.kernel_runs import compiled
from xorbench.axes import CONSTANTS
from xorbench.encoding import (
    ACTIVATIONS,
    FACTORS,
    OPTIMIZERS,
    PRECISIONS,
    UPDATES,
    Grid,
    Queue,
    Variant,
    threshold,
)
from xorbench.kernel import forward as kernel_forward
from xorbench.kernel.layout import Quad
from xorbench.kernel.optimizers import DESCENT, MOMENTUM
from xorbench.network import ERRORS, METRICS, TARGETS, forward, gradient, measure
from xorbench.notation import StopRule
from xorbench.seeding import outputs_taken, starting_weights
from xorbench.settings import AXES, Point, Settings, make_settings

GRID = make_settings(
    seeds=[27, 3],
    learning_rate=[0.1, 2],
    output_rate_ratio=[1, 0.5],
    update=["batch", "online"],
    momentum=[0.0, 0.9],
    error=["half_mse", "cross_entropy"],
    init=["uniform:-1,1", "normal:0.5"],
    stop=["rms < 0.1", "max_error < 0.4"],
    measured=["after_epoch", "during_epoch"],
    max_epochs=[10, 20],
    precision=["double", "single"],
)

SQUARES: dict[str, Callable[[float], float]] = {
    "sse": lambda squares: squares,
    "half_sse": lambda squares: squares / 2,
    "mse": lambda squares: squares / 4,
    "half_mse": lambda squares: squares / 8,
    "rms": lambda squares: math.sqrt(squares / 4),
}
"""The metrics that follow from the sum of the squares."""

outputs = st.tuples(*[st.floats(1e-9, 1 - 1e-9)] * 4)


@compiled
def kernel_measure(y: Quad, metric: int) -> float:
    return kernel_forward.measure(y, metric, 0.0, 1.0)


def variant_of(point: Point) -> Variant:
    optimizer = OPTIMIZERS[point.optimizer]
    return Variant(
        update=UPDATES[point.update],
        optimizer=MOMENTUM if optimizer == DESCENT and point.momentum else optimizer,
        activation=ACTIVATIONS[point.activation],
        soft=int((point.targets.low, point.targets.high) != (0, 1)),
        cross_entropy=int(point.error == "cross_entropy"),
        metric=threshold(point.stop)[0],
        during=int(point.measured == "during_epoch"),
        precision=PRECISIONS.index(point.precision),
    )


def constants_of(point: Point) -> list[float]:
    """List what follows the rate: the factor, and the optimizer's own constants, four in all."""
    own = {
        "rprop": [
            point.rprop_increase,
            point.rprop_decrease,
            point.rprop_smallest_step,
            point.rprop_largest_step,
        ],
        "adam": [point.adam_beta1, point.adam_beta2, point.adam_epsilon],
        "quickprop": [point.quickprop_growth],
    }.get(point.optimizer, [point.momentum])
    return [FACTORS[point.update, point.error], *own, *[0.0] * (4 - len(own))]


def assert_same_border(limit: float, wanted: float, precision: type[np.floating]) -> None:
    """Check that the numbers of a precision below one limit are those below the other."""
    assert float(precision(limit)) == limit
    assert float(np.nextafter(precision(limit), precision(-np.inf))) < wanted <= limit


def assert_encoded(settings: Settings, queue: Queue) -> None:
    """Check every number of a queue against the settings, row by row."""
    for k, row in enumerate(queue.rows.tolist()):
        index, place = settings.locate(row)
        point, seed = settings.point(index), settings.seed(place)
        scaled = point.optimizer in ("gradient_descent", "nesterov")
        factor = FACTORS[point.update, point.error] if scaled else 1.0
        assert queue.variant == variant_of(point)
        rate, output_rate, *constants, limit, low, high = queue.parameters[k].tolist()
        assert rate == factor * point.learning_rate
        assert constants == constants_of(point)
        assert output_rate == factor * (point.learning_rate * point.output_rate_ratio)
        assert (low, high) == (point.targets.low, point.targets.high)
        assert_same_border(limit, threshold(point.stop)[1], queue.variant.dtype)
        assert queue.limits[k] == point.max_epochs
        assert (queue.starts[k] == starting_weights([seed], point.init)).all()
        if point.update == "shuffled":
            assert (queue.seeds[k], queue.taken[k]) == (seed, outputs_taken([seed], point.init)[0])


def test_the_grid_has_two_values_on_every_axis_that_can() -> None:
    single = {name for name in AXES if len(getattr(GRID, name)) == 1}
    assert single == {"optimizer", "activation", "targets", *CONSTANTS}
    assert GRID.rows == 2**11


OTHER_GRIDS = [
    {"optimizer": ["nesterov"], "momentum": [0.5, 0.9], "update": ["batch", "shuffled"]},
    {"optimizer": ["rprop", "quickprop"], "rprop_increase": [1.1, 1.2], "quickprop_growth": [2, 3]},
    {"optimizer": ["gradient_descent", "adam"], "adam_beta1": [0.5, 0.9], "adam_epsilon": 1e-6},
    {"activation": ["sigmoid", "tanh", "relu"], "targets": ["0,1", "0.1,0.9"]},
    {"update": ["shuffled", "online"], "init": ["normal:1", "xavier", "uniform:0,1"]},
]


@pytest.mark.parametrize("given", OTHER_GRIDS)
def test_each_optimizer_activation_and_pair_of_targets_is_encoded(given: dict[str, Any]) -> None:
    settings = make_settings(seeds=[27, 3], learning_rate=[0.1, 2], **given)
    grid = Grid(settings)
    queues = list(grid.queues(range(settings.rows)))
    for queue in queues:
        assert_encoded(settings, queue)
    assert {queue.variant for queue in queues} == set(grid.variants())


def test_each_row_is_the_point_and_the_seed_of_the_settings() -> None:
    queues = list(Grid(GRID).queues(range(GRID.rows)))
    assert np.concatenate([queue.rows for queue in queues]).tolist() == list(range(GRID.rows))
    for queue in queues:
        assert_encoded(GRID, queue)


def test_a_queue_is_as_long_as_its_variant_lasts() -> None:
    queues = list(Grid(GRID).queues(range(GRID.rows)))
    variants = [queue.variant for queue in queues]
    assert all(one != other for one, other in itertools.pairwise(variants))
    assert set(variants) == set(Grid(GRID).variants())
    assert len(Grid(GRID).variants()) == 2**6


@given(st.lists(st.integers(1, GRID.rows - 1), unique=True, max_size=5).map(sorted))
def test_parts_of_the_rows_are_encoded_as_the_whole(cuts: list[int]) -> None:
    whole = list(Grid(GRID).queues(range(GRID.rows)))
    parts = [
        queue
        for start, stop in zip([0, *cuts], [*cuts, GRID.rows], strict=True)
        for queue in Grid(GRID).queues(range(start, stop))
    ]
    for name in ("rows", "starts", "parameters", "limits"):
        one, other = (np.concatenate([getattr(q, name) for q in qs]) for qs in (whole, parts))
        assert np.array_equal(one, other)


def test_the_last_rows_of_the_largest_grids() -> None:
    settings = make_settings(
        seeds="0:4294967296",
        learning_rate="log:1:1000:1000",
        update="batch,online",
        momentum="0,0.5",
    )
    assert settings.rows > 10**13
    for queue in Grid(settings).queues(range(settings.rows - 3, settings.rows)):
        assert_encoded(settings, queue)


def test_given_weights_start_each_point() -> None:
    weights = np.random.default_rng(0).normal(size=(3, 9))
    settings = make_settings(initial_weights=weights, learning_rate=[1, 2])
    (queue,) = Grid(settings).queues(range(1, 6))
    assert np.array_equal(queue.starts, weights[[1, 2, 0, 1, 2]])
    assert Grid(settings).seeds(np.arange(3)).tolist() == [0, 1, 2]


def test_the_arrays_are_of_the_types_that_the_kernel_is_compiled_for() -> None:
    # The compiled kernel does not look again.
    for weights in (None, np.asfortranarray(np.ones((9, 9), np.float32))):
        settings = make_settings(update="batch,online", initial_weights=weights)
        for queue in Grid(settings).queues(range(5, settings.rows)):
            for array, dtype in (
                (queue.rows, np.int64),
                (queue.seeds, np.int64),
                (queue.taken, np.int64),
                (queue.starts, np.float64),
                (queue.parameters, np.float64),
                (queue.limits, np.int64),
            ):
                assert array.dtype == dtype
                assert array.flags.c_contiguous


@pytest.mark.parametrize("threshold_text", ["0.001", "0.25", "0.1", "1e-30", "1e30", "1e60"])
def test_a_threshold_means_the_same_in_single_precision(threshold_text: str) -> None:
    for metric in ("sse", "max_error", "cross_entropy"):
        settings = make_settings(stop=f"{metric} < {threshold_text}", precision="single")
        (queue,) = Grid(settings).queues(range(1))
        assert_same_border(queue.parameters[0, 7], threshold(settings.stop[0])[1], np.float32)


@pytest.mark.parametrize(("update", "error"), FACTORS)
def test_the_factors_are_those_of_the_gradient(update: str, error: str) -> None:
    weights = starting_weights(range(20), GRID.init[1])
    y = forward(weights)[2]
    delta = (y - TARGETS) if error == "cross_entropy" else (y - TARGETS) * y * (1 - y)
    if update == "batch":
        bias = gradient(weights, error=error)[:, 6]
        np.testing.assert_allclose(bias, FACTORS[update, error] * delta.sum(axis=1), rtol=1e-13)
    for pattern in range(4) if update == "online" else ():
        bias = gradient(weights, pattern, error)[:, 6]
        np.testing.assert_allclose(bias, FACTORS[update, error] * delta[:, pattern], rtol=1e-13)


def test_the_factors_do_not_round() -> None:
    assert {math.frexp(factor)[0] for factor in FACTORS.values()} == {0.5}  # powers of two
    assert set(FACTORS) == set(itertools.product(UPDATES, ERRORS))


@given(outputs, st.sampled_from(METRICS), st.sampled_from([1 - 1e-9, 1 + 1e-9, 0.5, 2.0]))
def test_a_rule_is_decided_as_the_plain_network_decides_it(
    y: tuple[float, float, float, float], metric: str, factor: float
) -> None:
    rule = StopRule(metric, float(factor * measure(y, metric)))
    kernel_metric, limit = threshold(rule)
    assert (kernel_measure(y, kernel_metric) < limit) == (measure(y, metric) < rule.threshold)


@given(st.floats(1e-9, 1 - 1e-9))
def test_the_border_of_the_largest_error_is_exact(output: float) -> None:
    y = (0.0, output, 1.0, 0.0)
    value = float(measure(y, "max_error"))
    for limit, holds in ((value, False), (math.nextafter(value, 1), True)):
        metric, number = threshold(StopRule("max_error", limit))
        assert (kernel_measure(y, metric) < number) is holds


@given(st.sampled_from(sorted(SQUARES)), st.floats(1e-300, 1e300), st.integers(-3, 3))
def test_the_border_of_a_sum_of_squares_is_exact(metric: str, limit: float, steps: int) -> None:
    kernel_metric, squares = threshold(StopRule(metric, limit))
    assert kernel_metric == kernel_forward.SUM_OF_SQUARES
    border = squares
    for _ in range(abs(steps)):
        border = math.nextafter(border, math.copysign(math.inf, steps))
    assert (border < squares) == (SQUARES[metric](border) < limit)
