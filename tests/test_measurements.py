"""Every measurement, on tables that are made up so that the answer is known."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import xorbench
from xorbench import network
from xorbench.claims import no_local_minima
from xorbench.claims.estimates import Estimate, Measured, share_of
from xorbench.claims.measurements import MEASUREMENTS
from xorbench.gates import NAMES


def table(runs: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a table of runs; what is left out is that of a converged one with AND and OR."""
    usual = {
        "seed": 0,
        "learning_rate": 1.0,
        "init": "uniform:0,1",
        "update": "batch",
        "momentum": 0.0,
        "stop": "mse < 0.001",
        "precision": "double",
        "outcome": "converged",
        "epochs": 100,
        "mse": 0.001,
        "h1_gate": "AND",
        "h2_gate": "OR",
        "output_gate": "NOT x1 AND x2",
        "learned_and_or": True,
    }
    made = pd.DataFrame([usual | run for run in runs])
    made["init"] = pd.Categorical(made["init"], made["init"].unique())
    for name in ("h1_gate", "h2_gate", "output_gate"):
        made[name] = pd.Categorical(made[name], list(NAMES))
    return made


def measured(name: str, **sweeps: list[dict[str, Any]]) -> Measured:
    return MEASUREMENTS[name]({key: table(runs) for key, runs in sweeps.items()})


def labelled(found: Measured) -> dict[str, float]:
    estimates = [value for value in found.results if isinstance(value, Estimate)]
    assert len(estimates) == len(found.results)
    assert all(one.low <= one.value <= one.high for one in estimates)
    return {one.label: one.value for one in estimates}


def failing(**rest: Any) -> dict[str, Any]:
    return {"outcome": "max_epochs", "epochs": 100_000, "mse": 0.126, **rest}


def test_the_tutorials_run() -> None:
    sweeps = {"main": xorbench.sweep(range(20, 30), 0.6, update="online", threads=1)}
    found = MEASUREMENTS["tutorial.activations"](sweeps)
    run = xorbench.train(27, 0.6, update="online")
    h1, h2, _ = network.forward(run.weights)
    assert list(found.results[:8]) == [*h1, *h2]
    on_binary = [float(value) for value in found.results[8:] if isinstance(value, float)]
    assert on_binary == pytest.approx([0.02, 0.99, 0.0, 0.011], abs=5e-4)
    names = MEASUREMENTS["tutorial.names"](sweeps)
    assert names == Measured(1, ["AND", "OR", "NOT h1 AND h2"])
    assert MEASUREMENTS["tutorial.composition"](sweeps) == Measured(1, ["XOR"])


def test_how_many_have_and_and_or() -> None:
    found = measured("tutorial.and_or", main=[{}, {}, {}, {"learned_and_or": False}, failing()])
    assert (found.runs, labelled(found)) == (5, {"": 75})


def test_ranges_of_starts() -> None:
    narrow, wide = {"init": "uniform:-1,1"}, {"init": "uniform:-9,9"}
    middle = {"init": "normal:1"}
    runs = [narrow, narrow, failing(**narrow), middle, wide | {"epochs": 7}, failing(**wide)]
    failures = labelled(measured("initial_range.failures", main=runs))
    assert failures == pytest.approx({"U(-1,1)": 100 / 3, "N(1)": 0, "U(-9,9)": 50})
    assert labelled(measured("initial_range.median", main=runs)) == {
        "U(-1,1)": 100,
        "N(1)": 100,
        "U(-9,9)": 7,
    }
    small = labelled(measured("initial_range.small_starts", main=runs))
    assert small == pytest.approx({"U(-1,1)": 200 / 3, "N(1)": 100})


def test_the_pace_is_compared_seed_by_seed() -> None:
    slow = [{"seed": seed, "learning_rate": 0.1, "epochs": 1000 * (seed + 1)} for seed in range(4)]
    fast = [
        {"seed": 0, "learning_rate": 1.0, "epochs": 100},
        {"seed": 1, "learning_rate": 1.0, "epochs": 203},
        failing(seed=2, learning_rate=1.0),
        {"seed": 3, "learning_rate": 1.0, "epochs": 403},
    ]
    assert labelled(measured("learning_rates.pace", wide=slow + fast)) == pytest.approx(
        {"1": 200 / 3}
    )
    success = labelled(measured("learning_rates.success", wide=slow + fast))
    assert success == {"0.1": 100, "1": 75}
    median = labelled(measured("learning_rates.median", wide=slow + fast))
    assert median == {"0.1": 2000, "1": 203}


def test_what_is_learned_at_each_rate() -> None:
    other = {"learned_and_or": False}
    runs: list[dict[str, Any]] = [
        {},
        other,
        {"learning_rate": 9.0} | other,
        failing(),
    ]
    assert labelled(measured("learning_rates.and_or", wide=runs)) == {"1": 50, "9": 0}


