"""The worked example: every number in it is computed again, from the text or from the weights."""

import doctest
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xorbench import explain as module
from xorbench.explain import explain
from xorbench.network import ERRORS, Array, gradient, train_plainly
from xorbench.outcome import Outcome

PATTERNS = [(0, 0), (0, 1), (1, 0), (1, 1)]
TARGETS = [0, 1, 1, 0]

# In steps, lest rounding decide which gate a unit is.
nine_weights = arrays(np.float64, 9, elements=st.integers(-9000, 9000).map(lambda k: k / 1024))
any_error = st.sampled_from(ERRORS)
any_update = st.sampled_from(["batch", "online"])
few = settings(max_examples=25, deadline=None)


def drawn(seed: int) -> Array:
    random = np.random.RandomState(seed).random_sample
    first, second = random((3, 2)), random((3, 1))
    return np.concatenate([first.T.ravel(), second.ravel()])


def told(start: Array, trained: Array, **changes: Any) -> str:
    """Explain with the tutorial's settings, except for the given ones."""
    run: dict[str, Any] = {
        "seed": None,
        "learning_rate": 0.6,
        "momentum": 0.0,
        "update": "online",
        "error": "mse",
        "stop": "mse < 0.001",
        "outcome": Outcome.CONVERGED,
        "epochs": 1615,
    }
    return explain(start, trained, **(run | changes))


def told_as_trained(seed: int, **changes: Any) -> str:
    """Train for real, and explain that."""
    run: dict[str, Any] = {"update": "online", "error": "mse", "momentum": 0.0, "max_epochs": 2000}
    run |= changes
    learning_rate = run.pop("learning_rate", 0.6)
    outcome, epochs, trained = train_plainly(drawn(seed), learning_rate, **run)
    del run["max_epochs"]
    run |= {"seed": seed, "learning_rate": learning_rate, "outcome": outcome, "epochs": epochs}
    return told(drawn(seed), trained, **run)


def section(text: str, number: int) -> str:
    return re.split(r"^\d\. .*\n-+\n", text, flags=re.MULTILINE)[number]


def flowing(text: str) -> str:
    return " ".join(text.split())


def tables(text: str) -> list[dict[str, list[str]]]:
    """Read the tables: cells are two or more spaces apart."""
    found = []
    for block in text.split("\n\n"):
        rows = [re.split(r" {2,}", line.strip()) for line in block.splitlines()]
        if len(rows) > 4 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1:
            found.append({name: list(cells) for name, *cells in zip(*rows, strict=True)})
    return found


def assert_shown(cells: list[str], values: Any) -> None:
    """Each cell is its value, within half a unit of the cell's last digit."""
    assert len(cells) == len(values)
    for cell, value in zip(cells, values, strict=True):
        decimals = len(cell.partition(".")[2])
        assert abs(float(cell) - value) <= 0.5000001 * 10.0**-decimals


def rounded(value: float) -> Any:
    """Equal to what was computed from activations of eight decimals."""
    return pytest.approx(value, rel=1e-3, abs=3e-8)


def sigmoid(net: float) -> float:
    return 1 / (1 + math.exp(-net))


def units(weights: Array, x1: int, x2: int) -> tuple[float, float, float]:
    w1, w2, w3, w4, w5, w6, w7, w8, w9 = weights.tolist()
    h1 = sigmoid(w1 + w2 * x1 + w3 * x2)
    h2 = sigmoid(w4 + w5 * x1 + w6 * x2)
    return h1, h2, sigmoid(w7 + w8 * h1 + w9 * h2)


@pytest.fixture(scope="module")
def tutorial() -> str:
    return told_as_trained(27)


def test_every_number_of_the_tutorial_is_in_the_text(tutorial: str) -> None:
    numbers_by_section = {
        2: "0.42572141 0.73539729 0.38338077 0.81458374 0.8680032 0.97945663 0.89319435 "
        "0.20971517 0.74182765",
        3: "0.60485152 0.69308541 0.82261865 0.84215617 0.84269835 0.85314043",
        5: "1.6452373 0.1459172067 0.2390061588 0.012033 0.03788282 0.2400684312 0.1452057555 "
        "0.166387927 0.60485152 0.69308541 0.20971517 0.74182765",
        7: "1615 0.001 0.093 0.094 0.879 0.065 0.969 0.971 1.000",
        8: "0.02 0.99 0.000 0.011",
        9: "0 1",
    }
    for number, printed in numbers_by_section.items():
        for digits in printed.split():
            assert digits in section(tutorial, number)


