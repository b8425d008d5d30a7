from typing import Any

import numpy as np
import pandas as pd
import pytest

from xorbench.axes import AXES, OPTIMIZERS, read_seeds, unknown_setting
from xorbench.notation import MOST_VALUES
from xorbench.problems import SettingsError


def refusal(name: str, given: object) -> str:
    with pytest.raises(SettingsError) as error:
        read_seeds(given) if name == "seeds" else AXES[name].values(name, given)
    return str(error.value)


@pytest.mark.parametrize(
    "given",
    [
        "0.1,0.5,2",
        " 0.1 , 0.5 , 2.0 ",
        ["0.1", "0.5", 2],
        ["0.1,0.5", 2],
        (0.1, 0.5, 2.0),
        np.array([0.1, 0.5, 2.0]),
        pd.Series([0.1, 0.5, 2.0]),
    ],
)
def test_the_ways_to_list_numbers(given: object) -> None:
    values = AXES["learning_rate"].values("learning_rate", given)
    assert values == (0.1, 0.5, 2.0)
    assert all(type(value) is float for value in values)


@pytest.mark.parametrize("given", [2, 2.0, "2", np.float64(2), np.array(2), [2], range(2, 3)])
def test_the_ways_to_give_one_number(given: object) -> None:
    assert AXES["learning_rate"].values("learning_rate", given) == (2.0,)


def test_spacings_may_stand_beside_values() -> None:
    values = AXES["learning_rate"].values("learning_rate", "0, log:1:100:3, linear:200:300:2")
    assert values == (0, 1, 10, 100, 200, 300)


def test_texts_with_commas_of_their_own() -> None:
    inits = AXES["init"].values("init", "uniform:0,1,xavier,uniform:-1,1, normal:0.5")
    texts = ["uniform:0,1", "xavier", "uniform:-1,1", "normal:0.5"]
    assert [init.text for init in inits] == texts
    pairs = AXES["targets"].values("targets", "0,1; 0.1, 0.9")
    assert [pair.text for pair in pairs] == ["0,1", "0.1,0.9"]
    rules = AXES["stop"].values("stop", "mse < 0.001,max_error < 0.5")
    assert [rule.text for rule in rules] == ["mse < 0.001", "max_error < 0.5"]


@pytest.mark.parametrize(
    ("given", "values"),
    [
        ("1e5", (100_000,)),
        ("100_000,5", (100_000, 5)),
        (range(1, 4), (1, 2, 3)),
        (1e12, (10**12,)),
        ("log:1:1000:4", (1, 10, 100, 1000)),
        ("log:10:1000:4", (10, 46, 215, 1000)),
        ("linear:1:10:4", (1, 4, 7, 10)),
    ],
)
def test_whole_numbers(given: object, values: Any) -> None:
    assert AXES["max_epochs"].values("max_epochs", given) == values


@pytest.mark.parametrize(
    ("given", "seeds"),
    [
        (5, range(5, 6)),
        ("5", range(5, 6)),
        ("0:1000", range(1000)),
        ("0:1e3", range(1000)),
        ("0:5,5:10", range(10)),
        ("1,2,9", (1, 2, 9)),
        ("0:3,20:22", (0, 1, 2, 20, 21)),
        ([3, 1, 2], (3, 1, 2)),
        ([1, 2, 3], range(1, 4)),
        ([range(2), 7], (0, 1, 7)),
        (np.arange(10), range(10)),
        (range(0, 6, 2), (0, 2, 4)),
        (range(3, 0, -1), (3, 2, 1)),
        (range(2**32), range(2**32)),
        ("4294967295", range(2**32 - 1, 2**32)),
    ],
)
def test_seeds(given: object, seeds: Any) -> None:
    assert read_seeds(given) == seeds
    assert type(read_seeds(given)) is type(seeds)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("output_rate_ratio", 0.0),
        ("rprop_smallest_step", 0.0),
        ("adam_beta1", 0.0),
        ("adam_beta2", 0.0),
        ("quickprop_growth", 1.0),
    ],
)
def test_ends_that_are_allowed(name: str, given: float) -> None:
    assert AXES[name].values(name, given) == (given,)


