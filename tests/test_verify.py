"""Whether a stored sweep is what it says: every kind of damage is found, and nothing else."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import xorbench
from xorbench import cli
from xorbench.chunk_files import KEY, Provenance, encode
from xorbench.reading import read
from xorbench.settings import make_settings
from xorbench.store import Folder
from xorbench.verifying import verify

GIVEN: dict[str, Any] = {
    "seeds": range(1500),
    "learning_rate": [2.0, 9.0],
    "init": ["uniform:0,1", "normal:1"],
    "stop": "mse < 0.24",
    "max_epochs": 10**6,
    "error": "sse",
    "weights": False,
}
ROWS = 6000
SECOND = "runs/000000000004096-000000000006000.parquet"


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verified") / "sweep"
    xorbench.sweep(**GIVEN, out=folder)
    return folder


@pytest.fixture
def folder(stored: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(stored, tmp_path / "sweep"))


def write_again(file: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """Change rows of a file, which is then whole and says that nothing is wrong."""
    said = json.loads(pq.read_metadata(file).metadata[KEY])
    file.write_bytes(bytes(encode(change(pd.read_parquet(file)), Provenance(**said))))


def test_an_undisturbed_sweep_is_right(folder: Path) -> None:
    found = verify(folder, ROWS, 1)
    assert (found.rows, found.files, found.drawn) == (ROWS, 2, ROWS)
    assert (found.problems, found.differing, found.notes) == ([], {}, [])


def test_the_seed_decides_which_rows_are_drawn(folder: Path) -> None:
    file = folder / SECOND
    write_again(file, lambda runs: runs.assign(margin=np.nextafter(runs.margin, 1)))
    drawn = [list(verify(folder, 40, seed).differing) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(4096 <= row < ROWS for row in drawn[0])


def with_value(runs: pd.DataFrame, row: int, column: str, value: object) -> pd.DataFrame:
    """Put another value into a table, of whose columns some may only be read."""
    values: list[object] = runs[column].tolist()
    values[row] = value
    return runs.assign(**{column: pd.Series(values, dtype=runs[column].dtype)})


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("epochs", 12345, "epochs is 12345, computed "),
        ("outcome", "stalled", "outcome is stalled, computed converged"),
        ("learned_and_or", None, "learned_and_or is "),
        ("mse", -0.0, "mse is -0.0, computed "),
        ("max_error", np.nan, "max_error is nan, computed "),
    ],
)
def test_a_wrong_value_is_found(folder: Path, column: str, value: object, text: str) -> None:
    def change(runs: pd.DataFrame) -> pd.DataFrame:
        return with_value(runs, 700, column, not runs[column][700] if value is None else value)

    write_again(folder / SECOND, change)
    found = verify(folder, ROWS, 1)
    assert found.problems == []
    assert list(found.differing) == [4096 + 700]
    assert found.differing[4796].startswith(text)


@pytest.mark.parametrize("column", ["seed", "learning_rate", "init"])
def test_a_row_that_does_not_belong_there_is_found(folder: Path, column: str) -> None:
    def change(runs: pd.DataFrame) -> pd.DataFrame:
        other = {"seed": 3, "learning_rate": 2.5, "init": "uniform:0,1"}
        return with_value(runs, 1900, column, other[column])

    write_again(folder / SECOND, change)
    assert verify(folder, 0, 1).problems == [
        f"{SECOND}: 1 rows are not those that belong there, the first of them row 5,996."
    ]


def test_rows_that_are_there_twice_or_not_are_found(folder: Path) -> None:
    write_again(folder / SECOND, lambda runs: pd.concat([runs, runs[-1:]], ignore_index=True))
    assert verify(folder, 10, 1).problems == [f"{SECOND} has 1,905 rows instead of 1,904."]
    write_again(folder / SECOND, lambda runs: runs[:-2].reset_index(drop=True))
    assert verify(folder, 10, 1).problems == [f"{SECOND} has 1,903 rows instead of 1,904."]


def test_every_flipped_bit_of_the_data_is_found(folder: Path) -> None:
    file = folder / SECOND
    content = file.read_bytes()
    footer = int.from_bytes(content[-8:-4], "little")
    for place in np.random.default_rng(0).integers(0, len(content) - footer - 8, 30).tolist():
        changed = bytearray(content)
        changed[place] ^= 1 << place % 8
        file.write_bytes(changed)
        assert verify(folder, 0, 1).problems == [
            f"{file} is damaged: it cannot be read."
            if place < 4
            else f"{file} is damaged: its checksum is wrong."
        ]


def test_files_that_are_missing_or_foreign_are_found(folder: Path) -> None:
    (folder / "runs" / "copy.parquet").write_bytes((folder / SECOND).read_bytes())
    (folder / SECOND).unlink()
    assert verify(folder, 0, 1).problems == [
        f"{folder / 'runs' / 'copy.parquet'} is not of this sweep.",
        f"{folder / SECOND} is missing.",
    ]


def test_a_file_of_another_sweep_is_found(folder: Path, tmp_path: Path) -> None:
    xorbench.sweep(**{**GIVEN, "momentum": 0.5}, out=tmp_path / "other")
    shutil.copy(tmp_path / "other" / SECOND, folder / SECOND)
    assert verify(folder, 0, 1).problems == [f"{folder / SECOND} is not of this sweep."]


def test_a_manifest_that_says_other_things_is_found(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    for change in ({"rows": 5999}, {"settings": {**manifest["settings"], "momentum": 0.5}}):
        (folder / "manifest.json").write_text(json.dumps(manifest | change))
        code = cli.run(["verify", str(folder)])
        assert code == (2 if "rows" in change else 1)


def test_csv_alone_is_verified_too(tmp_path: Path) -> None:
    Folder(tmp_path, make_settings(**GIVEN)).train({}, formats=["csv"])
    found = verify(tmp_path, 500, 1)
    assert (found.files, found.problems, found.differing) == (1, [], {})
    text = (tmp_path / "runs.csv").read_text().replace("converged", "stalled", 1)
    (tmp_path / "runs.csv").write_text(text)
    assert verify(tmp_path, ROWS, 1).differing == {0: "outcome is stalled, computed converged"}


def test_the_command_says_what_differs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["verify", str(folder), "--sample=10", "--seed=5"]) == 0
    assert capsys.readouterr().out == (
        "6,000 runs; 2 files whole, with every row once; of 10 rows drawn with seed 5 and computed"
        " again, 0 differ.\n"
    )
    write_again(folder / SECOND, lambda runs: runs.assign(epochs=runs.epochs + 1))
    assert cli.run(["verify", str(folder), "--sample=6000", "--seed=5"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 22
    epochs = read(folder).epochs[4096]
    assert lines[0] == f"row 4,096: epochs is {epochs}, computed {epochs - 1}."
    assert lines[20] == "... and 1,884 more."
