"""Every optimizer, activation, update and pair of targets in the kernel, against plain NumPy."""

from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

import xorbench
from tests.kernel_runs import OUTCOMES, Setting, seeds, states, train, train_one
from tests.test_lanes import assert_same_bits
from xorbench import gates, network
from xorbench.kernel.layout import LANES
from xorbench.network import Array, random_orders
from xorbench.notation import Init, Targets
from xorbench.outcome import Outcome
from xorbench.seeding import outputs_taken, starting_weights

SOFT = (0.1, 0.9)

REGIMES = [
    Setting(0.5, optimizer="nesterov", momentum=0.7),
    Setting(0.5, optimizer="nesterov", momentum=0.7, update="online", activation="tanh"),
    Setting(0.05, optimizer="rprop"),
    Setting(0.05, optimizer="rprop", activation="relu", targets=SOFT),
    Setting(0.05, optimizer="adam"),
    Setting(0.02, optimizer="adam", update="online", targets=SOFT, measured="during_epoch"),
    Setting(0.02, optimizer="adam", activation="tanh", error="cross_entropy", targets=SOFT),
    Setting(0.5, optimizer="quickprop"),
    Setting(0.5, optimizer="quickprop", activation="tanh", error="sse"),
    Setting(0.5, activation="tanh"),
    Setting(0.5, activation="relu", momentum=0.5),
    Setting(0.5, activation="relu", update="online", metric="max_error", targets=SOFT),
    Setting(0.5, activation="tanh", update="online", measured="during_epoch"),
    Setting(0.5, targets=(0.2, 0.7), metric="max_error"),
    Setting(0.5, output_rate_ratio=0.3),
    Setting(0.5, optimizer="nesterov", momentum=0.7, output_rate_ratio=4.0),
    Setting(0.02, optimizer="rprop", output_rate_ratio=5.0),
    Setting(0.05, optimizer="adam", output_rate_ratio=0.1),
    Setting(0.5, optimizer="quickprop", output_rate_ratio=3.0),
    Setting(0.5, update="online", measured="during_epoch", output_rate_ratio=0.0),
]
SHUFFLED = [
    Setting(0.5, update="shuffled", output_rate_ratio=0.5),
    Setting(0.5, update="shuffled", measured="during_epoch", activation="tanh", momentum=0.5),
    Setting(0.02, update="shuffled", optimizer="adam", targets=SOFT, metric="max_error"),
]
NEVER = 1e-300


def spread_starts(count: int) -> Array:
    return np.random.default_rng(4).uniform(-2, 2, (count, 9))


def orders_of(row: int) -> object:
    """The orders of a run that was given its weights."""
    return random_orders(np.random.RandomState(row))


@pytest.mark.parametrize("setting", [*REGIMES, *SHUFFLED])
def test_a_few_epochs_are_the_plain_networks(setting: Setting) -> None:
    setting = replace(setting, threshold=NEVER, max_epochs=5)
    starts = spread_starts(2 * LANES)
    ours = train(starts, setting)
    assert (ours["epochs"] == 5).all()
    off = []
    for row, start in enumerate(starts):
        orders = orders_of(row) if setting.update == "shuffled" else None
        _, _, weights = setting.train_plainly(start, orders)  # type: ignore[arg-type]
        off.append((np.abs(ours["weights"][row] - weights) / np.maximum(1, np.abs(weights))).max())
    # Where a rule asks for the sign of a number that rounding decides, two correct programs part.
    tolerance = 1e-8 if setting.optimizer == "quickprop" else 1e-11
    assert np.quantile(off, 0.95) < tolerance


def test_rprops_large_steps_saturate_the_kernel_and_the_plain_network_alike() -> None:
    # Half of these runs soon have net inputs beyond the largest of a sigmoid. Were that 0 there,
    # and not 1e-304, half of them would part; now 3 % do, by rounding.
    setting = Setting(50.0, optimizer="rprop", threshold=NEVER, max_epochs=30)
    starts = spread_starts(200)
    expected = np.array([setting.train_plainly(start)[2] for start in starts])
    assert (np.abs(expected) > 700).any(axis=1).mean() > 0.4
    off = np.abs(train(starts, setting)["weights"] - expected) / np.maximum(1, np.abs(expected))
    assert (off.max(axis=1) < 1e-6).mean() > 0.9


@pytest.mark.parametrize("setting", REGIMES)
def test_runs_end_when_and_as_the_plain_loops_do(setting: Setting) -> None:
    starts = spread_starts(40)
    setting = replace(setting, threshold=NEVER, max_epochs=60)
    reached = train(starts, setting)["measures"][:, int(setting.metric == "max_error")]
    setting = replace(setting, threshold=float(np.median(reached)))
    runs = train(starts, setting)
    ends = [(OUTCOMES[run["outcomes"]], int(run["epochs"])) for run in runs]
    expected = [setting.train_plainly(start)[:2] for start in starts]
    assert sum(one == other for one, other in zip(ends, expected, strict=True)) >= 39
    assert {outcome for outcome, _ in ends} >= {Outcome.CONVERGED, Outcome.MAX_EPOCHS}


@pytest.mark.parametrize("setting", [*REGIMES, *SHUFFLED])
def test_a_run_alone_is_the_run_in_any_company(setting: Setting) -> None:
    setting = replace(setting, max_epochs=30)
    starts = spread_starts(LANES + 20)
    starts[5] *= 1e3
    together = train(starts, setting, parts=3, budget=7)
    assert_same_bits(together, train(starts, setting))
    if setting.update != "shuffled":  # alone, a run would be row 0, and have its stream
        alone = np.concatenate([train(starts[[k]], setting) for k in range(0, len(starts), 9)])
        assert_same_bits(together[::9], alone)


