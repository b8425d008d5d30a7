"""Summaries of sweeps against SciPy, plain Python loops and the definitions of the quantiles."""

import doctest
import itertools
import json
import math
import tempfile
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from xorbench import statistics
from xorbench.gates import NAMES
from xorbench.outcome import Outcome
from xorbench.query import Files
from xorbench.statistics import format_summary, summary_records, wilson

LIMIT = 50_000

COLUMNS = [
    *("runs", "converged", "converged_low", "converged_high"),
    *("median_epochs", "p90_epochs", "max_epochs"),
    *("and_or", "and_or_low", "and_or_high", "hidden_pair", "hidden_pair_share"),
    *("censored", "stalled", "nonfinite"),
]

runs_of_a_sweep = st.fixed_dictionaries(
    {
        "learning_rate": st.sampled_from([2.0, 0.5, 1e-3]),
        "update": st.sampled_from(["online", "batch", "shuffled"]),
        "momentum": st.sampled_from([0.9, 0.0]),
        "outcome": st.sampled_from([*Outcome, Outcome.CONVERGED]).map(str),
        "epochs": st.integers(0, 30) | st.integers(0, 10**12),
        "h1_gate": st.sampled_from(["AND", "OR", "x1", "TRUE"]),
        "h2_gate": st.sampled_from(["AND", "OR", "x1", "TRUE"]),
    }
)


def make_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Make a table with the types of a sweep's; what a row leaves out has a default."""
    default = {
        "learning_rate": 0.5,
        "outcome": "converged",
        "epochs": 10,
        "h1_gate": "AND",
        "h2_gate": "OR",
    }
    table = pd.DataFrame([default | row for row in rows])
    table["learned_and_or"] = [
        {h1, h2} == {"AND", "OR"} for h1, h2 in zip(table["h1_gate"], table["h2_gate"], strict=True)
    ]
    gate = pd.CategoricalDtype(list(NAMES))
    outcome = pd.CategoricalDtype([str(outcome) for outcome in Outcome])
    return table.astype({"h1_gate": gate, "h2_gate": gate, "outcome": outcome})


def runs_with_epochs(*epochs: float) -> pd.DataFrame:
    """Make runs at one point that converged after so many epochs, or never for inf."""
    return make_table(
        [
            {"epochs": int(e)} if math.isfinite(e) else {"epochs": LIMIT, "outcome": "max_epochs"}
            for e in epochs
        ]
    )


def values_of(table: pd.DataFrame, axes: list[str]) -> dict[str, tuple[Any, ...]]:
    """List the values of axes, in the order in which they first appear."""
    return {name: tuple(table[name].unique()) for name in axes}


def summarise(table: pd.DataFrame, axes: list[str], limit: int | None) -> pd.DataFrame:
    return statistics.summarise(table, values_of(table, axes), limit)


def only_row(table: pd.DataFrame) -> dict[str, Any]:
    (record,) = summarise(table, ["learning_rate"], LIMIT).to_dict("records")
    return {str(name): value for name, value in record.items()}


def plain_quantile(rows: list[dict[str, Any]], share: Fraction) -> float:
    """Find the smallest epochs by which at least this share of all runs have converged."""
    epochs = [row["epochs"] for row in rows if row["outcome"] == "converged"]
    for limit in sorted(epochs):
        if Fraction(sum(e <= limit for e in epochs), len(rows)) >= share:
            return float(limit)
    return math.inf


