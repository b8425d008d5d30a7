import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xorbench.notation import (
    METRICS,
    MOST_VALUES,
    Init,
    StopRule,
    Targets,
    as_number,
    as_whole,
    is_spacing,
    number_text,
    parse_init,
    parse_spacing,
    parse_stop,
    parse_targets,
)

finite = st.floats(allow_nan=False, allow_infinity=False)
positive = st.floats(min_value=0, exclude_min=True, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("0.5", 0.5),
        (" 1e-3 ", 0.001),
        (2, 2.0),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3.0),
        (Fraction(1, 4), 0.25),
    ],
)
def test_numbers(value: Any, number: float) -> None:
    assert as_number(value) == number
    assert type(as_number(value)) is float


def test_minus_zero_is_zero() -> None:
    assert math.copysign(1, as_number("-0.0")) == 1


@pytest.mark.parametrize("value", ["", "x", "1,5", True, np.True_, None, 1j, b"1", [1], 10**400])
def test_what_is_no_number_is_nan(value: Any) -> None:
    assert math.isnan(as_number(value))


@pytest.mark.parametrize(
    "value", [100_000, "100000", "100_000", "1e5", 1e5, np.float64(1e5), np.int32(100_000)]
)
def test_whole_numbers(value: Any) -> None:
    assert as_whole(value) == 100_000
    assert type(as_whole(value)) is int


def test_whole_numbers_beyond_the_precision_of_floats_stay_exact() -> None:
    assert as_whole(str(2**53 + 1)) == 2**53 + 1


@pytest.mark.parametrize("value", ["1.5", 1.5, math.inf, math.nan, "9" * 5000, True, None, [], ""])
def test_what_is_no_whole_number_is_none(value: Any) -> None:
    assert as_whole(value) is None


@given(finite)
def test_the_text_of_a_number_reads_back(number: float) -> None:
    assert as_number(number_text(number)) == number


@pytest.mark.parametrize(
    ("given_text", "text"),
    [
        ("uniform:0,1", "uniform:0,1"),
        (" uniform : -1.0 , 1e0 ", "uniform:-1,1"),
        ("uniform:-0.0,1", "uniform:0,1"),
        ("normal:0.50", "normal:0.5"),
        (" xavier ", "xavier"),
    ],
)
def test_inits_have_one_canonical_text(given_text: str, text: Any) -> None:
    assert parse_init(given_text).text == str(parse_init(given_text)) == text


@given(finite, positive)
def test_the_text_of_an_init_reads_back(low: float, width: float) -> None:
    if low < low + width < math.inf:
        init = Init("uniform", (low, low + width))
        assert parse_init(init.text) == init
    assert parse_init(Init("normal", (width,)).text) == Init("normal", (width,))


@pytest.mark.parametrize(
    "text",
    [
        "uniform:1,0",
        "uniform:1,1",
        "uniform:0",
        "uniform:0,1,2",
        "uniform:0,inf",
        "uniform:-inf,0",
        "uniform:nan,1",
        "uniform:-1e308,1e308",
        "uniform",
        "normal:0",
        "normal:-1",
        "normal:inf",
        "normal:nan",
        "normal:",
        "normal",
        "xavier:",
        "xavier:1",
        "cauchy:1",
        "Uniform:0,1",
        "",
        5,
        None,
    ],
)
def test_inits_that_are_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"^is not allowed; give uniform:LOW,HIGH with LOW below"):
        parse_init(text)


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_min=True))
def test_the_text_of_targets_reads_back(low: float, high: float) -> None:
    if low < high:
        targets = Targets(low, high)
        assert parse_targets(targets.text) == parse_targets(targets) == targets
        assert str(targets) == targets.text


@pytest.mark.parametrize(
    "text", ["", "0", "0,", ",1", "1,0", "0,0", "-0.1,1", "0,1.01", "0,nan", "0,0.5,1", "0;1"]
)
def test_targets_that_are_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"^is not allowed; give LOW,HIGH with LOW below HIGH"):
        parse_targets(text)


