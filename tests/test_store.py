"""The folder of a sweep: complete, resumed, refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

import xorbench
from xorbench import chunk_files, store
from xorbench.encoding import Grid
from xorbench.manifest import read_manifest
from xorbench.problems import OtherSettingsError, SettingsError
from xorbench.runner import train_chunks
from xorbench.settings import make_settings
from xorbench.store import Folder

# A run may take so long that chunks are small; none does.
GIVEN: dict[str, Any] = {
    "seeds": range(1500),
    "learning_rate": [2.0, 9.0],
    "stop": "mse < 0.24",
    "max_epochs": 10**12,
}


@pytest.fixture(scope="module")
def undisturbed() -> pd.DataFrame:
    return xorbench.sweep(**GIVEN)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def train(path: Path, tell: Callable[[str], None] = pytest.fail) -> int:
    """Train what is missing in a folder; return how many runs that was."""
    return Folder(path, make_settings(**GIVEN), tell=tell).train({"name": "test"}).runs


def test_a_stored_sweep_reads_back_equal(tmp_path: Path, undisturbed: pd.DataFrame) -> None:
    stored = xorbench.sweep(**GIVEN, out=tmp_path / "new" / "sweep")
    folder = tmp_path / "new" / "sweep"
    pd.testing.assert_frame_equal(stored, undisturbed, check_exact=True)
    pd.testing.assert_frame_equal(xorbench.read(folder), undisturbed, check_exact=True)
    assert names(folder) == ["manifest.json", "runs", "summary.csv"]
    assert names(folder / "runs") == [
        "000000000000000-000000000001024.parquet",
        "000000000001024-000000000002048.parquet",
        "000000000002048-000000000003000.parquet",
    ]
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
    assert 0 <= manifest["tail_seconds"] < manifest["train_seconds"]
    assert {"xorbench", "python", "numpy", "numba", "llvmlite", "pandas"} == set(
        manifest["versions"]
    )


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
    said: list[str] = []
    assert train(tmp_path, said.append) == 1024
    assert len(said) == (damage != "missing")
    assert not list(tmp_path.rglob("*.tmp"))
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), undisturbed, check_exact=True)


def test_a_single_wrong_byte_is_found(tmp_path: Path) -> None:
    train(tmp_path)
    file = sorted((tmp_path / "runs").iterdir())[1]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(SettingsError) as refusal:
        xorbench.read(tmp_path)
    assert refusal.value.problems == [
        f"{file} is damaged; python -m xorbench sweep --resume {tmp_path} trains again what"
        " is damaged or missing."
    ]


def test_other_settings_are_refused_by_name(tmp_path: Path) -> None:
    train(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.*")}
    other = make_settings(**{**GIVEN, "momentum": 0.5, "max_epochs": 41})
    with pytest.raises(OtherSettingsError, match="other settings") as refusal:
        Folder(tmp_path, other)
    assert str(refusal.value).splitlines()[1:3] == [
        "  momentum: 0.0 there, 0.5 here",
        "  max_epochs: 1000000000000 there, 41 here",
    ]
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.*")} == before


def test_a_folder_with_other_things_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError, match=r"holds other things \(thesis.txt\)"):
        xorbench.sweep(**GIVEN, out=tmp_path)
    assert names(tmp_path) == ["thesis.txt"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match="cannot be used"):
        xorbench.sweep(**GIVEN, out=tmp_path / "file" / "sweep")


def test_csv_alone_is_a_stored_sweep_too(tmp_path: Path, undisturbed: pd.DataFrame) -> None:
    folder = Folder(tmp_path, make_settings(**GIVEN))
    folder.train({}, formats=["csv"])
    assert names(tmp_path) == ["manifest.json", "runs.csv", "summary.csv"]
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), undisturbed, check_exact=True)
    assert train(tmp_path) == 0
    # What is asked for later is made from it.
    pd.testing.assert_frame_equal(xorbench.sweep(**GIVEN, out=tmp_path), undisturbed)
    assert names(tmp_path) == ["manifest.json", "runs", "runs.csv", "summary.csv"]
    assert train(tmp_path) == 0
    (tmp_path / "runs.csv").unlink()
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), undisturbed, check_exact=True)


@pytest.mark.parametrize("formats", [["parquet"], ["csv"]])
def test_results_of_another_kernel_are_refused(
    tmp_path: Path, formats: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path, make_settings(**GIVEN))
    folder.train({}, formats=formats)
    table = xorbench.read(tmp_path)
    for module in (store, chunk_files):
        monkeypatch.setattr(module, "kernel_hash", lambda: "of another kernel")
    with pytest.raises(OtherSettingsError, match=r"runs.* was made by another version"):
        train(tmp_path)
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), table)  # but may be read


def test_what_was_stored_before_an_interruption_is_kept(
    tmp_path: Path, undisturbed: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Folder(tmp_path, make_settings(**GIVEN))

    def interrupted(grid: Grid, chunks: list[range], *arguments: Any, **more: Any) -> None:
        train_chunks(grid, chunks[1:2], *arguments, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "train_chunks", interrupted)
    with pytest.raises(KeyboardInterrupt):
        folder.train({})
    monkeypatch.undo()
    assert folder.missing.runs == 3000 - 1024
    assert read_manifest(tmp_path)["complete"] is False
    with pytest.raises(SettingsError, match="has 1 of 3 files of runs; python -m xorbench sweep"):
        xorbench.read(tmp_path)
    assert train(tmp_path) == 3000 - 1024
    assert read_manifest(tmp_path)["complete"] is True
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), undisturbed, check_exact=True)


def test_files_that_are_no_chunks_are_not_read(tmp_path: Path, undisturbed: pd.DataFrame) -> None:
    train(tmp_path)
    file = next((tmp_path / "runs").iterdir())
    for name in ("copy.parquet", f".{file.name}.123.tmp"):  # the second: of a killed process
        (tmp_path / "runs" / name).write_bytes(file.read_bytes())
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), undisturbed, check_exact=True)


@pytest.mark.parametrize("manifest", [None, "{", "[]", '{"settings": 3, "rows": 1}', "{}"])
def test_a_folder_without_a_sweep_is_not_read(tmp_path: Path, manifest: str | None) -> None:
    if manifest is not None:
        (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(SettingsError) as refusal:
        xorbench.read(tmp_path)
    assert refusal.value.problems == [
        f"{tmp_path} is not the folder of a sweep: it has no manifest.json of one."
    ]


def test_given_weights_are_told_apart(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).normal(size=(5, 9))
    given: dict[str, Any] = {"learning_rate": [1, 2], "max_epochs": 9}
    stored = xorbench.sweep(**given, initial_weights=weights, out=tmp_path)
    assert stored.seed.tolist() == [0, 1, 2, 3, 4] * 2
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), stored)
    with pytest.raises(OtherSettingsError, match=r"initial_weights: .* there"):
        xorbench.sweep(**given, initial_weights=2 * weights, out=tmp_path)


def test_runs_are_read_as_they_are_by_others(tmp_path: Path, undisturbed: pd.DataFrame) -> None:
    train(tmp_path)
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "runs"), undisturbed)
    query = f"SELECT * FROM '{tmp_path}/runs/*.parquet'"
    by_duckdb = duckdb.connect().execute(query).df().astype(undisturbed.dtypes)
    pd.testing.assert_frame_equal(by_duckdb, undisturbed, check_exact=True)


def test_a_run_without_weights_takes_twelve_bytes(tmp_path: Path) -> None:
    for seeds in (1000, 5000):
        sweep = xorbench.sweep(range(seeds), weights=False, out=tmp_path / str(seeds))
        files = (tmp_path / str(seeds) / "runs").iterdir()
        assert sum(file.stat().st_size for file in files) / len(sweep) < 12
