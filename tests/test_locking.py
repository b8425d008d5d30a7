"""One process at a time writes a folder, or one for each shard."""

import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import xorbench
from xorbench.chunks import Shard
from xorbench.locking import locked
from xorbench.problems import SettingsError
from xorbench.settings import make_settings
from xorbench.store import Folder

# A run may take so long that chunks are small; none does.
GIVEN: dict[str, Any] = {
    "seeds": range(2500),
    "learning_rate": [2.0, 9.0],
    "stop": "mse < 0.24",
    "max_epochs": 10**12,
}


def shard(path: Path, index: int, count: int) -> Folder:
    return Folder(path, make_settings(**GIVEN), shard=Shard(index, count), tell=pytest.fail)


def test_the_second_is_told_who_the_first_is(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(SettingsError) as refusal, locked(tmp_path):
        pass
    assert refusal.value.problems == [
        f"out: another process ({os.getpid()} on {os.uname().nodename}) is writing {tmp_path};"
        " wait until it has finished, or give each process a share with --shard I/N."
    ]
    with locked(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_was_killed_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / ".lock").write_text("4711 on another machine")
    with locked(tmp_path):
        assert (tmp_path / ".lock").read_text().startswith(str(os.getpid()))


def test_nothing_is_touched_where_another_process_is_at_it(tmp_path: Path) -> None:
    xorbench.sweep(**GIVEN, out=tmp_path)
    (tmp_path / "runs" / "notes.txt").write_text("mine")
    with locked(tmp_path):
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
        anew = Folder(tmp_path, make_settings(seeds=1), anew=True)
        for folder in (anew, shard(tmp_path, 1, 2)):
            with pytest.raises(SettingsError, match="another process"):
                folder.train({})
        assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_shards_may_work_together_but_each_only_once(tmp_path: Path) -> None:
    with locked(tmp_path, Shard(1, 2)):
        for busy in (Shard(1, 2), Shard(1, 1)):
            with pytest.raises(SettingsError, match="another process"), locked(tmp_path, busy):
                pass
        with locked(tmp_path, Shard(2, 2)):
            pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [2, 3, 7])
def test_shards_make_the_table_of_the_whole(tmp_path: Path, count: int) -> None:
    expected = xorbench.sweep(**GIVEN)
    for index in range(count, 0, -1):
        folder = shard(tmp_path, index, count)
        report = folder.train({"name": "shards"})
        assert report.runs == folder.mine.runs
        assert (folder.summary is not None) == (index == 1) == folder.is_complete()
    pd.testing.assert_frame_equal(xorbench.read(tmp_path), expected, check_exact=True)
    assert (tmp_path / "summary.csv").exists()


def test_shards_of_two_machines_are_merged_by_copying(tmp_path: Path) -> None:
    expected = xorbench.sweep(**GIVEN)
    one, other = tmp_path / "one", tmp_path / "other"
    shard(one, 1, 2).train({})
    shard(other, 2, 2).train({})
    with pytest.raises(SettingsError, match="has 3 of 5 files of runs"):
        xorbench.read(one)
    for file in (other / "runs").iterdir():
        (one / "runs" / file.name).write_bytes(file.read_bytes())
    pd.testing.assert_frame_equal(xorbench.read(one), expected, check_exact=True)
    assert Folder(one, make_settings(**GIVEN), tell=pytest.fail).train({}).runs == 0
    assert (one / "summary.csv").exists()