def test_the_tutorials_network_is_and_or_and_xor(tutorial: str) -> None:
    trained = flowing(section(tutorial, 7))
    assert "Converged: after 1615 epochs the stop rule, mse < 0.001, held for" in trained
    assert "h1 is AND and h2 is OR" in trained
    assert "have learned AND and OR" in trained
    assert "y is NOT h1 AND h2." in section(tutorial, 8)
    composition = section(tutorial, 9)
    assert "= NOT(x1 AND x2) AND (x1 OR x2)\n" in composition
    assert "together are XOR." in composition


REMARK = "does not print its training settings"


def test_that_the_tutorials_settings_are_inferred_is_said_of_them_only(tutorial: str) -> None:
    start = drawn(27)
    assert REMARK in flowing(section(tutorial, 7))
    assert "fitting its twelve printed activations" in flowing(section(tutorial, 7))
    assert REMARK in flowing(told(start, start, seed=27))
    others: list[dict[str, Any]] = [
        {"seed": None},
        {"learning_rate": 0.5},
        {"momentum": 0.1},
        {"update": "batch"},
        {"error": "sse"},
        {"stop": "mse < 0.01"},
        {"outcome": Outcome.MAX_EPOCHS, "epochs": 10},
    ]
    for other in others:
        assert REMARK not in flowing(told(start, start, **({"seed": 27} | other)))
    assert REMARK not in flowing(told(2 * start - 1, start, seed=27))
    assert REMARK not in flowing(told(drawn(28), start, seed=28))


@given(st.integers(0, 2**32 - 1), any_error, any_update, st.sampled_from([0.0, 0.9]))
@settings(max_examples=10, deadline=None)
def test_any_run_is_told_in_nine_sections_and_short_lines(
    seed: int, error: str, update: str, momentum: float
) -> None:
    text = told_as_trained(seed, error=error, update=update, momentum=momentum, max_epochs=20)
    assert re.findall(r"^(\d)\. ", text, flags=re.MULTILINE) == list("123456789")
    assert max(len(line) for line in text.splitlines()) <= 80
    assert not any(line != line.rstrip() for line in text.splitlines())
    assert f"seed {seed}," in text
    assert f"error {error}," in flowing(text)
    assert "nan" not in text
    assert ("Momentum adds 0.9 times" in flowing(text)) == (momentum == 0.9)


@few
@given(st.integers(0, 2**32 - 1))
def test_the_two_lines_of_numpy_draw_the_weights(seed: int) -> None:
    text = section(told(drawn(seed), drawn(seed), seed=seed), 2)
    recipe = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    recipe = [line for line in recipe if "random" in line]
    assert len(recipe) == 2
    names: dict[str, Any] = {"numpy": np}
    exec("\n".join(recipe), names)
    weights = [*names["W1"][:, 0], *names["W1"][:, 1], *names["W2"][:, 0]]
    assert_shown(tables(text)[0]["start"], weights)


def test_each_weight_is_named_by_what_it_joins() -> None:
    (shown,) = tables(section(told(np.zeros(9), np.zeros(9)), 2))
    inputs = {"h1": ["x1", "x2"], "h2": ["x1", "x2"], "y": ["h1", "h2"]}
    roles = [
        role
        for unit, (first, second) in inputs.items()
        for role in (f"bias of {unit}", f"from {first} to {unit}", f"from {second} to {unit}")
    ]
    assert shown["is the"] == roles
    assert shown["weight"] == [f"w{k}" for k in range(1, 10)]


def test_a_start_that_the_two_lines_do_not_draw_has_none() -> None:
    by_hand = section(told(np.ones(9), np.ones(9)), 2)
    assert "random" not in by_hand
    normal = np.random.RandomState(27).normal(size=9)
    other = section(told(normal, normal, seed=27), 2)
    assert "numpy" not in other
    assert "from another distribution than the uniform one" in flowing(other)


@few
@given(nine_weights)
def test_the_forward_pass_is_computed_again(start: Array) -> None:
    text = section(told(start, start), 3)
    activations = [units(start, x1, x2) for x1, x2 in PATTERNS]
    (shown,) = tables(text)
    for place, unit in enumerate(("h1", "h2", "y")):
        assert_shown(shown[unit], [activation[place] for activation in activations])
    assert_shown(shown["t"], TARGETS)
    inputs = zip(shown["x1"], shown["x2"], strict=True)
    assert [(int(x1), int(x2)) for x1, x2 in inputs] == PATTERNS

    # The sums of pattern 00 are right as they stand, up to their rounding.
    sums = re.findall(r"net\d = .*\n +=(.*)\n +=(.*)\n +\w+ += s\(net\d\) = (.*)", text)
    assert len(sums) == 3
    for written, net, activation in sums:
        assert eval(written) == pytest.approx(float(net), abs=1e-6)
        assert sigmoid(float(net)) == pytest.approx(float(activation), abs=2e-8)