def test_an_init_cannot_be_made_wrong() -> None:
    with pytest.raises(ValueError, match="is not allowed"):
        Init("uniform", (1.0, 0.0))


@pytest.mark.parametrize("metric", METRICS)
def test_every_metric_stops(metric: str) -> None:
    assert parse_stop(f"{metric}<1e-3") == StopRule(metric, 0.001)
    assert str(StopRule(metric, 0.001)) == f"{metric} < 0.001"


@given(st.sampled_from(METRICS), positive)
def test_the_text_of_a_stop_rule_reads_back(metric: str, threshold: float) -> None:
    rule = StopRule(metric, threshold)
    assert parse_stop(rule.text) == parse_stop(rule) == rule


@pytest.mark.parametrize(
    "text",
    ["mse", "mse <= 0.1", "mse < 0", "mse < -1", "mse < inf", "mse < nan", "< 1", "0.1", "", 0.1],
)
def test_stop_rules_that_are_refused(text: Any) -> None:
    with pytest.raises(ValueError, match=r"^is not allowed; give METRIC < NUMBER, such as mse"):
        parse_stop(text)


def test_a_misspelt_metric_is_guessed() -> None:
    with pytest.raises(ValueError, match=r'^is not allowed \(did you mean "max_error"\?\); give'):
        parse_stop("maxerror < 0.1")


def test_a_logarithmic_spacing() -> None:
    rates = parse_spacing("log:0.05:50:16")
    assert rates[0] == 0.05
    assert rates[-1] == 50
    np.testing.assert_allclose(rates, np.geomspace(0.05, 50, 16), rtol=1e-14)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("log:0.001:1000:7", (0.001, 0.01, 0.1, 1, 10, 100, 1000)),
        ("log:8:1:4", (8, 4, 2, 1)),
        ("log:5e-324:1e308:2", (5e-324, 1e308)),
        ("linear:0:1:11", (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1)),
        ("linear:1:-1:3", (1, 0, -1)),
        ("linear:-1.7e308:1.7e308:3", (-1.7e308, 0, 1.7e308)),
        (" linear : 1 : 2 : 5e0 ", (1, 1.25, 1.5, 1.75, 2)),
    ],
)
def test_spacings_are_round_where_they_should_be(text: Any, values: Any) -> None:
    assert parse_spacing(text) == values


@given(positive, positive, st.integers(2, 30))
@example(2.983798035746993e16, 2.983798035746993e16, 3)
def test_the_ends_of_a_spacing_are_exact_and_the_rest_is_in_order(
    start: float, stop: float, count: int
) -> None:
    for kind in ("log", "linear"):
        values = parse_spacing(f"{kind}:{start!r}:{stop!r}:{count}")
        assert (values[0], values[-1], len(values)) == (start, stop, count)
        assert list(values) == sorted(values, reverse=start > stop)


BAD_SPACINGS = ["1:inf:5", "nan:1:5", "x:1:5", "1:2:1", "1:2:2.5", f"1:2:{MOST_VALUES + 1}",
                "1:2:10000000000", "1:2:", "1:2", "1:2:3:4", "::", ""]  # fmt: skip


@pytest.mark.parametrize("rest", [*BAD_SPACINGS, "0:1:5", "-1:1:5", "1:0:5"])
def test_logarithmic_spacings_that_are_refused(rest: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_spacing(f"log:{rest}")
    assert str(error.value) == (
        "is not allowed; give log:START:STOP:COUNT with finite START and STOP above 0"
        " and a COUNT from 2 to 100,000."
    )


@pytest.mark.parametrize("rest", BAD_SPACINGS)
def test_linear_spacings_that_are_refused(rest: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_spacing(f"linear:{rest}")
    assert str(error.value) == (
        "is not allowed; give linear:START:STOP:COUNT with finite START and STOP"
        " and a COUNT from 2 to 100,000."
    )


def test_what_is_a_spacing() -> None:
    assert is_spacing("log:1:2:3")
    assert is_spacing("linear:")
    assert is_spacing("log")
    assert not is_spacing("1")
    assert not is_spacing("0:10")
    assert not is_spacing(1)
