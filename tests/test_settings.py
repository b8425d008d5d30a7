import dataclasses
import doctest
import hashlib
import importlib
import itertools
import json
import math
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pydantic
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from xorbench import optimizers
from xorbench.axes import CONSTANTS, OPTIMIZERS
from xorbench.settings import (
    AXES,
    SETTING_NAMES,
    Init,
    Point,
    Settings,
    SettingsError,
    StopRule,
    Targets,
    contradictions,
    differences,
    make_settings,
)

WEIGHTS = np.arange(18).reshape(2, 9) / 7


def problems(**given: object) -> list[str]:
    with pytest.raises(SettingsError) as error:
        make_settings(**given)
    return error.value.problems


def test_the_defaults() -> None:
    settings = make_settings()
    assert settings.seeds == range(1000)
    assert settings.initial_weights is None
    assert settings.weights is True
    assert settings.rows == 3000
    assert [settings.point(index).learning_rate for index in range(3)] == [0.1, 0.5, 2.0]
    assert settings.point(0) == Point(
        learning_rate=0.1,
        output_rate_ratio=1.0,
        update="batch",
        optimizer="gradient_descent",
        momentum=0.0,
        activation="sigmoid",
        error="mse",
        targets=Targets(0.0, 1.0),
        init=Init("uniform", (0.0, 1.0)),
        stop=StopRule("mse", 0.001),
        measured="after_epoch",
        max_epochs=100_000,
        precision="double",
        rprop_increase=1.2,
        rprop_decrease=0.5,
        rprop_smallest_step=1e-6,
        rprop_largest_step=50.0,
        adam_beta1=0.9,
        adam_beta2=0.999,
        adam_epsilon=1e-8,
        quickprop_growth=1.75,
    )


def test_the_documented_defaults_are_the_defaults() -> None:
    assert make_settings() == make_settings(
        seeds=range(1000),
        learning_rate=[0.1, 0.5, 2.0],
        output_rate_ratio=1.0,
        update="batch",
        optimizer="gradient_descent",
        momentum=0.0,
        activation="sigmoid",
        error="mse",
        targets="0,1",
        init="uniform:0,1",
        stop="mse < 0.001",
        measured="after_epoch",
        max_epochs=100_000,
        precision="double",
        rprop_increase=1.2,
        rprop_decrease=0.5,
        rprop_smallest_step=1e-6,
        rprop_largest_step=50.0,
        adam_beta1=0.9,
        adam_beta2=0.999,
        adam_epsilon=1e-8,
        quickprop_growth=1.75,
        initial_weights=None,
        weights=True,
    )


# Each combination that makes no sense, beside the nearest one that does.
SENSELESS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (
        {"optimizer": "rprop", "update": "online"},
        {"optimizer": "rprop"},
        "update: online cannot be combined with optimizer rprop, which compares the gradients of"
        " whole epochs; give batch, or leave out one of the two.",
    ),
    (
        {"optimizer": "adam,quickprop", "update": "batch,shuffled"},
        {"optimizer": "adam", "update": "batch,online,shuffled"},
        "update: shuffled cannot be combined with optimizer quickprop, which compares the"
        " gradients of whole epochs; give batch, or leave out one of the two.",
    ),
    *(
        (
            {"optimizer": ["gradient_descent", optimizer], "momentum": [0, 0.25, 0.5]},
            {"optimizer": ["gradient_descent", optimizer], "momentum": 0},
            f"momentum: 0.25 cannot be combined with optimizer {optimizer}, which has none; give"
            " 0, or leave out one of the two.",
        )
        for optimizer in ("rprop", "adam", "quickprop")
    ),
    (
        {"optimizer": "nesterov"},
        {"optimizer": "nesterov", "momentum": 0.9, "update": "batch,online,shuffled"},
        "momentum: 0 cannot be combined with optimizer nesterov, which would be gradient_descent;"
        " give numbers above 0, such as 0.9.",
    ),
    (
        {"optimizer": "rprop", "adam_beta1": 0.8},
        {"optimizer": "rprop,adam", "adam_beta1": 0.8},
        "adam_beta1: has no effect without optimizer adam; leave it out, or add adam to optimizer.",
    ),
    (
        {"quickprop_growth": [1.75, 2]},
        {"quickprop_growth": 1.75},
        "quickprop_growth: has no effect without optimizer quickprop; leave it out, or add"
        " quickprop to optimizer.",
    ),
    (
        {"optimizer": "rprop", "rprop_smallest_step": "0.1,1", "rprop_largest_step": "0.5,2"},
        {"optimizer": "rprop", "rprop_smallest_step": "0.1,0.5", "rprop_largest_step": "0.5,2"},
        "rprop_smallest_step: 1 cannot be combined with rprop_largest_step 0.5; give one that is"
        " not above it.",
    ),
    (
        {"targets": "0.1,0.9", "stop": "cross_entropy < 0.1"},
        {"targets": "0.1,0.9", "error": "cross_entropy"},
        "stop: cross_entropy < 0.1 cannot be combined with targets 0.1,0.9, with which"
        " cross_entropy has no 0 to reach; give another rule, or targets 0,1.",
    ),
]