@few
@given(nine_weights, any_error)
def test_the_errors_are_computed_again(start: Array, error: str) -> None:
    text = section(told(start, start, error=error), 4)
    answers = [units(start, x1, x2) for x1, x2 in PATTERNS]
    outputs = [y for _, _, y in answers]
    (shown,) = tables(text)
    assert_shown(shown["y"], outputs)
    if error == "cross_entropy":
        nets = [start[6] + start[7] * h1 + start[8] * h2 for h1, h2, _ in answers]
        right = [sigmoid(net if t else -net) for net, t in zip(nets, TARGETS, strict=True)]
        terms = [-math.log(value) for value in right]
        assert_shown(shown["right"], right)
        assert_shown(shown["-ln(right)"], terms)
    else:
        differences = [y - t for y, t in zip(outputs, TARGETS, strict=True)]
        half = 0.5 if error.startswith("half") else 1.0
        terms = [half * difference**2 for difference in differences]
        assert_shown(shown["y - t"], differences)
        assert_shown(shown["(y - t)^2 / 2" if half == 0.5 else "(y - t)^2"], terms)
        total = re.search(r"differences add up to (\S+),", flowing(text))
        assert total is not None
        assert_shown([total[1]], [sum(differences)])
    whole = sum(terms) if error.endswith("sse") else sum(terms) / 4
    value = re.search(rf"The (\w+) of the last column is the error, {error}: (\S+)\.", text)
    assert value is not None
    assert value[1] == ("sum" if error.endswith("sse") else "mean")
    assert_shown([value[2]], [whole])


@few
@given(nine_weights, any_error)
def test_the_chain_rule_is_multiplied_out_as_it_stands(start: Array, error: str) -> None:
    text = section(told(start, start, error=error), 5)
    factors = dict(re.findall(r"^  (d\w+/d\w+) .*= (\S+)$", text, flags=re.MULTILINE))
    products = re.findall(r"^  dE/d(w\d) = (.*)\n +=(.*)\n +=(.*)$", text, flags=re.MULTILINE)
    assert [weight for weight, *_ in products] == [f"w{k}" for k in (7, 8, 9, 1, 2, 3, 4, 5, 6)]
    by_hand = {}
    for weight, names, digits, product in products:
        path = names.split(" * ")
        # From E down to the weight, each factor goes on where the one before it ended.
        ends = [end for name in path for end in name.split("/")]
        assert (ends[0], ends[-1]) == ("dE", f"d{weight}")
        assert ends[1:-1:2] == ends[2:-1:2]
        assert digits.strip() == " * ".join(factors[name] for name in path)
        assert_shown([product], [math.prod(float(value) for value in digits.split(" * "))])
        by_hand[weight] = product.strip()

    (shown,) = tables(text.partition("last column:")[2])
    assert shown["by hand"] == [by_hand[weight] for weight in shown["weight"]]
    slopes = gradient(start, 0, error)
    assert_shown(shown["not rounded"], slopes)
    np.testing.assert_allclose([float(cell) for cell in shown["by hand"]], slopes, atol=3e-7)


@few
@given(nine_weights, any_error)
def test_the_factors_are_computed_again(start: Array, error: str) -> None:
    text = section(told(start, start, error=error), 5)
    factors = {
        name: float(value)
        for name, value in re.findall(r"^  (d\w+/d\w+) .*= (\S+)$", text, flags=re.MULTILINE)
    }
    h1, h2, y = units(start, 0, 0)
    assert factors["dy/dnet3"] == rounded(y * (1 - y))
    assert factors["dh1/dnet1"] == rounded(h1 * (1 - h1))
    assert factors["dh2/dnet2"] == rounded(h2 * (1 - h2))
    assert (factors["dnet3/dw7"], factors["dnet1/dw1"], factors["dnet2/dw4"]) == (1, 1, 1)
    assert {factors[f"dnet1/dw{k}"] for k in (2, 3)} == {0}
    assert {factors[f"dnet2/dw{k}"] for k in (5, 6)} == {0}
    assert factors["dnet3/dw8"] == rounded(h1)
    assert factors["dnet3/dw9"] == rounded(h2)
    assert factors["dnet3/dh1"] == rounded(start[7])
    assert factors["dnet3/dh2"] == rounded(start[8])
    if error == "cross_entropy":
        assert factors["dE/dnet3"] == rounded(y)
        if y < 0.9999:
            assert factors["dE/dy"] == rounded(1 / (1 - y))
        assert "cancels" in text
    else:
        assert factors["dE/dy"] == rounded(y if "half" in error else 2 * y)
        assert "dE/dnet3" not in factors