@pytest.mark.parametrize("setting", REGIMES)
def test_testing_the_rule_after_each_epoch_changes_no_bit(setting: Setting) -> None:
    setting = replace(setting, threshold=NEVER, max_epochs=20)
    starts = spread_starts(30)
    after, during = (
        train(starts, replace(setting, measured=measured))
        for measured in ("after_epoch", "during_epoch")
    )
    assert_same_bits(after, during)


@pytest.mark.parametrize("optimizer", ["rprop", "adam", "quickprop", "nesterov"])
def test_a_run_stalls_in_the_first_epoch_that_changes_nothing(optimizer: str) -> None:
    setting = Setting(1e-30, optimizer=optimizer, threshold=NEVER, max_epochs=500)
    setting = replace(setting, momentum=0.5 if optimizer == "nesterov" else 0.0)
    if optimizer == "rprop":
        constants = {"rprop_largest_step": 1e-30, "rprop_smallest_step": 1e-30}
        setting = replace(setting, constants=constants)
    if optimizer == "adam":
        setting = replace(setting, constants={"adam_beta1": 0.5, "adam_beta2": 0.5})
    if optimizer == "quickprop":  # its steps grow, but from nothing
        setting = replace(setting, learning_rate=0.0)
    start = seeds(27, 1)[0]
    outcome, epochs, weights = train_one(start, setting)
    expected, plain_epochs, _ = setting.train_plainly(start)
    assert outcome == expected == Outcome.STALLED
    assert abs(epochs - plain_epochs) <= (1 if optimizer == "nesterov" else 0)  # by rounding
    assert (weights == start).all()
    each = [state.tobytes() for state in states(start, setting)]
    unchanged = [one == other for one, other in pairwise(each)]
    assert not any(unchanged[:-1])


def test_shuffled_runs_stall_when_no_pattern_changes_anything() -> None:
    for rate, expected in ((1e-30, Outcome.STALLED), (1e-9, Outcome.MAX_EPOCHS)):
        setting = Setting(rate, update="shuffled", threshold=NEVER, max_epochs=50)
        runs = train(seeds(0, 20), setting)
        assert {OUTCOMES[run["outcomes"]] for run in runs} == {expected}
        assert (runs["epochs"] == (1 if expected == Outcome.STALLED else 50)).all()


def test_shuffled_runs_are_numpys_with_each_kind_of_start() -> None:
    """More runs than lanes, and runs that end early: streams begin, and move, at any epoch."""
    for init in ("uniform:-1,1", "normal:1", "xavier"):
        (kind, _, text) = init.partition(":")
        parsed = Init(kind, tuple(map(float, text.split(","))) if text else ())
        table = xorbench.sweep(
            range(150), 1.0, update="shuffled", init=init, max_epochs=700, stop="mse < 0.05"
        )
        assert table.epochs.nunique() > 10
        starts = starting_weights(range(150), parsed)
        taken = outputs_taken(range(150), parsed)
        for seed in (0, 47, 60, 100, 149):
            random = np.random.RandomState(seed)
            random.random_sample(int(taken[seed]) // 2)
            orders = random_orders(random)
            weights, velocity = starts[seed], np.zeros(9)
            for order in islice(orders, int(table.epochs[seed])):
                weights, velocity, _ = network.epoch(
                    weights, velocity, 1.0, 0.0, "shuffled", "mse", order=order
                )
            ours = table.loc[seed, [f"w{k}" for k in range(1, 10)]].to_numpy(float)
            np.testing.assert_allclose(ours, weights, rtol=1e-9)


def test_gates_and_margins_follow_the_activation() -> None:
    for activation in ("tanh", "relu"):
        table = xorbench.sweep(
            range(200), 0.5, activation=activation, init="uniform:-1,1", max_epochs=3000
        )
        weights = table[[f"w{k}" for k in range(1, 10)]].to_numpy()
        h1, h2, y = network.forward(weights, activation)
        np.testing.assert_allclose(table.margin, gates.margin(h1, h2, 0.0), atol=1e-12)
        clear = table.margin > 1e-9
        for name, h in (("h1_gate", h1), ("h2_gate", h2)):
            codes = gates.identify(h, gates.CUTS[activation])
            assert (table[name].cat.codes.to_numpy() == codes)[clear].all()
        answers = gates.output_activations(weights, activation)
        clear = np.abs(answers - 0.5).min(axis=1) > 1e-9
        same = table.output_gate.cat.codes.to_numpy() == gates.identify(answers)
        assert same[clear].all()
        np.testing.assert_allclose(table.mse, network.measure(y, "mse"), rtol=1e-9)
        assert (table.outcome == "converged").mean() > 0.3


def test_soft_targets_are_what_the_rule_and_the_error_mean() -> None:
    table = xorbench.sweep(range(100), 2.0, targets=["0,1", "0.1,0.9"], max_epochs=10_000)
    for text, part in table.groupby("targets", observed=True):
        low, high = map(float, str(text).split(","))
        converged = part[part.outcome == "converged"]
        weights = converged[[f"w{k}" for k in range(1, 10)]].to_numpy()
        _, _, y = network.forward(weights)
        mse = network.measure(y, "mse", (low, high))
        assert (mse < 0.001).all()
        np.testing.assert_allclose(converged.mse, mse, rtol=1e-9)
        assert len(converged) > 50
    assert Targets(0.1, 0.9).text in set(table.targets)