@pytest.mark.parametrize(("senseless", "sensible", "sentence"), SENSELESS)
def test_combinations_that_make_no_sense_are_refused_by_name(
    senseless: dict[str, Any], sensible: dict[str, Any], sentence: str
) -> None:
    assert problems(**senseless) == [sentence]
    assert contradictions(make_settings(**sensible)) == []


def test_all_contradictions_come_at_once() -> None:
    assert len(problems(optimizer="rprop,nesterov", update="online", momentum="0,1e-9")) == 3


def test_the_constants_are_the_published_ones_and_belong_to_their_optimizers() -> None:
    settings = make_settings()
    assert {name: getattr(settings, name) for name in CONSTANTS} == {
        name: (value,) for name, value in optimizers.CONSTANTS.items()
    }
    assert tuple(optimizers.OPTIMIZERS) == OPTIMIZERS


def test_constants_are_described_where_they_have_an_effect() -> None:
    assert not set(CONSTANTS) & set(make_settings().as_dict())
    description = make_settings(optimizer="gradient_descent,adam", adam_beta2=[0.9, 0.99]).as_dict()
    described = {name: description[name] for name in CONSTANTS if name in description}
    assert described == {"adam_beta1": 0.9, "adam_beta2": [0.9, 0.99], "adam_epsilon": 1e-8}
    assert make_settings(**description).as_dict() == description


def test_none_is_the_default() -> None:
    assert make_settings(**dict.fromkeys(SETTING_NAMES)) == make_settings()


def test_the_lists_of_names_agree() -> None:
    assert tuple(AXES) == tuple(field.name for field in dataclasses.fields(Point))
    assert sorted(SETTING_NAMES) == sorted(Settings.model_fields)


def test_settings_do_not_change() -> None:
    settings = make_settings(initial_weights=WEIGHTS)
    with pytest.raises(pydantic.ValidationError):
        settings.momentum = (0.5,)  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        settings.initial_weights[0, 0] = 1.0  # type: ignore[index]


def test_settings_survive_the_way_between_processes() -> None:
    settings = make_settings(seeds="0:4294967296", init="uniform:0,1,normal:1")
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_all_problems_come_at_once() -> None:
    assert problems(
        learning_rte=1,
        momentum=[0.5, 1.0],
        update="batchh",
        learning_rate=[-0.1, 0.1, "x"],
        seeds="10:5",
        weights="yes",
    ) == [
        'seeds: "10:5" is empty or reversed; give START:STOP with START below STOP, such as'
        " 0:1000.",
        "learning_rate: -0.1 is not allowed; give finite numbers of 0 or more.",
        'learning_rate: "x" is not allowed; give finite numbers of 0 or more.',
        'update: "batchh" is not known; did you mean "batch"? Allowed: batch, online, shuffled.',
        "momentum: 1.0 is not allowed; give a number from 0 up to, but not including, 1.",
        'weights: "yes" is not allowed; give true or false.',
        "learning_rte is not a setting; did you mean learning_rate?",
    ]


