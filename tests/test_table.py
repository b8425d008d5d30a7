"""The columns of the table, their types, and its files."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xorbench
from xorbench import gates, table
from xorbench.settings import make_settings

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
    assert list(xorbench.sweep(seeds=3, max_epochs=5, weights=False)) == list(swept)[:-9]


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


def test_files_read_back_to_equal_tables(swept: pd.DataFrame, tmp_path: Path) -> None:
    columns = table.Columns.of(make_settings(**GRID))
    table.write_csv(swept, tmp_path / "runs.csv")
    swept.to_parquet(tmp_path / "runs.parquet")
    for again in (
        table.read_csv(tmp_path / "runs.csv", columns),
        table.read_parquet([tmp_path / "runs.parquet"], columns),
    ):
        pd.testing.assert_frame_equal(again, swept, check_exact=True)