def plain_summary(table: pd.DataFrame, axes: list[str], limit: int | None) -> list[dict[str, Any]]:
    """Summarise with loops only; the points stand in the order of the grid, first axis fastest."""
    points: dict[tuple[Any, ...], list[dict[Any, Any]]] = {}
    for row in table.to_dict("records"):
        points.setdefault(tuple(row[name] for name in axes), []).append(row)
    values_of_axes = values_of(table, axes)
    order = {
        tuple(reversed(slowest_first)): place
        for place, slowest_first in enumerate(
            itertools.product(*reversed(list(values_of_axes.values())))
        )
    }
    summary = []
    for values, rows in sorted(points.items(), key=lambda point: order[point[0]]):
        converged = [row for row in rows if row["outcome"] == "converged"]
        and_or = [row for row in converged if row["learned_and_or"]]
        pairs = Counter(
            tuple(sorted((NAMES.index(row["h1_gate"]), NAMES.index(row["h2_gate"]))))
            for row in converged
        )
        pair, pair_count = min(pairs.items(), key=lambda item: (-item[1], item[0]), default=((), 0))
        record = dict(zip(axes, values, strict=True)) | {
            "runs": len(rows),
            "converged": len(converged) / len(rows),
            "median_epochs": plain_quantile(rows, Fraction(1, 2)),
            "p90_epochs": plain_quantile(rows, Fraction(9, 10)),
            "and_or": len(and_or) / len(converged) if converged else math.nan,
            "hidden_pair": " & ".join(NAMES[code] for code in pair),
            "hidden_pair_share": pair_count / len(converged) if converged else math.nan,
            "censored": sum(row["outcome"] == "max_epochs" for row in rows),
            "stalled": sum(row["outcome"] == "stalled" for row in rows),
            "nonfinite": sum(row["outcome"] == "nonfinite" for row in rows),
        }
        record["converged_low"], record["converged_high"] = wilson(len(converged), len(rows))
        record["and_or_low"], record["and_or_high"] = wilson(len(and_or), len(converged))
        if limit is not None:
            record["max_epochs"] = limit
        summary.append(record)
    return summary


def assert_is(summary: pd.DataFrame, expected: list[dict[str, Any]]) -> None:
    plain = pd.DataFrame(expected)[list(summary.columns)]
    pd.testing.assert_frame_equal(summary, plain, check_dtype=False, check_categorical=False)


# Wilson's interval


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
@pytest.mark.parametrize(
    ("successes", "runs"),
    [
        (0, 1),
        (1, 1),
        (0, 10),
        (10, 10),
        (3, 10),
        (841, 1000),
        (0, 10**6),
        (10**6, 10**6),
        (1, 10**9),
    ],
)
def test_wilson_agrees_with_scipy(successes: int, runs: int, confidence: float) -> None:
    expected = binomtest(successes, runs).proportion_ci(confidence, method="wilson")
    np.testing.assert_allclose(
        wilson(successes, runs, confidence), (expected.low, expected.high), rtol=1e-12, atol=1e-15
    )


def test_wilson_is_for_95_percent_unless_told_otherwise() -> None:
    assert wilson(3, 10) == wilson(3, 10, 0.95)


def test_wilson_takes_arrays_of_any_shape() -> None:
    successes, runs = np.array([[0, 1, 2], [3, 4, 5]]), np.array([5, 6, 7])
    low, high = wilson(successes, runs)
    for place in itertools.product(range(2), range(3)):
        assert (low[place], high[place]) == wilson(int(successes[place]), int(runs[place[1]]))


def test_wilson_knows_nothing_without_runs() -> None:
    assert all(math.isnan(end) for end in wilson(0, 0))
    low, high = wilson([0, 1], [0, 2])
    assert np.isnan(low).tolist() == np.isnan(high).tolist() == [True, False]


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.floats(1e-6, 1 - 1e-12))
def test_wilson_surrounds_the_share_within_0_and_1(
    runs: int, successes: int, confidence: float
) -> None:
    successes = min(successes, runs)
    low, high = wilson(successes, runs, confidence)
    assert 0 <= low <= successes / runs * (1 + 1e-12)
    assert successes / runs * (1 - 1e-12) <= high <= 1


@given(st.integers(1, 10**12), st.floats(1e-6, 1 - 1e-12))
def test_wilson_ends_at_exactly_0_or_1_if_all_runs_agree(runs: int, confidence: float) -> None:
    assert wilson(0, runs, confidence)[0] == 0
    assert wilson(runs, runs, confidence)[1] == 1