@pytest.mark.parametrize("value", [1, 0, "true", [True], np.array([True])])
def test_weights_is_true_or_false(value: object) -> None:
    [problem] = problems(weights=value)
    assert problem.startswith("weights: ")
    assert problem.endswith(" is not allowed; give true or false.")


def test_weights_may_come_from_numpy() -> None:
    assert make_settings(weights=np.False_).weights is False


def test_unknown_settings_are_named_with_what_there_is() -> None:
    assert problems(threads=2) == [
        f"threads is not a setting; the settings are {', '.join(SETTING_NAMES)}."
    ]


BESIDE = (
    "cannot be given together with initial_weights, which already say where every run starts;"
    " leave one of them out."
)


def test_initial_weights_stand_for_seeds_and_init() -> None:
    beside = {"seeds": range(1000), "init": "uniform:0,1", "initial_weights": WEIGHTS}
    assert problems(**beside) == [f"seeds: {BESIDE}", f"init: {BESIDE}"]


def test_initial_weights_beside_seeds_are_found_even_if_refused_themselves() -> None:
    assert problems(seeds=5, initial_weights="weights.txt", momentum=1) == [
        'initial_weights: "weights.txt" is not allowed; give real numbers in an array of shape'
        " (n, 9), or the name of a .csv or .npy file.",
        f"seeds: {BESIDE}",
        "momentum: 1 is not allowed; give a number from 0 up to, but not including, 1.",
    ]


def test_refused_initial_weights_are_the_only_problem() -> None:
    assert len(problems(initial_weights=WEIGHTS[:, :8])) == 1


def test_seeds_are_the_rows_of_initial_weights() -> None:
    settings = make_settings(initial_weights=WEIGHTS, learning_rate=[1, 2])
    assert settings.seed_count == 2
    assert settings.rows == 4
    assert [settings.seed(index) for index in range(2)] == [0, 1]
    np.testing.assert_array_equal(settings.seed_values(0, 2), [0, 1])
    np.testing.assert_array_equal(settings.initial_weights, WEIGHTS)


def test_grids_may_be_larger_than_any_memory() -> None:
    settings = make_settings(seeds="0:4294967296", learning_rate="linear:0:1:100000")
    assert settings.rows == 2**32 * 10**5
    assert settings.locate(settings.rows - 1) == (99_999, 2**32 - 1)
    assert settings.locate(np.int64(2**40)) == (2**8, 0)
    np.testing.assert_array_equal(
        settings.seed_values(2**32 - 3, 2**32), [2**32 - 3, 2**32 - 2, 2**32 - 1]
    )
    assert len(settings.fingerprint) == 64


def test_the_largest_grid() -> None:
    most = {"seeds": range(10**9), "learning_rate": "linear:1:2:1000"}
    assert make_settings(**most, momentum="linear:0:0.9:1000").rows == 10**15
    assert problems(**most, momentum="linear:0:0.9:1001") == [
        "The grid has 1,001,000,000,000,000 rows, more than the 1,000,000,000,000,000 allowed;"
        " give fewer seeds or shorter lists."
    ]


def test_indices_outside_the_grid_are_refused() -> None:
    settings = make_settings(seeds=range(10))
    for index in (-1, 30):
        with pytest.raises(IndexError, match=f"there is no row {index}; there are 30"):
            settings.locate(index)
    for index in (-1, 3):
        with pytest.raises(IndexError, match=f"there is no point {index}; there are 3"):
            settings.point(index)
    for index in (-1, 10):
        with pytest.raises(IndexError, match=f"there is no seed {index}; there are 10"):
            settings.seed(index)
    for start, stop in ((-1, 5), (5, 4), (0, 11)):
        with pytest.raises(IndexError, match=f"there are no seeds {start} to {stop} of 10"):
            settings.seed_values(start, stop)


