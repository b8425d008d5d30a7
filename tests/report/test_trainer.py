"""The page's trainer, run by node, against the plain NumPy network."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import xorbench
from xorbench import gates
from xorbench.network import ACTIVATIONS, METRICS, Array, epoch, random_orders, train_plainly
from xorbench.notation import Init, Targets, parse_stop, parse_targets
from xorbench.optimizers import CONSTANTS, first_state, rates
from xorbench.seeding import outputs_taken, starting_weights

FOLDER = Path(xorbench.__file__).parent / "report" / "individual"

SETTINGS: dict[str, Any] = {
    "update": "batch",
    "optimizer": "gradient_descent",
    "learning_rate": 0.5,
    "momentum": 0,
    "output_rate_ratio": 1,
    "activation": "sigmoid",
    "error": "mse",
    "targets": "0,1",
    "init": "uniform:0,1",
    "stop": "mse < 0.001",
    "measured": "after_epoch",
    "max_epochs": 100_000,
    "precision": "double",
    **CONSTANTS,
}

REGIMES: list[dict[str, Any]] = [
    {},
    {"momentum": 0.9, "error": "half_sse", "learning_rate": 0.1},
    {"update": "online", "error": "cross_entropy", "measured": "during_epoch"},
    {"update": "online", "activation": "tanh", "momentum": 0.5, "output_rate_ratio": 0.3},
    {"update": "shuffled", "init": "normal:1"},
    {"update": "shuffled", "init": "xavier", "optimizer": "adam", "learning_rate": 0.01},
    {"optimizer": "nesterov", "momentum": 0.7, "targets": "0.1,0.9", "error": "sse"},
    {"optimizer": "rprop", "learning_rate": 0.1, "stop": "max_error < 0.2"},
    {"optimizer": "adam", "learning_rate": 0.02, "activation": "relu", "error": "half_mse"},
    {"optimizer": "quickprop", "learning_rate": 0.3},
]
RULES = [f"{metric} < {0.4 if metric == 'cross_entropy' else 0.05}" for metric in METRICS]
STEPS = (1, 2, 10, 1000)


def node(script: str, given: object) -> Any:
    """Run a script that imports from the trainer's folder; `given` is its input."""
    program = shutil.which("node")
    assert program, "node is missing; apt-get install nodejs"
    answer = subprocess.run(
        [program, "--input-type=module", "-e", script],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        cwd=FOLDER,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


READ = """
import { readFileSync } from "node:fs";
const given = JSON.parse(readFileSync(0, "utf8"));
"""


def start_of(seed: int, settings: dict[str, Any]) -> Array:
    weights: Array = starting_weights([seed], parsed_init(settings))[0]
    return weights


def parsed_init(settings: dict[str, Any]) -> Init:
    kind, _, text = settings["init"].partition(":")
    return Init(kind, tuple(map(float, text.split(","))) if text else ())


def orders_of(seed: int, settings: dict[str, Any]) -> Any:
    random = np.random.RandomState(seed)
    random.random_sample(int(outputs_taken([seed], parsed_init(settings))[0]) // 2)
    return random_orders(random)


def run_of(seed: int, changed: dict[str, Any]) -> dict[str, Any]:
    settings = SETTINGS | changed
    return {"seed": seed, "weights": start_of(seed, settings).tolist(), "settings": settings}


@pytest.fixture(scope="module")
def trained() -> list[list[list[float]]]:
    """The weights of seed 5 after each number of STEPS, in each regime."""
    script = (
        READ
        + """
import { Trainer } from "./trainer.js";
const answer = given.runs.map((run) => {
  const trainer = new Trainer(run);
  return given.steps.map((epochs) => {
    trainer.train(epochs - trainer.epochs);
    return Array.from(trainer.w);
  });
});
console.log(JSON.stringify(answer));
"""
    )
    never = [{**regime, "stop": "mse < 1e-30"} for regime in REGIMES]
    weights: list[list[list[float]]] = node(
        script, {"runs": [run_of(5, regime) for regime in never], "steps": STEPS}
    )
    return weights


@pytest.mark.parametrize("number", range(len(REGIMES)))
def test_the_weights_are_those_of_the_plain_network(
    trained: list[list[list[float]]], number: int
) -> None:
    settings = SETTINGS | REGIMES[number]
    weights = start_of(5, settings)
    rate = rates(settings["learning_rate"], settings["output_rate_ratio"])
    state = first_state(settings["optimizer"], rate)
    orders = orders_of(5, settings)
    targets: Targets = parse_targets(settings["targets"])
    for count in range(1, STEPS[-1] + 1):
        more = {"order": next(orders)} if settings["update"] == "shuffled" else {}
        weights, state, _ = epoch(
            weights,
            state,
            rate,
            settings["momentum"],
            settings["update"],
            settings["error"],
            settings["activation"],
            optimizer=settings["optimizer"],
            targets=(targets.low, targets.high),
            **more,
        )
        # Where a rule asks for the sign of a number that rounding decides, two programs part.
        if count in STEPS and (count <= 10 or settings["optimizer"] not in ("rprop", "quickprop")):
            ours = trained[number][STEPS.index(count)]
            np.testing.assert_allclose(ours, weights, rtol=1e-12, atol=1e-12)


TO_THE_END = (
    READ
    + """
import { Trainer } from "./trainer.js";
import { gatesOf } from "./network.js";
console.log(JSON.stringify(given.map((run) => {
  const trainer = new Trainer(run);
  trainer.train(Infinity);
  const { outcome, epochs, w, settings } = trainer;
  return { outcome, epochs, gates: Object.values(gatesOf(w, settings.activation)) };
})));
"""
)


def test_runs_end_as_the_plain_networks_do() -> None:
    tutorial = {"update": "online", "learning_rate": 0.6}
    cases: list[tuple[int, dict[str, Any]]] = [
        (27, tutorial),
        (4, {"learning_rate": 5, "max_epochs": 1000}),
        (1, {"learning_rate": 0, "max_epochs": 50}),
        (1, {"learning_rate": 1e-30, "max_epochs": 50, "update": "shuffled"}),
        (1, {"learning_rate": 1e-9, "max_epochs": 50, "update": "shuffled"}),
        (2, {"stop": "mse < 0.9"}),
        (3, {"learning_rate": 1e200, "activation": "relu", "max_epochs": 50}),
        *((5, {"stop": rule, "targets": "0.1,0.9", "learning_rate": 2}) for rule in RULES),
        *((5, {**regime, "max_epochs": 400}) for regime in REGIMES[:-1]),
    ]
    answers = node(TO_THE_END, [run_of(seed, changed) for seed, changed in cases])
    for (seed, changed), answer in zip(cases, answers, strict=True):
        settings = SETTINGS | changed
        targets: Targets = parse_targets(settings["targets"])
        rule = parse_stop(settings["stop"])
        outcome, epochs, weights = train_plainly(
            start_of(seed, settings),
            rates(settings["learning_rate"], settings["output_rate_ratio"]),
            momentum=settings["momentum"],
            update=settings["update"],
            error=settings["error"],
            activation=settings["activation"],
            metric=rule.metric,
            threshold=rule.threshold,
            measured=settings["measured"],
            max_epochs=settings["max_epochs"],
            optimizer=settings["optimizer"],
            targets=(targets.low, targets.high),
            orders=orders_of(seed, settings),
        )
        assert (answer["outcome"], answer["epochs"]) == (str(outcome), epochs), changed
        h1, h2, _ = xorbench.forward(weights, settings["activation"])
        cut = gates.CUTS[settings["activation"]]
        codes = [
            gates.identify(h1, cut),
            gates.identify(h2, cut),
            gates.identify(gates.output_activations(weights, settings["activation"])),
        ]
        assert answer["gates"] == [gates.NAMES[int(code)] for code in codes]
    assert answers[0]["epochs"] == 1615


# At the smallest rate the steps of some runs fall below the last bit of a single.
@pytest.mark.parametrize(
    ("precision", "rate", "outcome"),
    [("double", 5.0, "converged"), ("single", 5.0, "converged"), ("single", 1e-7, "stalled")],
)
def test_runs_end_as_those_of_a_sweep_do(precision: str, rate: float, outcome: str) -> None:
    changed: dict[str, Any] = {"precision": precision, "max_epochs": 1000}
    table = xorbench.sweep(range(30), rate, **changed)
    assert (table["outcome"] == outcome).sum() > 10
    answers = node(
        TO_THE_END, [run_of(seed, changed | {"learning_rate": rate}) for seed in range(30)]
    )
    assert [answer["outcome"] for answer in answers] == table["outcome"].to_list()
    assert [answer["epochs"] for answer in answers] == table["epochs"].to_list()
    gates = table[["h1_gate", "h2_gate", "output_gate"]].to_numpy().tolist()
    assert [answer["gates"] for answer in answers] == gates


def test_saturated_units_are_as_far_from_0_and_1_as_those_of_a_sweep() -> None:
    # Rprop heeds the sign of a gradient of 1e-304, and its steps reach such weights soon.
    table = xorbench.sweep(range(30), 2.0, optimizer="rprop", max_epochs=5000)
    changed = {"learning_rate": 2.0, "optimizer": "rprop", "max_epochs": 5000}
    answers = node(TO_THE_END, [run_of(seed, changed) for seed in range(30)])
    equal = sum(
        answer["epochs"] == epochs for answer, epochs in zip(answers, table["epochs"], strict=True)
    )
    assert equal > 20  # 1 without that limit; the others part by the last bit of an exponential


def test_extreme_weights_are_answered_as_the_plain_network_does() -> None:
    script = (
        READ
        + """
import { Pass, outputsOf } from "./network.js";
console.log(JSON.stringify(given.map(([activation, w]) => {
  const pass = new Pass({ activation, error: "mse", targets: [0, 1] }, Float64Array);
  pass.forwardAll(w);
  pass.differentiateAll(w);
  return [pass.h1, pass.h2, pass.y, outputsOf(w, activation), pass.gradient].map((one) =>
    Array.from(one));
})));
"""
    )
    random = np.random.RandomState(0)
    cases: list[tuple[str, list[float]]] = [
        (activation, (scale * random.standard_normal(9)).tolist())
        for activation in ACTIVATIONS
        for scale in (1.0, 30.0, 1000.0, 1e30)
    ]
    cases.append(("relu", [0, 1e200, 1e200, 0, 1e200, 1e200, 0, 1e200, -3e200]))
    for (activation, weights), answer in zip(cases, node(script, cases), strict=True):
        h1, h2, y = xorbench.forward(weights, activation)
        with np.errstate(over="ignore", invalid="ignore"):
            expected = [h1, h2, y, y, xorbench.gradient(weights, activation=activation)]
        for ours, theirs in zip(answer, expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


def test_orders_are_numpys() -> None:
    script = (
        READ
        + """
import { drawOrder, streamAfterWeights } from "./twister.js";
console.log(JSON.stringify(given.map(([seed, init]) => {
  const random = streamAfterWeights(seed, init);
  return Array.from({ length: 700 }, () => drawOrder(random));
})));
"""
    )
    cases = [(seed, init) for seed in (0, 27, 2**32 - 1) for init in ("uniform:0,1", "normal:2")]
    for (seed, init), orders in zip(cases, node(script, cases), strict=True):
        expected = orders_of(seed, {"init": init})
        assert orders == [list(next(expected)) for _ in range(700)]


def test_given_weights_take_nothing_from_the_stream_of_their_row() -> None:
    script = (
        READ
        + """
import { drawOrder, streamAfterWeights } from "./twister.js";
const random = streamAfterWeights(given, null);
console.log(JSON.stringify(Array.from({ length: 10 }, () => drawOrder(random))));
"""
    )
    expected = random_orders(np.random.RandomState(7))
    assert node(script, 7) == [list(next(expected)) for _ in range(10)]


def test_a_long_history_is_thinned_and_keeps_its_ends() -> None:
    script = (
        READ
        + """
import { Trainer } from "./trainer.js";
const trainer = new Trainer(given);
trainer.train(Infinity);
console.log(JSON.stringify(trainer.history.map(({ epoch }) => epoch)));
"""
    )
    changed = {"learning_rate": 5, "max_epochs": 50_001}
    epochs = node(script, run_of(4, changed))
    assert (epochs[0], epochs[-1]) == (0, 50_001)
    assert 1000 < len(epochs) <= 4001
    assert epochs == sorted(set(epochs))