@few
@given(nine_weights, any_error, any_update, st.sampled_from([0.6, 2.0, 50.0]))
def test_the_first_step_is_computed_again(
    start: Array, error: str, update: str, learning_rate: float
) -> None:
    text = section(told(start, start, error=error, update=update, learning_rate=learning_rate), 6)
    (shown,) = tables(text)
    slopes = gradient(start, 0 if update == "online" else None, error)
    assert_shown(shown["old"], start)
    assert_shown(shown["gradient"], slopes)
    assert_shown(shown["change"], -learning_rate * slopes)
    assert_shown(shown["new"], start - learning_rate * slopes)
    assert shown["weight"] == [f"w{k}" for k in range(1, 10)]
    assert "collected first, and only then applied together" in flowing(text)
    assert ("over all four patterns" in flowing(text)) == (update == "batch")
    assert ("gradient of pattern 00" in flowing(text)) == (update == "online")


def truth(activations: list[float]) -> list[int]:
    return [int(activation > 0.5) for activation in activations]


GATES = {
    "FALSE": "0000", "AND": "0001", "x1 AND NOT x2": "0010", "x1": "0011",
    "NOT x1 AND x2": "0100", "x2": "0101", "XOR": "0110", "OR": "0111",
    "NOR": "1000", "XNOR": "1001", "NOT x2": "1010", "x1 OR NOT x2": "1011",
    "NOT x1": "1100", "NOT x1 OR x2": "1101", "NAND": "1110", "TRUE": "1111",
}  # fmt: skip


def gate(values: list[int]) -> str:
    word = "".join(map(str, values))
    return next(name for name, table in GATES.items() if table == word)


@settings(max_examples=60, deadline=None)
@given(nine_weights, nine_weights)
def test_the_trained_network_is_computed_again(start: Array, trained: Array) -> None:
    text = told(start, trained)
    activations = [units(trained, x1, x2) for x1, x2 in PATTERNS]
    h1, h2, y = ([activation[place] for activation in activations] for place in range(3))
    binary = [sigmoid(trained[6] + trained[7] * a + trained[8] * b) for a, b in PATTERNS]

    weights, answers = tables(section(text, 7))
    assert_shown(weights["start"], start)
    assert_shown(weights["trained"], trained)
    for name, values in {"h1": h1, "h2": h2, "y": y}.items():
        assert_shown(answers[name], values)
    assert answers["AND"] == list("0001")
    assert answers["OR"] == list("0111")
    trained_section = flowing(section(text, 7))
    gates = (gate(truth(h1)), gate(truth(h2)))
    assert f"h1 is {gates[0]} and h2 is {gates[1]};" in trained_section
    margin = re.search(r"nearest to the cut is (\S+) away", trained_section)
    assert margin is not None
    assert_shown([margin[1]], [min(abs(value - 0.5) for value in h1 + h2)])
    assert ("have learned AND and OR" in trained_section) == (set(gates) == {"AND", "OR"})

    (output,) = tables(section(text, 8))
    assert_shown(output["y"], binary)
    assert output["h1"] + output["h2"] == list("00110101")

    composed = [truth(binary)[2 * a + b] for a, b in zip(truth(h1), truth(h2), strict=True)]
    (shown,) = tables(section(text, 9))
    expected = {"h1": truth(h1), "h2": truth(h2), "y": composed, "XOR": TARGETS}
    for name, bits in expected.items():
        assert shown[name] == [str(bit) for bit in bits]
    composition = flowing(section(text, 9))
    is_xor = composed == TARGETS
    assert ("three units together are XOR." in composition) == is_xor
    assert (f"three units make {gate(composed)}, not XOR." in composition) == (not is_xor)
    differs = composed != truth(y)
    assert (f"is {gate(truth(y))} when its output is cut" in composition) == differs

    formulas = re.findall(r"^ +(?:h1|h2|y|) +=(.*)$", section(text, 9), flags=re.MULTILINE)
    assert len(formulas) == 4
    assert [evaluated(formulas[0], x1=x1, x2=x2) for x1, x2 in PATTERNS] == truth(h1)
    assert [evaluated(formulas[1], x1=x1, x2=x2) for x1, x2 in PATTERNS] == truth(h2)
    assert [evaluated(formulas[2], h1=a, h2=b) for a, b in PATTERNS] == truth(binary)
    assert [evaluated(formulas[3], x1=x1, x2=x2) for x1, x2 in PATTERNS] == composed


