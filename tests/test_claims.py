"""Claims in experiment files, and estimates."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xorbench.claims.estimates import Estimate, each, median_epochs, share, share_of, short
from xorbench.claims.measurements import MEASUREMENTS
from xorbench.claims.reading import Claim, read_claim
from xorbench.claims.verdicts import Exact, Statistical, Trend

KNOWN = {"rates.pace": None, "rates.share": None}

GOOD: dict[str, Any] = {
    "claim": "It is fast.",
    "source": "Someone (1990)",
    "measurement": "rates.pace",
    "kind": "statistical",
    "value": 5,
}


def problems(**changes: Any) -> list[str]:
    given = {key: value for key, value in (GOOD | changes).items() if value is not None}
    claim, found = read_claim("fast", given, None, KNOWN)
    assert (claim is None) == bool(found)
    return found


@pytest.mark.parametrize(
    ("kind", "rest", "rule"),
    [
        ("statistical", {"value": 5}, Statistical(5, 5)),
        ("statistical", {"value": 5, "factor": 2}, Statistical(5, 5, 2)),
        ("statistical", {"at_least": 5}, Statistical(5, np.inf)),
        ("statistical", {"at_most": 5}, Statistical(-np.inf, 5)),
        ("statistical", {"at_least": 1, "at_most": 5}, Statistical(1, 5)),
        ("exact", {"value": "0.10"}, Exact(("0.10",))),
        ("exact", {"value": ["AND", "OR"]}, Exact(("AND", "OR"))),
        ("trend", {"order": "falls"}, Trend("falls")),
    ],
)
def test_claims_of_each_kind(kind: str, rest: dict[str, Any], rule: object) -> None:
    words = {key: GOOD[key] for key in ("claim", "source", "measurement")}
    claim, found = read_claim("fast", words | {"kind": kind} | rest, None, KNOWN)
    assert found == []
    assert claim == Claim("fast", "It is fast.", "Someone (1990)", "rates.pace", kind, rule)  # type: ignore[arg-type]


def test_the_source_may_be_the_experiments() -> None:
    rest = {key: value for key, value in GOOD.items() if key != "source"}
    claim, _ = read_claim("fast", rest, "Another (1991)", KNOWN)
    assert claim is not None
    assert claim.source == "Another (1991)"


ONE = "give a value, a value and a factor, or at_least, at_most or both."


@pytest.mark.parametrize(
    ("changes", "sentences"),
    [
        ({"claim": None}, ["published.fast: claim is missing; give a text."]),
        ({"source": None}, ["published.fast: source is missing; give a text."]),
        ({"source": 5}, ["published.fast.source: 5 is not allowed; give a text."]),
        (
            {"kind": "exakt"},
            [
                'published.fast.kind: "exakt" is not known; did you mean "exact"?'
                " Allowed: exact, statistical, trend."
            ],
        ),
        (
            {"measurement": "rates.pac", "valu": 1},
            [
                'published.fast.measurement: "rates.pac" is not known; did you mean "rates.pace"?'
                " Allowed: rates.pace, rates.share.",
                'published.fast: "valu" is not a part of such a claim; did you mean value?',
            ],
        ),
        (
            {"order": "rises"},
            [
                'published.fast: "order" is not a part of such a claim; allowed: claim, source,'
                " measurement, kind, value, factor, at_least, at_most."
            ],
        ),
        ({"value": None}, [f"published.fast: {ONE}"]),
        ({"at_least": 5}, [f"published.fast: {ONE}"]),
        ({"value": True}, ["published.fast: value: true is not allowed; give a finite number."]),
        ({"value": 10**400}, None),
        ({"value": float("nan")}, None),
        ({"factor": 1}, ["published.fast: give a factor above 1, and a value above 0."]),
        (
            {"factor": 2, "value": 0},
            ["published.fast: give a factor above 1, and a value above 0."],
        ),
        (
            {"value": None, "at_least": 5, "at_most": 5},
            ["published.fast: give an at_least below at_most."],
        ),
        (
            {"kind": "exact"},
            ["published.fast: value: 5 is not allowed; give a text or a list of texts."],
        ),
        ({"kind": "exact", "value": []}, None),
        ({"kind": "exact", "value": ["a", ""]}, None),
        (
            {"kind": "trend", "value": None, "order": "rise"},
            [
                'published.fast: order: "rise" is not known; did you mean "rises"?'
                " Allowed: rises, falls, constant."
            ],
        ),
        ({"kind": "trend", "value": None, "order": ["rises"]}, None),
        ({"kind": ["exact"]}, None),
    ],
)
def test_what_is_wrong_is_told(changes: dict[str, Any], sentences: list[str] | None) -> None:
    found = problems(**changes)
    assert len(found) >= 1
    assert all(sentence.endswith((".", "?")) for sentence in found)
    if sentences is not None:
        assert [text.replace("True", "true") for text in found] == sentences


def test_a_claim_is_a_table() -> None:
    claim, found = read_claim("fast", 5, None, KNOWN)
    assert claim is None
    assert found == ["published.fast: 5 is not allowed; give a table [published.fast]."]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=3), parts),
)


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from([*GOOD, "order", "factor", "at_least", "x"]), anything))
def test_any_table_is_read_or_refused(changes: dict[str, Any]) -> None:
    claim, found = read_claim("fast", GOOD | changes, None, KNOWN)
    assert (claim is None) == bool(found)


def test_every_measurement_says_what_it_measures() -> None:
    assert all(
        (function.__doc__ or "").startswith(("Measure", "Count", "Give", "Name", "Compose"))
        for function in MEASUREMENTS.values()
    )


# Estimates.


def test_shares_are_percent_with_wilsons_interval() -> None:
    assert str(share(0, 10)) == "0 % (0 to 27.8)"
    assert str(share_of([True, True, False, False], "half")) == "half: 50 % (15 to 85)"
    nothing = share(0, 0)
    assert (nothing.low, nothing.high) == (0, 100)


def test_an_exact_number_has_no_interval() -> None:
    assert str(Estimate(5, 5, 5)) == "5"


def runs_of(epochs: list[int], censored: int) -> pd.DataFrame:
    outcome = ["converged"] * len(epochs) + ["max_epochs"] * censored
    return pd.DataFrame({"outcome": outcome, "epochs": epochs + [10] * censored})


@pytest.mark.parametrize(
    ("censored", "median"), [(0, 50), (1, 50), (2, 51), (98, 99), (99, 99), (100, np.inf)]
)
def test_censored_runs_are_longer_than_all_others(censored: int, median: float) -> None:
    estimate = median_epochs(runs_of(list(range(1, 100)), censored), scale=2)
    assert estimate.value == 2 * median
    assert estimate.low <= estimate.value <= estimate.high


def test_the_median_of_one_run_is_it() -> None:
    assert str(median_epochs(runs_of([7], 0))) == "7"


def test_the_medians_interval_covers_in_95_of_100_samples() -> None:
    random = np.random.default_rng(0)
    covered = 0
    for _ in range(400):
        median = median_epochs(runs_of(random.integers(0, 2001, 101).tolist(), 0))
        covered += median.low <= 1000 <= median.high
    assert 0.93 <= covered / 400 <= 0.99


def test_each_combination_has_an_estimate_in_order_of_appearance() -> None:
    table = pd.DataFrame(
        {
            "init": pd.Categorical(["normal:2", "uniform:-1,1", "normal:2"]),
            "learning_rate": [0.123456, 5.0, 0.123456],
            "right": [True, False, False],
        }
    )
    values = each(table, ["init", "learning_rate"], lambda some: share_of(some["right"]))
    assert [value.label for value in values] == ["N(2) 0.123", "U(-1,1) 5"]
    assert [value.value for value in values] == [50, 0]


@given(st.floats(allow_nan=False))
def test_numbers_are_short(number: float) -> None:
    assert len(short(number)) <= 20