@pytest.mark.parametrize(("successes", "runs"), [(11, 10), (-1, 10), (-2, -1), ([1, 3], 2)])
def test_wilson_refuses_impossible_counts(successes: Any, runs: Any) -> None:
    with pytest.raises(ValueError, match=r"^successes must be between 0 and the number of runs\.$"):
        wilson(successes, runs)


@pytest.mark.parametrize("confidence", [0, 1, 95, math.nan])
def test_wilson_refuses_a_confidence_outside_0_to_1(confidence: float) -> None:
    with pytest.raises(ValueError, match=r"^confidence is .*, but it must be between 0 and 1\.$"):
        wilson(1, 2, confidence)


# The quantiles of the epochs


@pytest.mark.parametrize(
    ("epochs", "median", "p90"),
    [
        ([7], 7, 7),
        ([7, 9], 7, 9),
        ([9, 7, 8], 8, 9),
        (range(10, 20), 14, 18),
        (range(10, 21), 15, 19),
        ([*range(10, 19), math.inf], 14, 18),
        ([*range(10, 18), math.inf, math.inf], 14, math.inf),
        ([5, math.inf], 5, math.inf),
        ([5, math.inf, math.inf], math.inf, math.inf),
        ([math.inf], math.inf, math.inf),
        ([0, 0, 0, 1], 0, 1),
        ([10**12, 10**12, 3], 10**12, 10**12),
    ],
)
def test_quantiles_are_observed_epochs_or_infinite(
    epochs: list[float], median: float, p90: float
) -> None:
    row = only_row(runs_with_epochs(*epochs))
    assert (row["median_epochs"], row["p90_epochs"]) == (median, p90)


@pytest.mark.parametrize("runs", [10, 20, 70, 110, 190, 1000])
def test_nine_tenths_of_the_runs_are_enough_for_the_90_percent_quantile(runs: int) -> None:
    epochs = np.arange(1, runs + 1)
    assert only_row(runs_with_epochs(*epochs))["p90_epochs"] == runs * 9 // 10


@settings(max_examples=50)
@given(st.lists(runs_of_a_sweep, min_size=1, max_size=40))
def test_quantiles_are_the_smallest_epochs_that_suffice(rows: list[dict[str, Any]]) -> None:
    one_point = [row | {"learning_rate": 1.0} for row in rows]
    row = only_row(make_table(one_point))
    assert row["median_epochs"] == plain_quantile(one_point, Fraction(1, 2))
    assert row["p90_epochs"] == plain_quantile(one_point, Fraction(9, 10))


@pytest.mark.parametrize("outcome", ["max_epochs", "stalled", "nonfinite"])
def test_a_run_that_did_not_converge_is_longer_than_any_that_did(outcome: str) -> None:
    failed = {"epochs": 2, "outcome": outcome}
    rows: list[dict[str, Any]] = [{"epochs": 30}, failed, {"epochs": 40}]
    row = only_row(make_table(rows))
    assert (row["median_epochs"], row["p90_epochs"]) == (40, math.inf)


# The summary


@pytest.mark.parametrize(
    "axes", [["learning_rate"], ["update"], ["update", "learning_rate", "momentum"]]
)
@pytest.mark.parametrize("text_type", ["category", "str"])
@settings(max_examples=20)
@given(rows=st.lists(runs_of_a_sweep, min_size=1, max_size=60))
def test_the_summary_is_what_plain_loops_find(
    axes: list[str], text_type: Any, rows: list[dict[str, Any]]
) -> None:
    table = make_table(rows).astype({"update": text_type})
    assert_is(summarise(table, axes, LIMIT), plain_summary(table, axes, LIMIT))


def random_table(runs: int) -> pd.DataFrame:
    random = np.random.default_rng(5)
    return make_table(
        [
            {
                "learning_rate": float(random.choice([8.0, 0.5, 2.0, 1.0])),
                "max_epochs": int(random.choice([1000, 100])),
                "outcome": str(random.choice(list(Outcome), p=[0.7, 0.1, 0.1, 0.1])),
                "epochs": int(random.integers(100)),
                "h1_gate": str(random.choice(NAMES)),
                "h2_gate": str(random.choice(["AND", "OR"])),
            }
            for _ in range(runs)
        ]
    )