def evaluated(formula: str, **inputs: int) -> bool:
    python = formula.replace("AND", "and").replace("XOR", "!=").replace("OR", "or")
    python = python.replace("NOT", "not ").replace("TRUE", "True").replace("FALSE", "False")
    return bool(eval(python.strip(), {name: bool(value) for name, value in inputs.items()}))


def test_a_network_may_be_xor_without_its_gates() -> None:
    """h2 is always above one half, but more so for 11: the output listens to how much."""
    trained = np.array([-10, 20, 20, 0.2, 0.8, 0.8, -10, 89.5, -100])
    text = told(trained, trained)
    assert "h1 is OR and h2 is TRUE;" in flowing(section(text, 7))
    assert "no pair from which one output unit can make XOR" in flowing(section(text, 7))
    composition = flowing(section(text, 9))
    assert "three units make FALSE, not XOR. The network itself" in composition
    assert "is XOR when its output is cut at 0.5" in composition


def test_other_pairs_than_and_and_or_can_make_xor() -> None:
    trained = np.array([-10.0, 20, -20, -10, -20, 20, -10, 20, 20])
    text = told(trained, trained)
    assert "h1 is x1 AND NOT x2 and h2 is NOT x1 AND x2;" in flowing(section(text, 7))
    assert "another pair from which one output unit can make XOR" in flowing(section(text, 7))
    assert "= (x1 AND NOT x2) OR (NOT x1 AND x2)\n" in section(text, 9)


def test_a_trained_network_without_xor_says_what_it_is() -> None:
    text = told_as_trained(0, learning_rate=8.0, max_epochs=400)
    assert "did not hold within 400 epochs. The run is censored there" in flowing(text)
    assert "three units make OR, not XOR." in flowing(section(text, 9))


@pytest.mark.parametrize(
    ("outcome", "epochs", "sentence"),
    [
        (Outcome.CONVERGED, 0, "the starting weights already satisfied the stop rule, rms < 0.1."),
        (Outcome.CONVERGED, 1, "Converged: after 1 epoch the stop rule, rms < 0.1, held for"),
        (Outcome.MAX_EPOCHS, 9, "rms < 0.1, did not hold within 9 epochs. The run is censored"),
        (Outcome.STALLED, 9, "did not hold, and epoch 9 left every weight bit for bit as it was."),
        (Outcome.NONFINITE, 9, "in epoch 9 a weight grew beyond the largest number"),
    ],
)
def test_each_ending_has_its_sentence(outcome: Outcome, epochs: int, sentence: str) -> None:
    text = told(drawn(1), drawn(2), stop="rms < 0.1", outcome=outcome, epochs=epochs)
    ending = flowing(section(text, 7))
    assert sentence in ending
    assert ("Not converged" in ending) == (outcome != Outcome.CONVERGED)
    assert "local minimum" not in flowing(text)


def test_a_run_that_overflowed_ends_with_its_weights() -> None:
    trained = np.array([np.inf, np.nan, -np.inf, 1, 2, 3, 4, 5, 6])
    text = told(
        drawn(1), trained, outcome=Outcome.NONFINITE, epochs=1, learning_rate=1e308, error="sse"
    )
    assert text.count("\n---") == 7
    (weights,) = tables(section(text, 7))
    assert weights["trained"][:4] == ["inf", "nan", "-inf", "1.00000000"]
    assert "There is no network left to look at." in flowing(section(text, 7))


def test_a_first_step_that_overflows_is_told_without_a_warning() -> None:
    start = drawn(27) * [1, 1, 1, 1, 1, 1, 1, 100, 100]
    text = told(start, start, learning_rate=1e308, error="cross_entropy")
    assert tables(section(text, 6))[0]["new"][0] == "-inf"


@few
@given(
    arrays(np.float64, 9, elements=st.sampled_from([-1e300, -9999.9, -50.0, 0.0, 50.0, 1e300])),
    any_error,
    any_update,
)
def test_extreme_weights_are_told_without_nan_or_warning(
    weights: Array, error: str, update: str
) -> None:
    text = told(weights, weights, error=error, update=update)
    assert "nan" not in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_a_probability_of_one_has_an_endless_slope() -> None:
    text = told(np.full(9, 50.0), np.full(9, 50.0), error="cross_entropy")
    assert "dE/dy     = 1/(1 - y) = inf\n" in section(text, 5)


def test_an_update_that_it_cannot_tell_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^update is 'shuffled', but must be one of 'batch'"):
        told(drawn(1), drawn(1), update="shuffled")


def test_the_examples_run() -> None:
    assert doctest.testmod(module).failed == 0
