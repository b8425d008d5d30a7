"""The public function that trains a grid."""

import inspect
from pathlib import Path

import pandas as pd
import pytest

import xorbench
from xorbench.problems import SettingsError
from xorbench.settings import SETTING_NAMES


def test_its_arguments_are_the_settings() -> None:
    *names, threads, progress, out = inspect.signature(xorbench.sweep).parameters
    assert sorted(names) == sorted(SETTING_NAMES)
    assert (threads, progress, out) == ("threads", "progress", "out")


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(SettingsError) as refusal:
        xorbench.sweep(range(5, 3), [-1, 0.5], momentum=1, threads=0, out=tmp_path)
    assert refusal.value.problems == [
        "seeds: range(5, 3) is empty or reversed; give START:STOP with START below STOP, such as"
        " 0:1000.",
        "learning_rate: -1 is not allowed; give finite numbers of 0 or more.",
        "momentum: 1 is not allowed; give a number from 0 up to, but not including, 1.",
        "threads: 0 is not allowed; give a whole number from 1 to 1024.",
        f"out: the folder {tmp_path} holds other things (thesis.txt); give a new or an empty"
        " folder.",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_stored_table_is_the_table(tmp_path: Path) -> None:
    grid = {"seeds": range(50), "learning_rate": [1, 4], "max_epochs": 300}
    table = xorbench.sweep(**grid)  # type: ignore[arg-type]
    for _ in range(2):
        stored = xorbench.sweep(**grid, out=str(tmp_path / "here"))  # type: ignore[arg-type]
        pd.testing.assert_frame_equal(stored, table, check_exact=True)
    pd.testing.assert_frame_equal(xorbench.read(tmp_path / "here"), table, check_exact=True)


def test_progress_is_shown_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    xorbench.sweep(range(40), [0.0, 1e-3], max_epochs=100)
    assert capsys.readouterr() == ("", "")
    xorbench.sweep(range(40), [0.0, 1e-3], max_epochs=100, progress=True)
    output, messages = capsys.readouterr()
    assert output == ""
    assert "80.0/80.0" in messages


def test_progress_of_a_stored_sweep_is_that_of_what_is_missing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for total in ("5.00k/5.00k", "904/904"):
        xorbench.sweep(range(5000), 1e-3, max_epochs=9, progress=True, out=tmp_path / "here")
        assert total in capsys.readouterr().err
        (tmp_path / "here" / "runs" / "000000000004096-000000000005000.parquet").unlink()