def test_runs_that_change_with_the_last_bit() -> None:
    def both(rate: float, one: dict[str, Any], other: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {"learning_rate": rate, "init": init} | run
            for init, run in (("uniform:0,1", one), ("uniform:0,2", other))
        ]

    runs = [
        *both(1.0, {}, {}),
        *both(1.0, {}, {"epochs": 101}),
        *both(1.0, failing(), failing(epochs=9)),
        *both(9.0, {}, failing(epochs=100)),
        *both(9.0, {}, {}),
    ]
    assert labelled(measured("learning_rates.sensitivity", moved=runs)) == {"1": 50, "9": 50}
    assert labelled(measured("learning_rates.gentle_sensitivity", moved=runs)) == {"": 50}


def test_presentations() -> None:
    runs = [{"momentum": 0.9, "epochs": 250}, {"momentum": 0.0, "epochs": 2500}]
    label = "batch U(0,1) mse < 0.001"
    assert labelled(measured("chauvin.sweeps_of_four", main=runs)) == {label: 250}
    assert labelled(measured("chauvin.single_patterns", main=runs)) == {label: 1000}
    assert labelled(measured("chauvin.without_momentum", main=runs)) == {label: 2500}
    some = [{"momentum": 0.9, "epochs": n} for n in (100, 200, 600)]
    never = failing(momentum=0.9, epochs=100_000)
    (average,) = measured("chauvin.averages", main=[*some, never]).results
    assert isinstance(average, Estimate)
    assert (average.value, average.high - 300) == pytest.approx(
        (300, 1.96 * 264.575 / 3**0.5), 1e-4
    )


def test_runs_of_the_same_seed_are_not_counted_as_independent() -> None:
    """Each run twice tells no more than each once."""
    chosen, seeds = [True, False, False, False], [1, 2, 3, 4]
    once = share_of(chosen)
    assert share_of(2 * chosen, seeds=pd.Series(2 * seeds)) == once
    assert share_of(2 * chosen).high < once.high
    none = [{"seed": seed, "learning_rate": rate} for seed in range(50) for rate in (1.0, 2.0)]
    both = [run | {"init": init} for run in none for init in ("uniform:0,1", "uniform:0,2")]
    (change,) = measured("learning_rates.gentle_sensitivity", moved=both).results
    assert change == share_of(50 * [False])


def test_failures_in_each_regime() -> None:
    runs = [{}, failing(), {"momentum": 0.9}, {"update": "online"}]
    assert labelled(measured("hundreds_of_runs.failures", main=runs)) == {
        "batch momentum 0 U(0,1)": 50,
        "batch momentum 0.9 U(0,1)": 0,
        "online momentum 0 U(0,1)": 0,
    }


def gates(h1: str, h2: str, **rest: Any) -> dict[str, Any]:
    return {"h1_gate": h1, "h2_gate": h2, "learned_and_or": {h1, h2} == {"AND", "OR"}, **rest}


def test_pairs_that_cannot_make_xor_are_counted() -> None:
    runs = [gates("AND", "OR"), gates("NOR", "AND"), gates("OR", "OR"), gates("NAND", "OR")]
    unconverged = failing(**gates("TRUE", "TRUE"))
    assert measured("hidden_pairs.outside", main=[*runs, unconverged]) == Measured(4, [1])


def test_pairs_that_cannot_make_xor_are_counted_in_each_regime() -> None:
    batch = {"activation": "tanh", "update": "batch"}
    found = measured(
        "hidden_pairs.outside_of_regimes",
        activations=[
            gates("AND", "OR", **batch),
            gates("OR", "OR", **batch),
            failing(**gates("TRUE", "TRUE", **batch)),
            gates("AND", "OR", activation="relu", update="shuffled"),
        ],
        optimizers=[gates("NOR", "NOR", optimizer="rprop")],
    )
    assert labelled(found) == {
        "tanh batch momentum 0": 50,
        "relu shuffled momentum 0": 0,
        "rprop": 100,
    }
    assert found.runs == 4


def test_symmetries() -> None:
    runs = [
        gates("AND", "OR"),
        gates("OR", "AND"),
        gates("x1 AND NOT x2", "x1 OR NOT x2"),
        gates("x1 OR NOT x2", "x1 AND NOT x2"),
        gates("NOT x1 OR x2", "NOT x1 AND x2"),
        gates("NAND", "NOR", init="uniform:-1,1"),
        gates("OR", "AND", init="uniform:-1,1"),
        gates("NOR", "NAND", init="uniform:-1,1"),
        failing(**gates("AND", "OR", init="uniform:-1,1")),
    ]
    order = labelled(measured("hidden_pairs.unit_order", main=runs))
    assert order == {"batch": 37.5}
    inputs = labelled(measured("hidden_pairs.input_order", main=runs))
    assert inputs == pytest.approx({"batch": 200 / 3})
    complement = labelled(measured("hidden_pairs.complement", main=runs))
    assert complement == pytest.approx({"batch": 100 / 3})
    positive = labelled(measured("hidden_pairs.and_or_from_positive", main=runs))
    assert positive == {"batch": 40}
    symmetric = labelled(measured("hidden_pairs.and_or_from_symmetric", main=runs))
    assert symmetric == pytest.approx({"batch": 100 / 3})