def test_axes_are_the_columns_of_tables() -> None:
    assert make_settings(learning_rate=1).axes == {"learning_rate": (1.0,)}
    settings = make_settings(
        max_epochs=[10, 20], stop="mse < 0.1,rms < 1", update="batch,online", seeds=5
    )
    assert list(settings.axes.items()) == [
        ("learning_rate", (0.1, 0.5, 2.0)),
        ("update", ("batch", "online")),
        ("stop", ("mse < 0.1", "rms < 1")),
        ("max_epochs", (10, 20)),
    ]


def test_the_description_is_canonical_and_compact() -> None:
    settings = make_settings(learning_rate="0.5", init=["uniform:0,1", "normal:2.0"], weights=False)
    assert list(settings.as_dict().items()) == [
        ("seeds", "0:1000"),
        ("learning_rate", 0.5),
        ("output_rate_ratio", 1.0),
        ("update", "batch"),
        ("optimizer", "gradient_descent"),
        ("momentum", 0.0),
        ("activation", "sigmoid"),
        ("error", "mse"),
        ("targets", "0,1"),
        ("init", ["uniform:0,1", "normal:2"]),
        ("stop", "mse < 0.001"),
        ("measured", "after_epoch"),
        ("max_epochs", 100_000),
        ("precision", "double"),
        ("weights", False),
    ]
    assert make_settings(seeds=5).as_dict()["seeds"] == 5
    assert make_settings(seeds="9,1").as_dict()["seeds"] == [9, 1]


def test_initial_weights_are_described_by_a_hash() -> None:
    description = make_settings(initial_weights=WEIGHTS).as_dict()
    assert description["initial_weights"] == {
        "sha256": hashlib.sha256(WEIGHTS.tobytes()).hexdigest(),
        "rows": 2,
    }
    assert "seeds" not in description
    assert "init" not in description
    [problem] = problems(initial_weights=description["initial_weights"])
    assert problem.startswith('initial_weights: {"rows": 2, "sha256": ')


def test_the_fingerprint_stays_the_same_from_version_to_version() -> None:
    assert make_settings().fingerprint == (
        "c49d52ff8da4f560b1c4f9530833c819aec35a3e86e895733666cd0c7e908878"
    )


