"""Verdicts follow from a claim and the measured intervals alone."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xorbench.claims.estimates import Estimate
from xorbench.claims.verdicts import (
    DIFFERS,
    NOT_REPRODUCED,
    REPRODUCED,
    Exact,
    Statistical,
    Trend,
    as_printed,
)

INF = math.inf

numbers = st.floats(-1e6, 1e6)


@st.composite
def estimates(draw: st.DrawFn) -> Estimate:
    low, value, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Estimate(value, low, high, draw(st.text("abc", min_size=1, max_size=3)))


def points(*values: float, spread: float = 0.1) -> list[Estimate]:
    return [
        Estimate(value, value - spread, value + spread, f"no. {place}")
        for place, value in enumerate(values)
    ]


# Exact.


@pytest.mark.parametrize(
    ("values", "printed", "verdict"),
    [
        ([0.0337, "AND"], ["0.034", "AND"], REPRODUCED),
        ([-1e-9], ["0.000"], REPRODUCED),
        ([3], ["0"], NOT_REPRODUCED),
        ([0.0333, "OR"], ["0.034", "AND"], NOT_REPRODUCED),
        ([0.0333, "AND"], ["0.034", "AND"], f"{DIFFERS}0.033 where 0.034 is published"),
        (
            ["x1", 2.0, 3.0],
            ["x2", "1", "3"],
            f"{DIFFERS}x1 where x2 is published; 2 where 1 is published",
        ),
    ],
)
def test_exact_claims(values: list[float | str], printed: list[str], verdict: str) -> None:
    assert Exact(tuple(printed)).verdict(values) == verdict


@given(st.lists(numbers, min_size=1), st.integers(0, 8))
def test_what_is_printed_is_reproduced(values: list[float], decimals: int) -> None:
    printed = tuple(f"{value:z.{decimals}f}" for value in values)
    assert Exact(printed).verdict(values) == REPRODUCED
    assert Exact(printed).as_printed(values) == list(printed)


@given(numbers, st.integers(0, 8))
def test_a_digit_that_differs_is_seen(value: float, decimals: int) -> None:
    printed = f"{value + 1.5 * 10.0**-decimals:z.{decimals}f}"
    assert as_printed(value, printed) != printed
    assert Exact((printed,)).verdict([value]) == NOT_REPRODUCED


# Statistical.


@pytest.mark.parametrize(
    ("rule", "low", "high", "verdict"),
    [
        (Statistical(5, 5), 4, 6, REPRODUCED),
        (Statistical(5, 5), 5, 6, REPRODUCED),
        (Statistical(5, 5), 5.1, 6, NOT_REPRODUCED),
        (Statistical(5, 5), 4, 4.9, NOT_REPRODUCED),
        (Statistical(5, 5), 4, INF, REPRODUCED),
        (Statistical(245, 245, 2), 122.5, 490, REPRODUCED),
        (Statistical(245, 245, 2), 300, 310, REPRODUCED),
        (Statistical(245, 245, 2), 122, 490, f"{DIFFERS}not settled"),
        (Statistical(245, 245, 2), 480, INF, f"{DIFFERS}not settled"),
        (Statistical(245, 245, 2), 491, 500, NOT_REPRODUCED),
        (Statistical(245, 245, 2), INF, INF, NOT_REPRODUCED),
        (Statistical(90, INF), 90, 100, REPRODUCED),
        (Statistical(90, INF), 89, 100, f"{DIFFERS}not settled"),
        (Statistical(90, INF), 80, 89, NOT_REPRODUCED),
        (Statistical(-INF, 1), 0, 1, REPRODUCED),
        (Statistical(-INF, 1), 0, 1.1, f"{DIFFERS}not settled"),
        (Statistical(-INF, 1), 2, 3, NOT_REPRODUCED),
        (Statistical(40, 60), 45, 55, REPRODUCED),
        (Statistical(40, 60), 30, 39, NOT_REPRODUCED),
    ],
)
def test_statistical_claims(rule: Statistical, low: float, high: float, verdict: str) -> None:
    assert rule.verdict([Estimate(low, low, high)]) == verdict


@pytest.mark.parametrize(
    ("values", "verdict"),
    [
        ([1, 2, 3], REPRODUCED),
        ([7, 8, 9], NOT_REPRODUCED),
        ([1, 9], "differs: reproduced for no. 0; not reproduced for no. 1"),
        ([1, 9, 2, 3], "differs: not reproduced for no. 1; reproduced for the 3 others"),
        ([1, 5, 9, 2], "differs: not settled for no. 1; not reproduced for no. 2;"),
        ([9, 1, 9, 1, 1], "differs: not reproduced for no. 0 and no. 2; reproduced for the 3 othe"),
    ],
)
def test_where_some_values_agree_and_others_do_not(values: list[float], verdict: str) -> None:
    found = Statistical(-INF, 5).verdict(points(*values))
    assert found.startswith(verdict)
    assert found.startswith(DIFFERS) or found == verdict


@given(st.lists(estimates(), min_size=1, max_size=6), numbers)
def test_a_claim_holds_if_it_holds_for_every_value(values: list[Estimate], point: float) -> None:
    verdict = Statistical(point, point).verdict(values)
    inside = [value.low <= point <= value.high for value in values]
    assert (verdict == REPRODUCED) == all(inside)
    assert (verdict == NOT_REPRODUCED) == (not any(inside))
    assert verdict.startswith(DIFFERS) == (any(inside) and not all(inside))


@given(estimates(), numbers, st.floats(0, 1e6))
def test_wider_bounds_never_refuse_what_narrower_ones_allow(
    value: Estimate, low: float, width: float
) -> None:
    order = [NOT_REPRODUCED, f"{DIFFERS}not settled", REPRODUCED]
    narrow = Statistical(low, low + width + 1).verdict([value])
    wide = Statistical(low - 1, low + width + 2).verdict([value])
    assert order.index(wide) >= order.index(narrow)


@pytest.mark.parametrize(
    ("rule", "published"),
    [
        (Statistical(245, 245), "245 %"),
        (Statistical(245, 245, 2), "245 %, within a factor of 2"),
        (Statistical(90, INF), "at least 90 %"),
        (Statistical(-INF, 0.5), "at most 0.5 %"),
        (Statistical(1, 5000), "1 to 5,000 %"),
        (Trend("rises"), "rises"),
    ],
)
def test_what_is_published_is_told(rule: Statistical | Trend, published: str) -> None:
    assert rule.published(" %") == published


# Trends.


@pytest.mark.parametrize(
    ("order", "values", "verdict"),
    [
        ("rises", [1, 2, 3], REPRODUCED),
        ("rises", [1, 0.9, 2], REPRODUCED),
        ("rises", [1.5, 0.7, 1.5], NOT_REPRODUCED),
        ("rises", [1, 1, 1], NOT_REPRODUCED),
        ("rises", [1, 2], REPRODUCED),
        ("rises", [2, 1], NOT_REPRODUCED),
        ("rises", [1], NOT_REPRODUCED),
        (
            "rises",
            [1, 2, 3, 1, 9],
            "differs: rises from first to last, but not from no. 2: 3 (2.9 to 3.1) to no. 3:"
            " 1 (0.9 to 1.1)",
        ),
        ("rises", [4, 1, 2, 3, 4], "differs: rises only from no. 1 to no. 4"),
        ("rises", [4, 1, 2, 3, 0, 0], NOT_REPRODUCED),
        ("rises", [1, INF, INF], REPRODUCED),
        ("falls", [3, 2, 1], REPRODUCED),
        ("falls", [3, 2, 1, 5], "differs: falls only from no. 0 to no. 2"),
        ("falls", [3, 2, 5], NOT_REPRODUCED),
        ("falls", [1, 2, 3], NOT_REPRODUCED),
        ("falls", [INF, INF, 1], REPRODUCED),
        ("constant", [1, 1.1, 0.95, 1.05], REPRODUCED),
        ("constant", [1, 1.1, 1, 5], "differs: constant only from no. 0 to no. 2"),
        ("constant", [1, 5, 1], NOT_REPRODUCED),
    ],
)
def test_trends(order: str, values: list[float], verdict: str) -> None:
    assert Trend(order).verdict(points(*values)) == verdict


@given(st.lists(estimates(), min_size=1, max_size=6))
def test_what_rises_falls_backwards(values: list[Estimate]) -> None:
    rises = Trend("rises").verdict(values) == REPRODUCED
    assert rises == (Trend("falls").verdict(values[::-1]) == REPRODUCED)
    if rises:
        assert Trend("constant").verdict(values) != REPRODUCED


@given(st.lists(numbers, min_size=2, max_size=6, unique=True))
def test_sorted_numbers_rise(values: list[float]) -> None:
    assert Trend("rises").verdict(points(*sorted(values), spread=0)) == REPRODUCED


@given(st.lists(estimates(), min_size=3, max_size=6), st.sampled_from(["rises", "constant"]))
def test_intervals_without_end_never_contradict(values: list[Estimate], order: str) -> None:
    endless = [Estimate(value.value, -INF, INF, value.label) for value in values]
    expected = REPRODUCED if order == "constant" else NOT_REPRODUCED
    assert Trend(order).verdict(endless) == expected
