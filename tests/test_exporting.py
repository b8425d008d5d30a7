"""Exports of stored sweeps: what is read back is what was chosen."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xorbench
from xorbench import exporting, store
from xorbench.exporting import export, print_csv, read_names
from xorbench.filtering import ALL, Filter, read_filter
from xorbench.manifest import read_manifest, stored_columns
from xorbench.problems import SettingsError
from xorbench.reading import summarise_folder
from xorbench.settings import make_settings
from xorbench.statistics import summarise
from xorbench.table import read_csv, read_parquet

GIVEN = {"seeds": "0:1500", "learning_rate": [0.3, 8.0, 1e200], "max_epochs": 60}
WHERE = "learning_rate > 1 and outcome != 'max_epochs' and (seed < 900 or mse > 0.1)"


@pytest.fixture(scope="module", params=["parquet", "csv"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep")
    store.Folder(path, make_settings(**GIVEN)).train({}, formats=[request.param])
    return path


def filter_of(folder: Path, text: str) -> Filter:
    return read_filter(text, stored_columns(read_manifest(folder)).types)


def plainly(table: pd.DataFrame) -> pd.DataFrame:
    """Choose what WHERE chooses."""
    some = (table.seed < 900) | (table.mse > 0.1)
    chosen = (table.learning_rate > 1) & (table.outcome != "max_epochs") & some
    assert 0 < chosen.sum() < len(table)
    return table[chosen].reset_index(drop=True)


@pytest.mark.parametrize("portion", [100, exporting.PORTION])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_what_is_exported_is_read_back(
    folder: Path, tmp_path: Path, suffix: str, portion: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PORTION", portion)
    expected = plainly(xorbench.read(folder))
    file = tmp_path / f"runs.{suffix}"
    assert export(folder, file, filter_of(folder, WHERE)) == len(expected)
    columns = stored_columns(read_manifest(folder))
    read = read_csv if suffix == "csv" else read_parquet
    pd.testing.assert_frame_equal(read(file, columns), expected, check_exact=True)
    if suffix == "parquet":
        pd.testing.assert_frame_equal(pd.read_parquet(file), expected, check_exact=True)


def test_everything_is_exported_by_default(folder: Path, tmp_path: Path) -> None:
    assert export(folder, tmp_path / "runs.parquet") == 4500
    expected = xorbench.read(folder)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "runs.parquet"), expected)


def test_columns_stand_in_the_order_that_was_asked_for(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "runs.csv", filter_of(folder, "seed < 2"), ["epochs", "seed"])
    table = pd.read_csv(tmp_path / "runs.csv")
    assert list(table) == ["epochs", "seed"]
    assert table.seed.tolist() == [0, 1] * 3


def test_nothing_is_a_table_without_rows(folder: Path, tmp_path: Path) -> None:
    nothing = filter_of(folder, "seed < 0")
    for name in ("runs.csv", "runs.parquet"):
        assert export(folder, tmp_path / name, nothing) == 0
    names = list(xorbench.read(folder))
    for table in pd.read_csv(tmp_path / "runs.csv"), pd.read_parquet(tmp_path / "runs.parquet"):
        assert list(table) == names
        assert len(table) == 0
    assert len(summarise_folder(folder, nothing)) == 0


def test_printed_is_what_is_exported(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "runs.csv", ALL, ["seed", "margin"])
    output = io.StringIO()
    print_csv(folder, ALL, ["seed", "margin"], output)
    assert output.getvalue() == (tmp_path / "runs.csv").read_text()


def test_the_summary_of_chosen_runs_is_that_of_their_table(folder: Path) -> None:
    axes = make_settings(**GIVEN).axes
    expected = summarise(plainly(xorbench.read(folder)), axes, 60)
    found = summarise_folder(folder, filter_of(folder, WHERE))
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_failed_export_leaves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(exporting, "write_csv", full)
    with pytest.raises(OSError, match="no space"):
        export(folder, tmp_path / "runs.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("sed", ['columns: "sed" is not known; did you mean "seed"? Allowed: seed, mse.']),
        ("seed,", ['columns: "" is not known; allowed: seed, mse.']),
        ("seed,mse,seed", ["columns: a column is named more than once; name it once."]),
        ("seed;", ['columns: "seed;" is not known; did you mean "seed"? Allowed: seed, mse.']),
    ],
)
def test_columns_that_are_not_there(text: str, problems: list[str]) -> None:
    with pytest.raises(SettingsError) as refusal:
        read_names(text, {"seed": np.int64, "mse": np.float64})
    assert refusal.value.problems == problems