def test_max_epochs_may_be_an_axis() -> None:
    table = random_table(500)
    summary = summarise(table, ["max_epochs", "learning_rate"], None)
    assert len(summary) == 8
    assert list(summary.columns) == [
        *("max_epochs", "learning_rate"),
        *(name for name in COLUMNS if name != "max_epochs"),
    ]
    assert_is(summary, plain_summary(table, ["max_epochs", "learning_rate"], None))


@pytest.mark.parametrize(("axes", "limit"), [(["learning_rate"], None), (["max_epochs"], 10)])
def test_max_epochs_is_either_given_or_an_axis(axes: list[str], limit: int | None) -> None:
    with pytest.raises(ValueError, match=r"^max_epochs must be either given or one of the axes\.$"):
        summarise(random_table(10), axes, limit)


def test_points_stand_in_the_order_of_the_grid_whatever_that_of_the_runs() -> None:
    table = random_table(50).sample(frac=1, random_state=1)
    axes = {"max_epochs": (1000, 100), "learning_rate": (8.0, 0.5, 3.0, 1.0, 2.0)}
    summary = statistics.summarise(table, axes, None)
    points = [(limit, rate) for rate in (8.0, 0.5, 1.0, 2.0) for limit in (1000, 100)]
    assert list(zip(summary["max_epochs"], summary["learning_rate"], strict=True)) == points


def test_values_that_are_not_on_the_axis_are_refused() -> None:
    with pytest.raises(ValueError, match=r"^learning_rate must be one of 8.0, 0.5 in every row\.$"):
        statistics.summarise(random_table(50), {"learning_rate": (8.0, 0.5)}, LIMIT)


@settings(max_examples=10)
@given(rows=st.lists(runs_of_a_sweep, min_size=1, max_size=60), cut=st.integers(0, 60))
def test_files_have_the_summary_of_their_table(rows: list[dict[str, Any]], cut: int) -> None:
    table = make_table(rows).astype({"update": "category"})
    axes = values_of(table, ["update", "learning_rate"])
    with tempfile.TemporaryDirectory() as folder:
        files = [f"{folder}/a.parquet", f"{folder}/b.parquet"]
        for part, file in zip((table[:cut], table[cut:]), files, strict=True):
            part.to_parquet(file, index=False)
        of_files = statistics.summarise(Files(files), axes, LIMIT)
    pd.testing.assert_frame_equal(
        of_files, statistics.summarise(table, axes, LIMIT), check_exact=True
    )


def test_columns_and_their_types() -> None:
    table = random_table(50).assign(init="uniform:0,1").astype({"init": "category"})
    for part in (table, table[:0]):
        summary = statistics.summarise(part, values_of(table, ["learning_rate", "init"]), LIMIT)
        assert list(summary.columns) == ["learning_rate", "init", *COLUMNS]
        types = summary.dtypes.astype(str)
        counts = ["runs", "max_epochs", "censored", "stalled", "nonfinite"]
        assert set(types[counts]) == {"int64"}
        assert types["hidden_pair"] == "str"
        assert types["init"] == "category"
        others = types.drop([*counts, "hidden_pair", "init"])
        assert set(others) == {"float64"}


def test_neither_the_index_nor_the_types_of_texts_matter() -> None:
    table = random_table(200)
    expected = summarise(table, ["learning_rate"], LIMIT)
    plain = table.astype({"outcome": "str", "h1_gate": "str", "h2_gate": "str"})
    used = plain.astype({"outcome": "category", "h1_gate": "category", "h2_gate": "category"})
    for other in (table.set_index("epochs", drop=False), plain, used):
        pd.testing.assert_frame_equal(summarise(other, ["learning_rate"], LIMIT), expected)