def test_plateaus() -> None:
    sse = (0.5, 0.52, 0.499, 0.53, 0.667, 0.699, 0.71, 1.0)
    runs = [*(failing(mse=value / 4) for value in sse), {"mse": 0.125}]
    label = "batch U(0,1)"
    assert labelled(measured("plateaus.half", main=runs)) == {label: 25}
    assert labelled(measured("plateaus.two_thirds", main=runs)) == {label: 25}
    assert labelled(measured("plateaus.either", main=runs)) == {label: 50}


def test_the_family_of_saddle_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(no_local_minima, "MEMBERS", 40)
    assert MEASUREMENTS["no_local_minima.gradients"]({}).results[0] == 0
    assert MEASUREMENTS["no_local_minima.gradients"]({}).results[1] == pytest.approx(0, abs=1e-14)
    assert list(MEASUREMENTS["no_local_minima.errors"]({}).results) == pytest.approx([1, 1])
    assert MEASUREMENTS["no_local_minima.curvatures"]({}) == Measured(40, [0])
    assert MEASUREMENTS["no_local_minima.moved"]({}) == Measured(40, [0])
    assert labelled(MEASUREMENTS["no_local_minima.left"]({}))[""] > 90


def test_outside_of_the_family_everything_is_different(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(2)
    monkeypatch.setattr(no_local_minima, "MEMBERS", 40)
    for name in ("some_members", "exact_members"):
        monkeypatch.setattr(no_local_minima, name, lambda: random.normal(size=(40, 9)))
    assert MEASUREMENTS["no_local_minima.gradients"]({}).results[0] == 40
    assert MEASUREMENTS["no_local_minima.moved"]({}) == Measured(40, [40])
    # Where the error is least, at the end of long training, it only rises.
    run = xorbench.train(27, 5, stop="mse < 0.0001")
    monkeypatch.setattr(no_local_minima, "some_members", lambda: run.weights[np.newaxis])
    assert MEASUREMENTS["no_local_minima.errors"]({}).results[1] == pytest.approx(4e-4, rel=0.1)


def test_where_the_error_only_rises_is_no_saddle_point(monkeypatch: pytest.MonkeyPatch) -> None:
    bowls = np.stack([np.eye(9), np.diag([-1.0, *[1.0] * 8]), -np.eye(9)])
    monkeypatch.setattr(no_local_minima, "hessians", lambda _: bowls)
    assert MEASUREMENTS["no_local_minima.curvatures"]({}).results == [2]


def test_hessians_are_the_second_derivatives() -> None:
    weights = np.random.default_rng(3).normal(size=(2, 9))
    step = 1e-3 * np.eye(9)[4]
    values = [network.error_value(weights + k * step, "sse") for k in (-1, 0, 1)]
    second = (values[0] - 2 * values[1] + values[2]) / 1e-6
    assert no_local_minima.hessians(weights)[:, 4, 4] == pytest.approx(second, rel=1e-4)


def test_runs_that_are_given_time() -> None:
    late = {"epochs": 200_000}
    found = measured(
        "no_local_minima.given_time",
        main=[{}, late, failing(), failing(), failing()],
        longer=[{}, late, failing()],
        longest=[late],
    )
    assert labelled(found) == {"by 10^6": 25, "by 10^7": 50, "by 10^8": 100}
    assert found.runs == 7


def test_runs_whose_error_still_falls() -> None:
    seeds = [{"seed": seed} for seed in range(4)]
    main = [failing(mse=0.13) | seed for seed in seeds]
    later = [failing(mse=mse) | seed for mse, seed in zip((0.12, 0.13, 0.14), seeds, strict=False)]
    found = measured("no_local_minima.still_falling", main=main, longer=[*later, seeds[3]])
    assert labelled(found) == pytest.approx({"": 100 / 3})


def test_runs_that_stall() -> None:
    stalled = {"outcome": "stalled", "epochs": 300_000}
    found = measured(
        "no_local_minima.stalled", single=[{}, stalled, stalled], longer=[failing(), stalled]
    )
    assert labelled(found) == {"single": 100, "double": 50}


def test_two_precisions() -> None:
    single = {"precision": "single"}
    runs: list[dict[str, Any]] = [
        {"seed": 0},
        single | {"seed": 0},
        {"seed": 1},
        single | {"seed": 1, "epochs": 102},
        {"seed": 2},
        single | {"seed": 2, "outcome": "stalled"},
        failing(seed=3),
        single | {"seed": 3, "outcome": "stalled"},
    ]
    assert labelled(measured("precision.agreement", main=runs)) == {"1": 75}
    assert labelled(measured("precision.epochs", main=runs)) == {"1": 50}
    assert labelled(measured("precision.stalled_single", main=runs)) == {"1": 50}
    assert measured("precision.stalled_double", main=runs) == Measured(4, [0])
    censored = labelled(measured("precision.censored", main=runs))
    assert censored == {"single 1": 0, "double 1": 100}
    again = [*runs, {"seed": 4, "outcome": "stalled"}]
    assert measured("precision.stalled_double", main=again) == Measured(5, [1])


def at(rate: float, *epochs: int, failures: int = 0, **rest: Any) -> list[dict[str, Any]]:
    """Make runs at a rate; the first is that of seed 0."""
    runs = [{"epochs": some} for some in epochs] + [failing()] * failures
    return [{"seed": seed, "learning_rate": rate, **rest, **run} for seed, run in enumerate(runs)]


def test_the_best_rate_is_chosen_by_other_runs_than_those_it_is_measured_with() -> None:
    sweeps = {
        "main": [*at(1.0, 50, 900, 50, 900), *at(9.0, 60, 10, 60, 10)],
        "momentum": [*at(1.0, 70, 7, 70, 7)],
        # Where no median is finite, the rate with most converged runs is best.
        "quickprop": [*at(1.0, failures=8), *at(9.0, 5, 5, failures=6)],
        "rprop": at(1.0, 3, 3),
    }
    found = measured("best_rates.from_descent_to_rprop", **sweeps)
    assert labelled(found) == {
        "descent at 1": 900,
        "momentum at 1": 7,
        "quickprop at 9": np.inf,
        "rprop at 1": 3,
    }
    assert found.runs == 8 + 4 + 16 + 2
    sweeps |= {"nesterov": at(1.0, 2, 2), "adam": at(1.0, 4, 4, failures=2)}
    assert labelled(measured("best_rates.nesterov_and_adam", **sweeps)) == {
        "nesterov at 1": 2,
        "adam at 1": 4,
    }
    failures = labelled(measured("best_rates.failures", **sweeps))
    assert failures["quickprop at 9"] == 75
    assert failures["adam at 1"] == 50


def test_activations_and_starts() -> None:
    runs = [
        *at(1.0, 9, 9, activation="sigmoid", init="xavier"),
        *at(1.0, 5, 5, activation="tanh", init="xavier"),
        *at(1.0, 7, 7, activation="relu", init="xavier", failures=2),
        *at(1.0, 6, 6, activation="tanh", init="uniform:-1,1"),
        *at(1.0, 8, 8, activation="tanh", init="normal:1"),
    ]
    medians = labelled(measured("best_rates.sigmoid_and_tanh", main=runs))
    assert medians == {"sigmoid at 1": 9, "tanh at 1": 5}
    failures = labelled(measured("best_rates.tanh_and_relu_failures", main=runs))
    assert failures == {"tanh at 1": 0, "relu at 1": 50}
    starts = labelled(measured("best_rates.starts_of_tanh", main=runs))
    assert starts == {"U(-1,1) at 1": 6, "N(1) at 1": 8, "Xavier at 1": 5}
    others = ("uniform:-1,1", "normal:1")
    runs += [run for init in others for run in at(1.0, 3, 3, activation="sigmoid", init=init)]
    starts = labelled(measured("best_rates.starts_of_sigmoid", main=runs))
    assert starts == {"U(-1,1) at 1": 3, "N(1) at 1": 3, "Xavier at 1": 9}
    runs += [run for init in others for run in at(1.0, 3, failures=1, activation="relu", init=init)]
    starts = labelled(measured("best_rates.starts_of_relu", main=runs))
    assert starts == {"U(-1,1) at 1": 100, "N(1) at 1": 100, "Xavier at 1": 50}


def test_dead_units_of_runs_that_fail() -> None:
    dead, alive = {"h2_gate": "FALSE"}, {"h2_gate": "TRUE"}
    of_seeds: list[dict[str, Any]] = [{}, dead, failing(), failing(**dead), {}, failing(**alive)]
    runs = [
        {"seed": seed, "activation": "relu", "init": "xavier"} | run
        for seed, run in enumerate(of_seeds)
    ]
    found = measured("best_rates.dead_units", main=runs)
    assert (found.runs, labelled(found)) == (2, {"": 50})
