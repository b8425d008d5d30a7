"""Single precision: the same kernel with shorter numbers, and the same statistics."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest

import xorbench
from tests.kernel_runs import OUTCOMES, Setting, seeds, train
from tests.test_lanes import careful_forward, fast_forward, is_safe
from xorbench import network
from xorbench.kernel.arithmetic import SINGLE_LARGEST_NET
from xorbench.outcome import Outcome
from xorbench.table import WEIGHTS
from xorbench.training import explain_run

EPSILON = float(np.finfo(np.float32).eps)
CONVERGED = OUTCOMES.index(Outcome.CONVERGED)


@pytest.mark.parametrize("update", ["batch", "online"])
@pytest.mark.parametrize("error", ["mse", "cross_entropy"])
def test_an_epoch_is_the_plain_networks_to_single_precision(update: str, error: str) -> None:
    starts = np.random.default_rng(1).uniform(-3, 3, (300, 9)).astype(np.float32).astype(float)
    setting = Setting(
        0.5, update=update, error=error, momentum=0.5, max_epochs=1, precision="single"
    )
    weights = train(starts, setting)["weights"]
    expected, _, _ = network.epoch(starts, 0 * starts, 0.5, 0.5, update, error)
    np.testing.assert_allclose(weights, expected, rtol=20 * EPSILON, atol=20 * EPSILON)
    assert (weights == weights.astype(np.float32)).all()
    assert (weights != expected).mean() > 0.5


@pytest.mark.parametrize("learning_rate", [0.5, 2.0, 5.0])
def test_shares_and_quantiles_agree_with_double_precision(learning_rate: float) -> None:
    starts = seeds(0, 5000)
    double, single = (
        train(starts, Setting(learning_rate, max_epochs=30_000, precision=precision))
        for precision in ("double", "single")
    )
    both = [np.sort(runs["epochs"][runs["outcomes"] == CONVERGED]) for runs in (double, single)]
    interval = binomtest(both[0].size, len(starts)).proportion_ci(0.95, "wilson")
    assert interval.low < both[1].size / len(starts) < interval.high
    for quantile in (0.1, 0.5, 0.9):
        # The order statistics between which the quantile lies with 95 % confidence.
        first, last = binom.interval(0.95, both[0].size, quantile)
        assert both[0][int(first)] <= np.quantile(both[1], quantile) <= both[0][int(last)]


def test_a_run_that_converged_is_below_the_threshold() -> None:
    runs = train(seeds(0, 2000), Setting(5.0, max_epochs=3000, precision="single"))
    converged = runs["outcomes"] == CONVERGED
    mse = runs["measures"][:, 0]
    assert converged.sum() > 1000
    assert (mse[converged] < 0.001).all()
    assert (mse[~converged] >= 0.001).all()
    _, _, y = network.forward(runs["weights"])
    np.testing.assert_allclose(mse, network.measure(y, "mse"), rtol=1e-4)


@pytest.mark.parametrize("size", [1.0, 80.0, float(SINGLE_LARGEST_NET), 86.0, 300.0, 1e30])
def test_weights_of_any_size(size: float) -> None:
    for direction in np.random.default_rng(3).uniform(-1, 1, (50, 9)):
        units = np.abs(direction).reshape(3, 3).sum(axis=1)
        weights = (direction * (size / units.max())).astype(np.float32)
        nine = tuple(weights)
        careful = np.array(careful_forward(nine))
        assert (careful == careful.astype(np.float32)).all()
        if size <= 80:
            assert is_safe(nine)
            assert np.array(fast_forward(nine)).tobytes() == careful.tobytes()
        if size > 85:
            assert not is_safe(nine)
        if size < 1e30:  # beyond, the order of a sum decides
            plain = np.array(network.forward(weights.astype(float)))
            np.testing.assert_allclose(careful, plain, rtol=300 * EPSILON * size, atol=1e-6)


def test_rows_are_the_same_alone_and_in_a_grid_of_both_precisions() -> None:
    table = xorbench.sweep(
        range(40), [1.0, 4.0], precision=["double", "single"], max_epochs=2000, threads=2
    )
    for precision, part in table.groupby("precision", observed=True):
        alone = xorbench.sweep(range(40), [1.0, 4.0], precision=precision, max_epochs=2000)
        columns = [name for name in alone.columns if name in table.columns]
        assert part[columns].reset_index(drop=True).equals(alone[columns])
    assert (table.precision == "single").sum() == 80


def test_the_recorded_run_is_the_one_of_the_sweep() -> None:
    run = xorbench.train(seed=3, learning_rate=4.0, precision="single", max_epochs=5000)
    (row,) = xorbench.sweep(3, 4.0, precision="single", max_epochs=5000).to_dict("records")
    last = run.history.iloc[-1]
    assert (run.outcome, run.epochs) == (row["outcome"], row["epochs"])
    for name in ("mse", "max_error", *(f"w{k}" for k in range(1, 10))):
        assert last[name] == row[name]
    assert run.outcome == Outcome.CONVERGED


def test_single_precision_stalls_where_double_still_moves() -> None:
    stalled = {}
    for precision in ("double", "single"):
        setting = Setting(1e-9, max_epochs=20_000, precision=precision)
        outcomes = train(seeds(0, 300), setting)["outcomes"]
        stalled[precision] = (outcomes == OUTCOMES.index(Outcome.STALLED)).mean()
    assert stalled["double"] == 0
    assert stalled["single"] > 0.9


def test_the_history_begins_with_the_weights_that_are_trained() -> None:
    run = xorbench.train(seed=27, precision="single", stop="mse < 1e60")
    assert run.epochs == 0
    assert run.history[list(WEIGHTS)].iloc[0].tolist() == run.weights.tolist()
    text = explain_run(run)
    assert "single precision." in text
    assert "Two lines of NumPy draw them again from seed 27" in text


def test_weights_too_large_for_a_single_overflow_without_a_warning() -> None:
    run = xorbench.train(initial_weights=[1e39] * 9, precision="single")
    assert (run.outcome, run.epochs) == (Outcome.NONFINITE, 1)
    assert np.isinf(run.history.w1[0])