def test_the_table_is_left_as_it_was() -> None:
    table = random_table(50)
    before = table.copy(deep=True)
    summarise(table, ["learning_rate"], LIMIT)
    pd.testing.assert_frame_equal(table, before)


def test_where_no_run_converged_nothing_is_said_about_those_that_did() -> None:
    table = make_table(
        [
            *[{"learning_rate": 0.1, "outcome": "max_epochs"}] * 2,
            {"learning_rate": 0.2},
            {"learning_rate": 0.3, "outcome": "nonfinite"},
        ]
    )
    summary = summarise(table, ["learning_rate"], LIMIT)
    assert_is(summary, plain_summary(table, ["learning_rate"], LIMIT))
    assert summary["hidden_pair"].tolist() == ["", "AND & OR", ""]
    of_converged = ["and_or", "and_or_low", "and_or_high", "hidden_pair_share"]
    assert summary[of_converged].isna().all(axis=1).tolist() == [True, False, True]
    assert summary["median_epochs"].tolist() == [math.inf, 10, math.inf]
    none = summarise(table[:2], ["learning_rate"], LIMIT)
    pd.testing.assert_frame_equal(none, summary[:1])


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("OR", "AND"), ("AND", "OR"), ("x1", "x2")], "AND & OR"),
        ([("TRUE", "OR"), ("x1", "FALSE")], "FALSE & x1"),
        ([("x1", "x1"), ("x1", "OR"), ("OR", "x1"), ("x1", "x1")], "x1 & x1"),
        ([("TRUE", "TRUE")], "TRUE & TRUE"),
    ],
)
def test_hidden_pairs_are_unordered_and_ties_go_to_the_first_names(
    pairs: list[tuple[str, str]], expected: str
) -> None:
    rows: list[dict[str, Any]] = [{"h1_gate": h1, "h2_gate": h2} for h1, h2 in pairs]
    row = only_row(make_table(rows))
    assert row["hidden_pair"] == expected


def test_hidden_pairs_of_runs_that_did_not_converge_do_not_count() -> None:
    failed = {"h1_gate": "x1", "h2_gate": "x2", "outcome": "stalled"}
    row = only_row(make_table([failed, failed, {}]))
    assert (row["hidden_pair"], row["hidden_pair_share"], row["and_or"]) == ("AND & OR", 1, 1)


@pytest.mark.parametrize("column", ["outcome", "h1_gate"])
@pytest.mark.parametrize("wrong", ["MAYBE", None])
def test_unknown_texts_are_refused(column: str, wrong: str | None) -> None:
    table = make_table([{}, {}]).astype({column: "str"})
    table.loc[1, column] = wrong
    with pytest.raises(ValueError, match=rf"^{column} must be one of .* in every row\.$"):
        summarise(table, ["learning_rate"], LIMIT)


# For people and for JSON


def example_table() -> pd.DataFrame:
    steep = {"learning_rate": 12.5, "h1_gate": "NAND", "h2_gate": "OR"}
    return make_table(
        [
            *[{"epochs": 1200 + k} for k in range(800)],
            *[{"epochs": 31_000, "h2_gate": "x2"}] * 41,
            *[{"epochs": LIMIT, "outcome": "max_epochs"}] * 159,
            *[steep | {"epochs": 80}] * 1000,
            *[{"learning_rate": 1e-9, "epochs": LIMIT, "outcome": "max_epochs"}] * 50,
        ]
    )


FORMATTED = """\
  learning_rate   runs                converged    median      90 %  AND & OR      most frequent
                                (95 % interval)    epochs    epochs                  hidden pair
            0.5  1,000    84.1 % (81.7 to 86.2)     1,699  > 50,000    95.1 %    AND & OR 95.1 %
           12.5  1,000  100.0 % (99.6 to 100.0)        80        80     0.0 %  OR & NAND 100.0 %
          1e-09     50       0.0 % (0.0 to 7.1)  > 50,000  > 50,000         -                  -

Intervals: Wilson's, 95 %. AND & OR, hidden pair: shares of the runs that converged.
> N: fewer than half, or 90 %, of all the runs had converged when training stopped at N epochs."""


