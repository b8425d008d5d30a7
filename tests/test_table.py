"""The columns of the table, their types, and its files."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import xorbench
from xorbench import gates, table
from xorbench.block import Finished
from xorbench.encoding import Grid
from xorbench.network import Array
from xorbench.settings import Settings, make_settings

GATED = ["h1_gate", "h2_gate", "output_gate"]
AFTER_AXES = ["outcome", "epochs", "mse", "max_error", *GATED]
LAST = ["learned_and_or", "composes_to_xor", "margin", *(f"w{k}" for k in range(1, 10))]
GRID = {
    "seeds": range(30, 42),
    "learning_rate": [0.1, 3.0],
    "update": ["batch", "online"],
    "momentum": [0.0, 0.5],
    "stop": ["mse < 0.01", "max_error < 0.5"],
    "max_epochs": [50, 500],
}


@pytest.fixture(scope="module")
def swept() -> pd.DataFrame:
    return xorbench.sweep(**GRID)  # type: ignore[arg-type]


def test_the_default_columns_are_these() -> None:
    swept = xorbench.sweep(seeds=3, learning_rate=1.0, max_epochs=5)
    assert list(swept) == ["seed", "learning_rate", *AFTER_AXES, *LAST]


def test_without_weights_measured_numbers_are_cut_to_seven_digits(swept: pd.DataFrame) -> None:
    short = xorbench.sweep(**GRID, weights=False)  # type: ignore[arg-type]
    assert list(short) == list(swept)[:-9]
    measured = ["mse", "max_error", "margin"]
    full = swept[list(short)]
    pd.testing.assert_frame_equal(short.drop(columns=measured), full.drop(columns=measured))
    for name in measured:
        assert (short[name] <= full[name]).all()
        np.testing.assert_allclose(short[name], full[name], rtol=2.0**-23)
        assert (short[name] == short[name].astype(np.float32)).all()


def test_every_axis_with_more_than_one_value_is_a_column(swept: pd.DataFrame) -> None:
    axes = ["learning_rate", "update", "momentum", "stop", "max_epochs"]
    assert list(swept) == ["seed", *axes, *AFTER_AXES, *LAST]
    assert len(swept) == 12 * 32


def test_the_types_are_plain(swept: pd.DataFrame) -> None:
    kinds = swept.dtypes.astype(str)
    for name in ("seed", "epochs", "max_epochs"):
        assert kinds[name] == "int64"
    for name in ("learning_rate", "momentum", "mse", "max_error", "margin", "w1", "w9"):
        assert kinds[name] == "float64"
    for name in ("learned_and_or", "composes_to_xor"):
        assert kinds[name] == "bool"
    for name in ("update", "stop", "outcome", *GATED):
        assert kinds[name] == "category"
    assert list(swept.outcome.cat.categories) == [outcome.value for outcome in xorbench.Outcome]
    assert list(swept.h1_gate.cat.categories) == list(gates.NAMES)


def test_rows_are_numbered_with_the_seeds_fastest(swept: pd.DataFrame) -> None:
    settings = make_settings(**GRID)
    for row in (0, 11, 12, 100, len(swept) - 1):
        point, seed = settings.locate(row)
        expected = settings.point(point)
        assert swept.seed[row] == settings.seed(seed)
        assert swept.learning_rate[row] == expected.learning_rate
        assert swept["update"][row] == expected.update
        assert swept.stop[row] == expected.stop.text
        assert swept.max_epochs[row] == expected.max_epochs


def test_what_was_learned_follows_from_the_weights(swept: pd.DataFrame) -> None:
    weights = swept[list(table.WEIGHTS)].to_numpy()
    h1, h2, y = xorbench.forward(weights)
    codes = [gates.identify(unit) for unit in (h1, h2, gates.output_activations(weights))]
    for name, code in zip(GATED, codes, strict=True):
        assert swept[name].cat.codes.tolist() == code.tolist()
    assert (
        swept.composes_to_xor
        == [gates.NAMES[gates.compose(o, a, b)] == "XOR" for a, b, o in zip(*codes, strict=True)]
    ).all()
    pairs = [{a, b} for a, b in zip(swept.h1_gate, swept.h2_gate, strict=True)]
    assert swept.learned_and_or.tolist() == [pair == {"AND", "OR"} for pair in pairs]
    np.testing.assert_allclose(swept.margin, gates.margin(h1, h2), rtol=0, atol=1e-14)
    np.testing.assert_allclose(swept.max_error, np.abs(y - [0, 1, 1, 0]).max(axis=1), atol=1e-14)


def invented(weights: Array, measures: Array) -> tuple[Settings, pd.DataFrame]:
    """Make the table of 4096 runs with every ending and every three gates, and numbers to choose.

    Parameters
    ----------
    weights : array (n, 9)
    measures : array (n, 3)
        mse, max_error and margin; both are repeated until there are enough.
    """
    settings = make_settings(
        seeds=range(1024),
        learning_rate=[1e-300, 1 / 3],
        init=["uniform:0,1", "normal:0.1"],  # texts that CSV has to put in quotes
    )
    rows = np.arange(16**3)
    results = table.Results(range(16**3), weights=True)
    finished = Finished(
        rows=rows[::-1],
        outcomes=(rows % 4).astype(np.uint8),
        epochs=rows * 10**8,
        weights=np.resize(weights, (16**3, 9)),
        measures=np.resize(measures, (16**3, 3)),
        gates=np.stack(np.unravel_index(rows, (16, 16, 16)), axis=1).astype(np.uint8),
    )
    results.fill(finished, rows < 100)
    results.fill(finished, rows >= 100)
    assert results.missing == 0
    return settings, table.make_table(Grid(settings), results)


def test_results_find_their_rows_in_any_order() -> None:
    _, runs = invented(np.arange(9 * 16**3.0), np.arange(3 * 16**3.0))
    assert runs.epochs.tolist() == [row * 10**8 for row in reversed(range(16**3))]
    assert runs.outcome.tolist() == [
        list(xorbench.Outcome)[(4095 - row) % 4] for row in range(16**3)
    ]
    assert runs.w1.tolist() == [9.0 * row for row in reversed(range(16**3))]
    assert runs.w9.tolist() == [9.0 * row + 8 for row in reversed(range(16**3))]
    assert runs.margin.tolist() == [3.0 * row + 2 for row in reversed(range(16**3))]


def test_every_three_gates_are_composed() -> None:
    _, runs = invented(np.zeros(9), np.zeros(3))
    for h1, h2, output, learned, composes in zip(
        *(runs[name] for name in [*GATED, "learned_and_or", "composes_to_xor"]), strict=True
    ):
        assert learned == ({h1, h2} == {"AND", "OR"})
        assert composes == (gates.NAMES[gates.compose(output, h1, h2)] == "XOR")


numbers = st.floats(width=64)


def read_back(settings: Settings, runs: pd.DataFrame, folder: Path) -> Iterator[pd.DataFrame]:
    """Write a table in each format and read it."""
    columns = table.Columns.of(settings)
    table.write_csv(runs, folder / "runs.csv")
    yield table.read_csv(folder / "runs.csv", columns)
    runs.to_parquet(folder / "runs.parquet", index=False)
    yield table.read_parquet(folder / "runs.parquet", columns)


@settings(max_examples=5)
@given(arrays(np.float64, (5, 9), elements=numbers), arrays(np.float64, (7, 3), elements=numbers))
@example(np.full(9, np.nan), np.full(3, np.inf))  # columns with nothing else in them
@example(np.full(9, -0.0), np.full(3, 5e-324))
def test_files_read_back_to_equal_tables(
    tmp_path_factory: pytest.TempPathFactory, weights: Array, measures: Array
) -> None:
    chosen, runs = invented(weights, measures)
    for again in read_back(chosen, runs, tmp_path_factory.mktemp("files")):
        pd.testing.assert_frame_equal(again, runs, check_exact=True)
        for name in runs.select_dtypes(np.float64):
            present = runs[name].notna()
            assert (np.signbit(again[name]) == np.signbit(runs[name]))[present].all()


@pytest.mark.parametrize("gate", ["TRUE", "FALSE", "AND"])
def test_texts_that_other_readers_would_take_for_something_else(tmp_path: Path, gate: str) -> None:
    chosen, runs = invented(np.arange(9.0), np.arange(3.0))
    runs = runs[(runs.h1_gate == gate) & (runs.outcome == "converged")].reset_index(drop=True)
    for again in read_back(chosen, runs, tmp_path):
        pd.testing.assert_frame_equal(again, runs, check_exact=True)


def test_a_swept_table_reads_back_equal(swept: pd.DataFrame, tmp_path: Path) -> None:
    for again in read_back(make_settings(**GRID), swept, tmp_path):
        pd.testing.assert_frame_equal(again, swept, check_exact=True)


def test_columns_and_categories_are_those_of_the_settings(tmp_path: Path) -> None:
    chosen, runs = invented(np.arange(9.0), np.arange(3.0))
    runs = runs[runs.outcome == "converged"].reset_index(drop=True)
    other = runs.assign(outcome=runs.outcome.cat.remove_unused_categories())[runs.columns[::-1]]
    other.to_parquet(tmp_path / "other.parquet")
    again = table.read_parquet(tmp_path / "other.parquet", table.Columns.of(chosen))
    pd.testing.assert_frame_equal(again, runs, check_exact=True)