SAME = [
    ({"learning_rate": [0.1, 0.5, 2]}, {"learning_rate": "0.1, 0.5, 2.0"}),
    ({"learning_rate": [0.1, 1, 10]}, {"learning_rate": "log:0.1:10:3"}),
    ({"learning_rate": 0.0}, {"learning_rate": -0.0}),
    ({"seeds": range(10)}, {"seeds": "0:10"}),
    ({"seeds": range(10)}, {"seeds": np.arange(10)}),
    ({"seeds": range(0, 6, 2)}, {"seeds": "0,2,4"}),
    ({"seeds": [7]}, {"seeds": "7"}),
    ({"init": "uniform:0,1"}, {"init": Init("uniform", (0, 1))}),
    ({"init": "uniform:0,1"}, {"init": [Init("uniform", (-0.0, np.float64(1)))]}),
    ({"stop": "mse<1e-3"}, {"stop": [StopRule("mse", 0.001)]}),
    ({"max_epochs": "1e5"}, {"max_epochs": 100_000}),
    ({"targets": "0.1,0.9;0,1"}, {"targets": [Targets(0.1, 0.9), " 0 , 1.0 "]}),
    ({"initial_weights": WEIGHTS}, {"initial_weights": WEIGHTS.tolist()}),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_means_the_same_is_equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = make_settings(**one), make_settings(**other)
    assert first == second
    assert hash(first) == hash(second)
    assert first.fingerprint == second.fingerprint
    assert first.as_dict() == second.as_dict()


CHANGED: list[dict[str, Any]] = [
    {},
    {"seeds": range(1001)},
    {"seeds": range(1, 1001)},
    {"seeds": "5,3"},
    {"seeds": "3,5"},
    {"learning_rate": [0.5, 0.1, 2.0]},
    {"learning_rate": [0.1, 0.5]},
    {"learning_rate": math.nextafter(0.1, 1)},
    {"update": "online"},
    {"update": "batch,online"},
    {"update": "shuffled"},
    {"momentum": 0.9},
    {"optimizer": "rprop"},
    {"optimizer": "gradient_descent,rprop"},
    {"optimizer": "adam"},
    {"activation": "tanh"},
    {"targets": "0.1,0.9"},
    {"init": "xavier"},
    {"error": "sse"},
    {"init": "uniform:-1,1"},
    {"init": "normal:1"},
    {"stop": "mse < 0.002"},
    {"stop": "sse < 0.001"},
    {"measured": "during_epoch"},
    {"max_epochs": 100_001},
    {"initial_weights": WEIGHTS},
    {"initial_weights": WEIGHTS[::-1]},
    {"initial_weights": WEIGHTS[:1]},
]


def test_every_change_of_the_rows_changes_the_fingerprint() -> None:
    settings = [make_settings(**changed) for changed in CHANGED]
    assert len({one.fingerprint for one in settings}) == len(CHANGED)
    for one, other in itertools.combinations(settings, 2):
        assert one != other


def test_the_columns_kept_do_not_change_the_fingerprint() -> None:
    assert make_settings(weights=False).fingerprint == make_settings().fingerprint
    assert make_settings(weights=False) != make_settings()


@pytest.mark.parametrize("changed", CHANGED[1:])
def test_differences(changed: dict[str, Any]) -> None:
    names = set(changed) | ({"seeds", "init"} if "initial_weights" in changed else set())
    described, default = make_settings(**changed).as_dict(), make_settings().as_dict()
    assert set(differences(described, default)) == set(differences(default, described)) == names
    assert differences(described, described) == []


def test_differences_see_settings_of_other_versions() -> None:
    assert differences({"seeds": 1, "noise": 0}, {"seeds": 1}) == ["noise"]
    older = {"seeds": 1}
    assert differences(older, {"seeds": 1, "optimizer": "gradient_descent", "targets": "0,1"}) == []
    assert differences({"seeds": 1, "optimizer": "rprop"}, older) == ["optimizer"]


rates = st.floats(0, allow_infinity=False)
epochs = st.integers(1, 10**12)
inits = st.sampled_from(["uniform:0,1", "uniform:-1,1", "normal:0.5", "xavier"])
stops = st.sampled_from(["mse < 0.001", "max_error < 0.5", "rms < 1e-3"])
words = {
    "update": ["batch", "online", "shuffled"],
    "activation": ["sigmoid", "tanh", "relu"],
    "targets": ["0,1", "0.1,0.9", "0,0.9"],
    "error": ["mse", "sse", "half_mse", "half_sse", "cross_entropy"],
    "measured": ["after_epoch", "during_epoch"],
}


def some(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(values, min_size=1, max_size=4, unique=True)


seeds = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=9, unique=True) | st.tuples(
    st.integers(0, 1000), st.integers(1, 50)
).map(lambda pair: range(pair[0], pair[0] + pair[1]))
givens = st.fixed_dictionaries(
    {"seeds": seeds},
    optional={
        "learning_rate": some(rates),
        "momentum": some(st.floats(0, 1, exclude_max=True)),
        "init": some(inits),
        "stop": some(stops),
        "max_epochs": some(epochs),
        **{name: some(st.sampled_from(allowed)) for name, allowed in words.items()},
    },
)


@given(givens)
def test_rows_are_the_product_of_the_axes_with_the_seeds_fastest(given: dict[str, Any]) -> None:
    settings = make_settings(**given)
    axes = [getattr(settings, name) for name in AXES]
    # The product runs through its last argument fastest.
    points = [Point(*values[::-1]) for values in itertools.product(*axes[::-1])]
    assert settings.point_count == len(points)
    assert [settings.point(index) for index in range(len(points))] == points
    assert len(set(points)) == len(points)

    count = settings.seed_count
    assert settings.rows == count * len(points)
    assert [settings.locate(row) for row in range(settings.rows)] == list(
        itertools.product(range(len(points)), range(count))
    )
    values = [settings.seed(index) for index in range(count)]
    assert values == list(given["seeds"])
    assert settings.seed_values(0, count).tolist() == values
    assert settings.seed_values(count // 3, count // 2).tolist() == values[count // 3 : count // 2]
    assert settings.seed_values(0, 0).dtype == np.int64


@given(givens, st.booleans())
def test_a_description_rebuilds_equal_settings(given: dict[str, Any], weights: bool) -> None:
    settings = make_settings(**given, weights=weights)
    description = json.loads(json.dumps(settings.as_dict(), allow_nan=False))
    rebuilt = make_settings(**description)
    assert description == settings.as_dict()
    assert rebuilt == settings
    assert rebuilt.fingerprint == settings.fingerprint
    assert all(getattr(rebuilt, name) == getattr(settings, name) for name in SETTING_NAMES)


@given(some(rates), some(epochs), some(inits))
def test_texts_mean_what_lists_mean(
    rates: list[float], epochs: list[int], inits: list[str]
) -> None:
    listed = make_settings(learning_rate=rates, max_epochs=epochs, init=inits)
    written = make_settings(
        learning_rate=",".join(map(repr, rates)),
        max_epochs=", ".join(map(str, epochs)),
        init=",".join(inits),
    )
    assert written == listed


fragments = st.lists(
    st.sampled_from([*"0123456789:,.<-+_e \n", "log:", "linear:", "uniform:", "normal:", "mse < ",
                     "nan", "inf", "batch", "sigmoid", "double", ".csv", ".npy", "999999999",
                     "rprop", "nesterov", "0,1", ";"]),
    max_size=12,
).map("".join)  # fmt: skip
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.complex_numbers()
    | st.binary(max_size=5)
    | st.text(max_size=20)
    | fragments
    | st.sampled_from([10**400, -(10**4000), range(10**30), range(0), np.float32(0.1), object()]),
    lambda values: (
        st.lists(values, max_size=4)
        | st.tuples(values, values)
        | st.dictionaries(st.text(max_size=3), values, max_size=3)
    ),
    max_leaves=10,
)


@hypothesis_settings(deadline=5000, max_examples=300)
@given(st.dictionaries(st.sampled_from(SETTING_NAMES) | st.text(max_size=9), anything, max_size=4))
def test_anything_is_read_or_refused_in_sentences(given: dict[str, Any]) -> None:
    try:
        settings = make_settings(**given)
    except SettingsError as error:
        sentences = error.problems
    else:
        sentences = ["Settings that can be used."]
        assert make_settings(**settings.as_dict()) == settings or "initial_weights" in given
    assert sentences
    for sentence in sentences:
        assert sentence.endswith((".", "?"))
        assert sentence.isprintable()
        assert len(sentence) < 700


@pytest.mark.parametrize(
    "name", ["axes", "experiment", "notation", "problems", "settings", "starting_weights"]
)
def test_the_examples_of_the_documentation(name: str) -> None:
    results = doctest.testmod(importlib.import_module(f"xorbench.{name}"))
    assert results.attempted > 0
    assert results.failed == 0


def test_the_import_is_light() -> None:
    code = "import sys, xorbench.settings; print({'numba', 'pandas'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