def test_a_formatted_summary() -> None:
    assert format_summary(summarise(example_table(), ["learning_rate"], LIMIT)) == FORMATTED


FORMATTED_AXES = """\
  update  max_epochs  runs                converged    median      90 %  AND & OR     most frequent
                                    (95 % interval)    epochs    epochs                 hidden pair
  online       1,000     1      0.0 % (0.0 to 79.3)   > 1,000   > 1,000         -                 -
  online      20,000     1      0.0 % (0.0 to 79.3)  > 20,000  > 20,000         -                 -
   batch      20,000     1  100.0 % (20.7 to 100.0)        10        10   100.0 %  AND & OR 100.0 %
"""


def test_a_formatted_summary_with_other_axes() -> None:
    rows = [
        {"update": "online", "max_epochs": 1000, "outcome": "max_epochs"},
        {"update": "batch", "max_epochs": 20_000, "outcome": "converged"},
        {"update": "online", "max_epochs": 20_000, "outcome": "stalled"},
    ]
    summary = summarise(make_table(rows), ["update", "max_epochs"], None)
    assert format_summary(summary).startswith(FORMATTED_AXES)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.1, 0.5, 2.0, 100.0], ["0.1", "0.5", "2", "100"]),
        ([0.123456789, 1e7, 1e-7], ["0.123457", "1e+07", "1e-07"]),
        ([0.5, 0.5, 1 / 3], ["0.5", "0.5", "0.333333"]),
        ([0.123456789, 0.123456788], ["0.123456789", "0.123456788"]),
        ([1000, 10**6], ["1,000", "1,000,000"]),
        (["uniform:0,1", "normal:1"], ["uniform:0,1", "normal:1"]),
    ],
)
def test_axis_values_are_short_but_never_look_equal(values: list[Any], texts: list[str]) -> None:
    table = make_table([{"axis": value} for value in values])
    summary = summarise(table.assign(run=range(len(table))), ["run", "axis"], LIMIT)
    lines = format_summary(summary).splitlines()[2:-3]
    assert [line.split()[1] for line in lines] == texts


def test_an_ordinary_summary_fits_a_terminal() -> None:
    table = example_table()
    table["learning_rate"] /= 3
    assert (
        max(map(len, format_summary(summarise(table, ["learning_rate"], LIMIT)).splitlines())) < 110
    )


def test_records_survive_json() -> None:
    table = example_table().assign(update="batch").astype({"update": "category"})
    summary = summarise(table, ["learning_rate", "update"], LIMIT)
    records = summary_records(summary)
    assert json.loads(json.dumps(records, allow_nan=False)) == records
    types = {type(value) for record in records for value in record.values()}
    assert types == {int, float, str, type(None)}
    low, high = wilson(841, 1000)
    and_or_low, and_or_high = wilson(800, 841)
    assert records[0] == {
        "learning_rate": 0.5,
        "update": "batch",
        "runs": 1000,
        "converged": 0.841,
        "converged_low": low,
        "converged_high": high,
        "median_epochs": 1699,
        "p90_epochs": None,
        "max_epochs": LIMIT,
        "and_or": 800 / 841,
        "and_or_low": and_or_low,
        "and_or_high": and_or_high,
        "hidden_pair": "AND & OR",
        "hidden_pair_share": 800 / 841,
        "censored": 159,
        "stalled": 0,
        "nonfinite": 0,
    }
    assert records[2]["hidden_pair_share"] is records[2]["and_or_low"] is None


def test_records_keep_everything_but_what_json_lacks() -> None:
    summary = summarise(random_table(100), ["learning_rate"], LIMIT)
    for record, row in zip(summary_records(summary), summary.to_dict("records"), strict=True):
        assert list(record) == list(row)
        for name, value in row.items():
            lost = isinstance(value, float) and not math.isfinite(value)
            assert record[str(name)] == (None if lost else value)


def test_the_examples_run() -> None:
    assert doctest.testmod(statistics).failed == 0