SEEDS = "give whole numbers from 0 to 4294967295, or START:STOP."
REVERSED = "is empty or reversed; give START:STOP with START below STOP, such as 0:1000."
RATES = "is not allowed; give finite numbers of 0 or more."
POSITIVE = "is not allowed; give finite numbers above 0."
BETWEEN = "is not allowed; give numbers above 0 and below 1."
AS_TEXT = 'is not allowed; give the text "LOW,HIGH", such as "0.1,0.9".'
TARGETS = "is not allowed; give LOW,HIGH with LOW below HIGH, both from 0 to 1, such as 0.1,0.9."
MOMENTUM = "is not allowed; give a number from 0 up to, but not including, 1."
TWICE = "is given more than once; give it once."
BATCH = 'is not known; did you mean "batch"? Allowed: batch, online, shuffled.'
EPOCHS = "is not allowed; give whole numbers from 1 to 1,000,000,000,000."


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("seeds", "10:5", f'seeds: "10:5" {REVERSED}'),
        ("seeds", "5:5", f'seeds: "5:5" {REVERSED}'),
        ("seeds", range(0), f"seeds: range(0, 0) {REVERSED}"),
        ("seeds", [], "seeds: [] is empty; give at least one value."),
        ("seeds", -1, f"seeds: -1 is not allowed; {SEEDS}"),
        ("seeds", "-1:5", f'seeds: "-1:5" is not allowed; {SEEDS}'),
        ("seeds", 2**32, f"seeds: 4294967296 is not allowed; {SEEDS}"),
        ("seeds", "0:4294967297", f'seeds: "0:4294967297" is not allowed; {SEEDS}'),
        ("seeds", "1:x", f'seeds: "1:x" is not allowed; {SEEDS}'),
        ("seeds", "1:2:3", f'seeds: "1:2:3" is not allowed; {SEEDS}'),
        ("seeds", 1.5, f"seeds: 1.5 is not allowed; {SEEDS}"),
        ("seeds", True, f"seeds: True is not allowed; {SEEDS}"),
        ("seeds", {1, 2}, f"seeds: {{1, 2}} is not allowed; {SEEDS}"),
        ("seeds", "0:10,5:20", f"seeds: 5 {TWICE}"),
        ("seeds", [1, 2, 1], f"seeds: 1 {TWICE}"),
        ("learning_rate", -0.1, f"learning_rate: -0.1 {RATES}"),
        ("learning_rate", "inf", f'learning_rate: "inf" {RATES}'),
        ("learning_rate", [0.1, float("nan")], f"learning_rate: nan {RATES}"),
        ("learning_rate", "0.1,", f'learning_rate: "" {RATES}'),
        ("learning_rate", "", f'learning_rate: "" {RATES}'),
        ("learning_rate", True, f"learning_rate: True {RATES}"),
        ("learning_rate", np.True_, f"learning_rate: True {RATES}"),
        ("learning_rate", [[1, 2]], f"learning_rate: [1, 2] {RATES}"),
        ("learning_rate", np.ones((1, 2)), f"learning_rate: [1.0, 1.0] {RATES}"),
        ("learning_rate", "linear:-1:1:3", f'learning_rate: "linear:-1:1:3" {RATES}'),
        ("learning_rate", (), "learning_rate: () is empty; give at least one value."),
        ("learning_rate", [0.1, "0.10"], f"learning_rate: 0.1 {TWICE}"),
        ("learning_rate", [0.0, -0.0], f"learning_rate: 0.0 {TWICE}"),
        ("momentum", 1.0, f"momentum: 1.0 {MOMENTUM}"),
        ("momentum", -0.5, f"momentum: -0.5 {MOMENTUM}"),
        ("max_epochs", 0, f"max_epochs: 0 {EPOCHS}"),
        ("max_epochs", 10**12 + 1, f"max_epochs: 1000000000001 {EPOCHS}"),
        ("max_epochs", 1.5, f"max_epochs: 1.5 {EPOCHS}"),
        ("max_epochs", "linear:1:10:5", f'max_epochs: "linear:1:10:5" {EPOCHS}'),
        ("max_epochs", "log:1:10:99", f"max_epochs: 1 {TWICE}"),
        ("update", "batchh", f'update: "batchh" {BATCH}'),
        ("update", "Batch", f'update: "Batch" {BATCH}'),
        ("update", 5, "update: 5 is not known; allowed: batch, online, shuffled."),
        ("update", "batch,batch", f'update: "batch" {TWICE}'),
        ("activation", "step", 'activation: "step" is not known; allowed: sigmoid, tanh, relu.'),
        ("optimizer", "sgd", f'optimizer: "sgd" is not known; allowed: {", ".join(OPTIMIZERS)}.'),
        ("targets", "0.9,0.1", f'targets: "0.9,0.1" {TARGETS}'),
        ("targets", "0,0", f'targets: "0,0" {TARGETS}'),
        ("targets", "-0.1,1", f'targets: "-0.1,1" {TARGETS}'),
        ("targets", "0,1.1", f'targets: "0,1.1" {TARGETS}'),
        ("targets", "0,1,0.1,0.9", f'targets: "0,1,0.1,0.9" {TARGETS}'),
        ("targets", (0.1, 0.9), f"targets: 0.1 {AS_TEXT}\ntargets: 0.9 {AS_TEXT}"),
        ("targets", "0,1;0.0,1.0", f'targets: "0,1" {TWICE}'),
        ("rprop_increase", 1, "rprop_increase: 1 is not allowed; give finite numbers above 1."),
        ("rprop_decrease", 1, f"rprop_decrease: 1 {BETWEEN}"),
        ("rprop_decrease", 0, f"rprop_decrease: 0 {BETWEEN}"),
        ("rprop_smallest_step", -1e-9, f"rprop_smallest_step: -1e-09 {RATES}"),
        ("rprop_largest_step", 0, f"rprop_largest_step: 0 {POSITIVE}"),
        ("rprop_largest_step", "inf", f'rprop_largest_step: "inf" {POSITIVE}'),
        ("adam_beta1", 1, f"adam_beta1: 1 {MOMENTUM}"),
        ("adam_beta2", -0.1, f"adam_beta2: -0.1 {MOMENTUM}"),
        ("adam_epsilon", 0, f"adam_epsilon: 0 {POSITIVE}"),
        (
            "quickprop_growth",
            0.99,
            "quickprop_growth: 0.99 is not allowed; give finite numbers of 1 or more.",
        ),
        ("precision", "half", 'precision: "half" is not known; allowed: double, single.'),
        ("init", "uniform:0,1,uniform:0.0,1.0", f'init: "uniform:0,1" {TWICE}'),
        ("stop", "mse<1,mse < 1.0", f'stop: "mse < 1" {TWICE}'),
    ],
)
def test_refusals(name: str, given: object, sentence: str) -> None:
    assert refusal(name, given) == sentence


