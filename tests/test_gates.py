"""Boolean gates against Python's own logic, the laws of Boolean algebra, and brute force."""

import doctest
import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xorbench import gates
from xorbench.gates import (
    NAMES,
    XOR_PAIRS,
    compose,
    formula,
    identify,
    margin,
    output_activations,
    truth_table,
)
from xorbench.network import Array, forward

CORNERS = list(itertools.product([False, True], repeat=2))
XOR = NAMES.index("XOR")

codes = st.integers(0, 15)
activations = arrays(np.float64, 4, elements=st.floats(0, 1))

LOGIC: dict[str, Callable[[bool, bool], bool]] = {
    "FALSE": lambda x1, x2: False,
    "AND": lambda x1, x2: x1 and x2,
    "x1 AND NOT x2": lambda x1, x2: x1 and not x2,
    "x1": lambda x1, x2: x1,
    "NOT x1 AND x2": lambda x1, x2: not x1 and x2,
    "x2": lambda x1, x2: x2,
    "XOR": lambda x1, x2: x1 != x2,
    "OR": lambda x1, x2: x1 or x2,
    "NOR": lambda x1, x2: not (x1 or x2),
    "XNOR": lambda x1, x2: x1 == x2,
    "NOT x2": lambda x1, x2: not x2,
    "x1 OR NOT x2": lambda x1, x2: x1 or not x2,
    "NOT x1": lambda x1, x2: not x1,
    "NOT x1 OR x2": lambda x1, x2: not x1 or x2,
    "NAND": lambda x1, x2: not (x1 and x2),
    "TRUE": lambda x1, x2: True,
}


def test_each_name_stands_at_its_code_and_has_its_truth_table() -> None:
    assert tuple(LOGIC) == NAMES
    for code, (name, function) in enumerate(LOGIC.items()):
        table = [function(x1, x2) for x1, x2 in CORNERS]
        assert int("".join(str(int(value)) for value in table), base=2) == code
        assert truth_table(code).tolist() == truth_table(name).tolist() == table


def test_gates_come_in_arrays_of_any_shape() -> None:
    every = np.arange(16).reshape(2, 8)
    assert truth_table(every).shape == (2, 8, 4)
    assert truth_table(np.reshape(NAMES, (2, 8))).tolist() == truth_table(every).tolist()
    assert identify(truth_table(every)).tolist() == every.tolist()
    outputs, h1, h2 = np.ix_(range(16), range(16), range(16))
    composed = compose(outputs, h1, h2)
    assert composed.shape == (16, 16, 16)
    for output, one, other in [(4, 1, 7), (6, 3, 5), (9, 14, 2)]:
        assert composed[output, one, other] == compose(output, one, other)


@given(codes, codes, codes)
def test_composing_is_calling_one_function_with_the_others_values(
    output: int, h1: int, h2: int
) -> None:
    f, g1, g2 = (LOGIC[NAMES[code]] for code in (output, h1, h2))
    table = [f(g1(x1, x2), g2(x1, x2)) for x1, x2 in CORNERS]
    assert truth_table(compose(output, h1, h2)).tolist() == table
    assert compose(NAMES[output], NAMES[h1], NAMES[h2]) == compose(output, h1, h2)


@given(codes, codes)
def test_de_morgan(one: int, other: int) -> None:
    assert compose("NAND", one, other) == compose("OR", 15 - one, 15 - other)
    assert compose("NOR", one, other) == compose("AND", 15 - one, 15 - other)


@given(codes, codes, codes)
def test_the_complement_of_the_output_is_the_complement_of_the_whole(
    output: int, h1: int, h2: int
) -> None:
    assert compose(15 - output, h1, h2) == 15 - compose(output, h1, h2)
    assert compose("NOT x1", output, h1) == 15 - output


@given(codes, codes, codes)
def test_exchanging_the_hidden_gates_exchanges_the_outputs_inputs(
    output: int, h1: int, h2: int
) -> None:
    exchanged = compose(output, "x2", "x1")
    assert compose(exchanged, h2, h1) == compose(output, h1, h2)
    assert compose("x1", h1, h2) == h1
    assert compose("x2", h1, h2) == h2


@given(activations, st.floats(0, 1))
def test_above_the_threshold_is_true(values: Array, threshold: float) -> None:
    table = [bool(value > threshold) for value in values]
    assert truth_table(identify(values, threshold)).tolist() == table


def test_the_usual_cut_is_one_half_and_the_cut_itself_is_false() -> None:
    assert NAMES[identify([0.5, 0.51, 0.49, 1])] == "x2"
    assert NAMES[identify([-0.5, 0.0, 0.1, 2.0], threshold=0)] == "x1"


