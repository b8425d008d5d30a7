"""Which maps are allowed, and what is said of the others."""

from typing import Any

import pytest

from xorbench.maps.plan import make_plan
from xorbench.problems import SettingsError
from xorbench.seeding import starting_weights


def test_the_default_map() -> None:
    plan = make_plan({})
    assert (plan.x.name, plan.y.name) == ("learning_rate", "start_scale")
    assert (plan.width, plan.height, plan.seed) == (512, 512, 27)
    assert plan.settings.max_epochs == (5000,)
    assert plan.start[0] == pytest.approx(0.42572141)


def test_a_description_makes_the_same_map_again() -> None:
    given = {"x": "w1", "y": "learning_rate=log:1:9", "size": "64x32", "seed": 5, "momentum": 0.9}
    plan = make_plan(given)
    assert make_plan(plan.as_dict()).fingerprint == plan.fingerprint


def test_whatever_changes_runs_changes_the_fingerprint() -> None:
    changes: list[dict[str, Any]] = [
        {}, {"seed": 1}, {"weights": [0.5] * 9}, {"x": "w2"}, {"y": "w5"}, {"size": 33},
        {"x": "w1=linear:-10:11"}, {"x": "w1=log:0.1:10"}, {"x": "w1=linear:0.1:10"},
        {"momentum": 0.5}, {"learning_rate": 3}, {"max_epochs": 10}, {"init": "normal:1"},
        {"stop": "mse < 0.1"}, {"output_rate_ratio": 2},
    ]  # fmt: skip
    base = {"x": "w1", "y": "w4", "size": 32}
    prints = [make_plan(base | change).fingerprint for change in changes]
    assert len(set(prints)) == len(changes)


def test_a_seed_and_its_weights_start_the_same() -> None:
    init = make_plan({}).settings.init[0]
    weights = starting_weights([27], init)[0]
    given = make_plan({"weights": ",".join(map(repr, weights.tolist()))})
    assert given.seed is None
    assert given.start.tolist() == make_plan({}).start.tolist()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"x": 3}, 'x: 3 is not allowed; give NAME, or NAME=log:START:STOP.'),
        ({"x": "w1", "y": "w1"}, "y: w1 is the x axis already; give two different axes."),
        (
            {"x": "output_rate", "y": "output_rate_ratio"},
            "y: output_rate_ratio and output_rate decide each other; give one of them.",
        ),
        ({"learning_rate": 1}, "learning_rate: is decided by the x axis; leave it out."),
        (
            {"y": "output_rate", "x": "w1", "learning_rate": "0"},
            "learning_rate: 0 has no finite ratio to output_rate 297.9830542309062; give larger"
            " numbers.",
        ),
        (
            {"momentum": "0,0.5"},
            "momentum: a map needs one value, not 2; what varies are its axes.",
        ),
        (
            {"seed": "0:9"},
            'seed: "0:9" is not allowed; give a whole number from 0 to 4,294,967,295.',
        ),
        (
            {"init": "normal:1", "weights": [0.0] * 9},
            "init: cannot be given together with weights, which already say where runs start.",
        ),
        (
            {"seed": 1, "weights": [0.0] * 9},
            "seed: cannot be given together with weights, which already say where runs start.",
        ),
        (
            {"weights": "1,2"},
            'weights: "1,2" is not allowed; give nine finite numbers, w1 to w9.',
        ),
        (
            {"initial_weights": "a.npy"},
            "initial_weights: a map has one start; give nine numbers as weights, or a seed.",
        ),
        ({"size": "1024x"}, 'size: "1024x" is not allowed; give pixels as N or WIDTHxHEIGHT, whole'
         " numbers from 16 to 4,096, neither more than 4 times the other."),
        (
            {"x": "adam_beta1"},
            "adam_beta1: has no effect without optimizer adam; leave it out, or add adam to"
            " optimizer.",
        ),
        ({"sizes": 3}, "sizes is not a setting; did you mean size?"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        make_plan(given)
    assert refusal.value.problems == [sentence]


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as refusal:
        make_plan({"x": "w10", "y": "w1=log:0:1", "size": 1, "weights": "x"})
    assert [problem.split(":")[0] for problem in refusal.value.problems] == [
        "x", "y", "size", "weights",
    ]  # fmt: skip
