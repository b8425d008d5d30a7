"""The folder of a sweep: complete, resumed, refused."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xorbench
from xorbench.problems import OtherSettingsError, SettingsError
from xorbench.settings import make_settings
from xorbench.store import Folder, chunks_of, export, read_manifest

GIVEN: dict[str, Any] = {"seeds": range(1500), "learning_rate": [2.0, 9.0], "max_epochs": 40}


@pytest.fixture(scope="module")
def undisturbed() -> pd.DataFrame:
    return xorbench.sweep(**GIVEN)


def train(path: Path) -> int:
    return Folder(path, make_settings(**GIVEN)).train({"name": "test"}).runs


def test_chunks_cover_the_rows_once() -> None:
    for rows in (1, 1024, 1025, 70_000, 10**8):
        chunks = chunks_of(rows)
        assert chunks[0].start == 0
        assert chunks[-1].stop == rows
        assert all(a.stop == b.start for a, b in pairwise(chunks))


def test_a_stored_sweep_reads_back_equal(tmp_path: Path, undisturbed: pd.DataFrame) -> None:
    stored = xorbench.sweep(**GIVEN, out=tmp_path / "new" / "sweep")
    folder = tmp_path / "new" / "sweep"
    pd.testing.assert_frame_equal(stored, undisturbed, check_exact=True)
    pd.testing.assert_frame_equal(xorbench.read(folder), undisturbed, check_exact=True)
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "runs",
        "summary.csv",
    ]
    assert len(pd.read_parquet(folder / "runs")) == 3000
    summary = pd.read_csv(folder / "summary.csv")
    assert summary.runs.tolist() == [1500, 1500]
    assert summary.converged.tolist() == [
        (part.outcome == "converged").mean()
        for _, part in undisturbed.groupby("learning_rate", sort=False)
    ]


def test_the_manifest_says_what_and_how(tmp_path: Path) -> None:
    train(tmp_path)
    manifest = read_manifest(tmp_path)
    settings = make_settings(**GIVEN)
    assert make_settings(**manifest["settings"]) == settings
    assert manifest["fingerprint"] == settings.fingerprint
    assert manifest["complete"] is True
    assert manifest["runs_trained"] == 3000
    assert manifest["network_epochs"] == xorbench.sweep(**GIVEN).epochs.sum()
    assert {"kernel", "versions", "machine", "threads", "date"} <= set(manifest)
    assert manifest["train_seconds"] > 0
    assert manifest["compile_seconds"] >= 0
    assert {"xorbench", "python", "numpy", "numba", "pandas"} == set(manifest["versions"])


@pytest.mark.parametrize("damage", ["missing", "truncated", "empty"])
def test_only_what_is_missing_or_damaged_is_trained_again(
    tmp_path: Path, undisturbed: pd.DataFrame, damage: str
) -> None:
    assert train(tmp_path) == 3000
    assert train(tmp_path) == 0
    file = sorted((tmp_path / "runs").iterdir())[1]
    content = file.read_bytes()
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(content[: len(content) // 2] if damage == "truncated" else b"")
    assert train(tmp_path) == 1024
    assert not list(tmp_path.rglob("*.tmp"))
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), undisturbed, check_exact=True)


def test_other_settings_are_refused_by_name(tmp_path: Path) -> None:
    train(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    other = make_settings(**{**GIVEN, "momentum": 0.5, "max_epochs": 41})
    with pytest.raises(OtherSettingsError, match="momentum, max_epochs differ"):
        Folder(tmp_path, other)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError, match=r"holds other things \(thesis.txt\)"):
        xorbench.sweep(**GIVEN, out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be used"):
        xorbench.sweep(**GIVEN, out=tmp_path / "file" / "sweep")


def test_csv_alone_is_a_stored_sweep_too(tmp_path: Path, undisturbed: pd.DataFrame) -> None:
    folder = Folder(tmp_path, make_settings(**GIVEN))
    folder.train({})
    folder.write_tables(["csv"])
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "manifest.json",
        "runs.csv",
        "summary.csv",
    ]
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), undisturbed, check_exact=True)
    assert train(tmp_path) == 0


def test_exports_are_whole_tables(tmp_path: Path, undisturbed: pd.DataFrame) -> None:
    export(undisturbed, tmp_path / "table.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "table.parquet"), undisturbed)


def test_reading_what_is_no_complete_sweep_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not the folder of a sweep"):
        xorbench.read(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps({"settings": 3}))
    with pytest.raises(SettingsError, match="not the folder of a sweep"):
        xorbench.read(tmp_path)
    (tmp_path / "manifest.json").unlink()
    train(tmp_path)
    next((tmp_path / "runs").iterdir()).unlink()
    with pytest.raises(SettingsError, match="2 of 3 files"):
        xorbench.read(tmp_path)