@pytest.mark.parametrize("name", ["seeds", *AXES])
def test_every_value_of_a_list_is_looked_at(name: str) -> None:
    problems = refusal(name, [b"x", b"y"]).splitlines()
    assert [problem.split(" is not ")[0] for problem in problems] == [
        f"{name}: b'x'",
        f"{name}: b'y'",
    ]


def test_a_flood_of_refusals_is_cut_off() -> None:
    problems = refusal("learning_rate", range(-1, -8, -1)).splitlines()
    assert problems == [f"learning_rate: {-n} {RATES}" for n in range(1, 6)] + [
        "learning_rate: the values after these were not looked at."
    ]
    assert len(refusal("learning_rate", range(-1, -6, -1)).splitlines()) == 5
    assert refusal("learning_rate", [-1] * 5) == f"learning_rate: -1 {RATES}"


def test_the_longest_list() -> None:
    assert len(AXES["learning_rate"].values("learning_rate", range(MOST_VALUES))) == MOST_VALUES


@pytest.mark.parametrize(
    "given",
    [
        range(MOST_VALUES + 1),
        range(10**30),
        np.arange(10**6),
        "1," * 10**6,
        ["1,2"] * MOST_VALUES,
        ["log:1:2:20000"] * MOST_VALUES,
    ],
    ids=["range", "endless", "array", "text", "texts", "spacings"],
)
def test_lists_that_are_too_long_are_not_made(given: object) -> None:
    assert refusal("learning_rate", given) == (
        "learning_rate: more than 100,000 values are listed; give fewer."
    )


def test_refused_spacings_are_not_made_over_and_over() -> None:
    assert "not looked at" in refusal("max_epochs", ["linear:1:2:10000"] * MOST_VALUES)


@pytest.mark.parametrize(
    "given", [range(0, 2**32, 2), list(range(10**5 + 1)), "0:99999,200000:200009"]
)
def test_only_one_range_of_seeds_may_be_long(given: object) -> None:
    assert refusal("seeds", given) == (
        "seeds: more than 100,000 values are listed; give one range, such as 0:1000000, or fewer."
    )


def test_unknown_settings() -> None:
    assert unknown_setting("learning_rte", ("seeds", "learning_rate")) == (
        "learning_rte is not a setting; did you mean learning_rate?"
    )
    assert unknown_setting("foo", ("seeds", "init")) == (
        "foo is not a setting; the settings are seeds, init."
    )