@given(activations, st.sampled_from([0.25, 0.5, 0.75]))
def test_turning_a_unit_over_gives_the_complement(values: Array, threshold: float) -> None:
    if (values != threshold).all():
        assert identify(-values, -threshold) == 15 - identify(values, threshold)
        assert margin(-values, -values, -threshold) == margin(values, values, threshold)


def threshold_gates() -> set[int]:
    """Gates that one straight line makes: bias and weights of -3..3 in halves are enough."""
    halves = np.arange(-6, 7) / 2
    bias, weight1, weight2 = (grid.ravel() for grid in np.meshgrid(halves, halves, halves))
    sums = np.stack([bias + weight1 * x1 + weight2 * x2 for x1, x2 in CORNERS], axis=-1)
    return set(identify(sums, threshold=0).tolist())


def test_the_xor_pairs_are_those_that_brute_force_finds() -> None:
    linear = threshold_gates()
    assert {NAMES[code] for code in set(range(16)) - linear} == {"XOR", "XNOR"}
    pairs = {
        (h1, h2)
        for h1, h2, output in itertools.product(linear, repeat=3)
        if compose(output, h1, h2) == XOR
    }
    assert pairs == XOR_PAIRS
    assert len(XOR_PAIRS) == 16
    assert len({frozenset(pair) for pair in XOR_PAIRS}) == 8


@given(codes, codes, codes)
def test_a_formula_has_the_value_of_its_gates(output: int, h1: int, h2: int) -> None:
    written = formula(output, formula(h1), formula(h2))
    python = written.replace("AND", "and").replace("XOR", "!=").replace("OR", "or")
    python = python.replace("NOT", "not ").replace("TRUE", "True").replace("FALSE", "False")
    values = [eval(python, {"x1": x1, "x2": x2}) for x1, x2 in CORNERS]
    assert values == truth_table(compose(output, h1, h2)).tolist()


def test_the_tutorials_formula_reads_as_it_is_said() -> None:
    assert compose("NOT x1 AND x2", "AND", "OR") == XOR
    written = formula("NOT x1 AND x2", formula("AND"), formula("OR"))
    assert written == "NOT(x1 AND x2) AND (x1 OR x2)"


@given(activations, activations, st.floats(0, 1))
def test_the_margin_is_the_smallest_of_eight_distances(
    h1: Array, h2: Array, threshold: float
) -> None:
    smallest = min(abs(value - threshold) for value in [*h1, *h2])
    assert margin(h1, h2, threshold) == smallest
    many = margin(np.array([h1, h2]), np.array([h2, h2]), threshold)
    assert many.tolist() == [smallest, margin(h2, h2, threshold)]


@given(arrays(np.float64, 3, elements=st.floats(-5, 5)), codes, codes)
def test_the_output_unit_reads_binary_hidden_units(unit: Array, h1: int, h2: int) -> None:
    answers = output_activations([0, 0, 0, 0, 0, 0, *unit])
    expected = [1 / (1 + np.exp(-(unit[0] + unit[1] * a + unit[2] * b))) for a, b in CORNERS]
    np.testing.assert_allclose(answers, expected, rtol=1e-12)


def test_a_network_of_steep_units_computes_its_composition() -> None:
    and_unit, or_unit, output_unit = [-30, 20, 20], [-10, 20, 20], [-10, -20, 20]
    weights = 10 * np.array([[*and_unit, *or_unit, *output_unit]] * 2)
    h1, h2, y = forward(weights)
    assert [NAMES[code] for code in (*identify(h1), *identify(h2))] == ["AND", "AND", "OR", "OR"]
    output = identify(output_activations(weights))
    assert compose(output, identify(h1), identify(h2)).tolist() == identify(y).tolist() == [XOR] * 2


@pytest.mark.parametrize("gate", [16, -1, 0.5, [3, 99]])
def test_codes_outside_the_sixteen_are_refused(gate: object) -> None:
    with pytest.raises(ValueError, match=r"gate is .*, but its code must be .* from 0 to 15\.$"):
        truth_table(gate)  # type: ignore[arg-type]


def test_names_outside_the_sixteen_are_refused() -> None:
    with pytest.raises(ValueError, match=r"gate is 'MAYBE', but its name must be .* NAND, TRUE\.$"):
        compose("AND", "MAYBE", "OR")


def test_the_examples_run() -> None:
    assert doctest.testmod(gates).failed == 0
